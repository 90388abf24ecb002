//! When a channel that may be called only at intervals was called last, and what waits for the next time.

use super::{TypedRow, broken, given, millis};
use domain::{ConnectionId, Sku, noted};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Key, Result, Row, Value};

/// What is done at intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtIntervals {
    /// Figures are written.
    Stock,
    /// Prices are written.
    Prices,
    /// The list of orders is read.
    Orders,
}

impl AtIntervals {
    /// All of it.
    pub const ALL: [Self; 3] = [Self::Stock, Self::Prices, Self::Orders];

    const fn row(self) -> &'static str {
        match self {
            Self::Stock => "STOCK_TURN",
            Self::Prices => "PRICE_TURN",
            Self::Orders => "ORDERS_TURN",
        }
    }
}

/// The last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// What was done.
    pub what: AtIntervals,
    /// When, UTC.
    pub taken_at: Timestamp,
}

impl TurnRow {
    /// Its key.
    pub fn key(connection: &ConnectionId, what: AtIntervals) -> Key {
        Key::new(format!("CONNECTION#{connection}"), what.row())
    }

    /// How long until it may be done again, `every` so much time; `None`: it may be done now. What a clock that was ahead noted holds nobody up.
    pub fn left(&self, every: SignedDuration, now: Timestamp) -> Option<SignedDuration> {
        let taken_at = noted(self.taken_at, now)?;
        Some(every - now.duration_since(taken_at)).filter(|left| *left > SignedDuration::ZERO)
    }

    /// Holds as long as nobody did it since this was read.
    pub fn unchanged(&self) -> Condition {
        Condition::Is("taken_at".into(), Value::Number(self.taken_at.as_millisecond()))
    }
}

impl TypedRow for TurnRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, self.what)).number("taken_at", self.taken_at.as_millisecond())
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not that of something done at intervals");
        let connection = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?;
        let what = AtIntervals::ALL.into_iter().find(|what| what.row() == row.key.sk).ok_or_else(odd)?;
        Ok(Self { connection: ConnectionId::new(connection)?, what, taken_at: given(row, "taken_at", millis)? })
    }
}

/// That a product's figure waits for the next write to a connection that takes one only once in a while: whoever has it takes all that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockDueRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// Which product.
    pub sku: Sku,
}

impl StockDueRow {
    /// All of a connection start so.
    pub const PREFIX: &'static str = "STOCK_DUE#";

    /// Its key.
    pub fn key(connection: &ConnectionId, sku: &Sku) -> Key {
        Key::new(format!("CONNECTION#{connection}"), format!("{}{sku}", Self::PREFIX))
    }
}

impl TypedRow for StockDueRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, &self.sku))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not that of a figure that waits");
        let connection = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?;
        let sku = row.key.sk.strip_prefix(Self::PREFIX).ok_or_else(odd)?;
        Ok(Self { connection: ConnectionId::new(connection)?, sku: Sku::new(sku)? })
    }
}
