//! Plays a product's past twice at once: as it was, and as it would have been.

use super::pool::Pool;
use super::{Beginning, Event, Offered, Past, Thresholds};
use crate::{ConnectionId, LocationId, OrderNumber, Quantity};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Figures of one listing that are remembered: more steps down than that without one up are no figure that a channel still shows.
const MOST_REMEMBERED: usize = 2_000;

/// What became of one product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Units that orders asked for.
    pub asked: i64,
    /// Of those, units that came out short then.
    pub short: i64,
    /// Units that would have come out short.
    pub short_otherwise: i64,
    /// Units that were there and were sold then, and would not have been.
    pub not_sold: i64,
    /// By connection, in the order they were given.
    pub listings: Vec<ListingOutcome>,
}

impl Outcome {
    /// Units that came out short then and would not have.
    pub fn avoided(&self) -> i64 {
        self.short - self.short_otherwise
    }
}

/// What became of a product on one connection. In whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingOutcome {
    /// Where.
    pub connection: ConnectionId,
    /// It showed 0 for so long while there was stock for it.
    pub hidden_then: i64,
    /// It would have shown 0 for so long while there was stock for it.
    pub hidden_otherwise: i64,
}

/// Figures that a channel was told at the same moment.
#[derive(Debug, Clone, Copy)]
struct Told {
    then: Quantity,
    other: Quantity,
}

/// One listing on its way through the past.
#[derive(Debug, Clone)]
struct Listing {
    /// What it was told, newest last; only figures after which none came that was as high.
    told: Vec<Told>,
    /// Units it sold from a figure that was out of date, since the last sale that was not.
    run: Run,
    hidden: Run,
}

/// A number as it was, and as it would have been.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    then: i64,
    other: i64,
}

/// What an order has less than it had then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Difference {
    /// Units it was not sold.
    refused: i64,
    /// Units that are not short, be it that they were not sold or that they were there.
    short: i64,
}

/// The replay of one product.
#[derive(Debug)]
pub struct Replay<'a> {
    offered: &'a [Offered],
    thresholds: Thresholds,
    then: Pool,
    other: Pool,
    listings: Vec<Listing>,
    /// Orders that have less than they had then.
    orders: BTreeMap<(ConnectionId, OrderNumber), Difference>,
    at: Timestamp,
    outcome: Outcome,
}

impl<'a> Replay<'a> {
    /// Begins.
    pub fn new(offered: &'a [Offered], thresholds: Thresholds, beginning: &Beginning) -> Self {
        let listing = Listing { told: Vec::new(), run: Run::default(), hidden: Run::default() };
        let mut replay = Self {
            offered,
            thresholds,
            then: Pool::new(beginning),
            other: Pool::new(beginning),
            listings: vec![listing; offered.len()],
            orders: BTreeMap::new(),
            at: beginning.at,
            outcome: Outcome::default(),
        };
        replay.tell();
        replay
    }

    /// The next thing that happened.
    pub fn step(&mut self, past: &Past) {
        self.wait(past.at);
        match &past.what {
            Event::Moved { units } => {
                for (location, units) in units {
                    self.then.add(location, *units);
                    self.other.add(location, *units);
                }
            }
            Event::Order { connection, number, taken, short } => {
                let net = taken.iter().map(|(_, units)| units).sum::<i64>() + short;
                if net > 0 {
                    self.sell(connection, number, taken, *short);
                } else {
                    self.give_back(connection, number, taken, *short);
                }
            }
            Event::Covered { connection, number, taken } => self.cover(connection, number, taken),
        }
        self.tell();
    }

    /// Units that can be promised at these locations, beyond what is owed: as it was, and as it would have been. Below zero: so many are
    /// owed.
    pub fn free(&self, locations: &[LocationId]) -> (i64, i64) {
        (self.then.free(locations), self.other.free(locations))
    }

    /// The end, and what came of it.
    pub fn finish(mut self, until: Timestamp) -> Outcome {
        self.wait(until);
        let listing = |(one, listing): (&Offered, &Listing)| ListingOutcome {
            connection: one.connection.clone(),
            hidden_then: listing.hidden.then,
            hidden_otherwise: listing.hidden.other,
        };
        Outcome { listings: self.offered.iter().zip(&self.listings).map(listing).collect(), ..self.outcome }
    }

    /// Time passes, and whoever shows 0 while there is stock loses it.
    fn wait(&mut self, at: Timestamp) {
        let passed = (at.as_second() - self.at.as_second()).max(0);
        self.at = self.at.max(at);
        for (one, listing) in self.offered.iter().zip(&mut self.listings) {
            let Some(told) = listing.told.last() else { continue };
            if told.then.is_zero() && self.then.free(&one.locations) > 0 {
                listing.hidden.then += passed;
            }
            if told.other.is_zero() && self.other.free(&one.locations) > 0 {
                listing.hidden.other += passed;
            }
        }
    }

