//! Compares what channels show and tell with what we know, and repairs what differs, within bounds.
//!
//! Orders go first: a figure that fell by an order which nobody took in is no difference, and must not be raised again. Where orders were
//! missed, this part of the run ends, and the next one goes on once they are taken in.
//!
//! One pass over the channel's list of items, page by page: of each item only a fingerprint is kept, so a shop of any size costs the same
//! memory but for those 16 bytes. What differs is held back until the channel's orders up to that look are taken in, and looked at
//! once more. A repair is a hint: `publish_stock` looks, decides and writes, behind its fence and within its quota; nothing here writes
//! a figure. What comes back after every repair ends with a person.
//!
//! A run that its function has no time for goes on at the page it had reached. It writes rows for differences, and one when it ends.

mod books;
mod cases;
mod kept;
mod known_orders;
mod listings;
mod orders;
mod second_look;
mod seen;

pub use books::{BooksChecked, check_books};

use crate::rows::{ConnectionRow, DriftCounts, EndedRun, Phase, ReconcileRow, ReconcileState, SeenRow, TypedRow as _};
use crate::{Cache, ConnectorClient, Ports};
use cases::Cases;
use domain::ConnectionId;
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, Result, Write};
use seen::{Names, Seen};
use std::sync::Arc;

/// How much one part of a run may ask of a channel. What is left is done by the next part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReconcileLimits {
    /// Calls for one item each: second looks, and items that the list does not tell of.
    pub looks: u32,
    /// Of those, for items whose figure the channel's list does not tell.
    pub sample: u32,
    /// Known orders that are read again.
    pub orders: u32,
}

impl Default for ReconcileLimits {
    fn default() -> Self {
        Self { looks: 1_000, sample: 200, orders: 50 }
    }
}

/// How a part of a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// The run is done; otherwise the next part goes on where this one stopped.
    pub complete: bool,
    /// What the run found so far, over all its parts.
    pub counts: DriftCounts,
}

/// Reconciles one connection until then (UTC), or to the end.
pub async fn reconcile(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    limits: ReconcileLimits,
    until: Timestamp,
) -> Result<Reconciled> {
    let mut run = Run::open(world, lookup, connection, limits, until).await?;
    let ended = run.go().await;
    // Whatever happened: what was done is not done again.
    let handed_over = run.hand_over(matches!(ended, Ok(true))).await;
    let complete = ended?;
    handed_over?;
    let last = run.state.last.filter(|_| complete).map(|last| last.counts);
    Ok(Reconciled { complete, counts: last.unwrap_or(run.state.counts) })
}

/// A run, or a part of one.
struct Run<'w> {
    world: &'w Ports,
    lookup: &'w Cache,
    driver: ConnectorClient<'w>,
    connection: Arc<ConnectionRow>,
    limits: ReconcileLimits,
    until: Timestamp,
    looks_left: u32,
    state: ReconcileState,
    version: i64,
    cases: Cases,
    seen: Seen,
    products: Names,
}

impl<'w> Run<'w> {
    async fn open(
        world: &'w Ports,
        lookup: &'w Cache,
        connection: &ConnectionId,
        limits: ReconcileLimits,
        until: Timestamp,
    ) -> Result<Self> {
        let driver = ConnectorClient::open(world, lookup, connection).await?;
        let row: Option<ReconcileRow> = world.get(&ReconcileRow::key(connection)).await?;
        let version = row.as_ref().map_or(0, |row| row.version);
        let now = world.clock.now();
        let state = match row.map(|row| row.state) {
            Some(state) if state.phase != Phase::Idle => state,
            before => begin(before, now),
        };
        let seen = Seen::load(world, connection, state.run).await?;
        let cases = Cases::load(world, connection).await?;
        let connection = lookup.connection(world, connection).await?;
        let products = Names::default();
        let looks_left = limits.looks;
        Ok(Self { world, lookup, driver, connection, limits, until, looks_left, state, version, cases, seen, products })
    }

    /// Answers whether the run is done.
    async fn go(&mut self) -> Result<bool> {
        loop {
            let done = match self.state.phase.clone() {
                Phase::Idle => return Ok(true),
                Phase::Changed { page } => orders::changed(self, page).await?,
                Phase::Known => known_orders::read(self).await?,
                Phase::Listings { .. } if !orders::may_go_on(self).await? => false,
                Phase::Listings { page } => listings::read(self, page).await?,
                Phase::Kept { after } => kept::read(self, after).await?,
            };
            if !done {
                return Ok(false);
            }
            self.state.phase = match self.state.phase {
                Phase::Changed { .. } => Phase::Known,
                Phase::Known => Phase::Listings { page: None },
                Phase::Listings { .. } => Phase::Kept { after: None },
                Phase::Idle | Phase::Kept { .. } => Phase::Idle,
            };
            if self.state.phase == Phase::Idle {
                self.end().await?;
            }
        }
    }

    fn time_is_over(&self) -> bool {
        self.world.clock.now() >= self.until
    }

    /// Takes one of the calls for single items. False: there are none left in this part of the run.
    fn may_look(&mut self) -> bool {
        let may = self.looks_left > 0 && !self.time_is_over();
        self.looks_left -= u32::from(may);
        may
    }

    async fn end(&mut self) -> Result<()> {
        let counts = std::mem::take(&mut self.state.counts);
        if counts.parked > 0 {
            let reason = format!(
                "{} differences between this channel and our books could not be repaired, or only a person can decide them; the report of \
                 differences names each with what to do",
                counts.parked
            );
            self.world.park(Some(&self.connection.id), "differences", &reason, "").await?;
        }
        self.state.listed_before = counts.compared;
        self.state.last = Some(EndedRun { started_at: self.state.began, ended_at: self.world.clock.now(), counts });
        Ok(())
    }

    /// Leaves the run to its next part, or ends it.
    async fn hand_over(&mut self, ended: bool) -> Result<()> {
        let connection = &self.connection.id;
        let goes_on = matches!(self.state.phase, Phase::Listings { .. } | Phase::Kept { .. });
        if goes_on {
            self.seen.store(self.world, connection, self.state.run).await?;
        } else if ended {
            for part in 0..self.seen.stored() {
                let key = SeenRow::key(connection, part);
                self.world.write_if(Write::Delete { key, when: Condition::Always }).await?;
            }
        }
        let row = ReconcileRow { connection: connection.clone(), state: self.state.clone(), version: self.version + 1 };
        let when = ReconcileRow::unchanged(self.version);
        if self.world.write_if(Write::Put { row: row.to_row(), when }).await? {
            return Ok(());
        }
        let message = format!("connection {connection}: another run was made at the same time, and counts");
        Err(Error::new(ErrorKind::Conflict, "reconcile", message))
    }
}

fn begin(before: Option<ReconcileState>, now: Timestamp) -> ReconcileState {
    let (run, orders_from, listed_before, last) =
        before.map_or((0, None, 0, None), |state| (state.run, state.orders_from, state.listed_before, state.last));
    ReconcileState {
        run: run + 1,
        began: now,
        phase: Phase::Changed { page: None },
        counts: DriftCounts::default(),
        asked: Vec::new(),
        more_asked: false,
        waited: 0,
        orders_from,
        listed_before,
        last,
    }
}
