//! Takes the orders on the queue `inbound` in, a batch at a time.

use async_trait::async_trait;
use contracts::InboundOrder;
use engine::{Arrival, Cache, Outcome, Ports, accept_orders};
use lambda_kit::{Batch, BatchHandler, BatchOutcome, Messages, Record, in_time, read};

/// The handler.
pub struct OrderIntake {
    world: Ports,
    lookup: Cache,
}

impl OrderIntake {
    /// Takes orders in through these ports.
    pub fn new(world: Ports) -> Self {
        Self { world, lookup: Cache::default() }
    }
}

#[async_trait]
impl BatchHandler for OrderIntake {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        let Messages::<InboundOrder> { understood, mut failed } = read(&self.world, "inbound", batch.records).await;
        let arrival = |(record, message): (Record, _)| (record.id, Arrival { message, receives: record.receives });
        let (ids, arrivals): (Vec<_>, Vec<_>) = understood.into_iter().map(arrival).unzip();
        let accepting = accept_orders(&self.world, &self.lookup, arrivals);
        // Stopping in the middle is as if the function died: what was committed is found to be known when it comes again.
        if let Some(outcomes) = in_time(&*self.world.clock, batch.deadline, accepting).await {
            failed.extend(ids.into_iter().zip(outcomes).filter_map(again));
        } else {
            tracing::warn!(records = ids.len(), "the time is over; the rest comes again");
            failed.extend(ids);
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

#[cfg(test)]
#[path = "order_intake_tests.rs"]
mod tests;
