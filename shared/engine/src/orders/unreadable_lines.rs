//! No figure of a product rises while an order has a line that cannot be read and may be of it, until a person has decided.
//!
//! The order's row holds the line and what was decided of it (`Order::in_doubt`), and is the truth. A row beside the product's stock leads to
//! it, put before the order is taken in: whoever is about to raise a figure reads that partition anyway.

use crate::rows::{TypedRow, UnreadableLineRow};
use crate::{Cache, Ports};
use domain::{ConnectionId, OrderSnapshot, Sku, UnreadableLine};
use ports::{Condition, Result, Write};
use std::collections::BTreeSet;

/// The products that lines which cannot be read may be of, as far as they name them.
pub(crate) async fn products<'a>(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    lines: impl Iterator<Item = &'a UnreadableLine>,
) -> Result<BTreeSet<Sku>> {
    let mut skus = BTreeSet::new();
    for line in lines.filter(|line| line.may_be.holds_units()) {
        let product = lookup.product(world, connection, (line.offer.as_ref(), line.ean.as_ref(), line.sku.as_ref())).await?;
        if let Some(product) = product {
            skus.extend(product.components.into_iter().map(|component| component.sku));
            skus.insert(product.sku);
        }
    }
    Ok(skus)
}

/// Notes what an order throws doubt on. Before it is taken in: whoever raises a figure after that must find it.
pub(crate) async fn note(world: &Ports, lookup: &Cache, connection: &ConnectionId, snapshot: &OrderSnapshot) -> Result<()> {
    if snapshot.unreadable_lines.is_empty() {
        return Ok(());
    }
    for sku in products(world, lookup, connection, snapshot.unreadable_lines.iter()).await? {
        let row =
            UnreadableLineRow { sku, connection: connection.clone(), number: snapshot.number.clone(), at: world.clock.now() };
        world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    }
    Ok(())
}
