//! Orders with lines that no article is known for: a person sees them, and they get their units once somebody has matched them.
//!
//! Until then their units are promised nowhere, so the other channels may sell them too.

use crate::inbound::inbound;
use crate::rows::{Kept, OrderRow, Subject, UnmatchedRow};
use crate::{Lookup, World};
use contracts::{Cause, InboundOrder};
use domain::{ConnectionId, Order, OrderNumber};
use ports::{Condition, OutgoingMessage, QueueName, Result, Write};
use std::time::Duration;

/// Notes an order. Parked first, then noted: dying in between parks it twice, never not at all.
pub(crate) async fn note(world: &World, connection: &ConnectionId, number: &OrderNumber) -> Result<()> {
    if world.get::<UnmatchedRow>(&UnmatchedRow::key(connection, number)).await?.is_some() {
        return Ok(());
    }
    let reason = "a line is no article that Sluis knows, so no stock is set aside for it; add the article, or give it the EAN or SKU \
                  that the channel names, and the order gets its units at the next look at the listings";
    world.park(Some(connection), Subject::Lines { number: number.clone() }, reason, "").await?;
    let row = UnmatchedRow { connection: connection.clone(), number: number.clone(), at: world.clock.now() };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    Ok(())
}

/// Has the orders taken in again whose lines are articles by now, in the state that is known, and forgets those that are done.
pub(crate) async fn match_again(world: &World, lookup: &Lookup, connection: &ConnectionId) -> Result<()> {
    let noted: Vec<UnmatchedRow> = world.all(&UnmatchedRow::partition(connection), UnmatchedRow::PREFIX).await?;
    let connection = lookup.connection(world, connection).await?;
    for row in noted {
        let order = OrderRow::read(world, &connection.id, &row.number).await?;
        let Some(order) = order.filter(domain::Order::has_unmatched) else {
            let key = UnmatchedRow::key(&connection.id, &row.number);
            world.write_if(Write::Delete { key, when: Condition::Always }).await?;
            continue;
        };
        let known = lookup.articles(world, &connection, &order.snapshot).await?;
        if order.unmatched().any(|line| known.articles.contains_key(&line.id) || known.digital.contains(&line.id)) {
            world.queue.send(QueueName::Inbound, vec![once_more(order)]).await?;
        }
    }
    Ok(())
}

fn once_more(order: Order) -> OutgoingMessage {
    let message = InboundOrder {
        connection: order.connection,
        number: order.snapshot.number.clone(),
        snapshot: Some(order.snapshot),
        cause: Cause::Poll,
        read_at: order.read_at,
    };
    inbound(&message, Duration::ZERO)
}
