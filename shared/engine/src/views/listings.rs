//! Which item of a connection is which product, and where that is not clear.

use super::Unreadable;
use super::paging::{Page, page};
use super::{PageRequest, expect_connection};
use crate::Ports;
use crate::publish::stock::{NotPublished, not_published};
use crate::rows::OfferRow;
use domain::{ConnectionId, Listing, MatchProblem, Sku};
use ports::Result;

/// A page of listings.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ListingsPage {
    /// In the order of their ids on the channel.
    pub listings: Vec<ListingView>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// A listing on a channel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ListingView {
    /// As the channel tells it.
    pub listing: Listing,
    /// The product it is.
    pub matched: Option<Sku>,
    /// A person said so: its codes are not asked.
    pub manual: bool,
    /// It is matched, and all the same nobody tells it figures: as the merchant wants it. None: it is told, unless `listing` says that the channel
    /// does not track its stock; or it is no product; or the connection's row cannot be read.
    pub not_published: Option<NotPublished>,
    /// Why that is not clear. A listing without a product is never published to.
    pub match_problem: Option<MatchProblem>,
}

/// A page of a connection's listings; only those a person must match, if so wanted.
pub async fn listings(
    world: &Ports,
    connection: &ConnectionId,
    only_unclear: bool,
    request: &PageRequest,
) -> Result<ListingsPage> {
    let mut unreadable = Vec::new();
    let known = expect_connection(world, connection, &mut unreadable).await?;
    let pk = format!("CONNECTION#{connection}");
    let wanted = |row: &OfferRow| !only_unclear || row.matched.is_none();
    let Page { rows, next, unreadable: more } = page(world, &pk, OfferRow::PREFIX, request, false, wanted).await?;
    unreadable.extend(more);
    let view = |row: OfferRow| ListingView {
        not_published: known.as_ref().zip(row.matched.as_ref()).and_then(|(known, sku)| not_published(known, sku)),
        listing: row.listing,
        matched: row.matched,
        manual: row.by_hand,
        match_problem: row.problem,
    };
    Ok(ListingsPage { listings: rows.into_iter().map(view).collect(), next, unreadable })
}
