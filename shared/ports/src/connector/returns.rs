//! Returns that a channel tells of.

use super::{Call, UnreadableItem};
use crate::Result;
use async_trait::async_trait;
use domain::AnnouncedReturn;

/// One page of returns that wait for a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReturnPage {
    /// The returns.
    pub returns: Vec<AnnouncedReturn>,
    /// What of it cannot be read.
    pub unreadable: Vec<UnreadableItem>,
    /// The next page; `None`: this was the last.
    pub next: Option<String>,
}

/// Tells of returns that wait for a decision. What was decided goes by its `Fulfilment`.
#[async_trait]
pub trait Returns: Send + Sync {
    /// Lists them.
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ReturnPage>;
}
