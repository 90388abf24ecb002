//! Values that must not be seen.

use crate::Result;
use async_trait::async_trait;
use std::collections::BTreeMap;

/// A text that never shows in logs: its `Debug` and lack of `Display` see to that.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, at the one place where it is needed.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Where credentials are kept: SSM parameters on AWS, environment variables or files on one machine.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// All credentials of a connection, by the names its channel's `Descriptor` lists.
    async fn credentials(&self, connection: &domain::ConnectionId) -> Result<BTreeMap<String, Secret>>;
}
