use super::*;
use crate::woocommerce::marks;

/// As without settings.
fn of(order: &Order, refunds: &[Refund], untold_on_sale: bool) -> Result<OrderSnapshot> {
    super::of(order, refunds, &Statuses::default(), untold_on_sale)
}

fn order() -> Order {
    serde_json::from_str(include_str!("fixtures/order_partly_refunded.json")).unwrap()
}

fn refunds() -> Vec<Refund> {
    serde_json::from_str(include_str!("fixtures/refunds.json")).unwrap()
}

fn told(status: &str, completed: Option<&str>, refunds: &[Refund]) -> (i64, i64, i64) {
    let given = |text: &str| Field::Read(text.to_owned());
    let completed = completed.map_or(Field::Missing, given);
    let order = Order { status: given(status), date_completed_gmt: completed, ..order() };
    let line = of(&order, refunds, false).unwrap().lines.remove(0);
    (line.ordered.units(), line.cancelled.units(), line.shipped.units())
}

#[test]
fn an_order_is_translated_whole() {
    let snapshot = of(&order(), &refunds()[..1], false).unwrap();
    assert_eq!(snapshot.number.as_str(), "501");
    assert_eq!(snapshot.display_number.as_deref(), Some("W-2026-501"));
    assert_eq!(snapshot.placed_at.to_string(), "2026-03-02T09:00:00Z");
    assert_eq!(snapshot.stamp.unwrap().to_string(), "2026-03-02T10:00:05Z");
    let [mug, shirt] = snapshot.lines.as_slice() else { panic!("two lines") };
    assert_eq!((mug.offer.as_ref().unwrap().as_str(), mug.sku.as_ref().unwrap().as_str()), ("10", "MUG"));
    assert_eq!((mug.ordered.units(), mug.cancelled.units(), mug.shipped.units()), (3, 1, 0));
    assert_eq!(shirt.offer.as_ref().unwrap().as_str(), "13/14");
    assert_eq!((&shirt.sku, shirt.ordered.units()), (&None, 1), "a deleted SKU is none; a quantity may be text");
    // 30.00 / 3, from text: the number 9.666667 is not looked at
    assert_eq!(euros(mug.unit_price.as_ref()), "10.00");
    assert_eq!((euros(mug.terms.discount.as_ref()), euros(mug.amount().as_ref())), ("1.00".into(), "29.00".into()));
    let terms = &snapshot.terms;
    assert_eq!((euros(terms.total.as_ref()), euros(terms.refunded.as_ref())), ("50.00".into(), "9.67".into()));
    assert_eq!((terms.prices_include_tax, terms.paid), (Some(false), Some(false)), "it says of neither that it is so");
    assert!(snapshot.unreadable_lines.is_empty(), "{:?}", snapshot.unreadable_lines);
}

fn euros(amount: Option<&domain::Money>) -> String {
    amount.map(|money| money.amount.to_string()).unwrap_or_default()
}

/// An order of three at 12.95 with tax, 10 % off, with shipping at 4.95, wrapping at 2.50, a discount of the till, and a refund.
fn with_tax() -> serde_json::Value {
    serde_json::json!({
        "id": 700, "status": "processing", "currency": "EUR", "prices_include_tax": true, "total": "40.90", "total_tax": "7.10",
        "shipping_total": "4.09", "shipping_tax": "0.86", "discount_total": "3.21", "discount_tax": "0.68",
        "date_created_gmt": "2026-11-29T12:00:00", "date_modified_gmt": "2026-11-29T12:00:00", "date_paid_gmt": "2026-11-29T12:00:30",
        "line_items": [{ "id": 1, "product_id": 11, "quantity": 3, "sku": "CORD", "subtotal": "32.11", "subtotal_tax": "6.74",
            "total": "28.90", "total_tax": "6.07" }],
        "shipping_lines": [{ "id": 2, "method_id": "local_pickup", "total": "4.09", "total_tax": "0.86" }],
        "fee_lines": [{ "id": 3, "total": "2.07", "total_tax": "0.43" }, { "id": 4, "total": "-1.26", "total_tax": "-0.26" }],
        "refunds": [{ "id": 5, "reason": "", "total": "-2.00" }, { "id": 6, "reason": "", "total": "-0.50" }],
    })
}

