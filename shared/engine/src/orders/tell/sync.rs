//! Notes how far a channel was told. The order row says it, so a step is one write of that row, under the condition that nobody wrote it
//! since; the row `OUTBOX` comes and goes with what is open. No stock is moved, so there is no commit and no journal row of it.

use super::{key, message};
use crate::orders::accept::finish;
use crate::orders::action::{read, refusal};
use crate::rows::{OrderRow, OutboxRow};
use crate::{Cache, Ports};
use contracts::OrderUpdateDue;
use domain::{ActionRefused, Again, Order, SyncStep};
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, QueueName, Reason, Refused, Result, Status, Write};
use std::time::Duration;

const MOST_TRIES: u32 = 12;

/// Notes that a call is about to go out, if the order is still as it was read: what is told was made of that. `None`: somebody else wrote it.
pub(super) async fn begin(world: &Ports, due: &OrderUpdateDue, order: &Order, step: &SyncStep) -> Result<Option<Order>> {
    let after = match order.synced(&due.id, step, world.clock.now()) {
        Ok(after) => after,
        Err(ActionRefused::Already) => return Ok(None),
        Err(undone) => return Err(refusal(&undone)),
    };
    Ok(matches!(write(world, order, &after, None).await?, Wrote::Done).then_some(after))
}

/// Notes a step, whatever else becomes of the order meanwhile. What does not follow on what is, is left as it is.
pub(super) async fn note(world: &Ports, lookup: &Cache, order: Order, due: &OrderUpdateDue, step: &SyncStep) -> Result<Order> {
    let change = |order: &Order, at| {
        let after = order.synced(&due.id, step, at)?;
        let is_open = after.channel_sync(&due.id).is_some_and(domain::ChannelSync::is_open);
        let closes = || Write::Delete { key: key(due), when: Condition::Always };
        Ok((after, (!is_open).then(closes)))
    };
    Ok(change_order(world, lookup, order, change).await?.0)
}

/// Has what a channel refused told once more, as a person wants it.
pub(crate) async fn sync_again(world: &Ports, lookup: &Cache, order: Order, again: &Again, by: &str) -> Result<Order> {
    let (connection, number) = (order.connection.clone(), order.snapshot.number.clone());
    let change = |order: &Order, at| {
        let after = order.synced_again(again, at, by)?;
        Ok((after, Some(OutboxRow::opened(&connection, &number, &again.id, at))))
    };
    let (order, wrote) = change_order(world, lookup, order, change).await?;
    let due = OrderUpdateDue { connection: connection.clone(), number: number.clone(), id: again.id.clone() };
    let sent = world.queue.send(QueueName::OrderUpdates, vec![message(&due, Duration::ZERO)]).await;
    // It stands: whoever were told that it failed would ask twice. The outbox row tells of it, later.
    if wrote { Ok(order) } else { sent.map(|()| order) }
}

/// Changes an order, learning from each refusal. Answers it as it is then, and whether it was changed here.
async fn change_order(
    world: &Ports,
    lookup: &Cache,
    mut order: Order,
    change: impl Fn(&Order, Timestamp) -> std::result::Result<(Order, Option<Write>), ActionRefused>,
) -> Result<(Order, bool)> {
    let (connection, number) = (order.connection.clone(), order.snapshot.number.clone());
    for turn in 0..MOST_TRIES {
        order = finish(world, lookup, order).await?;
        let (after, also) = match change(&order, world.clock.now()) {
            Ok(changed) => changed,
            Err(ActionRefused::Already) => return Ok((order, false)),
            Err(undone) => return Err(refusal(&undone)),
        };
        match write(world, &order, &after, also).await {
            Ok(Wrote::Done) => return Ok((after, true)),
            Ok(Wrote::Busy) => world.clock.sleep(Duration::from_millis(5 << turn.min(6))).await,
            Ok(Wrote::Stale) => order = read(world, &connection, &number).await?,
            // It may have been done: the order tells.
            Err(error) if error.status == Status::Unknown => {
                order = read(world, &connection, &number).await.map_err(|_| error)?;
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(ErrorKind::Conflict, "order", "the order is changed by others all the time; try again"))
}

enum Wrote {
    Done,
    /// Somebody else wrote the order.
    Stale,
    /// The rows were held by another transaction.
    Busy,
}

/// Writes the order row as it is after a step, alone or with its row in the outbox. No line of it changed, so its rows of lines stand.
async fn write(world: &Ports, before: &Order, after: &Order, also: Option<Write>) -> Result<Wrote> {
    let order = OrderRow::put(after.clone(), OrderRow::unchanged(Some(before.version)));
    let outcome = match also {
        None => world.table.write(order).await.map(drop),
        Some(also) => world.table.transact(vec![order, also]).await,
    };
    match outcome {
        Ok(()) => Ok(Wrote::Done),
        Err(Refused::Reasons(reasons)) if reasons.contains(&Reason::Busy) => Ok(Wrote::Busy),
        Err(Refused::Reasons(_)) => Ok(Wrote::Stale),
        Err(Refused::Error(error)) => Err(error),
    }
}

/// Takes off the list what is found closed. A person may have it told once more in this very moment: so the row is read first and the order
/// after it, and only that row goes.
pub(super) async fn forget_closed(world: &Ports, due: &OrderUpdateDue, is_closed: impl Fn(&Order) -> bool) -> Result<()> {
    let Some(row) = world.get::<OutboxRow>(&key(due)).await? else { return Ok(()) };
    if is_closed(&read(world, &due.connection, &due.number).await?) {
        world.write_if(row.closed()).await?;
    }
    Ok(())
}
