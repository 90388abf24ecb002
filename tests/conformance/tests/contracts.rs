//! What the connectors send, and what their simulators answer, against the channels' official contracts.
//!
//! The contracts are not part of this repository: set `SLUIS_SPECS` to a folder that holds `channels/{name}` to run these.

#![expect(clippy::unwrap_used, reason = "a contract or a request that cannot be read fails its test")]

use conformance::bench::{Subject, every_channel, units};
use conformance::contract::{Contract, GraphQl, OpenApi, Report, WordPress};
use conformance::suite;
use conformance::wire::Exchange;
use connectors::simulated_channel::SimulatedChannel as _;
use ports::Request;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[path = "contracts/books.rs"]
mod books;
#[path = "contracts/entities.rs"]
mod entities;
#[path = "contracts/handled.rs"]
mod handled;
#[path = "contracts/mistakes.rs"]
mod mistakes;
#[path = "contracts/swagger.rs"]
mod swagger;
#[path = "contracts/told.rs"]
mod told;
#[path = "contracts/updates.rs"]
mod updates;

#[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
fn specs() -> Option<PathBuf> {
    let folder = std::env::var("SLUIS_SPECS").ok();
    if folder.is_none() {
        println!("skipped: SLUIS_SPECS is not set");
    }
    folder.map(PathBuf::from)
}

