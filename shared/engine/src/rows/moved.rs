//! That a movement was made under a mark of whoever asked for it, so that asking again moves nothing more.

use super::{Kept, broken, json, to_json};
use crate::correct_stock::StockChange;
use domain::{LocationId, Sku};
use ports::{Key, Result, Row};

/// One movement that has a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedRow {
    /// The article.
    pub sku: Sku,
    /// The mark, the article's own.
    pub mark: String,
    /// Where it moved.
    pub location: LocationId,
    /// What was asked for.
    pub change: StockChange,
}

impl MovedRow {
    /// Its key.
    pub fn key(sku: &Sku, mark: &str) -> Key {
        Key::new(format!("MOVED#{sku}"), mark)
    }
}

impl Kept for MovedRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.sku, &self.mark));
        row.text("location", self.location.as_str()).text("change", to_json(&self.change))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let sku = row.key.pk.strip_prefix("MOVED#").ok_or_else(|| broken(&row.key, "the key is not that of a movement"))?;
        Ok(Self {
            sku: Sku::new(sku)?,
            mark: row.key.sk.clone(),
            location: LocationId::new(super::text(row, "location")?)?,
            change: json(row, "change")?,
        })
    }
}
