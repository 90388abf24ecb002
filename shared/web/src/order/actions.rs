//! What can be done about an order now.

use super::Order;
use crate::field::FormLine;
use crate::form::Form;
use crate::reader::{name_of, say};
use domain::{CancelReason, Quantity, Right};
use engine::views::OrderLineView;
use maud::{Markup, html};

impl Order<'_> {
    pub(super) fn actions(&self) -> Markup {
        let all: Vec<Markup> = [
            self.ship(),
            self.cancel(),
            self.announce_return(),
            self.cover(),
            self.restock(),
            self.confirm_deletion(),
            self.resolve_lines(),
        ]
        .into_iter()
        .flatten()
        // What the reader may not do is empty.
        .filter(|one| !one.0.is_empty())
        .collect();
        html! {
            div .acts {
                @for one in &all { (one) }
                @if all.is_empty() { p .soft { (say!(self.reader, "nothing-to-do")) } }
            }
        }
    }

    fn form(&self, act: &'static str, needs: Right) -> Form<'_> {
        Form::new(self.reader, &self.address, (act, needs), "", self.sent)
    }

    /// Lines of which there is something to do, with all of it filled in, or nothing.
    fn open(&self, units: fn(&OrderLineView) -> Quantity, filled_in: bool) -> Vec<FormLine> {
        let lines = self.view.lines.iter().filter(|line| !units(line).is_zero());
        let line = |line: &OrderLineView| {
            let most = units(line).units();
            FormLine { id: line.id.to_string(), label: self.name(&line.id), most, units: if filled_in { most } else { 0 } }
        };
        lines.map(line).collect()
    }

    /// Locations: those that serve the connection first.
    pub(super) fn location_choices(&self) -> Vec<(String, String)> {
        let mut all: Vec<_> = self.locations.locations.iter().collect();
        all.sort_by_key(|one| !one.connections.contains(&self.view.connection));
        let words = |one: &engine::views::LocationView| match &one.countries {
            Some(countries) => {
                let countries: Vec<&str> = countries.iter().map(domain::Country::as_str).collect();
                format!("{} ({})", one.location, countries.join(", "))
            }
            None => one.location.to_string(),
        };
        all.into_iter().map(|one| (one.location.to_string(), words(one))).collect()
    }

    fn ship(&self) -> Option<Markup> {
        let (reader, form, lines) = (self.reader, self.form("ship", Right::ShipOrders), self.open(|line| line.to_ship, true));
        let fields = html! {
            (form.lines(&say!(reader, "in-shipment"), &lines))
            (form.select("location", &say!(reader, "leaves-from"), &self.location_choices(), ""))
            (form.text("carrier", &say!(reader, "carrier"), "", false, 40))
            (form.text("tracking", &say!(reader, "tracking"), "", false, 100))
        };
        (!lines.is_empty()).then(|| form.folded(&say!(reader, "ship"), &fields))
    }

    fn cancel(&self) -> Option<Markup> {
        use CancelReason::{CustomerRequest, Damaged, NotFound, OrderedTwice, Other, OutOfStock, TooLate, WrongPrice};
        let (reader, form, lines) =
            (self.reader, self.form("cancel", Right::CancelOrders), self.open(|line| line.to_cancel, true));
        let reasons = [OutOfStock, CustomerRequest, Damaged, WrongPrice, TooLate, OrderedTwice, NotFound, Other];
        let reasons = reasons.map(|one| (name_of(&one), reader.choice("cancel-reason", &one)));
        let there = [
            (String::new(), say!(reader, "as-the-reason-says")),
            ("true".to_owned(), say!(reader, "not-there")),
            ("false".to_owned(), say!(reader, "is-there")),
        ];
        let fields = html! {
            (form.lines(&say!(reader, "not-sent"), &lines))
            (form.select("reason", &say!(reader, "reason"), &reasons, ""))
            (form.select("write_off", &say!(reader, "on-the-shelf"), &there, ""))
        };
        (!lines.is_empty()).then(|| form.folded(&say!(reader, "cancel-units"), &fields))
    }

    fn announce_return(&self) -> Option<Markup> {
        let (reader, form, lines) =
            (self.reader, self.form("return", Right::HandleReturns), self.open(|line| line.to_return, false));
        let fields = html! {
            (form.lines(&say!(reader, "comes-back"), &lines))
            (form.text("reason", &say!(reader, "return-reason"), "", false, 200))
        };
        (!lines.is_empty()).then(|| form.folded(&say!(reader, "announce-return"), &fields))
    }

    fn cover(&self) -> Option<Markup> {
        let (reader, form) = (self.reader, self.form("cover", Right::ShipOrders));
        let is_short = self.view.lines.iter().flat_map(|line| &line.parts).any(|part| !part.short.is_zero());
        let words = html! { p { (say!(reader, "cover-long", n = self.view.short)) } };
        is_short.then(|| form.folded(&say!(reader, "cover"), &words))
    }

    fn restock(&self) -> Option<Markup> {
        let (reader, form, lines) =
            (self.reader, self.form("restock", Right::HandleReturns), self.open(|line| line.to_restock, true));
        let first = lines.first()?;
        let choices: Vec<_> = lines
            .iter()
            .map(|line| (line.id.clone(), format!("{} {}", line.label, say!(reader, "at-most", n = line.most))))
            .collect();
        let most = lines.iter().map(|line| line.most).max().unwrap_or(1);
        let fields = html! {
            p { (say!(reader, "restock-long")) }
            (form.select("line", &say!(reader, "line"), &choices, ""))
            (form.number("units", &say!(reader, "units"), &first.most.to_string(), (1, most), true))
        };
        Some(form.folded(&say!(reader, "restock"), &fields))
    }

    fn confirm_deletion(&self) -> Option<Markup> {
        let (reader, form) = (self.reader, self.form("deleted", Right::CancelOrders));
        let told = self.view.lines.iter().filter_map(|line| line.channel_line.as_ref()).filter(|told| told.is_own());
        let is_open = told.into_iter().any(|told| told.ordered > told.cancelled.plus(told.shipped));
        let words = html! { p { (say!(reader, "deleted-long")) } };
        (!self.view.deleted && is_open).then(|| form.folded(&say!(reader, "deleted-there"), &words))
    }

    fn resolve_lines(&self) -> Option<Markup> {
        let (reader, form) = (self.reader, self.form("resolve", Right::CancelOrders));
        let words = html! { p { (say!(reader, "resolve-lines-long")) } };
        (!self.view.unreadable_lines.is_empty()).then(|| form.folded(&say!(reader, "resolve-lines"), &words))
    }
}
