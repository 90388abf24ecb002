use super::*;
use ports::Secret;
use proptest::prelude::*;

const ORDER: &str = include_str!("fixtures/order_webhook.json");

fn secrets(texts: &[&str]) -> WebhookKeys {
    WebhookKeys { secrets: texts.iter().map(|t| Secret::new(*t)).collect(), ..WebhookKeys::default() }
}

fn signed(secret: &str, topic: &str, body: &[u8]) -> Delivery {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    Delivery {
        headers: vec![(SIGNATURE_HEADER.into(), STANDARD.encode(hmac::sign(&key, body))), (TOPIC_HEADER.into(), topic.into())],
        body: body.to_vec().into(),
        received_at: "2026-11-21T20:00:01Z".parse().unwrap(),
    }
}

fn kind(result: Result<Vec<Notification>>) -> ErrorKind {
    result.unwrap_err().kind
}

#[test]
fn an_empty_secret_lets_nobody_in() {
    assert_eq!(kind(receive(&secrets(&[""]), &signed("", "orders/create", ORDER.as_bytes()))), ErrorKind::Unauthorized);
}

/// The signature was computed with another implementation (Python's `hmac`), so that ours is not only held against itself.
#[test]
fn a_signature_made_elsewhere_is_accepted() {
    let delivery = Delivery {
        headers: vec![
            (SIGNATURE_HEADER.into(), "UkUx5xUgbE1mZtNvzMqP/UoPHjWVcjUfSphHLwSIbqU=".into()),
            (TOPIC_HEADER.into(), "app/uninstalled".into()),
        ],
        body: r#"{"id":1}"#.into(),
        received_at: "2026-11-21T20:00:01Z".parse().unwrap(),
    };
    assert_eq!(receive(&secrets(&["example-secret"]), &delivery).unwrap(), [Notification::Ignored]);
}

#[test]
fn every_changed_byte_and_every_missing_part_of_the_signature_is_refused_before_the_body_is_read() {
    let good = signed("now", "orders/create", ORDER.as_bytes());
    assert!(receive(&secrets(&["now"]), &good).is_ok());
    for at in [0, ORDER.len() / 2, ORDER.len() - 1] {
        let mut body = ORDER.as_bytes().to_vec();
        body[at] ^= 1;
        assert_eq!(kind(receive(&secrets(&["now"]), &Delivery { body: body.into(), ..good.clone() })), ErrorKind::Unauthorized);
    }
    for headers in [vec![], vec![(SIGNATURE_HEADER.into(), String::new())], vec![(SIGNATURE_HEADER.into(), "no base64!".into())]]
    {
        let delivery = Delivery { headers, body: "not even JSON".into(), ..good.clone() };
        assert_eq!(kind(receive(&secrets(&["now"]), &delivery)), ErrorKind::Unauthorized);
    }
    assert_eq!(kind(receive(&secrets(&[]), &good)), ErrorKind::Unauthorized, "no secret is not a secret that fits");
}

#[test]
fn during_a_rotation_the_secret_before_is_good_too() {
    let old = signed("before", "orders/updated", ORDER.as_bytes());
    assert!(receive(&secrets(&["now", "before"]), &old).is_ok());
    assert_eq!(kind(receive(&secrets(&["now"]), &old)), ErrorKind::Unauthorized);
}

