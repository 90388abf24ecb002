//! How often somebody tried to sign in and failed, of late.

use super::{TypedRow, given, instant, number, sortable, text};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Key, Result, Row, Write};

/// Attempts are counted over so long, from the first of them.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Failed attempts of one kind: at the name of a user, or from an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInsRow {
    /// A hash of the name or the address: neither is in the table for having been tried.
    pub who: String,
    /// How many failed.
    pub failed: i64,
    /// The first of them, UTC.
    pub since: Timestamp,
}

impl SignInsRow {
    /// Its key.
    pub fn key(who: &str) -> Key {
        Key::new(format!("SIGN_INS#{who}"), "FAILED")
    }

    /// Those of before `now` that still count.
    pub fn counted(row: Option<Self>, who: &str, now: Timestamp) -> Self {
        let fresh = Self { who: who.to_owned(), failed: 0, since: now };
        row.filter(|row| now.duration_since(row.since).abs() < WINDOW).unwrap_or(fresh)
    }

    /// When they are forgotten, UTC.
    pub fn until(&self) -> Timestamp {
        self.since.saturating_add(WINDOW).unwrap_or(Timestamp::MAX)
    }

    /// One more attempt is under way. Counted before it is looked at, so that a crowd of attempts at once gets no further than one after the
    /// other would.
    pub fn tried(&self) -> Write {
        if self.failed == 0 {
            return Write::Put { row: Self { failed: 1, ..self.clone() }.to_row(), when: Condition::Always };
        }
        Write::Update {
            key: Self::key(&self.who),
            add: vec![("failed".to_owned(), 1)],
            set: vec![],
            remove: vec![],
            when: Condition::Present,
        }
    }

    /// It succeeded, and that one does not count. Earlier ones do: who has an account has no more attempts at those of others.
    pub fn succeeded(who: &str) -> Write {
        Write::Update {
            key: Self::key(who),
            add: vec![("failed".to_owned(), -1)],
            set: vec![],
            remove: vec![],
            when: Condition::Present,
        }
    }

    /// None of them counts any more.
    pub fn forgotten(who: &str) -> Write {
        Write::Delete { key: Self::key(who), when: Condition::Always }
    }
}

impl TypedRow for SignInsRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.who))
            .text("who", &self.who)
            .number("failed", self.failed)
            .text("since", sortable(self.since))
            .number("expires_at", self.until().as_second())
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { who: text(row, "who")?.to_owned(), failed: number(row, "failed")?, since: given(row, "since", instant)? })
    }
}
