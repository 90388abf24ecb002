use crate::woocommerce::snapshot::of;
use crate::woocommerce::wire::{Order, Refund};
use domain::SnapshotLine;
use serde_json::{Value, json};

/// What a line says of its stock: `_reduced_stock` and `_restock_refunded_items`.
type Stock = (Option<i64>, Option<i64>);

const COMPLETED: &str = "2026-11-29T12:00:00";

/// An order of so many books with refunds by reason, hour and units.
fn told(status: &str, completed: bool, ordered: i64, stock: Stock, refunds: &[(&str, u8, i64)], untold: bool) -> SnapshotLine {
    let field = |name: &str, units: Option<i64>| units.map(|units| json!({ "id": 1, "key": name, "value": units.to_string() }));
    let fields: Vec<Value> =
        [field("_reduced_stock", stock.0), field("_restock_refunded_items", stock.1)].into_iter().flatten().collect();
    let order: Order = serde_json::from_value(json!({
        "id": 2101, "status": status, "currency": "EUR", "date_created_gmt": "2026-11-29T09:00:00",
        "date_modified_gmt": "2026-11-29T15:00:00", "date_completed_gmt": completed.then_some(COMPLETED),
        "line_items": [{ "id": 1, "name": "Boek", "product_id": 17, "quantity": ordered, "total": "10.00", "sku": "BOOK", "meta_data": fields }],
    }))
    .unwrap();
    let refund = |(reason, hour, units): &(&str, u8, i64)| {
        let of = json!([{ "key": "_refunded_item_id", "value": "1" }]);
        json!({ "reason": reason, "date_created_gmt": format!("2026-11-29T{hour:02}:00:00"), "line_items": [{ "quantity": -units, "meta_data": of }] })
    };
    let refunds: Vec<Refund> = refunds.iter().map(|one| serde_json::from_value(refund(one)).unwrap()).collect();
    of(&order, &refunds, &crate::woocommerce::statuses::Statuses::default(), untold).unwrap().lines.remove(0)
}

/// Cancelled, of those not on sale again; shipped; returned, of those on sale again.
fn units(line: &SnapshotLine) -> (i64, i64, i64, i64, i64) {
    let SnapshotLine { cancelled, not_restocked, shipped, returned, restocked, .. } = line;
    (cancelled.units(), not_restocked.units(), shipped.units(), returned.units(), restocked.units())
}

#[test]
fn a_refund_before_sending_is_of_units_that_are_on_sale_again_or_are_not() {
    let one = &[("found broken", 10, 1)];
    for untold in [false, true] {
        let told = |stock| units(&told("processing", false, 2, stock, one, untold));
        assert_eq!(told((Some(2), None)), (1, 1, 0, 0, 0), "the shop has both units off its counter still");
        assert_eq!(told((Some(1), Some(1))), (1, 0, 0, 0, 0), "restocked");
        assert_eq!(told((Some(1), None)), (1, 0, 0, 0, 0), "by a version that keeps only what is off");
    }
    let both = |stock| units(&told("processing", false, 3, stock, &[("", 9, 1), ("", 10, 1)], false));
    assert_eq!((both((Some(2), Some(1))), both((Some(3), None))), ((2, 1, 0, 0, 0), (2, 2, 0, 0, 0)));
}

#[test]
fn of_a_product_that_the_shop_does_not_count_the_setting_decides() {
    let one = &[("", 10, 1)];
    assert_eq!(units(&told("processing", false, 2, (None, None), one, false)), (1, 1, 0, 0, 0));
    assert_eq!(units(&told("processing", false, 2, (None, None), one, true)), (1, 0, 0, 0, 0));
    assert_eq!(units(&told("cancelled", false, 2, (None, None), &[], false)), (2, 0, 0, 0, 0), "a cancelled order says enough");
}

#[test]
fn of_what_was_cancelled_here_the_merchants_word_is_known_already() {
    let (there, not_there) = ("Op [c-0123456789ab]", "Op [n-0123456789ab]");
    assert_eq!(units(&told("processing", false, 3, (Some(3), None), &[(not_there, 10, 1)], false)), (1, 0, 0, 0, 0));
    let and_theirs = &[(not_there, 10, 1), ("", 11, 1)];
    assert_eq!(units(&told("processing", false, 3, (Some(3), None), and_theirs, false)), (2, 1, 0, 0, 0));
    assert_eq!(units(&told("processing", false, 3, (Some(2), Some(1)), and_theirs, false)), (2, 0, 0, 0, 0));
    assert_eq!(units(&told("processing", false, 3, (None, None), &[(there, 10, 1)], false)), (1, 0, 0, 0, 0));
}

#[test]
fn only_a_cancelled_order_is_put_on_sale_again_by_its_status() {
    assert_eq!(units(&told("cancelled", false, 2, (None, None), &[], false)), (2, 0, 0, 0, 0));
    for status in ["trash", "refunded", "failed"] {
        assert_eq!(units(&told(status, false, 2, (Some(2), None), &[], true)), (2, 2, 0, 0, 0), "{status}");
    }
    assert_eq!(units(&told("refunded", false, 2, (Some(0), Some(2)), &[("", 10, 2)], false)), (2, 0, 0, 0, 0));
    assert_eq!(
        units(&told("cancelled", false, 3, (None, None), &[("broken", 10, 1)], false)),
        (3, 1, 0, 0, 0),
        "the broken one stays broken"
    );
}

#[test]
fn what_left_and_is_on_sale_again_came_back() {
    assert_eq!(units(&told("completed", true, 2, (Some(1), Some(1)), &[("", 14, 1)], false)), (0, 0, 2, 1, 1));
    assert_eq!(
        units(&told("completed", true, 2, (Some(2), None), &[("", 14, 1)], false)),
        (0, 0, 2, 1, 0),
        "the customer keeps it"
    );
    assert_eq!(units(&told("completed", true, 3, (Some(2), Some(1)), &[("", 10, 1), ("", 14, 1)], false)), (1, 1, 2, 1, 1));
    assert_eq!(units(&told("cancelled", true, 2, (None, None), &[], false)), (0, 0, 2, 2, 2), "all of it, says the shop");
    assert_eq!(units(&told("trash", true, 2, (Some(2), None), &[], false)), (0, 0, 2, 0, 0), "tidied away");
    let ours = &[("Op [r-0123456789ab]", 14, 1)];
    assert_eq!(units(&told("completed", true, 2, (Some(2), None), ours, false)), (0, 0, 2, 1, 0), "known from here");
}

#[test]
fn opened_again_nothing_has_left_and_a_refund_is_of_what_is_not_sent() {
    assert_eq!(units(&told("processing", true, 2, (Some(2), None), &[], false)), (0, 0, 0, 0, 0));
    assert_eq!(units(&told("processing", true, 2, (Some(1), Some(1)), &[("", 14, 1)], false)), (1, 0, 0, 0, 0));
}
