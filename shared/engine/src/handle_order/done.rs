//! Tells others of a deed that is done.

use super::waits_to_be_told;
use crate::World;
use crate::announce::{Announcement, announce};
use contracts::{Message, OrderShipped, OrderUpdateDue, ReturnDecided};
use domain::{Deed, Order, PlannedOrder};
use jiff::Timestamp;
use ports::{OutgoingEvent, OutgoingMessage, QueueName, Result};
use std::time::Duration;

/// Hints, events, and word for `tell_order`.
pub(super) async fn tell(world: &World, planned: &PlannedOrder, deed: &Deed, at: Timestamp) -> Result<()> {
    if matches!(deed, Deed::Told { .. }) {
        return Ok(());
    }
    let mut said = Announcement::default();
    said.order(planned, at);
    announce(world, said).await?;
    tell_deed(world, &planned.order, deed, at).await
}

/// Whoever did it may have died before telling.
pub(super) async fn tell_again(world: &World, order: &Order, deed: &Deed, at: Timestamp) -> Result<()> {
    if matches!(deed, Deed::Told { .. }) {
        return Ok(());
    }
    let mut said = Announcement::default();
    said.repeat(order, at);
    announce(world, said).await?;
    tell_deed(world, order, deed, at).await
}

async fn tell_deed(world: &World, order: &Order, deed: &Deed, at: Timestamp) -> Result<()> {
    let (connection, number, version) = (order.connection.clone(), order.snapshot.number.clone(), order.version);
    if let Some(id) = waits_to_be_told(deed) {
        let due = OrderUpdateDue { connection: connection.clone(), number: number.clone(), id: id.to_owned() };
        world.queue.send(QueueName::OrderUpdates, vec![message(&due, Duration::ZERO)]).await?;
    }
    let event = match deed {
        Deed::Ship(parcel) => event(&OrderShipped { connection, number, version, parcel: parcel.id.clone(), at }),
        Deed::Inspect { inspection, .. } => {
            event(&ReturnDecided { connection, number, version, inspection: inspection.id.clone(), at })
        }
        Deed::Cancel(_)
        | Deed::Announce(_)
        | Deed::Receive { .. }
        | Deed::PutBack(_)
        | Deed::Deleted
        | Deed::TellAgain(_)
        | Deed::Cover
        | Deed::Decide { .. }
        | Deed::Told { .. }
        | Deed::Lock { .. } => return Ok(()),
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
