//! The end of a world: faults are over, everything comes to rest, and everything is right.

use super::there::count;
use super::{ON_SALE, PRODUCTS, Report, SET, SET_OF, Simulation, broken};
use crate::shop::{location, sku};
use crate::{index, invariants};
use connectors::simulated_channel::Trouble;
use contracts::{Cause, InboundOrder, Message, StockHint};
use domain::{ChannelId, ConnectionId, LocationId, Quantity, StockRule, spread};
use jiff::{SignedDuration, Timestamp};
use ports::{Connectors, QueueName};
use std::collections::BTreeSet;

/// Long enough for what is pending to be asked for again, twice.
const QUIET: SignedDuration = SignedDuration::from_mins(40);
/// Long enough for all that is late, and for every schedule.
const LATE: SignedDuration = SignedDuration::from_hours(9);
/// The look at all items of a connection, begun so often, comes to its end once.
const LOOKS: u32 = 6;
/// Within this time an order is in and told, whatever another channel does.
const SOON: SignedDuration = SignedDuration::from_mins(3);

impl Simulation<'_> {
    /// Faults end.
    pub(super) fn come_to_rest(&mut self) {
        self.chance.calm();
        self.note("faults end");
        self.mend_all();
        self.run_until(self.heard_again);
        // No channel tells of an edit for sure, and there is no job yet that compares all figures: somebody asks for a look.
        for (connection, product) in self.books.edits() {
            let hint = StockHint { sku: sku(ON_SALE[product]), connection: Some(connection) };
            self.queues.put(QueueName::StockHints, hint.to_json(), self.now());
        }
        // Nor does every channel tell that an order was deleted; the job that reads known orders again is not part of these worlds.
        for (connection, number) in self.books.all_deleted() {
            let look = InboundOrder { connection, number, snapshot: None, cause: Cause::Poll, read_at: self.now() };
            self.queues.put(QueueName::Inbound, look.to_json(), self.now());
        }
        self.rest();
        if self.queues.has_dead_letters() || !self.unmatched.is_empty() {
            // The next look at the listings finds what hints that died should have told, and the items of a connection whose first
            // look died; nobody needs to help.
            // A look that was too slow to end is gone on with by the next.
            for _ in 0..LOOKS {
                self.run_until(self.now() + LATE);
                self.rest();
                if self.unmatched.is_disjoint(&self.connected) {
                    break;
                }
            }
            if let Some(id) = self.unmatched.intersection(&self.connected).next() {
                broken!("I11", "no look at the items of {id} comes to its end");
            }
        }
        invariants::check(&self.market.stage.table);
        // By which people find them: made from these rows and nothing else.
        index::check_built(&self.market.stage.table, self.now());
        self.check_windows();
        // Whom an order was not told to, because its message died after the commit, hears of it once the letter is put back; and so is a
        // change taken in whose message died while its connection was not there, for nobody lists it again.
        self.queues.redrive(self.now());
        self.rest();
        self.check_all();
        self.check_told();
        // From here on it counts how long things take.
        self.script.uneven = false;
        if let Some(silent) = self.script.silent_in_the_end {
            self.one_falls_silent(silent);
            self.rest();
            self.check_all();
        }
        self.do_it_all_again();
    }

    /// I11: the queues empty, and stay so. A line that is told otherwise since it was decided about, as under another code, is asked about anew
    /// whenever that is read: then the staff mend it.
    fn rest(&mut self) {
        for _ in 0..400 {
            self.run_until(self.now() + SignedDuration::from_mins(5));
            self.mend_all();
            let still = self.now().duration_since(self.worked_at) > QUIET;
            if still && self.tasks.is_empty() && self.queues.is_empty() && self.outbox.is_empty() {
                return;
            }
        }
        broken!("I11", "it does not come to rest: {}; the outbox: {:?}", self.queues.told(), self.outbox.first());
    }

    /// The figure a connection should show where every channel shows all there is.
    fn target(&self, id: &ConnectionId, product: usize, free: i64) -> i64 {
        let shown = self.rule_of(id, product).shown(free).units();
        let channel = connectors::Registry.get(&ChannelId::new(id.as_str()).unwrap()).unwrap();
        channel.stock().unwrap().descriptor().most.map_or(shown, |most| shown.min(most))
    }

    /// What is wrong with the figures that these connections show. Mirrored, each shows all there is. Shared out, they show no more
    /// than there is together, none more than its rule lets it, and none shows nothing where there is enough for all and nobody who holds
    /// units is silent.
    pub(super) fn wrong(&self, product: usize, ids: &BTreeSet<ConnectionId>, all_answer: bool) -> Option<String> {
        let free = self.free(product);
        let name = ON_SALE[product];
        let shared = self.is_shared(product);
        let shown: Vec<(&ConnectionId, i64)> = ids.iter().map(|id| (id, self.shown(id, product))).collect();
        let in_doubt = invariants::orders(&self.market.stage.table).values().any(|order| order.in_doubt().next().is_some());
        let plain = self.connected.iter().all(|id| self.rule_of(id, product) == StockRule::default());
        let enough = all_answer && plain && usize::try_from(free).is_ok_and(|units| units >= self.connected.len());
        for (id, shown) in shown.iter().filter(|(id, _)| !self.is_left_alone(id, product)) {
            let wanted = self.target(id, product, free);
            // Lowered it is at once; what may be sold by a line that nobody can read is not raised.
            let right =
                if shared || in_doubt { *shown <= wanted && (*shown > 0 || !enough || in_doubt) } else { *shown == wanted };
            if !right {
                let how = if shared { "a share of" } else { "all of" };
                let known = self.market.listing(id, name);
                let known = format!("told {:?} of {:?}, {:?} given back then", known.told, known.told_version, known.told_back);
                return Some(format!("{id} shows {shown} of {name}, and should show {how} {wanted}; {known}"));
            }
        }
        // A figure that waits for a person's word of a line nobody can read is not touched, nor its spread.
        if !in_doubt && let Some((id, places, wanted)) = ids.iter().find_map(|id| self.out_of_place(id, product)) {
            return Some(format!("{id} shows {places:?} of {name} at its places, and should show {wanted:?}"));
        }
        let together: i64 = shown.iter().filter(|(id, _)| !self.is_left_alone(id, product)).map(|(_, shown)| shown).sum();
        (shared && together > free.max(0)).then(|| format!("{together} of {name} are on sale, and there are {free}: {shown:?}"))
    }

    /// What a channel shows at each of its places and what it should, where these differ: what lies there, the preferred place first.
    fn out_of_place(&self, id: &ConnectionId, product: usize) -> Option<(ConnectionId, Vec<i64>, Vec<i64>)> {
        let places: Vec<LocationId> = self.script.locations().iter().map(|name| location(name)).collect();
        let stock = invariants::stock(&self.market.stage.table);
        let lies = |product: usize, at: &LocationId| {
            stock.get(&(sku(PRODUCTS[product]), at.clone())).map_or(Quantity::ZERO, |level| level.available)
        };
        let at = |place: &LocationId| match product {
            SET => SET_OF
                .iter()
                .enumerate()
                .map(|(part, units)| lies(part, place).per(Quantity::clamped(*units)))
                .min()
                .unwrap_or_default(),
            single => lies(single, place),
        };
        let lie: Vec<Quantity> = places.iter().map(at).collect();
        if self.is_left_alone(id, product) || self.figure(id, product).is_none_or(|figure| figure < 0) {
            return None;
        }
        let code = self.code(id, product);
        let shown = self.market.on(id, |side, _| {
            let there = side.places()?;
            places.iter().map(|place| there.shown_at(&code, place)).collect::<Option<Vec<i64>>>()
        })?;
        let wanted: Vec<i64> = spread(Quantity::clamped(shown.iter().sum()), &lie).into_iter().map(Quantity::units).collect();
        (shown != wanted).then(|| (id.clone(), shown, wanted))
    }

    /// Every order is in, as its channel has it, and told of; every channel shows its figure; and what the checks have kept from step
    /// to step is what the rows say.
    fn check_all(&mut self) {
        invariants::check(&self.market.stage.table);
        let orders = invariants::orders(&self.market.stage.table);
        for (order, sale) in self.books.sales() {
            let gone_unseen = sale.deleted && !orders.contains_key(order);
            if gone_unseen {
                continue;
            }
            let Some(known) = orders.get(order) else { broken!("I11", "order {} of {} is lost", order.1, order.0) };
            if sale.ours {
                self.check_there(order, sale, known);
            }
        }
        if let Some(waiting) = self.outbox.first() {
            broken!("I14", "somebody is still to be told of {waiting:?}");
        }
        self.check_windows();
    }

    fn check_windows(&self) {
        for product in 0..self.on_sale().len() {
            if let Some(wrong) = self.wrong(product, &self.connected, true) {
                broken!("I11", "{wrong}");
            }
        }
    }

    /// Every order was told of as it is. A known hole is left out: where two functions work on one message at once, the one may commit
    /// and die while the other ends the message, or puts it off as a new one, and then nobody knows that nobody told.
    fn check_told(&mut self) {
        self.bus.deliver(Timestamp::MAX);
        for (order, (_, version)) in &self.owed {
            let told = self.bus.knows(order);
            if told < Some(*version) && !self.worked_on_twice.contains(order) {
                broken!("I11", "version {version} of order {} was never told, only {told:?}", order.1);
            }
        }
    }

    fn writes(&self) -> u64 {
        self.market.connections.iter().map(|id| self.market.on(id, |side, _| side.stock_writes())).sum()
    }

    /// I11: whatever comes late, and every task done once more, changes nothing.
    fn do_it_all_again(&mut self) {
        if self.books.has_foreign() {
            // What changed while its connection was not there is nobody's to read. But a list that is read by whole days after a long
            // silence may tell of it all the same, and that is news.
            self.look_at_everything();
        }
        let before = (self.writes(), invariants::stock(&self.market.stage.table));
        self.look_at_everything();
        let after = (self.writes(), invariants::stock(&self.market.stage.table));
        self.check_said();
        if before != after {
            broken!("I11", "doing it all again changes something: {before:?} becomes {after:?}");
        }
    }

    fn look_at_everything(&mut self) {
        for product in self.on_sale() {
            let hint = StockHint { sku: sku(product), connection: None };
            self.queues.put(QueueName::StockHints, hint.to_json(), self.now());
        }
        self.run_until(self.now() + LATE);
        self.rest();
        self.check_all();
    }

    /// I12: while one channel does not answer, orders of the others are taken in, and the others are told.
    fn one_falls_silent(&mut self, silent: u8) {
        let silent = self.connection(silent);
        let until = self.now() + SignedDuration::from_hours(2);
        self.market.on(&silent, |side, _| side.trouble(Trouble::Silent { until }));
        self.note(&format!("{silent} falls silent"));
        let others: BTreeSet<ConnectionId> = self.connected.iter().filter(|id| **id != silent).cloned().collect();
        let mut bought = Vec::new();
        for id in &others {
            for product in 0..PRODUCTS.len() {
                let number = self.sell(id, &[(product, 1)], "NL");
                bought.extend(number.map(|number| (id.clone(), number)));
            }
        }
        self.run_until(self.now() + SOON);
        let orders = invariants::orders(&self.market.stage.table);
        if let Some((id, number)) = bought.iter().find(|order| !orders.contains_key(order)) {
            broken!("I12", "order {number} of {id} is not in after {SOON:#}, while {silent} is silent");
        }
        for product in 0..self.on_sale().len() {
            if let Some(wrong) = self.wrong(product, &others, false) {
                broken!("I12", "{wrong} after {SOON:#}, while {silent} is silent");
            }
        }
        self.run_until(until);
    }

    /// The numbers.
    pub(super) fn reported(mut self) -> Report {
        let orders = invariants::orders(&self.market.stage.table);
        count(orders.values().cloned(), &mut self.report.handled);
        Report {
            orders: self.books.orders,
            short: orders.values().map(|order| order.short().units()).sum(),
            oversold: self.books.worst(),
            calls: self.chance.calls(),
            faults: self.chance.faults(),
            redelivered: self.queues.redelivered,
            overlapped: self.queues.overlapped,
            doubled: self.queues.doubled,
            dead: self.queues.died,
            events_doubled: self.bus.doubled,
            pushes: self.writes(),
            checks: self.watch.checks,
            ..self.report
        }
    }
}
