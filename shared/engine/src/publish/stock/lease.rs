//! One push in flight per connection and item (I6): whoever pushes holds the listing's row, and everyone else leaves word.

use super::push::FENCE_WAIT;
use super::quota::tell_all;
use crate::Ports;
use crate::rows::lost;
use crate::rows::{ListingRow, PendingWrite, TypedRow};
use domain::{Counter, Counting, Expected, Listing, Quantity, lasting, noted};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Error, Refused, Result, Value, Write};
use std::time::Duration;

/// Longer than any function runs: a lease that ran out belongs to a push that died.
pub(super) const LEASE: SignedDuration = ListingRow::LEASE;
/// A push that takes this long may have died: who comes then looks again when its lease has run out.
const SUSPICIOUS: SignedDuration = SignedDuration::from_secs(5);

/// What came of asking for the row.
pub(super) enum Taken {
    /// It is ours. If `after_death`, an earlier push died with it and what the channel shows is unknown.
    Ours { row: Box<ListingRow>, lease: String, after_death: bool },
    /// Another push holds it, and will look again before it ends; a hint is on its way that comes once its lease has run out, for it may die.
    Theirs,
    /// As `Theirs`, but for so long that it may have died: look again after this time.
    PerhapsDead(Duration),
    /// The listing is gone.
    Gone,
}

/// Takes the row, or leaves word for whoever has it.
pub(super) async fn take(world: &Ports, seen: &ListingRow) -> Result<Taken> {
    let key = ListingRow::key(&seen.sku, &seen.connection, &seen.listing.offer);
    let mut before = seen.clone();
    // The row as the caller saw it mostly still stands. Holders may come and go; then the hint is simply delivered again.
    for turn in 0..4 {
        if turn > 0 {
            before = match world.get::<ListingRow>(&key).await? {
                Some(row) => row,
                None => return Ok(Taken::Gone),
            };
        }
        let now = world.clock.now();
        let mut dated_anew = false;
        if let Some(mended) = mended(world, &before, now).await? {
            dated_anew = mended.leased_until != before.leased_until;
            before = mended;
        }
        let lease = world.ids.fresh();
        let until = now.checked_add(LEASE).unwrap_or(now);
        let dead = before.lease.is_some() && before.leased_until.is_none_or(|until| until <= now);
        let free = before.lease.as_ref().map_or(Condition::Lacks("lease".into()), |l| is_lease(l));
        if before.lease.is_none() || dead {
            let set = vec![
                ("lease".into(), Value::Text(lease.clone())),
                ("leased_until".into(), Value::Number(until.as_millisecond())),
            ];
            let remove = vec!["again".into(), "put_off_until".into(), "put_off_at".into(), "put_off_raise".into()];
            match write(world, seen, set, remove, Condition::All(vec![Condition::Present, free])).await? {
                Some(row) => return Ok(Taken::Ours { row: Box::new(row), lease, after_death: dead }),
                None => continue,
            }
        }
        let left = before.leased_until.map_or(LEASE, |until| until.duration_since(now));
        // The holder read the figure before we came, perhaps: it must look once more. It may die, and whoever finds that word was left relies on
        // somebody else who looks then: so the hint is sent first.
        if !before.again {
            tell_all(world, &seen.sku, Duration::try_from(left).unwrap_or_default() + FENCE_WAIT).await?;
        }
        if write(world, seen, vec![("again".into(), Value::Number(1))], Vec::new(), free).await?.is_some() {
            let held = LEASE - left;
            return Ok(if !before.again || (held < SUSPICIOUS && !dated_anew) {
                Taken::Theirs
            } else {
                Taken::PerhapsDead(Duration::try_from(left).unwrap_or_default())
            });
        }
    }
    Err(Error::new(ports::ErrorKind::Conflict, "publish", format!("listing {} of {} is busy", seen.listing.offer, seen.sku)))
}

/// What a clock that was ahead left in the row is dated anew, once, for as long as it could be: a lease to its whole length, for its holder
/// may be at work; a lowering to now. `None`: there is nothing of the kind, or somebody else was first.
async fn mended(world: &Ports, row: &ListingRow, now: Timestamp) -> Result<Option<ListingRow>> {
    let mut set = Vec::new();
    let mut when = vec![Condition::Present];
    if let Some(until) = row.leased_until.filter(|until| lasting(*until, now, LEASE).is_none()) {
        set.push(("leased_until".into(), Value::Number(now.checked_add(LEASE).unwrap_or(now).as_millisecond())));
        when.push(Condition::Is("leased_until".into(), Value::Number(until.as_millisecond())));
    }
    if let Some(at) = row.lowered_at.filter(|at| noted(*at, now).is_none()) {
        set.push(("lowered_at".into(), Value::Text(crate::rows::sortable(now))));
        when.push(Condition::Is("lowered_at".into(), Value::Text(crate::rows::sortable(at))));
    }
    if set.is_empty() { Ok(None) } else { write(world, row, set, Vec::new(), Condition::All(when)).await }
}

