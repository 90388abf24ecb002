use super::*;
use crate::{Fulfilment, OrderNumber, Quantity};

fn line(id: &str, ordered: i64, cancelled: i64, shipped: i64) -> SnapshotLine {
    let units = |units| Quantity::new(units).unwrap();
    SnapshotLine {
        id: OrderLineId::new(id).unwrap(),
        offer: None,
        sku: Some(Sku::new(format!("S{id}")).unwrap()),
        ean: None,
        title: "Lamp".into(),
        fulfilment: Fulfilment::Merchant,
        kind: crate::LineKind::Goods,
        ordered: units(ordered),
        cancelled: units(cancelled),
        shipped: units(shipped),
        returned: Quantity::ZERO,
        not_restocked: Quantity::ZERO,
        restock_untold: Quantity::ZERO,
        restocked: Quantity::ZERO,
        cancellation_requested: false,
        unit_price: None,
        terms: crate::LineTerms::default(),
    }
}

fn order(lines: Vec<SnapshotLine>, unreadable_lines: Vec<UnreadableLine>) -> OrderSnapshot {
    OrderSnapshot {
        number: OrderNumber::new("7").unwrap(),
        display_number: None,
        placed_at: Timestamp::UNIX_EPOCH,
        stamp: None,
        channel_status: "open".into(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        lines,
        terms: crate::OrderTerms::default(),
        unreadable_lines,
    }
}

#[test]
fn an_amount_that_cannot_be_read_leaves_no_unit_in_doubt() {
    let problem = FieldError { field: "commission".into(), value: "an object".into(), expected: "an amount".into() };
    let of_line = UnreadableLine::amount(Some(&line("1", 2, 0, 0)), problem.clone());
    let of_order = UnreadableLine::amount(None, problem);
    assert_eq!(of_line.to_string(), "line 1 (S1): `commission` is an object and not an amount");
    assert_eq!(of_order.to_string(), "the order: `commission` is an object and not an amount");
    for line in [&of_line, &of_order] {
        assert!(line.may_be == PossibleProducts::Nothing && !line.may_be.holds_units());
    }
    // Its line is read, so nothing is carried over from what was known.
    let told = order(vec![line("1", 1, 0, 0)], vec![of_line, of_order]);
    assert_eq!(*told.carrying(&order(vec![line("1", 5, 0, 0)], Vec::new())), told);
}

fn odd(id: &str) -> UnreadableLine {
    let problem = FieldError { field: "quantity".into(), value: "1.5".into(), expected: "a whole number".into() };
    UnreadableLine::of(line(id, 1, 0, 0), problem)
}

#[test]
fn what_no_channel_can_mean_is_set_apart_and_the_rest_stays() {
    let lines = vec![line("1", 2, 0, 0), line("2", 2, 3, 0), line("3", 2, 0, 3), line("1", 5, 0, 0)];
    let sifted = order(lines, Vec::new()).sifted();
    sifted.check().unwrap();
    assert_eq!(sifted.lines, [line("1", 2, 0, 0)]);
    let named: Vec<_> =
        sifted.unreadable_lines.iter().map(|l| (l.id.as_ref().map(OrderLineId::as_str), l.field_error.field.as_str())).collect();
    assert_eq!(named, [(Some("2"), "cancelled"), (Some("3"), "shipped"), (None, "id")]);
    assert!(sifted.unreadable_lines.iter().all(|line| line.may_be == PossibleProducts::Named && line.sku.is_some()));
}

#[test]
fn a_line_that_can_be_read_no_longer_stays_as_it_was() {
    let known = order(vec![line("1", 2, 0, 0), line("2", 3, 0, 1)], Vec::new());
    let told = order(vec![line("1", 2, 1, 0)], vec![odd("2"), odd("9")]);
    let carried = told.carrying(&known).into_owned();
    assert_eq!(carried.lines, [line("1", 2, 1, 0), line("2", 3, 0, 1)], "and the one that never could is not made up");
    assert_eq!(*told.carrying(&carried), carried, "told again, it is the same");
    assert!(matches!(known.carrying(&told), Cow::Borrowed(_)));
}

#[test]
fn it_is_named_by_line_field_and_value() {
    assert_eq!(odd("2").to_string(), "line 2 (S2): `quantity` is 1.5 and not a whole number");
}
