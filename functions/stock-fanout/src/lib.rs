//! Tells channels the figures of the articles named on the queue `stock-hints`.

use async_trait::async_trait;
use contracts::{Message, StockHint};
use engine::{Lookup, World, publish_stock};
use jiff::Timestamp;
use lambda_kit::{Batch, BatchHandler, BatchOutcome, Messages, Record, in_time, read};
use ports::{Disposition, Error, OutgoingMessage, QueueName};
use std::collections::BTreeSet;
use std::time::Duration;

/// Before hints that failed are looked at again. Long enough for a listing that the failed push still holds to be seen as perhaps
/// dead: a hint that came sooner would leave word with a holder who is gone.
const REST: Duration = Duration::from_secs(15);
const MINUTE: i64 = 60;

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
                tracing::warn!(operation = error.operation, kind = ?error.kind, detail = error.detail, "hints are looked at again later");
                failed.extend(self.put_off(understood, &error).await);
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
    /// What may work later is put on the queue anew: a table that is bad for a quarter of an hour must not fill the dead letters,
    /// which mean a mistake of ours. Answers what comes again instead.
    async fn put_off(&self, hints: Vec<(Record, StockHint)>, error: &Error) -> Vec<String> {
        let rest = match error.disposition() {
            Disposition::Retry | Disposition::ReadBack => Some(REST),
            Disposition::RetryAt(after) => Some(after.max(REST)),
            Disposition::Park | Disposition::DeadLetter => None,
        };
        if let Some(rest) = rest {
            let now = self.world.clock.now();
            let different: BTreeSet<&StockHint> = hints.iter().map(|(_, hint)| hint).collect();
            let again = different.into_iter().map(|hint| OutgoingMessage { body: hint.to_json(), delay: delay(hint, now, rest) });
            if self.world.queue.send(QueueName::StockHints, again.collect()).await.is_ok() {
                return Vec::new();
            }
        }
        hints.into_iter().map(|(record, _)| record.id).collect()
    }
}

/// At least `rest`, and then until the second of the minute that is the article's own: hints of one article that failed in different
/// batches come in one batch next time, and are one. Otherwise each failure of ten would leave ten, and more would join them.
fn delay(hint: &StockHint, now: Timestamp, rest: Duration) -> Duration {
    let own = hint.sku.as_str().bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % MINUTE);
    let earliest = now.as_second() + i64::try_from(rest.as_secs()).unwrap_or(MINUTE);
    rest + Duration::from_secs((own - earliest).rem_euclid(MINUTE).unsigned_abs())
}

#[cfg(test)]
#[path = "stock_fanout_tests.rs"]
mod tests;
