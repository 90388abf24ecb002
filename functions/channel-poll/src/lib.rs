//! What is due by the clock: orders that changed, returns that wait, prices, webhook subscriptions, and which items are on sale.
//!
//! All connections side by side; one that fails, or panics, costs the others nothing.

mod summary;

pub use summary::{Result as ConnectionResult, Summary};

use async_trait::async_trait;
use contracts::Cause;
use domain::{ConnectionId, Task};
use engine::views::readable_connections;
use engine::{
    Cache, ConnectorClient, Ports, Watched, call_for_attention, check_connection, close_parked, go_on_matching,
    keep_subscription, match_listings, poll_orders, poll_returns, publish_prices, roll_out, sweep_outbox, take_notifications,
    tried, watch_connections,
};
use futures::FutureExt;
use futures::future::{join_all, join4};
use jiff::Timestamp;
use lambda_kit::{ScheduleHandler, in_time, note_health};
use ports::{Error, ErrorKind, NotificationQueue, NotificationSource, Result};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a schedule says is due, as `infra/template.yaml` writes it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    task: Due,
    /// Only this connection; absent: all.
    #[serde(default)]
    connection: Option<ConnectionId>,
}

/// What may be due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// Read orders that changed, and send word again of what a channel must be told and whose message was lost.
    Poll,
    /// Find the returns that buyers announced.
    Returns,
    /// Tell prices that are due.
    Prices,
    /// See to it that webhooks come.
    Subscriptions,
    /// Find out which items are which products.
    Listings,
    /// Go on with what a run could not end: lists of items that are under way, and settings whose figures are to follow.
    GoOn,
}

impl Due {
    /// What does a task that is tried again before its time.
    fn of(task: Task) -> Option<Self> {
        match task {
            Task::Listings => Some(Self::Listings),
            Task::Subscription => Some(Self::Subscriptions),
            Task::Orders | Task::Stock | Task::Credentials => None,
        }
    }

    /// The task of a connection that people are told of when it fails.
    fn task(self) -> Option<Task> {
        match self {
            Self::Poll => Some(Task::Orders),
            Self::Subscriptions => Some(Task::Subscription),
            Self::Listings => Some(Task::Listings),
            Self::Returns | Self::Prices | Self::GoOn => None,
        }
    }
}

/// The handler.
pub struct ChannelPoll {
    world: Ports,
    lookup: Cache,
    public_url: Option<String>,
    notifications: Option<Arc<dyn NotificationQueue>>,
    under_way: Mutex<BTreeSet<(Due, ConnectionId)>>,
}

/// A task of a connection that is under way here, until this is dropped.
struct UnderWay<'a> {
    poll: &'a ChannelPoll,
    what: (Due, ConnectionId),
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.poll.all_under_way().remove(&self.what);
    }
}

impl ChannelPoll {
    /// Works through these ports; `public_url` is where channels reach Sluis, without a slash at the end. Without one, nothing
    /// is subscribed to.
    pub fn new(world: Ports, public_url: Option<String>) -> Self {
        Self { world, lookup: Cache::default(), public_url, notifications: None, under_way: Mutex::default() }
    }

    /// Takes notifications out of the queues of merchants' accounts as well. Without this, only polls find what such channels would tell.
    #[must_use]
    pub fn with_notifications(self, queue: Arc<dyn NotificationQueue>) -> Self {
        Self { notifications: Some(queue), ..self }
    }

