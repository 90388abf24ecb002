//! Units that go from one location to another.

use super::adjustments::known_location;
use crate::text::{id, words, wrong};
use crate::web::needs::AdjustStock;
use crate::web::{Answer, Body, By, Call, Context, IdempotencyKey, Problem, about_key, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use domain::{LocationId, Quantity, Sku};
use engine::views::{self, StockView};
use engine::{Transfer, transfer_stock_once};
use ports::ErrorKind;

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new().api_route(
        "/api/v1/stock/transfers",
        post_with(
            transfer,
            doc(
                "Stock",
                "createStockTransfer",
                "Bring units from one location to another",
                "Brings available units of a product from one location to another, in one movement; answers the product",
            ),
        ),
    )
}

/// Units to be brought from one location to another.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StockTransferRequest {
    /// The product.
    sku: Sku,
    /// Where they are.
    from: String,
    /// Where they go.
    to: String,
    /// How many, at least one; they must be available.
    units: i64,
    /// Why, for whoever reads the ledger: 1 to 200 characters.
    reason: String,
    #[serde(default)]
    by: By,
}

pub(crate) async fn transfer(
    call: Call<AdjustStock>,
    IdempotencyKey(key): IdempotencyKey,
    Body(asked): Body<StockTransferRequest>,
) -> Result<Answer<StockView>, Problem> {
    let world = &call.world;
    let (from, to): (LocationId, LocationId) = (id("from", &asked.from)?, id("to", &asked.to)?);
    if from == to {
        return Err(Problem::new(400, "to: expected another location than `from`").in_field("to"));
    }
    let units = Quantity::new(asked.units).map_err(|invalid| wrong("units", &invalid))?;
    if units.is_zero() {
        return Err(Problem::new(400, "units: got 0, expected at least 1").in_field("units").with("minimum", 1));
    }
    let (by, reason) = (asked.by.of(&call.caller)?, words("reason", &asked.reason)?);
    let transfer = Transfer { sku: asked.sku, from, to, units, reason, by };
    // A product that is not there is told before anything else.
    views::stock(world, &transfer.sku).await?;
    for (field, location) in [("from", &transfer.from), ("to", &transfer.to)] {
        known_location(world, &transfer.sku, field, location).await?;
    }
    match transfer_stock_once(world, &transfer, &key).await {
        Ok(()) => Ok(Answer(views::stock(world, &transfer.sku).await?)),
        Err(error) if error.kind == ErrorKind::Declined && error.operation != "id" => Err(Problem::from(error).in_field("units")),
        Err(error) => Err(about_key(error)),
    }
}
