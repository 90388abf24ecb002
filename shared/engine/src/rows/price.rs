//! What a product costs on a connection, what the channel was told of it, and when it must be told next.

use super::{PendingPrices, TypedRow, broken, instant, json, sortable, to_json};
use domain::{ConnectionId, PriceInForce, Prices, Sku};
use jiff::Timestamp;
use ports::{Key, Result, Row};

/// Prices of one product on one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// Which product.
    pub sku: Sku,
    /// The prices.
    pub prices: Prices,
    /// What the channel acknowledged last.
    pub told: Option<PriceInForce>,
    /// When, UTC.
    pub told_at: Option<Timestamp>,
    /// Why the last attempt failed, for people.
    pub problem: Option<String>,
    /// A price that the channel took and has not put in force as far as is known. It is asked for when it is due again (`PriceDueRow`).
    pub pending: Option<PendingPrices>,
}

impl PriceRow {
    /// All prices of a connection start so.
    pub const PREFIX: &'static str = "PRICE#";

    /// Its key.
    pub fn key(connection: &ConnectionId, sku: &Sku) -> Key {
        Key::new(format!("CONNECTION#{connection}"), format!("{}{sku}", Self::PREFIX))
    }
}

impl TypedRow for PriceRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection, &self.sku)).text("prices", to_json(&self.prices));
        let texts = [
            ("told", self.told.as_ref().map(to_json)),
            ("told_at", self.told_at.map(sortable)),
            ("problem", self.problem.clone()),
            ("pending", self.pending.as_ref().map(to_json)),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                row = row.text(name, value);
            }
        }
        row
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a price's");
        let connection = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?;
        let sku = row.key.sk.strip_prefix(Self::PREFIX).ok_or_else(odd)?;
        Ok(Self {
            connection: ConnectionId::new(connection)?,
            sku: Sku::new(sku)?,
            prices: json(row, "prices")?,
            told: row.get_text("told").map(|_| json(row, "told")).transpose()?,
            told_at: instant(row, "told_at")?,
            problem: row.get_text("problem").map(str::to_owned),
            pending: row.get_text("pending").map(|_| json(row, "pending")).transpose()?,
        })
    }
}

/// That a price must be told at an instant. Sorts by it, so that what is due is read without what is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceDueRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// When, UTC.
    pub at: Timestamp,
    /// Which product.
    pub sku: Sku,
}

impl PriceDueRow {
    /// All of a connection start so.
    pub const PREFIX: &'static str = "PRICE_DUE#";

    /// Its key.
    pub fn key(connection: &ConnectionId, at: Timestamp, sku: &Sku) -> Key {
        Key::new(format!("CONNECTION#{connection}"), format!("{}{}#{sku}", Self::PREFIX, sortable(at)))
    }
}

impl TypedRow for PriceDueRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, self.at, &self.sku))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not that of a price to be told");
        let connection = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?;
        let (at, sku) = row.key.sk.strip_prefix(Self::PREFIX).and_then(|key| key.split_once('#')).ok_or_else(odd)?;
        Ok(Self { connection: ConnectionId::new(connection)?, at: at.parse().map_err(|_| odd())?, sku: Sku::new(sku)? })
    }
}
