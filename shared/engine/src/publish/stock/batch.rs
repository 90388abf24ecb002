//! Figures of several items of one connection, in as few writes as the channel takes them.
//!
//! Each item is pushed by itself: under its own lease, with its own look, decision and outcome. Only the write is shared: whoever comes to it
//! waits until every other push of the slice has come to its own, or needs none, and the last of them sends all. So an item that is slow holds
//! up those of its slice and nobody else, and one that the channel refuses is refused alone.

use crate::connections::at_intervals;
use crate::rows::AtIntervals;
use crate::{ConnectorClient, Ports};
use futures::channel::oneshot;
use ports::{Acknowledged, Error, ErrorKind, Lane, Result, Status, StockWrite};
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An item that waits for the write.
struct Waiting {
    lane: Lane,
    write: StockWrite,
    heard: oneshot::Sender<Result<Acknowledged>>,
}

#[derive(Default)]
struct State {
    /// Pushes that have not ended.
    under_way: usize,
    waiting: Vec<Waiting>,
}

/// Pushes of one connection that write together.
pub(super) struct Slice {
    state: Mutex<State>,
    /// One look at a time: a channel that is written to in bulk is not asked a hundred things at once.
    looking: futures::lock::Mutex<()>,
}

impl Slice {
    /// Of so many pushes. Each says when it has ended (`left`).
    pub(super) fn of(pushes: usize) -> Self {
        let state = State { under_way: pushes, waiting: Vec::new() };
        Self { state: Mutex::new(state), looking: futures::lock::Mutex::new(()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be sent, if nobody is left who may still come to a write.
    fn complete(&self, change: impl FnOnce(&mut State)) -> Vec<Waiting> {
        let mut state = self.state();
        change(&mut state);
        if state.waiting.len() < state.under_way { Vec::new() } else { std::mem::take(&mut state.waiting) }
    }

    /// One push has ended.
    pub(super) async fn left(&self, world: &Ports, driver: &ConnectorClient<'_>) {
        let all = self.complete(|state| state.under_way = state.under_way.saturating_sub(1));
        send(world, driver, all).await;
    }
}

/// A connection as a push writes to it: its driver, and who else writes at the same time.
#[derive(Clone)]
pub(super) struct Writer<'a> {
    driver: ConnectorClient<'a>,
    slice: &'a Slice,
    lane: Lane,
}

impl<'a> Deref for Writer<'a> {
    type Target = ConnectorClient<'a>;

    fn deref(&self) -> &ConnectorClient<'a> {
        &self.driver
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(driver: &ConnectorClient<'a>, slice: &'a Slice, lane: Lane) -> Self {
        Self { driver: driver.in_lane(lane), slice, lane }
    }

    /// The same, for a write that goes before others or after them.
    #[must_use]
    pub(super) fn to_write(&self, lane: Lane) -> Self {
        Self { driver: self.driver.in_lane(lane), lane, ..*self }
    }

    /// Waits until nobody else of the slice looks.
    pub(super) async fn looking(&self) -> futures::lock::MutexGuard<'a, ()> {
        self.slice.looking.lock().await
    }

    /// Writes the figure of one item, with those of the others.
    pub(super) async fn write(&self, world: &Ports, write: &StockWrite) -> Result<Acknowledged> {
        let (heard, answer) = oneshot::channel();
        let mine = Waiting { lane: self.lane, write: write.clone(), heard };
        let all = self.slice.complete(|state| state.waiting.push(mine));
        send(world, &self.driver, all).await;
        answer.await.unwrap_or_else(|_| Err(unheard()))
    }
}

fn unheard() -> Error {
    let message = "the connector tells nothing of the item that was written";
    Error::new(ErrorKind::Protocol, "write", message).with_status(Status::Unknown)
}

/// Sends them in one call; where they are more than one, the call goes before others if any of them must. Each hears what became of its own.
async fn send(world: &Ports, driver: &ConnectorClient<'_>, all: Vec<Waiting>) {
    let Some(lane) = all.iter().map(|one| one.lane).min() else { return };
    let (writes, heard): (Vec<StockWrite>, Vec<_>) = all.into_iter().map(|one| (one.write, one.heard)).unzip();
    match call(world, &driver.in_lane(lane), &writes).await {
        Ok(outcomes) => {
            let mut outcomes = outcomes.into_iter();
            for one in heard {
                // Whoever does not listen any more died, and its item is looked at anew.
                let _ = one.send(outcomes.next().unwrap_or_else(|| Err(unheard())));
            }
        }
        Err(error) => {
            for one in heard {
                let _ = one.send(Err(copy(&error)));
            }
        }
    }
}

async fn call(world: &Ports, driver: &ConnectorClient<'_>, writes: &[StockWrite]) -> Result<ports::Outcomes> {
    let stock = driver.stock()?;
    let every_s = stock.descriptor().write_every_s;
    if let Some(left) = at_intervals::take(world, &driver.account.connection, AtIntervals::Stock, every_s).await? {
        let message = format!("connection {}: figures are written once in {every_s} seconds", driver.account.connection);
        return Err(
            Error::new(ErrorKind::RateLimited, "publish", message).with_status(Status::Temporary { retry_after: Some(left) })
        );
    }
    stock.call(|stock, call| stock.write(call, writes)).await
}

/// The same error for each item of a write that failed as a whole.
fn copy(error: &Error) -> Error {
    Error::new(error.kind, error.operation, error.message.clone()).with_status(error.status).with_detail(error.detail.clone())
}
