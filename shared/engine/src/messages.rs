//! What goes on queues and on the bus, as it goes there.

use crate::Ports;
use contracts::{InboundOrder, Message, StockHint};
use domain::Sku;
use ports::{MOST_MESSAGE_BYTES, OutgoingEvent, OutgoingMessage, QueueName, Result};
use std::time::Duration;

/// An order as a message. One that no queue takes goes without what it tells: the order is read from the channel then.
pub(crate) fn inbound(order: &InboundOrder, delay: Duration) -> OutgoingMessage {
    let body = order.to_json();
    if body.len() <= MOST_MESSAGE_BYTES || order.snapshot.is_none() {
        return OutgoingMessage { body, delay };
    }
    OutgoingMessage { body: InboundOrder { snapshot: None, ..order.clone() }.to_json(), delay }
}

/// A business event, for the bus.
pub(crate) fn event<M: Message>(message: &M) -> OutgoingEvent {
    OutgoingEvent { name: M::NAME, detail: message.to_json() }
}

/// A hint as a message.
pub(crate) fn hint(hint: &StockHint, delay: Duration) -> OutgoingMessage {
    OutgoingMessage { body: hint.to_json(), delay }
}

/// Has all listings of a product looked at.
pub(crate) async fn hint_stock(world: &Ports, sku: &Sku) -> Result<()> {
    let look = StockHint { sku: sku.clone(), connection: None };
    world.queue.send(QueueName::StockHints, vec![hint(&look, Duration::ZERO)]).await
}
