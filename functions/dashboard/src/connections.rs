//! What a connection may be told, what its items are, and what articles cost there.

use crate::asked::{self, id};
use crate::reply::Problem;
use domain::{ConnectionId, OfferId, Prices, Publishing, Sku};
use engine::{Lookup, PublicationPreview, World, match_by_hand, preview_publication, put_prices, set_publishing};
use lambda_kit::HttpCall;
use ports::ErrorKind;

/// Which article an item is.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchRequest {
    /// The article; null: what was said by hand is forgotten, and the next look at the listings goes by EAN and SKU.
    sku: Option<Sku>,
}

/// What was put in place.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct PutInPlace<T> {
    /// The connection.
    connection: ConnectionId,
    /// What holds now.
    now: T,
}

/// Every item with the figure that it shows and the figure that it would be told.
pub(crate) async fn preview(
    world: &World,
    lookup: &Lookup,
    connection: &str,
    call: &HttpCall,
) -> Result<PublicationPreview, Problem> {
    Ok(preview_publication(world, lookup, &id("connection", connection)?, &asked::page(call)?).await?)
}

/// Says which articles a connection is told about.
pub(crate) async fn publish(world: &World, connection: &str, call: &HttpCall) -> Result<PutInPlace<Publishing>, Problem> {
    let connection: ConnectionId = id("connection", connection)?;
    let now: Publishing = asked::body(call, "what a connection is told")?;
    // With many articles it is not all of them that are on their way when this answers: `settings_under_way` in the health of the connection
    // tells how far it is.
    set_publishing(world, &connection, now.clone()).await?;
    Ok(PutInPlace { connection, now })
}

/// Says which article an item is. `Nothing` in the answer: codes decide again.
pub(crate) async fn set_match(world: &World, parameters: [&str; 2], call: &HttpCall) -> Result<PutInPlace<Option<Sku>>, Problem> {
    let (connection, offer): (ConnectionId, OfferId) = (id("connection", parameters[0])?, id("offer", parameters[1])?);
    let MatchRequest { sku: now } = asked::body(call, "a match")?;
    match match_by_hand(world, &connection, &offer, now.as_ref()).await {
        Ok(()) => Ok(PutInPlace { connection, now }),
        Err(error) if error.kind == ErrorKind::BadInput => Err(Problem::from(error).in_field("sku")),
        Err(error) => Err(error.into()),
    }
}

/// Says what an article costs on a connection.
pub(crate) async fn price(world: &World, parameters: [&str; 2], call: &HttpCall) -> Result<PutInPlace<Prices>, Problem> {
    let (connection, sku): (ConnectionId, Sku) = (id("connection", parameters[0])?, id("sku", parameters[1])?);
    let now: Prices = asked::body(call, "prices")?;
    put_prices(world, &connection, &sku, &now).await?;
    Ok(PutInPlace { connection, now })
}
