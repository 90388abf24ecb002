//! Where issued documents are kept.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;

/// Keeps the bytes of documents under names, for as long as the law wants them. What is kept is never changed, and nobody here can delete it.
#[async_trait]
pub trait Documents: Send + Sync {
    /// Keeps them, unless something has the name already: that stays as it is, and the answer is `false`. Done again, it changes nothing.
    /// `media`: what they are, such as `application/pdf`.
    async fn put_once(&self, name: &str, media: &'static str, bytes: Bytes) -> Result<bool>;

    /// What is kept under a name.
    async fn get(&self, name: &str) -> Result<Option<Bytes>>;
}
