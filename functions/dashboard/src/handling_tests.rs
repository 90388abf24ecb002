//! What people and other systems do about orders, articles and bundles by the API.

use crate::Dashboard;
use crate::tests::{ON_THE_WAY, SKU, an_order, ask, busy, call, complaints, get, with_store};
use domain::{Ean, Item, Sku};
use lambda_kit::HttpHandler;
use serde_json::{Value, json};
use simulation::market::Market;
use testkit::run::finish;

fn escaped(number: &str) -> String {
    number.replace('/', "%2F").replace('#', "%23")
}

/// A market in which three units were bought once, and the path of that order.
fn sold() -> (Market, String) {
    let mut market = Market::open(&[(SKU, 9), ("PLAIN", 2)], 9);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, SKU, 3));
    market.stage.clock.pass(jiff::SignedDuration::from_mins(5));
    market.poll();
    market.settle();
    let order = an_order(&market);
    assert_eq!((order.connection.as_str(), order.lines[0].to_send.units()), (id.as_str(), 3));
    let path = format!("/api/v1/orders/{id}/{}", escaped(order.number.as_str()));
    (market, path)
}

fn figures(market: &Market) -> (i64, i64) {
    let stock = get(market, &format!("/api/v1/stock/{ON_THE_WAY}"));
    (stock["available"].as_i64().unwrap(), stock["reserved"].as_i64().unwrap())
}

fn does(market: &Market, path: &str, body: &Value) -> Value {
    let (status, answer) = ask(market, "POST", path, &body.to_string());
    assert_eq!(status, 200, "{body}: {answer}");
    answer
}

fn line(market: &Market) -> String {
    an_order(market).lines[0].id.to_string()
}

#[test]
fn an_order_leaves_in_two_parcels_and_each_only_once() {
    let (market, path) = sold();
    assert_eq!(figures(&market), (6, 3));
    let first = json!({ "do": "ship", "carrier": "postnl", "id": "p-1", "location": "main", "lines": [{ "line": line(&market), "units": 1 }],
        "tracking": "3STEST1", "by": "Ada Example" });
    let order = does(&market, &path, &first);
    assert_eq!((&order["parcels"][0]["id"], &order["lines"][0]["to_send"]), (&json!("p-1"), &json!(2)));
    assert_eq!(figures(&market), (6, 2));
    let again = does(&market, &path, &first);
    assert_eq!((again["parcels"].as_array().unwrap().len(), figures(&market)), (1, (6, 2)), "the same mark is the same parcel");
    let rest = does(&market, &path, &json!({ "do": "ship", "carrier": "postnl", "location": "main", "by": "Ada Example" }));
    assert_eq!((rest["parcels"].as_array().unwrap().len(), figures(&market)), (2, (6, 0)), "all that was still to be sent");
    let told = rest["history"].as_array().unwrap().iter().filter(|e| e["what"]["kind"] == "parcel").collect::<Vec<_>>();
    assert!(told.len() == 2 && told.iter().all(|event| event["by"] == "Ada Example"), "{rest}");
    assert_eq!(get(&market, &path), rest, "what was answered is what is there");
    let lately = get(&market, "/api/v1/orders")["orders"].as_array().unwrap().clone();
    assert_eq!((lately.len(), &lately[0]["version"]), (1, &rest["version"]), "once, as it is now: {lately:?}");
    let waiting = market.stage.queue.take(ports::QueueName::OrderUpdates);
    assert!(waiting.len() >= 2, "word for the channel about each");
}

#[test]
fn a_day_that_is_not_read_to_its_end_is_not_filled_up_from_the_day_before() {
    let (mut market, _) = sold();
    market.stage.clock.pass(jiff::SignedDuration::from_hours(24));
    let id = market.connections[0].clone();
    assert!(market.buy(&id, SKU, 6));
    market.stage.clock.pass(jiff::SignedDuration::from_mins(5));
    market.poll();
    market.settle();
    let lately = |limit: usize| get(&market, &format!("/api/v1/orders?limit={limit}"))["orders"].as_array().unwrap().clone();
    assert_eq!(lately(2).len(), 2);
    let order = &lately(1)[0];
    let path = format!("/api/v1/orders/{id}/{}", escaped(order["number"].as_str().unwrap()));
    let line = get(&market, &path)["lines"][0]["id"].clone();
    for _ in 0..6 {
        let one = json!([{ "line": line, "units": 1 }]);
        does(&market, &path, &json!({ "do": "ship", "carrier": "postnl", "location": "main", "lines": one, "by": "Ada" }));
        does(&market, &path, &json!({ "do": "announce_return", "lines": one, "by": "Ada" }));
    }
    assert_eq!(lately(2).len(), 1, "more changes of today than are read for two orders: what else changed today is not known");
    assert_eq!(lately(20).len(), 2);
}

