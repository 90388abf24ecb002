//! Who bought an order, for those who may know.

use super::not_found;
use crate::Ports;
use crate::buyers::{erased, kept};
use crate::connections::not_there;
use crate::rows::{BuyerRow, KeptBuyer, OrderRow};
use domain::{ConnectionId, OrderBuyer, OrderNumber};
use jiff::Timestamp;
use ports::Result;

/// Who bought an order. It has no `Debug`: it holds personal data.
#[derive(PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct BuyerView {
    /// When the channel told it, UTC.
    #[schemars(with = "String")]
    pub read_at: Timestamp,
    /// From then on it is gone, UTC.
    #[schemars(with = "String")]
    pub kept_until: Timestamp,
    /// The buyer, as far as the channel tells.
    pub buyer: OrderBuyer,
}

/// What is kept of the buyer of an order. `Declined`: it was erased. Nothing is read from the channel: whoever serves people has no credentials.
pub async fn buyer(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<BuyerView> {
    match kept(world, connection, number).await? {
        Some(BuyerRow::Kept(KeptBuyer { buyer, read_at, until })) => {
            Ok(BuyerView { read_at, kept_until: until, buyer: buyer.expose().clone() })
        }
        Some(BuyerRow::Erased { at, .. }) => Err(erased(number, at)),
        None if OrderRow::read(world, connection, number).await?.is_none() => {
            Err(not_found(not_there(world, connection, number).await))
        }
        None => Err(not_found(format!(
            "nothing of the buyer of order {number} is kept; have it read from the channel, and ask again in a moment"
        ))),
    }
}
