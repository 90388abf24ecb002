//! Brings the configuration into the table. Doing it again changes nothing that did not change.

use super::roll_out;
use crate::Ports;
use crate::rows::{ConnectionRow, StockSettingsRow, TypedRow};
use domain::StockSettings;
use ports::{Condition, Result, Write};

/// Puts a connection in place; keeps `orders_since` and `publishing` of one that is there.
pub async fn put_connection(world: &Ports, row: &ConnectionRow) -> Result<()> {
    let before: Option<ConnectionRow> = world.get(&ConnectionRow::key(&row.id)).await?;
    let orders_since = before.as_ref().map_or(row.orders_since, |b| b.orders_since);
    let publishing = before.as_ref().map_or_else(|| row.publishing.clone(), |b| b.publishing.clone());
    let row = ConnectionRow { orders_since, publishing, ..row.clone() };
    let write = Write::Put { row: row.to_row(), when: Condition::Always };
    if before.is_some_and(|b| b.rule != row.rule || b.locations != row.locations) {
        return roll_out::change(world, Some(&row.id), write).await;
    }
    world.write_if(write).await.map(drop)
}

/// Puts the settings in place that hold for all connections.
pub async fn put_stock_settings(world: &Ports, settings: &StockSettings) -> Result<()> {
    let before: Option<StockSettingsRow> = world.get(&StockSettingsRow::key()).await?;
    if before.as_ref().is_some_and(|before| before.0 == *settings) {
        return Ok(());
    }
    let write = Write::Put { row: StockSettingsRow(settings.clone()).to_row(), when: Condition::Always };
    if before.map_or(StockSettings::default(), |before| before.0) != *settings {
        return roll_out::change(world, None, write).await;
    }
    world.write_if(write).await.map(drop)
}
