//! What must hold of the table at any time (I1 to I4 of ARCHITECTURE.md), read from the rows alone.

use domain::{ConnectionId, LocationId, OrderNumber, Sku, StockLevel};
use engine::rows::{Kept, LedgerCause, LedgerRow, OrderRow, ShortRow, StockRow};
use std::collections::BTreeMap;
use testkit::memory::MemoryTable;

/// All orders in the table.
pub fn orders(table: &MemoryTable) -> BTreeMap<(ConnectionId, OrderNumber), domain::Order> {
    let rows = table.rows();
    let orders =
        rows.iter().filter(|r| r.key.pk.starts_with("ORDER#") && r.key.sk == "ORDER").map(|r| OrderRow::from_row(r).unwrap().0);
    orders.map(|o| ((o.connection.clone(), o.snapshot.number.clone()), o)).collect()
}

/// All stock rows in the table.
pub fn stock(table: &MemoryTable) -> BTreeMap<(Sku, LocationId), StockLevel> {
    let rows = table.rows();
    let stock = rows.iter().filter(|r| r.key.sk.starts_with(StockRow::PREFIX)).map(|r| StockRow::from_row(r).unwrap());
    stock.map(|s| ((s.sku, s.location), s.level)).collect()
}

/// Units that are promised and that nothing covers, by article.
pub fn short(table: &MemoryTable) -> BTreeMap<Sku, i64> {
    let rows = table.rows();
    let short = rows.iter().filter(|r| r.key.sk == ShortRow::NAME).map(|r| ShortRow::from_row(r).unwrap());
    short.filter(|s| !s.units.is_zero()).map(|s| (s.sku, s.units.units())).collect()
}

/// Checks that stock is the fold of the ledger, that what is reserved is what open orders hold, and that the ledger names for
/// every order exactly what the order holds. Negative figures cannot even be read back.
///
/// # Panics
/// Where one does not hold.
pub fn check(table: &MemoryTable) {
    let mut folded: BTreeMap<(Sku, LocationId), (i64, i64, u64)> = BTreeMap::new();
    let mut by_order: BTreeMap<(ConnectionId, OrderNumber), i64> = BTreeMap::new();
    for row in table.rows().iter().filter(|r| r.key.pk.starts_with("LEDGER#")) {
        let row = LedgerRow::from_row(row).unwrap();
        let fold = folded.entry((row.sku, row.location)).or_default();
        fold.0 += row.movement.available;
        fold.1 += row.movement.reserved;
        fold.2 += 1;
        if let LedgerCause::Orders { orders } = row.cause {
            let named: i64 = orders.iter().map(|(_, _, units)| units).sum();
            assert_eq!(named, row.movement.available, "a ledger row names what moved");
            for (connection, number, units) in orders {
                *by_order.entry((connection, number)).or_default() += units;
            }
        }
    }
    let stock = stock(table);
    for (key, level) in &stock {
        let fold = folded.get(key).copied().unwrap_or_default();
        assert_eq!((level.available.units(), level.reserved.units(), level.version), fold, "{key:?} is the fold of its ledger");
    }
    assert!(folded.keys().all(|k| stock.contains_key(k)), "no ledger without stock");
    let mut reserved: BTreeMap<(Sku, LocationId), i64> = BTreeMap::new();
    let mut owed: BTreeMap<Sku, i64> = BTreeMap::new();
    for (key, order) in orders(table) {
        let held: i64 = order.lines.iter().map(|l| l.committed().units()).sum();
        assert_eq!(held, -by_order.get(&key).copied().unwrap_or(0), "order {key:?} holds what the ledger says");
        for line in &order.lines {
            if let Some(sku) = &line.sku {
                *owed.entry(sku.clone()).or_default() += line.short.units();
            }
            for claim in &line.claims {
                let sku = line.sku.clone().unwrap();
                *reserved.entry((sku, claim.location.clone())).or_default() += claim.committed.units() - claim.taken.units();
            }
            let told = order.snapshot.lines.iter().find(|t| t.id == line.id);
            let ordered = told.map_or(0, |t| t.ordered.units());
            assert!(told.is_none() || line.committed().plus(line.short).units() <= ordered, "I4: never more than was ordered");
        }
    }
    owed.retain(|_, units| *units != 0);
    assert_eq!(short(table), owed, "what is short is what orders lack");
    for (key, level) in &stock {
        assert_eq!(level.reserved.units(), reserved.get(key).copied().unwrap_or(0), "{key:?} reserves what orders hold");
    }
}
