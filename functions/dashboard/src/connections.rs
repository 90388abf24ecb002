//! What a connection may be told, what its items are, and what articles cost there.

use crate::asked::{self, id};
use crate::reply::{Problem, json};
use domain::{ConnectionId, OfferId, Prices, Publishing, Sku};
use engine::views::{self, RolloutHealth};
use engine::{Lookup, PublicationPreview, World, match_by_hand, preview_publication, put_prices, set_publishing};
use lambda_kit::{HttpAnswer, HttpCall};
use ports::ErrorKind;
use std::collections::BTreeSet;

/// Which article an item is.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchRequest {
    /// The article; null: what was said by hand is forgotten, and the next look at the listings goes by EAN and SKU.
    sku: Option<Sku>,
}

/// What a connection is to be told.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishRequest {
    /// Every article that is matched, some only, or none.
    publish: Wanted,
    /// Which articles: with `only`, and with nothing else.
    #[serde(default)]
    skus: Option<BTreeSet<Sku>>,
}

#[derive(Debug, Clone, Copy, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    All,
    Only,
    Nothing,
}

impl PublishRequest {
    fn publishing(self) -> Result<Publishing, Problem> {
        match (self.publish, self.skus) {
            (Wanted::All, None) => Ok(Publishing::All),
            (Wanted::Nothing, None) => Ok(Publishing::Nothing),
            (Wanted::Only, Some(skus)) => Ok(Publishing::Only { skus }),
            (Wanted::Only, None) => Err(Problem::new(400, "skus: is missing; `only` needs the articles").in_field("skus")),
            (Wanted::All | Wanted::Nothing, Some(_)) => {
                Err(Problem::new(400, "skus: belongs to `only`; leave it out, or say `only`").in_field("skus"))
            }
        }
    }
}

/// What was put in place.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct PutInPlace<T> {
    /// The connection.
    connection: ConnectionId,
    /// What holds now.
    now: T,
}

/// What a connection is told of from now on.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Published {
    /// The connection.
    connection: ConnectionId,
    /// What holds now.
    now: Publishing,
    /// How many products' figures are on their way so far; none: all of them.
    under_way: Option<RolloutHealth>,
    /// Where to see how far that is: `settings_under_way` of the connection. None: there is nothing to wait for.
    progress: Option<&'static str>,
}

/// Where one sees how far a change of settings is.
const PROGRESS: &str = "/api/v1/health";

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
/// With many articles not all of them are on their way when this answers: then it answers 202, and where to see how far it is.
pub(crate) async fn publish(world: &World, connection: &str, call: &HttpCall) -> Result<HttpAnswer, Problem> {
    let connection: ConnectionId = id("connection", connection)?;
    let now = asked::body::<PublishRequest>(call, "what a connection is told")?.publishing()?;
    set_publishing(world, &connection, now.clone()).await?;
    let under_way = views::settings_under_way(world, &connection).await?;
    let goes_on = under_way.is_some();
    let mut answer = json(call, &Published { connection, now, under_way, progress: goes_on.then_some(PROGRESS) });
    if goes_on {
        answer.status = 202;
        answer.headers.push(("location".into(), PROGRESS.into()));
    }
    Ok(answer)
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
