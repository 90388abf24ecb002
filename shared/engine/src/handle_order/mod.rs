//! A person, or another system, does something about an order: sends a parcel, cancels, takes goods back.
//!
//! It changes the order row and the stock in one transaction, like a snapshot from the channel, and leaves word of what the channel
//! must be told in the same transaction: `tell_order` does that.

mod can_tell;
mod command;
mod done;
mod gone_there;

pub(crate) use can_tell::location as check_location;
pub use command::{OrderCommand, check_mark};
pub(crate) use done::message;

use crate::accept_orders::{finish, finish_later};
use crate::commit::{Commit, Committed, Room, StockPart, commit, in_room};
use crate::correct_stock::announce_later;
use crate::doubt;
use crate::planted::{self, Mistake, planted};
use crate::rows::{JournalEntry, JournalOrder, Kept, LedgerCause, OrderDeed, OrderRow, OutboxRow};
use crate::{Lookup, World};
use domain::{
    ConnectionId, Deed, Doing, Movement, Order, OrderNumber, Plan, PlannedOrder, Remaining, ShortChange, Telling, Undone, perform,
};
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, Result, Status, Write};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const MOST_TRIES: u32 = 12;

/// Does what was asked for. Answers the order as it is then; asked for again under the same mark, it changes nothing.
pub async fn handle_order(
    world: &World,
    lookup: &Lookup,
    connection: &ConnectionId,
    number: &OrderNumber,
    command: &OrderCommand,
    by: &str,
) -> Result<Order> {
    let fresh = world.ids.fresh();
    let order = finish(world, lookup, read(world, connection, number).await?).await?;
    command.check(&order)?;
    let deed = can_tell::without_what_it_cannot_hear(world, lookup, &order, command.deed(&order, fresh)).await?;
    can_tell::check(world, lookup, &order, &deed).await?;
    if matches!(deed, Deed::Deleted) {
        gone_there::check(world, &order).await?;
    }
    do_deed(world, lookup, order, deed, by).await
}

/// Reads the order.
pub(crate) async fn read(world: &World, connection: &ConnectionId, number: &OrderNumber) -> Result<Order> {
    let message = || format!("connection {connection} has no order {number}");
    OrderRow::read(world, connection, number).await?.ok_or_else(|| Error::new(ErrorKind::NotFound, "order", message()))
}

