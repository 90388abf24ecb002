//! Stock that a person adjusts by the API: told to the channels, named for ever, and done once under its key.

use crate::tests::{BROKEN, ON_THE_WAY, SKU, ask, busy, call, get};
use crate::{Api, HttpHandler as _};
use domain::Role;
use lambda_kit::Asker;
use lambda_kit::HttpCall;
use serde_json::{Value, json};
use simulation::market::Market;
use std::collections::BTreeSet;
use testkit::run::finish;

#[test]
fn a_figure_is_pending_until_the_channel_was_told() {
    let mut market = Market::open(&[(SKU, 9)], 9);
    let shown = |market: &Market| -> BTreeSet<String> {
        let stock = get(market, &format!("/api/v1/products/{ON_THE_WAY}"));
        let listings = stock["listings"].as_array().unwrap();
        assert_eq!(listings.len(), market.connections.len());
        listings.iter().map(|l| l["publication"]["type"].as_str().unwrap().to_owned()).collect()
    };
    let only = |word: &str| BTreeSet::from([word.to_owned()]);
    assert_eq!(shown(&market), only("up_to_date"));
    let body = r#"{"sku":"MUG 12/BLUE","location":"main","set":4,"reason":"count","by":"Ada Example"}"#;
    let (_, corrected) = ask(&market, "POST", "/api/v1/stock/adjustments#c-4", body);
    assert_eq!((&corrected["available"], &corrected["sku"]), (&json!(4), &json!(SKU)));
    assert_eq!(shown(&market), only("pending"));
    market.settle();
    assert_eq!(shown(&market), only("up_to_date"));
    market.assert_shown(SKU, 4);
}

#[test]
fn an_adjustment_says_who_and_why_for_ever() {
    let market = busy();
    let movements = get(&market, &format!("/api/v1/products/{ON_THE_WAY}/movements"));
    let newest = &movements["movements"][0];
    assert_eq!(newest["cause"], json!({ "type": "correction", "reason": "broken", "by": "Ada Example" }));
    assert_eq!(newest["available"], -1);
    let all = movements["movements"].as_array().unwrap();
    assert_eq!(all.last().unwrap()["cause"]["type"], "opening");
    let sum: i64 = all.iter().map(|m| m["available"].as_i64().unwrap()).sum();
    assert_eq!(
        json!(sum),
        get(&market, &format!("/api/v1/products/{ON_THE_WAY}"))["available"],
        "the ledger adds up to the figure"
    );
}

#[test]
fn an_adjustment_that_a_foreign_page_could_have_sent_is_refused() {
    let market = Market::open(&[(SKU, 9)], 9);
    let key = ("idempotency-key".to_owned(), "c".to_owned());
    for kind in [vec![key.clone()], vec![key.clone(), ("content-type".to_owned(), "text/plain".to_owned())]] {
        let call = HttpCall { headers: kind, ..call("POST", "/api/v1/stock/adjustments", BROKEN) };
        assert_eq!(finish(Api::new(market.stage.world()).handle(call)).status, 415);
    }
}

#[test]
fn who_adjusts_is_whom_the_gateway_knows() {
    let market = Market::open(&[(SKU, 9)], 9);
    let correct = |by: &str| {
        let body = format!(r#"{{"sku":"MUG 12/BLUE","location":"main","add":-1,"reason":"broken"{by}}}"#);
        let mut call = call("POST", &format!("/api/v1/stock/adjustments#c{}", by.len()), &body);
        call.asker = Asker::Known { name: "ada@example.test".into(), role: Role::Owner };
        let answer = finish(Api::new(market.stage.world()).handle(call));
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap()["field"].clone())
    };
    assert_eq!(correct(""), (200, Value::Null));
    assert_eq!(correct(r#","by":"ada@example.test""#), (200, Value::Null));
    assert_eq!(correct(r#","by":"Somebody Else""#), (400, json!("by")));
    assert_eq!(correct(r#","by":"""#), (400, json!("by")));
    let movements = get(&market, &format!("/api/v1/products/{ON_THE_WAY}/movements"));
    let told = movements["movements"].as_array().unwrap().iter().filter(|m| m["cause"]["type"] == "correction");
    assert_eq!(told.map(|m| m["cause"]["by"].as_str().unwrap()).collect::<Vec<_>>(), ["ada@example.test"; 2]);
}

/// A lost answer is when a request is made again, and a count mostly agrees: by the time of the second, units may have come or gone.
#[test]
fn a_key_is_used_up_by_a_count_that_agreed() {
    let market = Market::open(&[(SKU, 9)], 9);
    let adjust = |key: &str, change: &str| {
        let body = format!(r#"{{"sku":"MUG 12/BLUE","location":"main",{change},"reason":"count","by":"Ada Example"}}"#);
        let (status, answer) = ask(&market, "POST", &format!("/api/v1/stock/adjustments#{key}"), &body);
        (status, answer["available"].clone(), answer["replayed"].clone())
    };
    for (key, agrees) in [("count", r#""count":9"#), ("set", r#""set":9"#), ("add", r#""add":0"#)] {
        assert_eq!(adjust(key, agrees), (200, json!(9), json!(false)), "{key}");
        assert_eq!(adjust(&format!("came-{key}"), r#""add":2"#), (200, json!(11), json!(false)));
        assert_eq!(adjust(key, agrees), (200, json!(11), json!(true)), "{key}: nothing more is done");
        assert_eq!(adjust(key, r#""add":5"#).0, 422, "{key}: something else under the same key");
        assert_eq!(adjust(&format!("left-{key}"), r#""add":-2"#), (200, json!(9), json!(false)));
    }
    let file = "sku,location,count,reason,id\nMUG 12/BLUE,main,9,count,f-1\n";
    let outcome = || ask(&market, "POST", "/api/v1/stock/imports?by=Ada", file).1["rows"][0]["outcome"].clone();
    let first = outcome();
    adjust("came", r#""add":2"#);
    assert_eq!((first, outcome()), (json!("done"), json!("already_done")), "and so by file");
    assert_eq!(get(&market, &format!("/api/v1/products/{ON_THE_WAY}"))["available"], 11);
}
