//! Where the pages of a running stack are, for the commands that ask it something.

use crate::left_behind::{find, leave};
use ports::{Result, Secret};
use std::net::SocketAddr;
use std::path::Path;

/// The file's name in the state folder.
pub(crate) const FILE: &str = "running.json";

/// A stack that runs, or ran.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Running {
    /// Where its pages are, without a slash at the end.
    pub pages: String,
    /// Whoever sends it there is the owner: whoever reads the folder is, too. Empty: it asks for none.
    #[serde(default)]
    pub key: String,
}

impl Running {
    /// A stack that serves its pages there.
    pub fn at(address: SocketAddr, key: &Secret) -> Self {
        Self { pages: format!("http://{address}"), key: key.expose().to_owned() }
    }

    /// Leaves it in the state folder.
    pub fn write(&self, state: &Path) -> Result<()> {
        leave(self, FILE, state)
    }

    /// Reads it from the state folder.
    pub fn read(state: &Path) -> Result<Self> {
        find(FILE, state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stack_leaves_is_found_and_what_none_left_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Running::read(folder.path()).unwrap_err().message.contains("start `sluis` first"));
        let running = Running::at(SocketAddr::from(([127, 0, 0, 1], 8081)), &Secret::new("key"));
        running.write(folder.path()).unwrap();
        assert_eq!(Running::read(folder.path()).unwrap(), running);
        assert_eq!(running.pages, "http://127.0.0.1:8081");
    }
}