/// Does a deed, learning from each refusal what it took for granted.
pub(crate) async fn do_deed(world: &World, lookup: &Lookup, mut order: Order, deed: Deed, by: &str) -> Result<Order> {
    let connection = lookup.connection(world, &order.connection).await?;
    let locations = lookup.serving(world, &connection, &order.snapshot).await?;
    let mut remaining = Remaining::default();
    let mut announced = BTreeSet::new();
    if let Deed::Decide { lines } = &deed {
        // What was held down for them may rise.
        for sku in doubt::articles(world, lookup, &order.connection, lines.iter()).await? {
            announce_later(world, &sku).await?;
        }
    }
    let (mut turn, mut begun) = (0, false);
    while turn < MOST_TRIES {
        order = finish(world, lookup, order).await?;
        let at = world.clock.now();
        let doing = Doing { at, by, locations: &locations };
        let planned = match perform(&order, &deed, &doing, remaining.clone()) {
            Ok(planned) => planned,
            // Ours, or somebody's before us: others may not have been told of it.
            Err(Undone::Already) => {
                done::tell_again(world, &order, &deed, at).await?;
                return Ok(order);
            }
            // Of what is done in parts, there is no further one.
            Err(Undone::NotNow(_)) if begun => {
                done::tell_again(world, &order, &deed, at).await?;
                return Ok(order);
            }
            Err(undone) => return Err(refusal(&undone)),
        };
        let (planned, whole) = part(world, planned, outbox(&order, &deed, at).is_some())?;
        if !whole && !begun {
            begun = true;
            finish_later(world, &order).await?;
        }
        // Nobody does a deed again: a hint waits on the queue before it is done, should we die right after.
        for sku in planned.demands.iter().map(|demand| demand.sku.clone()).chain(planned.short_changes().into_keys()) {
            if announced.insert(sku.clone()) {
                announce_later(world, &sku).await?;
            }
        }
        match commit(world, &as_commit(world, &planned, &deed, by, at)).await {
            Ok(Committed::Done) if !whole => {
                (order, remaining, turn) = (planned.order, Remaining::default(), 0);
                continue;
            }
            Ok(Committed::Done) => {
                // It is done: whoever were told that it failed would do it twice. The hint and the outbox row that stand tell of it, later.
                let _ = done::tell(world, &planned, &deed, at).await;
                return Ok(planned.order);
            }
            Ok(Committed::Stale { orders, stock }) => {
                for (_, found) in orders {
                    order = found.ok_or_else(|| Error::new(ErrorKind::NotFound, "order", "the order is no longer there"))?;
                }
                for (sku, location, left) in stock {
                    remaining.know(&sku, &location, left);
                }
            }
            Ok(Committed::Busy) => world.clock.sleep(Duration::from_millis(5 << turn.min(6))).await,
            // It may have been done: the order tells, by the deed's mark.
            Err(error) if error.status == Status::Unknown => {
                let (connection, number) = (order.connection.clone(), order.snapshot.number.clone());
                order = read(world, &connection, &number).await.map_err(|_| error)?;
            }
            Err(error) => return Err(error),
        }
        turn += 1;
    }
    Err(Error::new(ErrorKind::Conflict, "order", "the order is changed by others all the time; try again"))
}

/// As much of it as one transaction takes, and whether that is all.
fn part(world: &World, planned: PlannedOrder, outbox: bool) -> Result<(PlannedOrder, bool)> {
    let (plan, whole) = match in_room(world, Plan::of(planned), usize::from(outbox)) {
        Room::All(plan) => (Some(plan), true),
        Room::Part(plan) => (Some(plan), false),
        Room::None => (None, false),
    };
    let message = "one article lies at more locations than one transaction takes; do it line by line";
    let planned = plan.and_then(|plan| plan.orders.into_iter().next());
    Ok((planned.ok_or_else(|| Error::new(ErrorKind::Declined, "order", message))?, whole))
}

/// Does a deed if the order is still as it was read. `None`: somebody else was first.
pub(crate) async fn do_if_unchanged(world: &World, order: &Order, deed: &Deed) -> Result<Option<Order>> {
    let at = world.clock.now();
    let planned = match perform(order, deed, &Doing { at, by: "", locations: &[] }, Remaining::default()) {
        Ok(planned) => part(world, planned, true)?.0,
        Err(Undone::Already) => return Ok(None),
        Err(undone) => return Err(refusal(&undone)),
    };
    match commit(world, &as_commit(world, &planned, deed, "", at)).await? {
        Committed::Done => Ok(Some(planned.order)),
        Committed::Stale { .. } | Committed::Busy => Ok(None),
    }
}

fn refusal(undone: &Undone) -> Error {
    let kind = match undone {
        Undone::Unknown(_) => ErrorKind::NotFound,
        Undone::TooMuch(_) => ErrorKind::BadInput,
        Undone::Already | Undone::NotNow(_) | Undone::NotThere { .. } => ErrorKind::Declined,
    };
    Error::new(kind, "order", undone.to_string())
}