#[test]
fn units_are_cancelled_here_and_free_when_the_channel_says_so() {
    let (market, path) = sold();
    let body = json!({ "do": "cancel", "reason": "out_of_stock", "by": "Ada Example" });
    let order = does(&market, &path, &body);
    assert_eq!((&order["lines"][0]["to_cancel"], &order["cancellations"][0]["lines"][0]["units"]), (&json!(0), &json!(3)));
    assert_eq!(
        (&order["cancellations"][0]["told"]["state"], &order["cancellations"][0]["write_off"]),
        (&json!("waiting"), &json!(true))
    );
    assert_eq!(figures(&market), (6, 3));
}

#[test]
fn whether_cancelled_units_are_there_is_said_by_the_reason_or_by_a_person() {
    let cancel = |reason: &str, write_off: &Value| json!({ "do": "cancel", "id": "c-1", "reason": reason, "write_off": write_off, "by": "Ada Example" });
    for (reason, said, stands) in
        [("damaged", json!(null), true), ("damaged", json!(false), false), ("too_late", json!(true), true)]
    {
        let (market, path) = sold();
        // Where they are there, the answer does not say so.
        let order = does(&market, &path, &cancel(reason, &said));
        assert_eq!(order["cancellations"][0]["write_off"].as_bool().unwrap_or(false), stands, "{reason} {said}");
        let (status, problem) = ask(&market, "POST", &path, &cancel(reason, &json!("yes")).to_string());
        assert_eq!((status, &problem["field"]), (400, &json!("write_off")), "{problem}");
        let (status, problem) = ask(&market, "POST", &path, &cancel(reason, &json!(!stands)).to_string());
        assert_eq!((status, &problem["field"]), (422, &json!("id")), "the same mark with another word: {problem}");
    }
}

#[test]
fn what_came_back_is_on_sale_again_once_and_never_more_than_was_sent() {
    let (market, path) = sold();
    let line = line(&market);
    does(&market, &path, &json!({ "do": "ship", "carrier": "postnl", "location": "main", "by": "Ada Example" }));
    let order = does(
        &market,
        &path,
        &json!({ "do": "announce_return", "id": "r-1", "lines": [{ "line": line, "units": 2 }], "by": "Ada" }),
    );
    assert_eq!(order["lines"][0]["to_return"], 1);
    does(&market, &path, &json!({ "do": "receive_return", "return": "r-1", "by": "Ada" }));
    let sellable = json!({ "do": "inspect_return", "id": "i-1", "return": "r-1", "line": line, "units": 1, "finding": "sellable",
        "verdict": "accepted", "restock_at": "main", "by": "Ada" });
    does(&market, &path, &sellable);
    assert_eq!(figures(&market), (7, 0));
    does(&market, &path, &sellable);
    assert_eq!(figures(&market), (7, 0), "the same inspection puts nothing more on sale");
    let damaged = json!({ "do": "inspect_return", "return": "r-1", "line": line, "units": 1, "finding": "damaged", "verdict": "refused", "by": "Ada" });
    does(&market, &path, &damaged);
    assert_eq!(figures(&market), (7, 0));
    let (status, problem) = ask(&market, "POST", &path, &damaged.to_string());
    assert_eq!((status, &problem["field"]), (400, &json!("units")), "{problem}");
}

