//! A person, or another system, does something about an order: sends a shipment, cancels, takes goods back.
//!
//! It changes the order row and the stock in one transaction, like a snapshot from the channel, and leaves word of what the channel
//! must be told in the same transaction: `tell_order` does that.

mod can_tell;
mod command;
mod done;
mod gone_there;

use command::Asked;
pub use command::{OrderCommand, check_mark};
pub(crate) use done::message;

use crate::connections::not_there;
use crate::invoices;
use crate::orders::accept::{finish, finish_later};
use crate::orders::tell::sync_again;
use crate::orders::unreadable_lines;
use crate::rows::{JournalEntry, JournalOrder, LedgerCause, OrderRow, OrderStockAction, OutboxRow};
use crate::stock::adjust::announce_later;
use crate::stock::commit::{Commit, Committed, Room, StockPart, commit, in_room};
use crate::{Cache, Ports};
use domain::{
    AcceptanceAnswer, ActionContext, ActionRefused, ChannelSync, ConnectionId, Movement, Order, OrderAction, OrderNumber, Plan,
    PlannedOrder, Remaining, ShortChange, plan_action,
};
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result, Status, Write};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const MOST_TRIES: u32 = 12;

/// Does what was asked for. Answers the order as it is then; asked for again under the same mark, it changes nothing.
pub async fn handle_order(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    number: &OrderNumber,
    command: &OrderCommand,
    by: &str,
) -> Result<Order> {
    let fresh = world.ids.fresh();
    let order = finish(world, lookup, read(world, connection, number).await?).await?;
    command.check(&order)?;
    let action = match command.asked(&order, fresh) {
        Asked::Action(action) => can_tell::without_what_it_cannot_hear(world, lookup, &order, action).await?,
        Asked::Again(again) => {
            can_tell::check_again(world, lookup, &order, &again).await?;
            return sync_again(world, lookup, order, &again, by).await;
        }
    };
    can_tell::check(world, lookup, &order, &action).await?;
    if matches!(action, OrderAction::Deleted) {
        gone_there::check(world, &order).await?;
    }
    do_deed(world, lookup, order, action, by).await
}

