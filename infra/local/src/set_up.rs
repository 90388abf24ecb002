//! Brings a configuration into the table.

use crate::config::{Config, Connection, Entry};
use crate::progress::Progress;
use engine::rows::{AppliedRow, Kept};
use engine::{Opening, World, put_article, put_attention_settings, put_bundle, put_connection, put_stock_settings};
use futures::{StreamExt, TryStreamExt};
use ports::{Condition, Error, ErrorKind, Result, Write};
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;

/// Products under way at once.
const AT_ONCE: usize = 8;
/// Rows of one page of what was applied before.
const PAGE: usize = 1000;
/// What applying an entry does. Another number has every entry applied once more.
const WAY: u32 = 1;

/// Puts settings, connections, products, opening stock and bundles in place. Doing it again touches only products whose entry in the
/// catalogue changed; opening stock is applied once.
pub async fn apply(
    world: &World,
    config: &Config,
    base_url: &dyn Fn(&Connection) -> Option<String>,
    progress: &Progress,
) -> Result<()> {
    let now = world.clock.now();
    put_stock_settings(world, &config.stock).await?;
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
    let applied = applied(world).await?;
    let differs = |entry: &&Entry| applied.get(entry.item.sku.as_str()) != Some(&digest_of(entry));
    let changed: Vec<&Entry> = config.catalogue.iter().filter(differs).collect();
    progress.begin(changed.len());
    // A product that is no bundle any more must be one that can have stock before it is given any.
    for entry in changed.iter().filter(|entry| entry.bundle.is_some() && !entry.is_bundle()) {
        put_bundle(world, &entry.item.sku, &[]).await?;
    }
    let products = futures::stream::iter(&changed).map(|entry| async move {
        let opening = entry.opening.iter().filter(|_| !entry.is_bundle());
        let opening = opening.map(|(location, quantity)| Opening { location: location.clone(), quantity: *quantity });
        put_article(world, &entry.item, &opening.collect::<Vec<_>>()).await?;
        if !entry.is_bundle() {
            note(world, entry).await?;
        }
        progress.step();
        Ok::<(), Error>(())
    });
    products.buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    // Its parts are there by now.
    for entry in changed.iter().filter(|entry| entry.is_bundle()) {
        put_bundle(world, &entry.item.sku, entry.bundle.as_deref().unwrap_or_default()).await?;
        note(world, entry).await?;
    }
    Ok(())
}

/// Digests of what was applied before, by SKU.
async fn applied(world: &World) -> Result<BTreeMap<String, String>> {
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
async fn note(world: &World, entry: &Entry) -> Result<()> {
    let row = AppliedRow { sku: entry.item.sku.clone(), digest: digest_of(entry) };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
}

/// What of an entry is brought into the table.
fn digest_of(entry: &Entry) -> String {
    let Entry { item, opening, bundle, price_cents: _ } = entry;
    let text = format!("{WAY} {item:?} {opening:?} {bundle:?}");
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
#[path = "set_up_tests.rs"]
mod tests;