#[test]
fn a_refusal_has_its_status_and_names_the_field() {
    let (market, path) = sold();
    let line = line(&market);
    does(
        &market,
        &path,
        &json!({ "do": "ship", "carrier": "postnl", "id": "p-1", "location": "main", "lines": [{ "line": line, "units": 1 }], "by": "Ada" }),
    );
    does(&market, &path, &json!({ "do": "announce_return", "id": "r-1", "lines": [{ "line": line, "units": 1 }], "by": "Ada" }));
    let inspect =
        json!({ "do": "inspect_return", "return": "r-1", "line": line, "units": 1, "finding": "damaged", "verdict": "refused" });
    let with = |changes: Value| {
        let mut body = inspect.clone();
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        body
    };
    let too_much = json!([{ "line": line, "units": 9 }]);
    let cases = [
        (json!({}), 400, "do"),
        (json!({ "do": "send" }), 400, "do"),
        (json!({ "do": "ship" }), 400, "location"),
        (json!({ "do": "ship", "carrier": "postnl", "location": "Main Street" }), 400, "location"),
        (json!({ "do": "ship", "carrier": "postnl", "location": "mian" }), 400, "location"),
        (json!({ "do": "ship", "location": "main", "carrier": "Post NL" }), 400, "carrier"),
        (json!({ "do": "ship", "carrier": "postnl", "location": "main", "tracking": "a\nb" }), 400, "tracking"),
        (json!({ "do": "ship", "carrier": "postnl", "location": "main", "colour": 1 }), 400, "colour"),
        (json!({ "do": "ship", "carrier": "postnl", "location": "main", "lines": too_much }), 400, "lines"),
        (
            json!({ "do": "ship", "carrier": "postnl", "location": "main", "lines": [{ "line": "none", "units": 1 }] }),
            404,
            "lines",
        ),
        (
            json!({ "do": "ship", "carrier": "postnl", "location": "main", "lines": [{ "line": line, "units": -1 }] }),
            400,
            "lines",
        ),
        (json!({ "do": "ship", "carrier": "postnl", "location": "main", "id": "a#b" }), 400, "id"),
        (json!({ "do": "ship", "carrier": "postnl", "location": "main", "id": "p-1", "tracking": "other" }), 422, "id"),
        (json!({ "do": "ship", "carrier": "postnl", "location": "main", "id": "r-1" }), 422, "id"),
        (json!({ "do": "cancel", "lines": too_much, "reason": "other" }), 400, "lines"),
        (json!({ "do": "cancel", "reason": "boredom" }), 400, "reason"),
        (json!({ "do": "announce_return", "lines": [] }), 400, "lines"),
        (json!({ "do": "announce_return", "lines": too_much }), 400, "lines"),
        (json!({ "do": "receive_return", "return": "none" }), 404, "return"),
        (with(json!({ "return": "none" })), 404, "return"),
        (with(json!({ "units": 9 })), 400, "units"),
        (with(json!({ "finding": "fine" })), 400, "finding"),
        (with(json!({ "restock_at": "main" })), 422, "restock_at"),
        (with(json!({ "restock_at": "mian" })), 400, "restock_at"),
    ];
    let before = get(&market, &path);
    for (mut body, status, field) in cases {
        body["by"] = json!("Ada");
        let (found, problem) = ask(&market, "POST", &path, &body.to_string());
        assert_eq!((found, problem["field"].as_str()), (status, Some(field)), "{body}: {problem}");
    }
    let (status, problem) = ask(&market, "POST", &path, r#"{"do":"cover","by":"Ada"}"#);
    assert_eq!((status, &problem["field"]), (422, &Value::Null), "{problem}");
    let (status, problem) = ask(&market, "POST", &path, r#"{"do":"cover"}"#);
    assert_eq!((status, &problem["field"]), (400, &json!("by")), "{problem}");
    let (status, problem) = ask(&market, "POST", "/api/v1/orders/nobody/1", r#"{"do":"cover","by":"Ada"}"#);
    assert_eq!((status, &problem["field"]), (404, &Value::Null), "{problem}");
    assert_eq!(get(&market, &path), before, "nothing was done");
}

#[test]
fn who_did_it_is_whom_the_gateway_knows_and_no_foreign_page_can_ask() {
    let (market, path) = sold();
    let send = |body: &str, kind: &str| {
        let mut call = call("POST", &path, body);
        call.headers = vec![("content-type".into(), kind.into())];
        call.caller = Some("ada@example.test".into());
        let answer = finish(Dashboard::new(market.stage.world()).handle(call));
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap())
    };
    let body = r#"{"do":"ship","location":"main","carrier":"postnl"}"#;
    assert_eq!(send(body, "text/plain").0, 415);
    let (status, problem) =
        send(r#"{"do":"ship","location":"main","carrier":"postnl","by":"Somebody Else"}"#, "application/json");
    assert_eq!((status, &problem["field"]), (400, &json!("by")));
    let (status, order) = send(body, "application/json");
    assert_eq!(status, 200, "{order}");
    assert_eq!(order["history"].as_array().unwrap().last().unwrap()["by"], "ada@example.test");
}

#[test]
fn units_go_from_one_place_to_another_and_none_is_lost() {
    let market = busy();
    with_store(&market);
    let path = format!("/api/v1/stock/{ON_THE_WAY}/transfers");
    let before = figures(&market);
    let body = json!({ "from": "main", "to": "store", "units": 2, "reason": "window", "by": "Ada Example" });
    let stock = does(&market, &path, &body);
    let store = stock["locations"].as_array().unwrap().iter().find(|l| l["location"] == "store").unwrap();
    assert_eq!((&store["available"], figures(&market)), (&json!(2), before));
    let moved = get(&market, &format!("/api/v1/stock/{ON_THE_WAY}/movements"));
    assert_eq!(moved["movements"][0]["cause"]["kind"], "transfer");
    for (changes, status, field) in [
        (json!({ "to": "main" }), 400, "to"),
        (json!({ "to": "mian" }), 400, "to"),
        (json!({ "from": "nowhere" }), 400, "from"),
        (json!({ "units": 0 }), 400, "units"),
        (json!({ "units": 99 }), 422, "units"),
        (json!({ "reason": "" }), 400, "reason"),
        (json!({ "by": "" }), 400, "by"),
    ] {
        let mut body = body.clone();
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let (found, problem) = ask(&market, "POST", &path, &body.to_string());
        assert_eq!((found, problem["field"].as_str()), (status, Some(field)), "{body}: {problem}");
    }
    assert_eq!(ask(&market, "POST", "/api/v1/stock/NONE/transfers", &body.to_string()).0, 404);
    let places = get(&market, "/api/v1/locations");
    assert_eq!(places["locations"].as_array().unwrap().len(), 2);
}

#[test]
fn a_bundle_shows_what_it_is_made_of_and_its_articles_show_the_bundle() {
    let market = Market::open(&[(SKU, 9), ("PLAIN", 2)], 9);
    let set = Item {
        sku: Sku::new("SET").unwrap(),
        ean: Some(Ean::new("5901234123457").unwrap()),
        title: "Set".into(),
        variant: String::new(),
    };
    finish(engine::put_article(&market.stage.world(), &set, &[])).unwrap();
    let body = json!({ "components": [{ "sku": SKU, "units": 2 }, { "sku": "PLAIN", "units": 1 }] });
    let (status, bundle) = ask(&market, "PUT", "/api/v1/bundles/SET", &body.to_string());
    assert_eq!((status, &bundle["components"], &bundle["available"]), (200, &body["components"], &json!(2)), "{bundle}");
    assert_eq!(get(&market, "/api/v1/stock/SET"), bundle);
    assert_eq!(get(&market, "/api/v1/stock/PLAIN")["part_of"], json!(["SET"]));
    for components in [
        json!([{ "sku": "NONE", "units": 1 }]),
        json!([{ "sku": "SET", "units": 1 }]),
        json!([{ "sku": "PLAIN", "units": 0 }]),
        json!([{ "sku": "PLAIN", "units": 1 }, { "sku": "PLAIN", "units": 1 }]),
        json!([{ "sku": "PLAIN" }]),
    ] {
        let (status, problem) = ask(&market, "PUT", "/api/v1/bundles/SET", &json!({ "components": components }).to_string());
        let field = problem["field"].as_str().unwrap_or_default();
        assert!(status == 400 && field.starts_with("components"), "{components}: {problem}");
    }
    assert_eq!(ask(&market, "PUT", "/api/v1/bundles/NONE", &body.to_string()).0, 404);
    let (status, problem) = ask(&market, "PUT", "/api/v1/bundles/PLAIN", r#"{"components":[{"sku":"SET","units":1}]}"#);
    assert_eq!(status, 400, "what lies in stock is no bundle: {problem}");
    let (_, plain) = ask(&market, "PUT", "/api/v1/bundles/SET", r#"{"components":[]}"#);
    assert_eq!((&plain["components"], &get(&market, "/api/v1/stock/PLAIN")["part_of"]), (&json!([]), &json!([])));
}

#[test]
fn every_command_fits_the_document() {
    let document = crate::openapi::document();
    let schema = &document["paths"]["/api/v1/orders/{connection}/{number}"]["post"]["requestBody"]["content"]["application/json"]
        ["schema"];
    let line = json!([{ "line": "1", "units": 1 }]);
    for body in [
        json!({ "do": "ship", "carrier": "postnl", "location": "main" }),
        json!({ "do": "ship", "id": "p", "location": "main", "lines": line, "carrier": "postnl", "tracking": "3S", "by": "Ada" }),
        json!({ "do": "cancel", "lines": line, "reason": "too_late", "by": "Ada" }),
        json!({ "do": "announce_return", "lines": line }),
        json!({ "do": "receive_return", "return": "r" }),
        json!({ "do": "inspect_return", "return": "r", "line": "1", "units": 1, "finding": "sellable", "restock_at": "main", "verdict": "accepted" }),
        json!({ "do": "cover", "by": "Ada" }),
    ] {
        assert_eq!(complaints(&document, schema, &body), Vec::<String>::new(), "{body}");
    }
    for body in [json!({ "do": "ship" }), json!({ "do": "cancel", "reason": "boredom" }), json!({ "do": "dance" })] {
        assert!(!complaints(&document, schema, &body).is_empty(), "{body}");
    }
}

#[test]
fn a_parcel_without_the_carrier_that_its_channel_needs_is_refused_at_that_field() {
    let (market, path) = sold();
    let before = (get(&market, &path), figures(&market));
    let command = json!({ "do": "ship", "location": "main", "by": "Ada Example" });
    let (status, problem) = ask(&market, "POST", &path, &command.to_string());
    assert_eq!((status, &problem["field"]), (400, &json!("carrier")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("postnl"), "those it knows are named: {problem}");
    assert_eq!((get(&market, &path), figures(&market)), before, "nothing left");
}

#[test]
fn a_field_that_does_not_belong_is_refused_and_not_dropped() {
    let (market, path) = sold();
    let connection = an_order(&market).connection;
    let line = line(&market);
    for (method, path, body, field) in [
        ("PUT", format!("/api/v1/connections/{connection}/publishing"), json!({ "publish": "all", "skus": [SKU] }), "skus"),
        ("PUT", format!("/api/v1/connections/{connection}/publishing"), json!({ "publish": "nothing", "skus": [] }), "skus"),
        ("PUT", format!("/api/v1/connections/{connection}/publishing"), json!({ "publish": "only" }), "skus"),
        (
            "PUT",
            format!("/api/v1/connections/{connection}/publishing"),
            json!({ "publish": "all", "articles": [SKU] }),
            "articles",
        ),
        (
            "PUT",
            format!("/api/v1/bundles/{SKU}"),
            json!({ "components": [{ "sku": "PLAIN", "units": 2, "colour": 1 }] }),
            "components.0.colour",
        ),
        (
            "PUT",
            format!("/api/v1/prices/{connection}/{SKU}"),
            json!({ "usual": { "amount": "1.00", "currency": "EUR", "tax": 21 } }),
            "usual.tax",
        ),
        (
            "PUT",
            format!("/api/v1/rules/{SKU}"),
            json!({ "rule": { "safety_stock": 1, "colour": 2 }, "by": "Ada" }),
            "rule.colour",
        ),
        ("POST", path.clone(), json!({ "do": "cover", "lines": [], "by": "Ada" }), "lines"),
        (
            "POST",
            path,
            json!({ "do": "ship", "location": "main", "carrier": "postnl", "by": "Ada",
            "lines": [{ "line": line, "units": 1, "location": "store" }] }),
            "lines",
        ),
    ] {
        let (status, problem) = ask(&market, method, &path, &body.to_string());
        assert_eq!((status, problem["field"].as_str()), (400, Some(field)), "{body}: {problem}");
    }
}
