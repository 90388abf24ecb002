//! Requests that are not what they should be: each is refused by name, and nothing is done.

use crate::Api;
use crate::tests::{BROKEN, ON_THE_WAY, SKU, an_order, ask, busy, call, document, get};
use lambda_kit::{HttpAnswer, HttpCall, HttpHandler as _};
use serde_json::{Value, json};
use simulation::market::Market;
use testkit::run::finish;

fn answer(market: &Market, call: HttpCall) -> (HttpAnswer, Value) {
    let answer = finish(Api::new(market.stage.world()).handle(call));
    let problem = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    (answer, problem)
}

fn header<'a>(answer: &'a HttpAnswer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_parameter_that_is_given_twice_is_refused() {
    let market = busy();
    for (target, name) in [
        ("/api/v1/products?limit=1&limit=2", "limit"),
        ("/api/v1/products?q=a&q=a", "q"),
        ("/api/v1/orders?limit=1&limit=1", "limit"),
        ("/api/v1/drift?needs_attention=true&needs_attention=false", "needs_attention"),
    ] {
        let (status, problem) = ask(&market, "GET", target, "");
        let told = (status, problem["code"].as_str(), problem["field"].as_str(), &problem["arguments"]["expected"]);
        assert_eq!(told, (400, Some("bad_input"), Some(name), &json!("once")), "{target}: {problem}");
    }
}

#[test]
fn a_cursor_that_no_page_of_the_list_gave_is_refused() {
    let market = busy();
    let connection = an_order(&market).connection;
    let lists = [
        "/api/v1/products".to_owned(),
        format!("/api/v1/products/{ON_THE_WAY}/movements"),
        format!("/api/v1/connections/{connection}/listings"),
        format!("/api/v1/connections/{connection}/listings.csv"),
        format!("/api/v1/connections/{connection}/prices"),
        format!("/api/v1/connections/{connection}/publication-preview"),
        "/api/v1/drift".to_owned(),
        "/api/v1/parked".to_owned(),
        "/api/v1/invoices".to_owned(),
        "/api/v1/invoices/waiting".to_owned(),
    ];
    // Every operation with a cursor is among them.
    let document = document();
    let paths = document["paths"].as_object().unwrap().values();
    let with_cursor = paths.filter(|path| path["get"]["parameters"].to_string().contains("\"cursor\""));
    assert_eq!(with_cursor.count(), lists.len());
    let next = get(&market, "/api/v1/products?limit=1")["next"].as_str().unwrap().to_owned();
    for list in &lists {
        for cursor in ["zzz", "~", "2026-11-21", &next] {
            if list == "/api/v1/products" && cursor == next {
                continue;
            }
            let (status, problem) = ask(&market, "GET", &format!("{list}?cursor={cursor}"), "");
            let told = (status, problem["code"].as_str(), problem["field"].as_str());
            assert_eq!(told, (400, Some("bad_input"), Some("cursor")), "{list} {cursor}: {problem}");
            assert!(problem["detail"].as_str().unwrap().contains("expected"), "{problem}");
        }
    }
    let what_if = json!({ "days": 1, "cursor": "zzz" }).to_string();
    assert_eq!(ask(&market, "POST", "/api/v1/what-if", &what_if).1["field"], "cursor");
}

