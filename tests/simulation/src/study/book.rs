//! The books of the tools that Sluis is compared with: what was there, less what every order they know of holds.

use domain::{ConnectionId, OrderNumber, OrderSnapshot, Sku};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// An order as the book has it.
#[derive(Debug, Clone, Default)]
struct Entry {
    stamp: Option<Timestamp>,
    /// Units that are not cancelled.
    held: BTreeMap<Sku, i64>,
}

/// The book.
#[derive(Debug, Default)]
pub(super) struct Book {
    units: BTreeMap<Sku, i64>,
    held: BTreeMap<Sku, i64>,
    orders: BTreeMap<(ConnectionId, OrderNumber), Entry>,
}

impl Book {
    /// Adds units that are there.
    pub(super) fn receive(&mut self, sku: &Sku, units: i64) {
        *self.units.entry(sku.clone()).or_default() += units;
    }

    /// Whether an order is known in that state or a later one.
    pub(super) fn knows(&self, connection: &ConnectionId, number: &OrderNumber, stamp: Option<Timestamp>) -> bool {
        let entry = self.orders.get(&(connection.clone(), number.clone()));
        entry.is_some_and(|entry| stamp.is_some() && entry.stamp >= stamp)
    }

    /// Takes an order as it is now; the same one twice changes nothing, an older state neither.
    pub(super) fn take(&mut self, connection: &ConnectionId, snapshot: &OrderSnapshot) {
        if self.orders.get(&(connection.clone(), snapshot.number.clone())).is_some_and(|known| known.stamp > snapshot.stamp) {
            return;
        }
        let mut entry = Entry { stamp: snapshot.stamp, held: BTreeMap::new() };
        for line in &snapshot.lines {
            if let Some(sku) = &line.sku {
                *entry.held.entry(sku.clone()).or_default() += line.ordered.units() - line.cancelled.units();
            }
        }
        self.count(&entry, 1);
        let before = self.orders.insert((connection.clone(), snapshot.number.clone()), entry);
        before.inspect(|before| self.count(before, -1));
    }

    fn count(&mut self, entry: &Entry, sign: i64) {
        for (sku, units) in &entry.held {
            *self.held.entry(sku.clone()).or_default() += units * sign;
        }
    }

    /// What is left, and not below zero.
    pub(super) fn left(&self, sku: &Sku) -> i64 {
        let of = |figures: &BTreeMap<Sku, i64>| figures.get(sku).copied().unwrap_or(0);
        (of(&self.units) - of(&self.held)).max(0)
    }

    /// Every product.
    pub(super) fn products(&self) -> Vec<Sku> {
        self.units.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::{connection, sku, told};

    #[test]
    fn an_order_counts_once_as_it_is_now() {
        let (mut book, here) = (Book::default(), connection("shop"));
        book.receive(&sku("A"), 10);
        for (stamp, cancelled, left) in [(5, 0, 7), (5, 0, 7), (9, 3, 10), (7, 0, 10)] {
            book.take(&here, &told("1", stamp, &[("A", 3, cancelled, 0)]));
            assert_eq!(book.left(&sku("A")), left, "at {stamp}");
        }
        assert!(book.knows(&here, &told("1", 9, &[]).number, told("1", 9, &[]).stamp));
        book.take(&here, &told("2", 9, &[("A", 12, 0, 0)]));
        assert_eq!(book.left(&sku("A")), 0);
    }
}
