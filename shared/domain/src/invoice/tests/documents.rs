//! What a document needs before it may have a number.

use super::*;
use crate::vat::{Exemption, Mention};

/// Flaws by the field or sum that they name.
fn named(content: &Content) -> Vec<&'static str> {
    let of = |flaw: &DocumentFlaw| match flaw {
        DocumentFlaw::Sum { what, .. } | DocumentFlaw::Amount { what, .. } => *what,
        DocumentFlaw::VatTotals { .. } => "a VAT total",
        DocumentFlaw::Field { field, .. } => field,
    };
    content.flaws().iter().map(of).collect()
}

fn content() -> Content {
    shipment(&[("A", "21", 1, "12.10"), ("B", "9", 2, "10.90")], "2.30").content().unwrap()
}

fn with(change: impl FnOnce(&mut Content)) -> Content {
    let mut content = content();
    change(&mut content);
    content
}

#[test]
fn a_document_is_read_as_it_was_written() {
    let written = invoice(shipment(&[("A", "21", 1, "12.10"), ("B", "9", 2, "10.90")], "2.30"));
    let text = serde_json::to_string(&written).unwrap();
    assert_eq!(serde_json::from_str::<Document>(&text).unwrap(), written);
    assert!(text.contains(r#""gross":"12.10""#), "amounts are texts: {text}");
    let with_more = text.replacen(r#""sequence":1"#, r#""sequence":1,"extra":1"#, 1);
    assert!(serde_json::from_str::<Document>(&with_more).is_err(), "what is not known is not dropped");
}

#[test]
fn each_sum_is_the_sum_of_its_parts() {
    assert_eq!(named(&content()), Vec::<&str>::new());
    let cent = dec("0.01");
    assert_eq!(named(&with(|c| c.totals.lines_net += cent)), ["totals.lines_net"]);
    assert_eq!(named(&with(|c| c.totals.charges_net += cent)), ["totals.charges_net"]);
    assert_eq!(named(&with(|c| c.totals.vat += cent)), ["totals.vat", "totals.gross"]);
    assert_eq!(named(&with(|c| c.totals.prepaid += cent)), ["totals.prepaid", "totals.payable"]);
    assert_eq!(named(&with(|c| c.totals.payable += cent)), ["totals.payable"]);
    let paid_more = |c: &mut Content| {
        c.payments[0].amount += cent;
        (c.totals.prepaid, c.totals.payable) = (c.totals.prepaid + cent, c.totals.payable - cent);
    };
    assert_eq!(named(&with(paid_more)), ["totals.payable"], "somebody paid a cent too much");
    assert_eq!(named(&with(|c| c.lines[0].gross += cent)), ["totals.gross"]);
    assert!(named(&with(|c| c.vat[0].net += cent)).contains(&"vat.net"));
    assert!(named(&with(|c| c.lines[0].net = dec("9.995"))).contains(&"lines.net"));
    assert!(named(&with(|c| c.lines[0].net = dec("-1"))).contains(&"lines.net"));
}

#[test]
fn each_rate_has_one_total() {
    assert!(named(&with(|c| c.vat.push(c.vat[0].clone()))).contains(&"a VAT total"));
    assert!(named(&with(|c| c.vat.truncate(1))).contains(&"a VAT total"));
    assert!(named(&with(|c| c.vat.clear())).contains(&"vat"));
}

#[test]
fn what_the_law_wants_is_there() {
    assert_eq!(named(&with(|c| c.seller.vat_number = None)), ["seller.vat_number"]);
    assert_eq!(named(&with(|c| c.seller.vat_number = VatNumber::new("DE999999990").ok())), ["seller.vat_number"]);
    assert_eq!(named(&with(|c| c.kind = DocumentKind::CreditNote)), ["credits"]);
    assert_eq!(named(&with(|c| c.currency = Currency::new("SEK").unwrap())), ["vat_in_euro"]);
    let abroad = |line: &mut Line| line.taxed.country = VatCountry::De;
    assert!(named(&with(|c| abroad(&mut c.lines[0]))).contains(&"lines"), "one document has one state's VAT");
}

#[test]
fn an_exempt_supply_to_a_business_shows_its_number_and_says_why() {
    let mut sold = shipment(&[("A", "0", 1, "75.00")], "0");
    let decision = &mut sold.goods[0].decision;
    let number = VatNumber::new("BE0999999922").unwrap();
    decision.reason = Reason::IntraCommunity { from: VatCountry::Nl, to: VatCountry::Be, number };
    (decision.category, decision.exemption, decision.mention) =
        (Category::K, Some(Exemption::IntraCommunity), Some(Mention::IntraCommunity));
    let mut content = sold.content().unwrap();
    assert_eq!(named(&content), ["buyer.vat_number"]);
    content.buyer.vat_number = VatNumber::new("BE0888888895").ok();
    assert_eq!(named(&content), ["buyer.vat_number"], "not the number that VIES was asked for");
    content.buyer.vat_number = VatNumber::new("BE0999999922").ok();
    assert_eq!(named(&content), Vec::<&str>::new());
    content.mentions.clear();
    assert_eq!(named(&content), ["mentions"]);
}

#[test]
fn a_number_is_of_its_kind_and_year() {
    let mut document = invoice(shipment(&[("A", "21", 1, "12.10")], "0"));
    document.series.year = 2025;
    assert_eq!(document.flaws().len(), 1);
    document.series = series(DocumentKind::CreditNote, 2026);
    assert_eq!(document.flaws().len(), 1);
}

#[test]
fn a_discount_that_is_more_than_the_line_is_refused_before_there_is_a_document() {
    let mut sold = shipment(&[("A", "21", 1, "12.10")], "0");
    sold.goods[0].own_discount = dec("12.11");
    assert!(matches!(sold.clone().content(), Err(SumsRefused::DiscountTooLarge { .. })));
    sold.goods[0].own_discount = dec("-0.01");
    assert!(matches!(sold.content(), Err(SumsRefused::DiscountTooLarge { .. })));
}
