//! What each route answers.

use crate::asked::{self, id};
use crate::command;
use crate::connections;
use crate::listings_file;
use crate::move_stock::{move_stock, name};
use crate::openapi;
use crate::page;
use crate::parked;
use crate::price_list::put_price_list;
use crate::reply::{Problem, json, tagged};
use crate::routes::Operation;
use crate::rules;
use crate::send_parcels::send_parcels;
use domain::{ConnectionId, LocationId, OrderNumber, Quantity, Sku};
use engine::views::{self, PageRequest, StockView};
use engine::{Correction, Lookup, World, correct_stock, put_bundle, transfer_stock};
use lambda_kit::{HttpAnswer, HttpCall};
use ports::ErrorKind;
use std::collections::BTreeSet;

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
    lookup: &Lookup,
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
        Operation::Transfer => json(call, &transfer(world, id("sku", parameter(0))?, call).await?),
        Operation::MoveStock => json(call, &move_stock(world, call).await?),
        Operation::PutBundle => json(call, &bundle(world, &id("sku", parameter(0))?, call).await?),
        Operation::Explain => json(call, &rules::explain(world, &id("sku", parameter(0))?, call).await?),
        Operation::Rules | Operation::RulesHere => json(call, &rules::read(world, parameters).await?),
        Operation::PutRule | Operation::PutRuleHere => json(call, &rules::put(world, parameters, call).await?),
        Operation::RemoveRule | Operation::RemoveRuleHere => json(call, &rules::remove(world, parameters).await?),
        Operation::Plan => json(call, &rules::plan(world, call).await?),
        Operation::RecentOrders => json(call, &views::recent_orders(world, asked::limit(call)?).await?),
        Operation::Order => {
            let (connection, number): (ConnectionId, OrderNumber) =
                (id("connection", parameter(0))?, id("number", parameter(1))?);
            json(call, &views::order(world, &connection, &number).await?)
        }
        Operation::HandleOrder => json(call, &command::handle(world, lookup, [parameter(0), parameter(1)], call).await?),
        Operation::SendParcels => json(call, &send_parcels(world, lookup, call).await?),
        Operation::Locations => json(call, &views::locations(world).await?),
        Operation::Listings => {
            let connection: ConnectionId = id("connection", parameter(0))?;
            let only_unclear = call.query.get("unclear").is_some_and(|v| v != "false");
            let request: PageRequest = asked::page(call)?;
            json(call, &views::listings(world, &connection, only_unclear, &request).await?)
        }
        Operation::Preview => json(call, &connections::preview(world, lookup, parameter(0), call).await?),
        Operation::ListingsFile => listings_file::report(world, parameter(0), call).await?,
        Operation::MatchAll => json(call, &listings_file::match_all(world, call).await?),
        Operation::Match => json(call, &connections::set_match(world, [parameter(0), parameter(1)], call).await?),
        Operation::Publish => connections::publish(world, parameter(0), call).await?,
        Operation::Price => json(call, &connections::price(world, [parameter(0), parameter(1)], call).await?),
        Operation::PriceList => json(call, &put_price_list(world, call).await?),
        Operation::PricesPage => json(call, &views::prices(world, &id("connection", parameter(0))?, &asked::page(call)?).await?),
        Operation::Drift => {
            let only_for_people = call.query.get("only_for_people").is_some_and(|v| v != "false");
            json(call, &views::drift(world, only_for_people, &asked::page(call)?).await?)
        }
        Operation::Parked => json(call, &views::parked(world, &asked::page(call)?).await?),
        Operation::Attention => json(call, &views::attention(world).await?),
        Operation::RetryParked => json(call, &parked::retry(world, lookup, parameter(0), call).await?),
        Operation::DismissParked => json(call, &parked::dismiss(world, parameter(0), call).await?),
        Operation::EraseParked => json(call, &parked::erase(world, parameter(0)).await?),
        Operation::Health => json(call, &views::health(world).await?),
    })
}

async fn correct(world: &World, sku: Sku, call: &HttpCall) -> Result<Corrected, Problem> {
    let wanted = asked::correction(call)?;
    known_location(world, &sku, "location", &wanted.location).await?;
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

async fn transfer(world: &World, sku: Sku, call: &HttpCall) -> Result<StockView, Problem> {
    let transfer = asked::transfer(call, sku)?;
    // An article that is not there is told before anything else.
    views::stock(world, &transfer.sku).await?;
    for (field, location) in [("from", &transfer.from), ("to", &transfer.to)] {
        known_location(world, &transfer.sku, field, location).await?;
    }
    match transfer_stock(world, &transfer).await {
        Ok(()) => Ok(views::stock(world, &transfer.sku).await?),
        Err(error) if error.kind == ErrorKind::Declined => Err(Problem::from(error).in_field("units")),
        Err(error) => Err(error.into()),
    }
}

async fn bundle(world: &World, sku: &Sku, call: &HttpCall) -> Result<StockView, Problem> {
    let components = asked::bundle(call)?;
    views::stock(world, sku).await?;
    match put_bundle(world, sku, &components).await {
        Ok(()) => Ok(views::stock(world, sku).await?),
        Err(error) if error.kind == ErrorKind::BadInput => Err(Problem::from(error).in_field("components")),
        Err(error) => Err(error.into()),
    }
}

/// Refuses a location with a slip of the pen: one that no connection names, and that holds nothing of the article.
async fn known_location(world: &World, sku: &Sku, field: &str, location: &LocationId) -> Result<(), Problem> {
    let known: BTreeSet<LocationId> = views::locations(world).await?.locations.into_iter().map(name).collect();
    if known.contains(location) || views::stock(world, sku).await?.locations.iter().any(|there| there.location == *location) {
        return Ok(());
    }
    Err(asked::unknown_location(field, location, &known))
}
