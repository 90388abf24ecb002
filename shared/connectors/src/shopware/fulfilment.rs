//! What the shop is told about an order.

use super::{cancellations, shipments};
use async_trait::async_trait;
use domain::{OrderNumber, OrderUpdate};
use ports::{Acknowledged, Call, Cancels, Error, ErrorKind, Fulfilment, FulfilmentDescriptor, HeardReturns, Result};

static DESCRIPTOR: FulfilmentDescriptor = FulfilmentDescriptor {
    // A delivery has codes and no carrier: whose code it is, and where it is followed, its shipping method says.
    carriers: &[],
    other_carrier: Some("by its shipping method"),
    needs_carrier: false,
    most_lines: None,
    whole_orders: false,
    cancels: Cancels::WholeOrder,
    most_returned: None,
    returns: HeardReturns::Nothing,
};

/// Shopware wants to hear what was done about an order.
pub(super) struct Capability;

fn returned() -> Error {
    let message = "mark returns, and pay back, in the shop: its own edition has no returns that could be told from here";
    Error::new(ErrorKind::BadInput, "shopware.return", message)
}

#[async_trait]
impl Fulfilment for Capability {
    fn descriptor(&self) -> &'static FulfilmentDescriptor {
        &DESCRIPTOR
    }

    async fn tell(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        match update {
            OrderUpdate::Shipment(shipment) => shipments::tell(call, number, shipment).await,
            OrderUpdate::Cancellation(cancellation) => cancellations::tell(call, number, cancellation).await,
            OrderUpdate::Return(_) => Err(returned()),
        }
    }

    async fn knows(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        match update {
            OrderUpdate::Shipment(shipment) => shipments::knows(call, number, shipment).await.map(Some),
            OrderUpdate::Cancellation(cancellation) => cancellations::knows(call, number, cancellation).await.map(Some),
            OrderUpdate::Return(_) => Err(returned()),
        }
    }
}
