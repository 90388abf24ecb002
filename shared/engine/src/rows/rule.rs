//! What differs from a connection's rule for a product.

use super::{TypedRow, broken, given, instant, json, sortable, text, to_json};
use domain::{ConnectionId, RuleChange, Sku};
use jiff::Timestamp;
use ports::{Key, Result, Row};

/// A change of the rule, beside the product's stock: whoever tells channels its figure reads both at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    /// The product.
    pub sku: Sku,
    /// The connection it holds for; `None`: for all, where a connection's own row says nothing else.
    pub connection: Option<ConnectionId>,
    /// What differs.
    pub change: RuleChange,
    /// Since when, UTC.
    pub at: Timestamp,
    /// Who said so.
    pub by: String,
}

impl RuleRow {
    /// All of a product start so.
    pub const PREFIX: &'static str = "RULE#";

    /// Its key, in the partition of the product's stock.
    pub fn key(sku: &Sku, connection: Option<&ConnectionId>) -> Key {
        Key::new(format!("SKU#{sku}"), format!("{}{}", Self::PREFIX, connection.map_or("", ConnectionId::as_str)))
    }
}

impl TypedRow for RuleRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.sku, self.connection.as_ref()))
            .text("rule", to_json(&self.change))
            .text("at", sortable(self.at))
            .text("by", self.by.as_str())
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a rule's");
        let sku = row.key.pk.strip_prefix("SKU#").ok_or_else(odd)?;
        let connection = row.key.sk.strip_prefix(Self::PREFIX).ok_or_else(odd)?;
        Ok(Self {
            sku: Sku::new(sku)?,
            connection: Some(connection).filter(|c| !c.is_empty()).map(ConnectionId::new).transpose()?,
            change: json(row, "rule")?,
            at: given(row, "at", instant)?,
            by: text(row, "by")?.to_owned(),
        })
    }
}