#[test]
fn where_prices_include_tax_all_amounts_do_though_the_shop_writes_them_without() {
    let snapshot = of(&serde_json::from_value(with_tax()).unwrap(), &[], false).unwrap();
    let line = &snapshot.lines[0];
    assert_eq!((euros(line.unit_price.as_ref()), euros(line.terms.discount.as_ref())), ("12.95".into(), "3.88".into()));
    assert_eq!((euros(line.amount().as_ref()), euros(line.terms.tax.as_ref())), ("34.97".into(), "6.07".into()));
    let terms = &snapshot.terms;
    assert_eq!((euros(terms.shipping_price.as_ref()), euros(terms.fees.as_ref())), ("4.95".into(), "2.50".into()));
    assert_eq!(euros(terms.negative_fees.as_ref()), "1.52", "a discount or a gift card: nobody takes it off here");
    // What the buyer paid is what all of it comes to.
    assert_eq!(
        (euros(terms.total.as_ref()), euros(terms.tax.as_ref()), euros(terms.refunded.as_ref())),
        ("40.90".into(), "7.10".into(), "2.50".into())
    );
    assert_eq!((terms.prices_include_tax, terms.paid, terms.pickup), (Some(true), Some(true), Some(domain::Pickup::Merchant)));
    assert_eq!(terms.paid_at.unwrap().to_string(), "2026-11-29T12:00:30Z");
    assert!(snapshot.unreadable_lines.is_empty(), "{:?}", snapshot.unreadable_lines);
    // The same of a shop that shows prices without tax.
    let mut json = with_tax();
    json["prices_include_tax"] = false.into();
    let net = of(&serde_json::from_value(json).unwrap(), &[], false).unwrap();
    assert_eq!(
        (euros(net.lines[0].unit_price.as_ref()), euros(net.lines[0].amount().as_ref())),
        ("10.703333".into(), "28.90".into())
    );
    assert_eq!((euros(net.terms.shipping_price.as_ref()), euros(net.terms.fees.as_ref())), ("4.09".into(), "2.07".into()));
    assert_eq!(euros(net.terms.negative_fees.as_ref()), "1.26");
}

#[test]
fn an_amount_that_cannot_be_read_is_named_and_costs_nothing_else() {
    let good = of(&serde_json::from_value(with_tax()).unwrap(), &[], false).unwrap();
    for (pointer, odd, field, of_a_line) in [
        ("/total", serde_json::json!("much"), "total", false),
        ("/shipping_tax", serde_json::json!({}), "shipping_tax", false),
        ("/currency", serde_json::json!(7), "currency", false),
        ("/prices_include_tax", serde_json::json!("perhaps"), "prices_include_tax", false),
        ("/date_paid_gmt", serde_json::json!("yesterday"), "date_paid_gmt", false),
        ("/fee_lines/0/total", serde_json::json!([1]), "fee_lines.total", false),
        ("/refunds/1/total", serde_json::json!("1e99"), "refunds.total", false),
        ("/line_items/0/subtotal", serde_json::json!("12,95"), "subtotal", true),
        ("/line_items/0/total_tax", serde_json::json!(""), "total_tax", true),
        ("/line_items/0/total", serde_json::json!(1e15), "total", true),
    ] {
        let mut json = with_tax();
        *json.pointer_mut(pointer).unwrap() = odd.clone();
        let told = of(&serde_json::from_value(json).unwrap(), &[], false).unwrap();
        let units = |order: &OrderSnapshot| (order.lines[0].ordered, order.lines[0].cancelled, order.lines[0].shipped);
        assert_eq!(units(&told), units(&good), "{pointer} {odd}");
        let named = told.unreadable_lines.first().unwrap_or_else(|| panic!("{pointer} {odd} is not named"));
        assert_eq!(
            (named.field_error.field.as_str(), named.id.is_some()),
            (field, of_a_line),
            "{pointer} {odd}: {:?}",
            told.unreadable_lines
        );
        assert!(told.unreadable_lines.iter().all(|one| one.may_be == PossibleProducts::Nothing));
    }
}

