//! Documents in a folder of the state: one file each, written whole or not at all, and never again.

use async_trait::async_trait;
use bytes::Bytes;
use ports::{Documents, Error, ErrorKind, Result};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How a document is called until it is whole.
const DRAFT: &str = ".draft-";

/// The folder.
pub(crate) struct DocumentsFolder {
    root: PathBuf,
    drafts: AtomicU64,
}

impl DocumentsFolder {
    /// One at this path. It is made with the first document. What a death left half written is a buyer's name without an end: it goes.
    pub(crate) fn at(root: PathBuf) -> Self {
        remove_drafts(&root);
        Self { root, drafts: AtomicU64::new(0) }
    }

    /// Where a name lies. Names are ours: parts between slashes, none of which leads out of the folder.
    fn path(&self, name: &str) -> Result<PathBuf> {
        let is_sound = |part: &str| {
            !part.is_empty() && !part.starts_with('.') && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        if name.split('/').all(is_sound) {
            return Ok(name.split('/').fold(self.root.clone(), |path, part| path.join(part)));
        }
        Err(Error::new(ErrorKind::Bug, "documents", format!("`{name}` is no name of a document")))
    }

    /// Written beside its place and then linked there: the link is made only where nothing is.
    fn put(&self, path: &Path, bytes: &[u8]) -> io::Result<bool> {
        let folder = path.parent().unwrap_or(&self.root);
        // Names and addresses of buyers are in them: nobody else may read them, wherever the folder is copied to.
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let draft = folder.join(format!("{DRAFT}{}-{}", std::process::id(), self.drafts.fetch_add(1, Ordering::Relaxed)));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft)?;
        match linked {
            Ok(()) => File::open(folder)?.sync_all().map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The bytes that lie there, `None` of nothing. Of what is no file of its own, as it was kept, nobody reads: a link leads to somebody else's, and a
/// pipe never ends.
fn read(path: &Path) -> io::Result<Option<Bytes>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => fs::read(path).map(|bytes| Some(Bytes::from(bytes))),
        Ok(_) => Err(io::Error::other(format!("{} is no file, but a link, a folder or a pipe: take it away", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn remove_drafts(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_draft = entry.file_name().to_string_lossy().starts_with(DRAFT);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => remove_drafts(&entry.path()),
            // One that stays is found at the next start.
            Ok(_) if is_draft => drop(fs::remove_file(entry.path())),
            _ => {}
        }
    }
}

fn failed(error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::Other {
        return Error::new(ErrorKind::Unavailable, "documents", error.to_string());
    }
    let message = "the folder of documents cannot be read or written; look whether the disk is full and the folder is there";
    Error::new(ErrorKind::Unavailable, "documents", message).with_detail(error.to_string())
}

#[async_trait]
impl Documents for DocumentsFolder {
    async fn put_once(&self, name: &str, _: &'static str, bytes: Bytes) -> Result<bool> {
        self.put(&self.path(name)?, &bytes).map_err(|error| failed(&error))
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        let path = self.path(name)?;
        // A disk that hangs holds up this document, and none of the threads that all else runs on.
        let read = tokio::task::spawn_blocking(move || read(&path)).await;
        read.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| failed(&error))
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
    fn what_is_no_file_is_not_read_and_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let documents = DocumentsFolder::at(folder.path().to_owned());
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.pdf")).unwrap();
        fs::create_dir(folder.path().join("folder.pdf")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe.pdf")).status().unwrap().success());
        for name in ["link.pdf", "folder.pdf", "pipe.pdf"] {
            let error = block_on(documents.get(name)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Unavailable, "{name}");
            assert!(error.message.contains("is no file"), "{name}: {error:?}");
        }
    }

    #[test]
    fn what_is_kept_stays_and_no_name_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let documents = DocumentsFolder::at(folder.path().join("documents"));
        let put = |name: &str, text: &'static str| {
            block_on(documents.put_once(name, "text/plain", Bytes::from_static(text.as_bytes())))
        };
        assert!(block_on(documents.get("a/1.pdf")).unwrap().is_none());
        assert!(put("a/1.pdf", "one").unwrap());
        assert!(!put("a/1.pdf", "two").unwrap());
        assert_eq!(block_on(documents.get("a/1.pdf")).unwrap().unwrap(), "one");
        assert_eq!(fs::read_dir(folder.path().join("documents/a")).unwrap().count(), 1, "no draft is left");
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("documents"), mode("documents/a"), mode("documents/a/1.pdf")), (0o700, 0o700, 0o600));
        let left = folder.path().join("documents/a/.draft-1-0");
        fs::write(&left, "half").unwrap();
        DocumentsFolder::at(folder.path().join("documents"));
        assert!(!left.exists(), "what a death left goes with the next start");
        assert_eq!(block_on(documents.get("a/1.pdf")).unwrap().unwrap(), "one");
        for wrong in ["../1.pdf", "a//1", "/etc/passwd", "a/.b", "", "a\\b"] {
            assert!(put(wrong, "x").is_err(), "{wrong}");
        }
    }
}