#[test]
fn what_bounds_a_request_is_told_by_field() {
    let market = busy();
    let connection = an_order(&market).connection;
    let rows = market.stage.table.rows();
    let many: Vec<Value> = (0..61)
        .map(|n| {
            let price = json!({ "amount": "9.95", "currency": "EUR" });
            json!({ "price": price, "from": format!("2027-01-01T00:00:{n:02}Z").replace(":60Z", ":59Z"), "until": "2027-02-01T00:00:00Z" })
        })
        .collect();
    let prices = json!({ "regular": { "amount": "19.95", "currency": "EUR" }, "promotions": many });
    let prices_path = format!("/api/v1/connections/{connection}/prices/{ON_THE_WAY}");
    let match_path = format!("/api/v1/connections/{connection}/listings/any/match");
    let free = json!({ "regular": { "amount": "0", "currency": "EUR" } });
    for (method, path, body, field) in [
        ("POST", "/api/v1/what-if", json!({ "limit": 0 }), "limit"),
        ("POST", "/api/v1/what-if", json!({ "limit": 201 }), "limit"),
        ("POST", "/api/v1/what-if", json!({ "limit": 9_000_000_000_000_u64 }), "limit"),
        ("POST", "/api/v1/what-if", json!({ "days": 0 }), "days"),
        ("PUT", &prices_path, prices, "promotions"),
        ("PUT", &prices_path, free, "regular"),
        ("PUT", &match_path, json!({}), "sku"),
        ("GET", "/api/v1/products?limit=0", Value::Null, "limit"),
        ("GET", "/api/v1/parked?limit=201", Value::Null, "limit"),
    ] {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, problem) = ask(&market, method, path, &body);
        let told = (status, problem["code"].as_str(), problem["field"].as_str());
        assert_eq!(told, (400, Some("bad_input"), Some(field)), "{path} {body}: {problem}");
    }
    assert_eq!(market.stage.table.rows(), rows, "nothing was done");
}

