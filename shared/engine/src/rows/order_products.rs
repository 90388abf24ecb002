//! The products that an order touches.

use domain::{LineState, Order, Sku};

/// The articles whose figures a line touches: its own, and those it takes from stock.
pub(crate) fn articles_of_line(line: &LineState) -> impl Iterator<Item = &Sku> {
    let parts = line.parts.iter().map(|part| &part.sku);
    line.sku.iter().chain(parts.filter(|sku| line.sku.as_ref() != Some(*sku)))
}

/// The articles whose figures an order touches.
pub(crate) fn articles_of(order: &Order) -> impl Iterator<Item = &Sku> {
    order.lines.iter().flat_map(articles_of_line)
}
