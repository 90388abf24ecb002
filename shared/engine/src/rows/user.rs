//! A user of one machine: who may sign in, and as what.

use super::{TypedRow, broken, given, instant, sortable, text};
use domain::{Role, UserName};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Value, Write};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Under which name they sign in, and what they do is known.
    pub name: UserName,
    /// What they may.
    pub role: Role,
    /// What argon2id made of their password, as PHC writes it. No log and no answer has it.
    pub password: String,
    /// Another one with every password: a session that was opened under an earlier one is none any more.
    pub revision: String,
    /// A hash of the address from which they signed in last: there, attempts of others do not keep them out.
    pub last_from: Option<String>,
    /// When they were added, UTC.
    pub added_at: Timestamp,
    /// Who added them.
    pub added_by: String,
}

impl UserRow {
    /// All of them.
    pub const PARTITION: &'static str = "USERS";

    /// Its key.
    pub fn key(name: &UserName) -> Key {
        Key::new(Self::PARTITION, name.as_str())
    }

    /// Adds them, if there is nobody of this name.
    pub fn added(&self) -> Write {
        Write::Put { row: self.to_row(), when: Condition::Absent }
    }

    /// Puts them in the place of what was read, if nobody changed the password or the role since.
    pub fn in_place_of(&self, was: &Self) -> Write {
        let same = |name: &str, value: &str| Condition::Is(name.to_owned(), Value::Text(value.to_owned()));
        let when = Condition::All(vec![same("revision", &was.revision), same("role", was.role.as_str())]);
        Write::Put { row: self.to_row(), when }
    }
}

impl TypedRow for UserRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.name));
        let row = match &self.last_from {
            Some(from) => row.text("last_from", from),
            None => row,
        };
        row.text("role", self.role.as_str())
            .text("password", &self.password)
            .text("revision", &self.revision)
            .text("added_at", sortable(self.added_at))
            .text("added_by", &self.added_by)
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            name: UserName::new(&row.key.sk)?,
            role: text(row, "role")?.parse().map_err(|_| broken(&row.key, "`role` is none"))?,
            password: text(row, "password")?.to_owned(),
            revision: text(row, "revision")?.to_owned(),
            last_from: row.get_text("last_from").map(str::to_owned),
            added_at: given(row, "added_at", instant)?,
            added_by: text(row, "added_by")?.to_owned(),
        })
    }
}