    fn all_under_way(&self) -> MutexGuard<'_, BTreeSet<(Due, ConnectionId)>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None`: an earlier run is at it still. One machine begins a run though the one before has not ended, as the cloud does: whoever waits for
    /// a slow channel delays nobody else.
    fn begin(&self, task: Due, connection: &ConnectionId) -> Option<UnderWay<'_>> {
        let what = (task, connection.clone());
        let is_first = self.all_under_way().insert(what.clone());
        is_first.then(|| UnderWay { poll: self, what })
    }

    async fn connections(&self, only: Option<ConnectionId>) -> Result<Vec<ConnectionId>> {
        if let Some(one) = only {
            Ok(vec![self.lookup.connection(&self.world, &one).await?.id.clone()])
        } else {
            let (rows, unreadable) = readable_connections(&self.world).await?;
            for row in unreadable {
                tracing::warn!(row = row.key, problem = row.error, "a connection cannot be read, and is left alone");
            }
            Ok(rows.into_iter().map(|row| row.id).collect())
        }
    }

    async fn one(&self, task: Due, connection: &ConnectionId) -> Result<summary::Result> {
        let (world, lookup) = (&self.world, &self.lookup);
        Ok(match (task, &self.public_url) {
            (Due::Poll, _) => {
                self.took_notifications(connection).await;
                poll_orders(world, lookup, connection, Cause::Poll).await?.into()
            }
            (Due::Returns, _) if self.tells_of_returns(connection).await? => {
                poll_returns(world, lookup, connection).await?.into()
            }
            (Due::Returns, _) => summary::Result::NoReturns,
            (Due::Prices, _) => publish_prices(world, lookup, connection).await?.into(),
            (Due::Listings, _) => match_listings(world, lookup, connection).await?.into(),
            (Due::GoOn, _) => {
                go_on_matching(world, lookup, connection).await?.map_or(summary::Result::NothingUnderWay, Into::into)
            }
            (Due::Subscriptions, _) if !self.tells_by_itself(connection).await? => summary::Result::NoNotifications,
            (Due::Subscriptions, Some(url)) => keep_subscription(world, lookup, connection, url).await?.into(),
            (Due::Subscriptions, None) if self.leaves_notifications(connection).await? => {
                keep_subscription(world, lookup, connection, "").await?.into()
            }
            (Due::Subscriptions, None) => summary::Result::NotReachable,
        })
    }

    /// What its channel left in a queue, if it does that. Whatever is wrong with it, the poll finds what it tells of; that nothing is heard
    /// from the channel is for people to know, as where it delivers.
    async fn took_notifications(&self, connection: &ConnectionId) {
        let Some(queue) = &self.notifications else { return };
        // A connection that cannot be opened is told of by the poll.
        if !self.leaves_notifications(connection).await.unwrap_or_default() {
            return;
        }
        let taken = take_notifications(&self.world, &self.lookup, connection, &**queue).await;
        note_health(&self.world, &self.lookup, connection, Task::Subscription, tried(&taken)).await;
        match taken {
            Ok(taken) => {
                tracing::debug!(%connection, taken.notifications, taken.orders, taken.parked, "notifications were taken");
            }
            Err(error) => {
                let Error { operation, kind, detail, .. } = error;
                tracing::warn!(%connection, operation, ?kind, detail, "notifications were not taken");
            }
        }
    }

    /// Whether its channel needs no address of ours to tell us anything.
    async fn leaves_notifications(&self, connection: &ConnectionId) -> Result<bool> {
        let driver = ConnectorClient::open(&self.world, &self.lookup, connection).await?;
        let from = driver.connector().notifications().map(|notifications| notifications.descriptor().from);
        Ok(matches!(from, Some(NotificationSource::MerchantQueue { .. })))
    }

    async fn tells_by_itself(&self, connection: &ConnectionId) -> Result<bool> {
        Ok(ConnectorClient::open(&self.world, &self.lookup, connection).await?.connector().notifications().is_some())
    }

    async fn tells_of_returns(&self, connection: &ConnectionId) -> Result<bool> {
        Ok(ConnectorClient::open(&self.world, &self.lookup, connection).await?.connector().returns().is_some())
    }

    /// As the work, but it ends whatever happens.
    async fn ended<T>(&self, deadline: Timestamp, work: impl Future<Output = Result<T>>) -> Result<T> {
        match in_time(&*self.world.clock, deadline, AssertUnwindSafe(work).catch_unwind()).await {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(Error::new(ErrorKind::Bug, "task", "it panicked; the log says where")),
            None => Err(Error::new(ErrorKind::Timeout, "task", "it took too long; it goes on at the next run")),
        }
    }

    /// As `one`, but it ends, and ends well, whatever happens.
    async fn surely(&self, task: Due, connection: &ConnectionId, deadline: Timestamp) -> summary::Result {
        let Some(_under_way) = self.begin(task, connection) else { return summary::Result::UnderWay };
        let ended = self.ended(deadline, Box::pin(self.one(task, connection))).await;
        // Nobody can reach us, or nobody would: then nothing was tried.
        let not_tried = matches!(ended, Ok(summary::Result::NotReachable | summary::Result::NoNotifications));
        if let Some(shown) = task.task().filter(|_| !not_tried) {
            note_health(&self.world, &self.lookup, connection, shown, tried(&ended)).await;
        }
        let error = match ended {
            Ok(result) => return result,
            Err(error) => error,
        };
        if error.kind == ErrorKind::RateLimited {
            return summary::Result::PutOff { reason: error.message };
        }
        tracing::warn!(%connection, operation = error.operation, kind = ?error.kind, detail = error.detail, "a task failed");
        summary::Result::Failed { error: error.message }
    }

    /// Once a run: what waits for a person and is right by now leaves the list.
    async fn closed(&self, deadline: Timestamp) {
        if let Err(error) = self.ended(deadline, close_parked(&self.world)).await {
            tracing::warn!(operation = error.operation, kind = ?error.kind, detail = error.detail, "parked things were not looked at");
        }
    }

    /// Once a run: it may be about all connections. `None`: there was nothing to go on with.
    async fn rolled_out(&self, deadline: Timestamp) -> Option<summary::Sweep> {
        match self.ended(deadline, roll_out(&self.world)).await {
            Ok(0) => None,
            Ok(sent) => Some(summary::Sweep::Again(sent)),
            Err(error) => {
                tracing::warn!(operation = error.operation, kind = ?error.kind, detail = error.detail, "settings were not rolled out");
                Some(summary::Sweep::Failed(error.message))
            }
        }
    }

    /// Once a run: it is about all connections. `None`: nothing was lost.
    async fn swept(&self, deadline: Timestamp) -> Option<summary::Sweep> {
        match self.ended(deadline, sweep_outbox(&self.world)).await {
            Ok(0) => None,
            Ok(again) => {
                tracing::warn!(again, "messages about orders were lost; channels are told late");
                Some(summary::Sweep::Again(again))
            }
            Err(error) => {
                tracing::warn!(operation = error.operation, kind = ?error.kind, detail = error.detail, "the outbox was not swept");
                Some(summary::Sweep::Failed(error.message))
            }
        }
    }
}

