//! That an order was looked at and will not be taken in: parked for a person, from before the opening figure, or gone.
//!
//! Without it every poll would find such an order anew, park it anew, and figures would never rise again.

use super::{Kept, OrderRow, given, instant, sortable, text};
use crate::World;
use domain::{ConnectionId, OrderNumber};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Write};

/// An order put aside, up to one of its states. A later state is looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideRow {
    /// Its key: in the order's partition.
    key: Key,
    /// The state it was put aside in, by the channel's stamp; when it was read, if it has none. UTC.
    pub through: Timestamp,
    /// Why, for people.
    pub reason: String,
}

impl AsideRow {
    fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(OrderRow::key(connection, number).pk, "ASIDE")
    }

    /// Puts an order aside. Answers false if it already was, in this state or a later one.
    pub async fn put(
        world: &World,
        connection: &ConnectionId,
        number: &OrderNumber,
        through: Timestamp,
        reason: &str,
    ) -> Result<bool> {
        let key = Self::key(connection, number);
        if world.get::<Self>(&key).await?.is_some_and(|row| row.through >= through) {
            return Ok(false);
        }
        let row = Self { key, through, reason: reason.to_owned() };
        world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await
    }

    /// Whether an order is put aside in this state.
    pub async fn covers(
        world: &World,
        connection: &ConnectionId,
        number: &OrderNumber,
        stamp: Option<Timestamp>,
    ) -> Result<bool> {
        let row: Option<Self> = world.get(&Self::key(connection, number)).await?;
        Ok(row.is_some_and(|row| stamp.is_none_or(|stamp| stamp <= row.through)))
    }
}

impl Kept for AsideRow {
    fn to_row(&self) -> Row {
        Row::new(self.key.clone()).text("through", sortable(self.through)).text("reason", self.reason.as_str())
    }

    fn from_row(row: &Row) -> Result<Self> {
        let through = given(row, "through", instant)?;
        Ok(Self { key: row.key.clone(), through, reason: text(row, "reason")?.to_owned() })
    }
}
