//! What the API answers about a merchant who sells on every registered channel.

use super::*;
use crate::access::People;
use bytes::Bytes;
use engine::rows::{OrderRow, ParkedRow, Subject};
use engine::views::OrderView;
use lambda_kit::Asker;
use serde_json::{Value, json};
use simulation::market::Market;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use testkit::faults::Fault;
use testkit::run::finish;

pub(super) const SKU: &str = "MUG 12/BLUE";
pub(super) const ON_THE_WAY: &str = "MUG%2012%2FBLUE";

const JSON: &str = "application/json; charset=utf-8";
const CSV: &str = "text/csv; charset=utf-8";

/// The document, as the handlers make it.
pub(super) fn document() -> Value {
    web::document::document(resources::routes, &resources::TAGS)
}

/// An operation of the document.
pub(super) struct Route {
    pub(super) method: String,
    pub(super) path: String,
    /// Parameters behind the question mark.
    pub(super) query: Vec<String>,
    /// Whether it needs a key.
    pub(super) keyed: bool,
    pub(super) described: Value,
}

pub(super) fn operations(document: &Value) -> Vec<Route> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| methods.as_object().unwrap().iter().map(move |one| (path, one)));
    all.map(|(path, (method, described))| {
        let parameters = described["parameters"].as_array().cloned().unwrap_or_default();
        let of = |place: &str| -> Vec<String> {
            let there = parameters.iter().filter(|one| one["in"] == place);
            there.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
        };
        let (query, keyed) = (of("query"), of("header").iter().any(|name| name == "Idempotency-Key"));
        Route { method: method.to_uppercase(), path: path.clone(), query, keyed, described: described.clone() }
    })
    .collect()
}

/// A call; what stands after `?` must need no decoding. What stands after `#` is its idempotency key.
pub(super) fn call(method: &str, target: &str, body: &str) -> HttpCall {
    let (target, key) = target.split_once('#').map_or((target, None), |(target, key)| (target, Some(key)));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    HttpCall {
        method: method.parse().unwrap(),
        path: path.into(),
        query: query.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        headers: [("content-type".into(), if body.starts_with(['{', '[']) { JSON } else { CSV }.into())]
            .into_iter()
            .chain(key.map(|key| ("idempotency-key".to_owned(), key.to_owned())))
            .collect(),
        body: Bytes::from(body.to_owned()),
        asker: Asker::Owner,
        from: None,
        received_at: "2026-11-21T12:00:00Z".parse().unwrap(),
    }
}

/// The API over a market, with users in its table.
pub(super) fn api(market: &Market) -> Api {
    let world = market.stage.world();
    let people = People::new(&world, Arc::clone(&world.table));
    Api::with_people(world, people)
}

pub(super) fn ask(market: &Market, method: &str, target: &str, body: &str) -> (u16, Value) {
    let answer = finish(api(market).handle(call(method, target, body)));
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
}

pub(super) fn get(market: &Market, target: &str) -> Value {
    let (status, body) = ask(market, "GET", target, "");
    assert_eq!(status, 200, "{target}: {body}");
    body
}

/// What is adjusted in a busy market.
pub(super) const BROKEN: &str = r#"{"sku":"MUG 12/BLUE","location":"main","add":-1,"reason":"broken","by":"Ada Example"}"#;

/// A market where something happened: an order on every channel, a correction, and a thing parked.
pub(super) fn busy() -> Market {
    let mut market = Market::open(&[(SKU, 9), ("PLAIN", 2)], 9);
    market.subscribe();
    for id in market.connections.clone() {
        assert!(market.buy(&id, SKU, 1));
    }
    market.stage.clock.pass(jiff::SignedDuration::from_mins(5));
    market.poll();
    market.settle();
    finish(market.stage.world().park(Some(&market.connections[0]), Subject::Webhook, "it is not understood", "secret words"))
        .unwrap();
    assert_eq!(ask(&market, "POST", "/api/v1/stock/adjustments#busy", BROKEN).0, 200);
    market
}

