//! What a channel must still be told about an order: so that it is told even if every message about it is lost.

use super::{Kept, broken, given, instant, sortable};
use domain::{ConnectionId, OrderNumber};
use jiff::Timestamp;
use ports::{Key, Result, Row};

/// One parcel, cancellation or inspection that the channel does not know of yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Whose channel.
    pub connection: ConnectionId,
    /// The order.
    pub number: OrderNumber,
    /// Mark of the parcel, cancellation or inspection.
    pub id: String,
    /// Since when it waits, UTC.
    pub since: Timestamp,
}

impl OutboxRow {
    /// All of them are in one partition: there are as many as channels are behind.
    pub const PARTITION: &'static str = "OUTBOX";

    /// Its key. The order number comes last, for it may hold any character.
    pub fn key(connection: &ConnectionId, id: &str, number: &OrderNumber) -> Key {
        Key::new(Self::PARTITION, format!("{connection}#{id}#{number}"))
    }
}

impl Kept for OutboxRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, &self.id, &self.number)).text("since", sortable(self.since))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not an outbox row's");
        let mut parts = row.key.sk.splitn(3, '#');
        let (Some(connection), Some(id), Some(number)) = (parts.next(), parts.next(), parts.next()) else { return Err(odd()) };
        Ok(Self {
            connection: ConnectionId::new(connection)?,
            number: OrderNumber::new(number)?,
            id: id.to_owned(),
            since: given(row, "since", instant)?,
        })
    }
}
