//! What each route answers.

use crate::asked::{self, id};
use crate::openapi;
use crate::page;
use crate::reply::{Problem, json, tagged};
use crate::routes::Operation;
use domain::{ConnectionId, LocationId, OrderNumber, Quantity, Sku};
use engine::views::{self, PageRequest};
use engine::{Correction, World, correct_stock};
use lambda_kit::{HttpAnswer, HttpCall};

/// The figure after a correction.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Corrected {
    /// The article.
    sku: Sku,
    /// The location.
    location: LocationId,
    /// Units that can still be promised.
    available: Quantity,
    /// Units promised and not yet shipped.
    reserved: Quantity,
    /// Counts the commits that touched the figure.
    version: u64,
}

/// Carries out an operation; `parameters` are those of its route, in their order.
pub(crate) async fn answer(
    world: &World,
    operation: Operation,
    parameters: &[String],
    call: &HttpCall,
) -> Result<HttpAnswer, Problem> {
    let parameter = |position: usize| parameters.get(position).map(String::as_str).unwrap_or_default();
    Ok(match operation {
        Operation::Page => page::answer(call),
        Operation::OpenApi => tagged(call, "application/json", openapi::text().into()),
        Operation::StockPage => {
            let text = call.query.get("q").map(String::as_str).unwrap_or_default();
            json(call, &views::stock_page(world, text, &asked::page(call)?).await?)
        }
        Operation::Stock => json(call, &views::stock(world, &id("sku", parameter(0))?).await?),
        Operation::Movements => {
            let sku: Sku = id("sku", parameter(0))?;
            json(call, &views::movements(world, &sku, &asked::page(call)?).await?)
        }
        Operation::Correct => json(call, &correct(world, id("sku", parameter(0))?, call).await?),
        Operation::RecentOrders => json(call, &views::recent_orders(world, asked::limit(call)?).await?),
        Operation::Order => {
            let (connection, number): (ConnectionId, OrderNumber) =
                (id("connection", parameter(0))?, id("number", parameter(1))?);
            json(call, &views::order(world, &connection, &number).await?)
        }
        Operation::Listings => {
            let connection: ConnectionId = id("connection", parameter(0))?;
            let only_unclear = call.query.get("unclear").is_some_and(|v| v != "false");
            let request: PageRequest = asked::page(call)?;
            json(call, &views::listings(world, &connection, only_unclear, &request).await?)
        }
        Operation::Parked => json(call, &views::parked(world, &asked::page(call)?).await?),
        Operation::Health => json(call, &views::health(world).await?),
    })
}

async fn correct(world: &World, sku: Sku, call: &HttpCall) -> Result<Corrected, Problem> {
    let wanted = asked::correction(call)?;
    let correction = Correction { sku, location: wanted.location, change: wanted.change, reason: wanted.reason, by: wanted.by };
    let level = correct_stock(world, &correction).await?;
    Ok(Corrected {
        sku: correction.sku,
        location: correction.location,
        available: level.available,
        reserved: level.reserved,
        version: level.version,
    })
}
