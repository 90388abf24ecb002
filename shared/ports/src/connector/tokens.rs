//! Tokens that credentials are exchanged for.

use super::Call;
use crate::{Result, Secret};
use async_trait::async_trait;
use jiff::Timestamp;

/// A token and what renews it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Goes with every call.
    pub access: Secret,
    /// Renews it, where the channel has such a thing.
    pub refresh: Option<Secret>,
    /// When it ends, UTC.
    pub expires_at: Timestamp,
}

/// How long a token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// For a while; another may be fetched beside it.
    Expiring,
    /// For a while, and every refresh kills the one before.
    Rotating,
}

/// Is called with a token that the credentials are exchanged for. Who has no such thing is sent the credentials as they are.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// How long one lives.
    fn kind(&self) -> TokenKind;

    /// Fetches one; `previous` is the one to be renewed.
    async fn fetch(&self, call: &Call<'_>, previous: Option<&Token>) -> Result<Token>;
}
