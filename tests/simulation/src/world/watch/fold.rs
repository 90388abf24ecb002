//! Stock as the fold of its ledger, and orders as what holds it, kept up to date write by write (I1 to I4).
//!
//! `invariants::check` does the same from all rows; at the end of a world the two must agree.

use super::super::books::OrderKey;
use super::broken;
use crate::invariants;
use domain::{LocationId, Order, Sku, StockLevel};
use engine::rows::{LedgerCause, LedgerRow, OrderRow, StockRow, TypedRow};
use ports::Key;
use std::collections::{BTreeMap, BTreeSet};
use testkit::memory::MemoryTable;

type Place = (Sku, LocationId);

/// What an order holds.
#[derive(Default, PartialEq, Eq)]
struct Held {
    version: u64,
    /// Units given to it, neither given back nor brought back, by place.
    given: BTreeMap<Place, i64>,
    /// Of those, units not yet shipped.
    reserved: BTreeMap<Place, i64>,
    /// Its products, and whether it is short of them.
    products: BTreeMap<Sku, bool>,
}

/// All of it.
#[derive(Default)]
pub(super) struct Fold {
    /// Available, reserved and commits, as the ledger says.
    ledger: BTreeMap<Place, (i64, i64, u64)>,
    rows: BTreeSet<Key>,
    stock: BTreeMap<Place, StockLevel>,
    orders: BTreeMap<OrderKey, Held>,
    /// Units that the ledger gave to an order, by place.
    named: BTreeMap<OrderKey, BTreeMap<Place, i64>>,
    /// What transfers of which only one end is seen so far come to.
    on_the_way: BTreeMap<(Sku, String), i64>,
    reserved: BTreeMap<Place, i64>,
    /// Orders that were short of a product, or before or after whose write nothing of it was left somewhere.
    scarce: BTreeSet<(OrderKey, Sku)>,
}

impl Fold {
    /// Takes in what was written, checks what it touches, and answers the new ledger rows.
    pub(super) fn apply(&mut self, table: &MemoryTable, touched: &BTreeSet<Key>) -> Vec<LedgerRow> {
        let mut places = BTreeSet::new();
        let mut orders = BTreeSet::new();
        let mut news = Vec::new();
        let none_before = self.none_left();
        for key in touched {
            if key.pk.starts_with("LEDGER#") {
                let row = self.ledger_row(table, key);
                places.insert((row.sku.clone(), row.location.clone()));
                match &row.cause {
                    LedgerCause::Orders { orders: named, .. } => {
                        orders.extend(named.iter().map(|(connection, number, _)| (connection.clone(), number.clone())));
                    }
                    LedgerCause::Order { connection, number, .. } => {
                        orders.insert((connection.clone(), number.clone()));
                    }
                    LedgerCause::Transfer { .. }
                    | LedgerCause::Correction { .. }
                    | LedgerCause::Edited { .. }
                    | LedgerCause::Opening => {}
                }
                news.push(row);
            } else if key.sk.starts_with(StockRow::PREFIX) {
                places.insert(self.stock_row(table, key));
            } else if key.sk == "ORDER" && key.pk.starts_with("ORDER#") {
                let (order, touched) = self.order_row(table, key);
                orders.insert(order);
                places.extend(touched);
            }
        }
        for place in &places {
            self.check_place(place);
        }
        for order in &orders {
            self.check_order(order);
        }
        for order in &orders {
            self.note_scarce(order, &none_before);
        }
        self.on_the_way.retain(|_, units| *units != 0);
        if let Some((transfer, units)) = self.on_the_way.first_key_value() {
            broken!("I1", "transfer {transfer:?} is made half: {units} units came from nowhere, or never arrive");
        }
        news
    }

    /// Products of which nothing is available somewhere.
    fn none_left(&self) -> BTreeSet<Sku> {
        self.stock.iter().filter(|(_, level)| level.available.is_zero()).map(|((sku, _), _)| sku.clone()).collect()
    }

    /// `none_before`: products of which nothing was available before the write; of a batch, one order may find none and a later one give some back.
    fn note_scarce(&mut self, order: &OrderKey, none_before: &BTreeSet<Sku>) {
        let Some(held) = self.orders.get(order) else { return };
        let none_left = self.none_left();
        let is_scarce = |sku: &Sku, short: bool| short || none_left.contains(sku) || none_before.contains(sku);
        let scarce = held.products.iter().filter(|(sku, short)| is_scarce(sku, **short));
        let scarce: Vec<_> = scarce.map(|(sku, _)| (order.clone(), sku.clone())).collect();
        self.scarce.extend(scarce);
    }

    /// Whether at some time nothing of a product was left that an order wanted.
    pub(super) fn was_scarce(&self, order: &OrderKey, sku: &Sku) -> bool {
        self.scarce.contains(&(order.clone(), sku.clone()))
    }

