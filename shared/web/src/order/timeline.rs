//! What happened to the order, whoever did it.

use super::{Order, section};
use crate::reader::say;
use crate::unreadable::technical;
use domain::{OrderEvent, OrderEventDetails};
use maud::{Markup, html};

impl Order<'_> {
    pub(super) fn timeline(&self) -> Markup {
        let (reader, order) = (self.reader, self.view);
        let begun = [
            html! { (reader.moment(order.placed_at)) " " strong { (say!(reader, "customer")) } " " (say!(reader, "happened-ordered")) },
            html! { (reader.moment(order.accepted_at)) " " strong { "Sluis" } " " (say!(reader, "happened-taken-in")) },
        ];
        let all: Vec<Markup> = begun.into_iter().chain(order.history.iter().map(|event| self.event(event))).collect();
        section("timeline", &say!(reader, "timeline"), &all, "")
    }

    fn event(&self, event: &OrderEvent) -> Markup {
        let who = event.by.clone().unwrap_or_else(|| say!(self.reader, "the-channel"));
        let said = match &event.details {
            OrderEventDetails::ChannelSynced { outcome, .. } => vec![outcome],
            _ => Vec::new(),
        };
        html! { (self.reader.moment(event.at)) " " strong { (who) } " " (self.happened(&event.details)) (technical(self.reader, said)) }
    }

    fn happened(&self, details: &OrderEventDetails) -> String {
        use OrderEventDetails as D;
        let (reader, order) = (self.reader, self.view);
        let shipped = |id: &str| order.shipments.iter().find(|one| one.id == id).map(|one| self.units_of(&one.lines));
        let cancelled = |id: &str| order.cancellations.iter().find(|one| one.id == id).map(|one| self.units_of(&one.lines));
        let returned = |id: &str| order.returns.iter().find(|one| one.id == id).map(|one| self.units_of(&one.lines));
        let or_id = |words: Option<String>, id: &str| words.unwrap_or_else(|| id.to_owned());
        match details {
            D::Channel { .. } => self.channel_says(details),
            D::Shipment { id } => say!(reader, "happened-shipped", units = or_id(shipped(id), id)),
            D::SyncRetried { id } => {
                say!(reader, "happened-told-again", units = or_id(shipped(id).or_else(|| cancelled(id)), id))
            }
            D::Answered { rejected: 0 } => say!(reader, "happened-accepted"),
            D::Answered { rejected } => say!(reader, "happened-accepted-partly", n = *rejected),
            D::Cancellation { id } => say!(reader, "happened-cancelled", units = or_id(cancelled(id), id)),
            D::ReturnAnnounced { id } => say!(reader, "happened-return-announced", units = or_id(returned(id), id)),
            D::ReturnReceived { id } => say!(reader, "happened-return-received", units = or_id(returned(id), id)),
            D::Inspection { id } => say!(reader, "happened-inspected", what = or_id(self.inspected(id), id)),
            D::ShortageCovered { units } => say!(reader, "happened-covered", n = *units),
            D::ChannelSynced { id, .. } => {
                say!(
                    reader,
                    "happened-channel-synced",
                    units = or_id(shipped(id).or_else(|| cancelled(id)).or_else(|| self.inspected(id)), id)
                )
            }
            D::WrittenOff { units } => say!(reader, "happened-written-off", n = *units),
            D::LinesDecided { lines } => say!(reader, "happened-lines-decided", n = *lines),
            D::KeptOffSale { units } => say!(reader, "happened-kept-off-sale", n = *units),
            D::Restocked { units } => say!(reader, "happened-restocked", n = *units),
        }
    }

    fn inspected(&self, id: &str) -> Option<String> {
        let reader = self.reader;
        let one = self.view.returns.iter().flat_map(|one| &one.inspections).find(|one| one.id == id)?;
        let units = format!("{} × {}", reader.units(one.units), self.name(&one.line));
        Some(format!("{units}, {}, {}", reader.choice("condition", &one.condition), reader.choice("resolution", &one.resolution)))
    }

    fn channel_says(&self, details: &OrderEventDetails) -> String {
        let OrderEventDetails::Channel { status, ordered, cancelled, shipped, returned, cancellation_requests } = details else {
            return String::new();
        };
        let reader = self.reader;
        let mut words = vec![say!(reader, "n-ordered", n = *ordered)];
        if !cancelled.is_zero() {
            words.push(say!(reader, "n-cancelled", n = *cancelled));
        }
        if !shipped.is_zero() {
            words.push(say!(reader, "n-shipped", n = *shipped));
        }
        if !returned.is_zero() {
            words.push(say!(reader, "n-returned", n = *returned));
        }
        if *cancellation_requests > 0 {
            words.push(say!(reader, "asks-cancellation"));
        }
        say!(reader, "happened-channel-says", status = status, figures = words.join(", "))
    }
}
