//! A person says which article an item on a channel is, where EAN and SKU do not.

use crate::World;
use crate::match_listings::put_match;
use crate::rows::{ArticleRow, OfferRow};
use domain::{ConnectionId, OfferId, Sku};
use ports::{Error, ErrorKind, Result};

/// Matches an item to an article. `None`: what was said by hand is forgotten, and the next look at the listings goes by EAN and SKU.
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
        // Told as it is until the next look: an item must not flicker because somebody forgot who it was.
        None => OfferRow { by_hand: false, ..before.clone() },
    };
    if row == before {
        return Ok(());
    }
    put_match(world, Some(before), &row).await
}
