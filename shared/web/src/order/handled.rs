//! Shipments and cancellations of the merchant's.

use super::{Order, section};
use crate::form::Form;
use crate::reader::say;
use domain::{Cancellation, ChannelSync, Right, Shipment};
use maud::{Markup, html};

impl Order<'_> {
    pub(super) fn shipments(&self) -> Markup {
        let all: Vec<Markup> = self.view.shipments.iter().map(|one| self.shipment(one)).collect();
        section("shipments", &say!(self.reader, "shipments"), &all, &say!(self.reader, "no-shipments"))
    }

    fn shipment(&self, one: &Shipment) -> Markup {
        let code: Vec<&str> = one.carrier.iter().map(domain::CarrierId::as_str).chain(one.tracking.as_deref()).collect();
        html! {
            strong { (self.units_of(&one.lines)) } " " (say!(self.reader, "from-location", location = one.location.as_str()))
            @for code in code { " · " (code) }
            (self.sync(&one.id, &one.channel_sync))
            @if matches!(one.channel_sync, ChannelSync::Rejected { .. }) { (self.correct_shipment(one)) }
        }
    }

    fn correct_shipment(&self, one: &Shipment) -> Markup {
        let reader = self.reader;
        let form = Form::new(reader, &self.address, ("correct", Right::ShipOrders), &one.id, self.sent);
        let carrier = one.carrier.as_ref().map(domain::CarrierId::as_str).unwrap_or_default();
        let fields = html! {
            (form.text("carrier", &say!(reader, "carrier"), carrier, false, 40))
            (form.text("tracking", &say!(reader, "tracking"), one.tracking.as_deref().unwrap_or_default(), false, 100))
        };
        form.folded(&say!(reader, "correct-shipment"), &fields)
    }

    pub(super) fn cancellations(&self) -> Markup {
        let all: Vec<Markup> = self.view.cancellations.iter().map(|one| self.cancellation(one)).collect();
        section("cancellations", &say!(self.reader, "cancellations"), &all, &say!(self.reader, "no-cancellations"))
    }

    fn cancellation(&self, one: &Cancellation) -> Markup {
        html! {
            strong { (self.units_of(&one.lines)) } " · " (self.reader.choice("cancel-reason", &one.reason))
            @if one.write_off { " · " (say!(self.reader, "not-there")) }
            (self.sync(&one.id, &one.channel_sync))
        }
    }
}
