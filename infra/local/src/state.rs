//! The folder in which one process keeps everything: table, queues, and a lock so that no second process works in it.

use ports::{Error, ErrorKind, Result};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Where it is, seen from where `sluis` is started.
pub const USUAL: &str = ".sluis";
/// Marks a folder as ours: nothing is deleted that lacks it.
const LOCK: &str = "lock";

/// The folder, held.
#[derive(Debug)]
pub struct StateFolder {
    path: PathBuf,
    /// Held until dropped, and let go by the system when the process dies.
    _lock: File,
}

impl StateFolder {
    /// Makes the folder if need be, and takes it.
    pub fn take(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(|error| wrong(path, &format!("cannot be made: {error}")))?;
        let lock = File::create(path.join(LOCK)).map_err(|error| wrong(path, &format!("cannot be written to: {error}")))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                Err(wrong(path, "is used by another sluis; end that one, or start this in another folder"))
            }
            Err(TryLockError::Error(error)) => Err(wrong(path, &format!("cannot be locked: {error}"))),
        }
    }

    /// Takes the folder and throws away what is in it.
    pub fn take_empty(path: &Path) -> Result<Self> {
        let folder = Self::take(path)?;
        folder.clear()?;
        Ok(folder)
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Deletes all files but the lock.
    pub fn clear(&self) -> Result<()> {
        let entries = std::fs::read_dir(&self.path).map_err(|error| wrong(&self.path, &error.to_string()))?;
        for entry in entries.flatten().filter(|e| e.file_name() != LOCK && e.path().is_file()) {
            std::fs::remove_file(entry.path()).map_err(|error| wrong(&self.path, &format!("cannot be emptied: {error}")))?;
        }
        Ok(())
    }

    /// Whether a folder is one of ours.
    pub fn is_one(path: &Path) -> bool {
        path.join(LOCK).is_file()
    }
}

fn wrong(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::Configuration, "state", format!("the folder {} {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_never_share_a_folder() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("state");
        let first = StateFolder::take(&path).unwrap();
        std::fs::write(first.file("table.db"), "x").unwrap();
        assert!(StateFolder::take_empty(&path).unwrap_err().message.contains("another sluis"));
        assert!(first.file("table.db").exists(), "nothing was deleted under the first one's feet");
        drop(first);
        let second = StateFolder::take_empty(&path).unwrap();
        assert!(!second.file("table.db").exists());
    }
}
