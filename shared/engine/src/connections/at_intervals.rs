//! Whose turn it is to do what a channel takes only once in a while: one does it for all, and the others wait without a call.

use crate::Ports;
use crate::rows::{AtIntervals, TurnRow, TypedRow};
use domain::ConnectionId;
use jiff::SignedDuration;
use ports::{Condition, Result, Write};
use std::time::Duration;

/// How long until a connection's turn; `None`: it is now, or nothing is done at intervals.
pub(crate) async fn left(world: &Ports, connection: &ConnectionId, what: AtIntervals, every_s: u32) -> Result<Option<Duration>> {
    if every_s == 0 {
        return Ok(None);
    }
    let seen: Option<TurnRow> = world.get(&TurnRow::key(connection, what)).await?;
    let now = world.clock.now();
    Ok(seen.and_then(|row| row.left(every(every_s), now)).map(whole))
}

/// Takes the turn, before the call is made: a call that failed counted too. `Some`: it is not its turn for so long.
pub(crate) async fn take(world: &Ports, connection: &ConnectionId, what: AtIntervals, every_s: u32) -> Result<Option<Duration>> {
    if every_s == 0 {
        return Ok(None);
    }
    let seen: Option<TurnRow> = world.get(&TurnRow::key(connection, what)).await?;
    let now = world.clock.now();
    if let Some(left) = seen.as_ref().and_then(|row| row.left(every(every_s), now)) {
        return Ok(Some(whole(left)));
    }
    let row = TurnRow { connection: connection.clone(), what, taken_at: now };
    let when = seen.map_or(Condition::Absent, |row| row.unchanged());
    // Somebody else was first, just now.
    Ok((!world.write_if(Write::Put { row: row.to_row(), when }).await?).then(|| whole(every(every_s))))
}

fn every(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(seconds))
}

/// Hints wait whole seconds: one that came a moment too early would wait for the turn after.
fn whole(left: SignedDuration) -> Duration {
    Duration::from_secs(left.as_secs().unsigned_abs() + 1)
}
