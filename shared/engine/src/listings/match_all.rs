//! Finds out which item on a channel is which product.

use super::shared_stock::{decide, is_known, put_in_place};
use crate::messages::hint;
use crate::orders::unmatched::match_again;
use crate::publish::stock::is_told;
use crate::rows::{ConnectionRow, DriftRow, DriftSubject, ListingRow, MatchingRow, OfferRow, ProductRow, TypedRow};
use crate::unreadable::{LISTINGS, UnreadableItems};
use crate::{Cache, ConnectorClient, Ports, cache};
use contracts::StockHint;
use domain::{ConnectionId, Listing, Match, OfferId, Sku};
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, QueueName, Refused, Result, Write};
use std::time::Duration;

/// Pages of one list at most: one that never ends is a mistake of the channel.
const MOST_PAGES: i64 = 50_000;
/// A push of the product that a listing was before has ended by then: it is looked at once more.
const LONGEST_PUSH: Duration = Duration::from_mins(1);

/// Tries to match an item that somebody else matches as well.
pub(crate) const MOST_TRIES: u32 = 8;

/// What a run found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchReport {
    /// Items that are one product for sure.
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
pub async fn match_listings(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<MatchReport> {
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    let mut report = MatchReport::default();
    let kept: Option<MatchingRow> = world.get(&MatchingRow::key(connection)).await?;
    let from_the_first =
        |ended_at| MatchingRow { ended_at, began_at: Some(world.clock.now()), ..MatchingRow::fresh(connection.clone()) };
    let mut at = kept.unwrap_or_else(|| MatchingRow::fresh(connection.clone()));
    if at.page.is_none() {
        at = from_the_first(at.ended_at);
    }
    let mut is_second = false;
    let mut unreadable = UnreadableItems::of(world, connection, LISTINGS).await?;
    loop {
        let page = at.page.as_deref();
        let answer = match driver.listings()?.call(|listings, call| listings.list(call, page)).await {
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
        unreadable.page(&answer.unreadable, answer.listings.iter().map(|listing| &listing.offer)).await?;
        at.looked_at += i64::try_from(answer.listings.len()).unwrap_or(0);
        at.pages += 1;
        for listing in answer.listings {
            keep(world, lookup, connection, listing, &mut report).await?;
        }
        at.page = answer.next;
        if at.page.is_none() {
            let is_open = decide(world, connection, at.began_at.unwrap_or(Timestamp::MIN)).await?;
            if is_open && !is_second {
                // Of a stock that items came to meanwhile only a look through all of them tells who has it.
                (at, is_second) = (from_the_first(at.ended_at), true);
                report = MatchReport { new: report.new, ..MatchReport::default() };
                continue;
            }
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
pub async fn go_on_matching(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<Option<MatchReport>> {
    let kept: Option<MatchingRow> = world.get(&MatchingRow::key(connection)).await?;
    if kept.is_none_or(|row| row.page.is_none()) {
        return Ok(None);
    }
    match_listings(world, lookup, connection).await.map(Some)
}

/// Two runs at once look at some items twice, which does no harm: whoever saves last says where the next goes on.
async fn save(world: &Ports, at: &MatchingRow) -> Result<()> {
    world.write_if(Write::Put { row: at.to_row(), when: Condition::Always }).await.map(drop)
}

/// Matches one item.
pub(crate) async fn match_one(world: &Ports, lookup: &Cache, connection: &ConnectionId, listing: Listing) -> Result<()> {
    keep(world, lookup, connection, listing, &mut MatchReport::default()).await
}

async fn keep(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    listing: Listing,
    report: &mut MatchReport,
) -> Result<()> {
    // What it shows is old at once, and must not make every look find another listing.
    let listing = Listing { observed_quantity: None, places: Vec::new(), ..listing };
    for _ in 1..MOST_TRIES {
        match try_to_keep(world, lookup, connection, listing.clone(), report).await {
            // Somebody else matched it, or an item of the same stock, meanwhile.
            Err(error) if error.kind == ErrorKind::Conflict => {}
            kept => return kept,
        }
    }
    try_to_keep(world, lookup, connection, listing, report).await
}

async fn try_to_keep(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    listing: Listing,
    report: &mut MatchReport,
) -> Result<()> {
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
                tell_if_untold(world, lookup, connection, &sku, &row.listing.offer).await?;
            }
        }
    }
    Ok(())
}

/// As a person said, as long as there is such a product.
async fn by_hand(world: &Ports, before: Option<&OfferRow>, listing: &Listing) -> Result<Option<OfferRow>> {
    let Some(row) = before.filter(|row| row.by_hand) else { return Ok(None) };
    let Some(sku) = row.by_itself() else { return Ok(None) };
    let there = world.get::<ProductRow>(&ProductRow::key(sku)).await?.is_some();
    Ok(there.then(|| OfferRow { listing: listing.clone(), matched: Some(sku.clone()), problem: None, ..row.clone() }))
}

/// By EAN and SKU, as the connection's setting says.
pub(crate) async fn by_codes(world: &Ports, connection: &ConnectionRow, listing: Listing) -> Result<OfferRow> {
    let (ean, sku, condition) = (listing.ean.as_ref(), listing.sku.as_ref(), listing.condition.as_deref());
    let (matched, problem) = match cache::by_codes(world, ean, sku, condition, connection.match_by).await? {
        Match::Item(sku) => (Some(sku), None),
        Match::Unclear(problem) => (None, Some(problem)),
    };
    Ok(OfferRow { connection: connection.id.clone(), listing, matched, by_hand: false, problem, version: 0 })
}

/// Puts an item's match in place, and has it told. By `one_stock` alone. The item and what its product is told of it change together, from what
/// they were known to be: of two who match it at once, one is told to look again (`None`).
pub(crate) async fn put_match(world: &Ports, before: Option<&OfferRow>, row: &OfferRow) -> Result<Option<OfferRow>> {
    let (connection, offer) = (&row.connection, &row.listing.offer);
    let row = OfferRow { version: before.map_or(0, |before| before.version) + 1, ..row.clone() };
    let mut writes = vec![Write::Put { row: row.to_row(), when: OfferRow::unchanged(before) }];
    // The hints of what is given up first, and later than any push to it can be on its way: dying in between costs hints, not what it held.
    let mut hints = Vec::new();
    if let Some(old) = before.and_then(|before| before.matched.as_ref()).filter(|old| Some(*old) != row.matched.as_ref()) {
        writes.push(Write::Delete { key: ListingRow::key(old, connection, offer), when: Condition::Always });
        hints.push(hint(&StockHint { sku: old.clone(), connection: None }, LONGEST_PUSH));
        hints.extend(row.matched.iter().map(|sku| hint(&of_connection(sku, connection), LONGEST_PUSH)));
    }
    writes.extend(row.matched.iter().map(|sku| listed(connection, sku, &row.listing)));
    if !hints.is_empty() {
        world.queue.send(QueueName::StockHints, hints).await?;
    }
    match world.table.transact(writes).await {
        Ok(()) => {}
        Err(Refused::Reasons(reasons)) => return crate::rows::lost(&reasons).map(|()| None),
        Err(Refused::Error(error)) => return Err(error),
    }
    if before.is_some_and(|before| before.matched.is_none()) && row.matched.is_some() {
        // What was said of it while nobody knew which product it is; what else is wrong with it, reconciliation finds again.
        let subject = DriftSubject::Listing { connection: connection.clone(), offer: offer.clone() };
        world.write_if(Write::Delete { key: DriftRow::key(&subject), when: Condition::Always }).await?;
    }
    // Whoever dies before this finds the listing untold at the next look.
    tell(world, connection, row.matched.as_ref()).await?;
    Ok(Some(row))
}

/// Has a connection told of the product that one of its items is.
pub(crate) async fn tell(world: &Ports, connection: &ConnectionId, sku: Option<&Sku>) -> Result<()> {
    let Some(sku) = sku else { return Ok(()) };
    world.queue.send(QueueName::StockHints, vec![hint(&of_connection(sku, connection), Duration::ZERO)]).await
}

fn of_connection(sku: &Sku, connection: &ConnectionId) -> StockHint {
    StockHint { sku: sku.clone(), connection: Some(connection.clone()) }
}

/// A product's listing as it is described; what it was told is kept, if the row was there.
fn listed(connection: &ConnectionId, sku: &Sku, listing: &Listing) -> Write {
    let fresh = ListingRow::fresh(sku.clone(), connection.clone(), listing.clone());
    let listing_text = fresh.to_row().get_text("listing").unwrap_or_default().to_owned();
    Write::Update {
        key: ListingRow::key(sku, connection, &fresh.listing.offer),
        add: Vec::new(),
        set: vec![("listing".into(), ports::Value::Text(listing_text))],
        remove: Vec::new(),
        when: Condition::Always,
    }
}

/// The net under all hints: a listing that was not told the present figure, whyever, is told at the next look at the listings.
async fn tell_if_untold(world: &Ports, lookup: &Cache, connection: &ConnectionId, sku: &Sku, offer: &OfferId) -> Result<()> {
    if is_told(world, lookup, connection, sku, offer).await? {
        return Ok(());
    }
    tell(world, connection, Some(sku)).await
}