/// Reads the order.
pub(crate) async fn read(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<Order> {
    match OrderRow::read(world, connection, number).await? {
        Some(order) => Ok(order),
        None => Err(Error::new(ErrorKind::NotFound, "order", not_there(world, connection, number).await)),
    }
}

/// Does an order action, learning from each refusal what it took for granted.
pub(crate) async fn do_deed(world: &Ports, lookup: &Cache, mut order: Order, action: OrderAction, by: &str) -> Result<Order> {
    let connection = lookup.connection(world, &order.connection).await?;
    let locations = lookup.serving(world, &connection, &order.snapshot).await?;
    let mut remaining = Remaining::default();
    let mut announced = BTreeSet::new();
    if let OrderAction::Decide { lines } = &action {
        // What was held down for them may rise.
        for sku in unreadable_lines::products(world, lookup, &order.connection, lines.iter()).await? {
            announce_later(world, &sku).await?;
        }
    }
    let (mut turn, mut begun) = (0, false);
    while turn < MOST_TRIES {
        order = Box::pin(finish(world, lookup, order)).await?;
        let at = world.clock.now();
        let doing = ActionContext { at, by, locations: &locations };
        let planned = match plan_action(&order, &action, &doing, remaining.clone()) {
            Ok(planned) => planned,
            // Ours, or somebody's before us: others may not have been told of it.
            Err(ActionRefused::Already) => {
                done::tell_again(world, &order, &action, at).await?;
                return Ok(order);
            }
            // Of what is done in parts, there is no further one.
            Err(ActionRefused::NotNow(_)) if begun => {
                done::tell_again(world, &order, &action, at).await?;
                return Ok(order);
            }
            Err(undone) => return Err(refusal(&undone)),
        };
        let due = Box::pin(invoices::due_rows(world, lookup, std::slice::from_ref(&planned), at)).await?;
        let (planned, whole) = part(world, planned, usize::from(outbox(&order, &action, at).is_some()) + due.len())?;
        let due =
            if whole { due } else { Box::pin(invoices::due_rows(world, lookup, std::slice::from_ref(&planned), at)).await? };
        if !whole && !begun {
            begun = true;
            finish_later(world, &order).await?;
        }
        // Nobody does an order action again: a hint waits on the queue before it is done, should we die right after.
        for sku in planned.demands.iter().map(|demand| demand.sku.clone()).chain(planned.short_changes().into_keys()) {
            if announced.insert(sku.clone()) {
                announce_later(world, &sku).await?;
            }
        }
        match commit(world, &as_commit(world, &planned, &action, by, at, due)).await {
            Ok(Committed::Done) if !whole => {
                (order, remaining, turn) = (planned.order, Remaining::default(), 0);
                continue;
            }
            Ok(Committed::Done) => {
                // It is done: whoever were told that it failed would do it twice. The hint and the outbox row that stand tell of it, later.
                let _ = done::tell(world, &planned, &action, at).await;
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
            // It may have been done: the order tells, by the action's mark.
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
fn part(world: &Ports, planned: PlannedOrder, beside: usize) -> Result<(PlannedOrder, bool)> {
    let (plan, whole) = match in_room(world, Plan::of(planned), beside) {
        Room::All(plan) => (Some(plan), true),
        Room::Part(plan) => (Some(plan), false),
        Room::None => (None, false),
    };
    let message = "one product lies at more locations than one transaction takes; do it line by line";
    let planned = plan.and_then(|plan| plan.orders.into_iter().next());
    Ok((planned.ok_or_else(|| Error::new(ErrorKind::Declined, "order", message))?, whole))
}

/// Why an order is not changed, as it is told to whoever asked.
pub(crate) fn refusal(undone: &ActionRefused) -> Error {
    let kind = match undone {
        ActionRefused::Unknown(_) => ErrorKind::NotFound,
        ActionRefused::TooMuch(_) => ErrorKind::BadInput,
        ActionRefused::Already | ActionRefused::NotNow(_) | ActionRefused::NotThere { .. } => ErrorKind::Declined,
    };
    Error::new(kind, "order", undone.to_string())
}

fn as_commit(world: &Ports, planned: &PlannedOrder, action: &OrderAction, by: &str, at: Timestamp, due: Vec<Write>) -> Commit {
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
        movement,
        cause: LedgerCause::Order {
            connection: order.connection.clone(),
            number: order.snapshot.number.clone(),
            action: ledger_word(action),
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
        also: outbox(order, action, at).into_iter().chain(due).collect(),
    }
}

fn ledger_word(action: &OrderAction) -> OrderStockAction {
    match action {
        OrderAction::Inspect { .. } => OrderStockAction::Restocked,
        OrderAction::PutBack(_) => OrderStockAction::WriteOffUndone,
        OrderAction::Cover => OrderStockAction::Covered,
        OrderAction::Deleted => OrderStockAction::Deleted,
        // The others move nothing.
        OrderAction::Ship(_)
        | OrderAction::Answer(_)
        | OrderAction::Cancel(_)
        | OrderAction::Announce(_)
        | OrderAction::Receive { .. }
        | OrderAction::Decide { .. } => OrderStockAction::Shipped,
    }
}

/// What the channel must be told stands in the table from the moment that it is so, and as long as it was not told.
fn outbox(order: &Order, action: &OrderAction, at: Timestamp) -> Option<Write> {
    let id = to_be_told(action)?;
    Some(OutboxRow::opened(&order.connection, &order.snapshot.number, id, at))
}

/// Mark of what the channel is to be told with the action, if it is to be told anything.
fn to_be_told(action: &OrderAction) -> Option<&str> {
    let (id, sync) = match action {
        OrderAction::Ship(parcel) => (parcel.id.as_str(), &parcel.channel_sync),
        OrderAction::Answer(_) => (AcceptanceAnswer::MARK, &ChannelSync::Pending),
        OrderAction::Cancel(cancellation) => (cancellation.id.as_str(), &cancellation.channel_sync),
        OrderAction::Inspect { inspection, .. } => (inspection.id.as_str(), &inspection.channel_sync),
        OrderAction::Announce(_)
        | OrderAction::Receive { .. }
        | OrderAction::PutBack(_)
        | OrderAction::Deleted
        | OrderAction::Cover
        | OrderAction::Decide { .. } => return None,
    };
    (*sync == ChannelSync::Pending).then_some(id)
}
