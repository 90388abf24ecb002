//! A person says which article an item on a channel is, where EAN and SKU do not.

use crate::World;
use crate::match_listings::by_codes;
use crate::one_stock::put_in_place;
use crate::rows::{ArticleRow, ConnectionRow, OfferRow};
use domain::{ConnectionId, OfferId, Sku};
use ports::{Error, ErrorKind, Result};

/// Matches an item to an article. `None`: what was said by hand is forgotten, and the item is matched by its EAN and SKU at once: until the
/// next look at the listings its orders would be booked on what it is not.
pub async fn match_by_hand(world: &World, connection: &ConnectionId, offer: &OfferId, sku: Option<&Sku>) -> Result<()> {
    let before: Option<OfferRow> = world.get(&OfferRow::key(connection, offer)).await?;
    let Some(before) = before else {
        let message = format!("connection {connection} has no item {offer}; items are found by the next look at its listings");
        return Err(Error::new(ErrorKind::NotFound, "match", message));
    };
    let row = match sku {
        Some(sku) => {
            if world.get::<ArticleRow>(&ArticleRow::key(sku)).await?.is_none() {
                return Err(Error::new(ErrorKind::BadInput, "match", format!("sku: there is no article {sku}")));
            }
            OfferRow { matched: Some(sku.clone()), by_hand: true, problem: None, ..before.clone() }
        }
        None if before.by_hand => by_codes(world, &of(world, connection).await?, before.listing.clone()).await?,
        None => return Ok(()),
    };
    if row == before {
        return Ok(());
    }
    put_in_place(world, Some(before), row).await.map(drop)
}

async fn of(world: &World, connection: &ConnectionId) -> Result<ConnectionRow> {
    let row: Option<ConnectionRow> = world.get(&ConnectionRow::key(connection)).await?;
    row.ok_or_else(|| Error::new(ErrorKind::NotFound, "match", format!("there is no connection {connection}")))
}
