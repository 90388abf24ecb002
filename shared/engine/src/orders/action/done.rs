//! Tells others of an order action that is done.

use super::to_be_told;
use crate::Ports;
use crate::orders::announce::{Announcement, announce};
use contracts::{Message, OrderShipped, OrderUpdateDue, ReturnDecided};
use domain::{AcceptanceAnswer, Order, OrderAction, PlannedOrder};
use jiff::Timestamp;
use ports::{OutgoingEvent, OutgoingMessage, QueueName, Result};
use std::time::Duration;

/// Hints, events, and word for `tell_order`.
pub(super) async fn tell(world: &Ports, planned: &PlannedOrder, action: &OrderAction, at: Timestamp) -> Result<()> {
    let mut said = Announcement::default();
    said.order(planned, at);
    announce(world, said).await?;
    tell_deed(world, &planned.order, action, at).await
}

/// Whoever did it may have died before telling.
pub(super) async fn tell_again(world: &Ports, order: &Order, action: &OrderAction, at: Timestamp) -> Result<()> {
    let mut said = Announcement::default();
    said.repeat(order, at);
    announce(world, said).await?;
    tell_deed(world, order, action, at).await
}

async fn tell_deed(world: &Ports, order: &Order, action: &OrderAction, at: Timestamp) -> Result<()> {
    let (connection, number, version) = (order.connection.clone(), order.snapshot.number.clone(), order.version);
    // Whoever decides on an answer tells it.
    if let Some(id) = to_be_told(action).filter(|id| *id != AcceptanceAnswer::MARK) {
        let due = OrderUpdateDue { connection: connection.clone(), number: number.clone(), id: id.to_owned() };
        world.queue.send(QueueName::OrderUpdates, vec![message(&due, Duration::ZERO)]).await?;
    }
    let event = match action {
        OrderAction::Ship(parcel) => event(&OrderShipped { connection, number, version, shipment: parcel.id.clone(), at }),
        OrderAction::Inspect { inspection, .. } => {
            event(&ReturnDecided { connection, number, version, inspection: inspection.id.clone(), at })
        }
        OrderAction::Cancel(_)
        | OrderAction::Answer(_)
        | OrderAction::Announce(_)
        | OrderAction::Receive { .. }
        | OrderAction::PutBack(_)
        | OrderAction::Deleted
        | OrderAction::Cover
        | OrderAction::Decide { .. } => return Ok(()),
    };
    world.bus.publish(vec![event]).await
}

fn event<M: Message>(message: &M) -> OutgoingEvent {
    OutgoingEvent { name: M::NAME, detail: message.to_json() }
}

/// Word for `tell_order`.
pub(crate) fn message(due: &OrderUpdateDue, delay: Duration) -> OutgoingMessage {
    OutgoingMessage { body: due.to_json(), delay }
}