fn is_lease(lease: &str) -> Condition {
    Condition::Is("lease".into(), Value::Text(lease.to_owned()))
}

async fn write(
    world: &Ports,
    row: &ListingRow,
    set: Vec<(String, Value)>,
    remove: Vec<String>,
    when: Condition,
) -> Result<Option<ListingRow>> {
    let key = ListingRow::key(&row.sku, &row.connection, &row.listing.offer);
    match world.table.write(Write::Update { key, add: Vec::new(), set, remove, when }).await {
        Ok(row) => row.as_ref().map(ListingRow::from_row).transpose(),
        Err(Refused::Reasons(reasons)) => lost(&reasons).map(|()| None),
        Err(Refused::Error(error)) => Err(error),
    }
}

/// What to note of a push when giving the row back.
pub(super) enum Note<'a> {
    /// The channel shows this, and did so when looked at, or acknowledged it.
    Shows { quantity: Quantity, version: u64, back: u64, expected: Option<Expected>, sent: bool, lowered_at: Option<Timestamp> },
    /// It showed this when looked at, then; it must rise, but orders since then have to be taken in first.
    Seen { quantity: Quantity, back: u64, at: Timestamp },
    /// Something else was written to the item, which may have moved its figure: what it shows is not known.
    PerhapsMoved,
    /// The channel does not count the item; why it is told nothing.
    NotCounted(&'a str),
    /// It counts it again; what it shows is looked at anew.
    CountedAgain,
    /// Nothing was done.
    Nothing,
    /// A figure was taken, or may have been, and is not in force as far as is known: it is among the row's `pending`. Why nobody knows.
    Taken(Option<&'a str>),
    /// It may have been done: what the channel shows is unknown.
    Unknown(&'a Error),
    /// It failed for sure.
    Failed(&'a Error),
}

/// Gives the row back. False: someone left word, the row is still ours, and the figure must be looked at again.
pub(super) async fn give_back(world: &Ports, row: &ListingRow, lease: &str, note: Note<'_>) -> Result<bool> {
    let now = world.clock.now();
    let mut set: Vec<(String, Value)> = Vec::new();
    let mut remove: Vec<String> = Vec::new();
    let may_look_again = matches!(note, Note::Shows { .. } | Note::NotCounted(_));
    match note {
        Note::Shows { quantity, version, back, expected, sent, lowered_at } => {
            if row.listing.counting == Counting::NotCounted {
                set.push(seen_as(row, Counting::Counted));
            }
            set.push(("told".into(), Value::Number(quantity.units())));
            set.push(told_back(back));
            match expected {
                Some(expected) => set.extend(expecting(expected)),
                None => remove.extend(EXPECTED.map(str::to_owned)),
            }
            set.push(("told_version".into(), Value::Number(i64::try_from(version).unwrap_or(i64::MAX))));
            if sent {
                set.push(("told_at".into(), Value::Text(crate::rows::sortable(now))));
            }
            if let Some(at) = lowered_at {
                set.push(("lowered_at".into(), Value::Text(crate::rows::sortable(at))));
            }
            remove.extend(["failures".into(), "problem".into()]);
        }
        Note::Seen { quantity, back, at } => {
            set.push(("told".into(), Value::Number(quantity.units())));
            set.push(told_back(back));
            set.push(("lowered_at".into(), Value::Text(crate::rows::sortable(at))));
            remove.push("told_version".into());
        }
        Note::PerhapsMoved => {
            remove.extend(["told".into(), "told_version".into()]);
            remove.extend(EXPECTED.map(str::to_owned));
        }
        Note::NotCounted(words) => {
            set.push(seen_as(row, Counting::NotCounted));
            set.push(("problem".into(), Value::Text(words.to_owned())));
            remove.extend(["told".into(), "told_version".into()]);
            remove.extend(EXPECTED.map(str::to_owned));
        }
        Note::CountedAgain => {
            set.push(seen_as(row, Counting::Counted));
            remove.extend(["told".into(), "told_version".into(), "problem".into()]);
            remove.extend(EXPECTED.map(str::to_owned));
        }
        Note::Nothing => {}
        Note::Taken(problem) => {
            set.push(("pending".into(), Value::Text(crate::rows::to_json(&row.pending))));
            set.push(("told_at".into(), Value::Text(crate::rows::sortable(now))));
            remove.push("told_version".into());
            if let Some(problem) = problem {
                set.push(("problem".into(), Value::Text(problem.to_owned())));
            }
        }
        Note::Unknown(error) => {
            remove.extend(["told".into(), "told_version".into()]);
            remove.extend(EXPECTED.map(str::to_owned));
            fail(row, error, &mut set);
        }
        Note::Failed(error) => fail(row, error, &mut set),
    }
    let mut conditions = vec![is_lease(lease)];
    if may_look_again {
        conditions.push(Condition::Lacks("again".into()));
    }
    let mut release = remove.clone();
    release.extend(["lease".into(), "leased_until".into(), "again".into()]);
    if write(world, row, set.clone(), release, Condition::All(conditions)).await?.is_some() || !may_look_again {
        return Ok(true);
    }
    // Word was left meanwhile; or the lease was lost, and then there is nothing of ours to note.
    remove.push("again".into());
    Ok(write(world, row, set, remove, is_lease(lease)).await?.is_none())
}

/// What is known of a figure after its channel was asked for the writes that were pending.
pub(super) enum PendingOutcome<'a> {
    /// It shows this, which came in force at this instant or before it.
    Shows { quantity: Quantity, pending: &'a PendingWrite, at: Timestamp },
    /// What it shows is not known.
    Unknown,
    /// No more than before.
    Nothing,
}

/// Keeps what is known of the writes that were pending, and goes on holding the row. Sales between a write and its coming into force were
/// overwritten: as after a fall, the figure is raised only once the orders up to now are taken in.
pub(super) async fn note_outcome(world: &Ports, row: &ListingRow, lease: &str, known: &PendingOutcome<'_>) -> Result<()> {
    let (mut set, mut remove) = (Vec::new(), Vec::new());
    if row.pending.is_empty() {
        remove.push("pending".to_owned());
    } else {
        set.push(("pending".to_owned(), Value::Text(crate::rows::to_json(&row.pending))));
    }
    match known {
        PendingOutcome::Shows { quantity, pending, at } => {
            set.push(("told".into(), Value::Number(quantity.units())));
            set.push(("told_version".into(), Value::Number(i64::try_from(pending.version).unwrap_or(i64::MAX))));
            set.push(told_back(pending.back));
            set.extend(["told_at", "lowered_at"].map(|name| (name.to_owned(), Value::Text(crate::rows::sortable(*at)))));
            remove.extend(["failures".into(), "problem".into()]);
            remove.extend(EXPECTED.map(str::to_owned));
        }
        PendingOutcome::Unknown => {
            set.push(("lowered_at".into(), Value::Text(crate::rows::sortable(world.clock.now()))));
            remove.extend(["told".into(), "told_version".into()]);
            remove.extend(EXPECTED.map(str::to_owned));
        }
        PendingOutcome::Nothing => {}
    }
    write(world, row, set, remove, is_lease(lease)).await.map(drop)
}

/// Keeps what is known of the counter, together with whatever stands or falls with it.
pub(super) fn counter_kept(row: &ListingRow, lease: &str, counter: Option<&Counter>) -> Write {
    let key = ListingRow::key(&row.sku, &row.connection, &row.listing.offer);
    let set = counter.map(|counter| ("counter".to_owned(), Value::Text(crate::rows::to_json(counter))));
    let remove = if set.is_none() { vec!["counter".to_owned()] } else { Vec::new() };
    Write::Update { key, add: Vec::new(), set: set.into_iter().collect(), remove, when: is_lease(lease) }
}

/// The item as it is described, counted or not as it was seen.
fn seen_as(row: &ListingRow, counting: Counting) -> (String, Value) {
    ("listing".into(), Value::Text(crate::rows::to_json(&Listing { counting, ..row.listing.clone() })))
}

/// The names under which what it should show is kept.
const EXPECTED: [&str; 2] = ["expected", "expected_out"];

fn expecting(expected: Expected) -> [(String, Value); 2] {
    let [units, out] = EXPECTED.map(str::to_owned);
    [(units, Value::Number(expected.units)), (out, Value::Number(i64::try_from(expected.out).unwrap_or(i64::MAX)))]
}

fn told_back(back: u64) -> (String, Value) {
    ("told_back".into(), Value::Number(i64::try_from(back).unwrap_or(i64::MAX)))
}

fn fail(row: &ListingRow, error: &Error, set: &mut Vec<(String, Value)>) {
    set.push(("failures".into(), Value::Number(i64::from(row.failures) + 1)));
    set.push(("problem".into(), Value::Text(error.message.clone())));
}

/// Notes that a hint is on its way that will not come before `wait` has passed since `at`; `raise`: for a figure that may rise then. Both
/// instants are of one look at the clock: of two, one may be wrong and the other make it be believed.
pub(super) async fn note_put_off(
    world: &Ports,
    row: &ListingRow,
    at: Timestamp,
    wait: SignedDuration,
    raise: bool,
) -> Result<()> {
    let until = at.saturating_add(wait).unwrap_or(Timestamp::MAX);
    let mut set = vec![
        ("put_off_until".into(), Value::Number(until.as_millisecond())),
        ("put_off_at".into(), Value::Number(at.as_millisecond())),
    ];
    let mut remove = Vec::new();
    if raise {
        set.push(("put_off_raise".into(), Value::Number(1)));
    } else {
        remove.push("put_off_raise".into());
    }
    write(world, row, set, remove, Condition::Present).await.map(|_| ())
}

/// Notes why a listing cannot be told anything, without holding it.
pub(super) async fn note_failure(world: &Ports, row: &ListingRow, error: &Error) -> Result<()> {
    let mut set = Vec::new();
    fail(row, error, &mut set);
    write(world, row, set, Vec::new(), Condition::Present).await.map(|_| ())
}
