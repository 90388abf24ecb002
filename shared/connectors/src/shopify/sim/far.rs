//! An order as the proofs look at it, from this side.

use super::shop::Sold;
use crate::simulated_channel::{FarOrder, FarParcel};
use domain::Quantity;

pub(super) fn order(order: &Sold) -> FarOrder {
    let mut far = FarOrder::default();
    let sent = || order.fulfillments.iter().filter(|f| f.kind == "SUCCESS");
    for line in &order.lines {
        let shipped: i64 = sent().flat_map(|f| &f.lines).filter(|(id, _)| *id == line.id).map(|(_, units)| *units).sum();
        let told = far.lines.entry(line.sku.clone()).or_default();
        told.ordered = told.ordered.plus(Quantity::clamped(line.quantity));
        told.cancelled = told.cancelled.plus(Quantity::clamped(line.quantity - shipped - line.unfulfilled));
        told.shipped = told.shipped.plus(Quantity::clamped(shipped));
        told.returned = told.returned.plus(Quantity::clamped(line.came_back));
    }
    for parcel in sent() {
        let (carrier, tracking) = parcel.tracking.clone();
        let mut told = FarParcel { carrier, tracking, lines: std::collections::BTreeMap::new() };
        for (id, units) in &parcel.lines {
            let Some(line) = order.line(*id).and_then(|at| order.lines.get(at)) else { continue };
            let sum: &mut Quantity = told.lines.entry(line.sku.clone()).or_default();
            *sum = sum.plus(Quantity::clamped(*units));
        }
        far.parcels.push(told);
    }
    far
}
