//! What was last brought into the table for an entry of the merchant's catalogue file, so that only what changed is touched again.

use super::{TypedRow, broken, text};
use domain::Sku;
use ports::{Key, Result, Row};

/// An entry that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRow {
    /// The product.
    pub sku: Sku,
    /// A digest of the entry as it was applied.
    pub digest: String,
}

impl AppliedRow {
    /// All of them.
    pub const PARTITION: &'static str = "APPLIED";

    /// The key of a product's.
    pub fn key(sku: &Sku) -> Key {
        Key::new(Self::PARTITION, sku.as_str())
    }
}

impl TypedRow for AppliedRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.sku)).text("digest", self.digest.as_str())
    }

    fn from_row(row: &Row) -> Result<Self> {
        let sku = Sku::new(row.key.sk.as_str()).map_err(|_| broken(&row.key, "the key is no product's"))?;
        Ok(Self { sku, digest: text(row, "digest")?.to_owned() })
    }
}
