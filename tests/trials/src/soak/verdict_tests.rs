//! Each check can fail: a small world that is right, and one thing at a time made wrong.

use super::*;
use crate::soak::api::{Parked, Stock};
use crate::soak::books::Change;
use serde_json::json;

fn sku() -> Sku {
    Sku::new("A").unwrap()
}

fn id(number: &str) -> OrderId {
    (domain::ConnectionId::new("shop").unwrap(), domain::OrderNumber::new(number).unwrap())
}

/// Ten at first, a receipt of five, two sold, and three sold and taken back.
fn right_world() -> (Entries, Seen) {
    let mut books = Entries::default();
    books.sales.insert(id("1"), Sale { sku: sku(), units: 2, cancelled: false });
    books.sales.insert(id("2"), Sale { sku: sku(), units: 3, cancelled: true });
    let change = |answered| Change { sku: sku(), add: Some(5), answered };
    books.changes.insert("receipt 1".into(), change(Answered::Done));
    books.changes.insert("receipt 2".into(), change(Answered::Refused));
    books.changes.insert("receipt 3".into(), change(Answered::Unknown));
    let share = |number: &str, units: i64| json!({ "connection": "shop", "number": number, "available": units });
    let movements = json!([
        { "available": 10, "reserved": 0, "cause": { "type": "opening" } },
        { "available": 5, "reserved": 0, "cause": { "type": "correction", "reason": "receipt 1", "by": "me" } },
        { "available": -5, "reserved": 5, "cause": { "type": "orders", "orders": [share("1", -2), share("2", -3)] } },
        { "available": 3, "reserved": -3, "cause": { "type": "orders", "orders": [share("2", 3)] } },
    ]);
    let stock: Stock = serde_json::from_value(json!({
        "product": { "sku": "A" }, "available": 13, "reserved": 2, "locations": [{ "version": 4 }],
        "listings": [{ "connection": "shop", "published_quantity": 13, "publication": { "type": "up_to_date", "target_quantity": 13 } }],
    }))
    .unwrap();
    let order = |ordered: i64, held: i64| {
        let held = if held == 0 { json!([]) } else { json!([{ "location": "main", "allocated": held }]) };
        serde_json::from_value(
            json!({ "lines": [{ "channel_line": { "ordered": ordered }, "sku": "A", "parts": [{ "allocations": held }], "short": 0 }] }),
        )
        .unwrap()
    };
    let seen = Seen {
        products: vec![stock],
        movements: [(sku(), serde_json::from_value(movements).unwrap())].into(),
        orders: [(id("1"), Some(order(2, 2))), (id("2"), Some(order(3, 0)))].into(),
        at_shops: [id("1"), id("2")].into(),
        windows: [((id("1").0, sku()), Some(13))].into(),
        ..Seen::default()
    };
    (books, seen)
}

/// The checks that fail.
fn failing(books: &Entries, seen: &Seen) -> Vec<&'static str> {
    judge(books, seen, 10, 1).into_iter().filter(|c| !c.wrong.is_empty()).map(|c| c.what).collect()
}

fn fails(spoil: impl FnOnce(&mut Entries, &mut Seen), what: &str) {
    let (mut books, mut seen) = right_world();
    spoil(&mut books, &mut seen);
    let failing = failing(&books, &seen);
    assert!(failing.iter().any(|f| f.contains(what)), "{what} is not among {failing:?}");
}

#[test]
fn a_world_that_is_right_passes() {
    let (books, seen) = right_world();
    assert_eq!(failing(&books, &seen), Vec::<&str>::new());
}

#[test]
fn every_check_can_fail() {
    fails(|_, seen| drop(seen.orders.insert(id("1"), None)), "every order that a shop took");
    fails(|books, _| books.sales.get_mut(&id("1")).unwrap().units = 3, "every order that a shop took");
    fails(|books, _| drop(books.sales.remove(&id("2"))), "no order is there that no shop took");
    fails(|_, seen| assert!(seen.at_shops.insert(id("9"))), "no order is there that no shop took");
    fails(
        |_, seen| {
            // Given back twice.
            let movements = seen.movements.get_mut(&sku()).unwrap();
            movements.push(movements[3].clone());
        },
        "took and gave back exactly",
    );
    fails(|_, seen| seen.products[0].available = 12, "fold of their movements");
    fails(|_, seen| seen.movements.get_mut(&sku()).unwrap()[0].available = 11, "opening and corrections");
    fails(|books, _| books.changes.get_mut("receipt 2").unwrap().answered = Answered::Done, "made once");
    fails(|books, _| books.changes.get_mut("receipt 1").unwrap().answered = Answered::Refused, "made once");
    fails(|books, _| books.changes.get_mut("receipt 1").unwrap().add = Some(4), "made once");
    fails(
        |_, seen| {
            let movements = seen.movements.get_mut(&sku()).unwrap();
            movements.push(movements[1].clone());
        },
        "made once",
    );
    fails(|_, seen| *seen.windows.get_mut(&(id("1").0, sku())).unwrap() = Some(14), "every channel shows");
    fails(|_, seen| seen.products[0].listings[0].published_quantity = None, "every channel shows");
    fails(|_, seen| seen.products[0].listings.clear(), "every channel shows");
    fails(|_, seen| seen.messages.0 = 1, "queues are empty");
    fails(|_, seen| seen.messages.1 = 1, "no dead letters");
    fails(
        |_, seen| seen.parked.push(Parked { r#type: "order".into(), subject: "order 1".into(), reason: "why".into() }),
        "what is parked",
    );
    // Cancelled by the channel without a word of where it is: out of stock, and nobody is asked.
    fails(
        |_, seen| {
            let order = seen.orders.get_mut(&id("2")).unwrap().as_mut().unwrap();
            order.lines[0].parts[0].written_off = serde_json::from_value(json!([{ "location": "main", "units": 3 }])).unwrap();
        },
        "what is parked",
    );
}

#[test]
fn units_that_a_person_must_say_of_are_out_of_stock_and_asked_for() {
    let (books, mut seen) = right_world();
    let order = seen.orders.get_mut(&id("2")).unwrap().as_mut().unwrap();
    order.lines[0].parts[0].written_off = serde_json::from_value(json!([{ "location": "main", "units": 3 }])).unwrap();
    seen.parked.push(Parked { r#type: "restock_unknown".into(), subject: "order 2".into(), reason: "is it there?".into() });
    let movements = seen.movements.get_mut(&sku()).unwrap();
    *movements = serde_json::from_value(json!([
        { "available": 10, "reserved": 0, "cause": { "type": "opening" } },
        { "available": 5, "reserved": 0, "cause": { "type": "correction", "reason": "receipt 1", "by": "me" } },
        { "available": -5, "reserved": 5, "cause": { "type": "orders", "orders": [
            { "connection": "shop", "number": "1", "available": -2 }, { "connection": "shop", "number": "2", "available": -3 } ] } },
        { "available": 0, "reserved": -3, "cause": { "type": "orders", "orders": [{ "connection": "shop", "number": "2", "available": 0 }] } },
    ]))
    .unwrap();
    seen.products[0].available = 10;
    seen.products[0].listings[0].published_quantity = Some(10);
    seen.products[0].listings[0].publication.target_quantity = Some(10);
    *seen.windows.get_mut(&(id("1").0, sku())).unwrap() = Some(10);
    assert_eq!(failing(&books, &seen), Vec::<&str>::new());
}
