//! Which orders have been taken in, and what became of each.

use domain::{ConnectionId, OrderNumber};
use engine::rows::{OrderRow, TypedRow};
use futures::{StreamExt, TryStreamExt};
use ports::{Result, Table};
use std::collections::{BTreeSet, VecDeque};

/// Orders looked for in one look, and how many reads are under way at once: the look must not slow down what it watches.
const MOST_AT_ONCE: usize = 400;
const READS: usize = 8;

/// An order at a shop.
pub(super) type Order = (ConnectionId, OrderNumber);

/// The count.
pub(super) struct Tally {
    missing: VecDeque<Order>,
    placed: u64,
    /// Orders that a shop numbered twice: would be a mistake of the simulator.
    pub(super) twice: usize,
    /// Orders that stock covered.
    pub(super) covered: u64,
    /// Units that they hold.
    pub(super) held: i64,
    /// Orders that it did not cover.
    pub(super) short: u64,
    /// Units that they lack.
    pub(super) lacking: i64,
}

impl Tally {
    pub(super) fn new(orders: Vec<Order>) -> Self {
        let different: BTreeSet<_> = orders.iter().collect();
        let twice = orders.len() - different.len();
        let placed = u64::try_from(orders.len()).unwrap_or(u64::MAX);
        Self { missing: orders.into(), placed, twice, covered: 0, held: 0, short: 0, lacking: 0 }
    }

    /// Orders that shops took.
    pub(super) fn placed(&self) -> u64 {
        self.placed
    }

    /// Orders found in the table.
    pub(super) fn found(&self) -> u64 {
        self.covered + self.short
    }

    pub(super) fn complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// Looks for some of those that are missing. Answers how many were found.
    pub(super) async fn look(&mut self, table: &dyn Table) -> Result<u64> {
        let before = self.found();
        let some: Vec<Order> = self.missing.iter().take(MOST_AT_ONCE).cloned().collect();
        let reads = futures::stream::iter(some).map(|(connection, number)| async move {
            let row = table.get(&OrderRow::key(&connection, &number)).await?;
            let order = row.as_ref().map(OrderRow::from_row).transpose()?;
            ports::Result::Ok(((connection, number), order))
        });
        // Kept whole until all are read: an error must not lose an order.
        let read: Vec<_> = reads.buffered(READS).try_collect().await?;
        for (order, row) in read {
            self.missing.pop_front();
            match row {
                // To the end of the line: the others are looked for first.
                None => self.missing.push_back(order),
                Some(OrderRow(row)) if row.short().is_zero() => {
                    self.covered += 1;
                    self.held += row.lines.iter().map(|l| l.committed().units()).sum::<i64>();
                }
                Some(OrderRow(row)) => {
                    self.short += 1;
                    self.lacking += row.short().units();
                }
            }
        }
        Ok(self.found() - before)
    }
}
