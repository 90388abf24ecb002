//! Finishes what somebody began and did not come to the end of: an order that takes several transactions.

use super::{Arrival, Known, take_in};
use crate::orders::action::read;
use crate::orders::announce::announce;
use crate::{Cache, Ports};
use contracts::{Cause, InboundOrder, Message};
use domain::{Incoming, Order, Source};
use ports::{Error, ErrorKind, OutgoingMessage, QueueName, Result};
use std::time::Duration;

/// Whoever begins has an hour's worth of transactions done in this time, or died.
const TAKES_UP: Duration = Duration::from_mins(2);

/// The order with all done that its state demands. Whoever is at it at the same time does no harm: each part is done once.
pub(crate) async fn finish(world: &Ports, lookup: &Cache, order: Order) -> Result<Order> {
    if order.is_complete() {
        return Ok(order);
    }
    let connection = lookup.connection(world, &order.connection).await?;
    let known = lookup.products(world, &connection, &order.snapshot).await?;
    let incoming = Incoming {
        connection: order.connection.clone(),
        snapshot: order.snapshot.clone(),
        read_at: order.read_at,
        source: Source::List,
        products: known.products,
        digital: known.digital,
        locations: lookup.serving(world, &connection, &order.snapshot).await?,
    };
    let (id, number) = (order.connection.clone(), order.snapshot.number.clone());
    // Whatever came of telling, it is told here once more.
    let arrival = Arrival { message: word(&order, world), receives: 2 };
    let stored = Known::from([((id.clone(), number.clone()), order)]);
    let taken_in = take_in::take_in(world, lookup, &[(0, incoming)], &[arrival], stored).await?;
    announce(world, taken_in.announcement).await?;
    let order = read(world, &id, &number).await?;
    if order.is_complete() {
        return Ok(order);
    }
    Err(Error::new(ErrorKind::Conflict, "order", "the order is being taken in; try again in a moment"))
}

/// Has somebody look whether it is finished, should whoever began die.
pub(crate) async fn finish_later(world: &Ports, order: &Order) -> Result<()> {
    let message = OutgoingMessage { body: word(order, world).to_json(), delay: TAKES_UP };
    world.queue.send(QueueName::Inbound, vec![message]).await
}

fn word(order: &Order, world: &Ports) -> InboundOrder {
    InboundOrder {
        connection: order.connection.clone(),
        number: order.snapshot.number.clone(),
        snapshot: None,
        cause: Cause::ChannelSynced,
        read_at: world.clock.now(),
    }
}
