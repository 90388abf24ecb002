//! The merchant's settings that hold for all connections.

use super::{TypedRow, json, to_json};
use domain::StockSettings;
use jiff::SignedDuration;
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

impl TypedRow for StockSettingsRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("body", to_json(&self.0))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body").map(Self)
    }
}

/// Who the merchant is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantRow {
    /// The name, as the merchant wrote it.
    pub name: String,
}

impl MerchantRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new("SETTINGS", "MERCHANT")
    }
}

impl TypedRow for MerchantRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("body", to_json(&self.name))
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { name: json(row, "body")? })
    }
}

/// When people are told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AttentionSettingsRow {
    /// Seconds that a connection may fail before people are told.
    pub failing_after_s: u32,
}

impl Default for AttentionSettingsRow {
    /// A quarter of an hour: longer than a channel's restart, shorter than a lunch.
    fn default() -> Self {
        Self { failing_after_s: 15 * 60 }
    }
}

impl AttentionSettingsRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new("SETTINGS", "ATTENTION")
    }

    /// That, as a span.
    pub fn failing_after(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.failing_after_s))
    }
}

impl TypedRow for AttentionSettingsRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("body", to_json(self))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body")
    }
}
