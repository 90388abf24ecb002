//! What a person must see. The thing itself stays in the table: it may hold a customer's words (I13).

use super::PageRequest;
use super::readable::{Unreadable, readable};
use crate::World;
use crate::rows::ParkedRow;
use domain::ConnectionId;
use jiff::Timestamp;
use ports::Result;

/// What was put aside in the last 14 days, and is not right by now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Parked {
    /// The last to fail first.
    pub parked: Vec<ParkedView>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// A thing that could not be processed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ParkedView {
    /// When it failed last, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// When it failed first, UTC.
    #[schemars(with = "String")]
    pub first_at: Timestamp,
    /// How often it failed.
    pub count: i64,
    /// Names the problem: to try it again, to dismiss it, to erase what it holds.
    pub id: String,
    /// The connection it is about.
    pub connection: Option<ConnectionId>,
    /// What it is.
    pub what: String,
    /// Why it could not be processed and what to do.
    pub reason: String,
}

/// A page of what is parked, the last to fail first.
pub async fn parked(world: &World, request: &PageRequest) -> Result<Parked> {
    let (rows, unreadable) = readable::<ParkedRow>(world, ParkedRow::PARTITION, "").await?;
    let mut rows: Vec<ParkedRow> = rows.into_iter().filter(|row| !row.dismissed).collect();
    rows.sort_by(|a, b| (b.last_at, &b.id).cmp(&(a.last_at, &a.id)));
    let after = request.cursor.as_deref().and_then(|cursor| cursor.split_once('~'));
    let after = after.and_then(|(at, id)| Some((at.parse::<Timestamp>().ok()?, id.to_owned())));
    let mut rest =
        rows.into_iter().filter(|row| after.as_ref().is_none_or(|(at, id)| (row.last_at, &row.id) < (*at, id))).peekable();
    let page: Vec<ParkedRow> = rest.by_ref().take(request.size()).collect();
    let next = rest.peek().and(page.last()).map(|last| format!("{}~{}", last.last_at, last.id));
    Ok(Parked {
        parked: page.into_iter().map(view).collect(),
        next,
        unreadable: if after.is_none() { unreadable } else { Vec::new() },
    })
}

fn view(row: ParkedRow) -> ParkedView {
    ParkedView {
        at: row.last_at,
        first_at: row.first_at,
        count: row.count,
        id: row.id,
        connection: row.connection,
        what: row.subject.what(),
        reason: row.reason,
    }
}
