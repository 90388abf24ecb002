//! Brings a configuration into the table.

use crate::progress::Progress;
use config::{Config, Connection, Entry};
use domain::{Quantity, Sku, so_many};
use engine::rows::{AppliedRow, StockRow, TypedRow};
use engine::{
    Opening, Ports, bring_up_schema, put_attention_settings, put_bundle, put_connection, put_invoice_settings, put_merchant,
    put_product, put_stock_settings, put_vat_class,
};
use futures::{StreamExt, TryStreamExt};
use ports::{Condition, Error, ErrorKind, Result, Write};
use ring::digest::{SHA256, digest};
use std::collections::{BTreeMap, BTreeSet};

/// Products under way at once.
const AT_ONCE: usize = 8;
/// Rows of one page of what was applied before.
const PAGE: usize = 1000;
/// Who says what stands in the catalogue.
const CATALOGUE: &str = "the catalogue";
/// What applying an entry does. Another number has every entry applied once more.
const WAY: u32 = 1;

/// A product that was applied once and that the catalogue names no longer. Nothing of it was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Its code.
    pub sku: Sku,
    /// Units of it on the shelf, over all locations.
    pub on_hand: Quantity,
}

/// Products of which it is said how many there are; of the others, only how many products they are.
const MOST_NAMED: usize = 20;

/// Products that the catalogue names no longer.
#[derive(Debug, Default)]
pub struct AllDropped {
    /// The first of them, by code.
    pub named: Vec<Dropped>,
    /// How many more there are.
    pub more: usize,
}

impl AllDropped {
    /// What a person is told.
    pub fn told(&self) -> Vec<String> {
        let one =
            |Dropped { sku, on_hand }: &Dropped| format!("{sku} is no longer in the catalogue, {on_hand} on hand: kept as it is");
        let mut lines: Vec<String> = self.named.iter().map(one).collect();
        if self.more > 0 {
            lines.push(format!("and {} more", so_many(self.more, "product")));
        }
        if !lines.is_empty() {
            lines.push(
                "What is no longer in the catalogue keeps its stock, matches and orders, and is sold on. Put its row back, or have every channel \
                 show 0 of it: PUT /api/v1/products/SKU/rules {\"rule\": {\"paused\": true}, \"by\": \"you\"}"
                    .to_owned(),
            );
        }
        lines
    }
}

/// Brings the table up to this version, unless a later Sluis wrote it, and puts settings, connections, products, opening stock and bundles in
/// place. Doing it again touches only products whose entry in the
/// catalogue changed; opening stock is applied once. Answers what the catalogue names no longer.
pub async fn apply(
    world: &Ports,
    config: &Config,
    base_url: &dyn Fn(&Connection) -> Option<String>,
    progress: &Progress,
) -> Result<AllDropped> {
    bring_up_schema(world).await?;
    let now = world.clock.now();
    put_stock_settings(world, &config.stock).await?;
    put_merchant(world, &config.merchant).await?;
    put_attention_settings(world, &config.attention).await?;
    for connection in &config.connections {
        let url = base_url(connection).ok_or_else(|| {
            let message = format!(
                "connection {}: `base_url` is missing; simulated shops inside the process cannot be applied",
                connection.id
            );
            Error::new(ErrorKind::Configuration, "apply", message)
        })?;
        put_connection(world, &connection.to_row(&url, now)).await?;
    }
    // By connections that are in place: both must fit together. Without a section, what was issued keeps its look, and no connection is invoiced.
    if let Some(invoices) = &config.invoices {
        put_invoice_settings(world, invoices).await?;
    }
    let applied = applied(world).await?;
    let differs = |entry: &&Entry| applied.get(entry.item.sku.as_str()) != Some(&digest_of(entry));
    let changed: Vec<&Entry> = config.catalogue.iter().filter(differs).collect();
    progress.begin(changed.len());
    // A product that is no bundle any more must be one that can have stock before it is given any.
    for entry in changed.iter().filter(|entry| entry.bundle.is_some() && !entry.is_bundle()) {
        put_bundle(world, &entry.item.sku, &[], CATALOGUE).await?;
    }
    let products = futures::stream::iter(&changed).map(|entry| async move {
        let opening = entry.opening.iter().filter(|_| !entry.is_bundle());
        let opening = opening.map(|(location, quantity)| Opening { location: location.clone(), quantity: *quantity });
        put_product(world, &entry.item, &opening.collect::<Vec<_>>()).await?;
        if let Some(class) = &entry.vat_class {
            put_vat_class(world, &entry.item.sku, class).await?;
        }
        if !entry.is_bundle() {
            note(world, entry).await?;
        }
        progress.step();
        Ok::<(), Error>(())
    });
    products.buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    // Its parts are there by now.
    for entry in changed.iter().filter(|entry| entry.is_bundle()) {
        put_bundle(world, &entry.item.sku, entry.bundle.as_deref().unwrap_or_default(), CATALOGUE).await?;
        note(world, entry).await?;
    }
    let there: BTreeSet<&str> = config.catalogue.iter().map(|entry| entry.item.sku.as_str()).collect();
    dropped(world, applied.keys().filter(|sku| !there.contains(sku.as_str()))).await
}

async fn dropped(world: &Ports, skus: impl Iterator<Item = &String>) -> Result<AllDropped> {
    let mut all = AllDropped::default();
    for sku in skus {
        if all.named.len() == MOST_NAMED {
            all.more += 1;
            continue;
        }
        let sku = Sku::new(sku)?;
        let stock: Vec<StockRow> = world.all(&StockRow::partition(&sku), StockRow::PREFIX).await?;
        let on_hand = stock.iter().map(|row| row.level.on_hand()).sum();
        all.named.push(Dropped { sku, on_hand });
    }
    Ok(all)
}

/// Digests of what was applied before, by SKU.
async fn applied(world: &Ports) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    let mut from = None;
    loop {
        let page = world.table.query(AppliedRow::PARTITION, "", from.as_ref(), PAGE, false).await?;
        for row in &page.rows {
            let row = AppliedRow::from_row(row)?;
            all.insert(row.sku.to_string(), row.digest);
        }
        from = page.next;
        if from.is_none() {
            return Ok(all);
        }
    }
}

/// Once it is in place, and not before: what broke off in the middle is applied again.
async fn note(world: &Ports, entry: &Entry) -> Result<()> {
    let row = AppliedRow { sku: entry.item.sku.clone(), digest: digest_of(entry) };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
}

/// What of an entry is brought into the table.
fn digest_of(entry: &Entry) -> String {
    let Entry { item, opening, bundle, vat_class, price_cents: _ } = entry;
    // Where no class is told, the text is that of before there were any, and nothing is applied once more.
    let class = vat_class.as_ref().map(|class| format!(" {class}")).unwrap_or_default();
    let text = format!("{WAY} {item:?} {opening:?} {bundle:?}{class}");
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
#[path = "set_up_tests.rs"]
mod tests;