#[test]
fn topics_that_only_name_an_order_make_it_be_read() {
    let number = OrderNumber::new("18014398509481985").unwrap();
    let read = |topic: &str, body: &str| receive(&secrets(&["s"]), &signed("s", topic, body.as_bytes())).unwrap();
    assert_eq!(
        read("refunds/create", r#"{"id":1,"order_id":18014398509481985}"#),
        [Notification::Changed { number: number.clone(), stamp: None }]
    );
    assert_eq!(
        read("orders/edited", r#"{"order_edit":{"order_id":18014398509481985}}"#),
        [Notification::Changed { number, stamp: None }]
    );
    assert_eq!(read("products/update", "{}"), [Notification::Ignored]);
}

#[test]
fn a_level_names_the_inventory_item_by_all_its_digits_and_the_figure_if_it_is_counted() {
    let told = |available: &str| {
        let body = format!(r#"{{"inventory_item_id":18014398509481985,"location_id":7,"available":{available}}}"#);
        receive(&secrets(&["s"]), &signed("s", "inventory_levels/update", body.as_bytes())).unwrap()
    };
    let of = |shows| [Notification::StockOf { stock_reference: "18014398509481985".into(), shows }];
    assert_eq!(told("3"), of(Some(Quantity::clamped(3))));
    assert_eq!(told("-2"), of(Some(Quantity::ZERO)));
    assert_eq!(told("null"), of(None));
}

#[test]
fn a_well_signed_body_of_the_wrong_shape_is_an_error_that_shows_none_of_it() {
    let error = receive(&secrets(&["s"]), &signed("s", "orders/create", br#"{"id":"kim@example.test"}"#)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(!format!("{error:?}").contains("kim@"));
}

/// Shopify's own examples, and its schema for what our fixture claims to be.
#[test]
#[allow(clippy::disallowed_methods)]
fn official_samples_are_understood_and_the_fixture_has_no_field_of_its_own() {
    let Ok(folder) = std::env::var("SLUIS_SPECS") else {
        eprintln!("skipped: SLUIS_SPECS does not name the folder with the official contracts");
        return;
    };
    let read = |path: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(format!("{folder}/channels/shopify/{path}")).unwrap()).unwrap()
    };
    for name in ["create", "updated", "cancelled", "paid", "fulfilled", "edited"] {
        let sample = read(&format!("samples/orders_{name}.json"));
        let topic = sample["topic"].as_str().unwrap().to_owned();
        let told = receive(&secrets(&["s"]), &signed("s", &topic, sample["body"].to_string().as_bytes())).unwrap();
        assert!(!matches!(told.as_slice(), [Notification::Ignored] | []), "{topic}");
    }
    let refund = read("samples/refunds_create.json")["body"].to_string();
    let told = receive(&secrets(&["s"]), &signed("s", "refunds/create", refund.as_bytes())).unwrap();
    assert!(matches!(told.as_slice(), [Notification::Changed { .. }]));
    let schema = read("webhook-schemas/orders_updated.schema.json");
    let ours: serde_json::Value = serde_json::from_str(ORDER).unwrap();
    let mut checked = 0;
    for (ours, schema) in [
        (&ours, &schema["properties"]),
        (&ours["line_items"][0], &schema["properties"]["line_items"]["items"]["properties"]),
        (&ours["fulfillments"][0], &schema["properties"]["fulfillments"]["items"]["properties"]),
    ] {
        for field in ours.as_object().unwrap().keys() {
            assert!(schema.get(field).is_some(), "{field} is not in the official schema");
            checked += 1;
        }
    }
    eprintln!("checked: 7 official samples and {checked} fields of the fixture");
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..200), topic in "orders/(create|edited)|refunds/create|.{0,12}") {
        let outcome = receive(&secrets(&["s"]), &signed("s", &topic, &body));
        prop_assert!(outcome.is_ok() || outcome.is_err_and(|e| e.kind != ErrorKind::Unauthorized));
    }

    /// Near to the true shape, with any figures.
    #[test]
    fn no_figures_make_it_panic(quantity in any::<i64>(), current in any::<i64>(), sent in any::<i64>(), refunded in any::<i64>()) {
        let body = serde_json::json!({
            "id": 7, "name": "#7", "created_at": "2026-11-21T20:00:00Z", "updated_at": "2026-11-21T20:00:00Z",
            "line_items": [{ "id": 1, "name": "x", "quantity": quantity, "current_quantity": current }],
            "fulfillments": [{ "status": "success", "line_items": [{ "id": 1, "quantity": sent }, { "id": 1, "quantity": sent }] }],
            "refunds": [{ "refund_line_items": [{ "line_item_id": 1, "quantity": refunded, "restock_type": "return" }] }],
        });
        let outcome = receive(&secrets(&["s"]), &signed("s", "orders/create", body.to_string().as_bytes()));
        if let Ok(notices) = outcome {
            for notice in notices {
                if let Notification::Order(order) = notice {
                    prop_assert!(order.check().is_ok());
                }
            }
        }
    }
}
