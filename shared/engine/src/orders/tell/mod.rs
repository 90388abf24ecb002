//! Tells a channel what was done about an order: once, as far as anybody can know, and never without looking where that is unsure.
//!
//! The order row says how far it is. Before a call goes out the row says that it was begun; whoever finds it so later asks the channel
//! whether it knows already.

mod acceptance;
mod no_end;
mod sync;
mod update;

pub(crate) use sync::sync_again;

use crate::orders::accept::finish;
use crate::orders::action::{message, read};
use crate::rows::{OutboxRow, Subject};
use crate::{Cache, ConnectorClient, Ports};
use contracts::{Cause, InboundOrder, Message, OrderUpdateDue};
use domain::{
    AcceptanceAnswer, CancellationUpdate, ChannelSync, LineUnits, Order, OrderLineId, OrderUpdate, Publishing, ReturnUpdate,
    ShipmentUpdate, SnapshotLine, SyncStep, age,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Acknowledged, Condition, Disposition, Error, ErrorKind, Key, OutgoingMessage, QueueName, Result, Write};
use std::time::Duration;
use update::Update;

/// How often a channel is asked how far it is.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
/// No call takes longer, whatever became of whoever made it.
const LONGEST_CALL: SignedDuration = SignedDuration::from_secs(60);
/// While somebody else may be calling.
const STILL_AT_WORK: Duration = Duration::from_secs(61);
/// After the order changed in another way just before the call.
const AFTER_ANOTHER_CHANGE: Duration = Duration::from_secs(1);
/// Between attempts that failed for a passing reason.
const BETWEEN_TRIES: Duration = Duration::from_secs(30);
/// SQS delays a message by at most this.
const LONGEST_DELAY: Duration = Duration::from_mins(15);
/// What is still untold this long after its message was due has lost it.
const LOST: SignedDuration = SignedDuration::from_mins(20);
/// Lost messages of one sweep: the next finds the rest.
const MOST_SWEPT: usize = 500;

/// Tells the channel, or looks how far it is. An error: the message must come again.
pub async fn tell_order(world: &Ports, lookup: &Cache, due: &OrderUpdateDue) -> Result<()> {
    if due.id == AcceptanceAnswer::MARK && !acceptance::decided(world, lookup, due).await? {
        return Ok(());
    }
    let (order, update, told) = match look_up(world, lookup, due).await {
        Err(error) if error.kind == ErrorKind::NotFound => return give_up(world, due, &error).await,
        found => found?,
    };
    if !told.is_open() {
        // Its message came once more: this only sees to it that it is off the list.
        return sync::forget_closed(world, due, |order| order.channel_sync(&due.id).is_some_and(|sync| !sync.is_open())).await;
    }
    let awaited = order.awaits_acceptance().filter(|_| due.id == AcceptanceAnswer::MARK);
    match Box::pin(attempt(world, lookup, due, order, &update, &told)).await {
        Ok(None) => Ok(()),
        Ok(Some(wait)) => {
            acceptance::warn(world, due, awaited, "its channel works on it").await?;
            no_end::open(world, due, wait).await
        }
        Err(error) => {
            acceptance::warn(world, due, awaited, &error.message).await?;
            failed(world, lookup, due, error).await
        }
    }
}

/// The order, what is to be told of it, and how far the channel was told. `NotFound`: there is no such order, update or connection.
async fn look_up(world: &Ports, lookup: &Cache, due: &OrderUpdateDue) -> Result<(Order, Update, ChannelSync)> {
    let order = finish(world, lookup, read(world, &due.connection, &due.number).await?).await?;
    let connection = lookup.connection(world, &due.connection).await?;
    let (update, told) = find(&order, &due.id, &connection.publishing).ok_or_else(|| {
        let message = format!("order {} has no shipment, cancellation or inspection {}", due.number, due.id);
        Error::new(ErrorKind::NotFound, "tell order", message)
    })?;
    Ok((order, update, told))
}

