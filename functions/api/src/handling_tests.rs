//! What people and other systems do about orders, products and bundles by the API.

use crate::Api;
use crate::tests::{ON_THE_WAY, SKU, an_order, ask, busy, call, complaints, document, get, with_store};
use domain::Role;
use domain::{Ean, Product, Sku};
use lambda_kit::Asker;
use lambda_kit::HttpHandler;
use serde_json::{Value, json};
use simulation::market::Market;
use std::sync::atomic::{AtomicU32, Ordering};
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
    assert_eq!((order.connection.as_str(), order.lines[0].to_ship.units()), (id.as_str(), 3));
    let path = format!("/api/v1/orders/{id}/{}", escaped(order.number.as_str()));
    (market, path)
}

fn figures(market: &Market) -> (i64, i64) {
    let stock = get(market, &format!("/api/v1/products/{ON_THE_WAY}"));
    (stock["available"].as_i64().unwrap(), stock["reserved"].as_i64().unwrap())
}

/// With a key of its own, where it needs one and has none.
fn keyed(target: &str) -> String {
    static KEYS: AtomicU32 = AtomicU32::new(0);
    let needs = ["/shipments", "/cancellations", "/returns", "/inspections", "/restocks", "/transfers"];
    if needs.iter().any(|end| target.ends_with(end)) {
        format!("{target}#k-{}", KEYS.fetch_add(1, Ordering::Relaxed))
    } else {
        target.to_owned()
    }
}

/// Does something about an order; `below` is the resource, with a key behind `#` if it is to have a certain one.
fn does(market: &Market, path: &str, below: &str, body: &Value) -> Value {
    let (status, answer) = ask(market, "POST", &keyed(&format!("{path}/{below}")), &body.to_string());
    assert_eq!(status, 200, "{below} {body}: {answer}");
    answer
}

fn line(market: &Market) -> String {
    an_order(market).lines[0].id.to_string()
}

#[test]
fn an_order_leaves_in_two_shipments_and_each_only_once() {
    let (market, path) = sold();
    assert_eq!(figures(&market), (6, 3));
    let first = json!({ "carrier": "postnl", "location": "main", "lines": [{ "line": line(&market), "units": 1 }],
        "tracking": "3STEST1", "by": "Ada Example" });
    let order = does(&market, &path, "shipments#p-1", &first);
    assert_eq!((&order["shipments"][0]["id"], &order["lines"][0]["to_ship"]), (&json!("p-1"), &json!(2)));
    assert_eq!(figures(&market), (6, 2));
    let again = does(&market, &path, "shipments#p-1", &first);
    assert_eq!(
        (again["shipments"].as_array().unwrap().len(), figures(&market)),
        (1, (6, 2)),
        "the same key is the same shipment"
    );
    let rest = does(&market, &path, "shipments", &json!({ "carrier": "postnl", "location": "main", "by": "Ada Example" }));
    assert_eq!((rest["shipments"].as_array().unwrap().len(), figures(&market)), (2, (6, 0)), "all that was still to be sent");
    let told = rest["history"].as_array().unwrap().iter().filter(|e| e["details"]["type"] == "shipment").collect::<Vec<_>>();
    assert!(told.len() == 2 && told.iter().all(|event| event["by"] == "Ada Example"), "{rest}");
    assert_eq!(get(&market, &path), rest, "what was answered is what is there");
    let lately = get(&market, "/api/v1/orders")["orders"].as_array().unwrap().clone();
    assert_eq!((lately.len(), &lately[0]["version"]), (1, &rest["version"]), "once, as it is now: {lately:?}");
    assert_eq!(lately[0]["reserved"], 0, "what was sent is set aside no longer: {lately:?}");
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
        does(&market, &path, "shipments", &json!({ "carrier": "postnl", "location": "main", "lines": one, "by": "Ada" }));
        does(&market, &path, "returns", &json!({ "lines": one, "by": "Ada" }));
    }
    assert_eq!(lately(2).len(), 1, "more changes of today than are read for two orders: what else changed today is not known");
    assert_eq!(lately(20).len(), 2);
}

