//! Since when each channel shows that the product is gone.

use crate::place::Place;
use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use std::collections::BTreeMap;
use std::time::Duration;

/// Between two looks.
const GRAIN: Duration = Duration::from_millis(20);

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
    fn look(&mut self, place: &Place, now: Timestamp) {
        for (connection, shown) in place.shown(&place.sku) {
            let since = self.since.entry(connection).or_default();
            *since = if shown == Some(0) { since.or(Some(now)) } else { None };
        }
    }

    /// Looks again and again while something else is going on.
    pub(super) async fn look_during<T>(&mut self, work: impl Future<Output = T>, place: &Place, clock: &dyn Clock) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            self.look(place, clock.now());
            tokio::select! {
                done = &mut work => return done,
                () = clock.sleep(GRAIN) => {}
            }
        }
    }

    /// How long after the first sale that was.
    pub(super) fn after(&self) -> Vec<(ConnectionId, Option<SignedDuration>)> {
        let after = |since: &Option<Timestamp>| since.map(|at| at.duration_since(self.began));
        self.since.iter().map(|(connection, since)| (connection.clone(), after(since))).collect()
    }
}
