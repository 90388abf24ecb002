//! A person asks for everything that the API has, in a market where much happened. No credentials are to be had, as on AWS: all of it
//! must be done without them.

use super::invoices;
use crate::seen::Seen;
use api::Api;
use bytes::Bytes;
use contracts::{Cause, InboundOrder};
use domain::{ChannelSync, ConnectionId, LocationId, OrderNumber};
use engine::rows::{
    ExcludedOrderRow, ExclusionReason, InvoiceDeliveryRow, InvoiceDestination, InvoiceDueRow, InvoiceWhen, ParkedRow, Products,
    Subject, TypedRow as _,
};
use engine::{Arrival, Cache, Ports, accept_orders, issue_invoices, put_connection, put_invoice_settings};
use jiff::SignedDuration;
use lambda_kit::Asker;
use lambda_kit::{HttpCall, HttpHandler};
use ports::{Clock, Condition, Key, QueueName, Table, Write};
use serde_json::{Value, json};
use simulation::market::Market;
use simulation::shop::sku;
use std::collections::BTreeSet;
use std::sync::Arc;
use testkit::run::finish;

/// A market and the person in it.
struct Page<'a> {
    market: &'a Market,
    api: Api,
    asked: BTreeSet<String>,
}

impl Page<'_> {
    /// Asks for what `route` names, filled in as in `target`, with its key behind `#`. It must be done.
    fn ask(&mut self, route: &str, target: &str, body: &str) -> Value {
        let (method, _) = route.split_once(' ').unwrap();
        let (target, key) = target.split_once('#').map_or((target, None), |(target, key)| (target, Some(key)));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let kind = if body.starts_with('{') { "application/json" } else { "text/csv" };
        let call = HttpCall {
            method: method.parse().unwrap(),
            path: path.into(),
            query: query.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            headers: [("content-type".to_owned(), kind.to_owned())]
                .into_iter()
                .chain(key.map(|key| ("idempotency-key".to_owned(), key.to_owned())))
                .collect(),
            body: Bytes::from(body.to_owned()),
            asker: Asker::Owner,
            from: None,
            received_at: self.market.stage.clock.now(),
        };
        let answer = finish(self.api.handle(call));
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(matches!(answer.status, 200 | 202), "{route} {target} {body}: {} {told}", answer.status);
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
        let invoices = Some(invoices::terms(InvoiceWhen::Ordered));
        finish(put_connection(&market.stage.world(), &engine::rows::ConnectionRow { locations, invoices, ..row })).unwrap();
        assert!(market.buy(&id, "A", 2));
    }
    market.stage.clock.pass(SignedDuration::from_mins(5));
    market.poll();
    market.settle();
    let first_of = |id: &ConnectionId| (id.clone(), market.on(id, |side, _| side.orders().remove(0)));
    // Somebody asked who bought it: whoever takes orders in reads that, for it has the keys.
    let asked: Vec<_> =
        market.connections.iter().map(first_of).map(|(connection, number)| who_bought(connection, number)).collect();
    finish(accept_orders(&seen.watch("order-intake", market.stage.world()), &Cache::default(), asked));
    finish(put_invoice_settings(&market.stage.world(), &invoices::settings(&market, Some("NL812345678B01")))).unwrap();
    finish(issue_invoices(&market.stage.world(), &Cache::default(), jiff::Timestamp::MAX)).unwrap();
    let (world, hour) = (market.stage.world(), SignedDuration::from_hours(1));
    let until = world.clock.now().checked_add(hour).unwrap();
    finish(engine::catch_up(&world, until)).unwrap();
    finish(engine::go_on_rebuilding(&world, until)).unwrap();
    finish(engine::index_catalogue(&world, until)).unwrap();
    let api = Api::new(seen.watch("api", market.stage.world()));
    let mut page = Page { market: &market, api, asked: BTreeSet::new() };
    reads(&mut page);
    invoiced(&mut page);
    stock(&mut page);
    orders(&mut page);
    connections(&mut page);
    parked(&mut page);
    let mut asked = page.asked;
    asked.extend(BY_THE_SAME_USE_CASE.iter().chain(&OF_ONE_MACHINE).map(|route| (*route).to_owned()));
    assert_eq!(asked, routes(), "every route of the API, once at least");
    let sent = |queue| !market.stage.queue.take(queue).is_empty();
    assert!(QueueName::ALL.into_iter().all(sent), "word on every queue");
}

