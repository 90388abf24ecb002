//! Takes the orders on the queue `inbound` in, a batch at a time.

use async_trait::async_trait;
use contracts::InboundOrder;
use engine::{Arrival, Lookup, Outcome, World, accept_orders};
use futures::future::{Either, select};
use jiff::Timestamp;
use lambda_kit::{Batch, BatchHandler, BatchOutcome, Record};
use std::pin::pin;
use std::time::Duration;

/// The handler.
pub struct OrderIntake {
    world: World,
    lookup: Lookup,
}

impl OrderIntake {
    /// Takes orders in through these ports.
    pub fn new(world: World) -> Self {
        Self { world, lookup: Lookup::default() }
    }

    /// Reads the messages; what is none is parked, for it will be none next time either.
    async fn read(&self, records: Vec<Record>) -> (Vec<(String, Arrival)>, Vec<String>) {
        let (mut arrivals, mut failed) = (Vec::new(), Vec::new());
        for record in records {
            match serde_json::from_str::<InboundOrder>(&record.body) {
                Ok(message) => arrivals.push((record.id, Arrival { message, receives: record.receives })),
                Err(error) => {
                    let reason = format!("this is no InboundOrder.v1: {error}; whoever sent it must be corrected");
                    if let Err(error) = self.world.park(None, "message of the queue inbound", &reason, &record.body).await {
                        tracing::warn!(detail = error.detail, "a message that cannot be read could not be parked");
                        failed.push(record.id);
                    }
                }
            }
        }
        (arrivals, failed)
    }
}

#[async_trait]
impl BatchHandler for OrderIntake {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        let time = time_to_work(self.world.clock.now(), batch.deadline);
        let (named, mut failed) = self.read(batch.records).await;
        let (ids, arrivals): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        let accepting = pin!(accept_orders(&self.world, &self.lookup, arrivals));
        // Stopping in the middle is as if the function died: what was committed is found to be known when it comes again.
        match select(accepting, self.world.clock.sleep(time)).await {
            Either::Left((outcomes, _)) => failed.extend(ids.into_iter().zip(outcomes).filter_map(again)),
            Either::Right(_) => {
                tracing::warn!(records = ids.len(), "the time is over; the rest comes again");
                failed.extend(ids);
            }
        }
        BatchOutcome { failed }
    }
}

/// The id of a message that must come again.
fn again((id, outcome): (String, Outcome)) -> Option<String> {
    match outcome {
        Outcome::Done => None,
        Outcome::Again(error) => {
            tracing::warn!(operation = error.operation, kind = ?error.kind, detail = error.detail, "an order comes again");
            Some(id)
        }
    }
}

/// Four fifths of what is left: the last fifth is for the answer.
fn time_to_work(now: Timestamp, deadline: Timestamp) -> Duration {
    Duration::try_from(deadline.duration_since(now)).unwrap_or_default() / 5 * 4
}

#[cfg(test)]
#[path = "order_intake_tests.rs"]
mod tests;
