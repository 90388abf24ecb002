//! One push: look at the channel, read the present figure, decide, write.

use super::batch::Writer;
use super::channel_locations::{ChannelLocations, put_in_place, write_figure};
use super::counting::{leave_alone, look_once_more, may_start_tracking, not_counted};
use super::leader::{Lead, changed_since, write_unless_changed};
use super::lease::{Note, Taken, give_back, take};
use super::pending::{self, Asked, Before, Written};
use super::present::{Present, figure};
use super::unreadable_lines;
use super::{Task, lane, push_share};
use crate::orders::poll::{Unseen, changed_unseen, taken_in};
use crate::planted::{Mistake, planted};
use crate::rows::{CursorRow, ListingRow, PendingWrite, Subject};
use crate::unreadable::is_named;
use crate::{Cache, ConnectorClient, Ports};
use domain::{Counting, Decision, Expected, Fence, Flow, Quantity, Seen, Tried, decide};
use ports::{Acknowledged, Disposition, Error, ErrorKind, Lane, Observed, Result, Shown, Status, StockWrite};
use std::time::Duration;

/// Looks, reads and writes of one push before it is left to a later hint.
const MOST_TURNS: u32 = 6;
/// Before a raise is tried again, orders need this long to be taken in.
pub(super) const FENCE_WAIT: Duration = Duration::from_secs(1);
/// While a person must decide about an order that may demand the product: as long as a queue can wait.
pub(crate) const HELD_WAIT: Duration = Duration::from_mins(15);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// How a push ended. Neither: it shows the right figure, or another push is under way and will look again, or a person must see why not.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// The channel acknowledged this figure.
    pub(super) told: Option<Quantity>,
    /// Look again after this time.
    pub(super) later: Option<Duration>,
    /// What waits until then, where the look told it.
    pub(super) lane: Option<Lane>,
    /// What it tells about the connection, if it tells anything.
    pub(super) tried: Option<Tried>,
}

impl Ended {
    fn later(wait: Duration) -> Self {
        Self { later: Some(wait), ..Self::default() }
    }
}

