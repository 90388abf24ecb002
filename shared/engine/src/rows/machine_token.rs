//! A token by which a program of the merchant's asks: as what it may, and a hash of it.

use super::{TypedRow, broken, given, instant, sortable, text};
use domain::{Role, UserName};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Write};

/// A machine token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineTokenRow {
    /// What it is called, and what is done with it is known by.
    pub name: UserName,
    /// What it may.
    pub role: Role,
    /// The SHA-256 of it, as text. The token itself was shown once.
    pub hash: String,
    /// When it was added, UTC.
    pub added_at: Timestamp,
    /// Who added it.
    pub added_by: String,
}

impl MachineTokenRow {
    /// All of them.
    pub const PARTITION: &'static str = "MACHINE_TOKENS";

    /// Its key.
    pub fn key(name: &UserName) -> Key {
        Key::new(Self::PARTITION, name.as_str())
    }

    /// Adds it, if there is none of this name.
    pub fn added(&self) -> Write {
        Write::Put { row: self.to_row(), when: Condition::Absent }
    }

    /// Revokes it.
    pub fn revoked(name: &UserName) -> Write {
        Write::Delete { key: Self::key(name), when: Condition::Present }
    }
}

impl TypedRow for MachineTokenRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.name))
            .text("role", self.role.as_str())
            .text("hash", &self.hash)
            .text("added_at", sortable(self.added_at))
            .text("added_by", &self.added_by)
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            name: UserName::new(&row.key.sk)?,
            role: text(row, "role")?.parse().map_err(|_| broken(&row.key, "`role` is none"))?,
            hash: text(row, "hash")?.to_owned(),
            added_at: given(row, "added_at", instant)?,
            added_by: text(row, "added_by")?.to_owned(),
        })
    }
}
