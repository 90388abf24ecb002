//! Figures that are in force though units were sold since they were decided on.
//!
//! A channel may put them in force long after it took them. What is sold meanwhile is overwritten, and on sale once more until its order is in and the figure falls (ADR 30). No client can prevent that
//! where a product is mirrored; where it is shared out, no figure is ever written that could.

use super::super::Simulation;
use super::figures::compares;
use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// What is known of such figures.
#[derive(Default)]
pub(super) struct Late {
    /// When a product began to be shared out, or mirrored, oldest first; it is mirrored at the start.
    shared: BTreeMap<usize, Vec<(Timestamp, bool)>>,
    /// Units that are on sale once more, of the figure that is in force.
    revived: BTreeMap<(ConnectionId, usize), i64>,
}

impl Late {
    /// Units of a product on a channel that were sold and are on sale once more, because the figure in force was taken before.
    pub(super) fn revived(&self, id: &ConnectionId, product: usize) -> i64 {
        self.revived.get(&(id.clone(), product)).copied().unwrap_or(0)
    }

    fn was_shared(&self, product: usize, at: Timestamp) -> bool {
        let changes = self.shared.get(&product).into_iter().flatten();
        changes.take_while(|(since, _)| *since <= at).last().is_some_and(|(_, shared)| *shared)
    }
}

/// Longer than a function works: a figure is no older than that when it is set.
const LONGEST_WRITE: SignedDuration = SignedDuration::from_secs(35);

impl Simulation<'_> {
    /// A figure was set on a channel that cannot compare. Where nobody shares the product with it, it is mirrored, and what was sold while the
    /// figure was on its way may be on sale once more, until the next.
    pub(super) fn see_set_over(&mut self, id: &ConnectionId, product: usize) {
        let since = self.now() - LONGEST_WRITE;
        let mirrored = !self.is_shared(product) && !compares(id);
        let revived = if mirrored { self.books.sold_since(id, product, since) } else { 0 };
        self.watch.late.revived.insert((id.clone(), product), revived);
    }

    /// Looks what came in force at the channel that is of another shape, after a step.
    pub(super) fn see_late_figures(&mut self) {
        let Some((id, _)) = &self.market.shaped else { return };
        let (id, now) = (id.clone(), self.now());
        for product in 0..self.on_sale().len() {
            let shared = self.is_shared(product);
            let changes = self.watch.late.shared.entry(product).or_default();
            if changes.last().map_or(shared, |(_, before)| *before != shared) {
                changes.push((now, shared));
            }
        }
        for (code, taken) in self.market.on(&id, |side, _| side.came_in_force()) {
            let Some(product) = (0..self.on_sale().len()).find(|product| self.code(&id, *product) == code) else { continue };
            let mirrored = !self.watch.late.was_shared(product, taken);
            let revived = if mirrored { self.books.sold_since(&id, product, taken) } else { 0 };
            self.watch.late.revived.insert((id.clone(), product), revived);
        }
    }
}
