//! What a channel must still be told about an order: so that it is told even if every message about it is lost.

use super::{TypedRow, given, instant, sortable, text};
use domain::{ConnectionId, OrderNumber, lasting};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Key, Result, Row, Value, Write};

/// One shipment, cancellation, inspection or acceptance that the channel does not know of yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Whose channel.
    pub connection: ConnectionId,
    /// The order.
    pub number: OrderNumber,
    /// Mark of the shipment, cancellation or inspection; that of an acceptance is the same for all orders.
    pub id: String,
    /// Since when it waits, UTC.
    pub since: Timestamp,
    /// When the message about it is due, UTC. If nothing comes of it long after, the message is lost.
    pub due: Timestamp,
    /// How often the channel was told, or asked, without its coming to an end.
    pub tries: i64,
}

impl OutboxRow {
    /// A message is delayed by at most this (SQS).
    const LONGEST_PUT_OFF: SignedDuration = SignedDuration::from_mins(15);

    /// All of them are in one partition: there are as many as channels are behind.
    pub const PARTITION: &'static str = "OUTBOX";

    /// Its key.
    pub fn key(connection: &ConnectionId, id: &str, number: &OrderNumber) -> Key {
        Key::new(Self::PARTITION, format!("{connection}#{id}#{number}"))
    }

    /// Notes what waits from `at` on, whose message goes out now.
    pub(crate) fn opened(connection: &ConnectionId, number: &OrderNumber, id: &str, at: Timestamp) -> Write {
        let row = Self { due: at, ..Self::without_message(connection, number, id, at) };
        Write::Put { row: row.to_row(), when: Condition::Always }
    }

    /// Takes it off the list as it was read: what was opened anew since stays.
    pub(crate) fn closed(&self) -> Write {
        let when = Condition::Is("since".into(), Value::Text(sortable(self.since)));
        Write::Delete { key: Self::key(&self.connection, &self.id, &self.number), when }
    }

    /// What waits from `at` on, without a message about it: the next sweep sends one.
    pub(crate) fn without_message(connection: &ConnectionId, number: &OrderNumber, id: &str, at: Timestamp) -> Self {
        let (connection, number) = (connection.clone(), number.clone());
        Self { connection, number, id: id.to_owned(), since: at, due: Timestamp::UNIX_EPOCH, tries: 0 }
    }

    /// As `put_off`, after one more try.
    pub(crate) fn tried(key: Key, due: Timestamp) -> Write {
        let set = vec![("due".to_owned(), Value::Text(sortable(due)))];
        Write::Update { key, add: vec![("tries".to_owned(), 1)], set, remove: Vec::new(), when: Condition::Present }
    }

    /// Notes when its message is due now. If the channel was told in the meantime, there is no row, and none is made.
    pub(crate) fn put_off(key: Key, due: Timestamp) -> Write {
        let set = vec![("due".to_owned(), Value::Text(sortable(due)))];
        Write::Update { key, add: Vec::new(), set, remove: Vec::new(), when: Condition::Present }
    }
}

impl TypedRow for OutboxRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, &self.id, &self.number))
            .text("connection", self.connection.as_str())
            .text("number", self.number.as_str())
            .text("id", self.id.as_str())
            .text("since", sortable(self.since))
            .text("due", sortable(self.due))
            .number("tries", self.tries)
    }

    fn from_row(row: &Row) -> Result<Self> {
        // Not out of the key: marks and numbers may hold any character.
        Ok(Self {
            connection: ConnectionId::new(text(row, "connection")?)?,
            number: OrderNumber::new(text(row, "number")?)?,
            id: text(row, "id")?.to_owned(),
            since: given(row, "since", instant)?,
            due: given(row, "due", instant)?,
            tries: row.get_number("tries").unwrap_or(0),
        })
    }

    fn believed_at(self, now: Timestamp) -> Self {
        Self { due: lasting(self.due, now, Self::LONGEST_PUT_OFF).unwrap_or(Timestamp::UNIX_EPOCH), ..self }
    }
}
