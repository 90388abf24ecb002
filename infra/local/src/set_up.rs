//! Brings a configuration into the table.

use crate::config::{Config, Connection};
use engine::{Opening, World, put_article, put_bundle, put_connection, put_stock_settings};
use futures::{StreamExt, TryStreamExt};
use ports::{Error, ErrorKind, Result};

/// Articles under way at once.
const AT_ONCE: usize = 8;

/// Puts settings, connections, articles, opening stock and bundles in place. Doing it again changes nothing that did not change in the configuration;
/// opening stock is applied once.
pub async fn apply(world: &World, config: &Config, base_url: &dyn Fn(&Connection) -> Option<String>) -> Result<()> {
    let now = world.clock.now();
    put_stock_settings(world, &config.stock).await?;
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
    // An article that is no bundle any more must be one that can have stock before it is given any.
    for entry in config.catalogue.iter().filter(|entry| entry.bundle.is_some() && !entry.is_bundle()) {
        put_bundle(world, &entry.item.sku, &[]).await?;
    }
    let articles = futures::stream::iter(&config.catalogue).map(|entry| async move {
        let opening = entry.opening.iter().filter(|_| !entry.is_bundle());
        let opening = opening.map(|(location, quantity)| Opening { location: location.clone(), quantity: *quantity });
        put_article(world, &entry.item, &opening.collect::<Vec<_>>()).await
    });
    articles.buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    // Its parts are there by now.
    for entry in config.catalogue.iter().filter(|entry| entry.is_bundle()) {
        put_bundle(world, &entry.item.sku, entry.bundle.as_deref().unwrap_or_default()).await?;
    }
    Ok(())
}
