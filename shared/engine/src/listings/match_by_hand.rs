//! A person says which product an item on a channel is, where EAN and SKU do not.

use super::match_all::{MOST_TRIES, by_codes, tell};
use super::shared_stock::put_in_place;
use crate::orders::unmatched::match_again;
use crate::rows::{ConnectionRow, OfferRow, ProductRow};
use crate::{Cache, Ports};
use domain::{ConnectionId, OfferId, Sku};
use ports::{Error, ErrorKind, Result};

/// Matches an item to a product. `None`: what was said by hand is forgotten, and the item is matched by its EAN and SKU at once: until the
/// next look at the listings its orders would be booked on what it is not. Orders that waited for it get their units at once.
pub async fn match_by_hand(world: &Ports, connection: &ConnectionId, offer: &OfferId, sku: Option<&Sku>) -> Result<()> {
    for _ in 1..MOST_TRIES {
        match try_to_match(world, connection, offer, sku).await {
            // A look at the listings, or somebody else, matched it meanwhile: what is said last counts.
            Err(error) if error.kind == ErrorKind::Conflict => {}
            done => {
                done?;
                return match_again(world, &Cache::default(), connection).await;
            }
        }
    }
    try_to_match(world, connection, offer, sku).await?;
    match_again(world, &Cache::default(), connection).await
}

async fn try_to_match(world: &Ports, connection: &ConnectionId, offer: &OfferId, sku: Option<&Sku>) -> Result<()> {
    let before: Option<OfferRow> = world.get(&OfferRow::key(connection, offer)).await?;
    let Some(before) = before else {
        let message =
            format!("connection {connection} has no listing {offer}; listings are found by the next look at its listings");
        return Err(Error::new(ErrorKind::NotFound, "match", message));
    };
    let row = match sku {
        Some(sku) => {
            if world.get::<ProductRow>(&ProductRow::key(sku)).await?.is_none() {
                return Err(Error::new(ErrorKind::BadInput, "match", format!("sku: there is no product {sku}")));
            }
            OfferRow { matched: Some(sku.clone()), by_hand: true, problem: None, ..before.clone() }
        }
        None if before.by_hand => by_codes(world, &of(world, connection).await?, before.listing.clone()).await?,
        None => return Ok(()),
    };
    if (OfferRow { version: before.version, ..row.clone() }) == before {
        // Said before, by somebody who may have died before it was told.
        return tell(world, connection, row.matched.as_ref()).await;
    }
    put_in_place(world, Some(before), row).await.map(drop)
}

async fn of(world: &Ports, connection: &ConnectionId) -> Result<ConnectionRow> {
    let row: Option<ConnectionRow> = world.get(&ConnectionRow::key(connection)).await?;
    row.ok_or_else(|| Error::new(ErrorKind::NotFound, "match", format!("there is no connection {connection}")))
}
