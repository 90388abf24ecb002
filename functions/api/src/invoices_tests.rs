//! Invoices by the API: listed, shown, had as files; what waits, and why.

use crate::Api;
use crate::tests::{an_order, ask, call, complaints, document, get};
use domain::{ChannelSync, OrderBuyer, Personal};
use engine::rows::{
    BuyerRow, ConnectionInvoices, ConnectionRow, InvoiceDeliveryRow, InvoiceDestination, InvoiceSettingsRow, KeptBuyer,
    TypedRow as _,
};
use engine::{Cache, find_document, issue_invoices, put_connection, put_invoice_settings};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{HttpAnswer, HttpHandler as _};
use ports::{Clock as _, Condition, Write};
use serde_json::{Value, json};
use simulation::market::Market;
use testkit::run::finish;

/// What the merchant says about invoices, with these VAT numbers.
fn settings(numbers: &Value) -> InvoiceSettingsRow {
    let address = json!({ "lines": ["Havenkade 12"], "postcode": "3011 AB", "city": "Rotterdam", "country": "NL" });
    let registration = json!({ "register": "kvk", "number": "12345678" });
    serde_json::from_value(json!({
        "entities": { "kade-bv": {
            "seller": { "name": "Kade Wonen B.V.", "address": address, "registration": registration },
            "vat": { "established_in": "NL", "numbers": numbers, "oss": null, "destination_from": null },
            "invoice_numbers": "F{year}-{n:05}", "credit_note_numbers": "C{year}-{n:05}", "language": "nl",
        } },
        "places": { "main": { "country": "NL", "postcode": "3011 AB", "town": null } },
    }))
    .unwrap()
}

/// A market in which an order was taken in on every connection, which wants its invoice at once.
fn sold(numbers: &Value) -> Market {
    let mut market = Market::open(&[("A", 9)], 9);
    let world = market.stage.world();
    let terms = json!({ "entity": "kade-bv", "since": "2020-01-01T00:00:00Z", "when": "ordered", "sold_on": "marketplace" });
    let terms: ConnectionInvoices = serde_json::from_value(terms).unwrap();
    for id in market.connections.clone() {
        finish(put_connection(&world, &ConnectionRow { invoices: Some(terms.clone()), ..market.row(&id) })).unwrap();
    }
    finish(put_invoice_settings(&world, &settings(numbers))).unwrap();
    market.stage.clock.pass(SignedDuration::from_mins(3));
    market.lookup = Cache::default();
    for id in market.connections.clone() {
        assert!(market.buy(&id, "A", 1));
    }
    market.settle();
    market
}

fn issue(market: &Market) -> engine::IssueReport {
    finish(issue_invoices(&market.stage.world(), &Cache::default(), Timestamp::MAX)).unwrap()
}

fn invoiced() -> Market {
    let market = sold(&json!({ "NL": "NL812345678B01" }));
    assert_eq!(issue(&market).issued, market.connections.len());
    market
}

fn file(market: &Market, target: &str) -> HttpAnswer {
    finish(Api::new(market.stage.world()).handle(call("GET", target, "")))
}

fn header<'a>(answer: &'a HttpAnswer, name: &str) -> &'a str {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// Holds an answer against what the document says of its path.
fn fits(path: &str, method: &str, body: &Value) {
    let document = document();
    let schema = &document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{path}");
    assert_eq!(complaints(&document, schema, body), Vec::<String>::new(), "{path}: {body}");
}

