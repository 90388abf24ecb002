//! Orders that a channel gives away again unless the merchant accepts them in time.

use super::{Acknowledged, Call};
use crate::Result;
use async_trait::async_trait;
use domain::{AcceptanceUpdate, OrderNumber};

/// What the engine must not guess about the merchant's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptanceDescriptor {
    /// Whether some lines of an order can be refused and the others accepted. Where they cannot, the word is for all of them.
    pub by_line: bool,
}

/// Wants to hear whether the merchant accepts an order before it may be sent. Its snapshots say which wait (`awaits_acceptance`).
#[async_trait]
pub trait Acceptance: Send + Sync {
    /// What it can be told.
    fn descriptor(&self) -> &'static AcceptanceDescriptor;

    /// Tells the channel which lines are accepted and which are refused. Once it is told, the order is read again: whether it may be sent is
    /// the channel's to say.
    async fn answer(&self, call: &Call<'_>, number: &OrderNumber, update: &AcceptanceUpdate) -> Result<Acknowledged>;

    /// Whether the channel has the word already: asked after an attempt whose outcome is unknown. `None`: it cannot tell.
    async fn answered(&self, call: &Call<'_>, number: &OrderNumber, update: &AcceptanceUpdate) -> Result<Option<bool>>;
}
