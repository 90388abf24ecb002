//! Credit notes, with the engine's own sums.

use super::at_home::{belgian_business, mixed_rates};
use super::books::{paid, sum_up};
use domain::invoice::{Charge, ChargeKind, Credited, Document, DocumentKind, Line, PaymentKind, Refund, credit};
use domain::vat::{Decision, Mention};
use domain::{OrderLineId, Quantity};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A credit note for what the refund means of an invoice.
fn credited(invoice: &Document, refund: &Refund, number: &str, because: &str) -> Document {
    let sums = credit(invoice, &[], refund).unwrap();
    let mut note = invoice.clone();
    note.number = number.to_owned();
    note.issued_on = Date::constant(2026, 12, 9);
    note.series.kind = DocumentKind::CreditNote;
    let content = &mut note.content;
    content.kind = DocumentKind::CreditNote;
    content.credits = Some(Credited {
        number: invoice.number.clone(),
        issued_on: invoice.issued_on,
        refund: "R-771".to_owned(),
        because: Some(because.to_owned()),
    });
    (content.vat, content.payments) = (Vec::new(), Vec::new());
    let original = |id: &OrderLineId| invoice.content.lines.iter().find(|line| line.id == *id).unwrap().clone();
    content.lines = sums
        .lines
        .iter()
        .map(|sum| Line {
            quantity: sum.quantity,
            net: sum.net,
            gross: sum.gross,
            listed: sum.gross,
            discount: Decimal::ZERO,
            unit_net: sum.net / Decimal::from(sum.quantity.units().max(1)),
            ..original(&sum.id)
        })
        .collect();
    content.charges = sums
        .charges
        .iter()
        .map(|sum| Charge { kind: sum.kind, text: String::new(), net: sum.net, gross: sum.gross, taxed: sum.taxed.clone() })
        .collect();
    let decisions: Vec<&Decision> = invoice.content.vat.iter().map(|total| &total.decision).collect();
    sum_up(note, &sums.rates, &decisions)
}

/// One of two units that came back.
pub(crate) fn of_a_line() -> Document {
    let lines = [(OrderLineId::new("2").unwrap(), Quantity::new(1).unwrap())].into();
    let refund = Refund::Of { lines, charges: Vec::new(), amount: None };
    let note = credited(&mixed_rates(), &refund, "C2026-00037", "Retour: niet wat ik zocht");
    paid(note, PaymentKind::Marketplace, None)
}

/// Shipping alone, for no article.
pub(crate) fn of_shipping() -> Document {
    let refund = Refund::Of { lines: [].into(), charges: vec![ChargeKind::Shipping], amount: None };
    let note = credited(&mixed_rates(), &refund, "C2026-00038", "Te laat bezorgd");
    paid(note, PaymentKind::Online, Some("iDEAL"))
}

/// An amount that is given back for something that stays.
pub(crate) fn of_an_amount() -> Document {
    let refund = Refund::Amount(super::books::decimal("10.00"));
    let note = credited(&mixed_rates(), &refund, "C2026-00039", "Kras op de lampvoet");
    paid(note, PaymentKind::Online, Some("iDEAL"))
}

/// To a Belgian business: the VAT goes back to the state. Not paid back yet.
pub(crate) fn to_belgian_business() -> Document {
    let lines = [(OrderLineId::new("1").unwrap(), Quantity::new(2).unwrap())].into();
    let refund = Refund::Of { lines, charges: Vec::new(), amount: None };
    let mut note = credited(&belgian_business(), &refund, "C2026/0011", "Twee pakken beschadigd");
    note.content.mentions.push(Mention::RepayDeductedVatBe);
    note
}
