use super::*;

fn line(quantity: i64, current: i64, shipped: i64) -> LineFacts {
    LineFacts { id: 1, quantity, current, shipped, ..LineFacts::default() }
}

fn order(line: LineFacts) -> OrderFacts {
    OrderFacts {
        number: 18_014_398_509_481_985,
        name: "#1001".into(),
        created_at: "2026-11-21T20:00:00Z".into(),
        updated_at: "2026-11-21T15:00:05.987-05:00".into(),
        lines: vec![line],
        ..OrderFacts::default()
    }
}

/// Cancelled, shipped, returned.
fn told(facts: OrderFacts) -> Option<(i64, i64, i64)> {
    let snapshot = facts.snapshot("test", Some(false)).unwrap()?;
    let line = snapshot.lines.first().unwrap();
    Some((line.cancelled.units(), line.shipped.units(), line.returned.units()))
}

/// Cancelled, and of those not on sale again; `untold` as the setting says.
fn gone(facts: OrderFacts, untold: Option<bool>) -> Option<(i64, i64)> {
    let snapshot = facts.snapshot("test", untold).unwrap()?;
    let line = snapshot.lines.first().unwrap();
    Some((line.cancelled.units(), line.not_restocked.units()))
}

/// A line with refunds that put back or did not, and so many units still to be sent.
fn refunded(line: LineFacts, put_back: i64, not_restocked: i64, unfulfilled: Option<i64>) -> LineFacts {
    let mut line = LineFacts { unfulfilled, ..line };
    line.refund(put_back, Refunded::BeforeSending);
    line.refund(not_restocked, Refunded::NotRestocked);
    line
}

#[test]
fn units_that_are_taken_out_are_cancelled_and_on_sale_again_or_not() {
    for untold in [None, Some(false), Some(true)] {
        assert_eq!(gone(order(refunded(line(2, 1, 0), 1, 0, Some(1))), untold), Some((1, 0)));
        assert_eq!(gone(order(refunded(line(2, 1, 0), 0, 1, Some(1))), untold), Some((1, 1)));
        assert_eq!(gone(order(refunded(line(4, 1, 0), 1, 2, Some(1))), untold), Some((3, 2)));
    }
}

#[test]
fn what_is_paid_back_and_still_to_be_sent_is_not_cancelled() {
    assert_eq!(gone(order(refunded(line(2, 1, 0), 0, 1, Some(2))), Some(false)), Some((0, 0)));
    assert_eq!(gone(order(refunded(line(2, 1, 0), 0, 1, None)), None), None, "a delivery does not tell it: the order is read");
    assert_eq!(gone(order(refunded(line(3, 1, 0), 1, 1, Some(2))), Some(false)), Some((1, 0)));
}

#[test]
fn of_what_no_refund_tells_the_setting_decides_and_a_list_does_not_know() {
    let cancelled = || OrderFacts { cancelled: true, ..order(line(3, 0, 0)) };
    for facts in [|| order(line(3, 0, 0)), cancelled] {
        assert_eq!(gone(facts(), None), None);
        assert_eq!(gone(facts(), Some(false)), Some((3, 3)));
        assert_eq!(gone(facts(), Some(true)), Some((3, 0)));
    }
}

#[test]
fn a_whole_order_is_cancelled_with_or_without_restocking() {
    let cancelled = |put_back, not_restocked| {
        let facts = order(refunded(line(3, 0, 0), put_back, not_restocked, Some(0)));
        gone(OrderFacts { cancelled: true, ..facts }, None)
    };
    assert_eq!((cancelled(3, 0), cancelled(0, 3)), (Some((3, 0)), Some((3, 3))));
}

#[test]
fn refunded_after_it_was_sent_is_not_cancelled() {
    assert_eq!(told(order(LineFacts { returned: 1, ..line(2, 1, 2) })), Some((0, 2, 1)));
    assert_eq!(told(order(LineFacts { unclear: 2, ..line(2, 0, 2) })), Some((0, 2, 0)), "the customer keeps it");
}

#[test]
fn a_line_partly_sent_is_settled_by_the_refunds_own_words() {
    assert_eq!(told(order(LineFacts { returned: 1, ..line(3, 1, 1) })), Some((1, 1, 1)));
    assert_eq!(told(order(line(3, 2, 1))), Some((1, 1, 0)));
}

#[test]
fn where_the_refund_is_silent_only_the_full_read_settles_it() {
    let silent = || LineFacts { unclear: 1, ..line(2, 1, 1) };
    assert_eq!(told(order(silent())), None);
    assert_eq!(told(order(LineFacts { unfulfilled: Some(1), ..silent() })), Some((0, 1, 0)));
    assert_eq!(told(order(LineFacts { unfulfilled: Some(0), ..silent() })), Some((1, 1, 0)));
}

#[test]
fn a_cancelled_order_cancels_what_was_not_sent() {
    let cancelled = OrderFacts { cancelled: true, ..order(line(3, 3, 1)) };
    assert_eq!(told(cancelled), Some((2, 1, 0)));
}

#[test]
fn figures_that_contradict_each_other_stay_within_the_order() {
    assert_eq!(told(order(line(2, 5, 9))), Some((0, 2, 0)));
    assert_eq!(told(order(LineFacts { returned: 9, ..line(4, 0, 1) })), Some((0, 1, 1)));
}

#[test]
fn ids_beyond_2_to_the_53_keep_every_digit_and_stamps_are_whole_seconds() {
    let snapshot = order(line(1, 1, 0)).snapshot("test", Some(false)).unwrap().unwrap();
    assert_eq!(snapshot.number.as_str(), "18014398509481985");
    assert_eq!(snapshot.stamp.unwrap().to_string(), "2026-11-21T20:00:05Z");
}

