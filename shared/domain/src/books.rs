//! Whether our own books add up: the ledger of a product against its stock rows and the orders that it names.
//!
//! A deleted, doubled or altered row must be named (failure report F07), so each is compared with what others say of it: figures with
//! the sum of the movements, versions with their number, every row with the orders it names, orders with the sum of what they took.

use crate::{ConnectionId, Flow, LocationId, Movement, Order, OrderNumber, Quantity, Sku, StockLevel, so_many};
use std::collections::BTreeMap;

/// What a row of the ledger says of orders.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// Orders took or gave back units, as their channels told: so many were added to available by each.
    Orders(&'a [(ConnectionId, OrderNumber, i64)]),
    /// Something was done here about an order.
    Order(&'a ConnectionId, &'a OrderNumber),
    /// No order is behind it.
    Nobody,
}

/// What does not add up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum BooksFlaw {
    /// The figure is not the sum of its movements.
    #[error(
        "{location}: {row_available} available and {row_reserved} reserved, but the movements add up to {available} and {reserved}"
    )]
    Figure {
        /// Where.
        location: LocationId,
        /// Available by the ledger.
        available: i64,
        /// Reserved by the ledger.
        reserved: i64,
        /// Available in the row.
        row_available: i64,
        /// Reserved in the row.
        row_reserved: i64,
    },
    /// There are more, or fewer, movements than the row counted.
    #[error("{location}: the figure was changed {}, but the ledger holds {}", so_many(.version, "time"), so_many(.rows, "movement"))]
    Count {
        /// Where.
        location: LocationId,
        /// Rows of the ledger.
        rows: u64,
        /// Changes that the stock row counted.
        version: u64,
    },
    /// Movements of a location that has no figure.
    #[error("{location}: the ledger holds {} and there is no figure", so_many(.rows, "movement"))]
    NoFigure {
        /// Where.
        location: LocationId,
        /// Rows of the ledger.
        rows: u64,
    },
    /// A movement is not the sum of what its orders took.
    #[error("{location}: the movement {commit} changes available by {available}, but its orders by {named}")]
    Movement {
        /// Where.
        location: LocationId,
        /// The commit's mark.
        commit: String,
        /// What moved.
        available: i64,
        /// What its orders moved.
        named: i64,
    },
    /// What a connection's orders moved is counted otherwise in the stock row.
    #[error("{location}: the orders of {connection} took {ledger} by the movements and {row} by the figure")]
    Counter {
        /// Where.
        location: LocationId,
        /// Whose orders.
        connection: ConnectionId,
        /// Units taken less given back, by the ledger.
        ledger: i64,
        /// The same, by the stock row.
        row: i64,
    },
    /// An order that the ledger names is not there.
    #[error("order {number} of {connection} took {units} by the movements and is not there")]
    OrderGone {
        /// Where it came from.
        connection: ConnectionId,
        /// Which.
        number: OrderNumber,
        /// Units it took.
        units: i64,
    },
    /// An order holds other units than the ledger says.
    #[error("{location}: order {number} of {connection} holds {order}, but took {ledger} by the movements")]
    Order {
        /// Where the units lie.
        location: LocationId,
        /// Where it came from.
        connection: ConnectionId,
        /// Which.
        number: OrderNumber,
        /// Units taken less put back, by the ledger.
        ledger: i64,
        /// The same, by the order.
        order: i64,
    },
    /// What is reserved is not what orders hold and have not shipped.
    #[error("{location}: {row} reserved, but orders hold {orders} that were not sent")]
    Reserved {
        /// Where.
        location: LocationId,
        /// By the orders.
        orders: i64,
        /// By the stock row.
        row: i64,
    },
    /// Orders lack more than is noted as short.
    #[error("orders lack {orders}, but only {row} are noted as short")]
    Short {
        /// By the orders that the ledger names.
        orders: i64,
        /// By the row.
        row: i64,
    },
}

/// Flaws of one product that are kept.
const MOST_FLAWS: usize = 50;

#[derive(Debug, Default)]
struct Sum {
    available: i64,
    reserved: i64,
    rows: u64,
    taken: BTreeMap<ConnectionId, i64>,
}

type OrderKey = (ConnectionId, OrderNumber);

/// The ledger of one product, added up row by row. It holds a sum per location and one per order that it follows.
#[derive(Debug, Default)]
pub struct BooksFold {
    sums: BTreeMap<LocationId, Sum>,
    orders: BTreeMap<OrderKey, BTreeMap<LocationId, i64>>,
    /// Of so many parts of the orders, this one is followed; `None`: all are.
    part: Option<(u64, u64)>,
    flaws: Vec<BooksFlaw>,
    held: BTreeMap<LocationId, i64>,
    short: i64,
}

impl BooksFold {
    /// Follows all orders; or, of `parts` parts, the one of this turn: so that a product with a million orders costs no more memory
    /// than one with a few thousand, and all are followed after as many turns.
    pub fn new(parts: u64, turn: u64) -> Self {
        Self { part: (parts > 1).then(|| (parts, turn % parts)), ..Self::default() }
    }

