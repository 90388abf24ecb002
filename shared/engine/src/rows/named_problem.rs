//! That something of a connection was named to a person, so that the same problem is named once, however often it is read.

use super::{ParkedRow, TypedRow, broken, given, instant, number, sortable, text};
use domain::{ConnectionId, OfferId};
use jiff::Timestamp;
use ports::{Key, Result, Row};

/// A problem that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedRow {
    /// Whose.
    pub connection: ConnectionId,
    /// What it is about, the same at each reading: `listings#product 12#stock_quantity`.
    pub about: String,
    /// The item on the channel, where it has one.
    pub offer: Option<OfferId>,
    /// What was said of it.
    pub reason: String,
    /// When it was parked, UTC: with `id`, where.
    pub at: Timestamp,
    /// The parked thing's id.
    pub id: String,
    /// When it was last read so, UTC; exact to a day.
    pub seen_at: Timestamp,
}

impl NotedRow {
    const PREFIX: &'static str = "NOTED#";

    /// The partition of a connection's.
    pub fn partition(connection: &ConnectionId) -> String {
        format!("CONNECTION#{connection}")
    }

    /// How those of one kind of list begin.
    pub fn prefix(list: &str) -> String {
        format!("{}{list}#", Self::PREFIX)
    }

    /// Where it was parked.
    pub fn parked_key(&self) -> Key {
        ParkedRow::key(&self.id)
    }

    /// Its key.
    pub fn key(connection: &ConnectionId, about: &str) -> Key {
        Key::new(Self::partition(connection), format!("{}{about}", Self::PREFIX))
    }
}

impl TypedRow for NotedRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.connection, &self.about))
            .text("reason", self.reason.as_str())
            .text("at", sortable(self.at))
            .text("id", self.id.as_str())
            .number("seen_at", self.seen_at.as_second());
        match &self.offer {
            Some(offer) => row.text("offer", offer.as_str()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not that of a problem that was named");
        let connection = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?;
        Ok(Self {
            connection: ConnectionId::new(connection)?,
            about: row.key.sk.strip_prefix(Self::PREFIX).ok_or_else(odd)?.to_owned(),
            offer: row.get_text("offer").map(OfferId::new).transpose()?,
            reason: text(row, "reason")?.to_owned(),
            at: given(row, "at", instant)?,
            id: text(row, "id")?.to_owned(),
            seen_at: Timestamp::from_second(number(row, "seen_at")?).map_err(|_| odd())?,
        })
    }
}
