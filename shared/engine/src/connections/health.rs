//! Keeps account of how each connection is doing, and has people told: once when it has failed for too long, once when it works again.
//!
//! Whoever works for a connection notes how that went (`note_health`). Only `watch_connections` tells, so that a failure is told once,
//! whoever met it; it is called with every poll, and what is missing then (the poll itself) is the business of an alarm.

use super::check::is_due;
use crate::readable::readable_connections;
use crate::rows::{AttentionSettingsRow, HealthRow, ToTell, in_a_word};
use crate::{Cache, Ports};
use contracts::{ConnectionFailing, ConnectionRecovered};
use domain::{ConnectionId, HealthStatus, Task, Tried, so_many};
use jiff::{SignedDuration, Timestamp};
use ports::{Error, ErrorKind, OutgoingEvent, Result};

/// Tries to write a row that others write too.
const MOST_TRIES: u32 = 5;

/// How a try ended, from what it answered.
pub fn tried<T>(result: &Result<T>) -> Tried {
    match result {
        Ok(_) => Tried::Well,
        Err(error) => tried_in_vain(error),
    }
}

/// As `tried`, of an error.
pub fn tried_in_vain(error: &Error) -> Tried {
    match error.kind {
        ErrorKind::RateLimited => Tried::HeldBack { words: error.message.clone() },
        kind => Tried::Failed { kind: in_a_word(kind), words: error.message.clone() },
    }
}

/// What a push tells about its connection; `None`: nothing, for it is about the item alone.
pub(crate) fn tried_to_push(error: &Error) -> Option<Tried> {
    match error.kind {
        ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::Configuration
        | ErrorKind::Unavailable
        | ErrorKind::Timeout
        | ErrorKind::Protocol => Some(tried_in_vain(error)),
        // Raises wait for their turn; where nothing gets a turn any more, orders are not read either.
        ErrorKind::RateLimited
        | ErrorKind::BadInput
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Declined
        | ErrorKind::Bug => None,
    }
}

/// Notes how a try ended. Losing this note costs a minute: its failure is not one of the work.
pub async fn note_health(world: &Ports, lookup: &Cache, connection: &ConnectionId, task: Task, tried: Tried) -> Result<()> {
    let now = world.clock.now();
    if !lookup.is_news(connection, task, &tried, now) {
        return Ok(());
    }
    let noted = note(world, connection, task, &tried, now).await;
    if noted.is_err() {
        lookup.forget_news(connection, task);
    }
    noted
}

async fn note(world: &Ports, connection: &ConnectionId, task: Task, tried: &Tried, now: Timestamp) -> Result<()> {
    for _ in 0..MOST_TRIES {
        let mut row = read(world, connection).await?;
        if !row.tried(task, tried.clone(), now) || world.write_if(row.write()).await? {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Conflict, "health", "others kept writing the row"))
}

pub(crate) async fn read(world: &Ports, connection: &ConnectionId) -> Result<HealthRow> {
    let row: Option<HealthRow> = world.get(&HealthRow::key(connection)).await?;
    Ok(row.unwrap_or_else(|| HealthRow::fresh(connection.clone())))
}

/// What a look at all connections found.
#[derive(Debug, Default)]
pub struct Watched {
    /// All of them.
    pub connections: usize,
    /// Those that have failed for too long, with what people are told of each.
    pub failing: Vec<(ConnectionId, String)>,
    /// Those of which nobody knows whether they work.
    pub unknown: usize,
    /// Those that could not be looked at, or of which nobody could be told.
    pub wrong: Vec<(ConnectionId, Error)>,
    /// Those whose credentials are to be looked at (`check_connection`).
    pub to_check: Vec<ConnectionId>,
    /// What is to be tried before its time: again (`domain::Health::due_again`), or because somebody asked for it.
    pub due_again: Vec<(ConnectionId, Task)>,
}

/// Looks at every connection, and has people told of those that have failed for too long, and of those that work again.
pub async fn watch_connections(world: &Ports, lookup: &Cache) -> Result<Watched> {
    let settings: Option<AttentionSettingsRow> = world.get(&AttentionSettingsRow::key()).await?;
    let after = settings.unwrap_or_default().failing_after();
    let (rows, unreadable) = readable_connections(world).await?;
    let mut watched = Watched { connections: rows.len() + unreadable.len(), unknown: unreadable.len(), ..Watched::default() };
    for id in rows.into_iter().map(|row| row.id) {
        // One row that cannot be read, or one word that cannot be sent, is no reason to be silent about the others.
        if let Err(error) = watch_one(world, lookup, &id, after, &mut watched).await {
            watched.wrong.push((id, error));
        }
    }
    Ok(watched)
}

async fn watch_one(world: &Ports, lookup: &Cache, id: &ConnectionId, after: SignedDuration, watched: &mut Watched) -> Result<()> {
    let row = read(world, id).await?;
    if is_due(world, lookup, &row).await {
        watched.to_check.push(id.clone());
    }
    let now = world.clock.now();
    let mut again = row.health.due_again(now);
    if row.listings_are_asked_for() && !again.contains(&Task::Listings) {
        again.push(Task::Listings);
    }
    watched.due_again.extend(again.into_iter().map(|task| (id.clone(), task)));
    watched.unknown += usize::from(row.health.stands(after, now) == HealthStatus::Unknown);
    if let Some((task, failing)) = row.health.worst(after, now)
        && now.duration_since(failing.since) >= after
    {
        watched.failing.push((id.clone(), in_words(id, task, &failing, now)));
    }
    let Some(tell) = row.to_tell(after, now) else { return Ok(()) };
    // Claimed first: of two that look at the same time, one tells. Who dies before the last write has it told once more.
    let claimed = HealthRow { telling: Some(now), ..row };
    if !world.write_if(claimed.write()).await? {
        return Ok(());
    }
    if let Some(event) = event(&claimed, tell, after, now) {
        world.bus.publish(vec![event]).await?;
    }
    told(world, id, tell, now).await
}

/// Notes that people know; others may have noted something else about the connection meanwhile.
async fn told(world: &Ports, id: &ConnectionId, tell: ToTell, now: Timestamp) -> Result<()> {
    for _ in 0..MOST_TRIES {
        let row = read(world, id).await?;
        let told_at = (tell == ToTell::Failing).then_some(now);
        if world.write_if(HealthRow { told_at, telling: None, ..row }.write()).await? {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Conflict, "health", "others kept writing the row"))
}

fn event(row: &HealthRow, tell: ToTell, after: SignedDuration, now: Timestamp) -> Option<OutgoingEvent> {
    let connection = row.connection.clone();
    match tell {
        ToTell::Failing => {
            let (task, failing) = row.health.worst(after, now)?;
            let words = in_words(&connection, task, &failing, now);
            let domain::Failing { since, kind, .. } = failing;
            Some(crate::messages::event(&ConnectionFailing { connection, task, since, error: kind, message: words, at: now }))
        }
        ToTell::Recovered(told_at) => {
            let words = format!("{connection} works again");
            Some(crate::messages::event(&ConnectionRecovered { connection, alerted_at: told_at, message: words, at: now }))
        }
    }
}

fn in_words(connection: &ConnectionId, task: Task, failing: &domain::Failing, now: Timestamp) -> String {
    let since = failing.since.strftime("%Y-%m-%d %H:%M UTC");
    let minutes = so_many(now.duration_since(failing.since).as_mins(), "minute");
    format!("{connection}: {} since {since} ({minutes}): {}", task.in_words(), failing.words)
}