impl ChannelPoll {
    /// Has people told of connections that fail, and of what was put aside: about all connections, so once a run. A metric filter of the
    /// template counts `connections_failing`; the run that does not come is its own alarm. Answers what it found.
    async fn told_people(&self, deadline: Timestamp) -> Watched {
        let watched = match self.ended(deadline, watch_connections(&self.world, &self.lookup)).await {
            Ok(watched) => {
                for (connection, words) in &watched.failing {
                    tracing::warn!(%connection, failing_connection = %connection, "{words}");
                }
                for (connection, error) in &watched.wrong {
                    let Error { operation, kind, detail, .. } = error;
                    tracing::error!(%connection, operation, ?kind, detail, "nobody watched it, or nobody could be told");
                }
                let (connections_failing, unknown) = (watched.failing.len(), watched.unknown);
                tracing::info!(connections = watched.connections, connections_failing, unknown, "watched");
                watched
            }
            Err(error) => {
                tracing::error!(operation = error.operation, kind = ?error.kind, detail = error.detail, "nobody watched the connections");
                Watched::default()
            }
        };
        match self.ended(deadline, call_for_attention(&self.world)).await {
            Ok(Some(words)) => tracing::warn!("{words}"),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(operation = error.operation, kind = ?error.kind, detail = error.detail, "nobody was called");
            }
        }
        watched
    }

    /// Tries again what did not go well before its time. One that fails costs the others nothing.
    async fn tried_again(&self, due: &[(ConnectionId, Task)], deadline: Timestamp) {
        let again = due.iter().filter_map(|(connection, task)| Some((connection, Due::of(*task)?)));
        join_all(again.map(|(connection, task)| self.surely(task, connection, deadline))).await;
    }

    /// Looks at the credentials of a connection. One that fails costs the others nothing.
    async fn checked(&self, connection: &ConnectionId, deadline: Timestamp) {
        match self.ended(deadline, Box::pin(check_connection(&self.world, &self.lookup, connection))).await {
            Ok(Some(outcome)) if !outcome.missing_rights().is_empty() => {
                tracing::warn!(%connection, missing_rights = outcome.missing_rights().join(", "), "the credentials lack rights");
            }
            Ok(outcome) => tracing::debug!(%connection, looked = outcome.is_some(), "the credentials were looked at"),
            Err(error) => {
                let Error { operation, kind, detail, .. } = error;
                tracing::warn!(%connection, operation, ?kind, detail, "the credentials were not looked at");
            }
        }
    }
}

#[async_trait]
impl ScheduleHandler for ChannelPoll {
    async fn handle(&self, payload: &str, deadline: Timestamp) -> Result<String> {
        let due: Run = serde_json::from_str(payload).map_err(|e| {
            let message = format!(
                "the schedule's payload is not understood: {e}; expected \
                 {{\"task\":\"poll\"|\"returns\"|\"prices\"|\"subscriptions\"|\"listings\"|\"go_on\"}}"
            );
            Error::new(ErrorKind::BadInput, "schedule", message)
        })?;
        let about_all = due.task == Due::Poll && due.connection.is_none();
        let connections = self.connections(due.connection).await?;
        let results = join_all(connections.iter().map(|connection| self.surely(due.task, connection, deadline)));
        let sweep = async { if due.task == Due::Poll { self.swept(deadline).await } else { None } };
        let roll_out = async { if due.task == Due::GoOn { self.rolled_out(deadline).await } else { None } };
        let people = async { if about_all { self.told_people(deadline).await } else { Watched::default() } };
        let (results, lost_messages, rolled_out, watched) = join4(results, sweep, roll_out, people).await;
        join_all(watched.to_check.iter().map(|connection| self.checked(connection, deadline))).await;
        if due.task == Due::Poll {
            self.closed(deadline).await;
        }
        self.tried_again(&watched.due_again, deadline).await;
        let connections = connections.into_iter().zip(results).collect();
        Summary { task: due.task, connections, lost_messages, rolled_out }.told()
    }
}

#[cfg(test)]
#[path = "channel_poll_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "health_tests.rs"]
mod health_tests;
