//! What bol is told about an order, and whether it knows of it already. One file for each kind of update; here is what they share.

use super::{cancellations, returns, shipments};
use async_trait::async_trait;
use domain::{LineUnits, OrderLineId, OrderNumber, OrderUpdate, Quantity};
use ports::{Acknowledged, Call, Cancels, Error, ErrorKind, FulfilmentDescriptor, HeardReturns, Result};
use std::collections::BTreeMap;

/// The codes of bol's list of transporters, which its specification does not hold: a wrong one fails only in the process status.
pub(super) static DESCRIPTOR: FulfilmentDescriptor = FulfilmentDescriptor {
    carriers: &[
        // PostNL was TNT Post when the list was made.
        ("postnl", "TNT"),
        ("postnl-letter", "TNT_BRIEF"),
        ("dhl", "DHLFORYOU"),
        ("dhl-express", "DHL"),
        ("dhl-de", "DHL_DE"),
        ("dpd", "DPD-NL"),
        ("dpd-be", "DPD-BE"),
        ("gls", "GLS"),
        ("ups", "UPS"),
        ("bpost", "BPOST_BE"),
        ("bpost-letter", "BPOST_BRIEF"),
        ("fedex", "FEDEX_NL"),
        ("fedex-be", "FEDEX_BE"),
        ("tnt-express", "TNT-EXPRESS"),
        ("budbee", "BUDBEE"),
        ("cycloon", "CYCLOON"),
        ("dynalogic", "DYL"),
        ("trunkrs", "TRUNKRS"),
        ("transmission", "TRANSMISSION"),
        ("letter", "BRIEFPOST"),
        ("courier", "COURIER"),
    ],
    other_carrier: Some("OTHER"),
    needs_carrier: true,
    most_lines: Some(100),
    most_returned: Some(9_999),
    returns: HeardReturns::All,
    whole_orders: false,
    cancels: Cancels::OpenLine,
};

/// bol wants to hear what was done about an order.
pub(super) struct Capability;

#[async_trait]
impl ports::Fulfilment for Capability {
    fn descriptor(&self) -> &'static FulfilmentDescriptor {
        &DESCRIPTOR
    }

    async fn tell(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        match update {
            OrderUpdate::Shipment(shipment) => shipments::tell(call, shipment).await,
            OrderUpdate::Cancellation(cancellation) => cancellations::tell(call, number, cancellation).await,
            OrderUpdate::Return(decided) => returns::tell(call, decided).await,
        }
    }

    async fn knows(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        match update {
            OrderUpdate::Shipment(shipment) => shipments::knows(call, number, shipment).await.map(Some),
            OrderUpdate::Cancellation(cancellation) => cancellations::knows(call, number, cancellation).await.map(Some),
            OrderUpdate::Return(decided) => returns::knows(call, number, decided).await,
        }
    }
}

/// Units by line, each line once and none without units. At least one.
pub(super) fn by_line<'a>(operation: &'static str, lines: &'a [LineUnits]) -> Result<BTreeMap<&'a OrderLineId, Quantity>> {
    let mut units: BTreeMap<&OrderLineId, Quantity> = BTreeMap::new();
    for line in lines.iter().filter(|l| !l.units.is_zero()) {
        let sum = units.entry(&line.line).or_default();
        *sum = sum.plus(line.units);
    }
    if units.is_empty() {
        return Err(refused(operation, "it holds no units; nothing can be told to bol"));
    }
    Ok(units)
}

/// What bol cannot be told, and what to do instead.
pub(super) fn refused(operation: &'static str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::BadInput, operation, message)
}
