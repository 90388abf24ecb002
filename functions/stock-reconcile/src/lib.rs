//! Compares channels and our own books with each other by the clock, and reports what differs.
//!
//! A run that takes longer than the function may is made in parts: each goes on where the one before stopped. So the schedule calls often,
//! and a call that finds nothing due costs a read per connection. One connection that fails costs the others nothing.

mod summary;

pub use summary::{Result as TaskResult, Summary};

use async_trait::async_trait;
use domain::ConnectionId;
use engine::rows::{BooksRow, ConnectionRow, Phase, ReconcileRow};
use engine::{Cache, Ports, ReconcileLimits, check_books, reconcile, views};
use futures::FutureExt;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{ScheduleHandler, in_time};
use ports::{Error, ErrorKind, Result};
use std::panic::AssertUnwindSafe;

/// Hours between the beginnings of two runs, where the schedule says nothing else.
const EVERY_H: u32 = 6;

/// What a schedule says is due, as `infra/template.yaml` writes it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Due {
    task: Task,
    /// Only this connection, whenever it was compared last; absent: all that are due.
    #[serde(default)]
    connection: Option<ConnectionId>,
    /// Hours between the beginnings of two runs; 0: always due.
    #[serde(default)]
    every_h: Option<u32>,
}

/// The tasks there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Compare what channels show and tell with what we know.
    Channels,
    /// Compare our own books with each other.
    Books,
    /// Tell what differs, as a mail.
    Report,
}

/// The handler.
pub struct StockReconcile {
    world: Ports,
    lookup: Cache,
    limits: ReconcileLimits,
}

impl StockReconcile {
    /// Works through these ports.
    pub fn new(world: Ports) -> Self {
        Self { world, lookup: Cache::default(), limits: ReconcileLimits::default() }
    }

    /// With other limits for one call.
    #[must_use]
    pub fn within(self, limits: ReconcileLimits) -> Self {
        Self { limits, ..self }
    }

    async fn channels(&self, due: &Due, until: Timestamp, deadline: Timestamp) -> Result<Summary> {
        let connections = match &due.connection {
            Some(one) => vec![self.lookup.connection(&self.world, one).await?.id.clone()],
            None => self.world.all::<ConnectionRow>(ConnectionRow::PARTITION, "").await?.into_iter().map(|row| row.id).collect(),
        };
        let every = if due.connection.is_some() { SignedDuration::ZERO } else { hours(due) };
        let results = join_all(connections.iter().map(|id| self.surely(id, every, until, deadline))).await;
        Ok(Summary::Channels { connections: connections.into_iter().zip(results).collect() })
    }

    async fn one(&self, id: &ConnectionId, every: SignedDuration, until: Timestamp) -> Result<summary::Result> {
        let row: Option<ReconcileRow> = self.world.get(&ReconcileRow::key(id)).await?;
        if let Some(ReconcileRow { state, .. }) = row
            && state.phase == Phase::Idle
            && self.world.clock.now().duration_since(state.began) < every
        {
            return Ok(summary::Result::NotDue);
        }
        let done = reconcile(&self.world, &self.lookup, id, self.limits, until).await?;
        Ok(summary::Result::Compared { complete: done.complete, counts: done.counts })
    }

    /// As `one`, but it ends, and ends well, whatever happens.
    async fn surely(&self, id: &ConnectionId, every: SignedDuration, until: Timestamp, deadline: Timestamp) -> summary::Result {
        let work = AssertUnwindSafe(Box::pin(self.one(id, every, until))).catch_unwind();
        let error = match in_time(&*self.world.clock, deadline, work).await {
            Some(Ok(Ok(result))) => return result,
            Some(Ok(Err(error))) => error,
            Some(Err(_)) => Error::new(ErrorKind::Bug, "reconcile", "it panicked; the log says where"),
            None => Error::new(ErrorKind::Timeout, "reconcile", "one page took too long; it is read again at the next run"),
        };
        if error.kind == ErrorKind::RateLimited {
            return summary::Result::PutOff { reason: error.message };
        }
        tracing::warn!(connection = %id, operation = error.operation, kind = ?error.kind, detail = error.detail, "not compared");
        summary::Result::Failed { error: error.message }
    }

    async fn books(&self, due: &Due, until: Timestamp) -> Result<Summary> {
        let row: Option<BooksRow> = self.world.get(&BooksRow::key()).await?;
        let now = self.world.clock.now();
        let idle = |row: &BooksRow| row.0.after.is_none() && now.duration_since(row.0.began) < hours(due);
        if row.as_ref().is_some_and(idle) {
            return Ok(Summary::Books { result: summary::Result::NotDue });
        }
        let done = check_books(&self.world, until).await?;
        Ok(Summary::Books { result: summary::Result::Compared { complete: done.complete, counts: done.counts } })
    }
}

fn hours(due: &Due) -> SignedDuration {
    SignedDuration::from_hours(i64::from(due.every_h.unwrap_or(EVERY_H)))
}

#[async_trait]
impl ScheduleHandler for StockReconcile {
    async fn handle(&self, payload: &str, deadline: Timestamp) -> Result<String> {
        let due: Due = serde_json::from_str(payload).map_err(|e| {
            let message = format!(
                "the schedule's payload is not understood: {e}; expected {{\"task\":\"channels\"|\"books\"|\"report\"}}, and perhaps a \
                 connection and every_h"
            );
            Error::new(ErrorKind::BadInput, "schedule", message)
        })?;
        let now = self.world.clock.now();
        // Three fifths of the time; what is under way then may take as long as until four fifths of it.
        let until = now.saturating_add(deadline.duration_since(now) / 5 * 3).unwrap_or(now);
        match due.task {
            Task::Channels => self.channels(&due, until, deadline).await?.told(),
            Task::Books => self.books(&due, until).await?.told(),
            Task::Report => Summary::Report { mail: views::drift_mail(&self.world).await? }.told(),
        }
    }
}

#[cfg(test)]
#[path = "stock_reconcile_tests.rs"]
mod tests;
