//! A person asks for everything that the API has, in a market where much happened. No credentials are to be had, as on AWS: all of it
//! must be done without them.

use crate::seen::Seen;
use bytes::Bytes;
use dashboard::Dashboard;
use domain::{ConnectionId, LocationId, OrderNumber};
use engine::rows::{AsideKind, AsideRow, ParkedRow, Products, Subject};
use engine::{World, put_connection};
use jiff::SignedDuration;
use lambda_kit::{HttpCall, HttpHandler};
use ports::{Clock, Key, QueueName, Table};
use serde_json::{Value, json};
use simulation::market::Market;
use simulation::shop::sku;
use std::collections::BTreeSet;
use std::sync::Arc;
use testkit::run::finish;

/// A market and the person in it.
struct Page<'a> {
    market: &'a Market,
    dashboard: Dashboard,
    asked: BTreeSet<String>,
}

impl Page<'_> {
    /// Asks for what `route` names, filled in as in `target`. It must be done.
    fn ask(&mut self, route: &str, target: &str, body: &str) -> Value {
        let (method, _) = route.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let kind = if body.starts_with('{') { "application/json" } else { "text/csv" };
        let call = HttpCall {
            method: method.parse().unwrap(),
            path: path.into(),
            query: query.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            headers: vec![("content-type".into(), kind.into())],
            body: Bytes::from(body.to_owned()),
            caller: None,
            received_at: self.market.stage.clock.now(),
        };
        let answer = finish(self.dashboard.handle(call));
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 200, "{route} {target} {body}: {told}");
        self.asked.insert(route.to_owned());
        serde_json::from_str(&told).unwrap_or(Value::Null)
    }

    fn get(&mut self, route: &str, target: &str) -> Value {
        self.ask(&format!("GET {route}"), target, "")
    }
}

/// Asks for everything; a route of the API that is not asked for fails.
pub(super) fn tell(seen: &Arc<Seen>) {
    let mut market = Market::open(&[("A", 9), ("B", 9), ("C", 9)], 9);
    market.subscribe();
    for id in market.connections.clone() {
        let row = market.row(&id);
        let locations = [row.locations.clone(), vec![LocationId::new("store").unwrap()]].concat();
        finish(put_connection(&market.stage.world(), &engine::rows::ConnectionRow { locations, ..row })).unwrap();
        assert!(market.buy(&id, "A", 2));
    }
    market.stage.clock.pass(SignedDuration::from_mins(5));
    market.poll();
    market.settle();
    let dashboard = Dashboard::new(seen.watch("dashboard", market.stage.world()));
    let mut page = Page { market: &market, dashboard, asked: BTreeSet::new() };
    reads(&mut page);
    stock(&mut page);
    orders(&mut page);
    connections(&mut page);
    parked(&mut page);
    assert_eq!(page.asked, routes(), "every route of the API, once at least");
    let sent = |queue| !market.stage.queue.take(queue).is_empty();
    assert!(QueueName::ALL.into_iter().all(sent), "word on every queue");
}

/// The routes as the API's document has them, and the page itself.
fn routes() -> BTreeSet<String> {
    let document = std::fs::read_to_string(crate::root().join("functions/dashboard/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, methods): (&String, &Value)| -> Vec<String> {
        methods.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())).collect()
    };
    paths.iter().flat_map(of).collect()
}

