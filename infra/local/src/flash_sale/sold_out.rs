//! Since when each channel shows that the article is gone.

use super::place::Place;
use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Kept while looking again and again.
pub(super) struct SoldOut {
    began: Timestamp,
    /// Since when, as far as has been seen; `None`: it shows units.
    since: BTreeMap<ConnectionId, Option<Timestamp>>,
}

impl SoldOut {
    pub(super) fn new(began: Timestamp) -> Self {
        Self { began, since: BTreeMap::new() }
    }

    /// Looks at every window.
    pub(super) fn look(&mut self, place: &Place, now: Timestamp) {
        for (connection, shown) in place.shown() {
            let since = self.since.entry(connection).or_default();
            *since = if shown == Some(0) { since.or(Some(now)) } else { None };
        }
    }

    /// How long after the first sale that was.
    pub(super) fn after(&self) -> Vec<(ConnectionId, Option<SignedDuration>)> {
        let after = |since: &Option<Timestamp>| since.map(|at| at.duration_since(self.began));
        self.since.iter().map(|(connection, since)| (connection.clone(), after(since))).collect()
    }
}
