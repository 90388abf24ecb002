//! What differs from the connections' rules for an article, and what other rules would have done.

use crate::asked::{self, wrong};
use crate::reply::Problem;
use domain::{ConnectionId, RuleChange, Sku};
use engine::rows::ConnectionRow;
use engine::views::{self, Explanation, PlanReport, PlanRequest, RulesView};
use engine::{World, put_rule};
use lambda_kit::HttpCall;

/// A rule for an article, with who asks for it.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleRequest {
    /// What differs, in place of what differed before; a field that is left out does not differ.
    rule: RuleChange,
    /// Who: 1 to 200 characters. May be left out where the request says who asks, as with a token on AWS; given nevertheless, it
    /// must be the same.
    #[serde(default)]
    by: Option<String>,
}

/// What a path names: an article, and perhaps a connection.
struct Place {
    sku: Sku,
    connection: Option<ConnectionId>,
}

/// Reads it. A gateway may have decoded the path, so that a slash within a SKU is one in the path: the last part is a connection only
/// where there is one of that name, or where no article is left otherwise.
async fn place(world: &World, parameters: &[String]) -> Result<Place, Problem> {
    let all = parameters.join("/");
    if parameters.len() < 2 {
        return Ok(Place { sku: asked::id("sku", &all)?, connection: None });
    }
    let (before, last) = all.rsplit_once('/').unwrap_or((&all, ""));
    if let Ok(connection) = last.parse::<ConnectionId>() {
        let place = Place { sku: asked::id("sku", before)?, connection: Some(connection.clone()) };
        let known = world.get::<ConnectionRow>(&ConnectionRow::key(&connection)).await?.is_some();
        if known || views::rules(world, &asked::id("sku", &all)?, None).await.is_err() {
            return Ok(place);
        }
    }
    Ok(Place { sku: asked::id("sku", &all)?, connection: None })
}

/// Reads the rules.
pub(crate) async fn read(world: &World, parameters: &[String]) -> Result<RulesView, Problem> {
    let place = place(world, parameters).await?;
    Ok(views::rules(world, &place.sku, place.connection.as_ref()).await?)
}

/// Puts a change in place.
pub(crate) async fn put(world: &World, parameters: &[String], call: &HttpCall) -> Result<RulesView, Problem> {
    let place = place(world, parameters).await?;
    let asked: RuleRequest = asked::body(call, "a rule")?;
    asked.rule.check().map_err(|invalid| wrong(invalid.field, &invalid))?;
    if place.connection.is_some() && asked.rule.quota_below.is_some() {
        let why = "quota_below: an article is shared out over all connections; say it without a connection in the path";
        return Err(Problem::new(400, why).in_field("quota_below"));
    }
    let by = asked::by(call.caller.as_deref(), asked.by.as_deref())?;
    put_rule(world, &place.sku, place.connection.as_ref(), &asked.rule, &by).await?;
    Ok(views::rules(world, &place.sku, place.connection.as_ref()).await?)
}

/// Takes a change away.
pub(crate) async fn remove(world: &World, parameters: &[String]) -> Result<RulesView, Problem> {
    let place = place(world, parameters).await?;
    put_rule(world, &place.sku, place.connection.as_ref(), &RuleChange::default(), "").await?;
    Ok(views::rules(world, &place.sku, place.connection.as_ref()).await?)
}

/// Explains an article's figures.
pub(crate) async fn explain(world: &World, sku: &Sku, call: &HttpCall) -> Result<Explanation, Problem> {
    let only = call.query.get("connection").map(|text| asked::id::<ConnectionId>("connection", text)).transpose()?;
    Ok(views::explain(world, sku, only.as_ref()).await?)
}

/// Plays the last days under other rules.
pub(crate) async fn plan(world: &World, call: &HttpCall) -> Result<PlanReport, Problem> {
    let request: PlanRequest = asked::body(call, "a plan")?;
    Ok(views::plan(world, &request).await?)
}
