//! Holds calls back: all of a connection for a while when it does not answer, so that one slow channel costs the others nothing; those
//! against one of its limits for as long as it asked, those that can wait the sooner.

use crate::rows::{CircuitRow, TypedRow as _};
use crate::{Cache, Ports};
use domain::{ConnectionId, SKEW, fingerprint};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Connector, Error, ErrorKind, Lane, Pause, Request, Result, Status, Value, Write};
use std::time::Duration;

/// After a call without an answer the circuit is open for this long, doubled with each further one.
const FIRST_REST: Duration = Duration::from_secs(2);
const LONGEST_REST: Duration = Duration::from_mins(1);

/// Answers in a row that are not the channel's own, to different questions, after which it counts as not being there. One of them tells
/// nothing but that this one question was not answered.
const NOT_THERE: usize = 3;
/// How long it is left alone then, before one call tries whether it is there again.
const UNTIL_TRIED_AGAIN: Duration = Duration::from_mins(1);
const NOT_THERE_WORDS: &str = "at its address pages are answered that are not the channel's own: a firewall, a host or another site; check the \
     connection's address, and let our calls pass";

/// What a call heard besides its answer.
#[derive(Default)]
pub(super) struct Heard {
    /// What the last request asked for, if it was not found.
    pub(super) not_found: Option<String>,
    /// Pauses the channel asked for, by the limit they are about.
    pub(super) pauses: Vec<(&'static str, Pause)>,
    /// The limit that the last request was one too many for.
    pub(super) too_many: Option<&'static str>,
    /// A request was held back here: what failed says nothing about the channel.
    pub(super) refused: bool,
}

/// Refuses, as the channel itself would, while the circuit is open.
pub(super) async fn check(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<CircuitRow> {
    let now = world.clock.now();
    let circuit = if let Some(seen) = lookup.circuit(connection, now) {
        seen.0
    } else {
        let circuit = world.get::<CircuitRow>(&CircuitRow::key(connection)).await?;
        lookup.note_circuit(connection, now, circuit.clone());
        circuit
    };
    let circuit = circuit.unwrap_or_else(|| CircuitRow::closed(connection.clone()));
    match circuit.open_until.filter(|until| *until > now) {
        Some(until) => Err(held_back(&circuit, until, now, &circuit.reason)),
        None => Ok(circuit),
    }
}

/// Refuses a request while the limit it counts against is held back for its lane.
pub(super) fn admit(circuit: &CircuitRow, bucket: &str, lane: Lane, now: Timestamp) -> Result<()> {
    match circuit.held_until(bucket, lane).filter(|until| *until > now) {
        Some(until) => Err(held_back(circuit, until, now, &format!("the channel's limit of `{bucket}` is nearly used up"))),
        None => Ok(()),
    }
}

fn held_back(circuit: &CircuitRow, until: Timestamp, now: Timestamp, reason: &str) -> Error {
    let retry_after = Some(Duration::try_from(until.duration_since(now)).unwrap_or_default());
    Error::new(ErrorKind::RateLimited, "circuit", format!("connection {}: {reason}", circuit.connection))
        .with_status(Status::Temporary { retry_after })
}

/// Notes what a call taught about the connection. Losing this note costs a call too many, so its failure is not one of the call.
pub(super) async fn note(world: &Ports, lookup: &Cache, circuit: CircuitRow, heard: Heard, error: Option<&Error>) {
    let now = world.clock.now();
    let mut noted = circuit;
    let mut changed = false;
    let error = error.filter(|_| !heard.refused);
    let mut pauses = heard.pauses;
    if let (true, Some(bucket), Some(error)) = (pauses.is_empty(), heard.too_many, error)
        && error.kind == ErrorKind::RateLimited
    {
        // The connector did not say for how long; it is about this limit and no other.
        pauses.push((bucket, Pause::all(error.retry_after().unwrap_or(FIRST_REST))));
    }
    for (bucket, pause) in &pauses {
        changed |= hold(world, &mut noted, bucket, *pause, now).await;
    }
    changed |= open(world, &mut noted, !pauses.is_empty(), error, now).await;
    if !heard.refused {
        changed |= miss(world, &mut noted, heard.not_found, error, now).await;
    }
    if changed {
        let connection = noted.connection.clone();
        lookup.note_circuit(&connection, now, Some(noted));
    }
}

/// Holds back what counts against one limit.
async fn hold(world: &Ports, circuit: &mut CircuitRow, bucket: &str, pause: Pause, now: Timestamp) -> bool {
    let until = |lasting: Duration| now.saturating_add(SignedDuration::try_from(lasting).unwrap_or_default()).unwrap_or(now);
    // Under load each answer says it again: what is held back for most of that already is not noted anew.
    if circuit.held_until(bucket, pause.from).is_some_and(|held| held >= until(pause.lasting / 2)) {
        return false;
    }
    let (name, until) = (CircuitRow::held_name(bucket, pause.from), until(pause.lasting));
    circuit.held.insert((bucket.to_owned(), pause.from), until);
    set(world, circuit, &name, until, Vec::new()).await;
    true
}

/// Opens the circuit of the whole connection, or notes that it answers again.
async fn open(world: &Ports, circuit: &mut CircuitRow, paused: bool, error: Option<&Error>, now: Timestamp) -> bool {
    let limited = error.and_then(|e| match (e.kind, e.status) {
        // Its own limit is held back already.
        (ErrorKind::RateLimited, _) if paused => None,
        (_, Status::Temporary { retry_after: Some(after) }) => Some((after, e.message.as_str())),
        (ErrorKind::RateLimited, _) => Some((FIRST_REST, "the channel asked for a pause")),
        _ => None,
    });
    let silent =
        error.is_some_and(|e| e.kind == ErrorKind::Timeout || (e.kind == ErrorKind::Unavailable && e.status != Status::Unknown));
    let (rest, unanswered, reason) = if let Some((pause, reason)) = limited {
        (pause, 0, reason)
    } else if silent {
        let doubled = FIRST_REST.saturating_mul(1 << circuit.unanswered.clamp(0, 5)).min(LONGEST_REST);
        (doubled, circuit.unanswered + 1, "the channel does not answer")
    } else if circuit.unanswered > 0 {
        (Duration::ZERO, 0, "")
    } else {
        return false;
    };
    let Ok(until) = now.checked_add(SignedDuration::try_from(rest).unwrap_or_default()) else { return false };
    (circuit.open_until, circuit.unanswered, circuit.reason) = (Some(until), unanswered, reason.to_owned());
    let more = vec![("unanswered".into(), Value::Number(unanswered)), ("reason".into(), Value::Text(reason.to_owned()))];
    set(world, circuit, "open_until", until, more).await;
    true
}

/// What a request asks for, in short.
pub(super) fn fingerprint_of(connector: &dyn Connector, request: &Request) -> String {
    format!("{:016x}", fingerprint(&[&connector.question(request)]))
}

/// Notes that a page of somebody else's stood where the channel should answer, or that it answers by itself again. Only where several questions in
/// a row met such pages is the whole connection left alone.
async fn miss(world: &Ports, circuit: &mut CircuitRow, not_found: Option<String>, error: Option<&Error>, now: Timestamp) -> bool {
    match (error, not_found) {
        (Some(error), Some(asked)) if error.kind == ErrorKind::Protocol => {
            let is_known = circuit.not_its_own.contains(&asked);
            if !is_known && circuit.not_its_own.len() < NOT_THERE {
                circuit.not_its_own.push(asked);
            }
            let list = (CircuitRow::NOT_ITS_OWN.to_owned(), Value::Text(crate::rows::to_json(&circuit.not_its_own)));
            if circuit.not_its_own.len() < NOT_THERE {
                if is_known {
                    return false;
                }
                note_misses(world, circuit, vec![list], Vec::new()).await;
                return true;
            }
            let rest = SignedDuration::try_from(UNTIL_TRIED_AGAIN).unwrap_or_default();
            let until = now.saturating_add(rest).unwrap_or(now);
            (circuit.open_until, circuit.reason) = (Some(until), NOT_THERE_WORDS.to_owned());
            set(world, circuit, "open_until", until, vec![list, ("reason".into(), Value::Text(circuit.reason.clone()))]).await;
            true
        }
        // It answered by itself.
        (None, _) => forget_misses(world, circuit).await,
        (Some(error), _) if !matches!(error.kind, ErrorKind::Protocol | ErrorKind::Timeout | ErrorKind::Unavailable) => {
            forget_misses(world, circuit).await
        }
        (Some(_), _) => false,
    }
}

async fn forget_misses(world: &Ports, circuit: &mut CircuitRow) -> bool {
    if circuit.not_its_own.is_empty() {
        return false;
    }
    circuit.not_its_own.clear();
    note_misses(world, circuit, Vec::new(), vec![CircuitRow::NOT_ITS_OWN.to_owned()]).await;
    true
}

async fn note_misses(world: &Ports, circuit: &CircuitRow, mut set: Vec<(String, Value)>, remove: Vec<String>) {
    if circuit.is_void {
        // Dated now, what a clock that was ahead left in the row would be believed.
        return;
    }
    set.push(("noted_at".to_owned(), Value::Number(world.clock.now().as_millisecond())));
    let key = CircuitRow::key(&circuit.connection);
    let _ = world.write_if(Write::Update { key, add: Vec::new(), set, remove, when: Condition::Always }).await;
}

/// Never opens earlier than another call has found necessary.
async fn set(world: &Ports, circuit: &CircuitRow, name: &str, until: Timestamp, more: Vec<(String, Value)>) {
    let now = world.clock.now();
    if circuit.is_void {
        // What a clock that was ahead noted in the table goes with it.
        let beyond = now.saturating_add(SKEW).unwrap_or(now).as_millisecond();
        let row = CircuitRow { noted_at: Some(now), ..circuit.clone() };
        let _ = world.write_if(Write::Put { row: row.to_row(), when: Condition::AtLeast("noted_at".into(), beyond) }).await;
        return;
    }
    let mut set = vec![(name.to_owned(), Value::Number(until.as_millisecond()))];
    set.push(("noted_at".to_owned(), Value::Number(now.as_millisecond())));
    set.extend(more);
    let when =
        Condition::Any(vec![Condition::Lacks(name.to_owned()), Condition::AtMost(name.to_owned(), until.as_millisecond())]);
    let key = CircuitRow::key(&circuit.connection);
    let _ = world.write_if(Write::Update { key, add: Vec::new(), set, remove: Vec::new(), when }).await;
}
