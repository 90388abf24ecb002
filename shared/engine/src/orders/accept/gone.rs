//! An order that is known and that its channel no longer has.
//!
//! A shop whose staff deleted it tells nothing more of it, and what is set aside for it would stay so for ever. But a shop that was moved,
//! restored or taken for another one does not know it either. So it counts as deleted only after it was looked for over some minutes
//! (`fetch`), and if the channel still shows another order that we know; then it is cancelled as the channel would tell it, and a person is
//! asked what had left (`questions`). In all other cases a person decides.

use crate::rows::{ExcludedOrderRow, ExclusionReason, JournalEntry, JournalRow, OrderRow, TypedRow as _};
use crate::{Cache, ConnectorClient, Ports};
use contracts::InboundOrder;
use domain::{Order, OrderNumber, OrderSnapshot};
use jiff::{SignedDuration, Timestamp};
use ports::{DeletesOrders, Error, ErrorKind, OrdersFrom, Result};
use std::collections::BTreeSet;

/// Other orders that are asked for.
const MOST_WITNESSES: usize = 5;
/// Days of the journal in which they are looked for, and rows of it.
const DAYS: i64 = 30;
const MOST_ROWS: usize = 5_000;
const PAGE: usize = 100;

/// Its last state, if it was deleted; `None`: there is nothing to do for it.
pub(super) async fn judge(
    world: &Ports,
    lookup: &Cache,
    message: &InboundOrder,
    known: &Order,
    error: Error,
    now: Timestamp,
) -> Result<Option<OrderSnapshot>> {
    let (connection, number) = (&message.connection, &message.number);
    let is_open =
        !known.is_complete() || known.lines.iter().any(|line| line.committed() > line.taken() || !line.short().is_zero());
    if !is_open {
        ExcludedOrderRow::put(world, connection, number, now, ExclusionReason::Gone, &error.message).await?;
        return Ok(None);
    }
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    let within = match driver.orders()?.descriptor().deletes {
        DeletesOrders::Never => false,
        DeletesOrders::ShownFor(time) => now.duration_since(known.snapshot.placed_at) <= time,
        DeletesOrders::Always => true,
    };
    if within && another_is_shown(world, &driver, message, now).await? {
        return Ok(Some(known.deleted()));
    }
    let reason = format!(
        "{}. Units are set aside for it. See whether the connection leads to the right shop; if the order is gone, say so \
         (`confirm-deletion` on the order: POST /api/v1/orders/{connection}/{number}/confirm-deletion {{\"by\": \"you\"}}), and what was not sent is \
         on sale again",
        error.message.trim_end_matches('.')
    );
    let asked = ExcludedOrderRow::read(world, connection, number).await?.filter(|row| row.reason == reason);
    if let Some(ExcludedOrderRow { kind: ExclusionReason::NeedsPerson { .. } | ExclusionReason::Dismissed, .. }) = asked {
        return Ok(None);
    }
    Err(Error { message: reason, ..error })
}

/// Whether the channel shows another order that we know; where we know none, whether it lists its orders.
async fn another_is_shown(world: &Ports, driver: &ConnectorClient<'_>, message: &InboundOrder, now: Timestamp) -> Result<bool> {
    let mut asked: BTreeSet<OrderNumber> = BTreeSet::new();
    let (mut day, mut after, mut rows) = (0, None, 0);
    while day < DAYS && rows < MOST_ROWS {
        let partition = JournalRow::partition(now.checked_sub(SignedDuration::from_hours(24 * day)).unwrap_or(now));
        let page = world.table.query(&partition, "", after.as_ref(), PAGE, true).await?;
        (rows, after) = (rows + page.rows.len(), page.next);
        day += i64::from(after.is_none());
        for row in &page.rows {
            let JournalEntry::Orders { orders } = JournalRow::from_row(row)?.entry else { continue };
            for other in orders.into_iter().filter(|one| one.connection == message.connection && one.number != message.number) {
                if asked.contains(&other.number) || is_deleted(world, &other.connection, &other.number).await? {
                    continue;
                }
                if asked.len() >= MOST_WITNESSES {
                    return Ok(false);
                }
                match driver.orders()?.call(|orders, call| orders.read(call, &other.number)).await {
                    Ok(_) => return Ok(true),
                    Err(error) if error.kind == ErrorKind::NotFound => drop(asked.insert(other.number)),
                    Err(error) => return Err(error),
                }
            }
        }
    }
    if !asked.is_empty() {
        return Ok(false);
    }
    let from = OrdersFrom { since: now, page: None };
    driver.orders()?.call(|orders, call| orders.list(call, &from)).await.map(|_| true)
}

async fn is_deleted(world: &Ports, connection: &domain::ConnectionId, number: &OrderNumber) -> Result<bool> {
    Ok(OrderRow::read(world, connection, number).await?.is_some_and(|order| order.is_deleted()))
}
