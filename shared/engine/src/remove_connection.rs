//! Forgets a connection that is no longer configured: nobody polls it, tells it figures, or takes its deliveries.
//!
//! Its orders stay, with the units they hold: they were sold, and somebody ships them. Orders that are not taken in by now never
//! will be. A process may remember the connection for another minute; what it then writes about it is found by nobody.

use crate::World;
use crate::announce::hint;
use crate::rows::{
    ConnectionRow, CursorRow, DriftRow, FenceRow, GateRow, HealthRow, Kept, KeysRow, ListingRow, MatchingRow, OfferRow,
    ReconcileRow, ReferenceRow, RolloutRow, RuleRow, SeenRow, SharesRow, SubscriptionRow, TokenRow, UndecidedRow, UnmatchedRow,
};
use contracts::StockHint;
use domain::{ConnectionId, Sku};
use ports::{Condition, Error, ErrorKind, Key, QueueName, Result, Write};
use std::time::Duration;

/// Tries to take a share out of a row that others write too.
const MOST_TRIES: u32 = 8;

/// Removes a connection and all that is known of it but its orders. Doing it again changes nothing; dying in between, it is done
/// again.
pub async fn remove_connection(world: &World, connection: &ConnectionId) -> Result<()> {
    // First: whoever looks from now on finds nothing to do.
    remove(world, ConnectionRow::key(connection)).await?;
    let offers: Vec<OfferRow> = world.all(&CursorRow::key(connection).pk, OfferRow::PREFIX).await?;
    for offer in offers {
        if let Some(sku) = &offer.matched {
            remove(world, ListingRow::key(sku, connection, &offer.listing.offer)).await?;
            remove(world, RuleRow::key(sku, Some(connection))).await?;
            give_back_share(world, connection, sku).await?;
        }
        remove(world, ReferenceRow::key(connection, &offer.listing.stock_reference)).await?;
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
        FenceRow::key(connection),
        KeysRow::key(connection),
        SubscriptionRow::key(connection),
        HealthRow::key(connection),
        ReconcileRow::key(connection),
        MatchingRow::key(connection),
        RolloutRow::key(Some(connection)),
    ];
    for key in states {
        remove(world, key).await?;
    }
    forget_differences(world, connection).await
}

/// What reconciliation noted, and stocks that are not decided about: nobody will look whether it is gone.
async fn forget_differences(world: &World, connection: &ConnectionId) -> Result<()> {
    let prefixes = [
        (DriftRow::PARTITION.to_owned(), DriftRow::listings(connection)),
        (DriftRow::PARTITION.to_owned(), DriftRow::orders(connection)),
        (SeenRow::key(connection, 0).pk, SeenRow::PREFIX.to_owned()),
        (UndecidedRow::key(connection, "").pk, UndecidedRow::PREFIX.to_owned()),
    ];
    for (pk, prefix) in prefixes {
        loop {
            let page = world.table.query(&pk, &prefix, None, 100, false).await?;
            if page.rows.is_empty() {
                break;
            }
            for row in page.rows {
                remove(world, row.key).await?;
            }
        }
    }
    Ok(())
}

/// What it might sell of a scarce article is shared out among the others.
async fn give_back_share(world: &World, connection: &ConnectionId, sku: &Sku) -> Result<()> {
    for _ in 0..MOST_TRIES {
        let Some(mut row) = world.get::<SharesRow>(&SharesRow::key(sku)).await? else { return Ok(()) };
        let when = row.unchanged();
        let all = format!("{connection}#");
        row.shares.retain(|name, _| !name.starts_with(&all));
        row.mark = world.ids.fresh();
        if world.write_if(Write::Put { row: row.to_row(), when }).await? {
            let others = StockHint { sku: sku.clone(), connection: None };
            return world.queue.send(QueueName::StockHints, vec![hint(&others, Duration::ZERO)]).await;
        }
    }
    Err(Error::new(ErrorKind::Conflict, "remove connection", format!("the shares of {sku} are busy; try again")))
}

async fn remove(world: &World, key: Key) -> Result<()> {
    world.write_if(Write::Delete { key, when: Condition::Always }).await.map(|_| ())
}
