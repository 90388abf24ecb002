//! That an order has lines no product is known for, so that whoever learns of the product finds the order again.

use super::{TypedRow, broken};
use domain::{ConnectionId, OrderNumber};
use jiff::{Timestamp, ToSpan};
use ports::{Key, Result, Row};

/// Days such an order is remembered.
const KEPT_DAYS: i64 = 90;

/// An order with lines that wait for a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedRow {
    /// Where it came from.
    pub connection: ConnectionId,
    /// Which.
    pub number: OrderNumber,
    /// When that was noted, UTC.
    pub at: Timestamp,
}

impl UnmatchedRow {
    /// All such orders of a connection start so.
    pub const PREFIX: &'static str = "UNMATCHED#";

    /// The partition of a connection's.
    pub fn partition(connection: &ConnectionId) -> String {
        format!("CONNECTION#{connection}")
    }

    /// Its key.
    pub fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(Self::partition(connection), format!("{}{number}", Self::PREFIX))
    }
}

impl TypedRow for UnmatchedRow {
    fn to_row(&self) -> Row {
        let expires = self.at.saturating_add((24 * KEPT_DAYS).hours()).map_or(i64::MAX, Timestamp::as_second);
        Row::new(Self::key(&self.connection, &self.number)).text("at", super::sortable(self.at)).number("expires_at", expires)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not an unmatched order's");
        let connection = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?;
        let number = row.key.sk.strip_prefix(Self::PREFIX).ok_or_else(odd)?;
        let at = super::given(row, "at", super::instant)?;
        Ok(Self { connection: ConnectionId::new(connection)?, number: OrderNumber::new(number)?, at })
    }
}
