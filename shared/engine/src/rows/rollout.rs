//! A change of settings that every product's figures must follow, and how far that is.

use super::{TypedRow, broken, given, instant, number, sortable};
use domain::ConnectionId;
use jiff::Timestamp;
use ports::{Key, Result, Row};

/// Every product is to be looked at, on one connection or on all. Gone once all of them are on the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolloutRow {
    /// Where; `None`: on all connections.
    pub connection: Option<ConnectionId>,
    /// When the settings changed, UTC.
    pub asked_at: Timestamp,
    /// All products up to this SKU are on the queue, in that order.
    pub reached: Option<String>,
    /// How many those are.
    pub sent: i64,
    /// Another one for each change and each step, for the condition.
    pub mark: String,
}

impl RolloutRow {
    /// All of them are in one partition.
    pub const PARTITION: &'static str = "ROLLOUTS";
    const EVERYWHERE: &'static str = "*";

    /// Its key.
    pub fn key(connection: Option<&ConnectionId>) -> Key {
        Key::new(Self::PARTITION, connection.map_or(Self::EVERYWHERE, ConnectionId::as_str))
    }
}

impl TypedRow for RolloutRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(self.connection.as_ref()))
            .text("asked_at", sortable(self.asked_at))
            .number("sent", self.sent)
            .text("mark", self.mark.as_str());
        match &self.reached {
            Some(key) => row.text("reached", key.as_str()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let connection = (row.key.sk != Self::EVERYWHERE).then(|| ConnectionId::new(&row.key.sk)).transpose();
        Ok(Self {
            connection: connection.map_err(|_| broken(&row.key, "the key is not a connection's"))?,
            asked_at: given(row, "asked_at", instant)?,
            reached: row.get_text("reached").map(str::to_owned),
            sent: number(row, "sent")?,
            mark: row.get_text("mark").unwrap_or_default().to_owned(),
        })
    }
}
