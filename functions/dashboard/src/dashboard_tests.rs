//! What the API answers about a merchant who sells on every registered channel.

use super::*;
use crate::routes::ROUTES;
use bytes::Bytes;
use engine::rows::{OrderRow, ParkedRow, Subject};
use engine::views::OrderView;
use serde_json::{Value, json};
use simulation::market::Market;
use std::collections::{BTreeMap, BTreeSet};
use testkit::faults::Fault;
use testkit::run::finish;

pub(super) const SKU: &str = "MUG 12/BLUE";
pub(super) const ON_THE_WAY: &str = "MUG%2012%2FBLUE";

const JSON: &str = "application/json; charset=utf-8";
const CSV: &str = "text/csv; charset=utf-8";

/// A call; what stands after `?` must need no decoding.
pub(super) fn call(method: &str, target: &str, body: &str) -> HttpCall {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    HttpCall {
        method: method.parse().unwrap(),
        path: path.into(),
        query: query.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        headers: vec![("content-type".into(), if body.starts_with(['{', '[']) { JSON } else { CSV }.into())],
        body: Bytes::from(body.to_owned()),
        caller: None,
        received_at: "2026-11-21T12:00:00Z".parse().unwrap(),
    }
}

pub(super) fn ask(market: &Market, method: &str, target: &str, body: &str) -> (u16, Value) {
    let answer = finish(Dashboard::new(market.stage.world()).handle(call(method, target, body)));
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
}

pub(super) fn get(market: &Market, target: &str) -> Value {
    let (status, body) = ask(market, "GET", target, "");
    assert_eq!(status, 200, "{target}: {body}");
    body
}

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
    let body = r#"{"location":"main","add":-1,"reason":"broken","by":"Ada Example"}"#;
    assert_eq!(ask(&market, "POST", &format!("/api/v1/stock/{ON_THE_WAY}/corrections"), body).0, 200);
    market
}

/// A path for every route, in a market that is busy.
fn target(market: &Market, route: &routes::Route) -> String {
    let order = an_order(market);
    route
        .path
        .replace("{sku}", ON_THE_WAY)
        .replace("{number}", &order.number.to_string().replace('/', "%2F").replace('#', "%23"))
        .replace("{connection}", order.connection.as_str())
        .replace("{offer}", &an_offer(market, &order.connection))
        .replace("{id}", &ParkedRow::id(Some(&market.connections[0]), &Subject::Webhook, "secret words"))
}

/// An item of a connection, as a path names it.
fn an_offer(market: &Market, connection: &domain::ConnectionId) -> String {
    let pk = format!("CONNECTION#{connection}");
    let rows = market.stage.table.rows();
    let key = rows.iter().map(|row| &row.key).find(|key| key.pk == pk && key.sk.starts_with("OFFER#")).unwrap();
    key.sk["OFFER#".len()..].replace('/', "%2F")
}

/// A body that every route takes.
fn fitting(market: &Market, route: &routes::Route) -> String {
    let last = route.path.rsplit('/').next().unwrap_or_default();
    match (route.method, last) {
        ("GET" | "DELETE", _) => String::new(),
        (_, "retry") => r#"{"by":"Ada Example"}"#.to_owned(),
        (_, "dismiss") => r#"{"reason":"seen to by hand","by":"Ada Example"}"#.to_owned(),
        (_, "transfers") => r#"{"from":"main","to":"store","units":1,"reason":"window","by":"Ada Example"}"#.to_owned(),
        (_, "movements") => format!("sku,location,change,reason\n{SKU},main,1,found\n"),
        ("PUT", _) if route.path.starts_with("/api/v1/rules/") => r#"{"rule":{"safety_stock":1},"by":"Ada Example"}"#.to_owned(),
        (_, "plan") => r#"{"days":1}"#.to_owned(),
        (_, "publishing") => r#"{"publish":"all"}"#.to_owned(),
        (_, "{offer}") => json!({ "sku": SKU }).to_string(),
        ("PUT", _) if route.path.starts_with("/api/v1/prices/") => r#"{"usual":{"amount":"19.95","currency":"EUR"}}"#.to_owned(),
        ("PUT", _) => r#"{"components":[]}"#.to_owned(),
        (_, "{number}") => r#"{"do":"ship","location":"main","carrier":"postnl","by":"Ada Example"}"#.to_owned(),
        ("POST", "prices") => format!("connection,sku,price\n{},{SKU},19.95\n", market.connections[0]),
        (_, "parcels") => {
            let order = an_order(market);
            format!("connection,order,location,carrier\n{},{},main,postnl\n", order.connection, order.number)
        }
        (_, "matches") => {
            let connection = an_order(market).connection;
            format!("connection,offer,sku\n{connection},{},{SKU}\n", an_offer(market, &connection).replace("%2F", "/"))
        }
        (_, "corrections") => r#"{"location":"main","set":3,"reason":"count","by":"Ada Example"}"#.to_owned(),
        _ => panic!("a body for {} {}", route.method, route.path),
    }
}

