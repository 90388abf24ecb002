//! What a running stack leaves in its state folder, for the commands that visit it.

use ports::{Error, ErrorKind, Result};
use std::path::Path;

/// Leaves a note in the state folder.
pub(crate) fn leave<T: serde::Serialize>(note: &T, file: &str, state: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(note).unwrap_or_default();
    let path = state.join(file);
    crate::state::private(&path)
        .and_then(|_| std::fs::write(&path, text))
        .map_err(|error| wrong(format!("{file} cannot be written: {error}")))
}

/// Reads a note from the state folder.
pub(crate) fn find<T: serde::de::DeserializeOwned>(file: &str, state: &Path) -> Result<T> {
    let nothing = || wrong(format!("no stack has run with its state in {}; start `sluis` first", state.display()));
    let text = std::fs::read_to_string(state.join(file)).map_err(|_| nothing())?;
    serde_json::from_str(&text).map_err(|_| nothing())
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Configuration, "state", message)
}
