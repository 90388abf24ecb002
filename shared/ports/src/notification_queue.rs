//! A queue of the merchant's own account, in which a channel leaves its notifications where it delivers none over HTTPS.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;

/// A notification that was taken from such a queue, and is hidden there for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedNotification {
    /// By this it is deleted: another for each time that it is taken.
    pub receipt: String,
    /// What the channel wrote.
    pub body: Bytes,
}

/// Reads such queues. At least once, in any order.
#[async_trait]
pub trait NotificationQueue: Send + Sync {
    /// Takes up to `most` of what waits at an address, without waiting for more. What is not deleted comes again, after some minutes at the
    /// latest.
    async fn take(&self, address: &str, most: usize) -> Result<Vec<QueuedNotification>>;

    /// Deletes what was taken. What cannot be deleted comes again.
    async fn delete(&self, address: &str, receipts: Vec<String>) -> Result<()>;
}