/// A path for every route, in a market that is busy.
pub(super) fn target(market: &Market, route: &Route) -> String {
    let order = an_order(market);
    let path = route
        .path
        .replace("{sku}", ON_THE_WAY)
        .replace("{order}", &order.number.to_string().replace('/', "%2F").replace('#', "%23"))
        .replace("{connection}", order.connection.as_str())
        .replace("{listing}", &an_offer(market, &order.connection))
        .replace("{invoice}", "F2026-00001")
        .replace("{return}", "r-1")
        .replace("{shipment}", "p-1")
        .replace("{update}", "p-1")
        .replace("{user}", "mo@example.test")
        .replace("{token}", "till")
        .replace("{id}", &ParkedRow::id(Some(&market.connections[0]), &Subject::Webhook, "secret words"));
    let by = if route.method == "POST" && route.query.iter().any(|name| name == "by") { "?by=Ada" } else { "" };
    format!("{path}{by}")
}

/// What must have happened to an order before something can be done about it: the resource below the order, its key, and the body.
fn before(market: &Market, route: &Route) -> Vec<(&'static str, String)> {
    let line = an_order(market).lines[0].id.to_string();
    let all = json!([{ "line": line, "units": 1 }]);
    let ship = ("shipments#p-1", json!({ "location": "main", "carrier": "postnl", "by": "Ada" }).to_string());
    let announce = ("returns#r-1", json!({ "lines": all, "by": "Ada" }).to_string());
    match route.path.rsplit('/').next().unwrap_or_default() {
        "returns" => vec![ship],
        "receive" | "inspections" => vec![ship, announce],
        _ => vec![],
    }
}

/// Routes about an order, or about users, that no busy market is ready for; `handling_tests`, `access_tests` and the tests of the engine come to them.
const NEEDS_ANOTHER_STORY: [&str; 11] = [
    "{user}",
    "{token}",
    "{shipment}",
    "allocate",
    "restocks",
    "confirm-deletion",
    "resolve",
    "channel-updates",
    "buyer",
    "invoices",
    "{invoice}",
];

fn needs_another_story(route: &Route) -> bool {
    let is_about_one = ["/api/v1/orders/", "/api/v1/invoices/{invoice}", "/api/v1/users/", "/api/v1/machine-tokens/"]
        .iter()
        .any(|start| route.path.starts_with(start));
    is_about_one && route.path.split('/').any(|part| NEEDS_ANOTHER_STORY.contains(&part))
}

/// A listing of a connection, as a path names it.
fn an_offer(market: &Market, connection: &domain::ConnectionId) -> String {
    let pk = format!("CONNECTION#{connection}");
    let rows = market.stage.table.rows();
    let key = rows.iter().map(|row| &row.key).find(|key| key.pk == pk && key.sk.starts_with("OFFER#")).unwrap();
    key.sk["OFFER#".len()..].replace('/', "%2F")
}

