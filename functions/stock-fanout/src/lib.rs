//! Tells channels the figures of the articles named on the queue `stock-hints`.

use async_trait::async_trait;
use contracts::StockHint;
use engine::{Lookup, World, publish_stock};
use futures::future::{Either, select};
use jiff::Timestamp;
use lambda_kit::{Batch, BatchHandler, BatchOutcome, Record};
use std::pin::pin;
use std::time::Duration;

/// The handler.
pub struct StockFanout {
    world: World,
    lookup: Lookup,
}

impl StockFanout {
    /// Publishes through these ports.
    pub fn new(world: World) -> Self {
        Self { world, lookup: Lookup::default() }
    }

    /// Reads the hints; what is none is parked, for it will be none next time either.
    async fn read(&self, records: Vec<Record>) -> (Vec<(String, StockHint)>, Vec<String>) {
        let (mut hints, mut failed) = (Vec::new(), Vec::new());
        for record in records {
            match serde_json::from_str::<StockHint>(&record.body) {
                Ok(hint) => hints.push((record.id, hint)),
                Err(error) => {
                    let reason = format!("this is no StockHint.v1: {error}; whoever sent it must be corrected");
                    if let Err(error) = self.world.park(None, "message of the queue stock-hints", &reason, &record.body).await {
                        tracing::warn!(detail = error.detail, "a message that cannot be read could not be parked");
                        failed.push(record.id);
                    }
                }
            }
        }
        (hints, failed)
    }
}

#[async_trait]
impl BatchHandler for StockFanout {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        let time = time_to_work(self.world.clock.now(), batch.deadline);
        let (named, mut failed) = self.read(batch.records).await;
        let (ids, hints): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        let publishing = pin!(publish_stock(&self.world, &self.lookup, &hints));
        // Stopping in the middle is as if the function died: leases run out, and what was told is looked at again.
        match select(publishing, self.world.clock.sleep(time)).await {
            Either::Left((Ok(pushed), _)) => {
                tracing::debug!(pushed.sent, pushed.unchanged, pushed.put_off, "published");
            }
            Either::Left((Err(error), _)) => {
                tracing::warn!(operation = error.operation, kind = ?error.kind, detail = error.detail, "hints come again");
                failed.extend(ids);
            }
            Either::Right(_) => {
                tracing::warn!(records = ids.len(), "the time is over; the hints come again");
                failed.extend(ids);
            }
        }
        BatchOutcome { failed }
    }
}

/// Four fifths of what is left: the last fifth is for the answer.
fn time_to_work(now: Timestamp, deadline: Timestamp) -> Duration {
    Duration::try_from(deadline.duration_since(now)).unwrap_or_default() / 5 * 4
}

#[cfg(test)]
#[path = "stock_fanout_tests.rs"]
mod tests;
