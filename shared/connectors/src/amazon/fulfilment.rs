//! What Amazon is told about an order: its parcels, and nothing else. There is no call to cancel an order or to decide about a return.

use super::shipments;
use async_trait::async_trait;
use domain::{OrderNumber, OrderUpdate};
use ports::{Acknowledged, Call, Cancels, Error, ErrorKind, Fulfilment, FulfilmentDescriptor, HeardReturns, Result};

pub(super) static DESCRIPTOR: FulfilmentDescriptor = FulfilmentDescriptor {
    // As sellers report that Amazon takes them; no call lists them.
    carriers: &[
        ("postnl", "PostNL"),
        ("bpost", "bpost"),
        ("dhl", "DHL"),
        ("dpd", "DPD"),
        ("gls", "GLS"),
        ("ups", "UPS"),
        ("fedex", "FedEx"),
    ],
    other_carrier: Some(shipments::OTHER),
    needs_carrier: true,
    most_lines: None,
    whole_orders: false,
    cancels: Cancels::Nothing,
    most_returned: None,
    returns: HeardReturns::Nothing,
};

/// Amazon wants to hear what was done about an order.
pub(super) struct Capability;

fn not_by_call(what: &str) -> Error {
    let message = format!("{what} in Seller Central: Amazon has no call for it, and what is done there is read");
    Error::new(ErrorKind::BadInput, "amazon.order", message)
}

#[async_trait]
impl Fulfilment for Capability {
    fn descriptor(&self) -> &'static FulfilmentDescriptor {
        &DESCRIPTOR
    }

    async fn tell(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        match update {
            OrderUpdate::Shipment(shipment) => shipments::tell(call, number, shipment).await,
            OrderUpdate::Cancellation(_) => Err(not_by_call("cancel")),
            OrderUpdate::Return(_) => Err(not_by_call("decide about returns, and pay back,")),
        }
    }

    async fn knows(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        match update {
            OrderUpdate::Shipment(shipment) => shipments::knows(call, number, shipment).await.map(Some),
            OrderUpdate::Cancellation(_) | OrderUpdate::Return(_) => Ok(None),
        }
    }
}
