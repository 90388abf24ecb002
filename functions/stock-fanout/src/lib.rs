//! Tells channels the figures of the articles named on the queue `stock-hints`.

use async_trait::async_trait;
use contracts::StockHint;
use engine::{Lookup, World, publish_stock};
use jiff::Timestamp;
use lambda_kit::{Batch, BatchHandler, BatchOutcome, Messages, Record, in_time, read};
use ports::{Disposition, Error, OutgoingMessage, QueueName};
use std::time::Duration;

/// Before a hint that failed is looked at again.
const REST: Duration = Duration::from_secs(15);

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
}

#[async_trait]
impl BatchHandler for StockFanout {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        let Messages::<StockHint> { understood, mut failed } = read(&self.world, "stock-hints", batch.records).await;
        let hints: Vec<_> = understood.iter().map(|(_, hint)| hint.clone()).collect();
        let publishing = publish_stock(&self.world, &self.lookup, &hints);
        // Stopping in the middle is as if the function died: leases run out, and what was told is looked at again.
        match in_time(&*self.world.clock, batch.deadline, publishing).await {
            Some(Ok(pushed)) => {
                tracing::debug!(pushed.sent, pushed.unchanged, pushed.put_off, "published");
            }
            Some(Err(error)) => {
                tracing::warn!(operation = error.operation, kind = ?error.kind, detail = error.detail, "some hints failed");
                failed.extend(self.one_by_one(understood, error, batch.deadline).await);
            }
            None => {
                tracing::warn!(records = hints.len(), "the time is over; the hints come again");
                failed.extend(understood.into_iter().map(|(record, _)| record.id));
            }
        }
        BatchOutcome { failed }
    }
}

impl StockFanout {
    /// One hint that fails must not cost the nine beside it one of their deliveries: each goes alone. Answers what comes again.
    async fn one_by_one(&self, hints: Vec<(Record, StockHint)>, first: Error, deadline: Timestamp) -> Vec<String> {
        if let [(record, _)] = hints.as_slice() {
            return self.put_off(record, &first).await.into_iter().collect();
        }
        let mut failed = Vec::new();
        for (record, hint) in hints {
            let alone = std::slice::from_ref(&hint);
            match in_time(&*self.world.clock, deadline, publish_stock(&self.world, &self.lookup, alone)).await {
                Some(Ok(_)) => {}
                Some(Err(error)) => failed.extend(self.put_off(&record, &error).await),
                None => failed.push(record.id),
            }
        }
        failed
    }

    /// What may work later is put on the queue anew: a table that is down for a quarter of an hour must not fill the dead letters,
    /// which mean a mistake of ours. Answers the record if it comes again instead.
    async fn put_off(&self, record: &Record, error: &Error) -> Option<String> {
        let delay = match error.disposition() {
            Disposition::Retry | Disposition::ReadBack => REST,
            Disposition::RetryAt(after) => after.max(REST),
            Disposition::Park | Disposition::DeadLetter => return Some(record.id.clone()),
        };
        tracing::warn!(operation = error.operation, kind = ?error.kind, detail = error.detail, "a hint is put off");
        let again = OutgoingMessage { body: record.body.clone(), delay };
        self.world.queue.send(QueueName::StockHints, vec![again]).await.is_err().then(|| record.id.clone())
    }
}

#[cfg(test)]
#[path = "stock_fanout_tests.rs"]
mod tests;
