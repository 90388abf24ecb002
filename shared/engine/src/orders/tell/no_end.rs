//! What comes to no end: tried often and for long, it is seen by a person, and is not tried for ever at the pace of what is new.
//!
//! Where the channel answers and it is still not done, nothing is tried any more until that person says so. Where the channel does not answer,
//! or works on it, it goes on, seldom, and leaves the list by itself once the channel has it.

use super::{BETWEEN_TRIES, LONGEST_DELAY, come_again, key, refuse, subject};
use crate::rows::OutboxRow;
use crate::{Cache, Ports};
use contracts::OrderUpdateDue;
use domain::{age, so_many};
use jiff::SignedDuration;
use ports::{Error, ErrorKind, Result};
use std::time::Duration;

/// Tries before a person sees it, and the time they take at least: what a channel does slowly is looked at more often.
const MANY: i64 = 10;
const LONG: SignedDuration = SignedDuration::from_mins(15);

/// A try that failed for what may pass.
pub(super) async fn failed(world: &Ports, lookup: &Cache, due: &OrderUpdateDue, error: &Error) -> Result<()> {
    let Some((tries, minutes)) = too_often(world, due).await? else {
        return come_again(world, due, BETWEEN_TRIES, OutboxRow::tried).await;
    };
    let (tries, minutes) = (so_many(tries, "time"), so_many(minutes, "minute"));
    let times = format!("it was tried {tries} in {minutes}, and to no end: {}", error.message);
    match error.kind {
        ErrorKind::BadInput | ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Declined | ErrorKind::Bug => {
            let reason = format!("{}. Look there; once that is mended, try it again", times.trim_end_matches('.'));
            refuse(world, lookup, due, reason, true).await
        }
        // It would be the same with any other order.
        ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::RateLimited
        | ErrorKind::Unavailable
        | ErrorKind::Timeout
        | ErrorKind::Protocol
        | ErrorKind::Configuration => seldom(world, due, &times).await,
    }
}

/// One that is open still: the channel works on it, or it waits for something else about its order.
pub(super) async fn open(world: &Ports, due: &OrderUpdateDue, wait: Duration) -> Result<()> {
    match too_often(world, due).await? {
        None => come_again(world, due, wait, OutboxRow::tried).await,
        Some((tries, minutes)) => {
            let (tries, minutes) = (so_many(tries, "time"), so_many(minutes, "minute"));
            let reason = format!(
                "it was looked at {tries} in {minutes} and has not ended: the channel works on it, or something else about the \
                 order must be told first; look there"
            );
            seldom(world, due, &reason).await
        }
    }
}

async fn seldom(world: &Ports, due: &OrderUpdateDue, reason: &str) -> Result<()> {
    world.park(Some(&due.connection), subject(due), reason, "").await?;
    come_again(world, due, LONGEST_DELAY, OutboxRow::tried).await
}

/// Tries, this one among them, and the minutes since it was to be told, if that is too much of both.
async fn too_often(world: &Ports, due: &OrderUpdateDue) -> Result<Option<(i64, i64)>> {
    let Some(row) = world.get::<OutboxRow>(&key(due)).await? else { return Ok(None) };
    let (tries, since) = (row.tries.saturating_add(1), age(row.since, world.clock.now()));
    Ok(since.filter(|since| tries >= MANY && *since >= LONG).map(|since| (tries, since.as_mins())))
}
