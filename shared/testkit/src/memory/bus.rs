//! A bus that keeps what was published until the test takes it.

use super::lock;
use async_trait::async_trait;
use ports::{Bus, OutgoingEvent, Result};
use std::sync::Mutex;

/// The bus.
#[derive(Debug, Default)]
pub struct MemoryBus {
    published: Mutex<Vec<OutgoingEvent>>,
}

impl MemoryBus {
    /// A silent bus.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was published so far, in order.
    pub fn published(&self) -> Vec<OutgoingEvent> {
        lock(&self.published).clone()
    }

    /// As `published`, and forgets it.
    pub fn take(&self) -> Vec<OutgoingEvent> {
        std::mem::take(&mut *lock(&self.published))
    }
}

#[async_trait]
impl Bus for MemoryBus {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        lock(&self.published).extend(events);
        Ok(())
    }
}
