//! Forgets a connection that is no longer configured: nobody polls it, tells it figures, or takes its deliveries.
//!
//! Its orders stay, with the units they hold: they were sold, and somebody ships them. Orders that are not taken in by now never
//! will be. A process may remember the connection for another minute; what it then writes about it is found by nobody.

use crate::Ports;
use crate::messages::hint;
use crate::rows::{
    CircuitRow, ConnectionRow, CursorRow, DriftRow, FenceRow, HealthRow, JournalEntry, JournalRow, KeysRow, ListingRow,
    MatchingRow, OfferRow, OrderRow, PriceDueRow, PriceRow, ReconcileRow, ReferenceRow, RolloutRow, RuleRow, SeenRow, SharesRow,
    StockDueRow, SubscriptionRow, TokenRow, TypedRow, UndecidedRow, UnmatchedRow,
};
use contracts::StockHint;
use domain::{ConnectionId, LineState, OrderNumber, Quantity, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Error, ErrorKind, Key, QueueName, Result, Write};
use std::collections::BTreeSet;
use std::time::Duration;

/// Tries to take a share out of a row that others write too.
const MOST_TRIES: u32 = 8;

/// Removes a connection and all that is known of it but its orders. Doing it again changes nothing; dying in between, it is done
/// again.
pub async fn remove_connection(world: &Ports, connection: &ConnectionId) -> Result<()> {
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
    for row in world.all::<PriceRow>(&CursorRow::key(connection).pk, PriceRow::PREFIX).await? {
        remove(world, PriceRow::key(connection, &row.sku)).await?;
    }
    for due in world.all::<PriceDueRow>(&CursorRow::key(connection).pk, PriceDueRow::PREFIX).await? {
        remove(world, due.to_row().key).await?;
    }
    for row in world.all::<UnmatchedRow>(&UnmatchedRow::partition(connection), UnmatchedRow::PREFIX).await? {
        remove(world, UnmatchedRow::key(connection, &row.number)).await?;
    }
    let states = [
        CursorRow::key(connection),
        TokenRow::key(connection),
        CircuitRow::key(connection),
        FenceRow::key(connection),
        KeysRow::key(connection),
        SubscriptionRow::key(connection),
        HealthRow::key(connection),
        ReconcileRow::key(connection),
        MatchingRow::key(connection),
        RolloutRow::key(Some(connection)),
    ];
    // When its channel was last asked what it takes once in a while (`TurnRow`) stays known: that is a budget of the account, and whoever is at
    // work for the connection this moment, or connects it anew in the next, must heed it.
    for key in states {
        remove(world, key).await?;
    }
    forget_differences(world, connection).await
}

/// What stays behind when a connection is removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Orders of which something is still to be sent, of those that changed in the last thirty days.
    pub orders: BTreeSet<OrderNumber>,
    /// Units of products that are set aside for them.
    pub units: Quantity,
}

/// The open orders of a connection, whether or not it is still there.
pub async fn held_for(world: &Ports, connection: &ConnectionId) -> Result<Held> {
    let mut seen = BTreeSet::new();
    for days in 0..=JournalRow::KEPT_DAYS {
        let day = world.clock.now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
        for row in world.all::<JournalRow>(&JournalRow::partition(day), "").await? {
            let JournalEntry::Orders { orders } = row.entry else { continue };
            seen.extend(orders.into_iter().filter(|one| one.connection == *connection).map(|one| one.number));
        }
    }
    let mut held = Held::default();
    for number in seen {
        let Some(order) = OrderRow::read(world, connection, &number).await? else { continue };
        let units: Quantity = order.lines.iter().map(LineState::reserved).sum();
        if !units.is_zero() {
            held.orders.insert(number);
            held.units = held.units.plus(units);
        }
    }
    Ok(held)
}

/// What reconciliation noted, and stocks that are not decided about: nobody will look whether it is gone.
async fn forget_differences(world: &Ports, connection: &ConnectionId) -> Result<()> {
    let prefixes = [
        (DriftRow::PARTITION.to_owned(), DriftRow::listings(connection)),
        (DriftRow::PARTITION.to_owned(), DriftRow::orders(connection)),
        (SeenRow::key(connection, 0).pk, SeenRow::PREFIX.to_owned()),
        (UndecidedRow::key(connection, "").pk, UndecidedRow::PREFIX.to_owned()),
        (CursorRow::key(connection).pk, StockDueRow::PREFIX.to_owned()),
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

/// What it might sell of a scarce product is shared out among the others.
async fn give_back_share(world: &Ports, connection: &ConnectionId, sku: &Sku) -> Result<()> {
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

async fn remove(world: &Ports, key: Key) -> Result<()> {
    world.write_if(Write::Delete { key, when: Condition::Always }).await.map(|_| ())
}
