//! When people were last called to what needs them.

use super::{TypedRow, instant, number, sortable};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Value, Write};

/// The last call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttentionRow {
    /// When, UTC.
    pub told_at: Option<Timestamp>,
    /// When they were last called to something urgent, UTC.
    pub urgent_at: Option<Timestamp>,
    /// What was put aside up to this instant (UTC) was told.
    pub parked_through: Option<Timestamp>,
    /// Counts the writes, for the condition.
    pub version: i64,
}

impl AttentionRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new("ATTENTION", "CALLED")
    }

    /// The write of this row, if nobody wrote since it was read.
    pub(crate) fn write(&self) -> Write {
        let when =
            if self.version == 0 { Condition::Absent } else { Condition::Is("version".into(), Value::Number(self.version)) };
        Write::Put { row: Self { version: self.version + 1, ..self.clone() }.to_row(), when }
    }
}

impl TypedRow for AttentionRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key()).number("version", self.version);
        for (name, at) in [("told_at", self.told_at), ("urgent_at", self.urgent_at), ("parked_through", self.parked_through)] {
            if let Some(at) = at {
                row = row.text(name, sortable(at));
            }
        }
        row
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            told_at: instant(row, "told_at")?,
            urgent_at: instant(row, "urgent_at")?,
            parked_through: instant(row, "parked_through")?,
            version: number(row, "version")?,
        })
    }
}