fn reads(page: &mut Page<'_>) {
    let id = page.market.connections[0].clone();
    for route in [
        "/",
        "/api/v1/openapi.json",
        "/api/v1/orders",
        "/api/v1/locations",
        "/api/v1/drift",
        "/api/v1/parked",
        "/api/v1/attention",
        "/api/v1/health",
    ] {
        page.get(route, route);
    }
    page.get("/api/v1/stock", "/api/v1/stock?q=a&limit=200");
    page.get("/api/v1/stock/{sku}", "/api/v1/stock/A");
    page.get("/api/v1/stock/{sku}/movements", "/api/v1/stock/A/movements");
    page.get("/api/v1/stock/{sku}/explain", &format!("/api/v1/stock/A/explain?connection={id}"));
    page.get("/api/v1/rules/{sku}", "/api/v1/rules/A");
    page.get("/api/v1/rules/{sku}/{connection}", &format!("/api/v1/rules/A/{id}"));
    page.get("/api/v1/listings/{connection}", &format!("/api/v1/listings/{id}"));
    page.get("/api/v1/listings/{connection}/preview", &format!("/api/v1/listings/{id}/preview"));
    page.get("/api/v1/listings/{connection}/report.csv", &format!("/api/v1/listings/{id}/report.csv"));
    page.get("/api/v1/prices/{connection}", &format!("/api/v1/prices/{id}"));
    page.ask("POST /api/v1/plan", "/api/v1/plan", r#"{"days":1}"#);
}

fn stock(page: &mut Page<'_>) {
    let id = page.market.connections[0].clone();
    for body in [
        r#"{"location":"main","set":5,"reason":"count","by":"Ada"}"#,
        r#"{"location":"store","add":2,"reason":"found","by":"Ada"}"#,
    ] {
        page.ask("POST /api/v1/stock/{sku}/corrections", "/api/v1/stock/A/corrections", body);
    }
    let body = r#"{"from":"main","to":"store","units":1,"reason":"window","by":"Ada"}"#;
    page.ask("POST /api/v1/stock/{sku}/transfers", "/api/v1/stock/A/transfers", body);
    let file = "sku,location,change,reason\nA,main,1,found\nB,main,-1,broken\n";
    page.ask("POST /api/v1/stock/movements", "/api/v1/stock/movements?by=Ada&file=f-1", file);
    page.ask("PUT /api/v1/bundles/{sku}", "/api/v1/bundles/C", r#"{"components":[]}"#);
    for (route, target) in [
        ("/api/v1/rules/{sku}", "/api/v1/rules/A".to_owned()),
        ("/api/v1/rules/{sku}/{connection}", format!("/api/v1/rules/A/{id}")),
    ] {
        page.ask(&format!("PUT {route}"), &target, r#"{"rule":{"safety_stock":1},"by":"Ada"}"#);
        page.ask(&format!("DELETE {route}"), &target, "");
    }
}

fn orders(page: &mut Page<'_>) {
    let path = |(connection, number): &(ConnectionId, OrderNumber)| {
        format!("/api/v1/orders/{connection}/{}", number.as_str().replace('/', "%2F").replace('#', "%23"))
    };
    let all: Vec<_> =
        page.market.connections.iter().map(|id| (id.clone(), page.market.on(id, |side, _| side.orders().remove(0)))).collect();
    let order = page.get("/api/v1/orders/{connection}/{number}", &path(&all[0]));
    let line = order["lines"][0]["id"].clone();
    let one = json!([{ "line": line, "units": 1 }]);
    let does = "POST /api/v1/orders/{connection}/{number}";
    let ship = json!({ "do": "ship", "carrier": "postnl", "id": "p-1", "location": "main", "lines": one, "by": "Ada" });
    let announce = json!({ "do": "announce_return", "id": "r-1", "lines": one, "by": "Ada" });
    let receive = json!({ "do": "receive_return", "return": "r-1", "by": "Ada" });
    for body in [&ship, &ship, &announce, &receive] {
        page.ask(does, &path(&all[0]), &body.to_string());
    }
    page.ask(does, &path(&all[1]), &json!({ "do": "cancel", "reason": "out_of_stock", "by": "Ada" }).to_string());
    let file = format!("connection,order,location\n{},{},main\n", all[2].0, all[2].1);
    page.ask("POST /api/v1/parcels", "/api/v1/parcels?by=Ada", &file);
}

fn connections(page: &mut Page<'_>) {
    let id = page.market.connections[0].clone();
    let rows = page.market.stage.table.rows();
    let pk = format!("CONNECTION#{id}");
    let offers: Vec<String> = rows
        .iter()
        .filter(|row| row.key.pk == pk)
        .filter_map(|row| row.key.sk.strip_prefix("OFFER#").map(str::to_owned))
        .collect();
    let target = format!("/api/v1/listings/{id}/{}", offers[0].replace('/', "%2F"));
    for body in [json!({ "sku": "B" }), json!({ "sku": null }), json!({ "sku": "A" })] {
        page.ask("PUT /api/v1/listings/{connection}/{offer}", &target, &body.to_string());
    }
    page.ask("POST /api/v1/matches", "/api/v1/matches?by=Ada", &format!("connection,offer,sku\n{id},{},B\n", offers[1]));
    for body in [r#"{"publish":"only","skus":["A"]}"#, r#"{"publish":"all"}"#] {
        page.ask("PUT /api/v1/connections/{connection}/publishing", &format!("/api/v1/connections/{id}/publishing"), body);
    }
    let price = r#"{"usual":{"amount":"19.95","currency":"EUR"}}"#;
    for body in [price, r#"{"usual":{"amount":"18.95","currency":"EUR"}}"#] {
        page.ask("PUT /api/v1/prices/{connection}/{sku}", &format!("/api/v1/prices/{id}/A"), body);
    }
    page.ask("POST /api/v1/prices", "/api/v1/prices", &format!("connection,sku,price\n{id},B,19.95\n"));
}

/// Something of every sort is parked; a person has it tried again, erased and dismissed.
fn parked(page: &mut Page<'_>) {
    let (id, world) = (page.market.connections[0].clone(), page.market.stage.world());
    let number = page.market.on(&id, |side, _| side.orders().remove(0));
    let listing = page.market.listing(&id, "A").listing;
    let can_be_tried = [
        Subject::Order { number: number.clone() },
        Subject::Lines { number: number.clone() },
        Subject::Swapped { number: number.clone() },
        Subject::UnreadLines { number: number.clone() },
        Subject::Question { number: number.clone(), question: engine::rows::OrderQuestion::Restocked },
        Subject::Listing { sku: sku("A"), offer: listing.offer },
        Subject::Price { sku: sku("A") },
        Subject::Webhook,
        Subject::Message { queue: "inbound".into() },
        Subject::Message { queue: "stock-hints".into() },
        Subject::Message { queue: "order-updates".into() },
    ];
    let none = [Subject::Update { number: number.clone(), id: "p".into() }, Subject::Other { what: "a return".into() }];
    for subject in can_be_tried.iter().chain(&none) {
        put_aside(&world, &id, subject);
        let route = |what: &str| format!("/api/v1/parked/{}{what}", ParkedRow::id(Some(&id), subject, "words"));
        if can_be_tried.contains(subject) {
            page.ask("POST /api/v1/parked/{id}/retry", &route("/retry"), r#"{"by":"Ada"}"#);
            put_aside(&world, &id, subject);
        }
        if matches!(subject, Subject::Order { .. }) {
            hold_down(page.market, &id, &number);
        }
        page.ask("DELETE /api/v1/parked/{id}/body", &route("/body"), "");
        page.ask("POST /api/v1/parked/{id}/dismiss", &route("/dismiss"), r#"{"reason":"seen","by":"Ada"}"#);
    }
    let bodies = page.market.stage.table.rows().iter().filter(|row| row.key.pk == "PARKED_BODY").count();
    assert_eq!(bodies, 0, "all erased");
    let aside = finish(page.market.stage.table.get(&Key::new(format!("ORDER#{id}#{number}"), "ASIDE"))).unwrap();
    assert!(aside.is_some(), "the order stood aside");
}

fn put_aside(world: &World, id: &ConnectionId, subject: &Subject) {
    finish(world.park(Some(id), subject.clone(), "it is not understood", "words")).unwrap();
}

/// The order holds an article down, as one does that waits for a person.
fn hold_down(market: &Market, id: &ConnectionId, number: &OrderNumber) {
    let kind = AsideKind::NeedsPerson { products: Products::These([sku("A")].into()) };
    let now = market.stage.clock.now();
    assert!(finish(AsideRow::put(&market.stage.world(), id, number, now, kind, "it cannot be read")).unwrap());
}
