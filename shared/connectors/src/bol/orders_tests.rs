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
    assert_eq!((euros(line.terms.discount.as_ref()), euros(line.terms.commission.as_ref())), ("10.99".into(), "5.18".into()));
    assert_eq!(euros(line.amount().as_ref()), "118.91", "what the customer paid for the line");
    let due = |due: &Option<domain::Due>| due.as_ref().unwrap().to_string();
    assert_eq!(due(&line.terms.ship_by), "2017-02-13[Europe/Amsterdam]");
    assert_eq!(due(&line.terms.deliver_by), "2017-02-10[Europe/Amsterdam]");
    assert_eq!((order.terms.prices_include_tax, order.terms.pickup), (Some(true), Some(domain::Pickup::Point)));
    assert!(order.unreadable_lines.is_empty(), "{:?}", order.unreadable_lines);
}

fn euros(amount: Option<&domain::Money>) -> String {
    amount.map(|money| money.amount.to_string()).unwrap_or_default()
}

/// An order of one line, with other fields in it.
fn of_one_line(fields: &str) -> OrderSnapshot {
    let price = if fields.contains("unitPrice") { "" } else { r#""unitPrice":10.0,"# };
    read_fixture(&format!(
        r#"{{"orderId":"1","orderItems":[{{"orderItemId":"2","quantity":3,{price}"offer":{{"reference":"RUG"}},{fields}}}]}}"#
    ))
}

#[test]
fn what_is_off_is_what_was_not_paid_and_without_that_what_is_listed() {
    let off = |fields: &str| euros(of_one_line(fields).lines[0].terms.discount.as_ref());
    assert_eq!(off(r#""totalPrice":25.50,"discounts":[{"amount":9}]"#), "4.50");
    assert_eq!(off(r#""discounts":[{"amount":1.25},{"amount":"0.25"}]"#), "1.50");
    for nothing in [r#""totalPrice":30"#, r#""discounts":[]"#, r#""commission":1"#, r#""totalPrice":31"#] {
        assert_eq!(off(nothing), "", "{nothing}");
    }
}

#[test]
fn with_a_label_of_bol_it_is_the_merchants_to_send() {
    let by = |method: &str, party: &str| {
        let line = of_one_line(&format!(r#""fulfilment":{{"method":"{method}","distributionParty":"{party}"}}"#)).lines.remove(0);
        (line.fulfilment, line.is_own())
    };
    assert_eq!(by("FBR", "RETAILER"), (Fulfilment::Merchant, true));
    assert_eq!(by("FBR", "BOL"), (Fulfilment::MerchantWithLabel, true));
    assert_eq!(by("FBB", "BOL"), (Fulfilment::Marketplace, false));
}

#[test]
fn an_amount_or_a_date_that_cannot_be_read_is_named_and_costs_nothing_else() {
    for (fields, field) in [
        (r#""unitPrice":"free""#, "unitPrice"),
        (r#""unitPrice":1e300"#, "unitPrice"),
        (r#""unitPrice":99999999999"#, "unitPrice"),
        (r#""totalPrice":{}"#, "totalPrice"),
        (r#""commission":"Odalise""#, "commission"),
        (r#""discounts":7"#, "discounts"),
        (r#""discounts":[{"amount":[]}]"#, "discounts.amount"),
        (r#""fulfilment":{"method":"FBR","latestDeliveryDate":"soon"}"#, "fulfilment.latestDeliveryDate"),
        (r#""fulfilment":{"method":"FBR","expiryDate":20261201}"#, "fulfilment.expiryDate"),
    ] {
        let order = of_one_line(fields);
        let [line] = &order.lines[..] else { panic!("{fields}: {order:?}") };
        assert_eq!((line.ordered.units(), order.channel_status.as_str()), (3, "OPEN"), "{fields}");
        let [named] = &order.unreadable_lines[..] else { panic!("{fields}: {:?}", order.unreadable_lines) };
        assert_eq!((named.field_error.field.as_str(), named.may_be), (field, PossibleProducts::Nothing), "{fields}");
        assert_eq!(named.id.as_ref(), Some(&line.id));
        assert!(!named.field_error.value.contains("Odalise"), "{named:?}");
    }
    // All of it is done: an amount that cannot be read does not keep it open.
    let done = of_one_line(r#""quantityShipped":3,"commission":"odd""#);
    assert_eq!((done.channel_status.as_str(), done.unreadable_lines.len()), ("HANDLED", 1));
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
        (r#""quantity":1,"quantityCancelled":2"#, "cancelled", PossibleProducts::Named),
        (r#""quantity":1.5"#, "quantity", PossibleProducts::Named),
        (r#""quantity":-1"#, "quantity", PossibleProducts::Named),
        (r#""quantity":1e400"#, "quantity", PossibleProducts::Named),
        (r#""quantity":null"#, "quantity", PossibleProducts::Named),
        (r#""quantity":1.5,"fulfilment":{"method":"FBB"}"#, "quantity", PossibleProducts::Counted),
    ] {
        let text = format!(
            r#"{{"orderId":"1","orderItems":[{{"orderItemId":"2","offer":{{"reference":"RUG"}},{odd}}},{{"orderItemId":"3","quantity":2}}]}}"#
        );
        let order = read_fixture(&text);
        assert_eq!((order.lines.len(), order.lines[0].ordered.units()), (1, 2), "{odd}");
        let [one] = order.unreadable_lines.as_slice() else { panic!("{odd}: {:?}", order.unreadable_lines) };
        assert_eq!(
            (one.field_error.field.as_str(), one.may_be, one.id.as_ref().unwrap().as_str()),
            (field, may_mean, "2"),
            "{odd}"
        );
    }
}

#[test]
fn what_would_only_give_units_back_is_counted_as_none_and_named() {
    let order = read_fixture(
        r#"{"orderId":"1","orderItems":[{"orderItemId":"2","quantity":2,"quantityCancelled":"one","quantityShipped":0.5}]}"#,
    );
    assert_eq!((order.lines[0].ordered.units(), order.lines[0].cancelled.units(), order.lines[0].shipped.units()), (2, 0, 0));
    assert!(
        order.unreadable_lines.len() == 2 && order.unreadable_lines.iter().all(|line| line.may_be == PossibleProducts::Counted),
        "{:?}",
        order.unreadable_lines
    );
}

#[test]
fn an_item_that_nothing_names_may_be_anything() {
    let order = read_fixture(r#"{"orderId":"1","orderItems":[{"orderItemId":"2","quantity":1,"offer":7,"product":"x"},"torn"]}"#);
    assert!(
        order.lines.is_empty() && order.unreadable_lines.iter().all(|line| line.may_be == PossibleProducts::Anything),
        "{order:?}"
    );
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
            proptest::prop_assert!(!snapshot.lines.is_empty() || !snapshot.unreadable_lines.is_empty());
        }
    }
}
