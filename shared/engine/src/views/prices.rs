//! What products cost on a connection, and what its channel was told.

use super::Unreadable;
use super::paging::{Page, page};
use super::{PageRequest, expect_connection};
use crate::Ports;
use crate::publish::stock::{NotPublished, not_published};
use crate::rows::PriceRow;
use domain::{ConnectionId, PriceInForce, Prices, Sku};
use jiff::Timestamp;
use ports::Result;

/// A page of prices.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct PricesPage {
    /// By SKU.
    pub prices: Vec<PriceView>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// What a product costs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct PriceView {
    /// The product.
    pub sku: Sku,
    /// What the merchant said.
    pub prices: Prices,
    /// What holds now.
    pub current: PriceInForce,
    /// Nobody tells the channel its price, and that is as it should be; none: it is told.
    pub not_published: Option<NotPublished>,
    /// What the channel acknowledged last; none: nothing, or its last answer is unknown.
    pub published: Option<PriceInForce>,
    /// When, UTC.
    #[schemars(with = "Option<String>")]
    pub published_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
}

/// A page of a connection's prices.
pub async fn prices(world: &Ports, connection: &ConnectionId, request: &PageRequest) -> Result<PricesPage> {
    let mut unreadable = Vec::new();
    let row = expect_connection(world, connection, &mut unreadable).await?;
    let now = world.clock.now();
    let pk = format!("CONNECTION#{connection}");
    let Page { rows, next, unreadable: more } = page(world, &pk, PriceRow::PREFIX, request, false, |_: &PriceRow| true).await?;
    unreadable.extend(more);
    let view = |price: PriceRow| PriceView {
        not_published: row.as_ref().and_then(|row| not_published(row, &price.sku)),
        current: price.prices.in_force(now),
        sku: price.sku,
        prices: price.prices,
        published: price.told,
        published_at: price.told_at,
        error: price.problem,
    };
    Ok(PricesPage { prices: rows.into_iter().map(view).collect(), next, unreadable })
}
