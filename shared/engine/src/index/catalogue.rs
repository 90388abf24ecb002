//! The words and codes of products: the catalogue and its index lie in the same order, so they are walked over side by side.
//!
//! Nobody walks for nothing: whoever puts a product in place notes first that the catalogue changes.

use super::{keep, state};
use crate::Ports;
use crate::rows::{CatalogueChangedRow, CatalogueWalk, IndexStateRow, IndexedProductRow, ProductRow, ProductTermRow, TypedRow};
use domain::Sku;
use domain::search::product_terms;
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Key, Result, Row, Write};

/// Rows of one step.
const AT_ONCE: usize = 200;
/// That a product changes is noted before it does, at most so long.
const LATE: SignedDuration = SignedDuration::from_mins(3);

/// Walks over the catalogue where something changed, until `until`. Answers how many products' rows were written.
pub async fn index_catalogue(world: &Ports, until: Timestamp) -> Result<usize> {
    let mut state = state(world).await?;
    let mut written = 0;
    if state.catalogue.is_none() {
        let changed: Option<CatalogueChangedRow> = world.get(&CatalogueChangedRow::key()).await?;
        let Some(CatalogueChangedRow(changed)) = changed else { return Ok(0) };
        let seen = state.catalogue_read_at.and_then(|at| at.checked_sub(LATE).ok());
        if seen.is_some_and(|seen| changed < seen) {
            return Ok(0);
        }
        state.catalogue = Some(CatalogueWalk { started_at: world.clock.now(), after: None });
    }
    while let Some(walk) = state.catalogue.clone() {
        if world.clock.now() >= until {
            break;
        }
        let after = step(world, walk.after.as_deref(), &mut written).await?;
        if after.is_none() {
            state.catalogue_read_at = Some(walk.started_at);
        }
        state.catalogue = after.map(|after| CatalogueWalk { after: Some(after), ..walk });
        match keep(world, &state).await? {
            Some(kept) => state = kept,
            None => break,
        }
    }
    Ok(written)
}

/// One step over both. Answers where to go on; none: this was the end.
async fn step(world: &Ports, after: Option<&str>, written: &mut usize) -> Result<Option<String>> {
    let from = |pk: &str| after.map(|sk| Key::new(pk, sk));
    let products = world.table.query(ProductRow::PARTITION, "", from(ProductRow::PARTITION).as_ref(), AT_ONCE, false).await?;
    let pk = IndexedProductRow::PARTITION;
    let indexed = world.table.query(pk, "", from(pk).as_ref(), AT_ONCE, false).await?;
    // Both are known up to where the one that was read less far ends.
    let end = |page: &ports::Page| page.next.as_ref().and_then(|_| page.rows.last()).map(|row| row.key.sk.clone());
    let last = [end(&products), end(&indexed)].into_iter().flatten().min();
    let covered = |row: &&Row| last.as_ref().is_none_or(|last| row.key.sk <= *last);
    let known: Vec<&Row> = indexed.rows.iter().filter(covered).collect();
    let find = |sk: &str| known.binary_search_by(|row| row.key.sk.as_str().cmp(sk)).ok().map(|at| known[at]);
    let present: Vec<&Row> = products.rows.iter().filter(covered).collect();
    for row in &present {
        let before = find(&row.key.sk).and_then(|row| IndexedProductRow::from_row(row).ok());
        // A product whose row cannot be read is found by its code, which leads to a page that says so.
        let (sku, terms) = match (ProductRow::from_row(row), Sku::new(row.key.sk.as_str())) {
            (Ok(row), _) => (row.0.sku.clone(), product_terms(&row.0)),
            (Err(_), Ok(sku)) => {
                let terms = [domain::search::term(sku.as_str())].into_iter().filter(|term| !term.is_empty()).collect();
                (sku, terms)
            }
            (Err(_), Err(_)) => continue,
        };
        *written += usize::from(write(world, before, Some(IndexedProductRow { sku, terms })).await?);
    }
    for row in &known {
        if !present.iter().any(|product| product.key.sk == row.key.sk) {
            *written += usize::from(write(world, IndexedProductRow::from_row(row).ok(), None).await?);
        }
    }
    Ok(last)
}

/// Brings a product's rows from what they were to what they must be.
async fn write(world: &Ports, before: Option<IndexedProductRow>, next: Option<IndexedProductRow>) -> Result<bool> {
    if before == next {
        return Ok(false);
    }
    if let Some(next) = &next {
        // Each holds all terms of the product.
        for term in &next.terms {
            world.write_if(next.put_term(term)).await?;
        }
        world.write_if(Write::Put { row: next.to_row(), when: Condition::Always }).await?;
    }
    if let Some(before) = &before {
        let stays = |term: &String| next.as_ref().is_some_and(|next| next.terms.contains(term));
        for term in before.terms.iter().filter(|term| !stays(term)) {
            let key = ProductTermRow::key(term, &before.sku);
            world.write_if(Write::Delete { key, when: Condition::Always }).await?;
        }
        if next.is_none() {
            let key = IndexedProductRow::key(&before.sku);
            world.write_if(Write::Delete { key, when: Condition::Always }).await?;
        }
    }
    Ok(true)
}

/// Whether the index knows every change of the catalogue that was noted.
pub(crate) async fn is_current(world: &Ports, state: Option<&IndexStateRow>) -> Result<bool> {
    let Some(read_at) = state.and_then(|state| state.catalogue_read_at) else { return Ok(false) };
    let changed: Option<CatalogueChangedRow> = world.get(&CatalogueChangedRow::key()).await?;
    Ok(changed.is_none_or(|changed| changed.0 <= read_at))
}
