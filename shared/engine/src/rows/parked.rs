//! What could not be processed and must be seen by a person, with the reason.

use super::{Kept, broken, sortable, text};
use domain::ConnectionId;
use jiff::{Timestamp, ToSpan};
use ports::{Key, Result, Row};

/// Days a parked thing is kept; it may hold an order's words, so not for ever (I13).
const KEPT_DAYS: i64 = 14;

/// A parked thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedRow {
    /// When it was parked, UTC.
    pub at: Timestamp,
    /// Tells it from others of the same instant; the same failure twice has the same id where it can be told.
    pub id: String,
    /// The connection it is about.
    pub connection: Option<ConnectionId>,
    /// What it is: `webhook`, `order 1001`, `listing 12`.
    pub what: String,
    /// Why it could not be processed and what to do, for people.
    pub reason: String,
    /// The thing itself, so that nothing is lost. Empty where another row holds it.
    pub body: String,
}

impl ParkedRow {
    /// All parked things are in one partition.
    pub const PARTITION: &'static str = "PARKED";

    /// The key of one.
    pub fn key(at: Timestamp, id: &str) -> Key {
        Key::new(Self::PARTITION, format!("{}#{id}", sortable(at)))
    }
}

impl Kept for ParkedRow {
    fn to_row(&self) -> Row {
        let expires = self.at.saturating_add((24 * KEPT_DAYS).hours()).map_or(i64::MAX, Timestamp::as_second);
        let row = Row::new(Self::key(self.at, &self.id))
            .text("what", self.what.as_str())
            .text("reason", self.reason.as_str())
            .text("body", self.body.as_str())
            .number("expires_at", expires);
        match &self.connection {
            Some(connection) => row.text("connection", connection.as_str()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a parked row's");
        let (at, id) = row.key.sk.split_once('#').ok_or_else(odd)?;
        Ok(Self {
            at: at.parse().map_err(|_| odd())?,
            id: id.to_owned(),
            connection: row.get_text("connection").map(ConnectionId::new).transpose()?,
            what: text(row, "what")?.to_owned(),
            reason: text(row, "reason")?.to_owned(),
            body: text(row, "body")?.to_owned(),
        })
    }
}
