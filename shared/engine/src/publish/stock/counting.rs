//! Items whose units a channel does not count: there is no figure, and none is made up.
//!
//! They are left alone until the merchant has the channel track their stock, or says in a rule that we should (`start_tracking`). A shop that
//! leads says nothing about stock by not counting it: figures stay as they were.

use super::batch::Writer;
use super::lease::{Note, give_back};
use super::present::{Present, rule};
use super::push::look;
use super::push_share;
use super::quota::tell_all;
use crate::messages::hint;
use crate::rows::{ConnectionRow, ListingRow, Subject};
use crate::{Cache, Ports};
use contracts::StockHint;
use domain::{Counting, Listing};
use ports::{Observed, QueueName, Result};
use std::time::Duration;

/// Whether the merchant said that the channel should track what it does not track, and the channel can be told.
pub(crate) fn may_start_tracking(world: &Ports, present: &Present, connection: &ConnectionRow) -> bool {
    let can = world
        .connectors
        .get(&connection.channel)
        .and_then(|connector| connector.stock())
        .is_some_and(|stock| stock.descriptor().starts_tracking);
    can && rule(present, connection).start_tracking
}

/// Whether an item is told nothing because the channel does not count it, as far as was seen last.
pub(crate) fn is_left_alone(world: &Ports, present: &Present, connection: &ConnectionRow, listing: &Listing) -> bool {
    listing.counting == Counting::NotCounted && !may_start_tracking(world, present, connection)
}

/// As seen to be not counted.
pub(super) fn not_counted(row: &ListingRow) -> ListingRow {
    let listing = Listing { counting: Counting::NotCounted, ..row.listing.clone() };
    ListingRow { listing, ..row.clone() }
}

/// Something says that an item that was not counted changed. If it is counted now, everything is looked at anew.
pub(super) async fn look_once_more(
    world: &Ports,
    lookup: &Cache,
    driver: &Writer<'_>,
    row: &ListingRow,
    lease: &str,
) -> Result<()> {
    match look(driver, row).await? {
        Some(Observed::NotCounted) | None => leave_alone(world, lookup, row, lease).await,
        Some(Observed::Counted(_)) => {
            push_share::forget(world, row).await?;
            give_back(world, row, lease, Note::CountedAgain).await?;
            tell_all(world, &row.sku, Duration::ZERO).await
        }
    }
}

/// Notes that it is not counted. What was counted before, or should be because its shop leads, is named to a person, once.
pub(super) async fn leave_alone(world: &Ports, lookup: &Cache, row: &ListingRow, lease: &str) -> Result<()> {
    let leads = lookup.connection(world, &row.connection).await?.leads;
    let words = format!(
        "{} does not track the stock of {}: nothing is booked by that and no figure is told there, while it may sell what is not left; where \
         it is yours to send, have its stock tracked there{}; where the marketplace sends it, the figure is the marketplace's, and nothing is to be done",
        row.connection,
        row.sku,
        if leads { "" } else { ", or say `start_tracking` in a rule" }
    );
    let was_counted = row.told.is_some() || row.counter.is_some();
    let is_news = row.problem.as_deref() != Some(words.as_str());
    if is_news && (was_counted || leads) && !row.listing.digital {
        let subject = Subject::Listing { sku: row.sku.clone(), offer: row.listing.offer.clone() };
        world.park(Some(&row.connection), subject, &words, "").await?;
    }
    let was_placed = row.listing.counting != Counting::NotCounted;
    if !give_back(world, row, lease, Note::NotCounted(&words)).await? {
        // Word was left after the look: its staff may have it counted by now, and nobody but a hint for just this connection asks.
        give_back(world, row, lease, Note::Nothing).await?;
        let look = StockHint { sku: row.sku.clone(), connection: Some(row.connection.clone()) };
        world.queue.send(QueueName::StockHints, vec![hint(&look, Duration::ZERO)]).await?;
    }
    if was_placed {
        // What it held is free for others.
        tell_all(world, &row.sku, Duration::ZERO).await?;
    }
    Ok(())
}