#[test]
fn units_are_cancelled_here_and_free_when_the_channel_says_so() {
    let (market, path) = sold();
    let order = does(&market, &path, "cancellations", &json!({ "reason": "out_of_stock", "by": "Ada Example" }));
    assert_eq!((&order["lines"][0]["to_cancel"], &order["cancellations"][0]["lines"][0]["units"]), (&json!(0), &json!(3)));
    assert_eq!(
        (&order["cancellations"][0]["channel_sync"]["type"], &order["cancellations"][0]["write_off"]),
        (&json!("pending"), &json!(true))
    );
    assert_eq!(figures(&market), (6, 3));
}

#[test]
fn whether_cancelled_units_are_there_is_said_by_the_reason_or_by_a_person() {
    let cancel = |reason: &str, write_off: &Value| json!({ "reason": reason, "write_off": write_off, "by": "Ada Example" });
    for (reason, said, stands) in
        [("damaged", json!(null), true), ("damaged", json!(false), false), ("too_late", json!(true), true)]
    {
        let (market, path) = sold();
        // Where they are there, the answer does not say so.
        let order = does(&market, &path, "cancellations#c-1", &cancel(reason, &said));
        let again = format!("{path}/cancellations#c-1");
        assert_eq!(order["cancellations"][0]["write_off"].as_bool().unwrap_or(false), stands, "{reason} {said}");
        let (status, problem) = ask(&market, "POST", &again, &cancel(reason, &json!("yes")).to_string());
        assert_eq!((status, &problem["field"]), (400, &json!("write_off")), "{problem}");
        let (status, problem) = ask(&market, "POST", &again, &cancel(reason, &json!(!stands)).to_string());
        let found = (status, &problem["field"], &problem["code"]);
        let wanted = (422, &json!("Idempotency-Key"), &json!("idempotency_key_reused"));
        assert_eq!(found, wanted, "the same key with another word: {problem}");
    }
}

#[test]
fn what_came_back_is_on_sale_again_once_and_never_more_than_was_sent() {
    let (market, path) = sold();
    let line = line(&market);
    does(&market, &path, "shipments", &json!({ "carrier": "postnl", "location": "main", "by": "Ada Example" }));
    let order = does(&market, &path, "returns#r-1", &json!({ "lines": [{ "line": line, "units": 2 }], "by": "Ada" }));
    assert_eq!(order["lines"][0]["to_return"], 1);
    does(&market, &path, "returns/r-1/receive", &json!({ "by": "Ada" }));
    let sellable =
        json!({ "line": line, "units": 1, "condition": "sellable", "resolution": "accepted", "restock_at": "main", "by": "Ada" });
    does(&market, &path, "returns/r-1/inspections#i-1", &sellable);
    assert_eq!(figures(&market), (7, 0));
    does(&market, &path, "returns/r-1/inspections#i-1", &sellable);
    assert_eq!(figures(&market), (7, 0), "the same inspection puts nothing more on sale");
    let damaged = json!({ "line": line, "units": 1, "condition": "damaged", "resolution": "rejected", "by": "Ada" });
    does(&market, &path, "returns/r-1/inspections", &damaged);
    assert_eq!(figures(&market), (7, 0));
    let (status, problem) = ask(&market, "POST", &format!("{path}/returns/r-1/inspections#i-3"), &damaged.to_string());
    assert_eq!((status, &problem["field"]), (400, &json!("units")), "{problem}");
}

