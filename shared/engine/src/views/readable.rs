//! Rows of which one cannot be read: it is named, and the rest is shown.

use crate::World;
use crate::rows::{ConnectionRow, Kept};
use ports::{Error, ErrorKind, Result, Row};

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Unreadable {
    /// Where it lies in the table.
    pub key: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Unreadable {
    /// Reads a row, or notes it. Never fails: a row that somebody spoilt must not hide the others.
    pub(crate) fn or<R: Kept>(world: &World, row: &Row, noted: &mut Vec<Self>) -> Option<R> {
        match R::from_row(row) {
            Ok(kept) => Some(kept.believed_at(world.clock.now())),
            Err(error) => {
                noted.push(Self { key: format!("{} / {}", row.key.pk, row.key.sk), problem: error.message });
                None
            }
        }
    }

    /// A thing of which a row cannot be read. `None`: it failed for a passing reason, which is no row's fault.
    pub(super) fn of(what: String, error: &Error) -> Option<Self> {
        (error.kind == ErrorKind::Bug).then(|| Self { key: what, problem: error.message.clone() })
    }
}

/// The connections, and those whose rows cannot be read: one of them must not stop the others.
pub async fn readable_connections(world: &World) -> Result<(Vec<ConnectionRow>, Vec<Unreadable>)> {
    readable(world, ConnectionRow::PARTITION, "").await
}

/// All rows of a kind in a partition, and those that cannot be read.
pub(super) async fn readable<R: Kept>(world: &World, pk: &str, prefix: &str) -> Result<(Vec<R>, Vec<Unreadable>)> {
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
