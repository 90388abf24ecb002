//! A queue that keeps what was put on it until the test takes it.

use super::lock;
use async_trait::async_trait;
use ports::{Error, ErrorKind, MOST_MESSAGE_BYTES, OutgoingMessage, Queue, QueueName, Result};
use std::sync::Mutex;

/// All queues of the template.
#[derive(Debug, Default)]
pub struct MemoryQueue {
    waiting: Mutex<Vec<(QueueName, OutgoingMessage)>>,
}

impl MemoryQueue {
    /// Empty queues.
    pub fn new() -> Self {
        Self::default()
    }

    /// What waits on a queue, in the order it was put, with its delay.
    pub fn waiting(&self, queue: QueueName) -> Vec<OutgoingMessage> {
        lock(&self.waiting).iter().filter(|(name, _)| *name == queue).map(|(_, message)| message.clone()).collect()
    }

    /// As `waiting`, and takes it off.
    pub fn take(&self, queue: QueueName) -> Vec<OutgoingMessage> {
        lock(&self.waiting).extract_if(.., |(name, _)| *name == queue).map(|(_, message)| message).collect()
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        if messages.iter().any(|message| message.body.len() > MOST_MESSAGE_BYTES) {
            return Err(Error::new(ErrorKind::Bug, "queue.send", "a message is larger than 1 MiB, which no queue takes"));
        }
        lock(&self.waiting).extend(messages.into_iter().map(|message| (queue, message)));
        Ok(())
    }
}