/// Pushes one listing's present figure; in quota mode, its share.
pub(super) async fn push(world: &Ports, lookup: &Cache, driver: &Writer<'_>, task: &Task) -> Result<Ended> {
    let (row, lease, after_death) = match take(world, &task.row).await? {
        Taken::Ours { row, lease, after_death } => (*row, lease, after_death),
        Taken::Gone | Taken::Theirs => return Ok(Ended::default()),
        Taken::PerhapsDead(left) => return Ok(Ended::later(left + FENCE_WAIT)),
    };
    if row.listing.counting == Counting::NotCounted && !task.placed {
        return match look_once_more(world, lookup, driver, &row, &lease).await {
            Ok(()) => Ok(Ended::default()),
            Err(error) => failed(world, &row, &lease, error).await,
        };
    }
    let mut row = row;
    let mut sent = None;
    if after_death && pending::later(driver).is_some() {
        // Whoever died may have written, and what was written may come in force much later.
        row.pending.retain(|pending| pending.status.is_some() || pending.quantity.is_some());
        row.pending.push(PendingWrite::new(world, driver, None, None, &Before::of(task), None));
        row.told = None;
    }
    if !row.pending.is_empty() {
        let asked = pending::ask(world, lookup, driver, row.clone(), &lease, after_death).await;
        match asked {
            Err(error) => return failed(world, &row, &lease, error).await,
            Ok(Asked::Over(now, figure)) => (row, sent) = (*now, figure),
            Ok(Asked::Refused(now, error)) => return failed(world, &now, &lease, error).await,
            Ok(Asked::Waits(now)) => return wait_for(world, lookup, driver, *now, &lease, task).await,
        }
    }
    let lead = Lead::of(world, lookup, driver, &row, after_death).await?;
    let mut state = State { sent, ..State::of(&row, task, lead, after_death) };
    for _ in 0..MOST_TURNS {
        let turned = if task.quota {
            // Noted by whoever wrote last; or whoever did died.
            let lost = after_death || (row.told.is_none() && row.failures > 0);
            state.expected = None;
            push_share::turn(world, lookup, driver, &row, lost).await
        } else {
            turn(world, lookup, driver, &row, &lease, &mut state).await
        };
        match turned {
            Ok(Turn::Shows { quantity, version, back, sent, lowered_at, then }) => {
                state.told = Some(quantity);
                state.told_back = back;
                state.lowered_at = lowered_at.max(state.lowered_at);
                state.sent = if sent { Some(quantity) } else { state.sent };
                let note = Note::Shows { quantity, version, back, expected: state.expected, sent, lowered_at };
                state.lead.keep(world, &row, &lease).await?;
                if give_back(world, &row, &lease, note).await? {
                    let asked = sent || driver.reads_back();
                    let tried = asked.then_some(Tried::Well);
                    return Ok(Ended { told: state.sent, later: then, lane: None, tried });
                }
            }
            Ok(Turn::LookAgain) => {}
            Ok(Turn::Taken(taken)) => {
                state.lead.lost(world);
                state.lead.keep(world, &row, &lease).await?;
                return note_taken(world, row, &lease, *taken).await;
            }
            Ok(Turn::Wait { wait, seen, back }) => {
                // Shown is less than it should: it can only rise.
                let lane = seen.is_some_and(|seen| seen.live.is_some()).then_some(Lane::Raises);
                let note = match seen.and_then(|seen| Some((seen.live?, seen))) {
                    Some((quantity, seen)) if state.told != Some(quantity) || !seen.back.is_zero() => {
                        Note::Seen { quantity, back, at: seen.at }
                    }
                    _ => Note::Nothing,
                };
                state.lead.keep(world, &row, &lease).await?;
                give_back(world, &row, &lease, note).await?;
                return Ok(Ended { told: state.sent, later: Some(wait), lane, tried: None });
            }
            Ok(Turn::NotCounted) => {
                state.lead.keep(world, &row, &lease).await?;
                leave_alone(world, lookup, &row, &lease).await?;
                return Ok(Ended { told: state.sent, ..Ended::default() });
            }
            Ok(Turn::Left) => {
                give_back(world, &row, &lease, Note::Nothing).await?;
                return Ok(Ended { told: state.sent, ..Ended::default() });
            }
            Err(error) => {
                if error.disposition() == Disposition::ReadBack {
                    state.lead.lost(world);
                }
                state.lead.keep(world, &row, &lease).await?;
                return failed(world, &row, &lease, error).await;
            }
        }
    }
    state.lead.keep(world, &row, &lease).await?;
    give_back(world, &row, &lease, Note::Nothing).await?;
    Ok(Ended { told: state.sent, later: Some(FENCE_WAIT), lane: None, tried: None })
}

/// A write is pending, and what is shown may not be raised. What must fall is written now; for all else the channel is asked later.
async fn wait_for(
    world: &Ports,
    lookup: &Cache,
    driver: &Writer<'_>,
    row: ListingRow,
    lease: &str,
    task: &Task,
) -> Result<Ended> {
    match pending::overtake(world, lookup, driver, &row, task.quota).await {
        Ok(Some(Turn::Taken(taken))) => note_taken(world, row, lease, *taken).await,
        Ok(_) => {
            give_back(world, &row, lease, Note::Nothing).await?;
            Ok(Ended { later: Some(pending::wait(world, &row)), lane: Some(Lane::Raises), ..Ended::default() })
        }
        Err(error) => failed(world, &row, lease, error).await,
    }
}

/// Notes a figure that was taken and is not in force yet, and comes again to ask for it. What waits is not what must fall.
async fn note_taken(world: &Ports, mut row: ListingRow, lease: &str, taken: PendingWrite) -> Result<Ended> {
    let unheard = "the channel did not answer, and may still carry it out";
    let problem = taken.status.is_none().then_some(unheard);
    row.pending.push(taken);
    give_back(world, &row, lease, Note::Taken(problem)).await?;
    let tried = problem.is_none().then_some(Tried::Well);
    Ok(Ended { later: Some(pending::wait(world, &row)), lane: Some(Lane::Raises), tried, told: None })
}

struct State {
    told: Option<Quantity>,
    /// What the connection's orders had given back before the look that told.
    told_back: u64,
    /// What it should show by its orders and our own writes.
    expected: Option<Expected>,
    /// What they had moved before the look that comes next.
    before: Flow,
    lowered_at: Option<jiff::Timestamp>,
    sent: Option<Quantity>,
    lead: Lead,
}

