//! Where the simulated shops of a running stack are, for the commands that visit them.

use crate::left_behind::{find, leave};
use domain::ConnectionId;
use ports::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// The file's name in the state folder.
pub(crate) const FILE: &str = "shops.json";

/// Addresses of simulated shops.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ShopList(pub BTreeMap<ConnectionId, String>);

impl ShopList {
    /// Leaves it in the state folder.
    pub fn write(&self, state: &Path) -> Result<()> {
        leave(self, FILE, state)
    }

    /// Reads it from the state folder.
    pub fn read(state: &Path) -> Result<Self> {
        find(FILE, state)
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
