//! Where the pages of a running stack are, for the commands that ask it something.

use ports::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::path::Path;

const FILE: &str = "running.json";

/// A stack that runs, or ran.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Running {
    /// Where its pages are, without a slash at the end.
    pub pages: String,
}

impl Running {
    /// A stack that serves its pages there.
    pub fn at(address: SocketAddr) -> Self {
        Self { pages: format!("http://{address}") }
    }

    /// Leaves it in the state folder.
    pub fn write(&self, state: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        std::fs::write(state.join(FILE), text).map_err(|error| wrong(format!("{FILE} cannot be written: {error}")))
    }

    /// Reads it from the state folder.
    pub fn read(state: &Path) -> Result<Self> {
        let nothing = || wrong(format!("no stack has run with its state in {}; start `sluis` first", state.display()));
        let text = std::fs::read_to_string(state.join(FILE)).map_err(|_| nothing())?;
        serde_json::from_str(&text).map_err(|_| nothing())
    }
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Configuration, "running", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stack_leaves_is_found_and_what_none_left_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Running::read(folder.path()).unwrap_err().message.contains("start `sluis` first"));
        let running = Running::at(SocketAddr::from(([127, 0, 0, 1], 8081)));
        running.write(folder.path()).unwrap();
        assert_eq!(Running::read(folder.path()).unwrap(), running);
        assert_eq!(running.pages, "http://127.0.0.1:8081");
    }
}
