//! Mails to buyers on one machine: a folder of the state, one file each (`.eml`), for a mail program or a server of the merchant's to carry. Nothing leaves the
//! machine by itself.

use crate::archive::DocumentsFolder;
use async_trait::async_trait;
use ports::{Documents as _, Mail, Mailer, Result};
use std::path::PathBuf;

/// The folder.
pub(crate) struct MailFolder {
    files: DocumentsFolder,
}

impl MailFolder {
    /// One at this path. It is made with the first mail.
    pub(crate) fn at(root: PathBuf) -> Self {
        Self { files: DocumentsFolder::at(root) }
    }
}

fn file(name: &str) -> String {
    format!("{name}.eml")
}

#[async_trait]
impl Mailer for MailFolder {
    async fn send(&self, name: &str, mail: &Mail) -> Result<()> {
        // One of this name that lies there already is this one.
        self.files.put_once(&file(name), "message/rfc822", mail.message.clone()).await.map(drop)
    }

    async fn knows(&self, name: &str) -> Result<Option<bool>> {
        self.files.get(&file(name)).await.map(|found| Some(found.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    #[test]
    fn a_mail_lies_there_once_for_nobody_else_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let mailer = MailFolder::at(folder.path().join("mail"));
        let mail = |text: &'static str| Mail { from: "a@b.test".into(), to: "c@d.test".into(), message: text.into() };
        let name = "kade-bv/invoice/2026/000000000418-1";
        assert_eq!(block_on(mailer.knows(name)).unwrap(), Some(false));
        block_on(mailer.send(name, &mail("one"))).unwrap();
        block_on(mailer.send(name, &mail("two"))).unwrap();
        assert_eq!(block_on(mailer.knows(name)).unwrap(), Some(true));
        let path = folder.path().join("mail").join(format!("{name}.eml"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
