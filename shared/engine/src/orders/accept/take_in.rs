//! Plans a batch and commits it, learning from each refusal what it took for granted.

use super::{Arrival, questions};
use crate::first_named::first_named;
use crate::invoices;
use crate::orders::accept::Known;
use crate::orders::announce::Announcement;
use crate::rows::{JournalEntry, JournalOrder, LedgerCause, OrderRow, ParkedRow, Subject, TypedRow as _};
use crate::stock::commit::{Commit, Committed, Room, StockPart, commit, in_room};
use crate::{Cache, Ports};
use domain::{
    ConnectionId, Flow, Incoming, LocationId, Order, OrderNumber, Plan, PlannedOrder, Recency, Remaining, Sku, Source, plan,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Error, ErrorKind, Result, Status, Write};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Transactions that found rows busy before the batch goes back to the queue.
const MOST_BUSY: u32 = 8;

/// Two reads under way at once may be of different states. By then the clock has passed both, whosever it was.
const AFTER_ANOTHER_READ: Duration = Duration::from_secs(3);

/// A message that is read so long after what it tells of was put off at least once.
const PUT_OFF: SignedDuration = SignedDuration::from_secs(15);

/// What is to be told of a batch.
#[derive(Default)]
pub(super) struct Said {
    announcement: Announcement,
    /// Orders that were begun, and nobody knows what was told of that.
    taken_up: BTreeSet<(ConnectionId, OrderNumber)>,
    /// Orders of which all is told that was done here.
    done: BTreeSet<(ConnectionId, OrderNumber)>,
}

impl Said {
    /// A plan is committed.
    fn done(&mut self, plan: &Plan, at: Timestamp) {
        for planned in &plan.orders {
            let key = key(&planned.order);
            if planned.order.is_complete() && self.taken_up.remove(&key) {
                self.announcement.repeat(&planned.order, at);
            } else {
                self.announcement.order(planned, at);
            }
            self.done.insert(key);
        }
    }
}

/// A batch that is dealt with.
#[derive(Default)]
pub(super) struct TakenIn {
    /// What to tell others.
    pub(super) announcement: Announcement,
    /// Arrivals that must be read from the channel to be judged, each after this time.
    pub(super) ties: Vec<(usize, Duration)>,
    /// Orders that are as they were known, read later than they were then.
    pub(super) read_later: Vec<Order>,
    /// What did not fit into one transaction.
    pub(super) left_over: Vec<(usize, Incoming)>,
    /// An order that takes several transactions, and of which something is still to be done: others go first.
    pub(super) goes_on: Option<Large>,
}

/// An order that takes several transactions, as far as it is.
pub(super) struct Large {
    one: (usize, Incoming),
    stored: Known,
    said: Said,
}

impl Large {
    fn goes_on(self, left_over: Vec<(usize, Incoming)>) -> TakenIn {
        TakenIn { left_over, goes_on: Some(self), ..TakenIn::default() }
    }
}

/// Does the next of an order that takes several transactions. `alone`: no other waits, and all of it is done.
pub(super) async fn go_on(world: &Ports, lookup: &Cache, large: Large, arrivals: &[Arrival], alone: bool) -> Result<TakenIn> {
    let Large { one, stored, said } = large;
    take_in_from(world, lookup, &[one], arrivals, stored, said, if alone { Turn::Whole } else { Turn::OnePart }).await
}

/// How much is done at once of an order that does not fit into one transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Nothing: it waits for all that fit.
    None,
    /// One transaction.
    OnePart,
    /// All of it.
    Whole,
}

/// Settles as much of the batch as fits into one transaction. An order that does not fit by itself goes on later, if others arrived with it, and
/// is done in several transactions otherwise. `stored`: orders as they were read just now, if they were.
pub(super) async fn take_in(
    world: &Ports,
    lookup: &Cache,
    batch: &[(usize, Incoming)],
    arrivals: &[Arrival],
    stored: Known,
) -> Result<TakenIn> {
    let said = Said { taken_up: begun(&stored).collect(), ..Said::default() };
    let turn = if arrivals.len() > 1 { Turn::None } else { Turn::Whole };
    take_in_from(world, lookup, batch, arrivals, stored, said, turn).await
}