fn subject(due: &OrderUpdateDue) -> Subject {
    Subject::Update { number: due.number.clone(), id: due.id.clone() }
}

/// Nobody can be told, or of nothing: it will be no different next time.
async fn give_up(world: &Ports, due: &OrderUpdateDue, why: &Error) -> Result<()> {
    world.park(Some(&due.connection), subject(due), &format!("the channel was not told: {}", why.message), "").await?;
    forget(world, due).await
}

/// One step. Answers when to come again.
async fn attempt(
    world: &Ports,
    lookup: &Cache,
    due: &OrderUpdateDue,
    order: Order,
    update: &Update,
    told: &ChannelSync,
) -> Result<Option<Duration>> {
    // Units that a channel does not know to have left, it takes for cancelled when they are paid back.
    if matches!(update, Update::Order(OrderUpdate::Return(_)))
        && order.shipments.iter().any(|parcel| parcel.channel_sync.is_open())
    {
        return Ok(Some(BETWEEN_TRIES));
    }
    let driver = ConnectorClient::open(world, lookup, &due.connection).await?;
    let acknowledged = match told {
        ChannelSync::Processing { status } => {
            match driver.jobs()?.call(|jobs, call| jobs.status(call, status)).await {
                // Neither done nor refused, or come to nothing because the order changed there: what became of it is asked of the order.
                Err(error) if error.disposition() == Disposition::ReadBack || error.kind == ErrorKind::Conflict => {
                    sync::note(world, lookup, order, due, &SyncStep::Unclear { at: world.clock.now() }).await?;
                    return Ok(Some(STILL_AT_WORK));
                }
                answer => answer?,
            }
        }
        ChannelSync::Sending { at } if age(*at, world.clock.now()).is_some_and(|age| age < LONGEST_CALL) => {
            return Ok(Some(STILL_AT_WORK));
        }
        ChannelSync::Sending { .. } => match update.is_known(&driver, &operation(due), &due.number).await? {
            Some(true) => Acknowledged::Applied,
            Some(false) => return Box::pin(tell(world, lookup, due, order, &driver, update, Told::Asked)).await,
            None => {
                let reason = "it was told, no answer came, and the channel cannot be asked; look there, and tell it by hand if it is missing";
                refuse(world, lookup, due, reason.to_owned(), true).await?;
                return Ok(None);
            }
        },
        ChannelSync::Pending => return Box::pin(tell(world, lookup, due, order, &driver, update, Told::Never)).await,
        ChannelSync::Synced { .. } | ChannelSync::Rejected { .. } | ChannelSync::NotNeeded => return Ok(None),
    };
    note_acknowledged(world, lookup, order, due, acknowledged).await
}

