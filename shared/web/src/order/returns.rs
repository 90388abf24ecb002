//! What comes back: announced, received, inspected.

use super::{Order, section};
use crate::form::Form;
use crate::reader::say;
use domain::{OrderLineId, Quantity, Return, ReturnCondition, ReturnResolution, Right};
use maud::{Markup, html};

impl Order<'_> {
    pub(super) fn returns(&self) -> Markup {
        let all: Vec<Markup> = self.view.returns.iter().map(|one| self.one_return(one)).collect();
        section("returns", &say!(self.reader, "returns"), &all, &say!(self.reader, "no-returns"))
    }

    fn one_return(&self, one: &Return) -> Markup {
        let reader = self.reader;
        let decided = |line: &OrderLineId| one.inspections.iter().filter(|i| i.line == *line).map(|i| i.units).sum::<Quantity>();
        let left = one.lines.iter().map(|line| (line.line.clone(), line.units.less(decided(&line.line))));
        let left: Vec<(OrderLineId, Quantity)> = left.filter(|(_, units)| !units.is_zero()).collect();
        html! {
            strong { (self.units_of(&one.lines)) }
            @if !one.reason.is_empty() { " · " (one.reason) }
            " · "
            @match one.received_at {
                Some(at) => (say!(reader, "return-received", at = reader.clock(at))),
                None => (say!(reader, "return-on-its-way")),
            }
            @for inspection in &one.inspections {
                p {
                    (reader.units(inspection.units)) " × " (self.name(&inspection.line)) ": "
                    (reader.choice("condition", &inspection.condition)) ", " (reader.choice("resolution", &inspection.resolution))
                    @if let Some(location) = &inspection.restock_at { " · " (say!(reader, "restocked-at", n = inspection.units, location = location.as_str())) }
                    (self.sync(&inspection.id, &inspection.channel_sync))
                }
            }
            @if !left.is_empty() {
                div .acts {
                    @if one.received_at.is_none() { (self.receive(one)) }
                    (self.inspect(one, &left))
                }
            }
        }
    }

    fn receive(&self, one: &Return) -> Markup {
        Form::new(self.reader, &self.address, ("receive", Right::HandleReturns), &one.id, self.sent)
            .folded(&say!(self.reader, "receive-return"), &html! {})
    }

    fn inspect(&self, one: &Return, left: &[(OrderLineId, Quantity)]) -> Markup {
        use ReturnCondition::{Damaged, Missing, Sellable, WrongProduct};
        use ReturnResolution::{Accepted, BuyerKeeps, Rejected};
        let reader = self.reader;
        let form = Form::new(reader, &self.address, ("inspect", Right::HandleReturns), &one.id, self.sent);
        let lines: Vec<(String, String)> = left
            .iter()
            .map(|(line, units)| (line.to_string(), format!("{} {}", self.name(line), say!(reader, "at-most", n = *units))))
            .collect();
        let most = left.iter().map(|(_, units)| units.units()).max().unwrap_or(1);
        let first = left.first().map(|(_, units)| units.units().to_string()).unwrap_or_default();
        let conditions = [Sellable, Damaged, Missing, WrongProduct]
            .map(|one| (crate::reader::name_of(&one), reader.choice("condition", &one)));
        let resolutions =
            [Accepted, BuyerKeeps, Rejected].map(|one| (crate::reader::name_of(&one), reader.choice("resolution", &one)));
        // What is as good as new goes back on sale where the order left, unless somebody says otherwise.
        let places = [&self.location_choices()[..], &[(String::new(), say!(reader, "not-on-sale"))]].concat();
        let is_theirs = |line: &OrderLineId| {
            let told = self.view.lines.iter().find(|one| one.id == *line).and_then(|one| one.channel_line.as_ref());
            told.is_some_and(domain::SnapshotLine::is_marketplaces)
        };
        let nearest = places.first().map(|(name, _)| name.clone()).unwrap_or_default();
        let fields = html! {
            (form.select("line", &say!(reader, "line"), &lines, ""))
            (form.number("units", &say!(reader, "units"), &first, (1, most), true))
            (form.select("condition", &say!(reader, "condition"), &conditions, ""))
            (form.select("resolution", &say!(reader, "resolution"), &resolutions, ""))
            @if left.iter().all(|(line, _)| is_theirs(line)) { p .soft { (say!(reader, "back-to-marketplace")) } } @else {
                (form.select("restock_at", &say!(reader, "restock-at"), &places, &nearest))
                p .soft { (say!(reader, "restock-sellable-only")) }
            }
        };
        form.folded(&say!(reader, "inspect-return"), &fields)
    }
}