#[test]
fn a_refusal_has_its_status_and_names_the_field() {
    let (market, path) = sold();
    let line = line(&market);
    let one = json!([{ "line": line, "units": 1 }]);
    does(&market, &path, "shipments#p-1", &json!({ "carrier": "postnl", "location": "main", "lines": one, "by": "Ada" }));
    does(&market, &path, "returns#r-1", &json!({ "lines": one, "by": "Ada" }));
    let ship = |changes: Value| with(&json!({ "carrier": "postnl", "location": "main" }), &changes);
    let inspect = json!({ "line": line, "units": 1, "condition": "damaged", "resolution": "rejected" });
    let inspected = |changes: Value| with(&inspect, &changes);
    let too_much = json!([{ "line": line, "units": 9 }]);
    let cases = [
        ("shipments", json!({}), 400, "location"),
        ("shipments", ship(json!({ "location": "Main Street" })), 400, "location"),
        ("shipments", ship(json!({ "location": "mian" })), 400, "location"),
        ("shipments", ship(json!({ "carrier": "Post NL" })), 400, "carrier"),
        ("shipments", ship(json!({ "tracking": "a\nb" })), 400, "tracking"),
        ("shipments", ship(json!({ "colour": 1 })), 400, "colour"),
        ("shipments", ship(json!({ "lines": too_much })), 400, "lines"),
        ("shipments", ship(json!({ "lines": [{ "line": "none", "units": 1 }] })), 404, "lines"),
        ("shipments", ship(json!({ "lines": [{ "line": line, "units": -1 }] })), 400, "lines.0.units"),
        ("shipments#a b", ship(json!({})), 400, "Idempotency-Key"),
        ("shipments#p-1", ship(json!({ "tracking": "other" })), 422, "Idempotency-Key"),
        ("shipments#r-1", ship(json!({})), 422, "Idempotency-Key"),
        ("cancellations", json!({ "lines": too_much, "reason": "other" }), 400, "lines"),
        ("cancellations", json!({ "reason": "boredom" }), 400, "reason"),
        ("returns", json!({ "lines": [] }), 400, "lines"),
        ("returns", json!({ "lines": too_much }), 400, "lines"),
        ("returns/none/receive", json!({}), 404, "return"),
        ("returns/none/inspections", inspect.clone(), 404, "return"),
        ("returns/r-1/inspections", inspected(json!({ "units": 9 })), 400, "units"),
        ("returns/r-1/inspections", inspected(json!({ "condition": "fine" })), 400, "condition"),
        ("returns/r-1/inspections", inspected(json!({ "restock_at": "main" })), 422, "restock_at"),
        ("returns/r-1/inspections", inspected(json!({ "restock_at": "mian" })), 400, "restock_at"),
    ];
    let before = get(&market, &path);
    for (below, body, status, field) in cases {
        let body = with(&body, &json!({ "by": "Ada" }));
        let (found, problem) = ask(&market, "POST", &keyed(&format!("{path}/{below}")), &body.to_string());
        assert_eq!((found, problem["field"].as_str()), (status, Some(field)), "{below} {body}: {problem}");
    }
    for below in ["shipments/none", "shipments/p-1"] {
        let (status, problem) = ask(&market, "PATCH", &format!("{path}/{below}"), r#"{"tracking":"3SNEW","by":"Ada"}"#);
        let wanted = if below.ends_with("none") { 404 } else { 422 };
        assert_eq!((status, problem["field"].as_str()), (wanted, Some("shipment")), "nothing that was rejected: {problem}");
    }
    let cover = format!("{path}/allocate");
    let (status, problem) = ask(&market, "POST", &cover, r#"{"by":"Ada"}"#);
    assert_eq!((status, &problem["field"]), (422, &Value::Null), "{problem}");
    let (status, problem) = ask(&market, "POST", &cover, "{}");
    assert_eq!((status, &problem["field"]), (400, &json!("by")), "{problem}");
    let (status, problem) = ask(&market, "POST", "/api/v1/orders/nobody/1/allocate", r#"{"by":"Ada"}"#);
    assert_eq!((status, &problem["field"]), (404, &Value::Null), "{problem}");
    assert_eq!(get(&market, &path), before, "nothing was done");
}

/// A body with some fields otherwise.
fn with(body: &Value, changes: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

#[test]
fn who_did_it_is_whom_the_gateway_knows_and_no_foreign_page_can_ask() {
    let (market, path) = sold();
    let send = |body: &str, kind: &str| {
        let mut call = call("POST", &format!("{path}/shipments"), body);
        call.headers = vec![("content-type".into(), kind.into()), ("idempotency-key".into(), "p".into())];
        call.asker = Asker::Known { name: "ada@example.test".into(), role: Role::Owner };
        let answer = finish(Api::new(market.stage.world()).handle(call));
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap())
    };
    let body = r#"{"location":"main","carrier":"postnl"}"#;
    assert_eq!(send(body, "text/plain").0, 415);
    let (status, problem) = send(r#"{"location":"main","carrier":"postnl","by":"Somebody Else"}"#, "application/json");
    assert_eq!((status, &problem["field"]), (400, &json!("by")));
    let (status, order) = send(body, "application/json");
    assert_eq!(status, 200, "{order}");
    assert_eq!(order["history"].as_array().unwrap().last().unwrap()["by"], "ada@example.test");
}

#[test]
fn units_go_from_one_place_to_another_and_none_is_lost() {
    let market = busy();
    with_store(&market);
    let before = figures(&market);
    let body = json!({ "sku": SKU, "from": "main", "to": "store", "units": 2, "reason": "window", "by": "Ada Example" });
    let stock = does(&market, "/api/v1/stock", "transfers", &body);
    let store = stock["locations"].as_array().unwrap().iter().find(|l| l["location"] == "store").unwrap();
    assert_eq!((&store["available"], figures(&market)), (&json!(2), before));
    let moved = get(&market, &format!("/api/v1/products/{ON_THE_WAY}/movements"));
    assert_eq!(moved["movements"][0]["cause"]["type"], "transfer");
    for (changes, status, field) in [
        (json!({ "to": "main" }), 400, "to"),
        (json!({ "to": "mian" }), 400, "to"),
        (json!({ "from": "nowhere" }), 400, "from"),
        (json!({ "units": 0 }), 400, "units"),
        (json!({ "units": 99 }), 422, "units"),
        (json!({ "reason": "" }), 400, "reason"),
        (json!({ "by": "" }), 400, "by"),
    ] {
        let body = with(&body, &changes);
        let (found, problem) = ask(&market, "POST", &keyed("/api/v1/stock/transfers"), &body.to_string());
        assert_eq!((found, problem["field"].as_str()), (status, Some(field)), "{body}: {problem}");
    }
    let none = with(&body, &json!({ "sku": "NONE" }));
    assert_eq!(ask(&market, "POST", &keyed("/api/v1/stock/transfers"), &none.to_string()).0, 404);
    let places = get(&market, "/api/v1/locations");
    assert_eq!(places["locations"].as_array().unwrap().len(), 2);
}

#[test]
fn a_bundle_shows_what_it_is_made_of_and_its_products_show_the_bundle() {
    let market = Market::open(&[(SKU, 9), ("PLAIN", 2)], 9);
    let set = Product {
        sku: Sku::new("SET").unwrap(),
        ean: Some(Ean::new("5901234123457").unwrap()),
        title: "Set".into(),
        variant: String::new(),
    };
    finish(engine::put_product(&market.stage.world(), &set, &[])).unwrap();
    let body = json!({ "components": [{ "sku": SKU, "units": 2 }, { "sku": "PLAIN", "units": 1 }], "by": "Ada Example" });
    let (status, bundle) = ask(&market, "PUT", "/api/v1/products/SET/components", &body.to_string());
    assert_eq!((status, &bundle["components"], &bundle["available"]), (200, &body["components"], &json!(2)), "{bundle}");
    assert_eq!(bundle["composed"]["by"], "Ada Example", "who said so is kept: {bundle}");
    let moved = get(&market, "/api/v1/products/SET/movements");
    assert_eq!((&moved["movements"], &moved["components"]), (&json!([]), &body["components"]), "where its movements are is said");
    let (status, problem) =
        ask(&market, "PUT", "/api/v1/products/SET/components", &json!({ "components": body["components"] }).to_string());
    assert_eq!((status, &problem["field"]), (400, &json!("by")), "{problem}");
    assert_eq!(get(&market, "/api/v1/products/SET"), bundle);
    assert_eq!(get(&market, "/api/v1/products/PLAIN")["part_of"], json!(["SET"]));
    for components in [
        json!([{ "sku": "NONE", "units": 1 }]),
        json!([{ "sku": "SET", "units": 1 }]),
        json!([{ "sku": "PLAIN", "units": 0 }]),
        json!([{ "sku": "PLAIN", "units": 1 }, { "sku": "PLAIN", "units": 1 }]),
        json!([{ "sku": "PLAIN" }]),
    ] {
        let (status, problem) =
            ask(&market, "PUT", "/api/v1/products/SET/components", &json!({ "components": components, "by": "Ada" }).to_string());
        let field = problem["field"].as_str().unwrap_or_default();
        assert!(status == 400 && field.starts_with("components"), "{components}: {problem}");
    }
    assert_eq!(ask(&market, "PUT", "/api/v1/products/NONE/components", &body.to_string()).0, 404);
    let (status, problem) =
        ask(&market, "PUT", "/api/v1/products/PLAIN/components", r#"{"components":[{"sku":"SET","units":1}],"by":"Ada"}"#);
    assert_eq!(status, 400, "what lies in stock is no bundle: {problem}");
    let (_, plain) = ask(&market, "PUT", "/api/v1/products/SET/components", r#"{"components":[],"by":"Ada"}"#);
    assert_eq!((&plain["components"], &get(&market, "/api/v1/products/PLAIN")["part_of"]), (&json!([]), &json!([])));
}

#[test]
fn every_request_about_an_order_fits_the_document() {
    let document = document();
    let line = json!([{ "line": "1", "units": 1 }]);
    let fits = |below: &str, body: &Value| {
        let path = &document["paths"][format!("/api/v1/orders/{{connection}}/{{order}}/{below}")]["post"];
        let schema = &path["requestBody"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{below}");
        complaints(&document, schema, body)
    };
    let inspection = json!({ "line": "1", "units": 1, "condition": "sellable", "restock_at": "main", "resolution": "accepted" });
    for (below, body) in [
        ("shipments", json!({ "carrier": "postnl", "location": "main" })),
        ("shipments", json!({ "location": "main", "lines": line, "carrier": "postnl", "tracking": "3S", "by": "Ada" })),
        ("cancellations", json!({ "lines": line, "reason": "too_late", "by": "Ada" })),
        ("returns", json!({ "lines": line })),
        ("returns/{return}/receive", json!({})),
        ("returns/{return}/inspections", inspection.clone()),
        ("allocate", json!({ "by": "Ada" })),
    ] {
        assert_eq!(fits(below, &body), Vec::<String>::new(), "{below} {body}");
    }
    for (below, body) in [
        ("shipments", json!({})),
        ("cancellations", json!({ "reason": "boredom" })),
        ("returns/{return}/inspections", with(&inspection, &json!({ "condition": "fine" }))),
        ("allocate", json!({ "colour": 1 })),
    ] {
        assert!(!fits(below, &body).is_empty(), "{below} {body}");
    }
}

#[test]
fn a_shipment_without_the_carrier_that_its_channel_needs_is_refused_at_that_field() {
    let (market, path) = sold();
    let before = (get(&market, &path), figures(&market));
    let body = json!({ "location": "main", "by": "Ada Example" });
    let (status, problem) = ask(&market, "POST", &format!("{path}/shipments#p"), &body.to_string());
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
        ("PUT", format!("/api/v1/connections/{connection}/publishing"), json!({ "type": "all", "skus": [SKU] }), "skus"),
        ("PUT", format!("/api/v1/connections/{connection}/publishing"), json!({ "type": "none", "skus": [] }), "skus"),
        ("PUT", format!("/api/v1/connections/{connection}/publishing"), json!({ "type": "selected" }), "skus"),
        ("PUT", format!("/api/v1/connections/{connection}/publishing"), json!({ "type": "all", "products": [SKU] }), "products"),
        (
            "PUT",
            format!("/api/v1/products/{SKU}/components"),
            json!({ "components": [{ "sku": "PLAIN", "units": 2, "colour": 1 }], "by": "Ada" }),
            "components.0.colour",
        ),
        (
            "PUT",
            format!("/api/v1/connections/{connection}/prices/{SKU}"),
            json!({ "regular": { "amount": "1.00", "currency": "EUR", "tax": 21 } }),
            "regular.tax",
        ),
        (
            "PUT",
            format!("/api/v1/products/{SKU}/rules"),
            json!({ "rule": { "safety_stock": 1, "colour": 2 }, "by": "Ada" }),
            "rule.colour",
        ),
        ("POST", format!("{path}/allocate"), json!({ "lines": [], "by": "Ada" }), "lines"),
        (
            "POST",
            format!("{path}/shipments#p"),
            json!({ "location": "main", "carrier": "postnl", "by": "Ada", "lines": [{ "line": line, "units": 1, "location": "store" }] }),
            "lines.0.location",
        ),
    ] {
        let (status, problem) = ask(&market, method, &path, &body.to_string());
        assert_eq!((status, problem["field"].as_str()), (400, Some(field)), "{body}: {problem}");
    }
}
