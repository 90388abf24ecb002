//! Finds out which item on a channel is which article.

use crate::announce::hint;
use crate::one_stock::{decide, is_known, put_in_place};
use crate::planted;
use crate::publish_stock::is_told;
use crate::rows::{ArticleRow, ConnectionRow, Kept, ListingRow, MatchingRow, OfferRow};
use crate::unmatched::match_again;
use crate::unread::{LISTINGS, UnreadItems};
use crate::{Driver, Lookup, World, lookup};
use contracts::StockHint;
use domain::{ConnectionId, Listing, Match, OfferId, Sku};
use ports::{Condition, Error, ErrorKind, QueueName, Result, Write};
use std::time::Duration;

/// Pages of one list at most: one that never ends is a mistake of the channel.
const MOST_PAGES: i64 = 50_000;
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
    /// Whether the list was read to its end: otherwise the next run goes on from there.
    pub complete: bool,
}

/// Reads the items of a connection and matches them by EAN, then SKU. What is not clear is never published. It is noted after each page how
/// far it is: a run that is stopped, by its time or by anything else, is taken up there by the next, and after the last page the first comes.
pub async fn match_listings(world: &World, lookup: &Lookup, connection: &ConnectionId) -> Result<MatchReport> {
    let driver = Driver::open(world, lookup, connection).await?;
    let mut report = MatchReport::default();
    let kept: Option<MatchingRow> = world.get(&MatchingRow::key(connection)).await?;
    let mut at = kept.unwrap_or_else(|| MatchingRow::fresh(connection.clone()));
    if at.page.is_none() {
        at = MatchingRow { ended_at: at.ended_at, began_at: Some(world.clock.now()), ..MatchingRow::fresh(connection.clone()) };
    }
    let mut unread = UnreadItems::of(world, connection, LISTINGS).await?;
    loop {
        let page = at.page.as_deref();
        let answer = match driver.call(|channel, call| channel.listings(call, page)).await {
            Ok(answer) => answer,
            // The page's name has lost its meaning: the list is begun anew next time.
            Err(error)
                if page.is_some() && matches!(error.kind, ErrorKind::BadInput | ErrorKind::Declined | ErrorKind::NotFound) =>
            {
                save(world, &MatchingRow { page: None, ..at }).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        unread.page(&answer.unread, answer.listings.iter().map(|listing| &listing.offer)).await?;
        at.looked_at += i64::try_from(answer.listings.len()).unwrap_or(0);
        at.pages += 1;
        for listing in answer.listings {
            keep(world, lookup, connection, listing, &mut report).await?;
        }
        at.page = answer.next;
        if at.page.is_none() {
            decide(world, connection).await?;
            match_again(world, lookup, connection).await?;
            at.ended_at = Some(world.clock.now());
            save(world, &at).await?;
            report.complete = true;
            return Ok(report);
        }
        if at.pages >= MOST_PAGES {
            save(world, &MatchingRow { page: None, ..at }).await?;
            let message = format!("connection {connection}: the list of items does not end");
            return Err(Error::new(ErrorKind::Protocol, "listings", message));
        }
        save(world, &at).await?;
    }
}

/// As `match_listings`, if a list is under way.
pub async fn go_on_matching(world: &World, lookup: &Lookup, connection: &ConnectionId) -> Result<Option<MatchReport>> {
    let kept: Option<MatchingRow> = world.get(&MatchingRow::key(connection)).await?;
    if kept.is_none_or(|row| row.page.is_none()) {
        return Ok(None);
    }
    match_listings(world, lookup, connection).await.map(Some)
}

/// Two runs at once look at some items twice, which does no harm: whoever saves last says where the next goes on.
async fn save(world: &World, at: &MatchingRow) -> Result<()> {
    world.write_if(Write::Put { row: at.to_row(), when: Condition::Always }).await.map(drop)
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
    let listing = planted::listed(Listing { shown: None, places: Vec::new(), ..listing });
    let before: Option<OfferRow> = world.get(&OfferRow::key(connection, &listing.offer)).await?;
    let row = match by_hand(world, before.as_ref(), &listing).await? {
        Some(row) => row,
        None => by_codes(world, lookup.connection(world, connection).await?.as_ref(), listing).await?,
    };
    let as_before = before.as_ref().is_some_and(|before| {
        (before.by_itself(), before.by_hand, &before.listing) == (row.by_itself(), row.by_hand, &row.listing)
            && (row.by_itself().is_some() || before.problem == row.problem)
    });
    let (row, is_news) = match before {
        Some(before) if as_before && is_known(world, &row).await? => (before, false),
        before => (put_in_place(world, before, row).await?, true),
    };
    match row.matched {
        None => report.unclear += 1,
        Some(sku) => {
            report.matched += 1;
            report.new += usize::from(is_news);
            if !is_news {
                tell_if_untold(world, lookup, connection, sku, &row.listing.offer).await?;
            }
        }
    }
    Ok(())
}

/// As a person said, as long as there is such an article.
async fn by_hand(world: &World, before: Option<&OfferRow>, listing: &Listing) -> Result<Option<OfferRow>> {
    let Some(row) = before.filter(|row| row.by_hand) else { return Ok(None) };
    let Some(sku) = row.by_itself() else { return Ok(None) };
    let there = world.get::<ArticleRow>(&ArticleRow::key(sku)).await?.is_some();
    Ok(there.then(|| OfferRow { listing: listing.clone(), matched: Some(sku.clone()), problem: None, ..row.clone() }))
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

/// Puts an item's match in place, and has it told. By `one_stock` alone.
pub(crate) async fn put_match(world: &World, before: Option<OfferRow>, row: &OfferRow) -> Result<()> {
    let (connection, offer) = (&row.connection, &row.listing.offer);
    let mut wait = Duration::ZERO;
    if let Some(old) = before.and_then(|b| b.matched).filter(|old| Some(old) != row.matched.as_ref()) {
        world.write_if(Write::Delete { key: ListingRow::key(&old, connection, offer), when: Condition::Always }).await?;
        wait = LONGEST_PUSH;
        // What it held is free for others, once no push to it can be on its way.
        let others = StockHint { sku: old, connection: None };
        world.queue.send(QueueName::StockHints, vec![hint(&others, LONGEST_PUSH)]).await?;
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
