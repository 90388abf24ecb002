//! The bus, and a subscriber who is told twice, late, and in any order, and still knows every order's last version.

use super::chance::Chance;
use domain::{ConnectionId, OrderNumber};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// What an event about an order says of it.
#[derive(serde::Deserialize)]
struct Told {
    connection: ConnectionId,
    number: OrderNumber,
    version: u64,
}

/// The bus with its one subscriber.
#[derive(Debug, Default)]
pub(super) struct Bus {
    under_way: Vec<(Timestamp, String)>,
    /// The newest version the subscriber was told of.
    known: BTreeMap<(ConnectionId, OrderNumber), u64>,
    pub(super) doubled: u64,
}

impl Bus {
    /// Takes in an event. It arrives at once, or hours later, or both.
    pub(super) fn publish(&mut self, detail: String, now: Timestamp, chance: &Chance) {
        let hours = SignedDuration::from_secs(i64::from(chance.below(30_000)));
        let late = now.saturating_add(hours).unwrap_or(now);
        if chance.mischief(20) {
            self.doubled += 1;
            self.under_way.push((late, detail.clone()));
        }
        self.under_way.push((if chance.mischief(20) { late } else { now }, detail));
    }

    /// Delivers what has arrived by now, the latest first.
    pub(super) fn deliver(&mut self, now: Timestamp) {
        let arrived: Vec<_> = self.under_way.extract_if(.., |(at, _)| *at <= now).collect();
        for (_, detail) in arrived.into_iter().rev() {
            // Events about listings have no version: this subscriber is not interested.
            let Ok(told) = serde_json::from_str::<Told>(&detail) else { continue };
            let known = self.known.entry((told.connection, told.number)).or_default();
            *known = told.version.max(*known);
        }
    }

    /// The newest version that was told of an order.
    pub(super) fn knows(&self, order: &(ConnectionId, OrderNumber)) -> Option<u64> {
        self.known.get(order).copied()
    }
}
