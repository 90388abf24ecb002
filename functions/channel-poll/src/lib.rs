//! What is due by the clock: orders that changed, webhook subscriptions, and which items are on sale.
//!
//! All connections side by side; one that fails, or panics, costs the others nothing.

mod summary;

pub use summary::{Result as ConnectionResult, Summary};

use async_trait::async_trait;
use contracts::Cause;
use domain::ConnectionId;
use engine::rows::ConnectionRow;
use engine::{Lookup, World, keep_subscription, match_listings, poll_orders};
use futures::FutureExt;
use futures::future::join_all;
use jiff::Timestamp;
use lambda_kit::{ScheduleHandler, in_time};
use ports::{Error, ErrorKind, Result};
use std::panic::AssertUnwindSafe;

/// What a schedule says is due, as `infra/template.yaml` writes it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Due {
    task: Task,
    /// Only this connection; absent: all.
    #[serde(default)]
    connection: Option<ConnectionId>,
}

/// The tasks there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Read orders that changed.
    Poll,
    /// See to it that webhooks come.
    Subscriptions,
    /// Find out which items are which articles.
    Listings,
}

/// The handler.
pub struct ChannelPoll {
    world: World,
    lookup: Lookup,
    public_url: Option<String>,
}

impl ChannelPoll {
    /// Works through these ports; `public_url` is where channels reach Sluis, without a slash at the end. Without one, nothing
    /// is subscribed to.
    pub fn new(world: World, public_url: Option<String>) -> Self {
        Self { world, lookup: Lookup::default(), public_url }
    }

    async fn connections(&self, only: Option<ConnectionId>) -> Result<Vec<ConnectionId>> {
        match only {
            Some(one) => Ok(vec![self.lookup.connection(&self.world, &one).await?.id.clone()]),
            None => Ok(self.world.all::<ConnectionRow>(ConnectionRow::PARTITION, "").await?.into_iter().map(|r| r.id).collect()),
        }
    }

    async fn one(&self, task: Task, connection: &ConnectionId) -> Result<summary::Result> {
        let (world, lookup) = (&self.world, &self.lookup);
        Ok(match (task, &self.public_url) {
            (Task::Poll, _) => poll_orders(world, lookup, connection, Cause::Poll).await?.into(),
            (Task::Listings, _) => match_listings(world, lookup, connection).await?.into(),
            (Task::Subscriptions, Some(url)) => keep_subscription(world, lookup, connection, url).await?.into(),
            (Task::Subscriptions, None) => summary::Result::NotReachable,
        })
    }

    /// As `one`, but it ends, and ends well, whatever happens.
    async fn surely(&self, task: Task, connection: &ConnectionId, deadline: Timestamp) -> summary::Result {
        let work = AssertUnwindSafe(self.one(task, connection)).catch_unwind();
        let error = match in_time(&*self.world.clock, deadline, work).await {
            Some(Ok(Ok(result))) => return result,
            Some(Ok(Err(error))) => error,
            Some(Err(_)) => Error::new(ErrorKind::Bug, "task", "it panicked; the log says where"),
            None => Error::new(ErrorKind::Timeout, "task", "it took too long; it goes on at the next run"),
        };
        if error.kind == ErrorKind::RateLimited {
            return summary::Result::PutOff { reason: error.message };
        }
        tracing::warn!(%connection, operation = error.operation, kind = ?error.kind, detail = error.detail, "a task failed");
        summary::Result::Failed { error: error.message }
    }
}

#[async_trait]
impl ScheduleHandler for ChannelPoll {
    async fn handle(&self, payload: &str, deadline: Timestamp) -> Result<String> {
        let due: Due = serde_json::from_str(payload).map_err(|e| {
            let message = format!(
                "the schedule's payload is not understood: {e}; expected {{\"task\":\"poll\"|\"subscriptions\"|\"listings\"}}"
            );
            Error::new(ErrorKind::BadInput, "schedule", message)
        })?;
        let connections = self.connections(due.connection).await?;
        let results = join_all(connections.iter().map(|connection| self.surely(due.task, connection, deadline))).await;
        Summary { task: due.task, connections: connections.into_iter().zip(results).collect() }.told()
    }
}

#[cfg(test)]
#[path = "channel_poll_tests.rs"]
mod tests;
