//! What a schedule gets for an answer, on a shop that tells what it is asked.

use super::*;
use reconcile::plant::{Drift, plant};
use reconcile::stand::Stand;
use serde_json::Value;
use testkit::run::finish;

fn run(stand: &Stand, limits: ReconcileLimits, payload: &str) -> Result<Value> {
    let deadline = stand.now() + SignedDuration::from_secs(900);
    let function = StockReconcile::new(stand.world()).within(limits);
    finish(function.handle(payload, deadline)).map(|text| serde_json::from_str(&text).unwrap())
}

fn usual() -> ReconcileLimits {
    ReconcileLimits::default()
}

#[test]
fn a_run_in_parts_goes_on_where_it_stopped_and_is_then_not_due() {
    let stand = Stand::open(1_000);
    plant(&stand, Drift::Foreign);
    let limits = ReconcileLimits { looks: 4, ..usual() };
    let mut parts = 0;
    let counts = loop {
        let said = run(&stand, limits, r#"{"task":"channels"}"#).unwrap();
        let compared = said["connections"]["shop"]["compared"].clone();
        parts += 1;
        if compared["complete"] == true {
            break compared["counts"].clone();
        }
        assert!(parts < 9, "{said}");
    };
    assert_eq!(parts, 3, "ten differences, four looks at a time");
    assert_eq!((&counts["compared"], &counts["differences"]["external_change"]), (&1_000.into(), &10.into()), "{counts}");
    let said = run(&stand, usual(), r#"{"task":"channels"}"#).unwrap();
    assert_eq!(said["connections"]["shop"], "not_due");
    let said = run(&stand, usual(), r#"{"task":"channels","every_h":0}"#).unwrap();
    assert_eq!(said["connections"]["shop"]["compared"]["complete"], true, "{said}");
}

#[test]
fn the_books_are_compared_and_the_report_says_what_needs_a_person() {
    let stand = Stand::open(200);
    let quiet = run(&stand, usual(), r#"{"task":"report"}"#).unwrap();
    let nothing_compared = "Sluis: no difference is known to need you, and not all is compared";
    assert_eq!((&quiet["mail"]["subject"], &quiet["mail"]["needs_person"]), (&nothing_compared.into(), &false.into()));
    plant(&stand, Drift::Books);
    let said = run(&stand, usual(), r#"{"task":"books"}"#).unwrap();
    assert_eq!(said["result"]["compared"]["counts"]["differences"]["books"], 2, "{said}");
    assert_eq!(run(&stand, usual(), r#"{"task":"books"}"#).unwrap()["result"], "not_due");
    let mail = run(&stand, usual(), r#"{"task":"report"}"#).unwrap()["mail"].clone();
    assert_eq!(mail["subject"], "Sluis: 2 differences need you");
    assert!(mail["text"].as_str().unwrap().contains("(books)"), "{mail}");
}

#[test]
fn a_connection_that_fails_is_told_and_a_payload_that_is_not_understood_is_refused() {
    let stand = Stand::open(100);
    stand.shop.fail(Some(ErrorKind::Unavailable));
    assert_eq!(run(&stand, usual(), r#"{"task":"channels"}"#).unwrap_err().kind, ErrorKind::Unavailable);
    for wrong in ["", "{}", r#"{"task":"dance"}"#, r#"{"task":"channels","conection":"a"}"#] {
        assert_eq!(run(&stand, usual(), wrong).unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
    }
}