/// The operation's id, in the form of a UUID: the same at every attempt and in every process, so that a channel that keeps it does the
/// thing once, and is asked for what it did under it. A mark alone would not do: another order's may be the same.
fn operation(due: &OrderUpdateDue) -> String {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let OrderUpdateDue { connection, number, id } = due;
    // FNV-1a. The lengths keep the parts apart.
    let text = format!("{connection}|{}|{number}|{id}", number.as_str().len());
    let hash = text.bytes().fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    // Version 8: made by rules of one's own (RFC 9562, 5.8).
    let hex = format!("{:032x}", hash & !(0xf << 76) & !(0x3 << 62) | (0x8 << 76) | (0x2 << 62));
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Whether nothing is left to tell a channel of a shipment, cancellation or decision: it has it, by our telling or by somebody's there.
pub(crate) fn has_it(order: &Order, id: &str) -> bool {
    let Some((update, told)) = find(order, id, &Publishing::All) else { return false };
    if told.is_open() {
        return false;
    }
    if order.is_deleted() {
        // There is nobody left to tell.
        return true;
    }
    let told_there = |line: &OrderLineId| order.snapshot.own_line(line);
    let update = match update {
        Update::Order(update) => update,
        // It waits for no word any more.
        Update::Acceptance(_) => {
            return matches!(told, ChannelSync::Synced { .. } | ChannelSync::NotNeeded) || order.awaits_acceptance().is_none();
        }
    };
    match update {
        _ if matches!(told, ChannelSync::Synced { .. } | ChannelSync::NotNeeded) => true,
        // It tells of at least as many units as all that we know of come to: whatever it did not want of us, it has from somebody else.
        OrderUpdate::Shipment(parcel) => {
            let knows = |line: &OrderLineId| told_there(line).is_some_and(|there| there.shipped >= order.sent(line));
            parcel.lines.iter().all(|one| knows(&one.line))
        }
        OrderUpdate::Cancellation(cancelled) => {
            let knows = |one: &LineUnits| {
                let wanted = order.cancelling(&one.line).plus(one.units);
                told_there(&one.line).is_some_and(|there| there.cancelled >= wanted)
            };
            cancelled.lines.iter().all(knows)
        }
        // What a buyer got is in no count of the order.
        OrderUpdate::Return(_) => false,
    }
}

/// What is known of a channel that is about to be told.
enum Told {
    /// Nobody told it.
    Never,
    /// Somebody may have told it; it was asked, and does not have it.
    Asked,
}

/// Calls the channel, if nobody else has begun to.
async fn tell(
    world: &Ports,
    lookup: &Cache,
    due: &OrderUpdateDue,
    order: Order,
    driver: &ConnectorClient<'_>,
    update: &Update,
    told: Told,
) -> Result<Option<Duration>> {
    let at = world.clock.now();
    let step = match told {
        Told::Never => SyncStep::Begin { at },
        Told::Asked => SyncStep::BeginAnew { at },
    };
    let Some(order) = sync::begin(world, due, &order, &step).await? else {
        let now = read(world, &due.connection, &due.number).await?;
        // Somebody did something else about the order: that is no reason to wait for them.
        let somebody_tells = now.channel_sync(&due.id) != order.channel_sync(&due.id);
        return Ok(Some(if somebody_tells { STILL_AT_WORK } else { AFTER_ANOTHER_CHANGE }));
    };
    match update.tell(driver, &operation(due), &due.number).await {
        Ok(answer) => note_acknowledged(world, lookup, order, due, answer).await,
        Err(error) => {
            let passes = error.disposition() == Disposition::Park && error.kind == ErrorKind::Protocol;
            if passes || matches!(error.disposition(), Disposition::Retry | Disposition::RetryAt(_)) {
                // Nothing was done, so nothing is unsure.
                sync::note(world, lookup, order, due, &SyncStep::NothingDone { begun: at }).await?;
            }
            Err(error)
        }
    }
}

async fn note_acknowledged(
    world: &Ports,
    lookup: &Cache,
    order: Order,
    due: &OrderUpdateDue,
    acknowledged: Acknowledged,
) -> Result<Option<Duration>> {
    match acknowledged {
        Acknowledged::Pending(status) => {
            sync::note(world, lookup, order, due, &SyncStep::Taken { status }).await?;
            Ok(Some(BETWEEN_LOOKS))
        }
        Acknowledged::Applied => {
            // First, for its order must be read again even if we die now: its state on the channel is another.
            read_again(world, due).await?;
            sync::note(world, lookup, order, due, &SyncStep::Applied { at: world.clock.now() }).await?;
            Ok(None)
        }
    }
}

async fn failed(world: &Ports, lookup: &Cache, due: &OrderUpdateDue, error: Error) -> Result<()> {
    match error.disposition() {
        Disposition::RetryAt(after) => put_off(world, due, after.max(Duration::from_secs(1))).await,
        Disposition::Retry | Disposition::ReadBack => no_end::failed(world, lookup, due, &error).await,
        // A page of somebody in between says nothing of what the channel wants.
        Disposition::Park if error.kind == ErrorKind::Protocol => no_end::failed(world, lookup, due, &error).await,
        Disposition::Park | Disposition::DeadLetter => refuse(world, lookup, due, error.message, false).await,
    }
}

/// The channel does not want it, or (`unsure`) nobody can tell whether it has it: a person must look.
async fn refuse(world: &Ports, lookup: &Cache, due: &OrderUpdateDue, reason: String, unsure: bool) -> Result<()> {
    world.park(Some(&due.connection), subject(due), &reason, "").await?;
    read_again(world, due).await?;
    let order = read(world, &due.connection, &due.number).await?;
    sync::note(world, lookup, order, due, &SyncStep::Rejected { reason, outcome_unknown: unsure }).await.map(drop)
}

/// The order is another on the channel now.
async fn read_again(world: &Ports, due: &OrderUpdateDue) -> Result<()> {
    let message = InboundOrder {
        connection: due.connection.clone(),
        number: due.number.clone(),
        snapshot: None,
        cause: Cause::ChannelSynced,
        read_at: world.clock.now(),
    };
    world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: message.to_json(), delay: Duration::ZERO }]).await
}