/// What is sent and not read would be taken for done.
#[test]
fn what_takes_no_body_needs_none_and_refuses_one() {
    let market = busy();
    let order = an_order(&market);
    let number = order.number.to_string().replace('/', "%2F").replace('#', "%23");
    let rows = market.stage.table.rows();
    let mut seen = 0;
    for (path, operations) in document()["paths"].as_object().unwrap() {
        let changing = operations.as_object().unwrap().iter().filter(|(method, _)| *method != "get");
        for (method, _) in changing.filter(|(_, described)| described["requestBody"].is_null()) {
            let target = path
                .replace("{connection}", order.connection.as_str())
                .replace("{order}", &number)
                .replace("{sku}", ON_THE_WAY)
                .replace("{id}", "none")
                .replace("{invoice}", "none")
                .replace("{destination}", "mail")
                .replace("{user}", "mo")
                .replace("{token}", "till");
            for (kind, body) in [("application/json", "{}"), ("text/csv", "x"), ("application/json", r#"{"by":"Ada"}"#)] {
                let mut asked = call(&method.to_uppercase(), &target, body);
                asked.headers = vec![("content-type".to_owned(), kind.to_owned())];
                let (answer, problem) = answer(&market, asked);
                let told = (answer.status, problem["code"].as_str(), problem["field"].as_str());
                assert_eq!(told, (400, Some("bad_input"), Some("body")), "{method} {path} {body}: {problem}");
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 12);
    assert_eq!(market.stage.table.rows(), rows, "nothing was done");
    let mut asked = call("POST", &format!("/api/v1/orders/{}/{number}/buyer", order.connection), "");
    asked.headers.clear();
    assert_eq!(answer(&market, asked).0.status, 202, "neither a body nor its kind is needed");
}

#[test]
fn a_buyer_that_was_erased_is_neither_read_nor_asked_for() {
    let market = busy();
    let order = an_order(&market);
    let number = order.number.to_string().replace('/', "%2F").replace('#', "%23");
    let path = format!("/api/v1/orders/{}/{number}/buyer", order.connection);
    assert_eq!(ask(&market, "DELETE", &format!("{path}?by=Ada"), "").0, 200);
    let waiting = market.stage.queue.take(ports::QueueName::Inbound).len();
    for (method, status) in [("POST", 409), ("GET", 410)] {
        let (found, problem) = ask(&market, method, &path, "");
        assert_eq!((found, problem["code"].as_str()), (status, Some("erased")), "{method}: {problem}");
    }
    assert_eq!(waiting + market.stage.queue.take(ports::QueueName::Inbound).len(), waiting, "nobody reads it again");
}

#[test]
fn what_is_packed_is_refused_before_it_is_read() {
    let market = busy();
    let packed = |how: &str| {
        let mut asked = call("POST", "/api/v1/stock/adjustments#packed", BROKEN);
        asked.headers.push(("content-encoding".to_owned(), how.to_owned()));
        answer(&market, asked)
    };
    for how in ["gzip", "br", "identity, gzip"] {
        let (answer, problem) = packed(how);
        let told = (answer.status, problem["code"].as_str(), problem["field"].as_str());
        assert_eq!(told, (415, Some("wrong_media_type"), Some("content-encoding")), "{how}: {problem}");
    }
    assert_eq!(packed("identity").0.status, 200);
}

#[test]
fn a_path_says_which_methods_it_takes() {
    let market = busy();
    for (method, path, allowed) in [
        ("DELETE", "/api/v1/health".to_owned(), "GET"),
        ("GET", "/api/v1/stock/adjustments".to_owned(), "POST"),
        ("POST", format!("/api/v1/products/{ON_THE_WAY}/rules"), "GET, PUT, DELETE"),
    ] {
        let (answer, problem) = answer(&market, call(method, &path, ""));
        assert_eq!((answer.status, problem["code"].as_str()), (405, Some("wrong_method")), "{problem}");
        let sorted = |text: &str| {
            let mut all: Vec<String> = text.split(',').map(|one| one.trim().to_owned()).collect();
            all.sort();
            all
        };
        assert_eq!(sorted(header(&answer, "allow").unwrap()), sorted(allowed), "{path}");
        assert_eq!(problem["arguments"]["allowed"].as_array().unwrap().len(), sorted(allowed).len(), "{problem}");
    }
}

/// What stands before the routes, and has no access to them, writes its problems by hand.
#[test]
fn every_problem_has_a_code_that_the_document_names() {
    let document = document();
    let codes = document["components"]["schemas"]["Code"].to_string();
    for status in [400, 401, 403, 500] {
        let problem: Value = serde_json::from_slice(&HttpAnswer::problem(status, "so").body).unwrap();
        assert_eq!(serde_json::to_value(crate::Problem::new(status, "so")).unwrap(), problem, "{status}");
    }
    for status in [400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 500, 502, 503] {
        let problem = serde_json::to_value(crate::Problem::new(status, "so")).unwrap();
        assert!(codes.contains(&format!("\"{}\"", problem["code"].as_str().unwrap())), "{problem}");
        assert!(problem["title"].is_string() && problem["status"] == status, "{problem}");
    }
}

#[test]
fn a_match_is_taken_away_only_by_saying_so() {
    let market = busy();
    let connection = an_order(&market).connection;
    let listing = |market: &Market| get(market, &format!("/api/v1/connections/{connection}/listings"))["listings"][0].clone();
    let offer = listing(&market)["listing"]["offer"].as_str().unwrap().replace('/', "%2F");
    let path = format!("/api/v1/connections/{connection}/listings/{offer}/match");
    assert_eq!(ask(&market, "PUT", &path, &json!({ "sku": SKU }).to_string()).0, 200);
    assert_eq!(ask(&market, "PUT", &path, "{}").0, 400);
    assert_eq!(listing(&market)["manual"], true, "it stands");
    assert_eq!(ask(&market, "PUT", &path, r#"{"sku":null}"#).0, 200);
    assert_eq!(listing(&market)["manual"], false);
}

#[test]
fn a_connection_that_is_not_there_is_not_called_one_without_the_order() {
    let market = busy();
    let connection = an_order(&market).connection;
    for (method, end, body) in [("GET", "", ""), ("POST", "/allocate", r#"{"by":"Ada"}"#)] {
        let asked = |name: &str| ask(&market, method, &format!("/api/v1/orders/{name}/none{end}"), body);
        let (status, problem) = asked("nope");
        assert!(status == 404 && problem["detail"].as_str().unwrap().contains("there is no connection nope"), "{problem}");
        let (status, problem) = asked(connection.as_str());
        assert!(status == 404 && problem["detail"].as_str().unwrap().contains("has no order none"), "{problem}");
    }
}
