//! Queues and the bus. Both carry hints and may deliver twice, late, or out of order; truth is the table.

use crate::Result;
use async_trait::async_trait;
use std::time::Duration;

/// The queues of the template, by what they carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// `InboundOrder` messages for order-intake.
    Inbound,
    /// `StockHint` messages for stock-fanout.
    StockHints,
    /// `OrderUpdateDue` messages for order-updates.
    OrderUpdates,
}

impl QueueName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Inbound, Self::StockHints, Self::OrderUpdates];
}

/// Most bytes of a message, and of those that are sent together: SQS' limit.
pub const MOST_MESSAGE_BYTES: usize = 1_048_576;

/// A message to put on a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// JSON text of a type in `contracts`.
    pub body: String,
    /// Not to be delivered before this much time has passed; whole seconds on SQS, at most 15 minutes.
    pub delay: Duration,
}

/// Puts messages on queues.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Durable when it answers `Ok`: all of them. On an error any part of them may have been put; send all again.
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()>;
}

/// A business event for whoever subscribes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// Past tense and versioned: `OrderAccepted.v1`.
    pub name: &'static str,
    /// JSON text of the event's type in `contracts`.
    pub detail: String,
}

/// Publishes events.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Accepted when it answers `Ok`: all of them. On an error send all again.
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()>;
}