impl State {
    /// Before the first turn. `after_death`: an earlier push died, and what was told is not known.
    fn of(row: &ListingRow, task: &Task, lead: Lead, after_death: bool) -> Self {
        Self {
            told: if after_death { None } else { row.told },
            told_back: row.told_back,
            expected: if after_death { None } else { row.expected },
            before: task.flow,
            lowered_at: row.lowered_at,
            sent: None,
            lead,
        }
    }
}

/// How a turn ended.
pub(super) enum Turn {
    /// It shows this now. `then`: look again after this time.
    Shows { quantity: Quantity, version: u64, back: u64, sent: bool, lowered_at: Option<jiff::Timestamp>, then: Option<Duration> },
    /// A figure was taken, or may have been, and is not in force as far as is known.
    Taken(Box<PendingWrite>),
    /// Something moved meanwhile.
    LookAgain,
    /// Orders have to be taken in first. `seen`: what is to be noted of the look.
    Wait { wait: Duration, seen: Option<Seen>, back: u64 },
    /// The product is published in another mode by now, and a hint for that is on its way.
    Left,
    /// The channel does not track the item, and nobody said that it should.
    NotCounted,
}

/// How long to wait for orders of the channel that changed and were not seen to.
async fn unseen(world: &Ports, lookup: &Cache, row: &ListingRow) -> Result<Option<Duration>> {
    Ok(match changed_unseen(world, lookup, row).await? {
        Unseen::Nothing => None,
        Unseen::OnItsWay => Some(FENCE_WAIT),
        // Nothing but a person's decision ends it, and that is told.
        Unseen::Held => Some(HELD_WAIT),
    })
}

async fn turn(
    world: &Ports,
    lookup: &Cache,
    driver: &Writer<'_>,
    row: &ListingRow,
    lease: &str,
    state: &mut State,
) -> Result<Turn> {
    let Some((mut seen, shown)) = seen(world, driver, row, state.told).await? else {
        return start_tracking(world, lookup, driver, row).await;
    };
    // After looking: a sale that the channel's figure already shows may be in ours too, never the other way round.
    let present = Present::read(world, &row.sku).await?;
    if present.shares.is_some() {
        return Ok(Turn::Left);
    }
    let before = std::mem::replace(&mut state.before, present.flow(&row.connection));
    let back = before.back;
    seen.back = Quantity::clamped(i64::try_from(state.before.back.saturating_sub(state.told_back)).unwrap_or(i64::MAX));
    let connection = lookup.connection(world, &row.connection).await?;
    let edited = state.lead.look(world, lookup, row, lease, &seen, before, &present).await?;
    let Some(edited) = edited else { return Ok(Turn::LookAgain) };
    // What its staff seem to have added stays until it is known.
    let target = Quantity::clamped(figure(world, &present, &connection).units() + edited.max(0));
    let places = ChannelLocations::of(world, &present, &connection).showing(&shown.places);
    let mut fence = Fence { settled_through: None, lowered_at: state.lowered_at };
    let mut decision = decide(&seen, target, &fence);
    let raises = seen.live.is_none_or(|live| live < target);
    if edited != 0 && raises {
        // Raised now, what its staff took away would be on sale again.
        return Ok(Turn::Wait { wait: patience(driver), seen: Some(seen), back });
    }
    if raises && let Some(wait) = unreadable_lines::holds(world, lookup, &present).await? {
        return Ok(Turn::Wait { wait, seen: Some(seen), back });
    }
    if decision == Decision::ReadOrdersFirst {
        fence.settled_through =
            settled_through(world, row).await?.max(planted(Mistake::RaiseWithoutRead).then_some(jiff::Timestamp::MAX));
        decision = decide(&seen, target, &fence);
    }
    match decision {
        Decision::Unchanged => {
            // It fell to the right figure by sales that are not in ours: the fence shuts as if we had lowered it.
            let lowered_at = fence.needed_since(&seen).filter(|at| Some(*at) > state.lowered_at);
            state.expected = state.expected.or(Some(Expected::at(target, before.out)));
            match put_in_place(world, driver, row, target, &places).await {
                Ok(Some(Written::Taken(status))) => {
                    let read = Before { version: present.version, back, out: before.out };
                    Ok(taken(world, driver, status, target, &read))
                }
                Ok(moved) => {
                    let (version, sent) = (present.version, moved.is_some());
                    Ok(Turn::Shows { quantity: target, version, back, sent, lowered_at, then: None })
                }
                Err(error) if is_stale(&error) => Ok(Turn::LookAgain),
                Err(error) => Err(error),
            }
        }
        Decision::ReadOrdersFirst => {
            let needed = fence.needed_since(&seen).unwrap_or(seen.at);
            let known = taken_in(world, lookup, row, needed).await?;
            if (Fence { settled_through: known.through, ..fence }).passed(&seen) {
                // The figure was read before those orders were known to be in: look once more, behind the fence.
                state.told = seen.live.or(state.told);
                state.told_back = back;
                state.lowered_at = fence.needed_since(&seen);
                return Ok(Turn::LookAgain);
            }
            // Nothing but a person's decision opens what is held, and that is told.
            let wait = if known.held { HELD_WAIT } else { known.wait.max(FENCE_WAIT) };
            Ok(Turn::Wait { wait, seen: Some(seen), back })
        }
        Decision::Set { quantity, from, lowers } => {
            if let Some((live, expected)) = seen.live.zip(state.expected).filter(|_| !lowers) {
                // All its orders are known, as their times of change tell them.
                let fell = !expected.fell(live, state.before.out).is_zero();
                if fell
                    && !state.lead.is_led()
                    && let Some(wait) = unseen(world, lookup, row).await?
                {
                    return Ok(Turn::Wait { wait, seen: None, back });
                }
                state.expected = Some(Expected::at(live, before.out));
            }
            let driver = &driver.to_write(lane(lowers));
            let overwrites = state.lead.overwrites(driver);
            let written = if overwrites {
                write_unless_changed(driver, row, quantity, from).await
            } else {
                write_figure(world, driver, row, quantity, from, &places).await
            };
            match written {
                Ok(Written::InForce) => {}
                Ok(Written::Taken(status)) => {
                    let read = Before { version: present.version, back, out: before.out };
                    return Ok(taken(world, driver, status, quantity, &read));
                }
                Err(error) if is_stale(&error) => return Ok(Turn::LookAgain),
                Err(error) => return Err(error),
            }
            state.lead.wrote(world, driver, from, quantity);
            let kept = state.expected.zip(from).map(|(expected, from)| expected.wrote(from, quantity));
            state.expected = kept.or(Some(Expected::at(quantity, before.out)));
            let lowered_at = lowers.then(|| world.clock.now());
            let then = if overwrites { changed_since(driver, row, quantity).await } else { None };
            Ok(Turn::Shows { quantity, version: present.version, back, sent: true, lowered_at, then })
        }
    }
}

