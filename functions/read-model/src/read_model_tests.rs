//! What the function does of what it is called with.

use super::*;
use jiff::SignedDuration;
use testkit::Stage;
use testkit::run::finish;

fn call(payload: &str) -> Result<String> {
    let world = Stage::new(testkit::given::GivenSecrets::default()).world();
    let deadline = world.clock.now().checked_add(SignedDuration::from_secs(50)).unwrap();
    finish(ReadModel::new(world).handle(payload, deadline))
}

#[test]
fn it_is_called_by_the_clock_and_by_events_of_orders() {
    let told = call(r#"{"task":"catch_up"}"#).unwrap();
    assert!(told.contains(r#""at_the_end":true"#) && told.contains(r#""ended":true"#), "{told}");
    let event = contracts::OrderAccepted {
        connection: ConnectionId::new("shop").unwrap(),
        number: OrderNumber::new("1").unwrap(),
        version: 1,
        at: Timestamp::UNIX_EPOCH,
    };
    let told = call(&contracts::Message::to_json(&event)).unwrap();
    assert!(told.contains(r#""written":false"#), "it is not there: {told}");
}

#[test]
fn what_it_does_not_understand_is_refused() {
    for payload in ["", "{}", r#"{"task":"other"}"#, r#"{"connection":"shop"}"#, "[]"] {
        assert_eq!(call(payload).unwrap_err().kind, ErrorKind::BadInput, "{payload}");
    }
}
