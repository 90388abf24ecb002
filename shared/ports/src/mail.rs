//! Mails to buyers.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;
use std::fmt;

/// A mail as it goes out.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address of the sender, without a name.
    pub from: String,
    /// The address of the one who gets it, without a name.
    pub to: String,
    /// The whole message (RFC 5322), attachments included.
    pub message: Bytes,
}

/// Its `Debug` shows no personal data.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("from", &self.from).field("bytes", &self.message.len()).finish_non_exhaustive()
    }
}

/// Hands mails over to whoever carries them. That one was handed over does not say that it arrived.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over, once. `name`: ours, the same at every try. An error of unknown outcome: it may be under way. No error holds an address.
    async fn send(&self, name: &str, mail: &Mail) -> Result<()>;

    /// Whether a mail of this name was handed over: asked after a try whose outcome is unknown. `None`: whoever carries mails cannot tell.
    async fn knows(&self, name: &str) -> Result<Option<bool>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_logs_a_mail_logs_nobody() {
        let mail =
            Mail { from: "shop@example.test".into(), to: "sanne@example.test".into(), message: Bytes::from_static(b"Sanne") };
        let said = format!("{mail:?}");
        assert!(said.contains("shop@example.test") && !said.to_lowercase().contains("sanne"), "{said}");
    }
}
