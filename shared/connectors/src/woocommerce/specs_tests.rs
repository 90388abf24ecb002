//! Against what a real WooCommerce 10.0.2 said: only where the environment variable `SLUIS_SPECS` names its captured files.

use super::{webhooks, wire};
use crate::lenient::Field;
use ports::{Delivery, Notification, Secret, WebhookKeys};
use serde_json::Value;

pub(super) fn captured(file: &str) -> Option<Value> {
    let Some(specs) = std::env::var_os("SLUIS_SPECS") else {
        println!("skipped: SLUIS_SPECS is not set, so there are no captured files to compare with");
        return None;
    };
    let path = std::path::Path::new(&specs).join("channels/woocommerce").join(file);
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

#[test]
fn captured_deliveries_are_taken() {
    let Some(captured) = captured("samples/webhook_deliveries.json") else { return };
    let keys = WebhookKeys { secrets: vec![Secret::new("s3cr3t-é")], ..WebhookKeys::default() };
    let mut taken = Vec::new();
    for sample in captured["deliveries"].as_array().unwrap() {
        let headers = sample["headers"].as_object().unwrap().iter();
        let delivery = Delivery {
            headers: headers.map(|(n, v)| (n.to_lowercase(), v.as_str().unwrap().to_owned())).collect(),
            body: sample["body"].as_str().unwrap().to_owned().into(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
        };
        // The one for webhook 4 is signed with a secret that was never known.
        if delivery.header("x-wc-webhook-id") != Some("4") {
            taken.extend(webhooks::receive(&keys, &delivery).unwrap());
        }
    }
    assert_eq!(taken.len(), 2, "a ping and an order with a refund: {taken:?}");
    assert!(matches!(taken.as_slice(), [Notification::Ignored, Notification::Changed { .. }]));
}

#[test]
fn captured_resources_are_read() {
    let (Some(order), Some(variation)) = (captured("samples/order.json"), captured("samples/product_variation.json")) else {
        return;
    };
    let order: wire::Order = serde_json::from_value(order).unwrap();
    let snapshot = super::snapshot::of(&order, &[], &super::statuses::Statuses::default(), false).unwrap();
    assert_eq!((snapshot.lines.len(), snapshot.lines[0].shipped.units()), (1, 2));
    let euros = |amount: &Option<domain::Money>| amount.as_ref().unwrap().amount.to_string();
    let terms = &snapshot.terms;
    assert_eq!((euros(&terms.total), euros(&terms.shipping_price), terms.paid), ("28.33".into(), "4.13".into(), Some(true)));
    assert_eq!((euros(&snapshot.lines[0].unit_price), snapshot.unreadable_lines.len()), ("12.10".into(), 0));
    let variation: wire::Product = serde_json::from_value(variation).unwrap();
    assert_eq!((variation.id, variation.parent_id), (Field::Read(14), Field::Read(13)));
}