/// The order that `target` names.
pub(super) fn an_order(market: &Market) -> OrderView {
    let order = market.stage.table.rows().into_iter().find(|r| r.key.pk.starts_with("ORDER#")).unwrap();
    let order: OrderRow = engine::rows::Kept::from_row(&order).unwrap();
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

/// What does not fit the schema at this place of the document.
pub(super) fn complaints(document: &Value, schema: &Value, body: &Value) -> Vec<String> {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    let validator = jsonschema::validator_for(&whole).unwrap();
    validator.iter_errors(body).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

#[test]
fn every_route_is_in_the_document_and_nothing_else_is() {
    let document = openapi::document();
    let written: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, operations)| {
            operations.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let routed: BTreeSet<String> = ROUTES.iter().map(|r| format!("{} {}", r.method, r.path)).collect();
    assert_eq!(written, routed);
    let served = get(&Market::open(&[], 0), "/api/v1/openapi.json");
    assert_eq!(served, document);
}

#[test]
fn every_answer_fits_its_schema() {
    let market = busy();
    with_store(&market);
    let document = openapi::document();
    for route in ROUTES.iter().filter(|r| r.path != "/" && !r.path.ends_with("openapi.json") && !r.path.ends_with("report.csv")) {
        let by = if route.path.ends_with("parcels") || route.path == "/api/v1/stock/movements" { "?by=Ada" } else { "" };
        let body = fitting(&market, route);
        let (status, answer) = ask(&market, route.method, &format!("{}{by}", target(&market, route)), &body);
        assert_eq!(status, 200, "{} {answer}", route.path);
        let schema = &document["paths"][route.path][route.method.to_lowercase()]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        assert!(schema.is_object(), "{}", route.path);
        assert_eq!(complaints(&document, schema, &answer), Vec::<String>::new(), "{} {answer}", route.path);
        // A schema that lets everything pass would prove nothing.
        assert!(!complaints(&document, schema, &json!({})).is_empty(), "{}", route.path);
    }
}

#[test]
fn every_problem_fits_its_schema_and_names_the_field() {
    let market = busy();
    let document = openapi::document();
    let schema =
        &document["paths"]["/api/v1/health"]["get"]["responses"]["default"]["content"]["application/problem+json"]["schema"];
    let correct = format!("/api/v1/stock/{ON_THE_WAY}/corrections");
    let cases = [
        ("GET", "/api/v1/nothing".to_owned(), "", 404, None),
        ("GET", "/api/v1/stock/NONE".to_owned(), "", 404, None),
        ("GET", "/api/v1/stock/NONE/movements".to_owned(), "", 404, None),
        ("GET", "/api/v1/orders/nobody/1".to_owned(), "", 404, None),
        ("GET", "/api/v1/listings/nobody".to_owned(), "", 404, None),
        ("GET", "/api/v1/listings/Not%20a%20name".to_owned(), "", 400, Some("connection")),
        ("GET", "/api/v1/stock?limit=0".to_owned(), "", 400, Some("limit")),
        ("GET", "/api/v1/orders?limit=many".to_owned(), "", 400, Some("limit")),
        ("DELETE", "/api/v1/health".to_owned(), "", 405, None),
        ("POST", correct.clone(), "{not JSON", 400, None),
        ("POST", correct.clone(), r#"["main",1,null,null,"x","y"]"#, 400, None),
        ("POST", correct.clone(), r#"{"location":"main","set":"1","reason":"x","by":"y"}"#, 400, Some("set")),
        ("POST", correct.clone(), r#"{"location":"main","set":1,"set":100,"reason":"x","by":"y"}"#, 400, None),
        ("POST", correct.clone(), r#"{"location":"main","reason":"x","by":"y"}"#, 400, Some("set")),
        ("POST", correct.clone(), r#"{"location":"main","set":1,"add":1,"reason":"x","by":"y"}"#, 400, Some("set")),
        ("POST", correct.clone(), r#"{"location":"main","count":-1,"reason":"x","by":"y"}"#, 400, Some("count")),
        ("POST", correct.clone(), r#"{"location":"mian","set":1,"reason":"x","by":"y"}"#, 400, Some("location")),
        ("POST", correct.clone(), r#"{"location":"main","set":-1,"reason":"x","by":"y"}"#, 400, Some("set")),
        ("POST", correct.clone(), r#"{"location":"Main Street","set":1,"reason":"x","by":"y"}"#, 400, Some("location")),
        ("POST", correct.clone(), r#"{"location":"main","set":1,"reason":" ","by":"y"}"#, 400, Some("reason")),
        ("POST", correct.clone(), r#"{"location":"main","set":1,"reason":"x","by":""}"#, 400, Some("by")),
        ("POST", correct.clone(), r#"{"location":"main","set":1,"reason":"x"}"#, 400, Some("by")),
        ("POST", correct, r#"{"location":"main","add":-999,"reason":"x","by":"y"}"#, 422, None),
        ("POST", "/api/v1/stock/NONE/corrections".to_owned(), r#"{"location":"main","set":1,"reason":"x","by":"y"}"#, 404, None),
    ];
    for (method, target, body, status, field) in cases {
        let (found, problem) = ask(&market, method, &target, body);
        assert_eq!((found, problem["field"].as_str()), (status, field), "{method} {target} {body}: {problem}");
        assert_eq!(complaints(&document, schema, &problem), Vec::<String>::new(), "{problem}");
    }
}

#[test]
fn a_figure_is_pending_until_the_channel_was_told() {
    let mut market = Market::open(&[(SKU, 9)], 9);
    let shown = |market: &Market| -> BTreeSet<String> {
        let stock = get(market, &format!("/api/v1/stock/{ON_THE_WAY}"));
        let listings = stock["listings"].as_array().unwrap();
        assert_eq!(listings.len(), market.connections.len());
        listings.iter().map(|l| l["shown"].as_str().unwrap().to_owned()).collect()
    };
    let only = |word: &str| BTreeSet::from([word.to_owned()]);
    assert_eq!(shown(&market), only("right"));
    let body = r#"{"location":"main","set":4,"reason":"count","by":"Ada Example"}"#;
    let (_, corrected) = ask(&market, "POST", &format!("/api/v1/stock/{ON_THE_WAY}/corrections"), body);
    assert_eq!((&corrected["available"], &corrected["sku"]), (&json!(4), &json!(SKU)));
    assert_eq!(shown(&market), only("pending"));
    market.settle();
    assert_eq!(shown(&market), only("right"));
    market.assert_shown(SKU, 4);
}

#[test]
fn a_correction_says_who_and_why_for_ever() {
    let market = busy();
    let movements = get(&market, &format!("/api/v1/stock/{ON_THE_WAY}/movements"));
    let newest = &movements["movements"][0];
    assert_eq!(newest["cause"], json!({ "kind": "correction", "reason": "broken", "by": "Ada Example" }));
    assert_eq!(newest["available"], -1);
    let all = movements["movements"].as_array().unwrap();
    assert_eq!(all.last().unwrap()["cause"]["kind"], "opening");
    let sum: i64 = all.iter().map(|m| m["available"].as_i64().unwrap()).sum();
    assert_eq!(json!(sum), get(&market, &format!("/api/v1/stock/{ON_THE_WAY}"))["available"], "the ledger adds up to the figure");
}

#[test]
fn a_correction_that_a_foreign_page_could_have_sent_is_refused() {
    let market = Market::open(&[(SKU, 9)], 9);
    let body = r#"{"location":"main","set":0,"reason":"x","by":"y"}"#;
    for kind in [vec![], vec![("content-type".to_owned(), "text/plain".to_owned())]] {
        let call = HttpCall { headers: kind, ..call("POST", &format!("/api/v1/stock/{ON_THE_WAY}/corrections"), body) };
        assert_eq!(finish(Dashboard::new(market.stage.world()).handle(call)).status, 415);
    }
}

#[test]
fn who_corrects_is_whom_the_gateway_knows() {
    let market = Market::open(&[(SKU, 9)], 9);
    let correct = |by: &str| {
        let body = format!(r#"{{"location":"main","add":-1,"reason":"broken"{by}}}"#);
        let mut call = call("POST", &format!("/api/v1/stock/{ON_THE_WAY}/corrections"), &body);
        call.caller = Some("ada@example.test".into());
        let answer = finish(Dashboard::new(market.stage.world()).handle(call));
        (answer.status, serde_json::from_slice::<Value>(&answer.body).unwrap()["field"].clone())
    };
    assert_eq!(correct(""), (200, Value::Null));
    assert_eq!(correct(r#","by":"ada@example.test""#), (200, Value::Null));
    assert_eq!(correct(r#","by":"Somebody Else""#), (400, json!("by")));
    assert_eq!(correct(r#","by":"""#), (400, json!("by")));
    let movements = get(&market, &format!("/api/v1/stock/{ON_THE_WAY}/movements"));
    let told = movements["movements"].as_array().unwrap().iter().filter(|m| m["cause"]["kind"] == "correction");
    assert_eq!(told.map(|m| m["cause"]["by"].as_str().unwrap()).collect::<Vec<_>>(), ["ada@example.test"; 2]);
}

#[test]
fn orders_are_listed_newest_first_and_shown_in_full() {
    let market = busy();
    let orders = get(&market, "/api/v1/orders?limit=10")["orders"].as_array().unwrap().clone();
    assert_eq!(orders.len(), market.connections.len());
    assert!(orders.windows(2).all(|two| two[0]["at"].as_str() >= two[1]["at"].as_str()));
    for order in &orders {
        assert_eq!((&order["held"], &order["short"], &order["skus"]), (&json!(1), &json!(0), &json!([SKU])));
        let number = order["number"].as_str().unwrap().replace('/', "%2F").replace('#', "%23");
        let full = get(&market, &format!("/api/v1/orders/{}/{number}", order["connection"].as_str().unwrap()));
        assert_eq!(full["lines"][0]["parts"][0]["claims"][0]["location"], "main", "{full}");
    }
    assert_eq!(get(&market, "/api/v1/orders?limit=1")["orders"].as_array().unwrap().len(), 1);
}

#[test]
fn pages_follow_each_other_and_a_search_finds() {
    let market = busy();
    let mut found = Vec::new();
    let mut target = "/api/v1/stock?limit=1".to_owned();
    for _ in 0..5 {
        let page = get(&market, &target);
        found.extend(page["articles"].as_array().unwrap().iter().map(|a| a["article"]["sku"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        target = format!("/api/v1/stock?limit=1&cursor={next}");
    }
    assert_eq!(found, [SKU, "PLAIN"]);
    let search = |words: &str| get(&market, &format!("/api/v1/stock?q={words}"))["articles"].as_array().unwrap().len();
    assert_eq!((search("mug"), search("8712345678906"), search("article"), search("nonesuch")), (1, 1, 2, 0));
}

#[test]
fn health_tells_of_every_connection_and_no_list_holds_what_a_customer_wrote() {
    let market = busy();
    let health = get(&market, "/api/v1/health");
    let connections = health["connections"].as_array().unwrap();
    assert_eq!(connections.len(), market.connections.len());
    for one in connections {
        assert!(one["orders_read_until"].is_string() && one["gate"].is_null() && one["token"]["sort"].is_string(), "{one}");
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
    let dashboard = Dashboard::new(market.stage.world());
    let first = finish(dashboard.handle(call("GET", "/api/v1/stock", "")));
    let tag = first.headers.iter().find(|(n, _)| n == "etag").unwrap().1.clone();
    let mut again = call("GET", "/api/v1/stock", "");
    again.headers.push(("if-none-match".into(), tag));
    let second = finish(dashboard.handle(again.clone()));
    assert_eq!((second.status, second.body.len()), (304, 0));
    let body = r#"{"location":"main","set":1,"reason":"count","by":"Ada Example"}"#;
    assert_eq!(ask(&market, "POST", "/api/v1/stock/PLAIN/corrections", body).0, 200);
    assert_eq!(finish(dashboard.handle(again)).status, 200, "the figure changed");
}

#[test]
fn a_table_that_is_down_is_a_problem_to_try_again() {
    let market = busy();
    market.stage.faults.plan((0..20).map(|n| (n, Fault::Down)));
    let (status, problem) = ask(&market, "GET", "/api/v1/stock", "");
    assert_eq!((status, &problem["status"]), (503, &json!(503)));
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_runs_only_its_own_script() {
    let market = Market::open(&[], 0);
    let answer = finish(Dashboard::new(market.stage.world()).handle(call("GET", "/", "")));
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    let policy = &answer.headers.iter().find(|(n, _)| n == "content-security-policy").unwrap().1;
    for (tag, source) in [("style", "style-src"), ("script", "script-src")] {
        let inner = page.split_once(&format!("<{tag}")).unwrap().1.split_once('>').unwrap().1;
        let inner = inner.split_once(&format!("</{tag}>")).unwrap().0;
        assert!(inner.len() > 1000, "the {tag} is in the page");
        let digest = ring::digest::digest(&ring::digest::SHA256, inner.as_bytes());
        let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest);
        assert!(policy.contains(&format!("{source} 'sha256-{hash}'")), "{policy}");
    }
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!outside.contains("http://") && !outside.contains("https://") && !outside.contains("src="));
}

#[test]
fn every_word_of_the_page_is_there_in_both_languages() {
    let words = page::SCRIPTS[0];
    let of = |language: &str| -> BTreeSet<String> {
        let block = words.split_once(&format!("  {language}: {{")).unwrap().1.split_once("\n  },").unwrap().0;
        // Outside of quotes, what stands before a colon is a key.
        let bare = block.split('"').step_by(2).collect::<String>();
        bare.split(&[',', '\n'][..]).filter_map(|part| part.trim().strip_suffix(':')).map(str::to_owned).collect()
    };
    let (english, dutch) = (of("en"), of("nl"));
    assert!(english.len() > 100, "{}", english.len());
    assert_eq!(english, dutch);
    let frame = include_str!("page/page.html");
    for text in page::SCRIPTS[1..].iter().chain([&frame]) {
        for mark in ["t(\"", "data-t=\"", "data-label=\"", "part(\""] {
            for (at, _) in text.match_indices(mark).filter(|(at, _)| !text[..*at].ends_with(char::is_alphanumeric)) {
                let used = text[at + mark.len()..].split('"').next().unwrap();
                assert!(english.contains(used), "{used} is no word");
            }
        }
    }
    for (prefix, choices) in [
        (
            "r_",
            ["out_of_stock", "customer_request", "damaged", "wrong_price", "too_late", "ordered_twice", "not_found", "other"]
                .as_slice(),
        ),
        ("f_", ["sellable", "damaged", "missing", "wrong_article"].as_slice()),
        ("v_", ["accepted", "buyer_keeps", "refused"].as_slice()),
        ("k_", ["opening", "added", "taken_off", "transferred_in", "transferred_out", "sold", "given_back"].as_slice()),
        ("k_", ["edited", "written_off", "covered", "restocked", "shipped", "unexplained"].as_slice()),
        ("s_", ["available", "short", "bundle", "safety_stock", "percent", "pre_order", "most_shown", "least_shown"].as_slice()),
        ("s_", ["paused", "channel_takes", "share"].as_slice()),
        (
            "a_",
            ["order", "unmatched_lines", "unread_lines", "unread_item", "swapped", "restocked", "came_back", "deleted"]
                .as_slice(),
        ),
        ("a_", ["short", "refused_update", "listing", "price", "webhook", "message", "other", "difference"].as_slice()),
        ("n_", ["import_only", "not_in_pilot", "not_tracked", "not_configured"].as_slice()),
        ("w_", ["connection", "article", "article_here"].as_slice()),
        ("t_", ["waiting", "begun", "pending", "told", "refused", "nothing"].as_slice()),
    ] {
        for choice in choices {
            assert!(english.contains(&format!("{prefix}{choice}")), "{prefix}{choice}");
        }
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the switch that rewrites the document; no deployed code reads it")]
fn the_document_on_disk_is_the_one_that_is_served() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let served = serde_json::to_string_pretty(&openapi::document()).unwrap() + "\n";
    if std::env::var("UPDATE_OPENAPI").is_ok() {
        std::fs::write(&file, &served).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == served, "openapi.json differs: run `UPDATE_OPENAPI=1 cargo test -p dashboard`, and read the diff");
}

#[test]
fn the_sample_event_of_this_function_asks_for_an_article() {
    let text = include_str!("../../../events/samples/lambda/http-stock.json");
    let event: aws_lambda_events::event::apigw::ApiGatewayV2httpRequest = serde_json::from_str(text).unwrap();
    let market = Market::open(&[(SKU, 9)], 9);
    assert_eq!(get(&market, &event.raw_path.unwrap())["article"]["sku"], SKU);
    let claims = event.request_context.authorizer.unwrap().jwt.unwrap().claims;
    assert_eq!(claims["email"], "ada@example.test");
}