/// A body that every route takes.
pub(super) fn fitting(market: &Market, route: &Route) -> String {
    let line = || an_order(market).lines[0].id.to_string();
    match (route.method.as_str(), route.path.trim_start_matches("/api/v1/")) {
        ("GET" | "DELETE", _) => String::new(),
        (_, "stock/adjustments") => json!({ "sku": SKU, "location": "main", "set": 3, "reason": "count", "by": "Ada Example" }).to_string(),
        (_, "stock/transfers") => {
            json!({ "sku": SKU, "from": "main", "to": "store", "units": 1, "reason": "window", "by": "Ada Example" }).to_string()
        }
        (_, "stock/imports") => format!("sku,location,add,reason\n{SKU},main,1,found\n"),
        (_, "prices/imports") => format!("connection,sku,price\n{},{SKU},19.95\n", market.connections[0]),
        (_, "shipments/imports") => {
            let order = an_order(market);
            format!("connection,order,location,carrier\n{},{},main,postnl\n", order.connection, order.number)
        }
        (_, "listings/imports") => {
            let connection = an_order(market).connection;
            format!("connection,offer,sku\n{connection},{},{SKU}\n", an_offer(market, &connection).replace("%2F", "/"))
        }
        (_, "users") => {
            json!({ "name": "Ada@example.test", "role": "owner", "password": "correct horse battery", "by": "Ada Example" }).to_string()
        }
        (_, "users/{user}/role") => r#"{"role":"warehouse"}"#.to_owned(),
        (_, "users/{user}/password") => r#"{"password":"staple of another kind"}"#.to_owned(),
        (_, "machine-tokens") => r#"{"name":"till","role":"warehouse","by":"Ada Example"}"#.to_owned(),
        (_, "what-if") => r#"{"days":1}"#.to_owned(),
        (_, "products/{sku}/components") => r#"{"components":[],"by":"Ada Example"}"#.to_owned(),
        (_, path) if path.starts_with("products/{sku}/rules") => r#"{"rule":{"safety_stock":1},"by":"Ada Example"}"#.to_owned(),
        (_, "connections/{connection}/publishing") => r#"{"type":"all"}"#.to_owned(),
        (_, "connections/{connection}/prices/{sku}") => r#"{"regular":{"amount":"19.95","currency":"EUR"}}"#.to_owned(),
        (_, path) if path.ends_with("/match") => json!({ "sku": SKU }).to_string(),
        (_, path) if path.ends_with("/dismiss") => r#"{"reason":"seen to by hand","by":"Ada Example"}"#.to_owned(),
        (_, path) if path.ends_with("/shipments") => r#"{"location":"main","carrier":"postnl","by":"Ada Example"}"#.to_owned(),
        (_, path) if path.ends_with("/shipments/{shipment}") => r#"{"tracking":"3SNEW","by":"Ada Example"}"#.to_owned(),
        (_, path) if path.ends_with("/cancellations") => r#"{"reason":"out_of_stock","by":"Ada Example"}"#.to_owned(),
        (_, path) if path.ends_with("/returns") => json!({ "lines": [{ "line": line(), "units": 1 }], "by": "Ada Example" }).to_string(),
        (_, path) if path.ends_with("/inspections") => {
            json!({ "line": line(), "units": 1, "condition": "sellable", "resolution": "accepted", "restock_at": "main", "by": "Ada Example" })
                .to_string()
        }
        (_, path) if path.ends_with("/restocks") => json!({ "line": line(), "units": 1, "by": "Ada Example" }).to_string(),
        (_, "orders/{connection}/{order}/invoices/retry") => String::new(),
        (_, path) if ["retry", "receive", "allocate", "resolve", "confirm-deletion"].iter().any(|end| path.ends_with(end)) => {
            r#"{"by":"Ada Example"}"#.to_owned()
        }
        (_, "orders/{connection}/{order}/buyer" | "connections/{connection}/check" | "index/rebuild" | "accounting/check") => String::new(),
        (method, path) => panic!("a body for {method} {path}"),
    }
}

/// The order that `target` names.
pub(super) fn an_order(market: &Market) -> OrderView {
    let order = market.stage.table.rows().into_iter().find(|r| r.key.pk.starts_with("ORDER#") && r.key.sk == "ORDER").unwrap();
    let order: OrderRow = engine::rows::TypedRow::from_row(&order).unwrap();
    OrderView::from(order.0)
}

/// A second place that serves every connection.
pub(super) fn with_store(market: &Market) {
    for id in &market.connections {
        let mut row = market.row(id);
        row.locations.push(domain::LocationId::new("store").unwrap());
        finish(engine::put_connection(&market.stage.world(), &row)).unwrap();
    }
}

/// Books in which documents are booked.
fn with_books(market: &Market) {
    let code = json!({ "country": "NL", "rate": "21", "declared": "local", "code": "2" });
    let books = json!({ "connection": "books", "system": "ledgers", "base_url": "https://books.example.test", "sales_journal": "70",
        "credit_journal": "71", "ledger": "8000", "debtor": "1", "vat_codes": [code] });
    let accounting = Some(serde_json::from_value(books).unwrap());
    let settings = engine::rows::InvoiceSettingsRow { accounting, ..engine::rows::InvoiceSettingsRow::default() };
    finish(engine::put_invoice_settings(&market.stage.world(), &settings)).unwrap();
}

