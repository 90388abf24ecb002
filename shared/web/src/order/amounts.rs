//! What the order costs, as far as the channel tells.

use super::Order;
use crate::reader::say;
use domain::{LineTerms, Money, SnapshotLine};
use maud::{Markup, html};

impl Order<'_> {
    pub(super) fn amounts(&self) -> Markup {
        let (reader, terms) = (self.reader, &self.view.terms);
        let told = self.view.lines.iter().filter_map(|line| line.channel_line.as_ref());
        let priced: Vec<&SnapshotLine> = told.filter(|line| line.unit_price.is_some()).collect();
        let sums: Vec<(String, &Money)> = [
            (say!(reader, "amount-discount"), &terms.discount),
            (say!(reader, "amount-shipping"), &terms.shipping_price),
            (say!(reader, "amount-fees"), &terms.fees),
            (say!(reader, "amount-negative-fees"), &terms.negative_fees),
            (say!(reader, "amount-tax"), &terms.tax),
            (say!(reader, "amount-total"), &terms.total),
            (say!(reader, "amount-refunded"), &terms.refunded),
        ]
        .into_iter()
        .filter_map(|(words, amount)| Some((words, amount.as_ref()?)))
        .collect();
        let paid = match (terms.paid, terms.paid_at) {
            (Some(true), Some(at)) => Some(say!(reader, "paid-at", at = reader.clock(at))),
            (Some(true), None) => Some(say!(reader, "paid")),
            (Some(false), _) => Some(say!(reader, "not-paid")),
            (None, _) => None,
        };
        html! {
            section aria-labelledby="amounts" {
                h2 #amounts { (say!(reader, "amounts")) }
                @if priced.is_empty() && sums.is_empty() { p .empty { (say!(reader, "no-amounts")) } } @else {
                    table .sums {
                        caption .unseen { (say!(reader, "amounts")) }
                        tbody {
                            @for line in &priced { (self.priced(line)) }
                            @for (words, amount) in &sums { tr { th scope="row" { (words) } td { (reader.money(amount)) } } }
                        }
                    }
                }
                @if let Some(paid) = paid { p { (paid) } }
                @match terms.prices_include_tax {
                    Some(true) => p .soft { (say!(reader, "with-tax")) },
                    Some(false) => p .soft { (say!(reader, "without-tax")) },
                    None => {},
                }
            }
        }
    }

    fn priced(&self, line: &SnapshotLine) -> Markup {
        let reader = self.reader;
        let LineTerms { discount, commission, .. } = &line.terms;
        html! {
            tr {
                th scope="row" {
                    (reader.units(line.ordered)) " × " (self.name(&line.id))
                    @if let Some(discount) = discount { span .soft { " " (say!(reader, "amount-discount")) " " (reader.money(discount)) } }
                    @if let Some(commission) = commission { span .soft { " " (say!(reader, "amount-commission")) " " (reader.money(commission)) } }
                }
                td { @if let Some(price) = &line.unit_price { (reader.money(price)) } }
            }
        }
    }
}
