//! One order: what it is, how it stands, and what can be done about it.

mod actions;
mod amounts;
mod handled;
mod invoices;
mod lines;
mod returns;
mod sync;
mod timeline;

use crate::chip::{Tone, chip};
use crate::form::{Sent, with_problem};
use crate::orders::order_address;
use crate::reader::{Reader, say};
use crate::{Page, Place};
use domain::{LineUnits, OrderLineId};
use engine::views::{Locations, OrderInvoices, OrderLineView, OrderView};
use maud::{Markup, html};

/// An order in the making: what its parts share.
struct Order<'a> {
    reader: &'a Reader,
    view: &'a OrderView,
    locations: &'a Locations,
    invoices: &'a OrderInvoices,
    sent: Option<&'a Sent>,
    address: String,
}

/// The page.
pub fn order(reader: &Reader, order: &OrderView, locations: &Locations, invoices: &OrderInvoices, sent: Option<&Sent>) -> Page {
    let address = order_address(&order.connection, &order.number);
    let this = Order { reader, view: order, locations, invoices, sent, address };
    let shown = order.display_number.as_deref().unwrap_or(order.number.as_str());
    let body = html! {
        (this.head())
        (this.actions())
        (this.unreadable_lines())
        (this.lines())
        (this.amounts())
        (this.invoices())
        (this.shipments())
        (this.cancellations())
        (this.returns())
        (this.timeline())
    };
    Page {
        title: format!("{} {shown}", order.connection),
        place: Place::Orders,
        every_s: 30,
        body: with_problem(reader, sent, body),
    }
}

impl Order<'_> {
    fn head(&self) -> Markup {
        let (reader, order) = (self.reader, self.view);
        let asks = order.lines.iter().any(|line| line.channel_line.as_ref().is_some_and(|told| told.cancellation_requested));
        html! {
            p .chips {
                (self.stage()) " "
                @if !order.short.is_zero() { (chip(Tone::Bad, &say!(reader, "n-short", n = order.short))) " " }
                @if asks { (chip(Tone::Wait, &say!(reader, "asks-cancellation"))) " " }
                @if self.is_held_back() { (chip(Tone::Wait, &say!(reader, "not-paid-yet"))) " " }
                @if order.awaits_acceptance.is_some() { (chip(Tone::Wait, &say!(reader, "awaits-acceptance"))) }
            }
            dl .facts {
                dt { (say!(reader, "placed") ) } dd { (reader.moment(order.placed_at)) }
                @if let Some(due) = &order.ship_by { dt { (say!(reader, "ship-by")) } dd { (reader.due(due)) @if due.latest() < reader.now { " " (chip(Tone::Bad, &say!(reader, "late"))) } } }
                @if let Some(due) = &order.deliver_by { dt { (say!(reader, "deliver-by")) } dd { (reader.due(due)) } }
                @if let Some(country) = &order.ship_to { dt { (say!(reader, "ship-to")) } dd { (country) } }
                dt { (say!(reader, "channel-status")) } dd { (order.channel_status) }
                dt { (say!(reader, "order-id")) } dd { (order.number) }
                dt { (say!(reader, "read-at")) } dd { (reader.moment(order.read_at)) }
                @if let Some(url) = &order.url { dt { (say!(reader, "on-the-channel")) } dd { a href=(url) rel="noreferrer" { (say!(reader, "open-there")) } } }
            }
        }
    }

    /// Whether the channel does not let what the merchant sends of it be sent yet.
    fn is_held_back(&self) -> bool {
        let told = self.view.lines.iter().filter_map(|line| line.channel_line.as_ref());
        let mut wanted = told.filter(|told| told.is_own() && told.ordered > told.cancelled.plus(told.shipped));
        self.view.terms.unreleased && wanted.next().is_some()
    }

    /// Our own word for how far it is.
    fn stage(&self) -> Markup {
        let reader = self.reader;
        let any = |units: fn(&OrderLineView) -> domain::Quantity| self.view.lines.iter().any(|line| !units(line).is_zero());
        let left = self.view.lines.iter().any(|line| {
            let told = line.channel_line.as_ref().is_some_and(|told| !told.shipped.is_zero());
            told || self.view.shipments.iter().flat_map(|one| &one.lines).any(|one| one.line == line.id)
        });
        let open = any(|line| line.to_ship);
        match (self.view.deleted, open, left, any(|line| line.short)) {
            (true, ..) => chip(Tone::Plain, &say!(reader, "stage-deleted")),
            _ if self.is_held_back() => chip(Tone::Wait, &reader.choice("order-stage", &domain::OrderStage::New)),
            (_, true, true, _) => chip(Tone::Wait, &say!(reader, "stage-partly-shipped")),
            (_, true, false, _) => chip(Tone::Wait, &say!(reader, "stage-to-ship")),
            (_, false, _, true) => chip(Tone::Bad, &say!(reader, "stage-short")),
            (_, false, true, false) => chip(Tone::Good, &say!(reader, "stage-shipped")),
            (_, false, false, false) => chip(Tone::Plain, &say!(reader, "stage-nothing-to-ship")),
        }
    }

    /// What a line is called.
    fn name(&self, id: &OrderLineId) -> String {
        let line = self.view.lines.iter().find(|line| line.id == *id);
        let title =
            |line: &OrderLineView| line.channel_line.as_ref().map(|told| told.title.clone()).filter(|title| !title.is_empty());
        let name = line.and_then(|line| line.sku.as_ref().map(ToString::to_string).or_else(|| title(line)));
        name.unwrap_or_else(|| id.to_string())
    }

    /// Units of lines, in words.
    fn units_of(&self, lines: &[LineUnits]) -> String {
        let one = |one: &LineUnits| format!("{} × {}", self.reader.units(one.units), self.name(&one.line));
        lines.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// A section with its heading; `none` says that it is empty.
fn section(id: &str, title: &str, items: &[Markup], none: &str) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (title) }
            @if items.is_empty() { p .empty { (none) } } @else { ul .rows { @for item in items { li { (item) } } } }
        }
    }
}

#[cfg(test)]
#[path = "../order_tests.rs"]
mod tests;
