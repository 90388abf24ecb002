//! One order.

use super::{Kept, json, number, to_json};
use domain::{ConnectionId, Order, OrderNumber};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Value};

/// An order row: its version beside its body, because the version is the condition of every write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow(pub Order);

impl OrderRow {
    /// Its key.
    pub fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(format!("ORDER#{connection}#{number}"), "ORDER")
    }

    /// Holds as long as nobody wrote since `was` was read.
    pub fn unchanged(was: Option<u64>) -> Condition {
        was.map_or(Condition::Absent, |v| Condition::Is("version".into(), Value::Number(i64::try_from(v).unwrap_or(i64::MAX))))
    }
}

impl Kept for OrderRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.0.connection, &self.0.snapshot.number))
            .number("version", i64::try_from(self.0.version).unwrap_or(i64::MAX))
            .text("body", to_json(&self.0))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let mut order: Order = json(row, "body")?;
        order.version = u64::try_from(number(row, "version")?).unwrap_or(0);
        Ok(Self(order))
    }

    fn believed_at(self, now: Timestamp) -> Self {
        Self(self.0.believed_at(now))
    }
}
