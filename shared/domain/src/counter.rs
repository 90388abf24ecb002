//! The counter of a shop that leads: what its staff change there is a correction of stock, and nothing else is.
//!
//! The counter moves by the shop's customers, by orders that are cancelled or paid back, by our own writes, and by its staff. The first two
//! are told by orders that we hear of later, the third we know. What is left over is its staff's: but only at a look for which all orders
//! are known, that is, where orders had moved as much before the look as they have when all of them up to it are taken in
//! (`tests/model`, lead).

use crate::quota::FLIGHT;
use crate::{Flow, Quantity, lasting, noted};
use jiff::Timestamp;

/// What is known of the counter of one item of a shop that leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counter {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known: Option<Known>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Glance>,
    /// A write of ours may be carried out until then, UTC: what is seen before teaches nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uncertain_until: Option<Timestamp>,
}

/// It stood so when the shop's orders had moved so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Known {
    /// Units; below zero only in reckoning, where it was written over sales that are not taken in.
    units: i64,
    since: Flow,
    /// Every write since was compared with what was seen, and that was not nothing. An absolute one undoes sales and cancellations that it was
    /// sent over, and nobody can tell which.
    exact: bool,
}

/// A look, until the shop's orders up to it are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Glance {
    quantity: Quantity,
    /// It showed this at this instant or before it, UTC.
    at: Timestamp,
    /// What its orders had moved, as read before the look.
    before: Flow,
}

impl Counter {
    /// As it is stored, at `now`. A look that a clock that was ahead dated beyond now is to be made anew; a write that it dated so may still be
    /// carried out for as long as any.
    #[must_use]
    pub fn believed_at(self, now: Timestamp) -> Self {
        let lasts = |until: Timestamp| lasting(until, now, FLIGHT).or(now.saturating_add(FLIGHT).ok());
        Self {
            seen: self.seen.filter(|seen| noted(seen.at, now).is_some()),
            uncertain_until: self.uncertain_until.and_then(lasts),
            ..self
        }
    }

    /// Units that it shows beyond what orders and our own writes explain; negative: below that. `None`: it is not known how it stood.
    pub fn unexplained(&self, live: Quantity, now: Flow) -> Option<i64> {
        self.known.map(|known| known.unexplained(live.units(), now))
    }

    /// Whether another look would teach something: how it stands is not known, or not to a unit.
    pub fn is_open(&self, now: Flow) -> bool {
        self.known.is_none_or(|known| {
            let moved = known.moved(now);
            moved.back > 0 || (!known.exact && moved.out > 0)
        })
    }

    /// It was asked, had answered by `at`, and shows this; `before` was read before it was asked. A look that waits already can be understood
    /// sooner, and stays. Answers whether this one waits now.
    pub fn looked(&mut self, quantity: Quantity, at: Timestamp, before: Flow) -> bool {
        let counts = self.seen.is_none() && self.uncertain_until.is_none_or(|until| until <= at);
        if counts {
            (self.seen, self.uncertain_until) = (Some(Glance { quantity, at, before }), None);
        }
        counts
    }

    /// Up to when the shop's orders must be taken in for the look that waits to be understood, UTC.
    pub fn waits_for(&self) -> Option<Timestamp> {
        self.seen.map(|seen| seen.at)
    }

    /// All orders up to `settled_through` are taken in, and `now` was read after that was known. Answers by how many units the shop's staff
    /// changed the figure since it was known last: 0 where it was not known at all.
    ///
    /// Orders that moved it meanwhile may be in what was seen or not: then it is no use, and must be looked at anew.
    pub fn settle(&mut self, settled_through: Timestamp, now: Flow) -> Option<i64> {
        let seen = self.seen?;
        if seen.before != now {
            self.seen = None;
            return None;
        }
        if settled_through < seen.at {
            return None;
        }
        let units = seen.quantity.units();
        let edit = self.known.map_or(0, |known| known.unexplained(units, now));
        *self = Self { known: Some(Known { units, since: now, exact: true }), ..Self::default() };
        Some(edit)
    }

    /// We set it to `quantity` when it showed `live`; `compared`: on condition that it still did.
    pub fn wrote(&mut self, live: Quantity, quantity: Quantity, compared: bool) {
        self.seen = None;
        if let Some(known) = &mut self.known {
            known.units = known.units.saturating_add(quantity.units() - live.units());
            // Nothing may stand for a counter below zero, where the shop sells on: then the write adds more than its difference.
            let from_nothing = live.is_zero() && !quantity.is_zero();
            known.exact &= compared && !from_nothing;
        }
    }

    /// Something was written to it, and what it shows is not known: at `now` that may still be carried out.
    pub fn lost(&mut self, now: Timestamp) {
        *self = Self { uncertain_until: Some(now.saturating_add(FLIGHT).unwrap_or(Timestamp::MAX)), ..Self::default() };
    }
}

impl Known {
    fn moved(&self, now: Flow) -> Flow {
        Flow { out: now.out.saturating_sub(self.since.out), back: now.back.saturating_sub(self.since.back) }
    }

    /// A shop need not put on sale again what an order gave back, and shows no figure below zero.
    fn unexplained(&self, live: i64, now: Flow) -> i64 {
        let Flow { out, back } = self.moved(now);
        let (out, back) = (i64::try_from(out).unwrap_or(i64::MAX), i64::try_from(back).unwrap_or(i64::MAX));
        let least = self.units.saturating_sub(out).max(0);
        let most = self.units.saturating_sub(if self.exact { out } else { 0 }).saturating_add(back).max(least);
        live - live.clamp(least, most)
    }
}

#[cfg(test)]
#[path = "counter_tests.rs"]
mod tests;
