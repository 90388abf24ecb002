//! Forgets a connection that is no longer configured: nobody polls it, tells it figures, or takes its deliveries.
//!
//! Its orders stay, with the units they hold: they were sold, and somebody ships them. Orders that are not taken in by now never
//! will be. A process may remember the connection for another minute; what it then writes about it is found by nobody.

use crate::World;
use crate::rows::{ConnectionRow, CursorRow, GateRow, KeysRow, ListingRow, OfferRow, SubscriptionRow, TokenRow, UnmatchedRow};
use domain::ConnectionId;
use ports::{Condition, Key, Result, Write};

/// Removes a connection and all that is known of it but its orders. Doing it again changes nothing; dying in between, it is done
/// again.
pub async fn remove_connection(world: &World, connection: &ConnectionId) -> Result<()> {
    // First: whoever looks from now on finds nothing to do.
    remove(world, ConnectionRow::key(connection)).await?;
    let offers: Vec<OfferRow> = world.all(&TokenRow::key(connection).pk, OfferRow::PREFIX).await?;
    for offer in offers {
        if let Some(sku) = &offer.matched {
            remove(world, ListingRow::key(sku, connection, &offer.listing.offer)).await?;
        }
        // After its listing: this row is what leads there.
        remove(world, OfferRow::key(connection, &offer.listing.offer)).await?;
    }
    for row in world.all::<UnmatchedRow>(&UnmatchedRow::partition(connection), UnmatchedRow::PREFIX).await? {
        remove(world, UnmatchedRow::key(connection, &row.number)).await?;
    }
    let states = [
        CursorRow::key(connection),
        TokenRow::key(connection),
        GateRow::key(connection),
        KeysRow::key(connection),
        SubscriptionRow::key(connection),
    ];
    for key in states {
        remove(world, key).await?;
    }
    Ok(())
}

async fn remove(world: &World, key: Key) -> Result<()> {
    world.write_if(Write::Delete { key, when: Condition::Always }).await.map(|_| ())
}