fn who_bought(connection: ConnectionId, number: OrderNumber) -> Arrival {
    let read_at = "2026-11-21T12:00:00Z".parse().unwrap();
    Arrival { message: InboundOrder { connection, number, snapshot: None, cause: Cause::Buyer, read_at }, receives: 1 }
}

/// The routes as the API's document has them. Pages read and do with these.
fn routes() -> BTreeSet<String> {
    let document = std::fs::read_to_string(crate::root().join("functions/api/openapi.json")).unwrap();
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
        "/api/v1/openapi.json",
        "/api/v1/orders",
        "/api/v1/locations",
        "/api/v1/drift",
        "/api/v1/index",
        "/api/v1/parked",
        "/api/v1/attention",
        "/api/v1/health",
    ] {
        page.get(route, route);
    }
    for filter in ["stage=all", "stage=to_ship", "q=a", "q=abc"] {
        page.get("/api/v1/orders", &format!("/api/v1/orders?{filter}"));
    }
    page.get("/api/v1/products", "/api/v1/products?q=a&limit=200");
    page.ask("POST /api/v1/index/rebuild", "/api/v1/index/rebuild", "");
    page.get("/api/v1/products/{sku}", "/api/v1/products/A");
    page.get("/api/v1/products/{sku}/movements", "/api/v1/products/A/movements");
    page.get("/api/v1/products/{sku}/explanation", &format!("/api/v1/products/A/explanation?connection={id}"));
    page.get("/api/v1/products/{sku}/rules", "/api/v1/products/A/rules");
    page.get("/api/v1/products/{sku}/rules/{connection}", &format!("/api/v1/products/A/rules/{id}"));
    for below in ["listings", "listings.csv", "publication-preview", "prices", "check"] {
        let (route, target) =
            (format!("/api/v1/connections/{{connection}}/{below}"), format!("/api/v1/connections/{id}/{below}"));
        page.get(&route, &target);
    }
    page.ask("POST /api/v1/connections/{connection}/check", &format!("/api/v1/connections/{id}/check"), "");
    page.ask("POST /api/v1/what-if", "/api/v1/what-if", r#"{"days":1}"#);
}

/// What was issued, and an order that waits.
fn invoiced(page: &mut Page<'_>) {
    for route in ["/api/v1/invoices", "/api/v1/invoices/waiting", "/api/v1/invoices/settings"] {
        page.get(route, route);
    }
    page.get("/api/v1/invoices/{invoice}", "/api/v1/invoices/F2026-00001");
    page.get("/api/v1/accounting", "/api/v1/accounting");
    page.ask("POST /api/v1/accounting/check", "/api/v1/accounting/check", "");
    page.get("/api/v1/invoices/{invoice}/document.pdf", "/api/v1/invoices/F2026-00001/document.pdf");
    let (connection, now) = (page.market.connections[0].clone(), page.market.stage.clock.now());
    let document = finish(engine::find_document(&page.market.stage.world(), "F2026-00001")).unwrap();
    let rejected = ChannelSync::Rejected { reason: "as the story goes".to_owned(), outcome_unknown: false };
    let delivery = InvoiceDeliveryRow {
        series: document.series.clone(),
        sequence: document.sequence,
        destination: InvoiceDestination::Mail,
        document: document.number.clone(),
        connection: connection.clone(),
        order: document.content.order.number.clone(),
        state: rejected,
        version: 1,
        again: 0,
        since: now,
        again_at: now,
        in_vain: 0,
        note: None,
    };
    let write = Write::Put { row: delivery.to_row(), when: Condition::Always };
    finish(page.market.stage.world().write_if(write)).unwrap();
    let retry = "/api/v1/invoices/F2026-00001/deliveries/mail/retry";
    page.ask("POST /api/v1/invoices/{invoice}/deliveries/{destination}/retry", retry, "");
    let number = page.market.on(&connection, |side, _| side.orders().remove(0));
    let path = format!("/api/v1/orders/{connection}/{}/invoices", number.as_str().replace('/', "%2F").replace('#', "%23"));
    let due = InvoiceDueRow { connection, number, version: 1, since: now, again_at: now, problem: None };
    let write = Write::Put { row: due.to_row(), when: Condition::Always };
    finish(page.market.stage.world().write_if(write)).unwrap();
    page.get("/api/v1/orders/{connection}/{order}/invoices", &path);
    page.ask("POST /api/v1/orders/{connection}/{order}/invoices/retry", &format!("{path}/retry"), "");
}

