//! The pass over the channel's items.

use super::Run;
use super::cases::Now;
use super::second_look::{Held, second_look};
use crate::Ports;
use crate::listings::match_one;
use crate::messages::hint;
use crate::publish::stock::{Present, expected, is_in_place, is_left_alone};
use crate::rows::{DriftSubject, ListingRow, OfferRow, Phase};
use crate::unreadable::{LISTINGS, UnreadableItems};
use contracts::StockHint;
use domain::{ConnectionId, Counting, DriftCause, DriftFound, FigureLook, LastTold, Listing, Sku, fingerprint};
use futures::future::join_all;
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, QueueName, Result, Write};
use std::time::Duration;

/// Pages of one run at most: a list that never ends is a mistake of the channel.
const MOST_PAGES: usize = 20_000;
/// Products that are read at the same time.
const AT_ONCE: usize = 32;
/// Differences that are held back for a second look at once.
const MOST_HELD: usize = 500;

/// Reads pages until the list ends: true. False: the time is over, and the next part goes on.
pub(super) async fn read(run: &mut Run<'_>, mut page: Option<String>) -> Result<bool> {
    let mut held = Held::default();
    let (world, connection) = (run.world, run.connection.id.clone());
    let mut unreadable = UnreadableItems::of(world, &connection, LISTINGS).await?;
    for _ in 0..MOST_PAGES {
        if run.time_is_over() {
            return Ok(false);
        }
        let answer = match run.driver.listings()?.call(|listings, call| listings.list(call, page.as_deref())).await {
            Ok(answer) => answer,
            // The page's name has lost its meaning: the next run begins at the first.
            Err(error)
                if page.is_some() && matches!(error.kind, ErrorKind::BadInput | ErrorKind::Declined | ErrorKind::NotFound) =>
            {
                run.seen.clear();
                run.state.phase = Phase::Listings { page: None };
                run.state.counts = crate::rows::DriftCounts::default();
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        unreadable.page(&answer.unreadable, answer.listings.iter().map(|listing| &listing.offer)).await?;
        // After the answer: the figures may be as new as that.
        let looked_at = run.world.clock.now();
        for listings in answer.listings.chunks(AT_ONCE) {
            let (world, connection) = (run.world, &run.connection.id);
            let known = join_all(listings.iter().map(|listing| find(world, connection, listing))).await;
            for (listing, known) in listings.iter().zip(known) {
                judge(run, &mut held, listing, known?, looked_at).await?;
            }
        }
        page = answer.next;
        if page.is_none() || held.is_idle() || held.len() >= MOST_HELD {
            if !second_look(run, &mut held).await? {
                return Ok(false);
            }
            // Only now is the page done with: what is held back is in nobody's memory but ours.
            held.done(&mut run.state.counts);
            run.state.phase = Phase::Listings { page: page.clone() };
        }
        if page.is_none() {
            return Ok(true);
        }
    }
    Err(Error::new(ErrorKind::Protocol, "listings", format!("connection {}: the list of items does not end", run.connection.id)))
}

/// What we know of an item.
enum Known {
    /// It is a product that we publish.
    As(Sku, Box<Present>),
    /// It is none for sure, or its row is missing.
    Not(Option<Box<OfferRow>>),
}

/// By the merchant's code first, which mostly is the product's: that costs one read.
async fn find(world: &Ports, connection: &ConnectionId, listing: &Listing) -> Result<Known> {
    let is_it = |row: &ListingRow| row.connection == *connection && row.listing.offer == listing.offer;
    if let Some(sku) = &listing.sku {
        let present = Present::read(world, sku).await?;
        if present.listings.iter().chain(&present.twins).any(is_it) {
            return Ok(Known::As(sku.clone(), Box::new(present)));
        }
    }
    let offer: Option<OfferRow> = world.get(&OfferRow::key(connection, &listing.offer)).await?;
    if let Some(sku) = offer.as_ref().and_then(|offer| offer.matched.clone()) {
        let present = Present::read(world, &sku).await?;
        if present.listings.iter().chain(&present.twins).any(is_it) {
            return Ok(Known::As(sku, Box::new(present)));
        }
    }
    Ok(Known::Not(offer.map(Box::new)))
}

async fn judge(run: &mut Run<'_>, held: &mut Held, listing: &Listing, known: Known, looked_at: Timestamp) -> Result<()> {
    held.tally.compared += 1;
    let (sku, present) = match known {
        Known::As(sku, present) => (sku, present),
        Known::Not(offer) => {
            run.seen.note(&listing.offer, offer.as_ref().and_then(|offer| offer.matched.as_ref()));
            return unmatched(run, listing, offer.map(|offer| *offer)).await;
        }
    };
    run.seen.note(&listing.offer, Some(&sku));
    let mine = |row: &&ListingRow| row.connection == run.connection.id;
    let twin = present.twins.iter().filter(mine).find(|row| row.listing.offer == listing.offer);
    let told = present.listings.iter().filter(mine).find(|row| row.listing.offer == listing.offer);
    let Some(row) = told.or(twin) else { return Ok(()) };
    let told = &row.listing;
    if (&told.stock_reference, &told.sku, &told.ean) != (&listing.stock_reference, &listing.sku, &listing.ean) {
        let words = "the channel names the listing otherwise than when it was matched; it is matched anew";
        return match_anew(run, listing, Some(&sku), words).await;
    }
    if !run.products.has_product(run.world, &sku).await? {
        let words = format!(
            "the listing is matched to {sku}, which is not in the catalogue; put the product back, or match the listing to another"
        );
        return mapping(run, listing, Some(&sku), false, words).await.map(drop);
    }
    if twin.is_some() {
        // Its stock is compared once, at the item that is told.
        held.tally.matching += 1;
        return Ok(());
    }
    let others: Vec<&ListingRow> =
        present.listings.iter().filter(mine).filter(|row| row.listing.offer != listing.offer).collect();
    if !others.is_empty() && doubled(run, listing, &sku, &others).await? {
        return Ok(());
    }
    figure(run, held, listing, &sku, &present, row, looked_at).await
}

/// An item that nothing is published to.
async fn unmatched(run: &mut Run<'_>, listing: &Listing, offer: Option<OfferRow>) -> Result<()> {
    match offer {
        None => match_anew(run, listing, None, "the listing is new on the channel; it is matched now").await,
        Some(OfferRow { matched: Some(sku), .. }) => {
            let words = format!("the listing is {sku}, but what it was told is not known; it is matched anew");
            match_anew(run, listing, Some(&sku), &words).await
        }
        Some(OfferRow { problem, .. }) => {
            let words = match problem {
                Some(problem) => format!("which product the listing is is not clear: {}", said(&problem)),
                None => "no product has the listing's EAN or SKU; match it, or leave it: nothing is published to it".to_owned(),
            };
            mapping(run, listing, None, false, words).await.map(drop)
        }
    }
}

fn said(problem: &domain::MatchProblem) -> String {
    use domain::MatchProblem;
    match problem {
        MatchProblem::Unknown => "no product has its EAN or SKU; match it by hand, or add the product".to_owned(),
        MatchProblem::Ambiguous { skus } => {
            let skus: Vec<&str> = skus.iter().map(Sku::as_str).collect();
            format!("its EAN is that of {}; say which, or correct the EANs", skus.join(", "))
        }
        MatchProblem::Conflicting { by_ean, by_sku } => {
            format!("its EAN says {by_ean} and its SKU {by_sku}; correct the one that is wrong")
        }
        MatchProblem::OtherSku { by_ean, sku } => format!(
            "its EAN is that of {by_ean}, and no product has its SKU {sku}: a pack or a variant of its own? match it by hand, or add the \
             product"
        ),
        MatchProblem::SharedStock { with, .. } => {
            let with: Vec<&str> = with.iter().map(domain::OfferId::as_str).collect();
            format!(
                "it has one stock there with {}, and they are not one product: let each keep its own stock, or match all to one product",
                with.join(", ")
            )
        }
        MatchProblem::Condition { sku, condition } => {
            format!(
                "it is offered as {condition} with the codes of {sku}, which is new; give it a product of its own, or leave it"
            )
        }
    }
}

async fn mapping(run: &mut Run<'_>, listing: &Listing, sku: Option<&Sku>, repairable: bool, words: String) -> Result<bool> {
    found(run, listing, sku, DriftCause::Mapping, repairable, words).await
}

/// Notes a difference that is not about a figure. Answers whether it is to be repaired.
async fn found(
    run: &mut Run<'_>,
    listing: &Listing,
    sku: Option<&Sku>,
    class: DriftCause,
    repairable: bool,
    words: String,
) -> Result<bool> {
    let subject = DriftSubject::Listing { connection: run.connection.id.clone(), offer: listing.offer.clone() };
    let found = DriftFound { class, repairable, wanted: None, shown: None, words };
    let now = Now { run: run.state.run, at: run.world.clock.now() };
    run.cases.found(run.world, &mut run.state.counts, subject, sku, &found, now).await
}

/// Forgets the match and makes it again, as if the item were new.
pub(super) async fn match_anew(run: &mut Run<'_>, listing: &Listing, sku: Option<&Sku>, words: &str) -> Result<()> {
    if mapping(run, listing, sku, true, words.to_owned()).await? {
        let key = OfferRow::key(&run.connection.id, &listing.offer);
        if let Some(sku) = sku
            && run.world.get::<ListingRow>(&ListingRow::key(sku, &run.connection.id, &listing.offer)).await?.is_none()
        {
            // Otherwise it would be found to be matched already, and nothing be put in place.
            run.world.write_if(Write::Delete { key, when: Condition::Always }).await?;
        }
        match_one(run.world, run.lookup, &run.connection.id, listing.clone()).await?;
    }
    Ok(())
}

/// Whether another item of the connection is the same product. One that is another by now only left its row behind.
async fn doubled(run: &mut Run<'_>, listing: &Listing, sku: &Sku, others: &[&ListingRow]) -> Result<bool> {
    let mut same = Vec::new();
    for other in others {
        let offer = &other.listing.offer;
        let kept: Option<OfferRow> = run.world.get(&OfferRow::key(&run.connection.id, offer)).await?;
        if kept.is_some_and(|kept| kept.matched.as_ref() == Some(sku)) {
            same.push(offer.as_str());
            continue;
        }
        let words = format!("the listing is another product by now, and was still told the figure of {sku}; that is over");
        if found(run, &other.listing, Some(sku), DriftCause::DuplicateUpdate, true, words).await? {
            let key = ListingRow::key(sku, &run.connection.id, offer);
            run.world.write_if(Write::Delete { key, when: Condition::Always }).await?;
        }
    }
    if same.is_empty() {
        return Ok(false);
    }
    let words = format!(
        "{sku} is on sale here by {} as well, and both show the same units; end one of them, or make one a product of its own",
        same.join(", ")
    );
    found(run, listing, Some(sku), DriftCause::DuplicateUpdate, false, words).await?;
    Ok(true)
}

async fn figure(
    run: &mut Run<'_>,
    held: &mut Held,
    listing: &Listing,
    sku: &Sku,
    present: &Present,
    row: &ListingRow,
    looked_at: Timestamp,
) -> Result<()> {
    if is_left_alone(run.world, present, &run.connection, listing)
        || is_left_alone(run.world, present, &run.connection, &row.listing)
    {
        held.tally.skipped += 1;
        if (listing.counting == Counting::NotCounted) != (row.listing.counting == Counting::NotCounted) {
            // Counted no longer, or again: whoever is told figures looks for sure, and names it.
            let look = StockHint { sku: sku.clone(), connection: Some(run.connection.id.clone()) };
            run.world.queue.send(QueueName::StockHints, vec![hint(&look, Duration::ZERO)]).await?;
        }
        return Ok(());
    }
    let Some(expected) = expected(run.world, run.lookup, present, row).await? else {
        // What it shows is the shop's own business: nobody told it anything that it could differ from.
        held.tally.skipped += 1;
        let subject = DriftSubject::Listing { connection: run.connection.id.clone(), offer: listing.offer.clone() };
        return run.cases.right(run.world, &mut run.state.counts, &subject).await;
    };
    let mut look = FigureLook {
        wanted: expected.figure,
        told: LastTold::of(row.told, expected.told),
        live: listing.observed_quantity,
        looked_at,
        due_until: row.due_until(run.world.clock.now()),
        changed_at: row.told_at,
        settled_through: None,
        maximum: run.driver.connector().stock().and_then(|stock| stock.descriptor().most).map(domain::Quantity::clamped),
    };
    if look.live.is_none() && look.told.is_this() && in_sample(run, listing) && run.may_look() {
        let (offer, reference) = (&listing.offer, &listing.stock_reference);
        match run.driver.stock()?.call(|stock, call| stock.read(call, offer, reference)).await {
            Ok(shown) => look.live = shown.counted().map(|shown| shown.quantity),
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Protocol) => {
                // One item is no reason to compare no others. Whoever is told figures looks once more, and names it.
                held.tally.skipped += 1;
                let look = StockHint { sku: sku.clone(), connection: Some(run.connection.id.clone()) };
                return run.world.queue.send(QueueName::StockHints, vec![hint(&look, Duration::ZERO)]).await;
            }
            Err(error) => return Err(error),
        }
        look.looked_at = run.world.clock.now();
    }
    if !look.is_right() {
        held.hold(listing, sku, look);
        return Ok(());
    }
    held.tally.matching += 1;
    if !listing.places.is_empty() && !is_in_place(run.world, present, &run.connection, look.wanted, &listing.places) {
        // The total is right and its places are not: no difference in what is on sale, so it is only looked at.
        let look = StockHint { sku: sku.clone(), connection: Some(run.connection.id.clone()) };
        run.world.queue.send(QueueName::StockHints, vec![hint(&look, Duration::ZERO)]).await?;
    }
    if look.live.is_none() {
        held.tally.skipped += 1;
        return Ok(());
    }
    let subject = DriftSubject::Listing { connection: run.connection.id.clone(), offer: listing.offer.clone() };
    run.cases.right(run.world, &mut run.state.counts, &subject).await
}

/// Whether this run looks at an item whose figure the list does not tell: another part of them each time, all in turn.
fn in_sample(run: &Run<'_>, listing: &Listing) -> bool {
    if !run.driver.reads_back() || run.limits.sample == 0 {
        return false;
    }
    let parts = (run.state.listed_before / u64::from(run.limits.sample)).max(1);
    fingerprint(&[listing.offer.as_str()]) % parts == run.state.run % parts
}