#[test]
fn unpaid_and_given_up_orders_claim_nothing() {
    for status in ["pending", "failed", "checkout-draft", "cancelled", "refunded", "trash"] {
        assert_eq!(told(status, None, &[]), (3, 3, 0), "{status}");
    }
    for status in ["processing", "on-hold"] {
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

/// An order of three mugs with a shipment of so many, or none, and refund records by reason, day and units.
fn parcelled(status: &str, completed: Option<&str>, parcel: u32, refunds: &[(&str, u8, i64)]) -> (i64, i64, i64) {
    let lines = BTreeMap::from([(1, parcel)]);
    let key = if parcel == 0 { "_other" } else { "_sluis_parcel_1" };
    let parcel = marks::Parcel { reference: "P-1".into(), carrier: None, tracking: None, lines };
    let mut json: serde_json::Value = serde_json::from_str(include_str!("fixtures/order_partly_refunded.json")).unwrap();
    json["status"] = status.into();
    json["date_completed_gmt"] = completed.into();
    // PHP writes a list with gaps as an object, and plugins write anything.
    json["meta_data"] = serde_json::json!({ "3": { "key": key, "value": parcel.field()["value"] }, "5": { "key": 7 }, "6": "x", "7": { "key": "_sluis_parcel_x", "value": [] } });
    let refund = |(reason, day, units): &(&str, u8, i64)| {
        let meta = serde_json::json!([{ "key": "_refunded_item_id", "value": "1" }]);
        serde_json::json!({ "date_created_gmt": format!("2026-03-0{day}T00:00:00"), "reason": reason,
            "line_items": [{ "quantity": -units, "meta_data": meta }] })
    };
    let refunds: Vec<Refund> = refunds.iter().map(|r| serde_json::from_value(refund(r)).unwrap()).collect();
    let line = of(&serde_json::from_value(json).unwrap(), &refunds, false).unwrap().lines.remove(0);
    (line.cancelled.units(), line.shipped.units(), line.returned.units())
}

#[test]
fn a_refund_is_of_what_was_sent_only_as_far_as_nothing_else_is_left() {
    let completed = Some("2026-03-06T00:00:00");
    let (ours, back) = ("Op [c-0123456789ab]", "Op [r-0123456789ab]");
    assert_eq!(parcelled("processing", None, 2, &[]), (0, 2, 0));
    assert_eq!(parcelled("processing", None, 9, &[]), (0, 3, 0), "no more than were ordered");
    assert_eq!(parcelled("processing", None, 2, &[("", 3, 1)]), (1, 2, 0));
    assert_eq!(parcelled("processing", None, 2, &[("", 3, 2)]), (1, 2, 1));
    assert_eq!(parcelled("processing", None, 2, &[(back, 3, 1)]), (0, 2, 1), "a record of ours says which");
    assert_eq!(parcelled("processing", None, 2, &[(back, 3, 1), (ours, 4, 1)]), (1, 2, 1));
    assert_eq!(parcelled("completed", completed, 2, &[(ours, 7, 1), (back, 8, 1)]), (1, 2, 1), "whenever it was made");
    assert_eq!(parcelled("completed", completed, 0, &[("", 5, 1), ("", 7, 1)]), (1, 2, 1));
    assert_eq!(parcelled("completed", completed, 0, &[("", 6, 1)]), (0, 3, 1), "in the same second");
    assert_eq!(parcelled("completed", completed, 2, &[("", 6, 1)]), (1, 2, 0), "but the parcels tell");
    assert_eq!(parcelled("refunded", None, 2, &[("", 3, 3)]), (1, 2, 2));
    assert_eq!(parcelled("cancelled", None, 2, &[]), (3, 2, 0), "the shop counts them again, and they have left");
    assert_eq!(parcelled("completed", completed, 0, &[("", 7, 9)]), (0, 3, 3));
}

#[test]
fn the_country_is_that_of_the_delivery_and_nothing_else_is_read_of_an_address() {
    let to = |shipping: &str, billing: &str| {
        let mut json: serde_json::Value = serde_json::from_str(include_str!("fixtures/order_partly_refunded.json")).unwrap();
        json["shipping"] = serde_json::from_str(shipping).unwrap();
        json["billing"] = serde_json::from_str(billing).unwrap();
        let order: Order = serde_json::from_value(json).unwrap();
        assert!(!format!("{order:?}").contains("Sam"), "{order:?}");
        of(&order, &[], false).unwrap().ship_to.map(|c| c.to_string())
    };
    let sam = r#"{ "first_name": "Sam", "country": "BE" }"#;
    assert_eq!(to(sam, r#"{ "country": "NL" }"#).as_deref(), Some("BE"));
    assert_eq!(to(r#"{ "first_name": "Sam", "country": "" }"#, sam).as_deref(), Some("BE"));
    assert_eq!(to("[]", sam).as_deref(), Some("BE"), "PHP writes an empty one as a list");
    assert_eq!(to("null", r#"{ "country": 7 }"#), None);
}

#[test]
fn goods_that_left_do_not_come_back_by_a_status() {
    let completed = Some("2026-03-06T00:00:00");
    assert_eq!(told("refunded", completed, &refunds()), (3, 1, 2));
    assert_eq!(told("cancelled", completed, &[]), (3, 0, 3));
    assert_eq!(told("trash", completed, &[]), (3, 0, 3));
    assert_eq!(told("delivered", completed, &[]), (3, 0, 3), "a plugin's word for what follows completion");
    assert_eq!(told("processing", completed, &[]), (3, 0, 0), "opened again");
}

/// An order of a set of a lamp and a cord, and a lamp by itself, with what the plugin writes on each of the first three lines.
fn with_set(marks: &[serde_json::Value; 3]) -> Vec<domain::LineKind> {
    let line = |(at, (product, sku)): (usize, (u64, &str))| {
        let mut line =
            serde_json::json!({ "id": at + 1, "name": sku, "product_id": product, "quantity": 1, "total": "1.00", "sku": sku });
        if let Some(marks) = marks.get(at).and_then(|marks| marks.as_object()) {
            line.as_object_mut().unwrap().extend(marks.clone());
        }
        line
    };
    let lines = [(300, "SET"), (10, "LAMP"), (11, "CORD"), (10, "LAMP")];
    let mut json: serde_json::Value = serde_json::from_str(include_str!("fixtures/order_partly_refunded.json")).unwrap();
    json["line_items"] = lines.into_iter().enumerate().map(line).collect();
    let snapshot = of(&serde_json::from_value(json).unwrap(), &[], false).unwrap();
    assert_eq!(snapshot.lines.len(), 4, "all of it stays in the order, for the amounts");
    snapshot.lines.iter().map(|line| line.kind).collect()
}

#[test]
fn of_a_set_that_a_plugin_puts_in_the_order_with_its_parts_only_the_parts_are_goods() {
    use domain::LineKind::{Goods, Set};
    use serde_json::json;
    let meta = |key: &str, value: serde_json::Value| json!({ "meta_data": [{ "id": 7, "key": key, "value": value }] });
    let plugins = [
        (
            "Product Bundles",
            [
                json!({ "bundled_by": "", "bundled_items": [2, 3] }),
                json!({ "bundled_by": 1, "bundled_items": [] }),
                json!({ "bundled_by": "1", "bundled_items": [] }),
            ],
        ),
        (
            "Composite Products",
            [
                json!({ "composite_parent": "", "composite_children": [2, 3] }),
                json!({ "composite_parent": 1 }),
                json!({ "composite_parent": 1 }),
            ],
        ),
        (
            "WPC Product Bundles",
            [
                meta("_woosb_ids", "10/a/1,11/b/1".into()),
                meta("_woosb_parent_id", "300".into()),
                meta("_woosb_parent_id", 300.into()),
            ],
        ),
    ];
    for (plugin, marks) in plugins {
        assert_eq!(with_set(&marks), [Set, Goods, Goods, Goods], "{plugin}");
    }
    // A set without its parts in the order is goods: the catalogue says what it consists of.
    let alone = [json!({ "bundled_by": "", "bundled_items": [2, 3] }), json!(null), json!(null)];
    assert_eq!(with_set(&alone), [Goods; 4]);
    let elsewhere = [json!(null), json!({ "bundled_by": 99 }), meta("_woosb_parent_id", "301".into())];
    assert_eq!(with_set(&elsewhere), [Goods; 4], "parts of nothing that is in the order");
}

#[test]
fn an_order_without_any_date_is_refused_and_says_why() {
    let dateless = Order { date_created_gmt: Field::Missing, date_modified_gmt: Field::Odd("7".to_owned()), ..order() };
    let refused = of(&dateless, &[], false).unwrap_err();
    assert!(refused.message.contains("date_created_gmt"), "{}", refused.message);
    let undated = Order { date_modified_gmt: Field::Odd("7".to_owned()), ..order() };
    assert_eq!(of(&undated, &[], false).unwrap().stamp, None, "a stamp that cannot be read is none");
}

/// The order with one field of its first line, of three mugs, put otherwise; and what is read and what is not.
fn with(field: &str, value: serde_json::Value) -> OrderSnapshot {
    let mut json: serde_json::Value = serde_json::from_str(include_str!("fixtures/order_partly_refunded.json")).unwrap();
    json["line_items"][0][field] = value;
    of(&serde_json::from_value(json).unwrap(), &[], false).unwrap()
}

#[test]
fn a_line_that_cannot_be_counted_is_named_and_the_others_are_taken() {
    for (value, shown) in [
        (serde_json::json!(1.5), "1.5"),
        (serde_json::json!(-1), "-1"),
        (serde_json::json!("2,5"), "\"2,5\""),
        (serde_json::Value::Null, "missing"),
    ] {
        let snapshot = with("quantity", value);
        let [shirt] = snapshot.lines.as_slice() else { panic!("{:?}", snapshot.lines) };
        assert_eq!((shirt.id.as_str(), shirt.ordered.units()), ("2", 1));
        let [odd] = snapshot.unreadable_lines.as_slice() else { panic!("{:?}", snapshot.unreadable_lines) };
        assert_eq!(
            (odd.id.as_ref().unwrap().as_str(), odd.sku.as_ref().unwrap().as_str(), odd.may_be),
            ("1", "MUG", PossibleProducts::Named)
        );
        assert_eq!((odd.field_error.field.as_str(), odd.field_error.value.as_str()), ("quantity", shown));
    }
    for whole in [serde_json::json!(3), serde_json::json!("3"), serde_json::json!(3.0)] {
        assert_eq!(with("quantity", whole).lines[0].ordered.units(), 3);
    }
}

#[test]
fn a_code_that_is_a_number_is_a_code() {
    let snapshot = with("sku", serde_json::json!(4711));
    assert_eq!(
        (snapshot.lines.len(), snapshot.lines[0].sku.as_ref().unwrap().as_str(), snapshot.unreadable_lines.len()),
        (2, "4711", 0)
    );
}

#[test]
fn which_units_an_odd_line_may_mean_is_as_far_as_it_names_its_item() {
    let may_mean = |field: &str, value: serde_json::Value| {
        let unreadable_lines = with(field, value).unreadable_lines;
        unreadable_lines.first().map(|odd| (odd.may_be, odd.offer.as_ref().map(|offer| offer.as_str().to_owned())))
    };
    let none = serde_json::json!({});
    assert_eq!(may_mean("product_id", none.clone()), Some((PossibleProducts::Named, None)), "its code still names it");
    assert_eq!(
        may_mean("variation_id", serde_json::json!("x")),
        Some((PossibleProducts::Named, None)),
        "the parent is another item"
    );
    assert_eq!(may_mean("quantity", serde_json::json!(1e30)), Some((PossibleProducts::Named, Some("10".to_owned()))));
    assert_eq!(may_mean("name", none.clone()), None, "a name plays no part");
    assert_eq!(
        may_mean("total", none),
        Some((PossibleProducts::Nothing, Some("10".to_owned()))),
        "an amount is named, and holds no unit"
    );
    let mut json: serde_json::Value = serde_json::from_str(include_str!("fixtures/order_partly_refunded.json")).unwrap();
    json["line_items"][0] = serde_json::json!({ "id": 1, "quantity": 1, "product_id": "?" });
    json["line_items"][1] = serde_json::json!("torn");
    let snapshot = of(&serde_json::from_value(json).unwrap(), &[], false).unwrap();
    assert_eq!(
        snapshot.unreadable_lines.iter().map(|odd| odd.may_be).collect::<Vec<_>>(),
        [PossibleProducts::Anything, PossibleProducts::Anything]
    );
}

#[test]
fn of_an_order_that_is_given_up_no_line_promises_anything_however_many_it_says() {
    let mut json: serde_json::Value = serde_json::from_str(include_str!("fixtures/order_partly_refunded.json")).unwrap();
    json["line_items"][0]["quantity"] = serde_json::json!(1.5);
    json["status"] = "cancelled".into();
    let snapshot = of(&serde_json::from_value(json).unwrap(), &[], false).unwrap();
    assert_eq!((snapshot.lines[0].ordered.units(), snapshot.unreadable_lines.len()), (0, 0));
}

#[test]
fn a_refund_that_cannot_be_counted_gives_nothing_back_and_is_named() {
    let refund = |quantity: serde_json::Value| -> Refund {
        let meta = serde_json::json!([{ "key": "_refunded_item_id", "value": "1" }]);
        serde_json::from_value(serde_json::json!({ "date_created_gmt": "2026-03-03T00:00:00", "line_items": [{ "quantity": quantity, "meta_data": meta }] })).unwrap()
    };
    let snapshot = of(&order(), &[refund(serde_json::json!(-1)), refund(serde_json::json!(-0.5))], false).unwrap();
    assert_eq!((snapshot.lines[0].ordered.units(), snapshot.lines[0].cancelled.units()), (3, 1));
    let [odd] = snapshot.unreadable_lines.as_slice() else { panic!("{:?}", snapshot.unreadable_lines) };
    assert_eq!((odd.may_be, odd.field_error.value.as_str()), (PossibleProducts::Counted, "-0.5"));
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
            parcel in "\\PC{0,40}|\\{\"reference\":\"P\",\"lines\":\\{\"[0-9]{1,2}\":[0-9]{1,11}\\}\\}", reason in "[a-z ]{0,5}\\[[cr]-[0-9a-f]{11,13}\\]|\\PC{0,9}",
        ) {
            let order: Order = serde_json::from_value(serde_json::json!({
                "id": ids[0], "status": status, "currency": names[0], "number": names[1],
                "date_created_gmt": "2026-03-02T09:00:00", "date_modified_gmt": dates[0], "date_completed_gmt": dates[1],
                "meta_data": [{ "key": "_sluis_parcel_1", "value": parcel }], "shipping": { "country": names[0] },
                "line_items": [{ "id": ids[1], "product_id": ids[2], "variation_id": ids[3], "quantity": quantity, "total": total,
                    "sku": names[0], "name": names[1], "price": 1e300 }],
            })).unwrap();
            let refund: Refund = serde_json::from_value(serde_json::json!({
                "date_created_gmt": dates[2], "reason": reason,
                "line_items": [{ "quantity": refunded, "meta_data": [{ "key": "_refunded_item_id", "value": ids[1] }] }],
            })).unwrap();
            for refunds in [vec![], vec![refund]] {
                if let Ok(snapshot) = of(&order, &refunds, names[0].len() % 2 == 0) {
                    prop_assert!(snapshot.check().is_ok());
                }
            }
        }
    }
}
