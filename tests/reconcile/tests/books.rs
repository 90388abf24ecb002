//! Our own books by mutation (failure report F07): whichever row of the ledger, of a figure or of an order is deleted, doubled or altered,
//! the comparison names the product.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

use domain::{DriftCause, Quantity};
use engine::rows::{DriftRow, DriftSubject, LedgerRow, OrderRow, StockRow, TypedRow};
use engine::{Correction, OrderCommand, StockChange, correct_stock, handle_order};
use jiff::SignedDuration;
use ports::{Row, Value};
use reconcile::shop::sku;
use reconcile::stand::{Stand, connection, location, q, snapshot};
use std::collections::BTreeSet;
use testkit::run::finish;

/// A few products with a history: orders taken in, changed, cancelled, sent; figures corrected.
fn stand() -> Stand {
    let stand = Stand::open(4);
    for product in 0..4 {
        let correction = Correction {
            sku: sku(product),
            location: location(),
            change: StockChange::Add(5),
            reason: "delivery".into(),
            by: "somebody".into(),
        };
        finish(correct_stock(&stand.world(), &correction)).unwrap();
        for turn in 0..3 {
            stand.stage.clock.pass(SignedDuration::from_mins(1));
            let number = 10 * product + turn;
            stand.take_in(snapshot(number, product, 3, 0, stand.now()));
        }
        stand.stage.clock.pass(SignedDuration::from_mins(1));
        // One is cancelled in part, and one is sent.
        stand.take_in(snapshot(10 * product, product, 3, 1, stand.now()));
        let ship = format!(r#"{{"type":"ship","id":"parcel-{product}","location":"main","lines":[{{"line":"1","units":2}}]}}"#);
        let command: OrderCommand = serde_json::from_str(&ship).unwrap();
        let sent = snapshot(10 * product + 1, product, 3, 0, stand.now()).number;
        finish(handle_order(&stand.world(), &stand.lookup, &connection(), &sent, &command, "somebody")).unwrap();
    }
    stand
}

fn named(stand: &Stand) -> BTreeSet<String> {
    stand.books();
    let rows = stand.cases().into_iter().filter(|row| row.case.cause == DriftCause::Books);
    rows.filter_map(|row| match row.subject {
        DriftSubject::Books { sku } => Some(sku.to_string()),
        _ => None,
    })
    .collect()
}

fn is_of_the_books(row: &Row) -> bool {
    row.key.pk.starts_with("LEDGER#") || row.key.sk.starts_with(StockRow::PREFIX) || row.key.sk == "ORDER"
}

/// The product that a row is about.
fn product_of(row: &Row) -> String {
    if row.key.sk == "ORDER" {
        let order = OrderRow::from_row(row).unwrap().0;
        return order.lines[0].parts[0].sku.to_string();
    }
    row.key.pk.split_once('#').unwrap().1.to_owned()
}

/// Every way in which one row can be made wrong.
fn mutants(row: &Row) -> Vec<(String, Row)> {
    let numbers = row.attributes.iter().filter_map(|(name, value)| match value {
        Value::Number(number) if row.key.sk != "ORDER" => Some((name.clone(), *number)),
        _ => None,
    });
    let mut all: Vec<(String, Row)> =
        numbers.map(|(name, number)| (format!("{name} + 1"), row.clone().number(&name, number + 1))).collect();
    if row.key.sk == "ORDER" {
        let OrderRow(order) = OrderRow::from_row(row).unwrap();
        let mut more = order.clone();
        let claim = &mut more.lines[0].parts[0].allocations[0];
        claim.allocated = claim.allocated.plus(Quantity::ONE);
        all.push(("one more held".into(), OrderRow(more).to_row()));
        let mut sent = order.clone();
        let claim = &mut sent.lines[0].parts[0].allocations[0];
        claim.shipped = if claim.shipped.is_zero() { q(1) } else { Quantity::ZERO };
        all.push(("sent otherwise".into(), OrderRow(sent).to_row()));
        let mut nothing = order;
        nothing.lines[0].parts.clear();
        all.push(("nothing held".into(), OrderRow(nothing).to_row()));
    }
    if row.key.pk.starts_with("LEDGER#") {
        let ledger = LedgerRow::from_row(row).unwrap();
        if let engine::rows::LedgerCause::Orders { orders, written_off } = ledger.cause.clone() {
            let mut other = orders.clone();
            other[0].1 = domain::OrderNumber::new("another").unwrap();
            let cause = engine::rows::LedgerCause::Orders { orders: other, written_off: written_off.clone() };
            all.push(("another order".into(), LedgerRow { cause, ..ledger.clone() }.to_row()));
            let mut units = orders;
            units[0].2 += 1;
            let cause = engine::rows::LedgerCause::Orders { orders: units, written_off };
            all.push(("another number of units".into(), LedgerRow { cause, ..ledger }.to_row()));
        }
    }
    all
}

#[test]
fn right_books_have_nothing_to_tell() {
    let stand = stand();
    assert_eq!(named(&stand), BTreeSet::new());
    assert_eq!(stand.books().counts.matching, 4);
}

#[test]
fn every_row_that_is_deleted_doubled_or_altered_is_named_and_put_right_again_it_is_not() {
    let stand = stand();
    let rows: Vec<Row> = stand.stage.table.rows().into_iter().filter(is_of_the_books).collect();
    assert!(rows.len() > 40, "{}", rows.len());
    let mut tried = 0;
    let mut try_it = |what: &str, row: &Row, break_it: &dyn Fn(), mend_it: &dyn Fn()| {
        break_it();
        assert_eq!(named(&stand), BTreeSet::from([product_of(row)]), "{what}: {:?}", row.key);
        mend_it();
        assert_eq!(named(&stand), BTreeSet::new(), "mended after {what}: {:?}", row.key);
        tried += 1;
    };
    for row in &rows {
        let put_back = || stand.put(row.clone());
        try_it("deleted", row, &|| stand.delete(row.key.clone()), &put_back);
        for (what, mutant) in mutants(row) {
            try_it(&what, row, &|| stand.put(mutant.clone()), &put_back);
        }
        // An order under another number is found by nobody, and is no harm: nothing leads there.
        if row.key.sk != "ORDER" {
            let mut twin = row.clone();
            twin.key.sk.push('2');
            try_it("doubled", row, &|| stand.put(twin.clone()), &|| stand.delete(twin.key.clone()));
        }
    }
    println!("{tried} mutations of {} rows", rows.len());
}

#[test]
fn a_difference_of_the_books_is_told_once() {
    let stand = stand();
    let row = stand.stage.table.rows().into_iter().find(|row| row.key.pk.starts_with("LEDGER#")).unwrap();
    stand.delete(row.key);
    let first = stand.books().counts;
    assert_eq!((first.parked, first.repaired), (1, 0));
    let second = stand.books().counts;
    assert_eq!((second.parked, second.differences[&DriftCause::Books]), (0, 1));
    let kept: Vec<DriftRow> = stand.cases();
    assert!(kept[0].case.message.contains("movements"), "{}", kept[0].case.message);
}
