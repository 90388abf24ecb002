//! How a scarce product's units are shared out among its listings. Only there while the product is in quota mode.

use super::{TypedRow, broken, json, text, to_json};
use domain::{ConnectionId, OfferId, Share, Sku};
use ports::{Condition, Key, Result, Row, Value};
use std::collections::BTreeMap;

/// All shares of a product in one row: whoever gives one more must have seen all the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharesRow {
    /// The product.
    pub sku: Sku,
    /// Another with every write: the condition of the next.
    pub mark: String,
    /// By connection and offer. A listing that is missing has a share of which nothing is known.
    pub shares: BTreeMap<String, Share>,
}

impl SharesRow {
    /// Its name in the partition of the product's stock.
    pub const NAME: &'static str = "SHARES";

    /// Its key.
    pub fn key(sku: &Sku) -> Key {
        Key::new(format!("SKU#{sku}"), Self::NAME)
    }

    /// How a listing is named in it.
    pub fn name(connection: &ConnectionId, offer: &OfferId) -> String {
        format!("{connection}#{offer}")
    }

    /// A listing's share.
    pub fn share(&self, connection: &ConnectionId, offer: &OfferId) -> Share {
        self.shares.get(&Self::name(connection, offer)).cloned().unwrap_or_default()
    }

    /// Whether no other item of the connection has a share.
    pub fn is_sole(&self, connection: &ConnectionId, offer: &OfferId) -> bool {
        let (mine, all) = (Self::name(connection, offer), format!("{connection}#"));
        self.shares.keys().filter(|name| name.starts_with(&all)).all(|name| *name == mine)
    }

    /// Holds as long as nobody wrote since this was read.
    pub fn unchanged(&self) -> Condition {
        Condition::Is("mark".into(), Value::Text(self.mark.clone()))
    }
}

impl TypedRow for SharesRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.sku)).text("mark", self.mark.as_str()).text("shares", to_json(&self.shares))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let sku = row.key.pk.strip_prefix("SKU#").ok_or_else(|| broken(&row.key, "the key is not a product's"))?;
        Ok(Self { sku: Sku::new(sku)?, mark: text(row, "mark")?.to_owned(), shares: json(row, "shares")? })
    }
}
