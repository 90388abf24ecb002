//! What WooCommerce is told about an order, and whether it knows of it already. One file for each kind of update.

use crate::woocommerce::{cancellations, orders, returns, shipments};
use async_trait::async_trait;
use domain::{OrderNumber, OrderUpdate};
use ports::{Acknowledged, Call, Cancels, FulfilmentDescriptor, HeardReturns, Result};

/// WooCommerce wants to hear what was done about an order.
pub(super) struct Capability;

pub(super) static DESCRIPTOR: FulfilmentDescriptor = FulfilmentDescriptor {
    // Core has no codes: these are the names that buyers read. A tracking plugin looks its own list up by them.
    carriers: &[
        ("postnl", "PostNL"),
        ("dhl", "DHL"),
        ("dhl-express", "DHL Express"),
        ("dpd", "DPD"),
        ("gls", "GLS"),
        ("ups", "UPS"),
        ("bpost", "bpost"),
        ("fedex", "FedEx"),
    ],
    other_carrier: None,
    needs_carrier: false,
    most_lines: None,
    most_returned: None,
    returns: HeardReturns::All,
    whole_orders: false,
    cancels: Cancels::Units,
};

#[async_trait]
impl ports::Fulfilment for Capability {
    fn descriptor(&self) -> &'static FulfilmentDescriptor {
        &DESCRIPTOR
    }

    async fn tell(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        let id = orders::id("woocommerce.update_order", number)?;
        match update {
            OrderUpdate::Shipment(update) => shipments::tell(call, id, update).await,
            OrderUpdate::Cancellation(update) => cancellations::tell(call, id, update).await,
            OrderUpdate::Return(update) => returns::tell(call, id, update).await,
        }
    }

    async fn knows(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        let id = orders::id("woocommerce.knows_update", number)?;
        match update {
            OrderUpdate::Shipment(update) => shipments::known(call, id, update).await,
            OrderUpdate::Cancellation(update) => cancellations::known(call, id, update).await,
            OrderUpdate::Return(update) => returns::known(call, id, update).await,
        }
    }
}
