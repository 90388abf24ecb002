//! Word of an order on its way in.

use contracts::{InboundOrder, Message};
use ports::{MOST_MESSAGE_BYTES, OutgoingMessage};
use std::time::Duration;

/// An order as a message. One that no queue takes goes without what it tells: the order is read from the channel then.
pub(crate) fn inbound(order: &InboundOrder, delay: Duration) -> OutgoingMessage {
    let body = order.to_json();
    if body.len() <= MOST_MESSAGE_BYTES || order.snapshot.is_none() {
        return OutgoingMessage { body, delay };
    }
    OutgoingMessage { body: InboundOrder { snapshot: None, ..order.clone() }.to_json(), delay }
}