/// It was taken, and is not in force.
fn taken(world: &Ports, driver: &Writer<'_>, status: Option<String>, quantity: Quantity, read: &Before) -> Turn {
    Turn::Taken(Box::new(PendingWrite::new(world, driver, status, Some(quantity), read, None)))
}

/// The channel does not track the item: it is told a figure only if the merchant said so, and left alone otherwise. What sells without end
/// cannot be raised.
async fn start_tracking(world: &Ports, lookup: &Cache, driver: &Writer<'_>, row: &ListingRow) -> Result<Turn> {
    let present = Present::read(world, &row.sku).await?;
    if present.shares.is_some() {
        return Ok(Turn::Left);
    }
    let connection = lookup.connection(world, &row.connection).await?;
    if !may_start_tracking(world, &present, &connection) {
        return Ok(Turn::NotCounted);
    }
    let flow = present.flow(&row.connection);
    let (quantity, back) = (figure(world, &present, &connection), flow.back);
    if let Written::Taken(status) =
        write_figure(world, driver, &not_counted(row), quantity, None, &ChannelLocations::default()).await?
    {
        return Ok(taken(world, driver, status, quantity, &Before { version: present.version, back, out: flow.out }));
    }
    let (version, lowered_at) = (present.version, Some(world.clock.now()));
    Ok(Turn::Shows { quantity, version, back, sent: true, lowered_at, then: None })
}

/// How long orders of up to now may need to be on the channel's list.
pub(super) fn patience(driver: &ConnectorClient<'_>) -> Duration {
    FENCE_WAIT.max(Duration::try_from(driver.lag()).unwrap_or(FENCE_WAIT))
}

/// What was written was compared with what is shown no longer.
pub(super) fn is_stale(error: &Error) -> bool {
    error.kind == ErrorKind::Conflict && error.status != Status::Unknown
}

