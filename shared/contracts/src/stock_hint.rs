//! Word that a figure may have changed.

use crate::Message;
use domain::{ConnectionId, Sku};

/// Queue `stock-hints`. Says *which* product; the worker reads the present figure when it sends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct StockHint {
    /// The product.
    pub sku: Sku,
    /// Only this connection, where a push to it was put off; absent: all that list the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
}

impl Message for StockHint {
    const NAME: &'static str = "StockHint.v1";
}
