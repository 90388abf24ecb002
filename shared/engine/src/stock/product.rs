//! Brings the catalogue into the table. Doing it again changes nothing that did not change.

use super::adjust::{announce_later, change};
use crate::Ports;
use crate::rows::{CatalogueChangedRow, EanRow, LedgerCause, ProductRow, StockChange, StockRow, TypedRow};
use domain::{LocationId, Product, Quantity};
use ports::{Condition, Result, Write};

/// What a product starts with at a location. Only ever applied once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Where.
    pub location: LocationId,
    /// How many units.
    pub quantity: Quantity,
}

/// Puts a product in place, with its opening stock where it has no figure yet.
pub async fn put_product(world: &Ports, item: &Product, opening: &[Opening]) -> Result<()> {
    let before: Option<ProductRow> = world.get(&ProductRow::key(&item.sku)).await?;
    let is_new = before.is_none();
    if before.as_ref().is_none_or(|before| before.0 != *item) {
        // Before it changes: whoever looks meanwhile looks again.
        let row = CatalogueChangedRow(world.clock.now()).to_row();
        world.write_if(Write::Put { row, when: Condition::Always }).await?;
    }
    if let Some(old) = before.and_then(|b| b.0.ean).filter(|old| Some(old) != item.ean.as_ref()) {
        let key = EanRow { ean: old, sku: item.sku.clone() }.to_row().key;
        world.write_if(Write::Delete { key, when: Condition::Always }).await?;
    }
    world.write_if(Write::Put { row: ProductRow(item.clone()).to_row(), when: Condition::Always }).await?;
    if let Some(ean) = item.ean.clone() {
        let row = EanRow { ean, sku: item.sku.clone() }.to_row();
        world.write_if(Write::Put { row, when: Condition::Always }).await?;
    }
    for opening in opening {
        // A product that is there already may be on sale.
        if !is_new && StockRow::read(world, &item.sku, &opening.location).await?.is_none() {
            announce_later(world, &item.sku).await?;
        }
        let id = world.ids.fresh();
        change(world, &item.sku, &opening.location, StockChange::Add(opening.quantity.units()), LedgerCause::Opening, &id, None)
            .await?;
    }
    Ok(())
}
