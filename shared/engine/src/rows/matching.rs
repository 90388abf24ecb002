//! How far a connection's items have been looked through.

use super::{TypedRow, broken, instant, number, sortable};
use domain::ConnectionId;
use jiff::Timestamp;
use ports::{Key, Result, Row};

/// A list of items that is read page by page, by as many runs as it takes, and then from its beginning again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchingRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// Where the next run goes on; `None`: at the beginning.
    pub page: Option<String>,
    /// When the list that is under way, or was last, was begun, UTC.
    pub began_at: Option<Timestamp>,
    /// Items of it that were looked at.
    pub looked_at: i64,
    /// Pages of it that were read.
    pub pages: i64,
    /// When a list was last read to its end, UTC.
    pub ended_at: Option<Timestamp>,
}

impl MatchingRow {
    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        Key::new(format!("CONNECTION#{connection}"), "MATCHING")
    }

    /// Of a connection whose items were never looked at.
    pub fn fresh(connection: ConnectionId) -> Self {
        Self { connection, page: None, began_at: None, looked_at: 0, pages: 0, ended_at: None }
    }
}

impl TypedRow for MatchingRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection)).number("looked_at", self.looked_at).number("pages", self.pages);
        let texts =
            [("page", self.page.clone()), ("began_at", self.began_at.map(sortable)), ("ended_at", self.ended_at.map(sortable))];
        for (name, value) in texts {
            if let Some(value) = value {
                row = row.text(name, value);
            }
        }
        row
    }

    fn from_row(row: &Row) -> Result<Self> {
        let id = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(|| broken(&row.key, "the key is not a connection's"))?;
        Ok(Self {
            connection: ConnectionId::new(id)?,
            page: row.get_text("page").map(str::to_owned),
            began_at: instant(row, "began_at")?,
            looked_at: number(row, "looked_at")?,
            pages: number(row, "pages")?,
            ended_at: instant(row, "ended_at")?,
        })
    }
}