#[test]
fn what_was_issued_is_listed_and_shown_with_its_vat_and_why() {
    let market = invoiced();
    let list = get(&market, "/api/v1/invoices");
    fits("/api/v1/invoices", "get", &list);
    let numbers: Vec<&str> = list["invoices"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect();
    assert_eq!((numbers.len(), numbers[numbers.len() - 1]), (market.connections.len(), "F2026-00001"));
    let first = get(&market, "/api/v1/invoices?limit=1");
    let second = get(&market, &format!("/api/v1/invoices?limit=1&cursor={}", first["next"].as_str().unwrap()));
    assert_eq!([&first["invoices"][0]["number"], &second["invoices"][0]["number"]], [numbers[0], numbers[1]]);
    assert_eq!(get(&market, "/api/v1/invoices?type=credit_note")["invoices"], json!([]));
    let one = get(&market, "/api/v1/invoices/F2026-00001");
    fits("/api/v1/invoices/{invoice}", "get", &one);
    assert_eq!(
        (&one["type"], &one["entity"], &one["seller_vat_number"]),
        (&json!("invoice"), &json!("kade-bv"), &json!("NL812345678B01"))
    );
    assert_eq!(
        (&one["vat"][0]["rule"], &one["vat"][0]["rate"], &one["vat"][0]["country"]),
        (&json!("domestic"), &json!("21"), &json!("NL"))
    );
    assert_eq!((&one["lines"][0]["sku"], &one["lines"][0]["units"]), (&json!("A"), &json!(1)));
    assert_eq!(one["payable"]["amount"], "0.00", "the marketplace has the money");
    let order = an_order(&market);
    let number = order.number.to_string().replace('/', "%2F").replace('#', "%23");
    let of_order = get(&market, &format!("/api/v1/orders/{}/{number}/invoices", order.connection));
    fits("/api/v1/orders/{connection}/{order}/invoices", "get", &of_order);
    assert_eq!((of_order["invoices"].as_array().unwrap().len(), &of_order["waiting"]), (1, &Value::Null));
    let settings = get(&market, "/api/v1/invoices/settings");
    fits("/api/v1/invoices/settings", "get", &settings);
    assert_eq!(settings["entities"][0]["vat_numbers"], json!({ "NL": "NL812345678B01" }));
    assert_eq!(settings["connections"].as_array().unwrap().len(), market.connections.len());
}

#[test]
fn who_bought_stands_on_the_document_alone_and_nothing_on_the_way_keeps_that() {
    let market = invoiced();
    let pdf = file(&market, "/api/v1/invoices/F2026-00001/document.pdf");
    assert_eq!((pdf.status, header(&pdf, "content-type"), header(&pdf, "cache-control")), (200, "application/pdf", "no-store"));
    assert_eq!(header(&pdf, "content-disposition"), "inline; filename=\"F2026-00001.pdf\"");
    assert!(pdf.body.starts_with(b"%PDF-") && header(&pdf, "etag").is_empty());
    assert_eq!(file(&market, "/api/v1/invoices/F2026-00001/document.pdf").body, pdf.body, "the same bytes at any time");
    let (status, problem) = ask(&market, "GET", "/api/v1/invoices/F2026-00001/document.xml", "");
    assert_eq!((status, problem["code"].as_str()), (404, Some("not_found")), "to a consumer: {problem}");
    let all: Vec<String> =
        ["", "/F2026-00001", "/settings"].map(|path| get(&market, &format!("/api/v1/invoices{path}")).to_string()).into();
    let buyer = finish(find_document(&market.stage.world(), "F2026-00001")).unwrap().content.buyer;
    let words = [buyer.name, buyer.address.lines[0].clone(), buyer.address.city];
    assert!(all.iter().all(|text| words.iter().all(|word| !word.is_empty() && !text.contains(word))), "{words:?} {all:?}");
}

#[test]
fn a_document_to_a_business_can_be_had_as_xml() {
    let market = sold(&json!({ "NL": "NL812345678B01" }));
    let order = an_order(&market);
    let address = json!({ "name": "Kim Voorbeeld", "company": "Invented B.V.", "lines": ["Kade 1"], "postcode": "1011 AB", "city": "Amsterdam",
        "country": "NL" });
    let buyer = json!({ "billing": address, "shipping": address, "vat_number": "NL123456789B01" });
    let buyer: OrderBuyer = serde_json::from_value(buyer).unwrap();
    let kept = KeptBuyer { buyer: Personal::new(buyer), read_at: market.stage.clock.now(), until: Timestamp::MAX };
    let row = BuyerRow::Kept(kept).to_row(&order.connection, &order.number);
    finish(market.stage.world().write_if(Write::Put { row, when: Condition::Always })).unwrap();
    issue(&market);
    let number = order.number.to_string().replace('/', "%2F").replace('#', "%23");
    let of_order = get(&market, &format!("/api/v1/orders/{}/{number}/invoices", order.connection));
    let invoice = of_order["invoices"][0]["number"].as_str().unwrap();
    assert_eq!(get(&market, &format!("/api/v1/invoices/{invoice}"))["has_xml"], true);
    let xml = file(&market, &format!("/api/v1/invoices/{invoice}/document.xml"));
    assert_eq!((xml.status, header(&xml, "content-type"), header(&xml, "cache-control")), (200, "application/xml", "no-store"));
    assert!(String::from_utf8_lossy(&xml.body).contains("Invented B.V."));
}

/// As if it had been mailed, and refused.
fn refused_mail(market: &Market, number: &str) {
    let document = finish(find_document(&market.stage.world(), number)).unwrap();
    let row = InvoiceDeliveryRow {
        series: document.series.clone(),
        sequence: document.sequence,
        destination: InvoiceDestination::Mail,
        document: document.number.clone(),
        connection: document.content.order.connection.clone(),
        order: document.content.order.number.clone(),
        state: ChannelSync::Rejected { reason: "no answer came".to_owned(), outcome_unknown: true },
        version: 1,
        again: 0,
        since: market.stage.clock.now(),
        again_at: market.stage.clock.now(),
        in_vain: 0,
        note: None,
    };
    finish(market.stage.world().write_if(Write::Put { row: row.to_row(), when: Condition::Always })).unwrap();
}

#[test]
fn how_far_a_document_came_is_shown_and_it_is_sent_again() {
    let market = invoiced();
    refused_mail(&market, "F2026-00001");
    let one = get(&market, "/api/v1/invoices/F2026-00001");
    fits("/api/v1/invoices/{invoice}", "get", &one);
    let delivery = &one["deliveries"][0];
    assert_eq!((&delivery["destination"], &delivery["can_send_again"]), (&json!("mail"), &json!(true)));
    let state = json!({ "type": "rejected", "reason": "no answer came", "outcome_unknown": true });
    assert_eq!(delivery["state"], state);
    let list = get(&market, "/api/v1/invoices");
    fits("/api/v1/invoices", "get", &list);
    let oldest = list["invoices"].as_array().unwrap().last().unwrap();
    assert_eq!((&oldest["number"], &oldest["deliveries"][0]["state"]), (&json!("F2026-00001"), &state));
    let page = |target: &str| String::from_utf8(file(&market, target).body.to_vec()).unwrap();
    assert!(page("/invoices").contains("href=\"/invoices/F2026-00001\""), "the list leads to it");
    let shown = page("/invoices/F2026-00001");
    assert!(shown.contains("no answer came") && shown.contains("name=\"do\" value=\"send-again\""), "{shown}");
    let retry = "/api/v1/invoices/F2026-00001/deliveries/mail/retry";
    let (status, again) = ask(&market, "POST", retry, "");
    assert_eq!(status, 200, "{again}");
    fits("/api/v1/invoices/{invoice}/deliveries/{destination}/retry", "post", &again);
    assert_eq!(again["deliveries"][0]["state"], json!({ "type": "pending" }));
    for (target, status) in [
        ("/api/v1/invoices/F2026-00001/deliveries/upload/retry", 404),
        ("/api/v1/invoices/F2026-99999/deliveries/mail/retry", 404),
        ("/api/v1/invoices/F2026-00001/deliveries/fax/retry", 400),
    ] {
        assert_eq!(ask(&market, "POST", target, "").0, status, "{target}");
    }
    assert_eq!(ask(&market, "POST", retry, r#"{"by":"Ada"}"#).0, 400, "it takes no body");
}

#[test]
fn what_waits_says_why_and_is_tried_again() {
    let market = sold(&json!({}));
    assert_eq!(issue(&market).refused, market.connections.len());
    let waiting = get(&market, "/api/v1/invoices/waiting");
    fits("/api/v1/invoices/waiting", "get", &waiting);
    assert_eq!(waiting["waiting"][0]["problem"]["code"], "vat_no_number_in_ship_from");
    assert_eq!(waiting["waiting"][0]["problem"]["arguments"], json!({ "country": "NL" }));
    let attention = get(&market, "/api/v1/attention");
    let entry = &attention["parked"][0];
    assert_eq!((&entry["type"], &entry["can_retry"]), (&json!("invoice"), &json!(true)), "{attention}");
    assert!(entry["order"].is_string() && entry["reason"].as_str().unwrap().starts_with("vat_no_number_in_ship_from: "));
    finish(put_invoice_settings(&market.stage.world(), &settings(&json!({ "NL": "NL812345678B01" })))).unwrap();
    assert_eq!(issue(&market).issued, 0, "none is due by itself yet");
    for one in waiting["waiting"].as_array().unwrap() {
        let order = one["order"].as_str().unwrap().replace('/', "%2F").replace('#', "%23");
        let retry = format!("/api/v1/orders/{}/{order}/invoices/retry", one["connection"].as_str().unwrap());
        let (status, answer) = ask(&market, "POST", &retry, "");
        assert_eq!(status, 200, "{answer}");
        fits("/api/v1/orders/{connection}/{order}/invoices/retry", "post", &answer);
        assert_eq!(ask(&market, "POST", &retry, r#"{"by":"Ada"}"#).0, 400, "it takes no body");
    }
    assert_eq!(issue(&market).issued, market.connections.len());
    assert_eq!(get(&market, "/api/v1/invoices/waiting")["waiting"], json!([]));
    assert_eq!(get(&market, "/api/v1/attention")["parked"], json!([]));
}

#[test]
fn what_cannot_be_meant_names_its_field() {
    let market = invoiced();
    let order = an_order(&market);
    let number = order.number.to_string().replace('/', "%2F").replace('#', "%23");
    let cases = [
        ("GET", "/api/v1/invoices/F2026-99999".to_owned(), 404, None),
        ("GET", "/api/v1/invoices/F2026-99999/document.pdf".to_owned(), 404, None),
        ("GET", "/api/v1/invoices?type=bill".to_owned(), 400, Some("type")),
        ("GET", "/api/v1/invoices?limit=0".to_owned(), 400, Some("limit")),
        ("GET", "/api/v1/invoices?cursor=x".to_owned(), 400, Some("cursor")),
        ("GET", "/api/v1/invoices/waiting?cursor=x".to_owned(), 400, Some("cursor")),
        ("GET", format!("/api/v1/orders/{}/none/invoices", order.connection), 404, None),
        ("POST", format!("/api/v1/orders/{}/{number}/invoices/retry", order.connection), 404, None),
    ];
    for (method, target, status, field) in cases {
        let (found, problem) = ask(&market, method, &target, "");
        assert_eq!((found, problem["field"].as_str()), (status, field), "{target}: {problem}");
    }
}
