//! An order, or word of one, on its way in.

use crate::Message;
use domain::{ConnectionId, OrderNumber, OrderSnapshot};
use jiff::Timestamp;

/// What made us look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A delivery of the channel.
    Webhook,
    /// A page of changed orders.
    Poll,
    /// A read because two states could not be told apart.
    Tie,
    /// The channel was told what the merchant did about it.
    ChannelSynced,
    /// The order read before a raise found it.
    Fence,
    /// A person says that it was deleted.
    Requested,
    /// Somebody needs to know who bought it: not the order is read, but its buyer.
    Buyer,
}

/// Queue `inbound`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct InboundOrder {
    /// Where it comes from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// The order as told; absent: it must be read from the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<OrderSnapshot>,
    /// What made us look.
    pub cause: Cause,
    /// When the channel was asked, or the delivery received, UTC.
    #[schemars(with = "String")]
    pub read_at: Timestamp,
}

impl Message for InboundOrder {
    const NAME: &'static str = "InboundOrder.v1";
}
