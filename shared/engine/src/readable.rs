//! Rows of which one cannot be read: it is named, and the rest is shown.

use crate::Ports;
use crate::rows::{ConnectionRow, TypedRow};
use ports::{Error, ErrorKind, Key, Result, Row};

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Unreadable {
    /// Where it lies in the table.
    pub key: String,
    /// What is wrong with it.
    pub error: String,
}

impl Unreadable {
    /// Reads a row, or notes it. Never fails: a row that somebody spoilt must not hide the others.
    pub(crate) fn or<R: TypedRow>(world: &Ports, row: &Row, noted: &mut Vec<Self>) -> Option<R> {
        match R::from_row(row) {
            Ok(kept) => Some(kept.believed_at(world.clock.now())),
            Err(error) => {
                noted.push(Self::row(&row.key, error.message));
                None
            }
        }
    }

    pub(crate) fn row(key: &Key, problem: String) -> Self {
        Self { key: named(key), error: problem }
    }

    /// Whether it is this row.
    pub(crate) fn is(&self, key: &Key) -> bool {
        self.key == named(key)
    }

    /// A thing of which a row cannot be read. `None`: it failed for a passing reason, which is no row's fault.
    pub(crate) fn of(what: String, error: &Error) -> Option<Self> {
        (error.kind == ErrorKind::Bug).then(|| Self { key: what, error: error.message.clone() })
    }
}

fn named(key: &Key) -> String {
    format!("{} / {}", key.pk, key.sk)
}

/// A row that a view reads.
pub(crate) enum Wanted<R> {
    /// As it is.
    Read(R),
    /// It is there, cannot be read, and was noted.
    Unreadable,
    /// There is none.
    Absent,
}

impl<R> Wanted<R> {
    /// What it says; `None`: nothing, or nobody knows.
    pub(crate) fn read(self) -> Option<R> {
        match self {
            Self::Read(row) => Some(row),
            Self::Unreadable | Self::Absent => None,
        }
    }
}

/// Reads one row. One that cannot be read is noted, and hides nothing else.
pub(crate) async fn wanted<R: TypedRow>(world: &Ports, key: &Key, noted: &mut Vec<Unreadable>) -> Result<Wanted<R>> {
    let Some(row) = world.table.get(key).await? else { return Ok(Wanted::Absent) };
    Ok(Unreadable::or(world, &row, noted).map_or(Wanted::Unreadable, Wanted::Read))
}

/// The connections, and those whose rows cannot be read: one of them must not stop the others.
pub async fn readable_connections(world: &Ports) -> Result<(Vec<ConnectionRow>, Vec<Unreadable>)> {
    readable(world, ConnectionRow::PARTITION, "").await
}

/// All rows of a kind in a partition, and those that cannot be read.
pub(crate) async fn readable<R: TypedRow>(world: &Ports, pk: &str, prefix: &str) -> Result<(Vec<R>, Vec<Unreadable>)> {
    let (mut found, mut noted) = (Vec::new(), Vec::new());
    let mut from = None;
    loop {
        let page = world.table.query(pk, prefix, from.as_ref(), 500, false).await?;
        found.extend(page.rows.iter().filter_map(|row| Unreadable::or(world, row, &mut noted)));
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok((found, noted)),
        }
    }
}
