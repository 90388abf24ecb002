//! What Shopify is told about an order, and whether it knows of it already. One file for each kind of update.

use super::{cancellations, decisions, shipments};
use async_trait::async_trait;
use domain::{OrderNumber, OrderUpdate};
use ports::{Acknowledged, Call, Cancels, FulfilmentDescriptor, HeardReturns, Result};

/// Shopify wants to hear what was done about an order.
pub(super) struct Capability;

pub(super) static DESCRIPTOR: FulfilmentDescriptor = FulfilmentDescriptor {
    carriers: shipments::CARRIERS,
    // Any name may be given: this is the one Shopify's own screen offers for a carrier it does not know.
    other_carrier: Some("Other"),
    needs_carrier: false,
    most_lines: None,
    most_returned: None,
    returns: HeardReturns::ButUnknownRefusals,
    whole_orders: false,
    cancels: Cancels::Units,
};

#[async_trait]
impl ports::Fulfilment for Capability {
    fn descriptor(&self) -> &'static FulfilmentDescriptor {
        &DESCRIPTOR
    }

    async fn tell(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        match update {
            OrderUpdate::Shipment(parcel) => shipments::tell(call, number, parcel).await,
            OrderUpdate::Cancellation(told) => cancellations::tell(call, number, told).await,
            OrderUpdate::Return(told) => decisions::tell(call, number, told).await,
        }
    }

    async fn knows(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        match update {
            OrderUpdate::Shipment(parcel) => shipments::known(call, number, parcel).await,
            OrderUpdate::Cancellation(told) => cancellations::known(call, number, told).await,
            OrderUpdate::Return(told) => decisions::known(call, number, told).await,
        }
    }
}
