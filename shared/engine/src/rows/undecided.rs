//! That an item came to a stock which others may come to in the same look through a connection's items.

use super::{TypedRow, broken, given, instant, sortable};
use domain::ConnectionId;
use jiff::Timestamp;
use ports::{Key, Result, Row, Value};

/// A stock of which it is not known yet who has it: nobody is published to it until the list was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndecidedRow {
    /// On which connection.
    pub connection: ConnectionId,
    /// A listing's `stock_reference`.
    pub stock_reference: String,
    /// When an item came to it last, UTC.
    pub at: Timestamp,
}

impl UndecidedRow {
    /// Its name in the connection's partition starts so.
    pub const PREFIX: &'static str = "UNDECIDED#";

    /// Its key.
    pub fn key(connection: &ConnectionId, stock_reference: &str) -> Key {
        Key::new(format!("CONNECTION#{connection}"), format!("{}{stock_reference}", Self::PREFIX))
    }

    /// As it is kept of when an item came last.
    pub fn came(&self) -> Value {
        Value::Text(sortable(self.at))
    }
}

impl TypedRow for UndecidedRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, &self.stock_reference)).text("at", sortable(self.at))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not that of a stock");
        let connection = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?;
        let stock_reference = row.key.sk.strip_prefix(Self::PREFIX).ok_or_else(odd)?;
        Ok(Self {
            connection: ConnectionId::new(connection)?,
            stock_reference: stock_reference.to_owned(),
            at: given(row, "at", instant)?,
        })
    }
}
