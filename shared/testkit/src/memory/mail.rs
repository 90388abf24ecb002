//! Mails in memory.

use super::lock;
use async_trait::async_trait;
use ports::{Mail, Mailer, Result};
use std::sync::Mutex;

/// Mails that were handed over. Like the service on AWS it cannot be asked what it has, unless a test says otherwise.
#[derive(Debug, Default)]
pub struct MemoryMailer {
    sent: Mutex<Vec<(String, Mail)>>,
    /// Whether it can say what it has.
    pub can_be_asked: bool,
}

impl MemoryMailer {
    /// One that can say what it has.
    pub fn with_memory() -> Self {
        Self { can_be_asked: true, ..Self::default() }
    }

    /// All that was handed over, as often as it was: by name.
    pub fn sent(&self) -> Vec<(String, Mail)> {
        lock(&self.sent).clone()
    }
}

#[async_trait]
impl Mailer for MemoryMailer {
    async fn send(&self, name: &str, mail: &Mail) -> Result<()> {
        lock(&self.sent).push((name.to_owned(), mail.clone()));
        Ok(())
    }

    async fn knows(&self, name: &str) -> Result<Option<bool>> {
        Ok(self.can_be_asked.then(|| lock(&self.sent).iter().any(|(known, _)| known == name)))
    }
}
