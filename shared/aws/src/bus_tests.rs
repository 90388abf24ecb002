//! The bus against a service on loopback.

use super::*;
use crate::connect::emulator;
use crate::service_tests::service;
use serde_json::{Value, json};

fn events(many: usize) -> Vec<OutgoingEvent> {
    (0..many)
        .map(|position| OutgoingEvent { name: "StockShort.v1", detail: json!({ "position": position }).to_string() })
        .collect()
}

#[tokio::test]
async fn events_go_ten_a_call_with_their_name_and_the_bus() {
    let taken = r#"{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}"#;
    let (address, served) = service(vec![(200, taken), (200, taken)]);
    EventBridgeBus::new(&emulator(&address), "shop").publish(events(11)).await.unwrap();
    let calls = served.join().unwrap();
    let bodies: Vec<Value> =
        calls.iter().map(|call| serde_json::from_str(call.split("\r\n\r\n").nth(1).unwrap()).unwrap()).collect();
    assert_eq!(bodies[0]["Entries"].as_array().unwrap().len(), 10);
    let last =
        json!({ "EventBusName": "shop", "Source": "sluis", "DetailType": "StockShort.v1", "Detail": r#"{"position":10}"# });
    assert_eq!(bodies[1]["Entries"], json!([last]));
}

#[tokio::test]
async fn an_event_that_was_not_taken_is_an_error_though_the_call_went_well() {
    let (address, _served) = service(vec![(200, r#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure"}]}"#)]);
    let error = EventBridgeBus::new(&emulator(&address), "shop").publish(events(1)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
}
