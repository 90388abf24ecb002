//! Where the simulated shops of a running stack are, for the commands that visit them.

use domain::ConnectionId;
use ports::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::path::Path;

const FILE: &str = "shops.json";

/// Addresses of simulated shops.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ShopList(pub BTreeMap<ConnectionId, String>);

impl ShopList {
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

    /// The shop of a connection.
    pub fn find(&self, connection: &ConnectionId) -> Result<String> {
        let known = || self.0.keys().map(ConnectionId::as_str).collect::<Vec<_>>().join(", ");
        self.0.get(connection).cloned().ok_or_else(|| wrong(format!("{connection} is no simulated shop; there are: {}", known())))
    }
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Configuration, "shops", message)
}