async fn take_in_from(
    world: &Ports,
    lookup: &Cache,
    batch: &[(usize, Incoming)],
    arrivals: &[Arrival],
    mut stored: Known,
    mut said: Said,
    turn: Turn,
) -> Result<TakenIn> {
    let mut remaining = Remaining::default();
    let mut busy = 0;
    let mut uncertain = false;
    let mut size = batch.len();
    // Every turn but a busy one learns a row it did not know, so this ends.
    loop {
        let part: Vec<Incoming> = batch.iter().take(size).map(|(_, i)| i.clone()).collect();
        let at = world.clock.now();
        let planned = plan(&part, &stored, remaining.clone());
        let beside = questions::of(&planned.orders, at).len()
            + Box::pin(invoices::due_rows(world, lookup, &planned.orders, at)).await?.len();
        let (planned, whole) = match in_room(world, planned, beside) {
            Room::All(plan) if plan.is_whole() => (plan, true),
            Room::Part(_) | Room::None if size > 1 => {
                size = size.div_ceil(2);
                continue;
            }
            Room::All(_) | Room::Part(_) if turn == Turn::None && size == 1 => {
                let large = Large { one: batch[0].clone(), stored, said };
                return Ok(large.goes_on(batch[1..].to_vec()));
            }
            Room::All(plan) | Room::Part(plan) => (plan, false),
            Room::None => return Err(no_room()),
        };
        let mut questions = questions::of(&planned.orders, at);
        questions.extend(planned.orders.iter().filter_map(|order| stayed(order, at)));
        questions.extend(Box::pin(invoices::due_rows(world, lookup, &planned.orders, at)).await?);
        let outcome = if planned.orders.is_empty() {
            Committed::Done
        } else {
            match commit(world, &as_commit(&planned, at, world.ids.fresh(), questions)).await {
                Ok(outcome) => outcome,
                Err(error) if error.status == Status::Unknown => {
                    // It may have been done. Reading the orders tells: if it was, they are found to be known.
                    uncertain = true;
                    busy += 1;
                    if busy > MOST_BUSY {
                        return Err(error);
                    }
                    read_back(world, &part, &mut stored).await?;
                    said.taken_up.extend(begun(&stored));
                    said.done.clear();
                    continue;
                }
                Err(error) => return Err(error),
            }
        };
        match outcome {
            Committed::Done => {
                said.done(&planned, at);
                if whole {
                    let now_in = taken_in(&planned, &stored, batch, arrivals, said, uncertain, at);
                    return Ok(TakenIn { left_over: batch[size..].to_vec(), ..now_in });
                }
                stored.extend(planned.orders.into_iter().map(|done| (key(&done.order), done.order)));
                // What is left is judged anew: its rows are others, or moved by what was just done.
                (remaining, busy) = (Remaining::default(), 0);
                if turn == Turn::OnePart {
                    return Ok(Large { one: batch[0].clone(), stored, said }.goes_on(Vec::new()));
                }
            }
            Committed::Stale { orders, stock } => {
                let mut learned = !orders.is_empty();
                for (position, order) in orders {
                    let Some(planned) = planned.orders.get(position) else { continue };
                    let key = key(&planned.order);
                    match order {
                        Some(order) => {
                            if !order.is_complete() {
                                said.taken_up.insert(key.clone());
                            }
                            stored.insert(key, order.believed_at(at))
                        }
                        None => stored.remove(&key),
                    };
                }
                for (sku, location, left) in stock {
                    learned |= remaining.know(&sku, &location, left);
                }
                if !learned {
                    return Err(Error::new(
                        ErrorKind::Declined,
                        "accept",
                        "fewer units are set aside than the order gives back or ships; compare the product's stock with its ledger",
                    ));
                }
            }
            Committed::Busy => {
                busy += 1;
                if busy > MOST_BUSY {
                    return Err(Error::new(
                        ErrorKind::Conflict,
                        "accept",
                        "the stock rows are busy; the orders are taken in shortly",
                    ));
                }
                world.clock.sleep(Duration::from_millis(5 << busy)).await;
            }
        }
    }
}

/// Those of which something is still to be done.
fn begun(stored: &Known) -> impl Iterator<Item = (ConnectionId, OrderNumber)> {
    stored.values().filter(|order| !order.is_complete()).map(key)
}

fn key(order: &Order) -> (ConnectionId, OrderNumber) {
    (order.connection.clone(), order.snapshot.number.clone())
}

fn no_room() -> Error {
    Error::new(
        ErrorKind::Declined,
        "accept",
        "one product of the order lies at more locations than one transaction takes; have fewer locations serve the connection",
    )
}

async fn read_back(world: &Ports, part: &[Incoming], stored: &mut Known) -> Result<()> {
    for incoming in part {
        let (connection, number) = (&incoming.connection, &incoming.snapshot.number);
        if let Some(order) = OrderRow::read(world, connection, number).await? {
            stored.insert((connection.clone(), number.clone()), order);
        }
    }
    Ok(())
}

