//! The queues, with the mistake: what is lost on them, and what is taken for stored too early.

use super::{Function, Mistake};
use async_trait::async_trait;
use contracts::{Cause, InboundOrder, Message, StockHint};
use domain::OrderSnapshot;
use ports::{Clock, OutgoingMessage, Queue, QueueName, Result};
use std::sync::Arc;
use std::time::Duration;

pub(super) struct PlantedQueue {
    pub(super) mistake: Mistake,
    pub(super) inner: Arc<dyn Queue>,
    pub(super) function: Arc<Function>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Hints that wait for longer than this are for the case that somebody dies.
const SHOULD_SOMEBODY_DIE: Duration = Duration::from_secs(30);

fn order(message: &OutgoingMessage) -> Option<InboundOrder> {
    serde_json::from_str(&message.body).ok()
}

impl PlantedQueue {
    fn is_lost(&self, queue: QueueName, message: &OutgoingMessage) -> bool {
        let connection = || serde_json::from_str::<StockHint>(&message.body).ok().and_then(|hint| hint.connection);
        let is_hint = queue == QueueName::StockHints;
        match self.mistake {
            Mistake::TieDropped => queue == QueueName::Inbound && order(message).is_some_and(|order| order.cause == Cause::Tie),
            Mistake::PutOffForEver => is_hint && !message.delay.is_zero() && connection().is_some(),
            Mistake::WordIgnored => is_hint && message.delay > SHOULD_SOMEBODY_DIE && connection().is_none(),
            Mistake::ToldBeforeCommit => is_hint && message.delay.is_zero() && self.function.done().told,
            Mistake::NoHintOnRedelivery => {
                let done = self.function.done();
                is_hint && done.refused && !done.committed
            }
            _ => false,
        }
    }

    /// As new as it is said to be just now.
    fn altered(&self, queue: QueueName, message: OutgoingMessage) -> OutgoingMessage {
        if self.mistake != Mistake::OlderStateTaken || queue != QueueName::Inbound {
            return message;
        }
        match order(&message) {
            Some(InboundOrder { snapshot: Some(snapshot), connection, number, cause, read_at }) if snapshot.stamp.is_some() => {
                let snapshot = Some(OrderSnapshot { stamp: Some(self.clock.now()), ..snapshot });
                OutgoingMessage { body: InboundOrder { snapshot, connection, number, cause, read_at }.to_json(), ..message }
            }
            _ => message,
        }
    }
}

#[async_trait]
impl Queue for PlantedQueue {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        let messages: Vec<OutgoingMessage> = messages
            .into_iter()
            .filter(|message| !self.is_lost(queue, message))
            .map(|message| self.altered(queue, message))
            .collect();
        if messages.is_empty() {
            return Ok(());
        }
        let cause = messages.first().filter(|_| queue == QueueName::Inbound).and_then(order).map(|order| order.cause);
        match (self.mistake, cause) {
            // Not stored, and said to be.
            (Mistake::AnsweredBeforeStored, Some(Cause::Webhook)) => {
                let _ = self.inner.send(queue, messages).await;
                Ok(())
            }
            (Mistake::CursorBeforePage, Some(Cause::Poll | Cause::Fence)) => {
                self.function.done().unsent.push((queue, messages));
                Ok(())
            }
            _ => self.inner.send(queue, messages).await,
        }
    }
}
