//! What articles cost on a connection, and what its channel was told.

use super::Unreadable;
use super::paging::{Page, page};
use super::{PageRequest, not_found};
use crate::World;
use crate::rows::{ConnectionRow, PriceRow};
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

/// What an article costs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct PriceView {
    /// The article.
    pub sku: Sku,
    /// What the merchant said.
    pub prices: Prices,
    /// What holds now.
    pub in_force: PriceInForce,
    /// What the channel acknowledged last; none: nothing, or its last answer is unknown.
    pub told: Option<PriceInForce>,
    /// When, UTC.
    #[schemars(with = "Option<String>")]
    pub told_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub problem: Option<String>,
}

/// A page of a connection's prices.
pub async fn prices(world: &World, connection: &ConnectionId, request: &PageRequest) -> Result<PricesPage> {
    if world.get::<ConnectionRow>(&ConnectionRow::key(connection)).await?.is_none() {
        return Err(not_found(format!("there is no connection {connection}")));
    }
    let now = world.clock.now();
    let pk = format!("CONNECTION#{connection}");
    let Page { rows, next, unreadable } = page(world, &pk, PriceRow::PREFIX, request, false, |_: &PriceRow| true).await?;
    let view = |row: PriceRow| PriceView {
        in_force: row.prices.in_force(now),
        sku: row.sku,
        prices: row.prices,
        told: row.told,
        told_at: row.told_at,
        problem: row.problem,
    };
    Ok(PricesPage { prices: rows.into_iter().map(view).collect(), next, unreadable })
}
