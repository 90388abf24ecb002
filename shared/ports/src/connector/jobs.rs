//! Writes that a system takes and works on later.

use super::{Acknowledged, Call};
use crate::Result;
use async_trait::async_trait;

/// Works on writes after it answered: those that it acknowledges as `Pending`. Who puts every write in force with the answer has no jobs.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Asks how far a pending write has come, by the status that it was acknowledged with; `Conflict` or `Declined` if it failed there.
    async fn status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged>;
}
