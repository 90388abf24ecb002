//! The products that an order touches.

use domain::{LineState, Order, Sku};

/// The products whose figures an order touches.
pub(crate) fn products_of(order: &Order) -> impl Iterator<Item = &Sku> {
    order.lines.iter().flat_map(LineState::products)
}

/// Those, and the ones that its lines were before.
pub(crate) fn products_ever_of(order: &Order) -> impl Iterator<Item = &Sku> {
    order.lines.iter().flat_map(|line| line.products().chain(&line.former))
}
