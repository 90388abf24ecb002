//! What must hold of the index: it says what a full read of all orders and products says, row by row, and nothing else.

use crate::invariants;
use domain::search::product_terms;
use engine::rows::{
    IndexStateRow, IndexedOrderRow, IndexedProductRow, OrderStageRow, OrderTermRow, ProductRow, ProductTermRow, TypedRow,
};
use engine::{catch_up, go_on_rebuilding, index_catalogue};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Condition, Key, Row, Table, Write};
use std::collections::{BTreeMap, BTreeSet};
use testkit::Stage;
use testkit::given::GivenSecrets;
use testkit::memory::MemoryTable;
use testkit::run::finish;

/// All rows of the index over orders, without what only says how they came about.
fn order_rows(table: &MemoryTable) -> BTreeMap<Key, String> {
    let of_index = |row: &Row| {
        let pk = &row.key.pk;
        pk == IndexedOrderRow::PARTITION || pk.starts_with("ORDERS#") || pk.starts_with("FIND#")
    };
    let text = |row: &Row| {
        let named = ["body", "terms", "connection", "number", "accepted_at"]
            .map(|name| row.get_text(name).unwrap_or_default().to_owned());
        named.join("|")
    };
    table.rows().iter().filter(|row| of_index(row)).map(|row| (row.key.clone(), text(row))).collect()
}

/// What they must be, of the orders as they are.
fn expected(table: &MemoryTable) -> BTreeMap<Key, String> {
    let made = MemoryTable::new();
    for order in invariants::orders(table).values() {
        let head = IndexedOrderRow::of(order);
        let mut rows = vec![head.to_row()];
        if OrderStageRow::has(head.order.stage) {
            rows.push(OrderStageRow { version: head.version, order: head.order.clone() }.to_row());
        }
        rows.extend(head.terms.iter().map(|term| {
            let (connection, number) = (head.order.connection.clone(), head.order.number.clone());
            OrderTermRow { version: 0, term: term.clone(), connection, number, accepted_at: head.order.accepted_at }.to_row()
        }));
        for row in rows {
            finish(made.write(Write::Put { row, when: Condition::Absent })).unwrap();
        }
    }
    order_rows(&made)
}

/// Checks that the index over orders says what all orders say.
///
/// # Panics
/// Where it does not.
pub fn check_orders(table: &MemoryTable) {
    let (found, expected) = (order_rows(table), expected(table));
    for (key, row) in &expected {
        assert_eq!(found.get(key), Some(row), "{key:?} is in the index as it is");
    }
    let odd: Vec<&Key> = found.keys().filter(|key| !expected.contains_key(key)).collect();
    assert!(odd.is_empty(), "the index has rows of nothing: {odd:?}");
}

/// Checks that every product is found by all that it is called, and by nothing else.
///
/// # Panics
/// Where it is not.
pub fn check_products(table: &MemoryTable) {
    let rows = table.rows();
    let of = |pk: &str| rows.iter().filter(|row| row.key.pk == pk).cloned().collect::<Vec<_>>();
    let mut wanted = BTreeSet::new();
    let mut heads = BTreeMap::new();
    for ProductRow(product) in of(ProductRow::PARTITION).iter().map(|row| ProductRow::from_row(row).unwrap()) {
        let terms = product_terms(&product);
        wanted.extend(terms.iter().map(|term| ProductTermRow::key(term, &product.sku)));
        heads.insert(product.sku.clone(), terms);
    }
    let known = of(IndexedProductRow::PARTITION);
    let known: BTreeMap<_, _> =
        known.iter().map(|row| IndexedProductRow::from_row(row).unwrap()).map(|row| (row.sku, row.terms)).collect();
    assert_eq!(known, heads);
    let terms = rows.iter().filter(|row| row.key.pk.starts_with("FIND_PRODUCT#"));
    for row in terms.clone() {
        assert_eq!(
            ProductTermRow::from_row(row).unwrap().terms,
            heads[&ProductTermRow::from_row(row).unwrap().sku],
            "{:?}",
            row.key
        );
    }
    assert_eq!(terms.map(|row| row.key.clone()).collect::<BTreeSet<_>>(), wanted);
}

/// Builds the index beside a table, from its rows alone, and checks that it says what they say. The table itself is left as it is.
///
/// # Panics
/// Where it does not.
pub fn check_built(table: &MemoryTable, now: Timestamp) {
    let beside = Stage::new(GivenSecrets::default());
    for row in table.rows() {
        finish(beside.table.write(Write::Put { row, when: Condition::Always })).unwrap();
    }
    beside.clock.pass(now.duration_since(beside.clock.now()));
    let world = beside.world();
    let until = now.checked_add(SignedDuration::from_hours(1)).unwrap();
    assert!(finish(catch_up(&world, until)).unwrap().at_the_end);
    assert!(finish(go_on_rebuilding(&world, until)).unwrap().ended);
    finish(index_catalogue(&world, until)).unwrap();
    let state: IndexStateRow = finish(world.get(&IndexStateRow::key())).unwrap().unwrap();
    assert!(state.complete && state.unreadable.is_empty(), "{state:?}");
    check_orders(&beside.table);
    check_products(&beside.table);
}