    fn ledger_row(&mut self, table: &MemoryTable, key: &Key) -> LedgerRow {
        if !self.rows.insert(key.clone()) {
            broken!("I1", "a ledger row is written a second time, or removed: {key:?}");
        }
        let row = table.row(key).map(|row| LedgerRow::from_row(&row).unwrap());
        let row = row.unwrap_or_else(|| broken!("I1", "a ledger row is gone: {key:?}"));
        let fold = self.ledger.entry((row.sku.clone(), row.location.clone())).or_default();
        *fold = (fold.0 + row.movement.available, fold.1 + row.movement.reserved, fold.2 + 1);
        let place = (row.sku.clone(), row.location.clone());
        match &row.cause {
            LedgerCause::Orders { orders, .. } => {
                let named: i64 = orders.iter().map(|(_, _, units)| units).sum();
                if named != row.movement.available {
                    broken!("I1", "a ledger row names {named} units and moves {}: {key:?}", row.movement.available);
                }
                for (connection, number, units) in orders {
                    self.name((connection.clone(), number.clone()), &place, *units);
                }
            }
            LedgerCause::Order { connection, number, .. } => {
                self.name((connection.clone(), number.clone()), &place, row.movement.available);
            }
            LedgerCause::Transfer { .. } => {
                *self.on_the_way.entry((row.sku.clone(), row.commit.clone())).or_default() += row.movement.available;
            }
            LedgerCause::Correction { .. } | LedgerCause::Edited { .. } | LedgerCause::Opening => {}
        }
        row
    }

    fn name(&mut self, order: OrderKey, place: &Place, units: i64) {
        *self.named.entry(order).or_default().entry(place.clone()).or_default() -= units;
    }

    fn stock_row(&mut self, table: &MemoryTable, key: &Key) -> Place {
        let row = table.row(key).unwrap_or_else(|| broken!("I1", "a stock row is gone: {key:?}"));
        let stock = StockRow::from_row(&row).unwrap_or_else(|error| broken!("I2", "{}: {:?}", error.message, row.attributes));
        self.stock.insert((stock.sku.clone(), stock.location.clone()), stock.level);
        (stock.sku, stock.location)
    }

    fn order_row(&mut self, table: &MemoryTable, key: &Key) -> (OrderKey, BTreeSet<Place>) {
        let row = table.row(key).unwrap_or_else(|| broken!("I1", "an order row is gone: {key:?}"));
        let order = OrderRow::from_row(&row).unwrap().0;
        let held = held(&order);
        let name = (order.connection, order.snapshot.number);
        let before = self.orders.remove(&name).unwrap_or_default();
        // The same again says that it was read once more; anything else needs a version of its own.
        if held.version <= before.version && held != before {
            broken!("I1", "order {name:?} is overwritten: version {} after {}", held.version, before.version);
        }
        for (place, units) in &before.reserved {
            *self.reserved.entry(place.clone()).or_default() -= units;
        }
        for (place, units) in &held.reserved {
            *self.reserved.entry(place.clone()).or_default() += units;
        }
        let touched = before.reserved.into_keys().chain(held.reserved.keys().cloned()).collect();
        self.orders.insert(name.clone(), held);
        (name, touched)
    }

    fn check_place(&self, place: &Place) {
        let level = self.stock.get(place).unwrap_or_else(|| broken!("I1", "a ledger without stock: {place:?}"));
        let fold = self.ledger.get(place).copied().unwrap_or_default();
        let stock = (level.available.units(), level.reserved.units(), level.version);
        if stock != fold {
            broken!("I3", "{place:?} has {stock:?} (available, reserved, commits), its ledger says {fold:?}");
        }
        let reserved = self.reserved.get(place).copied().unwrap_or(0);
        if level.reserved.units() != reserved {
            broken!("I3", "{place:?} reserves {}, open orders hold {reserved}", level.reserved);
        }
    }

    fn check_order(&self, order: &OrderKey) {
        let whole = |units: Option<&BTreeMap<Place, i64>>| {
            let mut units = units.cloned().unwrap_or_default();
            units.retain(|_, units| *units != 0);
            units
        };
        let held = whole(self.orders.get(order).map(|held| &held.given));
        let named = whole(self.named.get(order));
        if held != named {
            broken!("I1", "order {order:?} holds {held:?}, the ledger says {named:?}");
        }
    }
}

fn held(order: &Order) -> Held {
    invariants::check_order(order);
    let mut held = Held { version: order.version, ..Held::default() };
    for part in order.lines.iter().flat_map(|line| &line.parts) {
        *held.products.entry(part.sku.clone()).or_default() |= !part.short.is_zero();
        for claim in &part.allocations {
            let place = (part.sku.clone(), claim.location.clone());
            *held.given.entry(place.clone()).or_default() += claim.allocated.units();
            *held.reserved.entry(place).or_default() += claim.allocated.units() - claim.shipped.units();
        }
        for back in &part.restocked {
            *held.given.entry((part.sku.clone(), back.location.clone())).or_default() -= back.units.units();
        }
        for lost in &part.written_off {
            *held.given.entry((part.sku.clone(), lost.location.clone())).or_default() += lost.units.units();
        }
    }
    held
}
