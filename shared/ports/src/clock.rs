//! Time and names, both given: a simulation owns them.

use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;

/// The present time, and waiting for a later one.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Timestamp;

    /// Comes back after this much time.
    async fn sleep(&self, lasting: Duration);
}

/// Fresh names.
pub trait Ids: Send + Sync {
    /// A UUID that was never given before, version 4, as 36 characters.
    fn fresh(&self) -> String;
}
