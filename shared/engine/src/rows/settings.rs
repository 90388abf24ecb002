//! The merchant's settings that hold for all connections.

use super::{Kept, json, to_json};
use domain::StockSettings;
use ports::{Key, Result, Row};

/// How stock is published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockSettingsRow(pub StockSettings);

impl StockSettingsRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new("SETTINGS", "STOCK")
    }
}

impl Kept for StockSettingsRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("body", to_json(&self.0))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body").map(Self)
    }
}
