//! What the marketplace is told about an order.

use super::{cancellations, shipments};
use async_trait::async_trait;
use domain::{OrderNumber, OrderUpdate};
use ports::{Acknowledged, Call, Cancels, Error, ErrorKind, Fulfilment, FulfilmentDescriptor, HeardReturns, Result};

static DESCRIPTOR: FulfilmentDescriptor = FulfilmentDescriptor {
    // The operator's own list says which codes there are; a carrier that is not in it goes by its name.
    carriers: &[],
    other_carrier: Some("by its name"),
    needs_carrier: false,
    most_lines: None,
    whole_orders: true,
    cancels: Cancels::OpenLine,
    most_returned: None,
    returns: HeardReturns::Nothing,
};

/// Mirakl wants to hear what was done about an order.
pub(super) struct Capability;

fn returned() -> Error {
    let message = "decide about returns, and pay back, in the marketplace's own screen: it is not told of them from here";
    Error::new(ErrorKind::BadInput, "mirakl.return", message)
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
            OrderUpdate::Shipment(shipment) => shipments::knows(call, number, shipment).await,
            OrderUpdate::Cancellation(cancellation) => cancellations::knows(call, number, cancellation).await,
            OrderUpdate::Return(_) => Err(returned()),
        }
    }
}
