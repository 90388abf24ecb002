use super::*;

fn order() -> Order {
    serde_json::from_str(include_str!("fixtures/order_partly_refunded.json")).unwrap()
}

fn refunds() -> Vec<Refund> {
    serde_json::from_str(include_str!("fixtures/refunds.json")).unwrap()
}

fn told(status: &str, completed: Option<&str>, refunds: &[Refund]) -> (i64, i64, i64) {
    let order = Order { status: status.to_owned(), date_completed_gmt: completed.map(str::to_owned), ..order() };
    let line = of(&order, refunds).unwrap().lines.remove(0);
    (line.ordered.units(), line.cancelled.units(), line.shipped.units())
}

#[test]
fn an_order_is_translated_whole() {
    let snapshot = of(&order(), &refunds()[..1]).unwrap();
    assert_eq!(snapshot.number.as_str(), "501");
    assert_eq!(snapshot.shown_as.as_deref(), Some("W-2026-501"));
    assert_eq!(snapshot.placed_at.to_string(), "2026-03-02T09:00:00Z");
    assert_eq!(snapshot.stamp.unwrap().to_string(), "2026-03-02T10:00:05Z");
    let [mug, shirt] = snapshot.lines.as_slice() else { panic!("two lines") };
    assert_eq!((mug.offer.as_ref().unwrap().as_str(), mug.sku.as_ref().unwrap().as_str()), ("10", "MUG"));
    assert_eq!((mug.ordered.units(), mug.cancelled.units(), mug.shipped.units()), (3, 1, 0));
    assert_eq!(shirt.offer.as_ref().unwrap().as_str(), "13/14");
    assert_eq!((&shirt.sku, shirt.ordered.units()), (&None, 1), "a deleted SKU is none; a quantity may be text");
    // 29.00 / 3, from text: the number 9.666667 is not looked at
    assert_eq!(mug.unit_price.as_ref().unwrap().amount.to_string(), "9.6667");
}

#[test]
fn unpaid_and_given_up_orders_claim_nothing() {
    for status in ["pending", "failed", "checkout-draft", "cancelled", "refunded", "trash"] {
        assert_eq!(told(status, None, &[]), (3, 3, 0), "{status}");
    }
    for status in ["processing", "on-hold", "awaiting-picking"] {
        assert_eq!(told(status, None, &[]), (3, 0, 0), "{status}");
    }
}

#[test]
fn what_was_refunded_before_completion_was_not_shipped_and_later_refunds_change_nothing() {
    let completed = Some("2026-03-06T00:00:00");
    assert_eq!(told("completed", completed, &refunds()), (3, 1, 2));
    assert_eq!(told("completed", completed, &refunds()[2..]), (3, 0, 3));
    assert_eq!(told("processing", None, &refunds()), (3, 2, 0));
}

#[test]
fn goods_that_left_do_not_come_back_by_a_status() {
    let completed = Some("2026-03-06T00:00:00");
    assert_eq!(told("refunded", completed, &refunds()), (3, 1, 2));
    assert_eq!(told("cancelled", completed, &[]), (3, 3, 3));
    assert_eq!(told("trash", completed, &[]), (3, 3, 3));
    assert_eq!(told("delivered", completed, &[]), (3, 0, 3), "a plugin's word for what follows completion");
    assert_eq!(told("processing", completed, &[]), (3, 0, 0), "opened again");
}

#[test]
fn fractions_and_missing_dates_are_refused() {
    assert!(serde_json::from_str::<Order>(&include_str!("fixtures/order_partly_refunded.json").replace("\"quantity\": 3", "\"quantity\": 1.5")).is_err());
    let dateless = Order { date_created_gmt: None, date_modified_gmt: None, ..order() };
    assert!(of(&dateless, &[]).is_err());
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the numbers and texts: an order is translated, or refused, and what is translated holds together.
        #[test]
        fn no_order_panics(
            ids: [u64; 4], quantity: i64, refunded: i64, total in "-?[0-9.]{0,40}", dates in prop::array::uniform3("[-0-9T:Z]{0,24}"),
            status in "completed|refunded|processing|trash|[a-z]{0,8}", names in prop::array::uniform2("\\PC{0,70}"),
        ) {
            let order: Order = serde_json::from_value(serde_json::json!({
                "id": ids[0], "status": status, "currency": names[0], "number": names[1],
                "date_created_gmt": "2026-03-02T09:00:00", "date_modified_gmt": dates[0], "date_completed_gmt": dates[1],
                "line_items": [{ "id": ids[1], "product_id": ids[2], "variation_id": ids[3], "quantity": quantity, "total": total,
                    "sku": names[0], "name": names[1], "price": 1e300 }],
            })).unwrap();
            let refund: Refund = serde_json::from_value(serde_json::json!({
                "date_created_gmt": dates[2],
                "line_items": [{ "quantity": refunded, "meta_data": [{ "key": "_refunded_item_id", "value": ids[1] }] }],
            })).unwrap();
            for refunds in [vec![], vec![refund]] {
                if let Ok(snapshot) = of(&order, &refunds) {
                    prop_assert!(snapshot.check().is_ok());
                }
            }
        }
    }
}
