//! What the world outside knows: what shops sold and took back, and which corrections were asked for. Kept without looking at the
//! stack, so that the stack can be held against it.

use domain::{ConnectionId, OrderNumber, Sku};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where an order came from, and its number there.
pub(super) type OrderId = (ConnectionId, OrderNumber);

/// A sale at a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sale {
    pub(super) sku: Sku,
    pub(super) units: i64,
    /// The shop took it back whole.
    pub(super) cancelled: bool,
}

/// What was answered to a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    /// It is made.
    Done,
    /// It is not, and never will be.
    Refused,
    /// Nobody knows: no answer came, or one that says that something went wrong.
    Unknown,
}

/// A correction that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) sku: Sku,
    /// Units to add; `None`: a count, whose difference only the ledger knows.
    pub(super) add: Option<i64>,
    pub(super) answered: Answered,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries {
    pub(super) sales: BTreeMap<OrderId, Sale>,
    /// Those of the sales that nobody has looked for yet.
    pub(super) fresh: Vec<OrderId>,
    /// By the reason given, which is different for each.
    pub(super) changes: BTreeMap<String, Change>,
    /// Customers whom a shop's own counter refused.
    pub(super) refused: u64,
}

/// Written by customers and warehouse, read by checks.
#[derive(Debug, Default)]
pub(super) struct Books(Mutex<Entries>);

impl Books {
    pub(super) fn open(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
