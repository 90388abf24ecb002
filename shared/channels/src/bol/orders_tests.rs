use super::*;

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn read_fixture(text: &str) -> OrderSnapshot {
    snapshot(serde_json::from_str(text).unwrap(), now()).unwrap()
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
fn more_cancelled_than_ordered_is_refused() {
    let text = r#"{"orderId":"1","orderItems":[{"orderItemId":"2","quantity":1,"quantityCancelled":2}]}"#;
    assert_eq!(snapshot(serde_json::from_str(text).unwrap(), now()).unwrap_err().field, "cancelled");
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
            let _ = snapshot(order, now());
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
            && let Ok(snapshot) = snapshot(order, now())
        {
            proptest::prop_assert_eq!(snapshot.number.as_str(), id);
            proptest::prop_assert_eq!(snapshot.lines[0].ordered.units(), quantity);
        }
    }
}
