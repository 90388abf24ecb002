//! Tells channels the figures of the products named on the queue `stock-hints`.

use async_trait::async_trait;
use contracts::StockHint;
use domain::Task;
use engine::{Cache, Ports, publish_stock};
use lambda_kit::{Batch, BatchHandler, BatchOutcome, Messages, in_time, note_health, read};

/// The handler.
pub struct StockFanout {
    world: Ports,
    lookup: Cache,
}

impl StockFanout {
    /// Publishes through these ports.
    pub fn new(world: Ports) -> Self {
        Self { world, lookup: Cache::default() }
    }
}

#[async_trait]
impl BatchHandler for StockFanout {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        let Messages::<StockHint> { understood, mut failed } = read(&self.world, "stock-hints", batch.records).await;
        let hints: Vec<_> = understood.iter().map(|(_, hint)| hint.clone()).collect();
        let publishing = publish_stock(&self.world, &self.lookup, &hints);
        // Stopping in the middle is as if the function died: leases run out, and what was told is looked at again.
        if let Some(pushed) = in_time(&*self.world.clock, batch.deadline, publishing).await {
            tracing::debug!(pushed.sent, pushed.unchanged, pushed.put_off, "published");
            for (sku, error) in &pushed.failed {
                tracing::warn!(%sku, operation = error.operation, kind = ?error.kind, detail = error.detail, "hints come again");
            }
            for (connection, tried) in pushed.connections {
                note_health(&self.world, &self.lookup, &connection, Task::Stock, tried).await;
            }
            let again = understood.into_iter().filter(|(_, hint)| pushed.failed.contains_key(&hint.sku));
            failed.extend(again.map(|(record, _)| record.id));
        } else {
            tracing::warn!(records = hints.len(), "the time is over; the hints come again");
            failed.extend(understood.into_iter().map(|(record, _)| record.id));
        }
        BatchOutcome { failed }
    }
}

#[cfg(test)]
#[path = "stock_fanout_tests.rs"]
mod tests;
