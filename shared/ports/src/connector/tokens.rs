//! Tokens that credentials are exchanged for.

use super::{Account, Call};
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

    /// The first token takes a person's consent; `None`: credentials are enough.
    fn consent(&self) -> Option<&dyn Consent> {
        None
    }
}

/// A person logs in at the system, allows Sluis in, and brings back what it answered. Done once, and again when the last token was lost or refused.
#[async_trait]
pub trait Consent: Send + Sync {
    /// The page that the person opens.
    fn address(&self, account: &Account) -> Result<String>;

    /// Fetches the first token for what the system answered: the address that it sent the person to, or the code in it.
    async fn exchange(&self, call: &Call<'_>, answer: &str) -> Result<Token>;
}