    fn tell(&mut self) {
        let then = self.then.figures(self.offered, |one| &one.then, self.thresholds.then);
        let other = self.other.figures(self.offered, |one| &one.other, self.thresholds.other);
        for (listing, (then, other)) in self.listings.iter_mut().zip(then.into_iter().zip(other)) {
            // It may have heard of the new figure since: what it sold before is in that.
            if listing.told.last().is_some_and(|told| told.then < then) {
                listing.run = Run::default();
            }
            while listing.told.last().is_some_and(|told| told.then <= then) {
                listing.told.pop();
            }
            if listing.told.len() == MOST_REMEMBERED {
                listing.told.remove(0);
            }
            listing.told.push(Told { then, other });
        }
    }

    fn sell(&mut self, connection: &ConnectionId, number: &OrderNumber, taken: &[(LocationId, i64)], short: i64) {
        let asked = taken.iter().map(|(_, units)| units).sum::<i64>() + short;
        let position = self.offered.iter().position(|one| one.connection == *connection);
        let sold = position.and_then(|at| self.listings.get_mut(at)).map_or(asked, |listing| listing.sell(asked));
        // Units that it only holds in another way now: at another location, or at all where they were short.
        let known = self.orders.get(&(connection.clone(), number.clone())).map_or(0, |known| known.short);
        let not_short = known.clamp(0, (-short).max(0));
        let moved = taken.iter().map(|(_, units)| (-units).max(0)).sum::<i64>() + (-short).max(0) - not_short;
        for (location, units) in taken {
            self.then.add(location, -units);
        }
        self.then.short += short;
        self.other.short += short.min(0) + not_short;
        let mut open = sold + moved;
        // First where it took units then, and no more of them.
        for (location, units) in taken {
            let more = (*units).min(open).min(self.other.at(location)).max(0);
            self.other.add(location, if *units < 0 { -units } else { -more });
            open -= more;
        }
        // Then what lies there because it was not sold before.
        for location in position.and_then(|at| self.offered.get(at)).into_iter().flat_map(|one| &one.locations) {
            let more = (self.other.at(location) - self.then.at(location)).clamp(0, open.max(0));
            self.other.add(location, -more);
            open -= more;
        }
        self.other.short += open;
        let short = short.max(0);
        self.outcome.asked += asked;
        self.outcome.short += short;
        self.outcome.short_otherwise += open;
        self.outcome.not_sold += ((asked - short) - (sold - open)).max(0);
        self.differs(connection, number, asked - sold, short - open - not_short);
    }

    fn differs(&mut self, connection: &ConnectionId, number: &OrderNumber, refused: i64, short: i64) {
        let key = (connection.clone(), number.clone());
        let mut difference = self.orders.remove(&key).unwrap_or_default();
        difference.refused += refused;
        difference.short += short;
        if difference != Difference::default() {
            self.orders.insert(key, difference);
        }
    }

    /// An order gives back: only what it has.
    fn give_back(&mut self, connection: &ConnectionId, number: &OrderNumber, taken: &[(LocationId, i64)], short: i64) {
        let known = self.orders.get(&(connection.clone(), number.clone())).cloned().unwrap_or_default();
        let mut refused = known.refused;
        let not_short = known.short.clamp(0, (-short).max(0));
        let not_sold = refused.clamp(0, not_short);
        refused -= not_sold;
        self.then.short += short;
        self.other.short += short + not_short;
        for (location, units) in taken {
            self.then.add(location, -units);
            let back = (-units).max(0);
            let none = refused.clamp(0, back);
            refused -= none;
            self.other.add(location, -units - none);
        }
        // It was short then, and had them: they go back to where it is served from first.
        let first = self.offered.iter().find(|one| one.connection == *connection).and_then(|one| one.locations.first());
        if let Some(location) = first {
            self.other.add(location, not_short - not_sold);
        }
        self.differs(connection, number, refused - known.refused, -not_short);
    }

    /// The merchant covered what was short: only what would have been.
    fn cover(&mut self, connection: &ConnectionId, number: &OrderNumber, taken: &[(LocationId, i64)]) {
        let known = self.orders.get(&(connection.clone(), number.clone())).cloned().unwrap_or_default();
        let mut not_short = known.short.max(0);
        for (location, units) in taken {
            self.then.add(location, -units);
            self.then.short -= units;
            let none = not_short.clamp(0, (*units).max(0));
            not_short -= none;
            self.other.add(location, none - units);
            self.other.short -= units - none;
        }
        self.differs(connection, number, 0, not_short - known.short.max(0));
    }
}

impl Listing {
    /// Units it would have sold of those that it sold.
    fn sell(&mut self, asked: i64) -> i64 {
        let now = self.told.last().copied();
        // The figure of the moment covers it: whatever it sold before is in that figure.
        if now.is_some_and(|told| told.then.units() >= asked) {
            self.run = Run::default();
        }
        let needed = self.run.then + asked;
        let showed = self.told.iter().rev().find(|told| told.then.units() >= needed).or(self.told.first());
        // No figure that it was ever told would do: it showed more than it was told, by as much then as otherwise.
        let fewer = showed.map_or(0, |told| told.then.units() - told.other.units());
        let base = showed.map_or(needed, |told| told.then.units().max(needed));
        let left = (base - fewer - self.run.other).max(0);
        let sold = asked.min(left);
        self.run.then += asked;
        self.run.other += sold;
        if now.is_some_and(|told| told.then.units() >= asked) {
            self.run = Run::default();
        }
        sold
    }
}
