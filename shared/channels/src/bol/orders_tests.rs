use super::*;

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn read_fixture(text: &str) -> OrderSnapshot {
    snapshot(&serde_json::from_str(text).unwrap(), now(), false).unwrap()
}

#[test]
fn an_order_of_the_published_shape_is_read_whole() {
    let order = read_fixture(include_str!("fixtures/order_detail.json"));
    assert_eq!(order.number.as_str(), "A2K8290LP8");
    assert_eq!(order.placed_at.to_string(), "2017-02-09T11:39:48Z");
    assert_eq!(order.stamp.unwrap().to_string(), "2017-02-09T12:39:48Z");
    assert_eq!(order.channel_status, "HANDLED");
    let [line] = &order.lines[..] else { panic!("one line, not {}", order.lines.len()) };
    assert_eq!(line.offer.as_ref().unwrap().as_str(), "6ff736b5-cdd0-4150-8c67-78269ee986f5");
    assert_eq!(line.sku.as_ref().unwrap().as_str(), "BOLCOM00123");
    assert_eq!(line.ean.as_ref().unwrap().as_str(), "0000007740404");
    assert_eq!(line.fulfilment, Fulfilment::Merchant);
    assert_eq!((line.ordered.units(), line.shipped.units(), line.cancelled.units()), (10, 10, 0));
    let price = line.unit_price.as_ref().unwrap();
    assert_eq!((price.amount.to_string(), price.currency.as_str()), ("12.99".to_owned(), "EUR"));
}

#[test]
fn an_order_stored_at_bol_with_fields_missing_is_read_too() {
    let order = read_fixture(include_str!("fixtures/order_detail_stored_at_bol.json"));
    assert_eq!(order.stamp, None);
    assert_eq!(order.channel_status, "OPEN");
    let line = &order.lines[0];
    assert_eq!(line.fulfilment, Fulfilment::Marketplace);
    assert_eq!(line.sku, None, "a reference with outer spaces is no SKU");
    assert_eq!(line.ean, None, "a wrong check digit does not lose the order");
    assert!(line.cancellation_requested);
    assert_eq!(line.cancelled, Quantity::ZERO, "a request is not a cancellation");
    assert_eq!(line.unit_price.as_ref().unwrap().amount.to_string(), "19.90", "the text, not a float");
}

#[test]
fn an_order_without_any_date_is_read_as_of_now() {
    let order = read_fixture(r#"{"orderId":"1","orderItems":[{"orderItemId":"2","quantity":1,"unitPrice":"free"}]}"#);
    assert_eq!(order.placed_at, now());
    assert_eq!(order.lines[0].unit_price, None);
}

#[test]
fn a_line_that_cannot_be_counted_is_named_and_the_others_are_taken() {
    for (odd, field, may_mean) in [
        (r#""quantity":1,"quantityCancelled":2"#, "cancelled", MayMean::Named),
        (r#""quantity":1.5"#, "quantity", MayMean::Named),
        (r#""quantity":-1"#, "quantity", MayMean::Named),
        (r#""quantity":1e400"#, "quantity", MayMean::Named),
        (r#""quantity":null"#, "quantity", MayMean::Named),
        (r#""quantity":1.5,"fulfilment":{"method":"FBB"}"#, "quantity", MayMean::Counted),
    ] {
        let text = format!(r#"{{"orderId":"1","orderItems":[{{"orderItemId":"2","offer":{{"reference":"RUG"}},{odd}}},{{"orderItemId":"3","quantity":2}}]}}"#);
        let order = read_fixture(&text);
        assert_eq!((order.lines.len(), order.lines[0].ordered.units()), (1, 2), "{odd}");
        let [one] = order.unread.as_slice() else { panic!("{odd}: {:?}", order.unread) };
        assert_eq!((one.problem.field.as_str(), one.may_mean, one.id.as_ref().unwrap().as_str()), (field, may_mean, "2"), "{odd}");
    }
}

#[test]
fn what_would_only_give_units_back_is_counted_as_none_and_named() {
    let order = read_fixture(r#"{"orderId":"1","orderItems":[{"orderItemId":"2","quantity":2,"quantityCancelled":"one","quantityShipped":0.5}]}"#);
    assert_eq!((order.lines[0].ordered.units(), order.lines[0].cancelled.units(), order.lines[0].shipped.units()), (2, 0, 0));
    assert!(order.unread.len() == 2 && order.unread.iter().all(|line| line.may_mean == MayMean::Counted), "{:?}", order.unread);
}

#[test]
fn an_item_that_nothing_names_may_be_anything() {
    let order = read_fixture(r#"{"orderId":"1","orderItems":[{"orderItemId":"2","quantity":1,"offer":7,"product":"x"},"torn"]}"#);
    assert!(order.lines.is_empty() && order.unread.iter().all(|line| line.may_mean == MayMean::Anything), "{order:?}");
    assert_eq!(order.channel_status, "OPEN");
}

#[test]
fn only_nothing_at_all_or_an_empty_list_ends_a_listing() {
    let read = |text: &str| wire_text::json::<wire::ReducedOrders>(LIST, text.as_bytes()).map(|page| page.orders.len());
    assert_eq!(read("{}").unwrap(), 0);
    assert_eq!(read(r#"{"orders":[]}"#).unwrap(), 0);
    assert_eq!(read(r#"{"orders":[{"orderId":"1"}],"more":1}"#).unwrap(), 1);
    for other in ["[]", r#"{"title":"Maintenance"}"#, r#"{"Orders":[]}"#, r#"{"orders":null}"#] {
        assert!(read(other).is_err(), "{other} is some other answer");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        if let Ok(order) = wire_text::json::<wire::Order>(READ, &bytes) {
            let _ = snapshot(&order, now(), false);
        }
        let _ = wire_text::json::<wire::ReducedOrders>(LIST, &bytes);
    }

    #[test]
    fn no_order_makes_the_reader_panic(id in ".*", quantity: i64, shipped: i64, cancelled: i64, price in "-?[0-9]{1,40}(\\.[0-9]{1,40})?([eE]-?[0-9]{1,4})?") {
        let text = format!(
            r#"{{"orderId":{},"orderItems":[{{"orderItemId":"1","quantity":{quantity},"quantityShipped":{shipped},"quantityCancelled":{cancelled},"unitPrice":{price}}}]}}"#,
            serde_json::Value::from(id.clone()),
        );
        if let Ok(order) = serde_json::from_str(&text)
            && let Ok(snapshot) = snapshot(&order, now(), false)
        {
            proptest::prop_assert_eq!(snapshot.number.as_str(), id);
            proptest::prop_assert!(snapshot.check().is_ok());
            proptest::prop_assert!(snapshot.lines.iter().all(|line| line.ordered.units() == quantity));
            proptest::prop_assert!(!snapshot.lines.is_empty() || !snapshot.unread.is_empty());
        }
    }
}
