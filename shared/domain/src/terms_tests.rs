use super::*;
use crate::{Fulfilment, LineKind, OrderLineId, OrderSnapshot};

fn euro() -> Currency {
    Currency::new("EUR").unwrap()
}

fn euros(text: &str) -> Money {
    Money { amount: text.parse().unwrap(), currency: euro() }
}

fn line(units: i64, unit_price: Option<Money>, terms: LineTerms) -> SnapshotLine {
    SnapshotLine {
        id: OrderLineId::new("1").unwrap(),
        offer: None,
        sku: None,
        ean: None,
        title: String::new(),
        fulfilment: Fulfilment::Merchant,
        kind: LineKind::Goods,
        ordered: Quantity::new(units).unwrap(),
        cancelled: Quantity::ZERO,
        not_restocked: Quantity::ZERO,
        restock_untold: Quantity::ZERO,
        shipped: Quantity::ZERO,
        returned: Quantity::ZERO,
        restocked: Quantity::ZERO,
        cancellation_requested: false,
        unit_price,
        terms,
    }
}

#[test]
fn an_amount_has_one_form_however_it_is_written() {
    for (written, kept) in [
        ("12.5", "12.50"),
        ("12.50", "12.50"),
        ("12.500000", "12.50"),
        ("7", "7.00"),
        ("0", "0.00"),
        ("9.66666666", "9.666667"),
        ("-3.1", "-3.10"),
        ("-0.00", "0.00"),
        ("999999999.99", "999999999.99"),
    ] {
        let told = Money::told(written.parse().unwrap(), &euro()).map(|money| money.amount.to_string());
        assert_eq!(told.as_deref(), Some(kept), "{written}");
    }
    for beyond in ["1000000000", "-1000000000.5", "99999999999999999999999"] {
        assert_eq!(Money::told(beyond.parse().unwrap(), &euro()), None, "{beyond}");
    }
}

#[test]
fn what_a_line_costs_is_its_total_to_the_cent_though_a_unit_costs_a_part_of_one() {
    // 24.79 without tax for three: what a net-priced shop told, from which the price of one was worked out.
    for (total, units) in [("24.79", 3), ("100.00", 7), ("0.01", 3), ("12345.67", 999)] {
        let unit = euros(total).each_of(Quantity::new(units).unwrap());
        assert_eq!(line(units, unit, LineTerms::default()).amount(), Some(euros(total)), "{total} of {units}");
    }
    let off = LineTerms { discount: Some(euros("10.99")), ..LineTerms::default() };
    assert_eq!(line(10, Some(euros("12.99")), off).amount(), Some(euros("118.91")));
    assert_eq!(line(1, None, LineTerms::default()).amount(), None);
    assert_eq!(euros("1.00").each_of(Quantity::ZERO), None);
    let dollars = Money { currency: Currency::new("USD").unwrap(), ..euros("1.00") };
    let other = LineTerms { discount: Some(dollars), ..LineTerms::default() };
    assert_eq!(line(1, Some(euros("5.00")), other).amount(), None);
}

/// A row of an order takes 400 lines, and 400 KB: what a line may tell of its terms must stay small (`engine::rows`).
#[test]
fn the_longest_terms_of_a_line_take_three_hundred_bytes() {
    let most = Money::told("-999999999.123456".parse().unwrap(), &euro());
    let due = Due::day("2026-12-01".parse().unwrap(), "America/Argentina/ComodRivadavia").ok();
    let terms = LineTerms { discount: most.clone(), tax: most.clone(), commission: most, ship_by: due.clone(), deliver_by: due };
    let text = serde_json::to_string(&terms).unwrap();
    assert!(text.len() <= 320, "{} bytes: {text}", text.len());
    assert_eq!(serde_json::from_str::<LineTerms>(&text).unwrap(), terms);
    assert_eq!(serde_json::to_string(&LineTerms::default()).unwrap(), "{}");
}

#[test]
fn terms_lie_flat_beside_what_is_told_of_goods_and_older_rows_have_none() {
    let terms = LineTerms { commission: Some(euros("1.80")), ..LineTerms::default() };
    let json = serde_json::to_value(line(1, Some(euros("12.99")), terms)).unwrap();
    assert_eq!((json["commission"]["amount"].as_str(), json["unit_price"]["amount"].as_str()), (Some("1.80"), Some("12.99")));
    let before = serde_json::to_string(&line(1, None, LineTerms::default())).unwrap();
    assert_eq!(serde_json::from_str::<SnapshotLine>(&before).unwrap(), line(1, None, LineTerms::default()));
    let order =
        r#"{"number":"1","placed_at":"2026-11-24T10:00:00Z","stamp":null,"channel_status":"open","lines":[],"paid":true}"#;
    let order: OrderSnapshot = serde_json::from_str(order).unwrap();
    assert_eq!(order.terms, OrderTerms { paid: Some(true), ..OrderTerms::default() });
}
