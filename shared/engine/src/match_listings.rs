//! Finds out which item on a channel is which article.

use crate::announce::hint;
use crate::publish_stock::is_told;
use crate::rows::{ArticleRow, ConnectionRow, Kept, ListingRow, OfferRow, ReferenceRow};
use crate::unmatched::match_again;
use crate::unread::{LISTINGS, UnreadItems};
use crate::{Driver, Lookup, World, lookup};
use contracts::StockHint;
use domain::{ConnectionId, Listing, Match, OfferId, Sku};
use ports::{Condition, Error, ErrorKind, QueueName, Result, Write};
use std::time::Duration;

/// Pages of one run at most: a list that never ends is a mistake of the channel.
const MOST_PAGES: usize = 5_000;
/// A push of the article that a listing was before has ended by then: it is looked at once more.
const LONGEST_PUSH: Duration = Duration::from_mins(1);

/// What a run found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchReport {
    /// Items that are one article for sure.
    pub matched: usize,
    /// Items that a person must match.
    pub unclear: usize,
    /// Of the matched, those that were not before.
    pub new: usize,
}

/// Reads all items of a connection and matches them by EAN, then SKU. What is not clear is never published.
pub async fn match_listings(world: &World, lookup: &Lookup, connection: &ConnectionId) -> Result<MatchReport> {
    let driver = Driver::open(world, lookup, connection).await?;
    let mut report = MatchReport::default();
    let mut page: Option<String> = None;
    let mut unread = UnreadItems::of(world, connection, LISTINGS).await?;
    for _ in 0..MOST_PAGES {
        let answer = driver.call(|channel, call| channel.listings(call, page.as_deref())).await?;
        unread.page(&answer.unread, answer.listings.iter().map(|listing| &listing.offer)).await?;
        for listing in answer.listings {
            keep(world, lookup, connection, listing, &mut report).await?;
        }
        page = answer.next;
        if page.is_none() {
            match_again(world, lookup, connection).await?;
            return Ok(report);
        }
    }
    Err(Error::new(ErrorKind::Protocol, "listings", format!("connection {connection}: the list of items does not end")))
}

/// Matches one item.
pub(crate) async fn match_one(world: &World, lookup: &Lookup, connection: &ConnectionId, listing: Listing) -> Result<()> {
    keep(world, lookup, connection, listing, &mut MatchReport::default()).await
}

async fn keep(
    world: &World,
    lookup: &Lookup,
    connection: &ConnectionId,
    listing: Listing,
    report: &mut MatchReport,
) -> Result<()> {
    // What it shows is old at once, and must not make every look find another listing.
    let listing = Listing { shown: None, places: Vec::new(), ..listing };
    let before: Option<OfferRow> = world.get(&OfferRow::key(connection, &listing.offer)).await?;
    let row = match by_hand(world, before.as_ref(), &listing).await? {
        Some(row) => row,
        None => by_codes(world, lookup.connection(world, connection).await?.as_ref(), listing).await?,
    };
    if row.matched.is_some() {
        report.matched += 1;
    } else {
        report.unclear += 1;
    }
    if before.as_ref() == Some(&row) {
        return match row.matched {
            Some(sku) => tell_if_untold(world, lookup, connection, sku, &row.listing.offer).await,
            None => Ok(()),
        };
    }
    report.new += usize::from(row.matched.is_some());
    put_match(world, before, &row).await
}

/// As a person said, as long as there is such an article.
async fn by_hand(world: &World, before: Option<&OfferRow>, listing: &Listing) -> Result<Option<OfferRow>> {
    let Some(row) = before.filter(|row| row.by_hand) else { return Ok(None) };
    let Some(sku) = &row.matched else { return Ok(None) };
    let there = world.get::<ArticleRow>(&ArticleRow::key(sku)).await?.is_some();
    Ok(there.then(|| OfferRow { listing: listing.clone(), ..row.clone() }))
}

/// By EAN and SKU, as the connection's setting says.
pub(crate) async fn by_codes(world: &World, connection: &ConnectionRow, listing: Listing) -> Result<OfferRow> {
    let (ean, sku, condition) = (listing.ean.as_ref(), listing.sku.as_ref(), listing.condition.as_deref());
    let (matched, problem) = match lookup::by_codes(world, ean, sku, condition, connection.match_by).await? {
        Match::Item(sku) => (Some(sku), None),
        Match::Unclear(problem) => (None, Some(problem)),
    };
    Ok(OfferRow { connection: connection.id.clone(), listing, matched, by_hand: false, problem })
}

/// Puts an item's match in place, and has it told.
pub(crate) async fn put_match(world: &World, before: Option<OfferRow>, row: &OfferRow) -> Result<()> {
    let (connection, offer) = (&row.connection, &row.listing.offer);
    let mut wait = Duration::ZERO;
    let known = before.as_ref().and_then(ReferenceRow::of);
    let reference = ReferenceRow::of(row);
    if let Some(reference) = reference.filter(|reference| known.as_ref() != Some(reference)) {
        world.write_if(Write::Put { row: reference.to_row(), when: Condition::Always }).await?;
    }
    if let Some(old) = before.and_then(|b| b.matched).filter(|old| Some(old) != row.matched.as_ref()) {
        world.write_if(Write::Delete { key: ListingRow::key(&old, connection, offer), when: Condition::Always }).await?;
        wait = LONGEST_PUSH;
    }
    if let Some(sku) = &row.matched {
        put_listing(world, connection, sku.clone(), row.listing.clone(), wait).await?;
    }
    // Last: dying before, all of it is done again.
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    Ok(())
}

/// The net under all hints: a listing that was not told the present figure, whyever, is told at the next look at the listings.
async fn tell_if_untold(world: &World, lookup: &Lookup, connection: &ConnectionId, sku: Sku, offer: &OfferId) -> Result<()> {
    if is_told(world, lookup, connection, &sku, offer).await? {
        return Ok(());
    }
    let hinted = StockHint { sku, connection: Some(connection.clone()) };
    world.queue.send(QueueName::StockHints, vec![hint(&hinted, Duration::ZERO)]).await
}

async fn put_listing(world: &World, connection: &ConnectionId, sku: Sku, listing: Listing, wait: Duration) -> Result<()> {
    let fresh = ListingRow::fresh(sku.clone(), connection.clone(), listing);
    let listing_text = fresh.to_row().get_text("listing").unwrap_or_default().to_owned();
    // Keeps what it was told, if the row was there and only its description changed.
    let update = Write::Update {
        key: ListingRow::key(&sku, connection, &fresh.listing.offer),
        add: Vec::new(),
        set: vec![("listing".into(), ports::Value::Text(listing_text))],
        remove: Vec::new(),
        when: Condition::Always,
    };
    world.write_if(update).await?;
    let told = StockHint { sku, connection: Some(connection.clone()) };
    let mut hints = vec![hint(&told, Duration::ZERO)];
    if !wait.is_zero() {
        hints.push(hint(&told, wait));
    }
    world.queue.send(QueueName::StockHints, hints).await
}
