//! What channels count, and what not: products whose stock is not tracked, products that have one stock, products that are sold on when none
//! is left.

use super::books::OrderKey;
use super::functions::Task;
use super::{ON_SALE, Operation, PRODUCTS, Simulation, broken};
use crate::shop::q;
use domain::{ChannelId, ConnectionId, Counting, Sku};
use engine::rows::{OfferRow, TypedRow};
use jiff::Timestamp;
use ports::Connectors;
use std::collections::{BTreeMap, BTreeSet};

/// What the world remembers of it.
#[derive(Default)]
pub(super) struct Counted {
    /// Products that a channel does not count, and since when.
    untracked: BTreeMap<(ConnectionId, usize), Timestamp>,
    /// Channels that have one stock for both products, and since when.
    sharing: BTreeMap<ConnectionId, Timestamp>,
    /// Products that a channel sells on when none is left.
    past_zero: BTreeSet<(ConnectionId, usize)>,
    /// Orders with a line that nobody can read.
    pub(super) spoilt: BTreeSet<OrderKey>,
    /// Somebody said once that what is not counted is to be counted.
    pub(super) tracking_said: bool,
}

impl Simulation<'_> {
    /// Does it, if it is one of these: on the connection that is meant or, where that has no such thing, on the next that has.
    pub(super) fn count_there(&mut self, operation: &Operation) {
        match *operation {
            Operation::Track { connection, product, from } => self.track(connection, product, from),
            Operation::Virtual { connection, product, on } => {
                self.wherever(connection, product, |it, id, code| it.by_staff(id, |side, now| side.set_virtual(now, code, on)));
            }
            Operation::ShareStock { connection, units } => self.share_stock(connection, units),
            Operation::PartStock { connection, units } => self.part_stock(connection, units),
            Operation::SellPastZero { connection, product, on } => {
                let done = self.wherever(connection, product, |it, id, code| {
                    it.by_staff(id, |side, now| side.sell_past_zero(now, code, on))
                });
                let Some(id) = done else { return };
                let place = (id, usize::from(product));
                if on {
                    self.ways.past_zero.insert(place)
                } else {
                    self.ways.past_zero.remove(&place)
                };
            }
            _ => {}
        }
    }

    fn wherever(
        &mut self,
        connection: u8,
        product: u8,
        mut work: impl FnMut(&mut Self, &ConnectionId, &Sku) -> bool,
    ) -> Option<ConnectionId> {
        let count = u8::try_from(self.market.connections.len()).unwrap_or(1);
        for id in (0..count).map(|n| self.connection(connection.wrapping_add(n))).collect::<Vec<_>>() {
            let code = self.code(&id, usize::from(product));
            if work(self, &id, &code) {
                self.note(&format!("staff of {id} change how {} is counted", ON_SALE[usize::from(product)]));
                return Some(id);
            }
        }
        None
    }

    fn track(&mut self, connection: u8, product: u8, from: Option<u8>) {
        let from = from.map(|units| q(units.into()));
        let done = self.wherever(connection, product, |it, id, code| {
            !it.ways.sharing.contains_key(id) && it.by_staff(id, |side, now| side.set_tracking(now, code, from))
        });
        if let Some(id) = done {
            self.note(&format!("it is counted from {from:?}"));
            self.books.is_theirs(&id, usize::from(product));
            self.see_tracked(&id, usize::from(product));
            if self.figure(&id, usize::from(product)).is_none() {
                // What it sells without counting binds nobody, and what it sold just before is not known any more.
                let unknown = self.books.unseen_on(&id, usize::from(product));
                self.books.at_will(&id, usize::from(product), unknown);
            }
        }
    }

    /// Notes whether a channel counts a product, whoever changed that.
    pub(super) fn see_tracked(&mut self, id: &ConnectionId, product: usize) {
        let (place, now) = ((id.clone(), product), self.now());
        if self.figure(id, product).is_some() {
            self.ways.untracked.remove(&place);
        } else {
            self.ways.untracked.entry(place).or_insert(now);
        }
    }

    fn share_stock(&mut self, connection: u8, units: u8) {
        let done = self.wherever(connection, 0, |it, id, code| {
            let both = [code.clone(), it.code(id, 1)];
            let before: Vec<i64> = (0..PRODUCTS.len()).map(|product| it.shown(id, product)).collect();
            let done = it.by_staff(id, |side, now| side.share_stock(now, &both, q(units.into())));
            for (product, before) in before.into_iter().enumerate().filter(|_| done) {
                // All of that stock is theirs: nothing of what was told before is in it.
                it.books.at_will(id, product, before);
            }
            done
        });
        let Some(id) = done else { return };
        self.note(&format!("both products have one stock of {units}"));
        self.books.has_one_stock(&id, true);
        let now = self.now();
        self.ways.sharing.entry(id.clone()).or_insert(now);
        (0..PRODUCTS.len()).for_each(|product| self.see_tracked(&id, product));
        self.must_be_looked_at(&id);
    }

    fn part_stock(&mut self, connection: u8, units: [u8; 2]) {
        let Some(id) = self.ways.sharing.keys().nth(usize::from(connection) % self.ways.sharing.len().max(1)).cloned() else {
            return;
        };
        let codes = [self.code(&id, 0), self.code(&id, 1)];
        self.by_staff(&id, |side, now| {
            codes.iter().zip(units).for_each(|(code, units)| {
                side.set_tracking(now, code, Some(q(units.into())));
            });
        });
        self.note(&format!("each product has a stock of its own at {id}: {units:?}"));
        self.books.has_one_stock(&id, false);
        self.ways.sharing.remove(&id);
        (0..PRODUCTS.len()).for_each(|product| self.books.is_theirs(&id, product));
        self.must_be_looked_at(&id);
    }

    /// Something changed there that only a look at the items tells for sure.
    pub(super) fn must_be_looked_at(&mut self, id: &ConnectionId) {
        let now = self.now();
        self.changed_at.insert(id.clone(), now);
        if self.connected.contains(id) {
            self.unmatched.insert(id.clone());
        }
    }

    /// What a channel sold just now beyond its own counter, or of what it does not count, is by the merchant's own will.
    pub(super) fn sold_at_will(&mut self, id: &ConnectionId, product: usize, units: i64, before: Option<i64>) {
        let owes = |figure: i64| (-figure).max(0);
        let beyond = self.figure(id, product).map_or(units, |after| owes(after) - owes(before.unwrap_or(0)));
        self.books.at_will(id, product, beyond.min(units));
    }

    fn starts_tracking(id: &ConnectionId) -> bool {
        let connector = connectors::Registry.get(&ChannelId::new(id.as_str()).unwrap()).unwrap();
        connector.stock().unwrap().descriptor().starts_tracking
    }

    /// Whether a channel is told nothing of a product: it shares its stock with another there, or is not counted and nobody asked for it.
    pub(super) fn is_left_alone(&self, id: &ConnectionId, product: usize) -> bool {
        let shares = product < PRODUCTS.len() && self.ways.sharing.contains_key(id);
        let untracked = self.figure(id, product).is_none();
        let asked_for = Self::starts_tracking(id) && self.rule_of(id, product).start_tracking;
        shares || (untracked && !asked_for)
    }

    /// I11: nobody writes a figure to a stock that two products have. I3: nor to what is not counted, where nobody asked for it. `task`: whose
    /// write it is; one that had looked before the staff changed it is not to blame.
    pub(super) fn check_countable(&mut self, id: &ConnectionId, product: Option<usize>, task: Option<&Task>) {
        let began = task.map(|task| task.began);
        let is_after = |since: Option<&Timestamp>| since.is_some_and(|since| began.is_some_and(|began| began > *since));
        if product.is_none_or(|product| product < PRODUCTS.len()) && is_after(self.ways.sharing.get(id)) {
            broken!("I11", "{id} was told a figure of {product:?}, where two products have one stock");
        }
        let Some(product) = product else { return };
        if is_after(self.ways.untracked.get(&(id.clone(), product))) && !self.ways.tracking_said {
            broken!("I3", "{id} was told a figure of {}, which it does not count", ON_SALE[product]);
        }
        self.see_tracked(id, product);
    }

    /// I11: after a look at all items it is known, and said, how each is counted and whether it is sold on without stock.
    pub(super) fn check_said(&self) {
        let rows = self.market.stage.table.rows();
        let offers: Vec<OfferRow> = rows
            .iter()
            .filter(|row| row.key.sk.starts_with(OfferRow::PREFIX))
            .map(|row| OfferRow::from_row(row).unwrap())
            .collect();
        for id in &self.connected {
            for (product, name) in self.on_sale().iter().enumerate() {
                let code = self.code(id, product);
                let of_it = |row: &&OfferRow| row.connection == *id && row.listing.sku.as_ref() == Some(&code);
                let Some(row) = offers.iter().find(of_it) else { broken!("I11", "{name} at {id} is not known as {code}") };
                let past_zero = self.ways.past_zero.contains(&(id.clone(), product));
                let together = product < PRODUCTS.len() && self.ways.sharing.contains_key(id);
                let counting = match self.figure(id, product) {
                    None => Counting::NotCounted,
                    Some(_) if together => Counting::Together,
                    Some(_) => Counting::Counted,
                };
                if (row.listing.backorders, row.listing.counting) != (past_zero, counting) {
                    broken!(
                        "I11",
                        "{name} at {id} is {counting:?}, sold on without stock: {past_zero}; it is said to be {:?}, {}",
                        row.listing.counting,
                        row.listing.backorders
                    );
                }
            }
        }
    }
}
