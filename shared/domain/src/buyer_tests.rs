use super::*;
use crate::{OrderEvent, OrderEventDetails, OrderLineId, OrderNumber, OrderSnapshot};

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn order(deliver_by: Option<&str>, left_after: Option<i64>) -> Order {
    let placed_at: Timestamp = "2026-11-01T10:00:00Z".parse().unwrap();
    let line = serde_json::json!({ "id": "1", "fulfilment": "merchant", "ordered": 1, "cancelled": 0, "shipped": 0, "returned": 0,
        "deliver_by": deliver_by });
    let line: crate::SnapshotLine = serde_json::from_value(line).unwrap();
    assert_eq!(line.id, OrderLineId::new("1").unwrap());
    let snapshot = OrderSnapshot {
        number: OrderNumber::new("1").unwrap(),
        display_number: None,
        placed_at,
        stamp: None,
        channel_status: "open".into(),
        draft: false,
        ship_to: None,
        lines: vec![line],
        awaits_acceptance: None,
        terms: crate::OrderTerms::default(),
        unreadable_lines: Vec::new(),
    };
    let left = left_after.map(|after| OrderEvent {
        at: placed_at + days(after),
        by: None,
        details: OrderEventDetails::Shipment { id: "p".into() },
    });
    let told = OrderEventDetails::ChannelSynced { id: "p".into(), outcome: "told".into() };
    let told = OrderEvent { at: placed_at + days(300), by: None, details: told };
    let order = serde_json::json!({ "connection": "shop", "snapshot": snapshot, "lines": [], "version": 1,
        "read_at": placed_at, "accepted_at": placed_at, "history": left.into_iter().chain([told]).collect::<Vec<_>>() });
    serde_json::from_value(order).unwrap()
}

#[test]
fn a_buyer_is_kept_from_delivery_on_and_not_from_the_order() {
    let until = |order: &Order| order.buyer_kept_until(days(90)).to_string();
    assert_eq!(until(&order(None, None)), "2027-02-13T10:00:00Z", "two weeks, then ninety days");
    assert_eq!(until(&order(Some("2026-11-05[Europe/Amsterdam]"), None)), "2027-02-04T12:00:00Z");
    assert_eq!(until(&order(Some("2026-11-05[Europe/Amsterdam]"), Some(40))), "2027-03-11T10:00:00Z", "it left late");
    assert_eq!(
        until(&order(Some("2020-01-01T00:00:00Z"), None)),
        "2027-01-30T10:00:00Z",
        "a promise of before the order is none"
    );
}

#[test]
fn a_text_of_a_channel_is_trimmed_and_bounded() {
    assert_eq!(buyer_text("  Ada \n").as_deref(), Some("Ada"));
    assert_eq!(buyer_text(" \t"), None);
    assert_eq!(buyer_text(&"é".repeat(9_000)).unwrap().chars().count(), 250);
    assert!(PostalAddress::default().if_any().is_none());
}
