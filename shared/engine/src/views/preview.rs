//! What a connection would be told if the merchant let it: every matched item with the figure it shows and the figure it would show.

use super::paging::{Page, page};
use super::standing::Judge;
use super::{Connections, PageRequest, Unreadable, connections};
use crate::publish::stock::{Present, Seen, figure, may_start_tracking};
use crate::rows::{ConnectionRow, OfferRow};
use crate::{Cache, ConnectorClient, Ports};
use domain::{ConnectionId, Counting, Ean, MatchProblem, OfferId, Quantity, Sku};
use futures::future::join_all;
use ports::{Error, ErrorKind, Observed, Result};

/// Listings read from the channel side by side.
const AT_ONCE: usize = 8;

/// A page of what would be told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct PublicationPreview {
    /// In the order of their ids on the channel.
    pub listings: Vec<ListingPreview>,
    /// Of these, listings that are told nothing because the channel does not track their stock.
    pub not_tracked: usize,
    /// Of these, listings that the channel sells on when none is left, by the merchant's own will there.
    pub backorders: usize,
    /// Of these, listings that a person must match first.
    pub unmatched: usize,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// One listing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ListingPreview {
    /// The listing on the channel.
    pub offer: OfferId,
    /// Its name there.
    pub title: String,
    /// The EAN as entered on the channel.
    pub ean: Option<Ean>,
    /// The SKU as entered on the channel.
    pub channel_sku: Option<Sku>,
    /// The product; none: it would not be told, because of `match_problem`.
    pub sku: Option<Sku>,
    /// Why it is no product for sure.
    pub match_problem: Option<MatchProblem>,
    /// Units it shows now; none if the channel could not be asked, see `error`.
    pub observed_quantity: Option<Quantity>,
    /// Units it would be told to show; none: it would be told nothing, or it is not known, because a row cannot be read.
    pub target_quantity: Option<Quantity>,
    /// The channel does not track its stock: it is told nothing, unless a rule says `start_tracking` and the channel can be told.
    pub not_tracked: bool,
    /// The channel sells it on when none is left: it can sell there what other channels sold.
    pub backorders: bool,
    /// Whether it is told already.
    pub published: bool,
    /// Why the channel could not be asked.
    pub error: Option<String>,
}

/// A page of a connection's listings; asks the channel for the figure of each.
pub async fn preview_publication(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    request: &PageRequest,
) -> Result<PublicationPreview> {
    let row: Option<ConnectionRow> = world.get(&ConnectionRow::key(connection)).await?;
    let row = row.ok_or_else(|| {
        let message = format!("there is no connection {connection}");
        Error::new(ErrorKind::NotFound, "preview", message)
    })?;
    // Whoever may not read credentials sees what would be told all the same.
    let driver = ConnectorClient::open(world, lookup, connection).await;
    let pk = format!("CONNECTION#{connection}");
    let Page { rows: offers, next, mut unreadable } =
        page(world, &pk, OfferRow::PREFIX, request, false, |_: &OfferRow| true).await?;
    let all = connections(world).await?;
    let mut items = Vec::with_capacity(offers.len());
    for some in offers.chunks(AT_ONCE) {
        for item in join_all(some.iter().map(|offer| one(world, driver.as_ref(), (&row, &all), offer))).await {
            let (item, lost) = item?;
            items.push(item);
            unreadable.extend(lost);
        }
    }
    let count = |is: fn(&ListingPreview) -> bool| items.iter().filter(|item| is(item)).count();
    let (left_alone, backorders) = (count(|item| item.not_tracked), count(|item| item.backorders));
    Ok(PublicationPreview {
        not_tracked: left_alone,
        backorders,
        unmatched: count(|item| item.match_problem.is_some()),
        listings: items,
        next,
        unreadable,
    })
}

async fn one(
    world: &Ports,
    driver: std::result::Result<&ConnectorClient<'_>, &Error>,
    (row, all): (&ConnectionRow, &Connections),
    offer: &OfferRow,
) -> Result<(ListingPreview, Vec<Unreadable>)> {
    let (mut counting, mut odd) = (offer.listing.counting, false);
    let (shows, problem) = match (&offer.matched, driver) {
        (None, _) => (None, None),
        (Some(_), Err(error)) => (None, Some(error.message.clone())),
        (Some(_), Ok(driver)) if !driver.reads_back() => (None, None),
        (Some(_), Ok(driver)) => {
            let listing = &offer.listing;
            let read = driver.stock()?.call(|stock, call| stock.read(call, &listing.offer, &listing.stock_reference)).await;
            // One item that cannot be read must not hide the others.
            match read {
                Ok(Observed::Counted(shown)) => (Some(shown.quantity), None),
                Ok(Observed::NotCounted) => {
                    counting = Counting::NotCounted;
                    (None, None)
                }
                Err(error) => {
                    // The channel has a figure, and it is none that could be meant: that is not the same as none.
                    odd = error.kind == ErrorKind::Protocol;
                    (None, Some(error.message))
                }
            }
        }
    };
    let (mut would_show, mut left_alone, mut lost) = (None, false, Vec::new());
    if let Some(sku) = &offer.matched {
        let seen = Present::read_for_people(world, sku).await?;
        let present = &seen.present;
        let none = counting == Counting::NotCounted && !may_start_tracking(world, present, row);
        left_alone = none && !odd;
        would_show = if none { None } else { would_be_told(world, &seen, (row, all), &offer.listing.offer) };
        lost = Unreadable::of_product(&seen);
    }
    let item = ListingPreview {
        offer: offer.listing.offer.clone(),
        title: offer.listing.title.clone(),
        ean: offer.listing.ean.clone(),
        channel_sku: offer.listing.sku.clone(),
        published: offer.matched.as_ref().is_some_and(|sku| row.publishing.includes(sku)),
        sku: offer.matched.clone(),
        match_problem: offer.problem.clone(),
        observed_quantity: shows,
        target_quantity: would_show,
        not_tracked: left_alone,
        backorders: offer.listing.backorders,
        error: problem,
    };
    Ok((item, lost))
}

/// What it would be told: while the product is shared out its share, as for everybody who asks why. One that is matched and has no listing of
/// its own yet has no share. `None`: nobody knows.
fn would_be_told(world: &Ports, seen: &Seen, (row, all): (&ConnectionRow, &Connections), offer: &OfferId) -> Option<Quantity> {
    match seen.present.listings.iter().find(|listing| listing.connection == row.id && listing.listing.offer == *offer) {
        Some(listing) => Judge::of(world, seen, all).target(listing),
        None => seen.figures_are_known().then(|| figure(world, &seen.present, row)),
    }
}
