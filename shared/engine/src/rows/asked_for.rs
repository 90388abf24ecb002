//! What a channel answered when it was asked whether it has an order that we know.

use super::{OrderRow, TypedRow, given, instant, number, sortable};
use domain::{ConnectionId, OrderNumber, noted};
use jiff::{Timestamp, ToSpan};
use ports::{Key, Result, Row};

/// In the order's partition; there where it has none, or where a person's word made us ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedForRow {
    key: Key,
    /// When it answered, UTC.
    pub at: Timestamp,
    /// Whether it has it.
    pub is_there: bool,
}

impl AskedForRow {
    /// That it answers so now.
    pub fn new(connection: &ConnectionId, number: &OrderNumber, at: Timestamp, is_there: bool) -> Self {
        Self { key: Self::key(connection, number), at, is_there }
    }

    /// Its key.
    pub fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(OrderRow::key(connection, number).pk, "ASKED")
    }
}

impl TypedRow for AskedForRow {
    fn to_row(&self) -> Row {
        // It is believed for minutes only.
        let expires_at = self.at.saturating_add(24.hours()).map_or(i64::MAX, Timestamp::as_second);
        let row = Row::new(self.key.clone()).text("at", sortable(self.at)).number("expires_at", expires_at);
        row.number("is_there", i64::from(self.is_there))
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { key: row.key.clone(), at: given(row, "at", instant)?, is_there: number(row, "is_there")? != 0 })
    }

    fn believed_at(self, now: Timestamp) -> Self {
        Self { at: noted(self.at, now).unwrap_or(Timestamp::UNIX_EPOCH), ..self }
    }
}