/// What does not fit the schema at this place of the document.
pub(super) fn complaints(document: &Value, schema: &Value, body: &Value) -> Vec<String> {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    let validator = jsonschema::validator_for(&whole).unwrap();
    validator.iter_errors(body).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

#[test]
fn the_document_tells_of_every_operation_what_it_is() {
    let document = document();
    let all = operations(&document);
    assert!(all.len() > 45, "{}", all.len());
    let ids: BTreeSet<&str> = all.iter().map(|route| route.described["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), all.len(), "each has a name of its own");
    for route in &all {
        assert!(
            route.described["summary"].is_string() && route.described["tags"][0].is_string(),
            "{} {}",
            route.method,
            route.path
        );
    }
    let served = get(&Market::open(&[], 0), "/api/v1/openapi.json");
    assert!(served == document, "openapi.json differs: run `UPDATE_OPENAPI=1 cargo test -p api` twice, and read the diff");
}

#[test]
fn an_id_that_no_key_could_hold_is_not_found() {
    let market = busy();
    let id = "f".repeat(5_000);
    for (method, below, body) in
        [("POST", "retry", r#"{"by":"Ada"}"#), ("POST", "dismiss", r#"{"by":"Ada","reason":"done"}"#), ("DELETE", "body", "")]
    {
        assert_eq!(ask(&market, method, &format!("/api/v1/parked/{id}/{below}"), body).0, 404, "{below}");
    }
}

#[test]
fn every_answer_fits_its_schema() {
    let document = document();
    let is_json = |route: &Route| route.path != "/api/v1/openapi.json" && !route.path.contains(".csv");
    for route in operations(&document).iter().filter(|route| is_json(route) && !needs_another_story(route)) {
        let market = busy();
        with_store(&market);
        with_books(&market);
        let target = target(&market, route);
        for (below, body) in before(&market, route) {
            let order = target.split("/returns").next().unwrap();
            let (status, answer) = ask(&market, "POST", &format!("{order}/{below}"), &body);
            assert_eq!(status, 200, "{below}: {answer}");
        }
        let key = if route.keyed { "#fits" } else { "" };
        let (status, answer) = ask(&market, &route.method, &format!("{target}{key}"), &fitting(&market, route));
        // What is done later is taken on.
        assert!([200, 202].contains(&status), "{} {} {status} {answer}", route.method, route.path);
        let schema = &route.described["responses"][status.to_string()]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{}", route.path);
        assert_eq!(complaints(&document, schema, &answer), Vec::<String>::new(), "{} {answer}", route.path);
        // A schema that lets everything pass would prove nothing.
        assert!(!complaints(&document, schema, &json!({})).is_empty(), "{}", route.path);
    }
}

#[test]
fn every_problem_fits_its_schema_and_names_the_field() {
    let market = busy();
    let document = document();
    let schema =
        &document["paths"]["/api/v1/health"]["get"]["responses"]["default"]["content"]["application/problem+json"]["schema"];
    let adjust = "/api/v1/stock/adjustments#m";
    let adjusting = |fields: &str| format!(r#"{{"sku":"MUG 12/BLUE",{fields}}}"#);
    let cases = [
        ("GET", "/api/v1/nothing", String::new(), 404, None),
        ("GET", "/api/v1/products/NONE", String::new(), 404, None),
        ("GET", "/api/v1/products/NONE/movements", String::new(), 404, None),
        ("GET", "/api/v1/orders/nobody/1", String::new(), 404, None),
        ("GET", "/api/v1/connections/nobody/listings", String::new(), 404, None),
        ("GET", "/api/v1/connections/Not%20a%20name/listings", String::new(), 400, Some("connection")),
        ("GET", "/api/v1/products?limit=0", String::new(), 400, Some("limit")),
        ("GET", "/api/v1/orders?limit=many", String::new(), 400, Some("limit")),
        ("GET", "/api/v1/connections/nobody/listings?unmatched=maybe", String::new(), 400, Some("unmatched")),
        ("DELETE", "/api/v1/health", String::new(), 405, None),
        ("POST", adjust, "{not JSON".to_owned(), 400, None),
        ("POST", adjust, r#"["main",1,null,null,"x","y"]"#.to_owned(), 400, None),
        ("POST", adjust, adjusting(r#""location":"main","set":"1","reason":"x","by":"y""#), 400, Some("set")),
        ("POST", adjust, adjusting(r#""location":"main","set":1,"set":100,"reason":"x","by":"y""#), 400, None),
        ("POST", adjust, adjusting(r#""location":"main","reason":"x","by":"y""#), 400, Some("set")),
        ("POST", adjust, adjusting(r#""location":"main","set":1,"add":1,"reason":"x","by":"y""#), 400, Some("set")),
        ("POST", adjust, adjusting(r#""location":"main","count":-1,"reason":"x","by":"y""#), 400, Some("count")),
        ("POST", adjust, adjusting(r#""location":"mian","set":1,"reason":"x","by":"y""#), 400, Some("location")),
        ("POST", adjust, adjusting(r#""location":"main","set":-1,"reason":"x","by":"y""#), 400, Some("set")),
        ("POST", adjust, adjusting(r#""location":"Main Street","set":1,"reason":"x","by":"y""#), 400, Some("location")),
        ("POST", adjust, adjusting(r#""location":"main","set":1,"reason":" ","by":"y""#), 400, Some("reason")),
        ("POST", adjust, adjusting(r#""location":"main","set":1,"reason":"x","by":"""#), 400, Some("by")),
        ("POST", adjust, adjusting(r#""location":"main","set":1,"reason":"x""#), 400, Some("by")),
        ("POST", adjust, adjusting(r#""location":"main","add":-999,"reason":"x","by":"y""#), 422, None),
        ("POST", adjust, r#"{"location":"main","set":1,"reason":"x","by":"y"}"#.to_owned(), 400, Some("sku")),
        ("POST", adjust, r#"{"sku":"NONE","location":"main","set":1,"reason":"x","by":"y"}"#.to_owned(), 404, None),
        ("POST", "/api/v1/stock/adjustments", BROKEN.to_owned(), 400, Some("Idempotency-Key")),
        ("POST", "/api/v1/stock/adjustments# ", BROKEN.to_owned(), 400, Some("Idempotency-Key")),
        ("POST", "/api/v1/stock/adjustments#busy", BROKEN.replace("-1", "-2"), 422, Some("Idempotency-Key")),
    ];
    for (method, target, body, status, field) in cases {
        let (found, problem) = ask(&market, method, target, &body);
        assert_eq!((found, problem["field"].as_str()), (status, field), "{method} {target} {body}: {problem}");
        assert_eq!(complaints(&document, schema, &problem), Vec::<String>::new(), "{problem}");
    }
    assert_eq!(
        ask(&market, "POST", "/api/v1/stock/adjustments#busy", BROKEN).1["replayed"],
        true,
        "the same, under the same key"
    );
}

#[test]
fn what_is_sent_is_packed_for_whoever_can_unpack_it() {
    let market = busy();
    let api = Api::new(market.stage.world());
    let mut asked = call("GET", "/api/v1/openapi.json", "");
    let plain = finish(api.handle(asked.clone()));
    asked.headers.push(("accept-encoding".into(), "gzip".into()));
    let packed = finish(api.handle(asked));
    let header = |answer: &HttpAnswer, name: &str| answer.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    assert_eq!((header(&plain, "content-encoding"), header(&packed, "content-encoding").as_deref()), (None, Some("gzip")));
    assert!(packed.body.starts_with(&[0x1f, 0x8b]) && packed.body.len() * 4 < plain.body.len(), "{}", packed.body.len());
}

#[test]
fn orders_are_listed_newest_first_and_shown_in_full() {
    let market = busy();
    let orders = get(&market, "/api/v1/orders?limit=10")["orders"].as_array().unwrap().clone();
    assert_eq!(orders.len(), market.connections.len());
    assert!(orders.windows(2).all(|two| two[0]["at"].as_str() >= two[1]["at"].as_str()));
    for order in &orders {
        assert_eq!((&order["reserved"], &order["short"], &order["skus"]), (&json!(1), &json!(0), &json!([SKU])));
        let number = order["number"].as_str().unwrap().replace('/', "%2F").replace('#', "%23");
        let full = get(&market, &format!("/api/v1/orders/{}/{number}", order["connection"].as_str().unwrap()));
        assert_eq!(full["lines"][0]["parts"][0]["allocations"][0]["location"], "main", "{full}");
    }
    assert_eq!(get(&market, "/api/v1/orders?limit=1")["orders"].as_array().unwrap().len(), 1);
}

#[test]
fn pages_follow_each_other_and_a_search_finds() {
    let market = busy();
    let mut found = Vec::new();
    let mut target = "/api/v1/products?limit=1".to_owned();
    for _ in 0..5 {
        let page = get(&market, &target);
        found.extend(page["products"].as_array().unwrap().iter().map(|one| one["product"]["sku"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        target = format!("/api/v1/products?limit=1&cursor={next}");
    }
    assert_eq!(found, [SKU, "PLAIN"]);
    let search = |words: &str| get(&market, &format!("/api/v1/products?q={words}"))["products"].as_array().unwrap().len();
    assert_eq!((search("mug"), search("8712345678906"), search("product"), search("nonesuch")), (1, 1, 2, 0));
}

#[test]
fn health_tells_of_every_connection_and_no_list_holds_what_a_customer_wrote() {
    let market = busy();
    let health = get(&market, "/api/v1/health");
    let connections = health["connections"].as_array().unwrap();
    assert_eq!(connections.len(), market.connections.len());
    for one in connections {
        assert!(
            one["orders_read_until"].is_string() && one["circuit"].is_null() && one["token"]["lifetime"].is_string(),
            "{one}"
        );
        assert!(one["subscription"]["checked_at"].is_string(), "{one}");
    }
    let secrets: Vec<_> = market.stage.secrets.0.values().flat_map(BTreeMap::values).map(|s| s.expose().to_owned()).collect();
    assert!(!secrets.is_empty() && secrets.iter().all(|secret| !health.to_string().contains(secret)));
    let parked = get(&market, "/api/v1/parked");
    assert_eq!(parked["parked"][0]["reason"], "it is not understood");
    assert!(!parked.to_string().contains("secret words"));
}

#[test]
fn what_the_caller_has_is_not_sent_again() {
    let market = busy();
    let api = Api::new(market.stage.world());
    let first = finish(api.handle(call("GET", "/api/v1/products", "")));
    let tag = first.headers.iter().find(|(n, _)| n == "etag").unwrap().1.clone();
    let mut again = call("GET", "/api/v1/products", "");
    again.headers.push(("if-none-match".into(), tag));
    let second = finish(api.handle(again.clone()));
    assert_eq!((second.status, second.body.len()), (304, 0));
    let body = r#"{"sku":"PLAIN","location":"main","set":1,"reason":"count","by":"Ada Example"}"#;
    assert_eq!(ask(&market, "POST", "/api/v1/stock/adjustments#c", body).0, 200);
    assert_eq!(finish(api.handle(again)).status, 200, "the figure changed");
}

#[test]
fn a_table_that_is_down_is_a_problem_to_try_again() {
    let market = busy();
    market.stage.faults.plan((0..20).map(|n| (n, Fault::Down)));
    let (status, problem) = ask(&market, "GET", "/api/v1/products", "");
    assert_eq!((status, &problem["status"]), (503, &json!(503)));
}

#[test]
fn every_route_refuses_a_parameter_that_it_does_not_know() {
    let market = busy();
    with_store(&market);
    let document = document();
    let before = market.stage.table.rows();
    for route in &operations(&document) {
        // One that another path knows is as strange here as one that none does.
        let strange = ["colour", "limit", "q", "by", "connection"];
        for strange in strange.into_iter().filter(|name| !route.query.iter().any(|known| known == name)) {
            let target = target(&market, route);
            let (path, key) = (target.split('?').next().unwrap(), if route.keyed { "#strange" } else { "" });
            let (status, problem) = ask(&market, &route.method, &format!("{path}?{strange}=1{key}"), &fitting(&market, route));
            assert_eq!(
                (status, problem["code"].as_str(), problem["field"].as_str()),
                (400, Some("unknown_parameter"), Some(strange)),
                "{} {path}: {problem}",
                route.method
            );
            assert_eq!(
                problem["arguments"],
                json!({ "unknown": [strange], "known": route.query }),
                "those that are known are named"
            );
        }
    }
    assert_eq!(market.stage.table.rows(), before, "nothing was done");
    let (status, problem) = ask(&market, "GET", "/api/v1/products?color=1&limit=2&size=3", "");
    assert!(status == 400 && problem["detail"].as_str().unwrap().starts_with("`color`, `size`: "), "all of them: {problem}");
}

/// Whoever does not know whether an answer was lost asks again: what counts twice if it is done twice has a key.
#[test]
fn what_is_asked_for_twice_is_done_once() {
    let document = document();
    let keyed: Vec<Route> = operations(&document).into_iter().filter(|route| route.keyed).collect();
    let names: BTreeSet<&str> = keyed.iter().map(|route| route.path.rsplit('/').next().unwrap()).collect();
    let wanted = ["adjustments", "cancellations", "inspections", "restocks", "returns", "shipments", "transfers"];
    assert_eq!(names.into_iter().collect::<Vec<_>>(), wanted);
    for route in keyed.iter().filter(|route| !needs_another_story(route)) {
        let market = busy();
        with_store(&market);
        let target = target(&market, route);
        for (below, body) in before(&market, route) {
            let order = target.split("/returns").next().unwrap();
            assert_eq!(ask(&market, "POST", &format!("{order}/{below}"), &body).0, 200, "{below}");
        }
        let body = fitting(&market, route);
        let rows = market.stage.table.rows();
        let (status, problem) = ask(&market, "POST", &target, &body);
        assert_eq!((status, problem["code"].as_str()), (400, Some("missing_idempotency_key")), "{target}: {problem}");
        assert_eq!(market.stage.table.rows(), rows, "{target}");
        let moved = || market.stage.table.rows().into_iter().filter(|row| row.key.pk.starts_with("LEDGER#")).count();
        let product = || get(&market, &format!("/api/v1/products/{ON_THE_WAY}"));
        let (status, first) = ask(&market, "POST", &format!("{target}#once"), &body);
        let (after, done) = (moved(), product());
        let (again, second) = ask(&market, "POST", &format!("{target}#once"), &body);
        assert_eq!((status, again), (200, 200), "{target}: {first} {second}");
        assert_eq!((moved(), product()), (after, done), "{target}: nothing moved again");
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the switch that rewrites the document; no deployed code reads it")]
fn the_document_on_disk_is_the_one_that_is_served() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let served = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var("UPDATE_OPENAPI").is_ok() {
        std::fs::write(&file, &served).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == served, "openapi.json differs: run `UPDATE_OPENAPI=1 cargo test -p api`, and read the diff");
}

#[test]
fn the_sample_event_of_this_function_asks_for_a_product() {
    let text = include_str!("../../../events/samples/lambda/http-product.json");
    let event: aws_lambda_events::event::apigw::ApiGatewayV2httpRequest = serde_json::from_str(text).unwrap();
    let market = Market::open(&[(SKU, 9)], 9);
    assert_eq!(get(&market, &event.raw_path.unwrap())["product"]["sku"], SKU);
    let claims = event.request_context.authorizer.unwrap().jwt.unwrap().claims;
    assert_eq!(claims["email"], "ada@example.test");
}