fn as_commit(planned: &Plan, at: Timestamp, id: String, questions: Vec<Write>) -> Commit {
    let stock = planned
        .movements
        .iter()
        .map(|((sku, location), movement)| {
            let orders = planned.orders.iter().filter_map(|p| {
                let units: i64 =
                    p.demands.iter().filter(|d| d.sku == *sku && d.location == *location).map(|d| d.movement.available).sum();
                let touches = p.demands.iter().any(|d| d.sku == *sku && d.location == *location);
                touches.then(|| (p.order.connection.clone(), p.order.snapshot.number.clone(), units))
            });
            let written_off = planned.orders.iter().filter_map(|p| {
                let here = p.demands.iter().filter(|d| d.sku == *sku && d.location == *location);
                let units: i64 = here.map(|d| d.written_off).sum();
                (units != 0).then(|| (p.order.connection.clone(), p.order.snapshot.number.clone(), units))
            });
            StockPart {
                sku: sku.clone(),
                location: location.clone(),
                movement: *movement,
                cause: LedgerCause::Orders { orders: orders.collect(), written_off: written_off.collect() },
                flows: flows(planned, sku, location),
                first: false,
            }
        })
        .collect();
    let journal = planned.orders.iter().map(JournalOrder::planned);
    Commit {
        id,
        at,
        orders: planned.orders.iter().map(|p| (p.order.clone(), p.was)).collect(),
        stock,
        shorts: planned.shorts.clone(),
        journal: JournalEntry::Orders { orders: journal.collect() },
        also: questions,
    }
}

/// Names for a person, with the commit, what stays another product than the channel says.
fn stayed(planned: &PlannedOrder, at: Timestamp) -> Option<Write> {
    if planned.stayed.is_empty() {
        return None;
    }
    let reason = format!(
        "line {} is another product on the channel now, and units of the one before have left: the line stays what it was. Look what was \
         sent, correct the stock of both products by hand, and dismiss this",
        first_named(planned.stayed.iter().map(ToString::to_string), ", ")
    );
    let (connection, number) = (&planned.order.connection, planned.order.snapshot.number.clone());
    let row = ParkedRow::first(Some(connection), Subject::Swapped { number }, &reason, at);
    Some(Write::Put { row: row.to_row(), when: Condition::Always })
}

/// What each connection's orders take and give back of one stock row: apart, though the movement is their sum.
fn flows(planned: &Plan, sku: &Sku, location: &LocationId) -> BTreeMap<ConnectionId, Flow> {
    let mut flows: BTreeMap<ConnectionId, Flow> = BTreeMap::new();
    for order in &planned.orders {
        for demand in order.demands.iter().filter(|d| d.sku == *sku && d.location == *location) {
            let flow = flows.entry(order.order.connection.clone()).or_default();
            let units = demand.movement.available.unsigned_abs();
            if demand.movement.available < 0 {
                flow.out += units;
            } else {
                flow.back += units;
            }
        }
    }
    flows
}

fn taken_in(
    plan: &Plan,
    stored: &Known,
    batch: &[(usize, Incoming)],
    arrivals: &[Arrival],
    said: Said,
    uncertain: bool,
    at: Timestamp,
) -> TakenIn {
    let Said { announcement, done, .. } = said;
    let mut taken_in = TakenIn { announcement, ..TakenIn::default() };
    for (position, standing) in &plan.settled {
        let (arrival, incoming) = &batch[*position];
        if *standing == Recency::Tie {
            // One that was read already is read again when the clock has passed the read that it met.
            let wait = if incoming.source == Source::Read { AFTER_ANOTHER_READ } else { Duration::ZERO };
            taken_in.ties.push((*arrival, wait));
        }
        // Whoever took it in may have died before telling, even if a newer state has come since: tell again.
        let perhaps_untold = uncertain || arrivals[*arrival].perhaps_untold(at);
        let key = (incoming.connection.clone(), incoming.snapshot.number.clone());
        if let Some(order) = stored.get(&key).filter(|_| perhaps_untold && !done.contains(&key)) {
            taken_in.announcement.repeat(order, at);
        }
        // One whose read was dated by a clock that was ahead is never known to be in, until it is dated anew.
        let may_mean_more = |order: &&Order| order.doubts_stamps || !order.is_last_of_its_stamp() || !order.was_read_by(at);
        // One that could not be read before may be parked for it, which is over when it is known to have been read since.
        let was_put_off = incoming.read_at.duration_since(arrivals[*arrival].message.read_at) >= PUT_OFF;
        let is_dated_anew = |order: &&Order| may_mean_more(order) || (was_put_off && order.read_at < incoming.read_at);
        if let Some(order) = stored.get(&key).filter(|order| *standing == Recency::Same && is_dated_anew(order)) {
            let again = Order { read_at: incoming.read_at, ..order.clone() };
            if incoming.source == Source::Read && again.is_last_of_its_stamp() {
                taken_in.read_later.push(again);
            }
        }
    }
    taken_in
}
