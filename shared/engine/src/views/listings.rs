//! Which item of a connection is which article, and where that is not clear.

use super::Unreadable;
use super::paging::{Page, page};
use super::{PageRequest, expect_connection};
use crate::World;
use crate::publish_stock::{NotTold, not_published};
use crate::rows::OfferRow;
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
    /// It is matched, and all the same nobody tells it figures: as the merchant wants it. None: it is told, unless `listing` says that the channel
    /// does not track its stock; or it is no article; or the connection's row cannot be read.
    pub not_told: Option<NotTold>,
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
    let mut unreadable = Vec::new();
    let known = expect_connection(world, connection, &mut unreadable).await?;
    let pk = format!("CONNECTION#{connection}");
    let wanted = |row: &OfferRow| !only_unclear || row.matched.is_none();
    let Page { rows, next, unreadable: more } = page(world, &pk, OfferRow::PREFIX, request, false, wanted).await?;
    unreadable.extend(more);
    let view = |row: OfferRow| OfferView {
        not_told: known.as_ref().zip(row.matched.as_ref()).and_then(|(known, sku)| not_published(known, sku)),
        listing: row.listing,
        matched: row.matched,
        by_hand: row.by_hand,
        unclear: row.problem,
    };
    Ok(ListingsPage { listings: rows.into_iter().map(view).collect(), next, unreadable })
}
