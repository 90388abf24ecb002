//! Products by what somebody types: the beginnings of words of their codes and titles, over the whole catalogue, for a few rows.

use super::paging::{Page, page};
use super::{PageRequest, Unreadable};
use crate::Ports;
use crate::index::is_current;
use crate::rows::{EanRow, IndexStateRow, ProductRow, ProductTermRow, TypedRow};
use domain::search::{self, finds, product_terms};
use domain::{Ean, Sku};
use ports::Result;
use std::collections::BTreeSet;

/// What was found.
pub(super) struct Found {
    pub(super) page: Page<ProductRow>,
    /// Every change of the catalogue is in the index.
    pub(super) is_current: bool,
}

/// Products of which every typed word begins a word or code. `None`: the catalogue was never indexed.
pub(super) async fn find(world: &Ports, text: &str, request: &PageRequest) -> Result<Option<Found>> {
    let state: Option<IndexStateRow> = world.get(&IndexStateRow::key()).await?;
    if state.as_ref().and_then(|state| state.catalogue_read_at).is_none() {
        return Ok(None);
    }
    let is_current = is_current(world, state.as_ref()).await?;
    let asked = search::words(text);
    // The longest word is the rarest.
    let Some(rarest) = asked.iter().max_by_key(|word| word.chars().count()).cloned() else {
        return Ok(Some(Found { page: Page { rows: Vec::new(), next: None, unreadable: Vec::new() }, is_current }));
    };
    let mut unreadable = Vec::new();
    let mut skus = if request.cursor.is_none() { called_so(world, text, &mut unreadable).await? } else { Vec::new() };
    let fits = |row: &ProductTermRow| {
        all_fit(&asked, &row.terms) && row.terms.iter().find(|term| finds(&rarest, term)) == Some(&row.term)
    };
    let read = page(world, &ProductTermRow::partition(&rarest), &ProductTermRow::prefix(&rarest), request, false, fits).await?;
    unreadable.extend(read.unreadable);
    let exact = skus.len();
    for row in read.rows {
        if !skus.contains(&row.sku) {
            skus.push(row.sku);
        }
    }
    let mut rows = Vec::new();
    for (at, row) in futures::future::join_all(skus.iter().map(|sku| product(world, sku))).await.into_iter().enumerate() {
        match row {
            // As it is now, it need not be called so any more.
            Ok(Some(row)) if at < exact || all_fit(&asked, &product_terms(&row.0)) => rows.push(row),
            Ok(_) => {}
            Err(error) => unreadable.push(Unreadable::of(format!("product {}", skus[at]), &error).ok_or(error)?),
        }
    }
    Ok(Some(Found { page: Page { rows, next: read.next, unreadable }, is_current }))
}

async fn product(world: &Ports, sku: &Sku) -> Result<Option<ProductRow>> {
    world.get(&ProductRow::key(sku)).await
}

fn all_fit(asked: &BTreeSet<String>, terms: &BTreeSet<String>) -> bool {
    asked.iter().all(|word| terms.iter().any(|term| finds(word, term)))
}

/// Products that have exactly this code or EAN: known without the index.
async fn called_so(world: &Ports, text: &str, noted: &mut Vec<Unreadable>) -> Result<Vec<Sku>> {
    let mut found: Vec<Sku> = Vec::new();
    if let Ok(sku) = Sku::new(text) {
        match world.table.get(&ProductRow::key(&sku)).await?.as_ref().map(ProductRow::from_row) {
            Some(Ok(row)) => found.push(row.0.sku),
            Some(Err(error)) => noted.extend(Unreadable::of(format!("product {sku}"), &error)),
            None => {}
        }
    }
    if let Ok(ean) = Ean::new(text) {
        let rows = world.table.query(&EanRow::partition(&ean), "", None, 20, false).await?.rows;
        for row in rows.iter().filter_map(|row| EanRow::from_row(row).ok()) {
            if !found.contains(&row.sku) {
                found.push(row.sku);
            }
        }
    }
    Ok(found)
}
