//! Files of movements and of shipments: every row is judged by itself.

use crate::Api;
use crate::tests::{SKU, an_order, ask, busy, call, get, with_store};
use lambda_kit::{HttpAnswer, HttpHandler};
use serde_json::{Value, json};
use simulation::market::Market;
use testkit::faults::Fault;
use testkit::run::finish;

const MOVEMENTS: &str = "/api/v1/stock/imports?by=Ada";
const SHIPMENTS: &str = "/api/v1/shipments/imports?by=Ada";

fn send(market: &Market, target: &str, text: &str) -> Value {
    let (status, answer) = ask(market, "POST", target, text);
    assert_eq!(status, 200, "{answer}");
    answer
}

/// Row and outcome of each.
fn outcomes(answer: &Value) -> Vec<(u64, String)> {
    let rows = answer["rows"].as_array().unwrap();
    rows.iter().map(|row| (row["row"].as_u64().unwrap(), row["outcome"].as_str().unwrap().to_owned())).collect()
}

fn told(rows: &[(u64, &str)]) -> Vec<(u64, String)> {
    rows.iter().map(|(row, outcome)| (*row, (*outcome).to_owned())).collect()
}

fn level(market: &Market, sku: &str, location: &str) -> (i64, i64) {
    let stock = get(market, &format!("/api/v1/products/{}", sku.replace(' ', "%20").replace('/', "%2F")));
    let place = stock["locations"].as_array().unwrap().iter().find(|l| l["location"] == location).unwrap().clone();
    (place["available"].as_i64().unwrap(), place["on_hand"].as_i64().unwrap())
}

#[test]
fn every_row_of_movements_is_judged_by_itself() {
    let market = busy();
    with_store(&market);
    let before = level(&market, "PLAIN", "main");
    let text = format!(
        "sku;location;add;count;reason\nPLAIN;main;3;;receipt 7\nPLAIN;main;-1;;broken\nPLAIN;main;-99;;broken\n\
         NONE;main;1;;x\nPLAIN;mian;1;;x\nPLAIN;main;1;1;x\nPLAIN;main;;;x\nPLAIN;main;1;;\nPLAIN;main;1,5;;x\nPLAIN;main\n;;;;\n{SKU};store;4;;x\n"
    );
    let answer = send(&market, MOVEMENTS, &text);
    let refused = (4..=11).map(|row| (row, "rejected"));
    let wanted: Vec<_> = [(2, "done"), (3, "done")].into_iter().chain(refused).chain([(13, "done")]).collect();
    assert_eq!(outcomes(&answer), told(&wanted), "{answer}");
    assert_eq!((&answer["done"], &answer["not_done"]), (&json!(3), &json!(8)));
    assert_eq!(level(&market, "PLAIN", "main").0, before.0 + 2);
    let reason =
        |row: u64| answer["rows"].as_array().unwrap().iter().find(|r| r["row"] == row).unwrap()["reason"].as_str().unwrap();
    assert!(reason(6).contains("expected one of main, store"), "{}", reason(6));
    assert!(reason(11).contains("2 fields; the first line names 5"), "{}", reason(11));
    let movements = get(&market, "/api/v1/products/PLAIN/movements");
    let causes: Vec<_> = movements["movements"].as_array().unwrap().iter().map(|m| m["cause"].clone()).collect();
    assert!(causes.contains(&json!({ "type": "correction", "reason": "receipt 7", "by": "Ada" })), "{movements}");
}

#[test]
fn what_is_counted_lies_on_the_shelf_whatever_is_promised_of_it() {
    let market = busy();
    let (available, on_hand) = level(&market, SKU, "main");
    let promised = on_hand - available;
    assert!(promised > 0);
    let counted = on_hand + 5;
    let text = format!("sku,location,count,reason\n{SKU},main,{counted},year's end\n");
    let answer = send(&market, MOVEMENTS, &text);
    assert_eq!((&answer["rows"][0]["on_hand"], level(&market, SKU, "main")), (&json!(counted), (counted - promised, counted)));
    let movements =
        |market: &Market| get(market, "/api/v1/products/MUG%2012%2FBLUE/movements")["movements"].as_array().unwrap().len();
    let before = movements(&market);
    assert_eq!(outcomes(&send(&market, MOVEMENTS, &text)), told(&[(2, "done")]));
    assert_eq!(movements(&market), before, "counted again, nothing moves");
    let answer = send(&market, MOVEMENTS, &format!("sku,location,count,reason\n{SKU},main,0,lost\n"));
    assert_eq!(answer["rows"][0]["outcome"], "rejected");
    assert!(answer["rows"][0]["reason"].as_str().unwrap().contains("promised to orders"), "{answer}");
}