fn text(file: &str) -> Option<String> {
    let path = specs()?.join("channels").join(file);
    Some(std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

fn document(file: &str) -> Option<Value> {
    Some(serde_json::from_str(&text(file)?).unwrap())
}

/// Behind the last page bol answers `{}`, where its document requires the list.
fn bol_exception(kind: &str, answer: &Value) -> bool {
    let lists = [
        "GET /retailer/orders",
        "GET /retailer/shipments",
        "GET /retailer/shipments/invoices/requests",
        "GET /retailer/returns",
        "GET /shared/process-status",
    ];
    lists.contains(&kind) && *answer == json!({})
}

/// WooCommerce prints schemas that say less than it answers: what is not set is null (`wc_rest_prepare_date_response`), and its
/// controller of variations adds `date_modified_gmt`. `name` and `parent_id` are in newer versions; the connector needs neither.
fn woocommerce_exception(word: &str, field: &str, value: &Value) -> bool {
    match word {
        "orders" => value.is_null() && matches!(field, "date_completed" | "date_completed_gmt" | "date_paid" | "date_paid_gmt"),
        "products" => value.is_null() && field == "stock_quantity",
        "variations" => matches!(field, "name" | "parent_id" | "date_modified_gmt"),
        _ => false,
    }
}

/// Mirakl tells where an order goes once it was accepted and paid, as merchants see it; its document says that it always does.
fn mirakl_exception(kind: &str, answer: &Value) -> bool {
    let mut orders = answer["orders"].as_array().into_iter().flatten();
    kind == "GET /api/orders" && orders.any(|order| order["customer"]["shipping_address"].is_null())
}

/// How lists are paged and sorted stands in a section of its own there, for all operations.
fn mirakl() -> Option<OpenApi> {
    let mut whole = document("mirakl/mirakl-mmp-seller-openapi.json")?;
    for path in ["/api/orders", "/api/offers"] {
        let parameters = whole["paths"][path]["get"]["parameters"].as_array_mut().unwrap();
        for (name, kind) in [("max", "integer"), ("offset", "integer"), ("sort", "string"), ("order", "string")] {
            assert!(parameters.iter().all(|one| one["name"] != name), "it stands there by now");
            parameters.push(json!({ "in": "query", "name": name, "schema": { "type": kind } }));
        }
    }
    Some(OpenApi::new(vec![whole], mirakl_exception))
}

fn bol() -> Option<OpenApi> {
    let documents = ["bol/retailer.json", "bol/shared.json", "bol/offers.json"];
    Some(OpenApi::new(documents.into_iter().map(document).collect::<Option<_>>()?, bol_exception))
}

fn amazon() -> Option<OpenApi> {
    let files = ["orders_2026-01-01", "ordersV0", "listingsItems_2021-08-01", "notifications", "sellers"];
    let documents = files.map(|file| document(&format!("amazon/{file}.json")).map(|old| swagger::modern(&old)));
    Some(OpenApi::new(documents.into_iter().collect::<Option<_>>()?, |_, _| false))
}

/// Cut from the whole document are the calls that any connector needs, with what hangs on their rows.
fn shopware() -> Option<OpenApi> {
    let (cut, whole) = (document("shopware/adminapi.connector-subset.json")?, document("shopware/adminapi.json")?);
    let told = entities::as_told(cut, &whole, &["/search/currency", "/_info/version"], "/api");
    Some(OpenApi::new(vec![told], |_, _| false))
}

fn shopify() -> Option<GraphQl> {
    Some(GraphQl::new(&text("shopify/admin_2026-10.graphql")?, "/admin/api/2026-10/graphql.json"))
}

fn woocommerce() -> Option<WordPress> {
    let files = [
        ("orders", "orders"),
        ("products", "products"),
        ("variations", "products_ID_variations"),
        ("webhooks", "webhooks"),
        ("refunds", "orders_ID_refunds"),
        ("notes", "orders_ID_notes"),
    ];
    let mut resources = BTreeMap::new();
    for (word, file) in files {
        resources.insert(word.to_owned(), document(&format!("woocommerce/schema/{file}.options.json"))?["schema"].clone());
    }
    let apart = &["consumer_key", "consumer_secret"];
    let mut index = document("woocommerce/wc-v3-index.json")?;
    let endpoints = &mut index["routes"][r"/wc/v3/orders/(?P<order_id>[\d]+)/refunds"]["endpoints"];
    let post = endpoints.as_array_mut().unwrap().iter_mut().find(|e| e["methods"] == json!(["POST"])).unwrap();
    assert!(post["args"]["line_items"].is_null(), "the shop prints it by now");
    post["args"]["line_items"] = woocommerce_refund_lines();
    Some(WordPress::new(index, "/wp-json", apart, resources, woocommerce_exception))
}

/// What a refund record is made of. The schema of the answer calls it read-only, so the index leaves it out of the arguments; it is taken
/// all the same (`RestApiUtil::adjust_create_refund_request_parameters`).
fn woocommerce_refund_lines() -> Value {
    let tax = json!({ "type": "object", "properties": {
        "id": { "type": "integer", "required": true }, "refund_total": { "type": "number", "required": true } } });
    json!({ "type": "array", "items": { "type": "object", "properties": {
        "id": { "type": "integer", "required": true }, "quantity": { "type": "integer", "required": true },
        "refund_total": { "type": "number", "required": true }, "refund_tax": { "type": "array", "items": tax } } } })
}

/// Everything the suite makes a channel send.
fn exchanges(channel: &str) -> Vec<Exchange> {
    let channel = every_channel().into_iter().find(|c| c.descriptor().id == channel).unwrap();
    let subject = Subject::new(channel);
    for (_, behaviour) in suite::ALL {
        behaviour(&subject);
    }
    subject.log.all()
}

fn check(channel: &str, contract: &dyn Contract, handled: Vec<Exchange>, token: impl Fn(&Request) -> bool) -> Report {
    let all = [exchanges(channel), handled].concat();
    let report = Report::of(contract, &all, token);
    println!("{}", report.line(channel));
    for (kind, count) in &report.kinds {
        println!("  {count:6} {kind}");
    }
    assert!(report.bad_requests.is_empty(), "{channel} sends what its contract does not allow: {:#?}", report.bad_requests);
    assert!(report.bad_answers.is_empty(), "the simulator of {channel} answers otherwise: {:#?}", report.bad_answers);
    assert!(report.kinds.len() >= 5 && !report.answers.is_empty());
    report
}

#[test]
fn contract_of_bol() {
    let Some(contract) = bol() else { return };
    let handled = handled::exchanges("bol", connectors::bol::sim::Simulator::new, |side, now, order| {
        assert!(side.ship(now, order));
    });
    let report = check("bol", &contract, handled, |r| r.uri().path() == "/token");
    let told = [
        "POST /retailer/shipments",
        "PUT /retailer/orders/cancellation",
        "PUT /retailer/returns/{rma-id}",
        "POST /retailer/returns",
        "PATCH /retailer/offers/{offer-id}",
        "POST /retailer/shipments/invoices/{shipment-id}",
        "GET /retailer/shipments/invoices/requests",
    ];
    let looked_up = ["GET /retailer/shipments", "GET /retailer/returns", "GET /retailer/returns/{return-id}"];
    let followed = ["GET /shared/process-status", "GET /shared/process-status/{process-status-id}"];
    for kind in [&told[..], &looked_up, &followed].concat() {
        assert!(report.kinds.contains_key(kind), "no {kind} was checked");
    }
}

#[test]
fn contract_of_shopify() {
    let Some(contract) = shopify() else { return };
    let handled = handled::exchanges("shopify", connectors::shopify::sim::Simulator::new, |side, now, order| {
        assert!(side.ship(now, order, 0, units(2)));
        assert!(side.refund(now, order, 0, units(1), connectors::shopify::sim::Restock::Cancel));
    });
    let told = told::exchanges("shopify", connectors::shopify::sim::Simulator::new);
    let report = check("shopify", &contract, [handled, told].concat(), |r| r.uri().path() == "/admin/oauth/access_token");
    assert_eq!(report.kinds.len(), 30, "every document was sent: {:?}", report.kinds.keys());
}

#[test]
fn contract_of_mirakl() {
    let Some(contract) = mirakl() else { return };
    let handled = handled::exchanges("mirakl", connectors::mirakl::sim::Simulator::new, |side, now, order| {
        assert!(side.cancel(now, order));
    });
    let report = check("mirakl", &contract, handled, |_| false);
    let told = [
        "PUT /api/orders/{order_id}/accept",
        "PUT /api/orders/{order_id}/tracking",
        "PUT /api/orders/{order_id}/ship",
        "PUT /api/orders/cancel",
        "POST /api/offers/stock/imports",
        "POST /api/offers/pricing/imports",
    ];
    let read = [
        "GET /api/account",
        "GET /api/orders",
        "GET /api/offers",
        "GET /api/offers/{offer}",
        "GET /api/offers/stock/imports/{import_id}/status",
        "GET /api/offers/stock/imports/{import_id}/error_report",
        "GET /api/offers/pricing/imports",
        "GET /api/shipping/carriers",
        "GET /api/reasons",
    ];
    for kind in [&told[..], &read].concat() {
        assert!(report.kinds.contains_key(kind), "no {kind} was checked");
    }
}

#[test]
fn contract_of_amazon() {
    let Some(contract) = amazon() else { return };
    let handled = handled::exchanges("amazon", connectors::amazon::sim::Simulator::new, |side, now, order| {
        assert!(side.ship_there(now, order, &conformance::bench::sku(0), units(2)));
    });
    let report = check("amazon", &contract, handled, |r| r.uri().path() == "/auth/o2/token");
    let told = [
        "POST /orders/v0/orders/{orderId}/shipmentConfirmation",
        "PATCH /listings/2021-08-01/items/{sellerId}/{sku}",
        "POST /notifications/v1/destinations",
        "POST /notifications/v1/subscriptions/{notificationType}",
    ];
    let read = [
        "GET /orders/2026-01-01/orders",
        "GET /orders/2026-01-01/orders/{orderId}",
        "GET /listings/2021-08-01/items/{sellerId}",
        "GET /listings/2021-08-01/items/{sellerId}/{sku}",
        "GET /notifications/v1/destinations",
        "GET /notifications/v1/subscriptions/{notificationType}",
        "GET /sellers/v1/marketplaceParticipations",
    ];
    for kind in [&told[..], &read].concat() {
        assert!(report.kinds.contains_key(kind), "no {kind} was checked");
    }
}

#[test]
fn contract_of_shopware() {
    let Some(contract) = shopware() else { return };
    let handled = handled::exchanges("shopware", connectors::shopware::sim::Simulator::new, |side, now, order| {
        assert!(side.ship_there(now, order, &conformance::bench::sku(0), units(3)));
    });
    let report = check("shopware", &contract, handled, |r| r.uri().path() == "/api/oauth/token");
    let told = [
        "POST /api/_action/sync",
        "PATCH /api/product/{id}",
        "PATCH /api/order-delivery/{id}",
        "POST /api/_action/order/{orderId}/state/{transition}",
        "POST /api/_action/order_delivery/{orderDeliveryId}/state/{transition}",
    ];
    let read = ["POST /api/search/order", "POST /api/search/product", "POST /api/search/currency", "GET /api/_info/version"];
    for kind in [&told[..], &read].concat() {
        assert!(report.kinds.contains_key(kind), "no {kind} was checked");
    }
}

#[test]
fn contract_of_woocommerce() {
    let Some(contract) = woocommerce() else { return };
    let handled = handled::exchanges("woocommerce", connectors::woocommerce::sim::Simulator::new, |side, now, order| {
        assert!(side.refund(now, order, units(1)));
        assert!(side.complete(now, order));
    });
    check("woocommerce", &contract, [handled, updates::exchanges("woocommerce")].concat(), |_| false);
}
