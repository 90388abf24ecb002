use super::super::harness_tests::{Canned, account, call, run};
use super::*;
use domain::{LineUnits, OrderLineId, Quantity};
use serde_json::{Value, json};

const ORDER: &str = include_str!("fixtures/order.json");
const NUMBER: &str = "01930200000070008000000000000042";
const DELIVERY: &str = "01930400000070008000000000000042";

fn order(state: &str, delivery: &str, codes: &[&str]) -> String {
    let mut order: Value = serde_json::from_str(ORDER).unwrap();
    order["stateMachineState"]["technicalName"] = json!(state);
    order["deliveries"][0]["stateMachineState"]["technicalName"] = json!(delivery);
    order["deliveries"][0]["trackingCodes"] = json!(codes);
    json!({ "data": [order] }).to_string()
}

fn shipment(units: i64, completes: bool) -> ShipmentUpdate {
    let line = OrderLineId::new("01930300000070008000000000000001").unwrap();
    ShipmentUpdate {
        reference: "parcel-2".into(),
        lines: vec![LineUnits { line, units: Quantity::new(units).unwrap() }],
        carrier: None,
        tracking: Some("3SNIEUW".into()),
        completes,
    }
}

fn told(order: &str, further: &[(u16, &str)], shipment: &ShipmentUpdate) -> (Result<Acknowledged>, Vec<String>) {
    let canned = Canned::new(&[&[(200, order)], further].concat());
    let told = run(tell(&call(&canned, &account()), &OrderNumber::new(NUMBER).unwrap(), shipment));
    (told, canned.asked().split_off(1))
}

#[test]
fn the_code_goes_before_the_way_and_takes_away_none_that_was_there() {
    let done: [(u16, &str); 2] = [(204, ""), (200, "{}")];
    let code = |codes: &str| format!(r#"PATCH /api/order-delivery/{DELIVERY} {{"trackingCodes":[{codes}]}}"#);
    let way = |way: &str| format!("POST /api/_action/order_delivery/{DELIVERY}/state/{way} {{}}");
    let (done_so, asked) = told(&order("open", "open", &["3SOUD"]), &done, &shipment(2, true));
    assert_eq!((done_so.unwrap(), asked), (Acknowledged::Applied, vec![code(r#""3SOUD","3SNIEUW""#), way("ship")]));
    let (_, asked) = told(&order("open", "open", &[]), &done, &shipment(1, false));
    assert_eq!(asked, [code(r#""3SNIEUW""#), way("ship_partially")]);
    // What is there already is not told again.
    let (_, asked) = told(&order("open", "shipped_partially", &["3SNIEUW"]), &[(200, "{}")], &shipment(2, true));
    assert_eq!(asked, [way("ship")]);
    let (_, asked) = told(&order("completed", "shipped", &["3SNIEUW"]), &[], &shipment(2, true));
    assert_eq!(asked, [""; 0]);
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let kind = |order: &str, shipment: &ShipmentUpdate| {
        let (told, asked) = told(order, &[], shipment);
        assert_eq!(asked, [""; 0]);
        told.unwrap_err().kind
    };
    assert_eq!(kind(&order("cancelled", "open", &[]), &shipment(2, true)), ErrorKind::Declined);
    assert_eq!(kind(&order("open", "open", &[]), &shipment(3, true)), ErrorKind::Declined);
    let mut none: Value = serde_json::from_str(ORDER).unwrap();
    none["deliveries"] = json!([]);
    assert_eq!(kind(&json!({ "data": [none] }).to_string(), &shipment(2, true)), ErrorKind::Declined);
    // Codes that cannot be read would be written over.
    let mut odd: Value = serde_json::from_str(ORDER).unwrap();
    odd["deliveries"][0]["trackingCodes"] = json!([{ "code": 7 }]);
    assert_eq!(kind(&json!({ "data": [odd] }).to_string(), &shipment(2, true)), ErrorKind::Protocol);
}

#[test]
fn a_way_that_is_not_there_is_a_conflict() {
    let illegal = (400, r#"{"errors":[{"code":"SYSTEM__ILLEGAL_STATE_TRANSITION","detail":"no"}]}"#);
    let (told, _) = told(&order("open", "cancelled", &["3SNIEUW"]), &[illegal], &shipment(2, true));
    assert_eq!(told.unwrap_err().kind, ErrorKind::Conflict);
}

#[test]
fn it_is_known_by_its_code_and_by_how_far_the_delivery_is() {
    let known = |delivery: &str, codes: &[&str], completes| {
        let order = order("open", delivery, codes);
        let canned = Canned::new(&[(200, &order)]);
        run(knows(&call(&canned, &account()), &OrderNumber::new(NUMBER).unwrap(), &shipment(1, completes))).unwrap()
    };
    assert!(known("shipped", &["3SNIEUW"], true) && known("shipped_partially", &["3SNIEUW"], false));
    assert!(
        !known("shipped_partially", &["3SNIEUW"], true),
        "the code is there, and the shop does not know yet that all of it left"
    );
    assert!(!known("shipped", &["3SOUD"], true) && !known("open", &["3SNIEUW"], false));
}