/// The row first: if the message is then not sent, the one in hand comes again.
async fn put_off(world: &Ports, due: &OrderUpdateDue, wait: Duration) -> Result<()> {
    come_again(world, due, wait, OutboxRow::put_off).await
}

async fn come_again(world: &Ports, due: &OrderUpdateDue, wait: Duration, noted: fn(Key, Timestamp) -> Write) -> Result<()> {
    let wait = wait.min(LONGEST_DELAY);
    let at = world.clock.now().saturating_add(SignedDuration::try_from(wait).unwrap_or_default()).unwrap_or(Timestamp::MAX);
    world.write_if(noted(key(due), at)).await?;
    world.queue.send(QueueName::OrderUpdates, vec![message(due, wait)]).await
}

fn key(due: &OrderUpdateDue) -> Key {
    OutboxRow::key(&due.connection, &due.id, &due.number)
}

async fn forget(world: &Ports, due: &OrderUpdateDue) -> Result<()> {
    world.write_if(Write::Delete { key: key(due), when: Condition::Always }).await.map(drop)
}

/// Sends word of what nobody sent word of yet, and again of what is so late that its message must be lost. Answers how many of these.
pub async fn sweep_outbox(world: &Ports) -> Result<usize> {
    let now = world.clock.now();
    let rows: Vec<OutboxRow> = world.all(OutboxRow::PARTITION, "").await?;
    let lost: Vec<_> = rows.into_iter().filter(|row| now.duration_since(row.due) > LOST).take(MOST_SWEPT).collect();
    let late = lost.iter().filter(|row| row.due != Timestamp::UNIX_EPOCH).count();
    let lost: Vec<_> =
        lost.into_iter().map(|row| OrderUpdateDue { connection: row.connection, number: row.number, id: row.id }).collect();
    if lost.is_empty() {
        return Ok(0);
    }
    world.queue.send(QueueName::OrderUpdates, lost.iter().map(|due| message(due, Duration::ZERO)).collect()).await?;
    // Or else every sweep sends one more, each of which puts itself off for as long as the channel is down.
    for due in &lost {
        world.write_if(OutboxRow::put_off(key(due), now)).await?;
    }
    Ok(late)
}

/// What the channel is told, and how far it was.
fn find(order: &Order, id: &str, publishing: &Publishing) -> Option<(Update, ChannelSync)> {
    if let Some(answer) = order.acceptance.as_ref().filter(|_| id == AcceptanceAnswer::MARK) {
        return Some((Update::Acceptance(answer.update.clone()), answer.channel_sync.clone()));
    }
    find_update(order, id, publishing).map(|(update, told)| (Update::Order(update), told))
}