#[test]
fn an_amount_is_the_same_however_many_zeros_it_is_written_with() {
    let read = |amount: &str, currency: &str| {
        let mut amounts = Amounts::new(domain::Currency::new("EUR").ok());
        Told::texts(amount, currency).money(&mut amounts, "any")
    };
    let text = |amount: &str| read(amount, "EUR").unwrap().amount.to_string();
    assert_eq!((text("10.0"), text("10"), text("10.00")), ("10.00".into(), "10.00".into(), "10.00".into()));
    assert_eq!(text("0.125"), "0.125");
    assert_eq!(read("ten", "EUR"), None);
    assert_eq!(read("10.0", "USD"), None, "what the buyer saw in another currency");
}

#[test]
fn what_is_in_a_return_is_not_cancelled_whether_or_not_the_current_quantity_fell_by_it() {
    for current in [3, 2] {
        let mut told_line = LineFacts { unfulfilled: Some(1), ..line(3, current, 2) };
        told_line.in_return(1, 1);
        assert_eq!(told(order(told_line)), Some((0, 2, 1)), "current {current}");
    }
    let mut cancelled_too = LineFacts { unfulfilled: Some(0), ..line(3, 1, 2) };
    cancelled_too.in_return(1, 0);
    assert_eq!(told(order(cancelled_too)), Some((1, 2, 0)));
}

#[test]
fn only_a_full_read_tells_of_an_order_with_returns() {
    assert_eq!(told(OrderFacts { unreadable_returns: true, ..order(line(2, 2, 2)) }), None);
}

#[test]
fn a_line_below_zero_is_named_and_the_other_is_taken() {
    let facts = OrderFacts {
        lines: vec![LineFacts { sku: Some("LAMP".into()), ..line(-1, -1, 0) }, LineFacts { id: 2, ..line(2, 2, 0) }],
        ..order(line(1, 1, 0))
    };
    let snapshot = facts.snapshot("test", Some(false)).unwrap().unwrap();
    assert_eq!((snapshot.lines.len(), snapshot.lines[0].id.as_str()), (1, "2"));
    let [odd] = snapshot.unreadable_lines.as_slice() else { panic!("{:?}", snapshot.unreadable_lines) };
    assert_eq!(
        (odd.sku.as_ref().unwrap().as_str(), odd.field_error.value.as_str(), odd.may_be),
        ("LAMP", "-1", PossibleProducts::Named)
    );
}

#[test]
fn a_country_is_told_where_it_is_one() {
    let to = |code: &str| {
        let facts = OrderFacts { ship_to: Some(code.into()), ..order(line(1, 1, 0)) };
        facts.snapshot("test", Some(false)).unwrap().unwrap().ship_to.map(|c| c.to_string())
    };
    assert_eq!((to("BE"), to("ZZ"), to("Belgium")), (Some("BE".into()), None, None));
}

#[test]
fn a_line_that_needs_no_shipping_is_an_amount_or_a_download_whichever_shape_tells_it() {
    let kinds = |graphql: LineFacts, rest: serde_json::Value| {
        let facts: super::super::wire::Order = serde_json::from_value(serde_json::json!({
            "id": 1, "name": "#1", "created_at": "2026-11-21T20:00:00Z", "updated_at": "2026-11-21T20:00:00Z", "cancelled_at": null,
            "closed_at": null, "shipping_address": null, "returns": [], "line_items": [rest],
        }))
        .unwrap();
        [order(graphql), facts.facts().unwrap()].map(|facts| facts.snapshot("test", Some(false)).unwrap().unwrap().lines[0].kind)
    };
    let rest = |variant: Option<u64>, ships: bool, gift_card: bool| {
        serde_json::json!({ "id": 1, "variant_id": variant, "sku": null, "name": "One", "quantity": 1, "current_quantity": 1,
            "price_set": null, "requires_shipping": ships, "gift_card": gift_card })
    };
    for (variant, ships, gift_card, kind) in [
        (Some(5), true, false, LineKind::Goods),
        (None, true, false, LineKind::Goods),
        (None, false, false, LineKind::Charge),
        (Some(5), false, false, LineKind::Digital),
        (Some(5), false, true, LineKind::Charge),
    ] {
        let graphql = LineFacts { variant, unshipped: !ships, gift_card, ..line(1, 1, 0) };
        assert_eq!(kinds(graphql, rest(variant, ships, gift_card)), [kind; 2], "{variant:?} {ships} {gift_card}");
    }
}

#[test]
fn the_parts_of_a_bundle_are_the_lines_and_the_bundle_itself_is_none() {
    // As Shopify tells it: each part is a line of a variant of its own; the group around them is a word on the line, not a line.
    let order: super::super::wire::Order = serde_json::from_value(serde_json::json!({
        "id": 1, "name": "#1", "created_at": "2026-11-21T20:00:00Z", "updated_at": "2026-11-21T20:00:00Z", "cancelled_at": null,
        "closed_at": null, "shipping_address": null, "returns": [],
        "line_items": [
            { "id": 1, "variant_id": 10, "sku": "LAMP", "name": "Lamp", "quantity": 1, "current_quantity": 1, "price_set": null,
              "sales_line_item_group_id": 8 },
            { "id": 2, "variant_id": 11, "sku": "CORD", "name": "Cord", "quantity": 1, "current_quantity": 1, "price_set": null,
              "sales_line_item_group_id": 8 },
        ],
    }))
    .unwrap();
    let lines = order.facts().unwrap().snapshot("test", Some(false)).unwrap().unwrap().lines;
    assert_eq!(lines.iter().map(|line| (line.kind, line.ordered.units())).collect::<Vec<_>>(), [(LineKind::Goods, 1); 2]);
}
