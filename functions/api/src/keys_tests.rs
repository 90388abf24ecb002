//! What a key of a request stands for: the same once more, and never anything else.

use crate::Api;
use crate::tests::{BROKEN, SKU, an_order, ask, busy, call, document, get, with_store};
use lambda_kit::HttpHandler as _;
use serde_json::{Value, json};
use simulation::market::Market;
use testkit::run::finish;

const ADJUST: &str = "/api/v1/stock/adjustments";
const TRANSFER: &str = "/api/v1/stock/transfers";

fn reused(market: &Market, target: &str, body: &Value) {
    let rows = market.stage.table.rows();
    let (status, problem) = ask(market, "POST", target, &body.to_string());
    assert_eq!((status, problem["code"].as_str()), (422, Some("idempotency_key_reused")), "{target} {body}: {problem}");
    assert_eq!(problem["field"], "Idempotency-Key");
    assert!(problem["detail"].as_str().unwrap().contains("Idempotency-Key: "), "{problem}");
    assert_eq!(market.stage.table.rows(), rows, "{body}: nothing was done");
}

fn with(body: &Value, field: &str, value: Value) -> Value {
    let mut changed = body.clone();
    changed[field] = value;
    changed
}

#[test]
fn a_key_of_a_movement_is_one_of_all_products_and_stands_for_all_that_was_said() {
    let market = busy();
    with_store(&market);
    let adjust = json!({ "sku": SKU, "location": "main", "add": 1, "reason": "found", "by": "Ada" });
    let transfer = json!({ "sku": SKU, "from": "main", "to": "store", "units": 1, "reason": "window", "by": "Ada" });
    for (target, other, body, differs) in [
        (ADJUST, TRANSFER, &adjust, json!({ "sku": "PLAIN", "location": "store", "add": 2, "reason": "lost", "by": "Bob" })),
        (TRANSFER, ADJUST, &transfer, json!({ "sku": "PLAIN", "units": 2, "reason": "shelf", "by": "Bob" })),
    ] {
        let target_with_key = format!("{target}#key{}", target.len());
        let (status, first) = ask(&market, "POST", &target_with_key, &body.to_string());
        assert_eq!(status, 200, "{first}");
        let figures = get(&market, "/api/v1/products");
        for (field, value) in differs.as_object().unwrap() {
            reused(&market, &target_with_key, &with(body, field, value.clone()));
        }
        let elsewhere = if other == ADJUST { &adjust } else { &transfer };
        reused(&market, &format!("{other}#key{}", target.len()), elsewhere);
        assert_eq!(ask(&market, "POST", &target_with_key, &body.to_string()).0, 200, "the same once more");
        assert_eq!(get(&market, "/api/v1/products"), figures);
    }
}

#[test]
fn a_key_of_an_order_stands_for_all_that_was_said_and_is_the_orders_own() {
    let market = busy();
    let order = an_order(&market);
    let number = order.number.to_string().replace('/', "%2F").replace('#', "%23");
    let path = format!("/api/v1/orders/{}/{number}", order.connection);
    let line = json!([{ "line": order.lines[0].id, "units": 1 }]);
    let ship = json!({ "location": "main", "carrier": "postnl", "tracking": "3S", "lines": line, "by": "Ada" });
    let announce = json!({ "lines": line, "reason": "too bright", "by": "Ada" });
    let inspect = json!({ "line": order.lines[0].id, "units": 1, "condition": "damaged", "resolution": "accepted", "by": "Ada" });
    for (below, body, differs) in [
        ("shipments#k-1", &ship, json!({ "tracking": "4S", "carrier": null, "by": "Bob" })),
        ("returns#k-2", &announce, json!({ "reason": "too dark", "by": "Bob" })),
        ("returns/k-2/inspections#k-3", &inspect, json!({ "condition": "missing", "resolution": "rejected", "by": "Bob" })),
    ] {
        let target = format!("{path}/{below}");
        let (status, first) = ask(&market, "POST", &target, &body.to_string());
        assert_eq!(status, 200, "{below}: {first}");
        for (field, value) in differs.as_object().unwrap() {
            if below.starts_with("shipments") && field == "carrier" {
                continue;
            }
            reused(&market, &target, &with(body, field, value.clone()));
        }
        assert_eq!(ask(&market, "POST", &target, &body.to_string()).0, 200, "{below}: the same once more");
    }
    let another = market.connections.iter().find(|id| **id != order.connection).unwrap();
    let rows = market.stage.table.rows();
    let row = rows.iter().find(|row| row.key.pk.starts_with(&format!("ORDER#{another}#"))).unwrap();
    let number = row.key.pk[format!("ORDER#{another}#").len()..].replace('/', "%2F").replace('#', "%23");
    let body = json!({ "location": "main", "carrier": "postnl", "by": "Ada" });
    let (status, answer) = ask(&market, "POST", &format!("/api/v1/orders/{another}/{number}/shipments#k-1"), &body.to_string());
    assert_eq!((status, &answer["shipments"][0]["id"]), (200, &json!("k-1")), "{answer}");
}

#[test]
fn every_operation_that_takes_a_key_says_what_the_key_is_told_apart_by() {
    let document = document();
    let mut said = Vec::new();
    for operation in document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values()) {
        let all = operation["parameters"].as_array().into_iter().flatten();
        said.extend(all.filter(|one| one["name"] == "Idempotency-Key").map(|one| one["description"].as_str().unwrap()));
    }
    assert!(said.len() >= 7, "{}", said.len());
    let orders = said.iter().filter(|text| text.contains("the order's own")).count();
    let stock = said.iter().filter(|text| text.contains("all adjustments and transfers")).count();
    assert_eq!((orders, stock), (said.len() - 2, 2));
}

#[test]
fn a_key_that_is_none_is_refused_for_what_it_is() {
    let market = busy();
    let long = "k".repeat(65);
    let cases: [(&[&str], &str); 7] = [
        (&[], "missing_idempotency_key"),
        (&["a", "b"], "bad_input"),
        (&["a", "a"], "bad_input"),
        (&["slüis"], "bad_input"),
        (&[""], "bad_input"),
        (&["a b"], "bad_input"),
        (&[&long], "bad_input"),
    ];
    let rows = market.stage.table.rows();
    for (keys, code) in cases {
        let mut asked = call("POST", ADJUST, BROKEN);
        asked.headers.extend(keys.iter().map(|key| ("idempotency-key".to_owned(), (*key).to_owned())));
        let answer = finish(Api::new(market.stage.world()).handle(asked));
        let problem: Value = serde_json::from_slice(&answer.body).unwrap();
        let told = (answer.status, problem["code"].as_str(), problem["field"].as_str());
        assert_eq!(told, (400, Some(code), Some("Idempotency-Key")), "{keys:?}: {problem}");
        assert_eq!(problem["arguments"]["expected"].is_string(), code == "bad_input", "{problem}");
    }
    assert_eq!(market.stage.table.rows(), rows);
}
