//! Every order is in one stage, and what a merchant must do first comes first.

use super::*;
use serde_json::{Value, json};

/// An order of one line of which `ordered` are ordered and all set aside, changed at some places.
fn order(ordered: i64, changes: &[(&str, Value)]) -> Order {
    let mut order = json!({
        "connection": "shop", "version": 1, "read_at": "2026-11-30T10:00:00Z", "accepted_at": "2026-11-30T10:00:00Z",
        "snapshot": { "number": "7", "placed_at": "2026-11-30T09:59:00Z", "stamp": null, "channel_status": "open", "lines": [{
            "id": "1", "title": "Lamp", "fulfilment": "merchant", "ordered": ordered, "cancelled": 0, "shipped": 0, "returned": 0,
            "cancellation_requested": false }] },
        "lines": [{ "id": "1", "sku": "LAMP", "parts": [{ "sku": "LAMP", "short": 0,
            "allocations": [{ "location": "main", "allocated": ordered, "shipped": 0 }] }] }],
    });
    for (path, value) in changes {
        let (above, name) = path.rsplit_once('/').unwrap();
        order.pointer_mut(above).unwrap()[name] = value.clone();
    }
    serde_json::from_value(order).unwrap()
}

fn stage(changes: &[(&str, Value)]) -> OrderStage {
    order(2, changes).stage()
}

const LINE: &str = "/snapshot/lines/0";

fn of_line(name: &str, value: impl Into<Value>) -> (String, Value) {
    (format!("{LINE}/{name}"), value.into())
}

#[test]
fn an_order_goes_from_one_stage_to_the_next() {
    assert_eq!(stage(&[]), OrderStage::ToShip);
    let shipped = |units: i64| of_line("shipped", units);
    for (units, expected) in [(1, OrderStage::PartlyShipped), (2, OrderStage::Shipped)] {
        let (path, value) = shipped(units);
        assert_eq!(stage(&[(&path, value)]), expected, "{units} shipped");
    }
    let (path, value) = of_line("cancelled", 2);
    assert_eq!(stage(&[(&path, value)]), OrderStage::Closed);
}

#[test]
fn what_must_be_done_first_comes_first() {
    let part = "/lines/0/parts/0";
    let short = (format!("{part}/short"), json!(1));
    let asks = of_line("cancellation_requested", true);
    let waits = ("/snapshot/awaits_acceptance".to_owned(), json!({ "until": null }));
    assert_eq!(stage(&[(&short.0, short.1.clone())]), OrderStage::Short);
    assert_eq!(stage(&[(&short.0, short.1.clone()), (&asks.0, asks.1.clone())]), OrderStage::CancellationRequested);
    let all = [(short.0.as_str(), short.1.clone()), (&asks.0, asks.1.clone()), (&waits.0, waits.1)];
    assert_eq!(stage(&all), OrderStage::New);
    let gone = of_line("shipped", 2);
    assert_eq!(stage(&[(&asks.0, asks.1), (&gone.0, gone.1)]), OrderStage::Shipped, "there is nothing left to cancel");
}

#[test]
fn what_the_channel_does_not_let_go_is_not_ready_to_be_sent() {
    let held_back = ("/snapshot/unreleased", json!(true));
    let waiting = order(2, std::slice::from_ref(&held_back));
    assert_eq!((waiting.stage(), waiting.to_ship(), waiting.is_held_back()), (OrderStage::New, Quantity::ZERO, true));
    // In a shop of the merchant's own, who pays later is sent to.
    assert_eq!(stage(&[("/snapshot/paid", json!(false))]), OrderStage::ToShip);
    let theirs = of_line("fulfilment", "marketplace");
    let no_parts = ("/lines/0/parts", json!([]));
    assert_eq!(stage(&[held_back.clone(), (&theirs.0, theirs.1), no_parts]), OrderStage::Closed, "nothing of it is ours to send");
    let void = of_line("cancelled", 2);
    assert_eq!(stage(&[held_back, (&void.0, void.1)]), OrderStage::Closed);
}

#[test]
fn a_return_is_one_until_all_of_it_is_decided() {
    let gone = of_line("shipped", 2);
    let coming = json!([{ "id": "r", "lines": [{ "line": "1", "units": 1 }] }]);
    assert_eq!(stage(&[(&gone.0, gone.1.clone()), ("/returns", coming.clone())]), OrderStage::Return);
    let settled = json!([{ "id": "r", "settled_on_channel": true, "lines": [{ "line": "1", "units": 1 }] }]);
    assert_eq!(stage(&[(&gone.0, gone.1), ("/returns", settled)]), OrderStage::Shipped);
    assert_eq!(stage(&[("/returns", coming)]), OrderStage::ToShip, "what is to be sent is seen first");
}

#[test]
fn what_the_marketplace_sends_is_nothing_to_send() {
    let theirs = of_line("fulfilment", "marketplace");
    let no_parts = ("/lines/0/parts".to_owned(), json!([]));
    let changes = [(theirs.0.as_str(), theirs.1.clone()), (&no_parts.0, no_parts.1.clone())];
    assert_eq!(stage(&changes), OrderStage::Closed);
    let gone = of_line("shipped", 2);
    assert_eq!(stage(&[(&theirs.0, theirs.1), (&no_parts.0, no_parts.1), (&gone.0, gone.1)]), OrderStage::Shipped);
}

#[test]
fn every_stage_is_read_by_its_name() {
    for stage in OrderStage::ALL {
        assert_eq!(stage.as_str().parse::<OrderStage>(), Ok(stage));
        assert_eq!(serde_json::to_value(stage).unwrap(), stage.as_str());
    }
    assert!("open".parse::<OrderStage>().is_err());
}
