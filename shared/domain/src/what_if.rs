//! What if: a product's own past, played again under other rules.
//!
//! What happened stays the yardstick: with the rules as they were, every order sells what it sold and comes out as short as it did. With
//! others, each order is asked how many units its channel would have shown, and sells no more than these; what is not sold lies there for
//! the orders after it. What a channel showed when an order came is not on record, so it is taken from the order itself: it had at least
//! the units that it sold, and the newest figure that can be is the one it showed. A channel that goes on selling from a figure that is
//! out of date counts its own sales off it, as its counter did.

mod pool;
mod replay;
mod sets;

pub use replay::{ListingOutcome, Outcome, Replay};
pub use sets::{Course, hidden_bundles};

use crate::{ConnectionId, LocationId, OrderNumber, Quantity, StockRule};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A product on one connection: by which rule it was shown there, and by which it might have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Where.
    pub connection: ConnectionId,
    /// The locations that serve it.
    pub locations: Vec<LocationId>,
    /// The most units the channel itself takes, if it has a bound.
    pub takes: Option<Quantity>,
    /// The rule as it was.
    pub then: StockRule,
    /// The rule to try.
    pub other: StockRule,
}

/// At how many units left the product is shared out among its listings; `None`: never.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// As it was.
    pub then: Option<Quantity>,
    /// To try.
    pub other: Option<Quantity>,
}

/// How a product was when the past begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// When, UTC.
    pub at: Timestamp,
    /// Units available, by location.
    pub available: BTreeMap<LocationId, i64>,
    /// Units owed.
    pub short: i64,
}

/// Something that happened to a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// When, UTC.
    pub at: Timestamp,
    /// What.
    pub what: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Available units came or went for a reason that is no sale: goods in, a count, a transfer, a return.
    Moved {
        /// So many by location; negative: they went.
        units: Vec<(LocationId, i64)>,
    },
    /// An order took units, or gave them back.
    Order {
        /// Where it came from.
        connection: ConnectionId,
        /// Which.
        number: OrderNumber,
        /// Units taken by location; negative: given back.
        taken: Vec<(LocationId, i64)>,
        /// Units more that nothing covers; negative: fewer.
        short: i64,
    },
    /// The merchant took from stock what was short.
    Covered {
        /// Where the order came from.
        connection: ConnectionId,
        /// Which.
        number: OrderNumber,
        /// Units taken by location.
        taken: Vec<(LocationId, i64)>,
    },
}

#[cfg(test)]
#[path = "what_if/what_if_tests.rs"]
mod tests;
