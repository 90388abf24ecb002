//! What was bought, how it stands on the channel, and what stock did for it.

use super::{Order, section};
use crate::chip::{Tone, chip};
use crate::product::product_link;
use crate::reader::say;
use domain::{Allocation, PartState, PossibleProducts, SnapshotLine, UnreadableLine};
use engine::views::OrderLineView;
use maud::{Markup, html};

impl Order<'_> {
    pub(super) fn lines(&self) -> Markup {
        let lines: Vec<Markup> = self.view.lines.iter().map(|line| self.line(line)).collect();
        section("lines", &say!(self.reader, "lines"), &lines, &say!(self.reader, "no-lines"))
    }

    fn line(&self, line: &OrderLineView) -> Markup {
        let reader = self.reader;
        let told = line.channel_line.as_ref();
        html! {
            @match &line.sku {
                Some(sku) => strong { (product_link(sku)) },
                None if told.is_some_and(SnapshotLine::is_marketplaces) => {
                    @if let Some(sku) = told.and_then(|told| told.sku.as_ref()) { strong { (product_link(sku)) } }
                },
                None => (chip(Tone::Bad, &say!(reader, "no-product"))),
            }
            @if let Some(told) = told { " " (told.title) }
            @match told {
                Some(told) => p { (self.counted(told)) },
                None => p .soft { (say!(reader, "line-dropped")) },
            }
            @if told.is_some_and(|told| told.cancellation_requested) { p { (chip(Tone::Wait, &say!(reader, "asks-cancellation"))) } }
            @if told.is_some_and(SnapshotLine::is_marketplaces) {
                p .soft { (say!(reader, "by-marketplace")) }
            } @else {
                @for part in &line.parts { (self.part(line, part)) }
            }
            @if !line.to_ship.is_zero() { p { (say!(reader, "to-ship", n = line.to_ship)) } }
            @if let Some(due) = told.and_then(|told| told.terms.ship_by.as_ref()).filter(|_| !line.to_ship.is_zero()) {
                p .soft { (say!(reader, "ship-by")) " " (reader.due(due)) }
            }
        }
    }

    /// The channel's own figures.
    fn counted(&self, told: &SnapshotLine) -> String {
        let reader = self.reader;
        let mut words = vec![say!(reader, "n-ordered", n = told.ordered)];
        if !told.shipped.is_zero() {
            words.push(say!(reader, "n-shipped", n = told.shipped));
        }
        if !told.cancelled.is_zero() {
            words.push(say!(reader, "n-cancelled", n = told.cancelled));
        }
        if !told.returned.is_zero() {
            words.push(say!(reader, "n-returned", n = told.returned));
        }
        words.join(" · ")
    }

    fn part(&self, line: &OrderLineView, part: &PartState) -> Markup {
        let reader = self.reader;
        let allocated: Vec<String> = part.allocations.iter().flat_map(|one| self.allocated(one)).collect();
        html! {
            p .part {
                @if line.parts.len() > 1 { (product_link(&part.sku)) ": " }
                @if allocated.is_empty() { span .soft { (say!(reader, "reserves-nothing")) } } @else { (allocated.join(" · ")) }
                @if !part.short.is_zero() { " " (chip(Tone::Bad, &say!(reader, "n-short", n = part.short))) }
                @for one in &part.restocked { " · " (say!(reader, "restocked-at", n = one.units, location = one.location.as_str())) }
                @for one in &part.written_off { " · " (say!(reader, "written-off-at", n = one.units, location = one.location.as_str())) }
            }
        }
    }

    fn allocated(&self, one: &Allocation) -> Vec<String> {
        let (reader, location) = (self.reader, one.location.as_str());
        let mut words = Vec::new();
        if one.allocated > one.shipped {
            words.push(say!(reader, "reserved-at", n = one.allocated.less(one.shipped), location = location));
        }
        if !one.shipped.is_zero() {
            words.push(say!(reader, "left-from", n = one.shipped, location = location));
        }
        words
    }

    pub(super) fn unreadable_lines(&self) -> Markup {
        let lines: Vec<Markup> = self.view.unreadable_lines.iter().map(|line| self.unreadable_line(line)).collect();
        html! {
            @if !lines.is_empty() { (section("unreadable", &say!(self.reader, "unreadable-lines"), &lines, "")) }
        }
    }

    fn unreadable_line(&self, line: &UnreadableLine) -> Markup {
        let reader = self.reader;
        let code = line.sku.as_ref().map(ToString::to_string).or(line.offer.as_ref().map(ToString::to_string));
        let holds = match line.may_be {
            PossibleProducts::Named => say!(reader, "unreadable-named"),
            PossibleProducts::Anything => say!(reader, "unreadable-anything"),
            PossibleProducts::Nothing => say!(reader, "unreadable-nothing"),
            PossibleProducts::Counted => say!(reader, "unreadable-counted"),
        };
        html! {
            strong { (code.or(line.id.as_ref().map(ToString::to_string)).unwrap_or_default()) } " " (line.title) " "
            (chip(Tone::Bad, &say!(reader, "unreadable-field", field = &line.field_error.field, value = &line.field_error.value)))
            p .soft { (holds) }
        }
    }
}
