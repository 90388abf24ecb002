//! A line that the channel now tells with another product than before, under the same id: staff swapped the size.
//!
//! That our own matching of a product changed is something else: what a line holds then stays what it was, for the ledger of its
//! products names it.

use crate::{Incoming, LineState, Order, OrderLineId, PartState, SnapshotLine};
use std::collections::BTreeSet;

/// Whether the channel says that a line is another product. It names it by its own listing, or else by EAN, or else by SKU: a code that
/// the merchant changes on a listing makes it no other product.
fn says_another(before: &SnapshotLine, now: &SnapshotLine) -> bool {
    if let (Some(before), Some(now)) = (&before.offer, &now.offer) {
        return before != now;
    }
    if let (Some(before), Some(now)) = (&before.ean, &now.ean) {
        return before != now;
    }
    matches!((&before.sku, &now.sku), (Some(before), Some(now)) if before != now)
}

/// Whether nothing of a line has left or is written off: then all it holds can come free.
fn is_untouched(order: &Order, line: &LineState) -> bool {
    let untouched = |part: &PartState| part.taken().is_zero() && part.back().is_zero() && part.lost().is_zero();
    line.parts.iter().all(untouched) && order.sent(&line.id).is_zero()
}

/// Lines that the channel tells with another product than the one they are here: those that follow, and those that cannot, because units
/// of the other one have left.
pub(crate) fn swapped(known: &Order, incoming: &Incoming) -> (BTreeSet<OrderLineId>, BTreeSet<OrderLineId>) {
    let is_swapped = |line: &&LineState| {
        let of = |lines: &[SnapshotLine]| lines.iter().find(|told| told.id == line.id).cloned();
        let (before, now) = (of(&known.snapshot.lines), of(&incoming.snapshot.lines));
        // A line that nobody has matched holds nothing, and becomes whatever it is matched to.
        let another = before.zip(now).is_some_and(|(before, now)| says_another(&before, &now));
        another && line.sku.is_some() && line.sku.as_ref() != incoming.products.get(&line.id).map(|product| &product.sku)
    };
    let swapped = known.lines.iter().filter(is_swapped);
    let (follow, stay): (Vec<_>, Vec<_>) = swapped.partition(|line| is_untouched(known, line));
    let ids = |lines: Vec<&LineState>| lines.into_iter().map(|line| line.id.clone()).collect();
    (ids(follow), ids(stay))
}

#[cfg(test)]
#[path = "other_product_tests.rs"]
mod tests;