#[test]
fn a_file_that_is_none_is_refused_as_a_whole() {
    let market = busy();
    let long = format!("sku,location,add,reason\n{}", "PLAIN,main,1,x\n".repeat(501));
    for (text, status, field) in [
        ("", 400, Some("columns")),
        ("sku,location,reason,add\n", 400, None),
        ("sku,location,add\nPLAIN,main,1\n", 400, Some("columns")),
        ("sku,location,reason,add,colour\nPLAIN,main,x,1,red\n", 400, Some("columns")),
        ("sku,sku,location,reason\nPLAIN,PLAIN,main,x\n", 400, Some("columns")),
        (long.as_str(), 413, None),
    ] {
        let (found, problem) = ask(&market, "POST", MOVEMENTS, text);
        assert_eq!((found, problem["field"].as_str()), (status, field), "{text:.80}: {problem}");
    }
    let text = "sku,location,add,reason\nPLAIN,main,1,x\n";
    assert_eq!(ask(&market, "POST", "/api/v1/stock/imports", text).1["field"], "by");
    assert_eq!(ask(&market, "POST", MOVEMENTS, "{}").0, 415);
}

#[test]
fn a_file_of_shipments_twice_does_nothing_more() {
    let mut market = Market::open(&[(SKU, 9), ("PLAIN", 2)], 9);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, SKU, 3));
    market.stage.clock.pass(jiff::SignedDuration::from_mins(5));
    market.poll();
    market.settle();
    let order = an_order(&market);
    let (number, line) = (order.number.to_string(), order.lines[0].id.to_string());
    let text = format!(
        "connection,order,location,carrier,tracking,line,units\n{id},{number},main,postnl,3STEST1,{line},1\n{id},{number},main,postnl,3STEST2,{line},1\n\
         {id},{number},main,postnl,,{line},1\n{id},none,main,,3STEST4,,\nnobody,1,main,,,,\n{id},{number},,,3STEST5,,\n"
    );
    let first = send(&market, SHIPMENTS, &text);
    let rest = [(5, "rejected"), (6, "rejected"), (7, "rejected")];
    assert_eq!(outcomes(&first), told(&[[(2, "done"), (3, "done"), (4, "done")], rest].concat()), "{first}");
    assert_eq!((&first["done"], &first["not_done"]), (&json!(3), &json!(3)));
    let after = an_order(&market);
    assert_eq!((after.shipments.len(), after.lines[0].to_ship.units()), (3, 0));
    let second = send(&market, SHIPMENTS, &text);
    assert_eq!(
        outcomes(&second),
        told(&[[(2, "already_done"), (3, "already_done"), (4, "already_done")], rest].concat()),
        "{second}"
    );
    assert_eq!(an_order(&market), after, "nothing more");
    let other = format!("connection,order,location,tracking,line,units\n{id},{number},main,3STEST1,{line},2\n");
    let answer = send(&market, SHIPMENTS, &other);
    assert_eq!(answer["rows"][0]["outcome"], "rejected", "the same tracking with other contents is a question: {answer}");
}

#[test]
fn rows_of_one_shipment_belong_together_and_must_agree() {
    let mut market = Market::open(&[(SKU, 9), ("PLAIN", 2)], 9);
    with_store(&market);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, SKU, 2));
    market.stage.clock.pass(jiff::SignedDuration::from_mins(5));
    market.poll();
    market.settle();
    let order = an_order(&market);
    let (number, line) = (order.number.to_string(), order.lines[0].id.to_string());
    let head = "connection,order,location,carrier,shipment,line,units";
    for (rows, what) in [
        (format!("{id},{number},main,postnl,p-1,{line},1\n{id},{number},store,postnl,p-1,{line},1\n"), "must agree"),
        (format!("{id},{number},main,postnl,p-1,{line},1\n{id},{number},main,postnl,p-1,,\n"), "needs `line` and `units`"),
        (format!("{id},{number},main,postnl,p-1,{line},1\n{id},{number},main,postnl,p-1,{line},1\n"), "named twice"),
        (format!("{id},{number},main,postnl,p 1,{line},1\n"), "id: got"),
        (format!("{id},{number},main,postnl,p-1,{line},\n"), "both `line` and `units`"),
    ] {
        let answer = send(&market, SHIPMENTS, &format!("{head}\n{rows}"));
        let all = answer["rows"].as_array().unwrap();
        assert!(
            all.iter().all(|r| r["outcome"] == "rejected" && r["reason"].as_str().unwrap().contains(what)),
            "{what}: {answer}"
        );
    }
    assert!(an_order(&market).shipments.is_empty());
    let answer = send(&market, SHIPMENTS, &format!("{head}\n{id},{number},main,postnl,p-1,,\n"));
    assert_eq!((&answer["rows"][0]["outcome"], &answer["rows"][0]["shipment"]), (&json!("done"), &json!("p-1")));
    assert_eq!(an_order(&market).lines[0].to_ship.units(), 0, "all that was open");
}

