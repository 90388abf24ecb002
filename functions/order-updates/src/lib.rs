//! Tells channels what was done about their orders, as the queue `order-updates` says is due.
//!
//! Connections are told side by side, so that a slow one holds up no other; what one connection is told goes one after the other,
//! because two changes of one order at once only stand in each other's way.

use async_trait::async_trait;
use contracts::OrderUpdateDue;
use domain::ConnectionId;
use engine::{Cache, Ports, tell_order};
use futures::FutureExt;
use futures::future::join_all;
use lambda_kit::{Batch, BatchHandler, BatchOutcome, Messages, Record, in_time, read};
use ports::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

/// The handler.
pub struct OrderUpdates {
    world: Ports,
    lookup: Cache,
}

impl OrderUpdates {
    /// Tells through these ports.
    pub fn new(world: Ports) -> Self {
        Self { world, lookup: Cache::default() }
    }

    /// As `tell_order`, but a panic is an error.
    async fn surely(&self, due: &OrderUpdateDue) -> Result<()> {
        let work = AssertUnwindSafe(Box::pin(tell_order(&self.world, &self.lookup, due))).catch_unwind();
        work.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Bug, "tell order", "it panicked; the log says where")))
    }

    /// Tells one connection what is due there. The ids of the records that are done go to `done`, each when it is.
    async fn one(&self, due: &[&(Record, OrderUpdateDue)], done: &Mutex<BTreeSet<String>>) {
        for (record, due) in due {
            let OrderUpdateDue { connection, number, id } = due;
            match self.surely(due).await {
                Ok(()) => {
                    done.lock().unwrap_or_else(PoisonError::into_inner).insert(record.id.clone());
                }
                Err(error) => tracing::warn!(
                    %connection, %number, id, operation = error.operation, kind = ?error.kind, detail = error.detail,
                    "an update comes again"
                ),
            }
        }
    }
}

#[async_trait]
impl BatchHandler for OrderUpdates {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        let Messages::<OrderUpdateDue> { understood, mut failed } = read(&self.world, "order-updates", batch.records).await;
        let mut by_connection: BTreeMap<&ConnectionId, Vec<&(Record, OrderUpdateDue)>> = BTreeMap::new();
        for each in &understood {
            by_connection.entry(&each.1.connection).or_default().push(each);
        }
        let done = Mutex::default();
        let telling = join_all(by_connection.values().map(|due| self.one(due, &done)));
        // Stopping in the middle is as if the function died: the channel is asked whether it knows before it is told again.
        if in_time(&*self.world.clock, batch.deadline, telling).await.is_none() {
            tracing::warn!(records = understood.len(), "the time is over; what is not done comes again");
        }
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.extend(understood.into_iter().map(|(record, _)| record.id).filter(|id| !done.contains(id)));
        BatchOutcome { failed }
    }
}

#[cfg(test)]
#[path = "order_updates_tests.rs"]
mod tests;
