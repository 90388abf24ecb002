//! Says what a bundle consists of.

use crate::Ports;
use crate::messages::hint;
use crate::rows::{BundleRow, PartOfRow, ProductRow, StockRow, TypedRow};
use contracts::StockHint;
use domain::{Component, Sku, so_many};
use ports::{Condition, Error, ErrorKind, QueueName, Result, Write};
use std::collections::BTreeSet;
use std::time::Duration;

/// Products of one bundle at most: an order of one must fit into one transaction.
const MOST_COMPONENTS: usize = 20;
/// Longer than a process remembers what a bundle consists of.
const FORGOTTEN: Duration = Duration::from_secs(90);

/// Puts a bundle's composition in place; an empty one makes it a product of its own again. Orders that were taken in keep theirs.
/// `by`: who says so.
pub async fn put_bundle(world: &Ports, sku: &Sku, components: &[Component], by: &str) -> Result<()> {
    let before: Option<BundleRow> = world.get(&BundleRow::key(sku)).await?;
    let before = before.map(|row| row.components).unwrap_or_default();
    if before == components {
        return Ok(());
    }
    check(world, sku, components).await?;
    // A hint for when everybody has forgotten the composition as it was, and one for now: dying in between, the first finds what is.
    tell(world, sku, FORGOTTEN).await?;
    for component in components {
        let row = PartOfRow { sku: component.sku.clone(), bundle: sku.clone() };
        world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    }
    let write = if components.is_empty() {
        Write::Delete { key: BundleRow::key(sku), when: Condition::Always }
    } else {
        let said = Some((by.to_owned(), world.clock.now()));
        let row = BundleRow { sku: sku.clone(), components: components.to_vec(), said };
        Write::Put { row: row.to_row(), when: Condition::Always }
    };
    world.write_if(write).await?;
    for gone in before.iter().filter(|old| components.iter().all(|new| new.sku != old.sku)) {
        world.write_if(Write::Delete { key: PartOfRow::key(&gone.sku, sku), when: Condition::Always }).await?;
    }
    tell(world, sku, Duration::ZERO).await?;
    // A part of a bundle is not shared out: its own listings are looked at too.
    for component in components {
        tell(world, &component.sku, Duration::ZERO).await?;
    }
    Ok(())
}

async fn tell(world: &Ports, sku: &Sku, delay: Duration) -> Result<()> {
    let hinted = StockHint { sku: sku.clone(), connection: None };
    world.queue.send(QueueName::StockHints, vec![hint(&hinted, delay)]).await
}

async fn check(world: &Ports, sku: &Sku, components: &[Component]) -> Result<()> {
    let refused = |message: String| Err(Error::new(ErrorKind::BadInput, "bundle", format!("bundle {sku}: {message}")));
    if components.len() > MOST_COMPONENTS {
        return refused(format!("got {}, expected at most {MOST_COMPONENTS}", so_many(components.len(), "product")));
    }
    let distinct: BTreeSet<&Sku> = components.iter().map(|component| &component.sku).collect();
    if distinct.len() < components.len() || components.iter().any(|component| component.units.is_zero()) {
        return refused("expected every product once, with at least one unit".to_owned());
    }
    if world.get::<ProductRow>(&ProductRow::key(sku)).await?.is_none() {
        return refused("there is no such product in the catalogue".to_owned());
    }
    if !components.is_empty()
        && !world.table.query(&StockRow::partition(sku), StockRow::PREFIX, None, 1, false).await?.rows.is_empty()
    {
        return refused("it has stock of its own, and a bundle has only that of its products; give it another SKU".to_owned());
    }
    if !components.is_empty()
        && !world.table.query(&StockRow::partition(sku), PartOfRow::PREFIX, None, 1, false).await?.rows.is_empty()
    {
        return refused("it is part of a bundle itself".to_owned());
    }
    for Component { sku: part, .. } in components {
        if part == sku || world.get::<BundleRow>(&BundleRow::key(part)).await?.is_some() {
            return refused(format!("{part} is a bundle itself; expected products that lie in stock"));
        }
        if world.get::<ProductRow>(&ProductRow::key(part)).await?.is_none() {
            return refused(format!("there is no product {part} in the catalogue"));
        }
    }
    Ok(())
}
