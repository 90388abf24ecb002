//! One poll for all figures of a connection that wait to rise.
//!
//! A raise waits until the channel's orders are taken in up to an instant. What one of them reads, all of them know: the list is asked once
//! in a while, by whoever comes first then, and not before it can tell of that instant.

use super::pending::Waiting;
use super::{poll_orders, save};
use crate::connections::at_intervals;
use crate::rows::{AtIntervals, CursorRow, FenceRow, ListingRow, TypedRow};
use crate::{Cache, ConnectorClient, Ports};
use contracts::Cause;
use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Paging, Result, Value, Write};
use std::time::Duration;

/// Orders that are on the queue need this long to be taken in.
const TAKING_IN: SignedDuration = SignedDuration::from_secs(1);
/// The list is read for figures that may rise at most once in this time, however many there are.
const BETWEEN_POLLS: SignedDuration = SignedDuration::from_secs(5);

/// The template's schedule polls all connections so often.
const SCHEDULE_S: u32 = 60;
/// Schedules are not exact: what suits a channel may be a little early, what its budget allows may not.
const EARLY_S: u32 = 2;

/// Seconds that must have passed since the list was read last. 0: it may be read now.
pub(super) fn between(paging: &Paging, cause: Cause) -> u32 {
    let suits = if cause == Cause::Poll && paging.every_s > SCHEDULE_S { paging.every_s - EARLY_S } else { 0 };
    paging.apart_s.max(suits)
}

/// How long until the list may be read for figures that wait to rise. `None`: now, as far as its budget goes.
pub(crate) async fn budgeted(world: &Ports, driver: &ConnectorClient<'_>) -> Result<Option<Duration>> {
    let Some(orders) = driver.connector().orders() else { return Ok(None) };
    let every_s = between(&orders.descriptor().paging, Cause::Fence);
    at_intervals::left(world, &driver.account.connection, AtIntervals::Orders, every_s).await
}

/// What is known of the orders of a connection that may demand a product.
pub(crate) struct TakenIn {
    /// Every change up to this instant, UTC, is taken in.
    pub(crate) through: Option<Timestamp>,
    /// One of them waits for a person.
    pub(crate) held: bool,
    /// Before more can be known.
    pub(crate) wait: Duration,
}

/// Up to when what the connection's orders demand of a listing's product is taken in. What it takes to know that it is up to `needed` is
/// done, if it can be done now and nobody else does it.
pub(crate) async fn taken_in(world: &Ports, lookup: &Cache, listing: &ListingRow, needed: Timestamp) -> Result<TakenIn> {
    let (connection, sku) = (&listing.connection, &listing.sku);
    let cursor: Option<CursorRow> = world.get(&CursorRow::key(connection)).await?;
    let through = cursor.as_ref().and_then(|cursor| cursor.settled_for(sku));
    let held = cursor.as_ref().is_some_and(|cursor| cursor.pending.iter().any(|order| order.holds(sku)));
    let later = |wait: SignedDuration| TakenIn { through, held, wait: Duration::try_from(wait).unwrap_or_default() };
    if through.is_some_and(|through| through >= needed) {
        return Ok(later(SignedDuration::ZERO));
    }
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    let lag = driver.lag();
    let now = world.clock.now();
    // Listed that far already: what is missing is on the queue, or waits for a person.
    let listed = cursor.filter(|cursor| cursor.since >= needed && !cursor.more_pending);
    let ready = needed.saturating_add(lag).unwrap_or(now);
    if listed.is_none() && now < ready {
        return Ok(later(ready.duration_since(now)));
    }
    if listed.is_none()
        && let Some(wait) = budgeted(world, &driver).await?
    {
        // Its list is read more rarely than figures would like to rise: they wait, and what must fall does not.
        return Ok(TakenIn { through, held, wait });
    }
    let every = if listed.is_some() { TAKING_IN } else { BETWEEN_POLLS };
    if let Some(wait) = not_my_turn(world, connection, now, every).await? {
        return Ok(later(wait));
    }
    let (through, held) = if let Some(cursor) = listed {
        let cursor = judge(world, cursor, now).await?;
        (cursor.settled_for(sku), cursor.pending.iter().any(|order| order.holds(sku)))
    } else {
        let report = poll_orders(world, lookup, connection, Cause::Fence).await?;
        (report.settled_for(sku), report.holds(sku))
    };
    Ok(TakenIn { through, held, ..later(TAKING_IN) })
}

/// Takes the turn to look, or says how long somebody else has it. One who dies in his turn costs the others that time.
async fn not_my_turn(
    world: &Ports,
    connection: &ConnectionId,
    now: Timestamp,
    every: SignedDuration,
) -> Result<Option<SignedDuration>> {
    let seen: Option<FenceRow> = world.get(&FenceRow::key(connection)).await?;
    let left = seen.as_ref().map_or(SignedDuration::ZERO, |row| row.next_at.duration_since(now));
    // A turn that lasts longer than any was taken by a clock that is ahead.
    if left > SignedDuration::ZERO && left <= BETWEEN_POLLS {
        return Ok(Some(left));
    }
    let next_at = now.saturating_add(every).unwrap_or(now);
    let row = FenceRow { connection: connection.clone(), next_at };
    let unchanged = |row: FenceRow| Condition::Is("next_at".into(), Value::Number(row.next_at.as_millisecond()));
    let when = seen.map_or(Condition::Absent, unchanged);
    Ok((!world.write_if(Write::Put { row: row.to_row(), when }).await?).then_some(TAKING_IN))
}

/// Looks which of the orders that are known to be on the queue are in by now, without a call to the channel.
async fn judge(world: &Ports, cursor: CursorRow, now: Timestamp) -> Result<CursorRow> {
    let waiting = Waiting::of(world, &cursor, now).await?;
    let settled_through = waiting.settled_through(cursor.since).max(cursor.settled_through);
    let judged = CursorRow { settled_through, ..waiting.noted(cursor.clone()) };
    if judged == cursor { Ok(cursor) } else { save(world, judged).await }
}
