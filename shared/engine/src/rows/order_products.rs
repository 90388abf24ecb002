//! The products that an order touches.

use domain::{LineState, Order, Sku};

/// The products whose figures a line touches: its own, and those it takes from stock.
pub(crate) fn products_of_line(line: &LineState) -> impl Iterator<Item = &Sku> {
    let parts = line.parts.iter().map(|part| &part.sku);
    line.sku.iter().chain(parts.filter(|sku| line.sku.as_ref() != Some(*sku)))
}

/// The products whose figures an order touches.
pub(crate) fn products_of(order: &Order) -> impl Iterator<Item = &Sku> {
    order.lines.iter().flat_map(products_of_line)
}
