//! Figures that people change by hand.

use crate::text::{id, known_locations, unknown_location, words, wrong};
use crate::web::needs::AdjustStock;
use crate::web::{Answer, Body, By, Call, Context, IdempotencyKey, Problem, about_key, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{LocationId, Quantity, Sku, StockLevel};
use engine::rows::{MarkOf, StockRow};
use engine::{Correction, Ports, StockChange, correct_stock_once, views};

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/stock/adjustments",
        post_with(
            adjust,
            doc(
                "Stock",
                "createStockAdjustment",
                "Change a figure by hand",
                "Changes a figure by hand, and tells the channels; the ledger keeps who asked, and a different `by` is refused",
            ),
        ),
    )
}

/// A change of a figure by hand.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StockAdjustmentRequest {
    /// The product.
    sku: Sku,
    /// The location whose figure changes.
    location: String,
    /// The units that shall be available. Give one of this, `add` and `count`.
    #[serde(default)]
    set: Option<i64>,
    /// Units to add to what is available; negative takes away.
    #[serde(default)]
    add: Option<i64>,
    /// The units counted on the shelf, those that are promised to orders among them: what is available follows.
    #[serde(default)]
    count: Option<i64>,
    /// Why, for whoever reads the ledger: 1 to 200 characters.
    reason: String,
    #[serde(default)]
    by: By,
}

/// The figure after an adjustment; of one that was made before, as it is now.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct StockAdjustment {
    /// The product.
    sku: Sku,
    /// The location.
    location: LocationId,
    /// Units that can still be promised.
    available: Quantity,
    /// Units promised and not yet shipped.
    reserved: Quantity,
    /// Units on the shelf: both together.
    on_hand: Quantity,
    /// Counts the commits that touched the figure.
    version: u64,
    /// Whether it was made before, under the same key: nothing more was done.
    replayed: bool,
}

pub(crate) async fn adjust(
    call: Call<AdjustStock>,
    IdempotencyKey(key): IdempotencyKey,
    Body(asked): Body<StockAdjustmentRequest>,
) -> Result<Answer<StockAdjustment>, Problem> {
    let world = &call.world;
    let change = change(&asked)?;
    let location = id("location", &asked.location)?;
    let (reason, by) = (words("reason", &asked.reason)?, asked.by.of(&call.caller)?);
    known_location(world, &asked.sku, "location", &location).await?;
    let correction = Correction { sku: asked.sku, location, change, reason, by };
    let after = correct_stock_once(world, &correction, &key, MarkOf::Requests).await.map_err(about_key)?;
    let replayed = after.is_none();
    let level = match after {
        Some(level) => level,
        None => level_now(world, &correction.sku, &correction.location).await?,
    };
    Ok(Answer(StockAdjustment {
        sku: correction.sku,
        location: correction.location,
        available: level.available,
        reserved: level.reserved,
        on_hand: level.on_hand(),
        version: level.version,
        replayed,
    }))
}

fn change(asked: &StockAdjustmentRequest) -> Result<StockChange, Problem> {
    let most = Quantity::MAX;
    match (asked.set, asked.add, asked.count) {
        (Some(units), None, None) => Quantity::new(units).map(StockChange::Set).map_err(|invalid| wrong("set", &invalid)),
        (None, None, Some(units)) => Quantity::new(units).map(StockChange::Count).map_err(|invalid| wrong("count", &invalid)),
        (None, Some(units), None) if units.unsigned_abs() <= most.units().unsigned_abs() => Ok(StockChange::Add(units)),
        (None, Some(units), None) => {
            let detail = format!("add: got {units}, expected a whole number from -{most} to {most}");
            Err(Problem::new(400, detail).in_field("add").with("maximum", most.units()))
        }
        _ => Err(Problem::new(400, "give one of `set`, `add` and `count`").in_field("set")),
    }
}

async fn level_now(world: &Ports, sku: &Sku, location: &LocationId) -> Result<StockLevel, Problem> {
    Ok(StockRow::read(world, sku, location).await?.map(|row| row.level).unwrap_or_default())
}

/// Refuses a location with a slip of the pen: one that no connection names, and that holds nothing of the product.
pub(super) async fn known_location(world: &Ports, sku: &Sku, field: &str, location: &LocationId) -> Result<(), Problem> {
    let known = known_locations(world).await?;
    if known.contains(location) || views::stock(world, sku).await?.locations.iter().any(|there| there.location == *location) {
        return Ok(());
    }
    Err(unknown_location(field, location, &known))
}