    /// Takes a row of the ledger.
    pub fn row(&mut self, location: &LocationId, commit: &str, movement: Movement, named: Named<'_>) {
        let sum = self.sums.entry(location.clone()).or_default();
        sum.available += movement.available;
        sum.reserved += movement.reserved;
        sum.rows += 1;
        if let Named::Orders(orders) = named {
            for (connection, _, units) in orders {
                *sum.taken.entry(connection.clone()).or_default() -= units;
            }
        }
        match named {
            Named::Nobody => {}
            Named::Order(connection, number) => self.order(connection, number, location, movement.available),
            Named::Orders(orders) => {
                let all: i64 = orders.iter().map(|(_, _, units)| units).sum();
                if all != movement.available {
                    let (location, commit, available) = (location.clone(), commit.to_owned(), movement.available);
                    self.flaw(BooksFlaw::Movement { location, commit, available, named: all });
                }
                for (connection, number, units) in orders {
                    self.order(connection, number, location, *units);
                }
            }
        }
    }

    /// Beyond a few dozen, one more tells nobody anything.
    fn flaw(&mut self, flaw: BooksFlaw) {
        if self.flaws.len() < MOST_FLAWS {
            self.flaws.push(flaw);
        }
    }

    fn order(&mut self, connection: &ConnectionId, number: &OrderNumber, location: &LocationId, units: i64) {
        if self.part.is_some_and(|(parts, turn)| crate::fingerprint(&[connection.as_str(), number.as_str()]) % parts != turn) {
            return;
        }
        let order = self.orders.entry((connection.clone(), number.clone())).or_default();
        *order.entry(location.clone()).or_default() -= units;
    }

    /// The next order that the ledger names, to be compared with `compare`.
    pub fn next_order(&self) -> Option<OrderKey> {
        self.orders.first_key_value().map(|(key, _)| key.clone())
    }

    /// Compares an order with what the ledger says of it. `None`: it is not there.
    pub fn compare(&mut self, key: &OrderKey, sku: &Sku, order: Option<&Order>) {
        let Some(mut ledger) = self.orders.remove(key) else { return };
        let (connection, number) = key.clone();
        let Some(order) = order else {
            let units: i64 = ledger.values().sum();
            self.flaw(BooksFlaw::OrderGone { connection, number, units });
            return;
        };
        let mut took: BTreeMap<LocationId, i64> = BTreeMap::new();
        for part in order.lines.iter().flat_map(|line| &line.parts).filter(|part| part.sku == *sku) {
            self.short += part.short.units();
            for claim in &part.allocations {
                *took.entry(claim.location.clone()).or_default() += claim.allocated.units();
                *self.held.entry(claim.location.clone()).or_default() += claim.allocated.units() - claim.shipped.units();
            }
            for back in &part.restocked {
                *took.entry(back.location.clone()).or_default() -= back.units.units();
            }
            for lost in &part.written_off {
                *took.entry(lost.location.clone()).or_default() += lost.units.units();
            }
        }
        for location in took.keys() {
            ledger.entry(location.clone()).or_default();
        }
        for (location, by_ledger) in ledger {
            let by_order = took.get(&location).copied().unwrap_or(0);
            if by_order != by_ledger {
                let (connection, number) = (connection.clone(), number.clone());
                self.flaw(BooksFlaw::Order { location, connection, number, ledger: by_ledger, order: by_order });
            }
        }
    }

    /// Compares with a figure.
    pub fn figure(&mut self, location: &LocationId, level: &StockLevel, flows: &BTreeMap<ConnectionId, Flow>) {
        let sum = self.sums.remove(location).unwrap_or_default();
        let (row_available, row_reserved) = (level.available.units(), level.reserved.units());
        let here = || location.clone();
        if (sum.available, sum.reserved) != (row_available, row_reserved) {
            let (available, reserved) = (sum.available, sum.reserved);
            self.flaw(BooksFlaw::Figure { location: here(), available, reserved, row_available, row_reserved });
        }
        if sum.rows != level.version {
            self.flaw(BooksFlaw::Count { location: here(), rows: sum.rows, version: level.version });
        }
        let net = |flow: &Flow| i64::try_from(i128::from(flow.out) - i128::from(flow.back)).unwrap_or(i64::MAX);
        let connections: std::collections::BTreeSet<_> = sum.taken.keys().chain(flows.keys()).collect();
        for connection in connections {
            let (ledger, row) = (sum.taken.get(connection).copied().unwrap_or(0), flows.get(connection).map_or(0, net));
            if ledger != row {
                self.flaw(BooksFlaw::Counter { location: here(), connection: connection.clone(), ledger, row });
            }
        }
        let held = self.held.remove(location).unwrap_or(0);
        if self.part.is_none() && held != row_reserved {
            self.flaw(BooksFlaw::Reserved { location: here(), orders: held, row: row_reserved });
        }
    }

    /// What does not add up, once every order and figure was compared. `short`: what is noted as short of the product. Orders that hold
    /// nothing are not in its ledger, so there may be more of that.
    pub fn flaws(mut self, short: Quantity) -> Vec<BooksFlaw> {
        for (location, sum) in std::mem::take(&mut self.sums) {
            self.flaw(BooksFlaw::NoFigure { location, rows: sum.rows });
        }
        if self.short > short.units() {
            self.flaw(BooksFlaw::Short { orders: self.short, row: short.units() });
        }
        self.flaws
    }
}

#[cfg(test)]
#[path = "books_tests.rs"]
mod tests;
