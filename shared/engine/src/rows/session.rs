//! That somebody is signed in. The table knows only a hash of what their browser holds: whoever reads the table signs in with nothing.

use super::{TypedRow, given, instant, sortable, text};
use domain::UserName;
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Write};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The SHA-256 of the token that the browser sends, as text.
    pub hash: String,
    /// Whose it is.
    pub user: UserName,
    /// The `UserRow::revision` under which it was opened: with another password it ends.
    pub revision: String,
    /// When it ends, UTC, however busy it is.
    pub ends_at: Timestamp,
}

impl SessionRow {
    /// Its key.
    pub fn key(hash: &str) -> Key {
        Key::new(format!("SESSION#{hash}"), "SESSION")
    }

    /// Ends it.
    pub fn ended(hash: &str) -> Write {
        Write::Delete { key: Self::key(hash), when: Condition::Always }
    }
}

impl TypedRow for SessionRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.hash))
            .text("hash", &self.hash)
            .text("user", self.user.as_str())
            .text("revision", &self.revision)
            .text("ends_at", sortable(self.ends_at))
            .number("expires_at", self.ends_at.as_second())
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            hash: text(row, "hash")?.to_owned(),
            user: UserName::new(text(row, "user")?)?,
            revision: text(row, "revision")?.to_owned(),
            ends_at: given(row, "ends_at", instant)?,
        })
    }
}