#[test]
fn a_receipt_with_an_id_counts_once() {
    let market = busy();
    let before = level(&market, "PLAIN", "main").0;
    let file = |change: i64, id: &str| format!("sku,location,add,reason,id\nPLAIN,main,{change},receipt,{id}\n");
    assert_eq!(outcomes(&send(&market, MOVEMENTS, &file(3, "rec-7"))), told(&[(2, "done")]));
    let again = send(&market, MOVEMENTS, &file(3, "rec-7"));
    assert_eq!((outcomes(&again), &again["already_done"]), (told(&[(2, "already_done")]), &json!(1)));
    assert_eq!(level(&market, "PLAIN", "main").0, before + 3);
    for (change, id, what) in [(4, "rec-7", "something else was entered"), (4, "rec 7", "id: got")] {
        let answer = send(&market, MOVEMENTS, &file(change, id));
        assert!(answer["rows"][0]["reason"].as_str().unwrap().contains(what), "{answer}");
    }
    // The answer is lost wherever it can be lost: asked again under its mark, it is done once.
    for at in 0..40 {
        let before = level(&market, "PLAIN", "main").0;
        market.stage.faults.plan([(at, Fault::LostAnswer)]);
        let text = file(1, &format!("lost-{at}"));
        let _ = ask(&market, "POST", MOVEMENTS, &text);
        market.stage.faults.plan([]);
        send(&market, MOVEMENTS, &text);
        assert_eq!(level(&market, "PLAIN", "main").0, before + 1, "lost at call {at}");
    }
}

const MATCHES: &str = "/api/v1/listings/imports";

fn text_of(market: &Market, target: &str) -> (u16, String, HttpAnswer) {
    let answer = finish(Api::new(market.stage.world()).handle(call("GET", target, "")));
    (answer.status, String::from_utf8(answer.body.to_vec()).unwrap(), answer)
}

#[test]
fn the_file_of_listings_names_each_with_its_product_and_how_that_is_known() {
    let market = busy();
    let id = market.connections[0].clone();
    let (status, text, answer) = text_of(&market, &format!("/api/v1/connections/{id}/listings.csv"));
    assert_eq!(status, 200, "{text}");
    let header = |name: &str| answer.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    assert_eq!(header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(header("sluis-next"), None);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "connection,offer,ean,channel_sku,title,sku,status");
    let plain = lines.iter().find(|line| line.contains(",PLAIN,matched")).unwrap();
    assert!(plain.starts_with(&format!("{id},")) && plain.ends_with("matched by its codes"), "{plain}");
    let (_, unclear, _) = text_of(&market, &format!("/api/v1/connections/{id}/listings.csv?unmatched=true"));
    assert_eq!(unclear.lines().count(), 1, "all are matched: {unclear}");
    assert_eq!(text_of(&market, "/api/v1/connections/nobody/listings.csv").0, 404);
    // Sent back as it is, it changes nothing.
    let rows = u64::try_from(lines.len()).unwrap();
    let answer = send(&market, MATCHES, &text);
    assert_eq!(outcomes(&answer), (2..=rows).map(|row| (row, "already_done".to_owned())).collect::<Vec<_>>(), "{answer}");
    assert_eq!(text_of(&market, &format!("/api/v1/connections/{id}/listings.csv")).1, text);
}

#[test]
fn every_row_of_matches_is_judged_by_itself_and_twice_does_nothing_more() {
    let market = busy();
    let id = market.connections[0].clone();
    let offer = |sku: &str| market.listing(&id, sku).listing.offer.to_string();
    let (mug, plain) = (offer(SKU), offer("PLAIN"));
    let text = format!(
        "connection;offer;sku\n{id};{plain};{SKU}\n{id};{mug};NONE\n{id};nothing;{SKU}\nnobody;{mug};{SKU}\n;{mug};{SKU}\n{id};{mug};a\u{7}b\n{id};{mug}\n{id};{mug};\n"
    );
    let answer = send(&market, MATCHES, &text);
    let refused = (3..=8).map(|row| (row, "rejected"));
    let wanted: Vec<_> = [(2, "done")].into_iter().chain(refused).chain([(9, "already_done")]).collect();
    assert_eq!(outcomes(&answer), told(&wanted), "{answer}");
    let reason = |row: usize| answer["rows"][row - 2]["reason"].as_str().unwrap().to_owned();
    for (row, words) in [
        (3, "sku: there is no product NONE"),
        (4, "offer: connection"),
        (5, "offer: connection nobody"),
        (6, "connection: is empty"),
        (7, "SKU: got"),
        (8, "2 fields; the first line names 3"),
    ] {
        assert!(reason(row).contains(words), "{row}: {}", reason(row));
    }
    let report = |unclear: &str| text_of(&market, &format!("/api/v1/connections/{id}/listings.csv{unclear}")).1;
    assert!(report("").lines().any(|line| line.contains(&plain) && line.ends_with("matched by hand")), "{}", report(""));
    assert_eq!(outcomes(&send(&market, MATCHES, &text))[0], (2, "already_done".to_owned()));
    let forget = send(&market, MATCHES, &format!("connection,offer,sku\n{id},{plain},\n"));
    assert_eq!(outcomes(&forget), told(&[(2, "done")]), "what was said by hand is forgotten: {forget}");
    assert!(!report("").contains("by hand"));
}
