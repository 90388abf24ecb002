//! What a person must see. The thing itself stays in the table: it may hold a customer's words (I13).

use super::PageRequest;
use super::paging::page;
use crate::World;
use crate::rows::ParkedRow;
use domain::ConnectionId;
use jiff::Timestamp;
use ports::Result;

/// What was put aside in the last 14 days.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Parked {
    /// Newest first.
    pub parked: Vec<ParkedView>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
}

/// A thing that could not be processed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ParkedView {
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Tells it from others of the same instant.
    pub id: String,
    /// The connection it is about.
    pub connection: Option<ConnectionId>,
    /// What it is.
    pub what: String,
    /// Why it could not be processed and what to do.
    pub reason: String,
}

/// A page of what is parked, newest first.
pub async fn parked(world: &World, request: &PageRequest) -> Result<Parked> {
    let (rows, next) = page(world, ParkedRow::PARTITION, "", request, true, |_: &ParkedRow| true).await?;
    let view =
        |row: ParkedRow| ParkedView { at: row.at, id: row.id, connection: row.connection, what: row.what, reason: row.reason };
    Ok(Parked { parked: rows.into_iter().map(view).collect(), next })
}
