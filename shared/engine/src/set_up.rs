//! Brings configuration and catalogue into the table. Doing it again changes nothing that did not change.

use crate::correct_stock::{StockChange, announce_later, change};
use crate::rows::{
    ArticleRow, AttentionSettingsRow, ConnectionRow, EanRow, LedgerCause, MerchantRow, StockRow, StockSettingsRow, TypedRow,
};
use crate::{Ports, roll_out};
use domain::{ConnectionId, LocationId, Product, Publishing, Quantity, StockSettings};
use ports::{Condition, Error, ErrorKind, Result, Write};

/// Articles of a pilot: each is looked up before the answer, and they lie in the connection's row.
const MOST_OF_A_PILOT: usize = 1_000;

/// What an article starts with at a location. Only ever applied once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Where.
    pub location: LocationId,
    /// How many units.
    pub quantity: Quantity,
}

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

/// Says which articles a connection is told about. It takes up to a minute and a half until every process knows, and with many articles some
/// more until all of them are told: the schedule goes on with `roll_out`.
pub async fn set_publishing(world: &Ports, connection: &ConnectionId, publishing: Publishing) -> Result<()> {
    let row: Option<ConnectionRow> = world.get(&ConnectionRow::key(connection)).await?;
    let Some(row) = row else {
        let message = format!("there is no connection {connection}");
        return Err(Error::new(ErrorKind::NotFound, "publishing", message));
    };
    if let Publishing::Selected { skus } = &publishing {
        if skus.len() > MOST_OF_A_PILOT {
            let message =
                format!("skus: got {}, expected {MOST_OF_A_PILOT} selected products at most; or publish all of them", skus.len());
            return Err(Error::new(ErrorKind::BadInput, "publishing", message));
        }
        for sku in skus {
            if world.get::<ArticleRow>(&ArticleRow::key(sku)).await?.is_none() {
                return Err(Error::new(ErrorKind::BadInput, "publishing", format!("skus: there is no product {sku}")));
            }
        }
    }
    if row.publishing == publishing {
        return Ok(());
    }
    let row = ConnectionRow { publishing, ..row };
    roll_out::change(world, Some(connection), Write::Put { row: row.to_row(), when: Condition::Present }).await
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

/// Puts in place when people are told.
pub async fn put_attention_settings(world: &Ports, settings: &AttentionSettingsRow) -> Result<()> {
    if world.get::<AttentionSettingsRow>(&AttentionSettingsRow::key()).await?.as_ref() == Some(settings) {
        return Ok(());
    }
    world.write_if(Write::Put { row: settings.to_row(), when: Condition::Always }).await.map(drop)
}

/// Puts the merchant's name in place.
pub async fn put_merchant(world: &Ports, name: &str) -> Result<()> {
    let row = MerchantRow { name: name.to_owned() };
    if world.get::<MerchantRow>(&MerchantRow::key()).await?.as_ref() == Some(&row) {
        return Ok(());
    }
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
}

/// Puts an article in place, with its opening stock where it has no figure yet.
pub async fn put_article(world: &Ports, item: &Product, opening: &[Opening]) -> Result<()> {
    let before: Option<ArticleRow> = world.get(&ArticleRow::key(&item.sku)).await?;
    let is_new = before.is_none();
    if let Some(old) = before.and_then(|b| b.0.ean).filter(|old| Some(old) != item.ean.as_ref()) {
        let key = EanRow { ean: old, sku: item.sku.clone() }.to_row().key;
        world.write_if(Write::Delete { key, when: Condition::Always }).await?;
    }
    world.write_if(Write::Put { row: ArticleRow(item.clone()).to_row(), when: Condition::Always }).await?;
    if let Some(ean) = item.ean.clone() {
        let row = EanRow { ean, sku: item.sku.clone() }.to_row();
        world.write_if(Write::Put { row, when: Condition::Always }).await?;
    }
    for opening in opening {
        // An article that is there already may be on sale.
        if !is_new && StockRow::read(world, &item.sku, &opening.location).await?.is_none() {
            announce_later(world, &item.sku).await?;
        }
        let id = world.ids.fresh();
        change(world, &item.sku, &opening.location, StockChange::Add(opening.quantity.units()), LedgerCause::Opening, &id, None)
            .await?;
    }
    Ok(())
}
