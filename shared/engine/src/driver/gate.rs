//! Closes a connection for as long as it asked, or for a while when it does not answer, so that one slow channel costs the
//! others nothing.

use crate::rows::{GateRow, Kept};
use crate::{Lookup, World};
use domain::ConnectionId;
use ports::{Condition, Error, ErrorKind, Result, Status, Write};
use std::time::Duration;

/// After a call without an answer the gate is closed for this long, doubled with each further one.
const FIRST_REST: Duration = Duration::from_secs(2);
const LONGEST_REST: Duration = Duration::from_mins(1);

/// Refuses, as the channel itself would, while the gate is closed.
pub(super) async fn check(world: &World, lookup: &Lookup, connection: &ConnectionId) -> Result<Option<GateRow>> {
    let now = world.clock.now();
    let gate = if let Some(seen) = lookup.gate(connection, now) {
        seen.0
    } else {
        let gate = world.get::<GateRow>(&GateRow::key(connection)).await?;
        lookup.note_gate(connection, now, gate.clone());
        gate
    };
    match gate {
        Some(gate) if gate.closed_until > now => {
            let left = gate.closed_until.duration_since(now);
            let retry_after = Some(Duration::try_from(left).unwrap_or_default());
            Err(Error::new(ErrorKind::RateLimited, "gate", format!("connection {connection}: {}", gate.reason))
                .with_status(Status::Temporary { retry_after }))
        }
        open => Ok(open),
    }
}

/// Notes what a call taught about the connection. Losing this note costs a call too many, so its failure is not one of the call.
pub(super) async fn note(
    world: &World,
    lookup: &Lookup,
    connection: &ConnectionId,
    before: Option<&GateRow>,
    asked: Option<Duration>,
    error: Option<&Error>,
) {
    let unanswered = before.map_or(0, |g| g.unanswered);
    let limited = error.filter(|e| e.operation != "gate").and_then(|e| match (e.kind, e.status) {
        (_, Status::Temporary { retry_after: Some(after) }) => Some(after),
        (ErrorKind::RateLimited, _) => Some(FIRST_REST),
        _ => None,
    });
    let silent =
        error.is_some_and(|e| e.kind == ErrorKind::Timeout || (e.kind == ErrorKind::Unavailable && e.status != Status::Unknown));
    let (rest, unanswered, reason) = if let Some(pause) = asked.max(limited) {
        let reason =
            error.filter(|e| e.kind != ErrorKind::RateLimited).map_or("the channel asked for a pause", |e| e.message.as_str());
        (pause, 0, reason)
    } else if silent {
        let doubled = FIRST_REST.saturating_mul(1 << unanswered.clamp(0, 5)).min(LONGEST_REST);
        (doubled, unanswered + 1, "the channel does not answer")
    } else if unanswered > 0 {
        (Duration::ZERO, 0, "")
    } else {
        return;
    };
    let now = world.clock.now();
    let Ok(closed_until) = now.checked_add(jiff::SignedDuration::try_from(rest).unwrap_or_default()) else { return };
    let row = GateRow { connection: connection.clone(), closed_until, unanswered, reason: reason.to_owned() };
    lookup.note_gate(connection, now, Some(row.clone()));
    // Never opens earlier than another call has found necessary.
    let when = Condition::Any(vec![Condition::Absent, Condition::AtMost("closed_until".into(), closed_until.as_millisecond())]);
    let _ = world.write_if(Write::Put { row: row.to_row(), when }).await;
}
