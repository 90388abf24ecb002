//! Open orders of one product that are read again because a figure fell and no order tells why.
//!
//! A shop may change a line and leave the order's time of change as it was. Its figure falls, no list tells of it, and a raise would put the
//! units on sale once more. So before it, the orders that hold the product are asked for: they stand in its ledger.

use super::pending::{Found, Waiting};
use super::reread::is_open;
use super::{gone, message, save};
use crate::rows::{CursorRow, LedgerCause, LedgerRow, ListingRow, OrderRow, TypedRow as _};
use crate::{Cache, ConnectorClient, Ports};
use contracts::Cause;
use domain::{ConnectionId, Order, OrderNumber, Recency, Sku, Source, standing};
use ports::{ErrorKind, Lane, QueueName, Result};
use std::collections::BTreeSet;

/// Orders that are read at most, the newest first: those that are older are read again in turn.
const MOST: usize = 10;
/// Rows of the ledger that are looked through for them.
const MOST_ROWS: usize = 100;

/// What is known of the open orders that hold a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unseen {
    /// They are as they are known.
    Nothing,
    /// One of them is another by now, and on its way: what the figure should be is not known yet.
    OnItsWay,
    /// One of them is another by now, and waits for a person.
    Held,
}

/// Reads the open orders of a listing's connection that hold its product.
pub(crate) async fn changed_unseen(world: &Ports, lookup: &Cache, listing: &ListingRow) -> Result<Unseen> {
    let (connection, sku) = (&listing.connection, &listing.sku);
    let Some(cursor) = world.get::<CursorRow>(&CursorRow::key(connection)).await? else { return Ok(Unseen::Nothing) };
    let driver = ConnectorClient::open(world, lookup, connection).await?.in_lane(Lane::Raises);
    let now = world.clock.now();
    let mut waiting = Waiting::of(world, &cursor, now).await?;
    let (mut unseen, mut news) = (Unseen::Nothing, Vec::new());
    for order in holding(world, connection, sku).await? {
        let number = order.snapshot.number.clone();
        if waiting.knows(&number) {
            unseen = unseen.max(if waiting.holds(&number) { Unseen::Held } else { Unseen::OnItsWay });
            continue;
        }
        let read_at = world.clock.now();
        match driver.orders()?.call(|orders, call| orders.read(call, &number)).await {
            Ok(told) if standing(Some(&order), &told, read_at, Source::Read) == Recency::Same => {}
            Ok(_) => {
                let found = Found::differs(number);
                waiting.add(&found, None, cursor.since, now);
                news.push(message(connection, found, Cause::Fence, read_at));
            }
            Err(error) if error.kind == ErrorKind::NotFound => gone::look_for(world, &order).await?,
            Err(error) => return Err(error),
        }
    }
    if news.is_empty() {
        return Ok(unseen);
    }
    world.queue.send(QueueName::Inbound, news).await?;
    // Should another poll have moved the cursor, they are found anew at the next look, unless they are in by then.
    save(world, waiting.noted(cursor)).await?;
    Ok(Unseen::OnItsWay)
}

/// The connection's open orders that hold a product, the newest first.
async fn holding(world: &Ports, connection: &ConnectionId, sku: &Sku) -> Result<Vec<Order>> {
    let page = world.table.query(&LedgerRow::partition(sku), "", None, MOST_ROWS, true).await?;
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for row in &page.rows {
        for number in orders_of(LedgerRow::from_row(row)?.cause, connection) {
            if found.len() == MOST || !seen.insert(number.clone()) {
                continue;
            }
            let order = OrderRow::read(world, connection, &number).await?;
            found.extend(
                order.filter(|order| is_open(order) && order.lines.iter().flat_map(|l| &l.parts).any(|part| part.sku == *sku)),
            );
        }
    }
    Ok(found)
}

fn orders_of(cause: LedgerCause, connection: &ConnectionId) -> Vec<OrderNumber> {
    let LedgerCause::Orders { orders, .. } = cause else { return Vec::new() };
    orders.into_iter().filter(|(of, ..)| of == connection).map(|(_, number, _)| number).collect()
}
