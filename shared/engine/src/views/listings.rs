//! Which item of a connection is which article, and where that is not clear.

use super::Unreadable;
use super::paging::{Page, page};
use super::{PageRequest, not_found};
use crate::World;
use crate::rows::{ConnectionRow, OfferRow};
use domain::{ConnectionId, Listing, MatchProblem, Sku};
use ports::Result;

/// A page of items.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ListingsPage {
    /// In the order of their ids on the channel.
    pub listings: Vec<OfferView>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// An item on a channel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct OfferView {
    /// As the channel tells it.
    pub listing: Listing,
    /// The article it is.
    pub matched: Option<Sku>,
    /// A person said so: its codes are not asked.
    pub by_hand: bool,
    /// Why that is not clear. An item without an article is never published to.
    pub unclear: Option<MatchProblem>,
}

/// A page of a connection's items; only those a person must match, if so wanted.
pub async fn listings(
    world: &World,
    connection: &ConnectionId,
    only_unclear: bool,
    request: &PageRequest,
) -> Result<ListingsPage> {
    if world.get::<ConnectionRow>(&ConnectionRow::key(connection)).await?.is_none() {
        return Err(not_found(format!("there is no connection {connection}")));
    }
    let pk = format!("CONNECTION#{connection}");
    let wanted = |row: &OfferRow| !only_unclear || row.matched.is_none();
    let Page { rows, next, unreadable } = page(world, &pk, OfferRow::PREFIX, request, false, wanted).await?;
    let view =
        |row: OfferRow| OfferView { listing: row.listing, matched: row.matched, by_hand: row.by_hand, unclear: row.problem };
    Ok(ListingsPage { listings: rows.into_iter().map(view).collect(), next, unreadable })
}
