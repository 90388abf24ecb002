//! Which version the rows of the table have.

use super::{TypedRow, number};
use ports::{Key, Result, Row};

/// In a partition of its own: every function may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaRow {
    /// The version: rows may be in forms of this one, and of no later one.
    pub version: i64,
}

impl SchemaRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new("SCHEMA", "SCHEMA")
    }
}

impl TypedRow for SchemaRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).number("version", self.version)
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { version: number(row, "version")? })
    }
}
