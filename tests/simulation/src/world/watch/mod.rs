//! What must hold is checked after every step, of what the step wrote.

mod figures;
mod fold;
mod late;
mod rows;
mod words;

use self::fold::Fold;
use self::late::Late;
use self::words::Words;
use super::books::OrderKey;
use super::broken;
use crate::market::Market;
use connectors::simulated_channel::CUSTOMER;
use domain::{ConnectionId, LocationId, Sku};
use ports::Key;
use std::collections::BTreeMap;

/// What the checks remember of the steps before.
pub(super) struct Watch {
    fold: Fold,
    /// Functions started so far.
    pub(super) tasks: u64,
    /// Who holds the row of a listing: the lease, and the function that took it.
    holders: BTreeMap<(Sku, ConnectionId), (String, u64)>,
    words: Words,
    late: Late,
    /// The newest version that a listing was told.
    told: BTreeMap<Key, u64>,
    /// Stock writes a channel had put in force.
    writes: BTreeMap<ConnectionId, u64>,
    /// Times that a correction is in the ledger, by its number and where.
    corrections: BTreeMap<(u32, LocationId), u32>,
    pub(super) checks: u64,
}

impl Watch {
    /// From a market that has just opened.
    pub(super) fn new(market: &Market) -> Self {
        let table = &market.stage.table;
        table.touched();
        let mut fold = Fold::default();
        fold.apply(table, &table.rows().into_iter().map(|row| row.key).collect());
        let writes = market.connections.iter().map(|id| (id.clone(), market.on(id, |side, _| side.stock_writes())));
        Self {
            fold,
            tasks: 0,
            holders: BTreeMap::new(),
            words: Words::default(),
            late: Late::default(),
            told: BTreeMap::new(),
            writes: writes.collect(),
            corrections: BTreeMap::new(),
            checks: 0,
        }
    }

    /// Whether at some time nothing of a product was left that an order wanted.
    pub(super) fn was_scarce(&self, order: &OrderKey, sku: &Sku) -> bool {
        self.fold.was_scarce(order, sku)
    }

    /// I13: nobody's name or address where none may be.
    pub(super) fn private(&mut self, text: &str, place: impl std::fmt::Display) {
        self.checks += 1;
        if let Some(word) = CUSTOMER.words().into_iter().find(|word| text.contains(word)) {
            broken!("I13", "{place} says `{word}`: {text}");
        }
    }

    /// A person heard how a transfer went: done means that it is in the ledger, where it left and where it arrived.
    pub(super) fn moved(&mut self, number: u32, done: bool) {
        let rows = self.corrections.keys().filter(|(known, _)| *known == number).count();
        if done && rows != 2 {
            broken!("I1", "transfer {number} is done, and in the ledger in {rows} places");
        }
    }
}
