//! That an order was looked at and is not taken in: from before the opening figure, gone, or parked for a person.
//!
//! Without it every poll would find such an order anew, and park it anew. Only where nobody has to decide about it does it count as
//! settled: what a parked order may demand holds figures down until a person has decided.

use super::{OrderRow, Products, TypedRow, given, instant, json, sortable, text, to_json};
use crate::Ports;
use domain::{ConnectionId, OrderNumber, believed_stamp};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Write};

/// Why an order is not taken in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ExclusionReason {
    /// Its units had left the shelf, or were set aside, before the opening figure was counted.
    BeforeOpening,
    /// It is no order yet: a quote, an open till, a checkout that somebody is in.
    Draft,
    /// The channel no longer had it when it was first read.
    Gone,
    /// It is parked: a person must decide.
    NeedsPerson {
        /// What it may demand.
        products: Products,
    },
    /// A person decided that nothing is to be done for it.
    Dismissed,
}

/// An order put aside, up to one of its states. A later state is looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludedOrderRow {
    /// Its key: in the order's partition.
    key: Key,
    /// The state it was put aside in, by the channel's stamp; when it was read, if it has none. UTC.
    pub through: Timestamp,
    /// What it waits for, if anything.
    pub kind: ExclusionReason,
    /// Why, for people.
    pub reason: String,
}

impl ExcludedOrderRow {
    fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(OrderRow::key(connection, number).pk, "ASIDE")
    }

    /// Puts an order aside. Answers false if it already was, in this state or a later one.
    pub async fn put(
        world: &Ports,
        connection: &ConnectionId,
        number: &OrderNumber,
        through: Timestamp,
        kind: ExclusionReason,
        reason: &str,
    ) -> Result<bool> {
        if Self::read(world, connection, number).await?.is_some_and(|row| row.through >= through) {
            return Ok(false);
        }
        let row = Self { key: Self::key(connection, number), through, kind, reason: reason.to_owned() };
        world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await
    }

    /// Reads it.
    pub async fn read(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<Option<Self>> {
        world.get(&Self::key(connection, number)).await
    }

    /// How an order is put aside in this state, if it is. `None` for the state: in any.
    pub async fn covering(
        world: &Ports,
        connection: &ConnectionId,
        number: &OrderNumber,
        stamp: Option<Timestamp>,
    ) -> Result<Option<ExclusionReason>> {
        let row = Self::read(world, connection, number).await?;
        Ok(row.filter(|row| stamp.is_none_or(|stamp| stamp <= row.through)).map(|row| row.kind))
    }

    /// A person decided that nothing is to be done for it: it holds nothing down any more. Answers what it held down, if it did.
    pub async fn dismiss(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<Option<Products>> {
        let Some(row) = Self::read(world, connection, number).await? else { return Ok(None) };
        let ExclusionReason::NeedsPerson { products } = row.kind else { return Ok(None) };
        let row = Self { kind: ExclusionReason::Dismissed, ..row };
        world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
        Ok(Some(products))
    }

    /// Forgets it: the next state that is told, or the same one told again, is looked at anew.
    pub async fn forget(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<()> {
        let key = Self::key(connection, number);
        world.write_if(Write::Delete { key, when: Condition::Always }).await.map(drop)
    }
}

impl TypedRow for ExcludedOrderRow {
    fn to_row(&self) -> Row {
        Row::new(self.key.clone())
            .text("through", sortable(self.through))
            .text("kind", to_json(&self.kind))
            .text("reason", self.reason.as_str())
    }

    fn from_row(row: &Row) -> Result<Self> {
        // A row from before kinds were kept does not tell whether a person must decide, so it counts as if one had to.
        let kind = match row.get_text("kind") {
            Some(_) => json(row, "kind")?,
            None => ExclusionReason::NeedsPerson { products: Products::Any },
        };
        let through = given(row, "through", instant)?;
        Ok(Self { key: row.key.clone(), through, kind, reason: text(row, "reason")?.to_owned() })
    }

    /// A state from beyond now was none: whatever is told next is looked at.
    fn believed_at(self, now: Timestamp) -> Self {
        let through = believed_stamp(Some(self.through), now).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { through, ..self }
    }
}