fn as_commit(world: &World, planned: &PlannedOrder, deed: &Deed, by: &str, at: Timestamp) -> Commit {
    let order = &planned.order;
    let mut movements: BTreeMap<_, Movement> = BTreeMap::new();
    for demand in &planned.demands {
        let sum = movements.entry((demand.sku.clone(), demand.location.clone())).or_default();
        sum.available += demand.movement.available;
        sum.reserved += demand.movement.reserved;
    }
    let stock = movements.into_iter().map(|((sku, location), movement)| StockPart {
        sku,
        location,
        movement: planted::restocked(movement),
        cause: LedgerCause::Order {
            connection: order.connection.clone(),
            number: order.snapshot.number.clone(),
            deed: ledger_word(deed),
            by: by.to_owned(),
        },
        // The channel's own counter does not move by what we do.
        flows: BTreeMap::new(),
        first: false,
    });
    let short = |(sku, units)| (sku, ShortChange { units, flows: BTreeMap::new() });
    Commit {
        id: world.ids.fresh(),
        at,
        orders: vec![(order.clone(), planned.was)],
        stock: stock.collect(),
        shorts: planned.short_changes().into_iter().map(short).collect(),
        journal: JournalEntry::Orders { orders: vec![JournalOrder::planned(planned)] },
        also: outbox(order, deed, at).into_iter().collect(),
    }
}

fn ledger_word(deed: &Deed) -> OrderDeed {
    match deed {
        Deed::Inspect { .. } => OrderDeed::Restocked,
        Deed::PutBack(_) => OrderDeed::PutBack,
        Deed::Cover => OrderDeed::Covered,
        Deed::Deleted => OrderDeed::Deleted,
        // The others move nothing.
        Deed::Ship(_)
        | Deed::Cancel(_)
        | Deed::Announce(_)
        | Deed::Receive { .. }
        | Deed::TellAgain(_)
        | Deed::Decide { .. }
        | Deed::Told { .. }
        | Deed::Lock { .. } => OrderDeed::Shipped,
    }
}

/// What the channel must be told stands in the table from the moment that it is so, and as long as it was not told.
fn outbox(order: &Order, deed: &Deed, at: Timestamp) -> Option<Write> {
    let (connection, number) = (&order.connection, &order.snapshot.number);
    let (id, told) = match deed {
        Deed::Ship(parcel) => (&parcel.id, &parcel.told),
        Deed::Cancel(cancellation) => (&cancellation.id, &cancellation.told),
        Deed::Inspect { inspection, .. } => (&inspection.id, &inspection.told),
        Deed::Told { id, told } => (id, told),
        // It is open from now on, whatever it was.
        Deed::TellAgain(again) => (&again.id, &Telling::Waiting),
        Deed::Announce(_)
        | Deed::Receive { .. }
        | Deed::PutBack(_)
        | Deed::Deleted
        | Deed::Cover
        | Deed::Decide { .. }
        | Deed::Lock { .. } => return None,
    };
    match (deed, told.is_open()) {
        (_, true) if planted(Mistake::OutboxForgotten) => None,
        (Deed::Told { .. }, true) => None,
        (_, false) => Some(Write::Delete { key: OutboxRow::key(connection, id, number), when: Condition::Always }),
        (_, true) => {
            let (connection, number) = (connection.clone(), number.clone());
            let row = OutboxRow { connection, number, id: id.clone(), since: at, due: at, tries: 0 };
            Some(Write::Put { row: row.to_row(), when: Condition::Always })
        }
    }
}

/// Whether the deed's telling is open after it.
pub(crate) fn waits_to_be_told(deed: &Deed) -> Option<&str> {
    let (id, told) = match deed {
        Deed::Ship(parcel) => (&parcel.id, &parcel.told),
        Deed::Cancel(cancellation) => (&cancellation.id, &cancellation.told),
        Deed::Inspect { inspection, .. } => (&inspection.id, &inspection.told),
        Deed::TellAgain(again) => (&again.id, &Telling::Waiting),
        Deed::Announce(_)
        | Deed::Receive { .. }
        | Deed::PutBack(_)
        | Deed::Deleted
        | Deed::Told { .. }
        | Deed::Cover
        | Deed::Decide { .. }
        | Deed::Lock { .. } => return None,
    };
    (*told == Telling::Waiting).then_some(id.as_str())
}