fn stock(page: &mut Page<'_>) {
    let id = page.market.connections[0].clone();
    for (key, body) in [
        ("c-1", r#"{"sku":"A","location":"main","set":5,"reason":"count","by":"Ada"}"#),
        ("c-2", r#"{"sku":"A","location":"store","add":2,"reason":"found","by":"Ada"}"#),
    ] {
        page.ask("POST /api/v1/stock/adjustments", &format!("/api/v1/stock/adjustments#{key}"), body);
    }
    let body = r#"{"sku":"A","from":"main","to":"store","units":1,"reason":"window","by":"Ada"}"#;
    page.ask("POST /api/v1/stock/transfers", "/api/v1/stock/transfers#t-1", body);
    let file = "sku,location,add,reason\nA,main,1,found\nB,main,-1,broken\n";
    page.ask("POST /api/v1/stock/imports", "/api/v1/stock/imports?by=Ada", file);
    let components = r#"{"components":[],"by":"Ada"}"#;
    page.ask("PUT /api/v1/products/{sku}/components", "/api/v1/products/C/components", components);
    for (route, target) in [
        ("/api/v1/products/{sku}/rules", "/api/v1/products/A/rules".to_owned()),
        ("/api/v1/products/{sku}/rules/{connection}", format!("/api/v1/products/A/rules/{id}")),
    ] {
        page.ask(&format!("PUT {route}"), &target, r#"{"rule":{"safety_stock":1},"by":"Ada"}"#);
        page.ask(&format!("DELETE {route}"), &target, "");
    }
}

/// What is decided about an order by one and the same use case: once done, all of them need the same permissions, and a story of each would
/// need a market of its own.
const BY_THE_SAME_USE_CASE: [&str; 7] = [
    // Of documents to businesses; otherwise as the PDF.
    "GET /api/v1/invoices/{invoice}/document.xml",
    "PATCH /api/v1/orders/{connection}/{order}/shipments/{shipment}",
    "POST /api/v1/orders/{connection}/{order}/allocate",
    "POST /api/v1/orders/{connection}/{order}/channel-updates/{update}/retry",
    "POST /api/v1/orders/{connection}/{order}/confirm-deletion",
    "POST /api/v1/orders/{connection}/{order}/restocks",
    "POST /api/v1/orders/{connection}/{order}/unreadable-lines/resolve",
];

/// Users and machine tokens are kept in the user pool on AWS: there, these touch nothing.
const OF_ONE_MACHINE: [&str; 9] = [
    "DELETE /api/v1/machine-tokens/{token}",
    "DELETE /api/v1/users/{user}",
    "GET /api/v1/machine-tokens",
    "GET /api/v1/users",
    "GET /api/v1/users/{user}",
    "POST /api/v1/machine-tokens",
    "POST /api/v1/users",
    "PUT /api/v1/users/{user}/password",
    "PUT /api/v1/users/{user}/role",
];

fn orders(page: &mut Page<'_>) {
    let path = |(connection, number): &(ConnectionId, OrderNumber)| {
        format!("/api/v1/orders/{connection}/{}", number.as_str().replace('/', "%2F").replace('#', "%23"))
    };
    let all: Vec<_> =
        page.market.connections.iter().map(|id| (id.clone(), page.market.on(id, |side, _| side.orders().remove(0)))).collect();
    let order = page.get("/api/v1/orders/{connection}/{order}", &path(&all[0]));
    let line = order["lines"][0]["id"].clone();
    let one = json!([{ "line": line, "units": 1 }]);
    let ship = json!({ "carrier": "postnl", "location": "main", "lines": one, "by": "Ada" });
    let inspect =
        json!({ "line": line, "units": 1, "condition": "sellable", "resolution": "accepted", "restock_at": "main", "by": "Ada" });
    for (below, target, body) in [
        ("shipments", "shipments#p-1", ship.clone()),
        ("shipments", "shipments#p-1", ship),
        ("returns", "returns#r-1", json!({ "lines": one, "by": "Ada" })),
        ("returns/{return}/receive", "returns/r-1/receive", json!({ "by": "Ada" })),
        ("returns/{return}/inspections", "returns/r-1/inspections#i-1", inspect),
    ] {
        let route = format!("POST /api/v1/orders/{{connection}}/{{order}}/{below}");
        page.ask(&route, &format!("{}/{target}", path(&all[0])), &body.to_string());
    }
    let buyer = format!("{}/buyer", path(&all[0]));
    page.ask("POST /api/v1/orders/{connection}/{order}/buyer", &buyer, "");
    page.get("/api/v1/orders/{connection}/{order}/buyer", &buyer);
    page.ask("DELETE /api/v1/orders/{connection}/{order}/buyer", &format!("{buyer}?by=Ada"), "");
    let cancel = json!({ "reason": "out_of_stock", "by": "Ada" }).to_string();
    let route = "POST /api/v1/orders/{connection}/{order}/cancellations";
    page.ask(route, &format!("{}/cancellations#c-1", path(&all[1])), &cancel);
    let file = format!("connection,order,location\n{},{},main\n", all[2].0, all[2].1);
    page.ask("POST /api/v1/shipments/imports", "/api/v1/shipments/imports?by=Ada", &file);
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
    let target = format!("/api/v1/connections/{id}/listings/{}/match", offers[0].replace('/', "%2F"));
    for body in [json!({ "sku": "B" }), json!({ "sku": null }), json!({ "sku": "A" })] {
        page.ask("PUT /api/v1/connections/{connection}/listings/{listing}/match", &target, &body.to_string());
    }
    let file = format!("connection,offer,sku\n{id},{},B\n", offers[1]);
    page.ask("POST /api/v1/listings/imports", "/api/v1/listings/imports", &file);
    for body in [r#"{"type":"selected","skus":["A"]}"#, r#"{"type":"all"}"#] {
        page.ask("PUT /api/v1/connections/{connection}/publishing", &format!("/api/v1/connections/{id}/publishing"), body);
    }
    let price = r#"{"regular":{"amount":"19.95","currency":"EUR"}}"#;
    for body in [price, r#"{"regular":{"amount":"18.95","currency":"EUR"}}"#] {
        let target = format!("/api/v1/connections/{id}/prices/A");
        page.ask("PUT /api/v1/connections/{connection}/prices/{sku}", &target, body);
    }
    page.ask("POST /api/v1/prices/imports", "/api/v1/prices/imports", &format!("connection,sku,price\n{id},B,19.95\n"));
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
        Subject::UnreadableLines { number: number.clone() },
        Subject::Question { number: number.clone(), question: engine::rows::OrderQuestion::Restocked },
        Subject::Invoice { number: number.clone() },
        Subject::InvoiceDelivery {
            number: number.clone(),
            document: "F2026-00001".to_owned(),
            destination: InvoiceDestination::Mail,
        },
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

fn put_aside(world: &Ports, id: &ConnectionId, subject: &Subject) {
    finish(world.park(Some(id), subject.clone(), "it is not understood", "words")).unwrap();
}

/// The order holds a product down, as one does that waits for a person.
fn hold_down(market: &Market, id: &ConnectionId, number: &OrderNumber) {
    let kind = ExclusionReason::NeedsPerson { products: Products::These([sku("A")].into()) };
    let now = market.stage.clock.now();
    assert!(finish(ExcludedOrderRow::put(&market.stage.world(), id, number, now, kind, "it cannot be read")).unwrap());
}
