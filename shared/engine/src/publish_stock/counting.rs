//! Items whose units a channel does not count: there is no figure, and none is made up.
//!
//! They are left alone until the merchant has the channel track their stock, or says in a rule that we should (`start_tracking`). A shop that
//! leads says nothing about stock by not counting it: figures stay as they were.

use super::lease::{Note, give_back};
use super::present::{Present, rule};
use super::push::look;
use super::quota::tell_all;
use crate::planted::{Mistake, planted};
use crate::rows::{ConnectionRow, ListingRow, Subject};
use crate::{Driver, Lookup, World};
use domain::{Counting, Listing};
use ports::{Observed, Result};
use std::time::Duration;

/// Whether the merchant said that the channel should track what it does not track, and the channel can be told.
pub(crate) fn may_start_tracking(world: &World, present: &Present, connection: &ConnectionRow) -> bool {
    let can = world.channels.get(&connection.channel).is_some_and(|channel| channel.descriptor().starts_tracking);
    can && (rule(present, connection).start_tracking || planted(Mistake::TrackingBegunUnasked))
}

/// Whether an item is told nothing because the channel does not count it, as far as was seen last.
pub(crate) fn is_left_alone(world: &World, present: &Present, connection: &ConnectionRow, listing: &Listing) -> bool {
    listing.counting == Counting::NotCounted && !may_start_tracking(world, present, connection)
}

/// As seen to be not counted.
pub(super) fn not_counted(row: &ListingRow) -> ListingRow {
    let listing = Listing { counting: Counting::NotCounted, ..row.listing.clone() };
    ListingRow { listing, ..row.clone() }
}

/// Something says that an item that was not counted changed. If it is counted now, everything is looked at anew.
pub(super) async fn look_once_more(
    world: &World,
    lookup: &Lookup,
    driver: &Driver<'_>,
    row: &ListingRow,
    lease: &str,
) -> Result<()> {
    match look(driver, row).await? {
        Some(Observed::NotCounted) | None => leave_alone(world, lookup, row, lease).await,
        Some(Observed::Counted(_)) => {
            give_back(world, row, lease, Note::CountedAgain).await?;
            tell_all(world, &row.sku, Duration::ZERO).await
        }
    }
}

/// Notes that it is not counted. What was counted before, or should be because its shop leads, is named to a person, once.
pub(super) async fn leave_alone(world: &World, lookup: &Lookup, row: &ListingRow, lease: &str) -> Result<()> {
    let leads = lookup.connection(world, &row.connection).await?.leads;
    let words = format!(
        "{} does not track the stock of {}: nothing is booked by that and no figure is told there, while it may sell what is not left; have \
         its stock tracked there{}",
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
    give_back(world, row, lease, Note::NotCounted(&words)).await?;
    if was_placed {
        // What it held is free for others.
        tell_all(world, &row.sku, Duration::ZERO).await?;
    }
    Ok(())
}
