//! Word that a channel must be told something about an order.

use crate::Message;
use domain::{ConnectionId, OrderNumber};

/// Queue `order-updates`. Says *which* shipment, cancellation or inspection; the worker reads the order when it tells the channel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderUpdateDue {
    /// Whose channel.
    pub connection: ConnectionId,
    /// The order.
    pub number: OrderNumber,
    /// Mark of the shipment, cancellation or inspection.
    pub id: String,
}

impl Message for OrderUpdateDue {
    const NAME: &'static str = "OrderUpdateDue.v1";
}