fn find_update(order: &Order, id: &str, publishing: &Publishing) -> Option<(OrderUpdate, ChannelSync)> {
    if let Some(parcel) = order.shipments.iter().find(|one| one.id == id) {
        let shipment = ShipmentUpdate {
            reference: parcel.id.clone(),
            lines: parcel.lines.clone(),
            carrier: parcel.carrier.clone(),
            tracking: parcel.tracking.clone(),
            completes: completes(order),
        };
        return Some((OrderUpdate::Shipment(shipment), parcel.channel_sync.clone()));
    }
    if let Some(one) = order.cancellations.iter().find(|one| one.id == id) {
        let whole_order = leaves_nothing(order, id);
        let restock = if whole_order { restocks_whole(order, publishing) } else { !one.write_off };
        let update = CancellationUpdate { lines: one.lines.clone(), reason: one.reason, whole_order, restock };
        return Some((OrderUpdate::Cancellation(update), one.channel_sync.clone()));
    }
    order.returns.iter().find_map(|returned| {
        let one = returned.inspections.iter().find(|one| one.id == id)?;
        let lines = vec![LineUnits { line: one.line.clone(), units: one.units }];
        let beside = if returned.channel_id.is_none() { beside(order, id) } else { Vec::new() };
        let update = ReturnUpdate { id: returned.channel_id.clone(), lines, resolution: one.resolution, beside };
        Some((OrderUpdate::Return(update), one.channel_sync.clone()))
    })
}

/// Units of other decisions of which the channel was told, or may have been, in returns that it did not know of.
fn beside(order: &Order, id: &str) -> Vec<LineUnits> {
    let unknown_there = order.returns.iter().filter(|returned| returned.channel_id.is_none());
    let others = unknown_there.flat_map(|returned| &returned.inspections).filter(|one| one.id != id);
    let perhaps_told = others.filter(|one| !matches!(one.channel_sync, ChannelSync::Pending | ChannelSync::NotNeeded));
    perhaps_told.map(|one| LineUnits { line: one.line.clone(), units: one.units }).collect()
}

/// Whether a channel is to put a whole order back on sale: not if some of it is not there, as long as it hears of all the rest from us.
fn restocks_whole(order: &Order, publishing: &Publishing) -> bool {
    let own = || order.snapshot.lines.iter().filter(|told| order.snapshot.own_line(&told.id).is_some());
    let is_told =
        |line: &OrderLineId| order.line(line).and_then(|line| line.sku.as_ref()).is_some_and(|sku| publishing.includes(sku));
    let lacks = own().any(|told| !order.not_there(&told.id).is_zero());
    !lacks || own().any(|told| order.not_there(&told.id) < told.ordered && !is_told(&told.id))
}

/// Whether nothing of the order was sent, and nothing is left to send after this cancellation and those before it. What the channel tells
/// as cancelled may be this very cancellation, told by an attempt whose answer was lost: it is not counted a second time.
fn leaves_nothing(order: &Order, id: &str) -> bool {
    order.snapshot.lines.iter().filter_map(|told| order.snapshot.own_line(&told.id)).all(|told| {
        let ours = order.cancelling_up_to(id, &told.id);
        told.shipped.max(order.sent(&told.id)).is_zero() && told.cancelled.max(ours) >= told.ordered
    })
}

/// Whether every unit that is not cancelled was sent. What needs no shipping and is no matter of stock is nobody's to send.
fn completes(order: &Order) -> bool {
    let sendable = |told: &&SnapshotLine| !order.line(&told.id).is_some_and(|line| line.not_stocked);
    order.snapshot.lines.iter().filter_map(|told| order.snapshot.own_line(&told.id)).filter(sendable).all(|told| {
        let cancelled = told.cancelled.max(order.cancelling(&told.id));
        order.sent(&told.id).max(told.shipped).plus(cancelled) >= told.ordered
    })
}