/// Asks the channel for the figure, where it can be asked. `None`: it does not count the item.
async fn seen(world: &Ports, driver: &Writer<'_>, row: &ListingRow, told: Option<Quantity>) -> Result<Option<(Seen, Shown)>> {
    let shown = match look(driver, row).await? {
        None => None,
        Some(Observed::Counted(shown)) => Some(shown),
        Some(Observed::NotCounted) => return Ok(None),
    };
    let live = shown.as_ref().map(|shown| shown.quantity);
    // After the answer: up to here customers may have bought what the figure no longer shows.
    Ok(Some((Seen { told, back: Quantity::ZERO, live, at: world.clock.now() }, shown.unwrap_or_default())))
}

/// The figure it shows; `None`: it cannot be asked.
pub(super) async fn look(driver: &Writer<'_>, row: &ListingRow) -> Result<Option<Observed>> {
    let listing = &row.listing;
    if !driver.reads_back() {
        return Ok(None);
    }
    let _alone = driver.looking().await;
    let observed = driver.stock()?.call(|stock, call| stock.read(call, &listing.offer, &listing.stock_reference)).await?;
    Ok(Some(observed))
}

/// Writes the figure, together with those that are written at the same time.
pub(super) async fn send_figure(world: &Ports, driver: &Writer<'_>, write: &StockWrite) -> Result<Written> {
    written(driver, driver.write(world, write).await)
}

/// How far a write has come. Where the channel works on it later, one that was not answered may be carried out later as well.
pub(super) fn written(driver: &Writer<'_>, answer: Result<Acknowledged>) -> Result<Written> {
    match answer {
        Ok(Acknowledged::Applied) => Ok(Written::InForce),
        Ok(Acknowledged::Pending(status)) => Ok(Written::Taken(Some(status))),
        Err(error) if error.status == Status::Unknown && pending::later(driver).is_some() => Ok(Written::Taken(None)),
        Err(error) => Err(error),
    }
}

/// Up to when what the connection's orders demand of the product is taken in, as far as is known.
pub(super) async fn settled_through(world: &Ports, row: &ListingRow) -> Result<Option<jiff::Timestamp>> {
    Ok(world.get::<CursorRow>(&CursorRow::key(&row.connection)).await?.and_then(|cursor| cursor.settled_for(&row.sku)))
}

async fn failed(world: &Ports, row: &ListingRow, lease: &str, error: Error) -> Result<Ended> {
    let tried = crate::connections::health::tried_to_push(&error);
    let later = |wait| Ended { tried: tried.clone(), ..Ended::later(wait) };
    // What cannot be read may be a page of somebody in between, and over in a moment; until it is, what is shown may be too much. But it may
    // also be so for ever, and then a question now and then is enough.
    let unreadable = error.kind == ErrorKind::Protocol;
    let longest = if unreadable { HELD_WAIT } else { LONGEST_WAIT };
    let wait = Duration::from_secs(1 << row.failures.min(10)).min(longest);
    match error.disposition() {
        Disposition::ReadBack => {
            give_back(world, row, lease, Note::Unknown(&error)).await?;
            if unreadable {
                name(world, row, &error).await?;
            }
            Ok(later(wait))
        }
        // The channel asked for a pause: that is no failure of this listing.
        Disposition::RetryAt(after) => {
            give_back(world, row, lease, Note::Nothing).await?;
            Ok(later(after.max(Duration::from_secs(1))))
        }
        Disposition::Retry => {
            give_back(world, row, lease, Note::Failed(&error)).await?;
            Ok(later(wait))
        }
        Disposition::Park | Disposition::DeadLetter => {
            give_back(world, row, lease, Note::Failed(&error)).await?;
            let named = name(world, row, &error).await?;
            // An item that its own list names as odd waits for that list.
            Ok(Ended { later: (unreadable && !named).then_some(wait), tried, ..Ended::default() })
        }
    }
}

/// Has a person see why an item cannot be told its figure: once, and not where the list that it is in says so already. Answers whether that
/// does.
async fn name(world: &Ports, row: &ListingRow, error: &Error) -> Result<bool> {
    let named = is_named(world, &row.connection, &row.listing.offer, error).await?;
    let known = row.problem.as_deref() == Some(error.message.as_str());
    if !known && !named {
        let subject = Subject::Listing { sku: row.sku.clone(), offer: row.listing.offer.clone() };
        world.park(Some(&row.connection), subject, &error.message, "").await?;
    }
    Ok(named)
}
