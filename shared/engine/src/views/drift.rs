//! What reconciliation found: where channels, or our own books, differ from what they should be.

use super::Unreadable;
use super::paging::{Page, page};
use super::{PageRequest, connections};
use crate::Ports;
use crate::readable::wanted;
use crate::rows::{BooksRow, ConnectionRow, DriftCounts, DriftRow, DriftSubject, EndedRun, Phase, ReconcileRow};
use domain::{ConnectionId, DriftCause, DriftStatus, Quantity, Sku};
use jiff::Timestamp;
use ports::Result;
use std::collections::BTreeMap;

/// The report of differences.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct DriftReport {
    /// When it was made, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// All connections, by name.
    pub connections: Vec<ConnectionDrift>,
    /// Our own books.
    pub books: BooksDrift,
    /// Differences that are not gone, in the order of what they are about.
    pub differences: Vec<DifferenceView>,
    /// The cursor of the next page of differences; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ConnectionDrift {
    /// Its name.
    pub connection: ConnectionId,
    /// The channel's name for people; none if this build does not know the channel.
    pub channel_title: Option<String>,
    /// What the run that is under way found so far; none: none is.
    pub running: Option<DriftCounts>,
    /// The last whole run; none: there was none yet.
    pub last_run: Option<EndedRun>,
}

/// Our own books.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct BooksDrift {
    /// What the run that is under way found so far; none: none is.
    pub running: Option<DriftCounts>,
    /// The last whole run; none: there was none yet.
    pub last_run: Option<EndedRun>,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct DifferenceView {
    /// What it is about.
    pub subject: DriftSubject,
    /// The product, where it is known.
    pub sku: Option<Sku>,
    /// What sort.
    pub cause: DriftCause,
    /// How it stands.
    pub status: DriftStatus,
    /// What should be shown.
    pub target_quantity: Option<Quantity>,
    /// What was shown.
    pub observed_quantity: Option<Quantity>,
    /// What it is and what to do.
    pub message: String,
    /// Repairs in a row.
    pub repairs: u32,
    /// When it was first found, UTC.
    #[schemars(with = "String")]
    pub first_at: Timestamp,
    /// When it was last found, UTC.
    #[schemars(with = "String")]
    pub last_at: Timestamp,
}

/// The report, with a page of the differences; only those that need a person, if so wanted.
pub async fn drift(world: &Ports, only_for_people: bool, request: &PageRequest) -> Result<DriftReport> {
    let super::Connections { known: rows, mut unreadable } = connections(world).await?;
    let mut states = Vec::with_capacity(rows.len());
    for id in rows.keys() {
        states.push(wanted::<ReconcileRow>(world, &ReconcileRow::key(id), &mut unreadable).await?.read());
    }
    let books = wanted::<BooksRow>(world, &BooksRow::key(), &mut unreadable).await?.read();
    // What was being repaired and was not found again is gone, though its row is still there.
    let mut since: BTreeMap<Option<&ConnectionId>, u64> = BTreeMap::new();
    for (id, row) in rows.keys().zip(&states) {
        let under_way = row.as_ref().is_some_and(|row| row.state.phase != Phase::Idle);
        since.insert(Some(id), row.as_ref().map_or(0, |row| row.state.run - u64::from(under_way)));
    }
    since.insert(None, books.as_ref().map_or(0, |row| row.0.run - u64::from(row.0.after.is_some())));
    let shown = |row: &DriftRow| match row.case.status {
        DriftStatus::NeedsAttention => true,
        DriftStatus::Explained => !only_for_people,
        DriftStatus::Repairing => {
            !only_for_people && since.get(&connection(&row.subject)).is_some_and(|since| row.case.run >= *since)
        }
    };
    let Page { rows: found, next, unreadable: more } = page(world, DriftRow::PARTITION, "", request, false, shown).await?;
    unreadable.extend(more);
    Ok(DriftReport {
        at: world.clock.now(),
        connections: rows.values().zip(&states).map(|(row, state)| of_connection(world, row, state.as_ref())).collect(),
        books: BooksDrift {
            running: books.as_ref().filter(|row| row.0.after.is_some()).map(|row| row.0.counts.clone()),
            last_run: books.and_then(|row| row.0.last),
        },
        differences: found.into_iter().map(view).collect(),
        next,
        unreadable,
    })
}

fn connection(subject: &DriftSubject) -> Option<&ConnectionId> {
    match subject {
        DriftSubject::Listing { connection, .. } | DriftSubject::Order { connection, .. } => Some(connection),
        DriftSubject::Books { .. } => None,
    }
}

fn of_connection(world: &Ports, row: &ConnectionRow, state: Option<&ReconcileRow>) -> ConnectionDrift {
    ConnectionDrift {
        connection: row.id.clone(),
        channel_title: world.connectors.get(&row.channel).map(|channel| channel.descriptor().title.to_owned()),
        running: state.filter(|row| row.state.phase != Phase::Idle).map(|row| row.state.counts.clone()),
        last_run: state.and_then(|row| row.state.last.clone()),
    }
}

fn view(row: DriftRow) -> DifferenceView {
    DifferenceView {
        subject: row.subject,
        sku: row.sku,
        cause: row.case.cause,
        status: row.case.status,
        target_quantity: row.case.target_quantity,
        observed_quantity: row.case.observed_quantity,
        message: row.case.message,
        repairs: row.case.repairs,
        first_at: row.case.first_at,
        last_at: row.case.last_at,
    }
}
