//! What waits for a person, and what they decide about it.

use crate::asked;
use crate::reply::Problem;
use engine::views::{self, Attention};
use engine::{Lookup, World, dismiss_parked, erase_parked, retry_parked};
use lambda_kit::HttpCall;

/// Who wants a thing tried again.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetryRequest {
    /// Who: 1 to 200 characters. May be left out where the request says who asks, as with a token on AWS; given nevertheless, it
    /// must be the same.
    #[serde(default)]
    by: Option<String>,
}

/// That nothing is to be done about a thing.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DismissRequest {
    /// Why not, for whoever asks later: 1 to 200 characters. No personal data.
    reason: String,
    /// Who: as for a retry.
    #[serde(default)]
    by: Option<String>,
}

/// Has a thing tried once more. Answers what waits then.
pub(crate) async fn retry(world: &World, lookup: &Lookup, id: &str, call: &HttpCall) -> Result<Attention, Problem> {
    let RetryRequest { by } = asked::body(call, "who wants it tried again")?;
    let by = asked::by(call.caller.as_deref(), by.as_deref())?;
    retry_parked(world, lookup, id, &by).await?;
    Ok(views::attention(world).await?)
}

/// Notes that nothing is to be done about it. Answers what waits then.
pub(crate) async fn dismiss(world: &World, id: &str, call: &HttpCall) -> Result<Attention, Problem> {
    let DismissRequest { reason, by } = asked::body(call, "why nothing is to be done")?;
    let by = asked::by(call.caller.as_deref(), by.as_deref())?;
    dismiss_parked(world, id, &by, &asked::words("reason", &reason)?).await?;
    Ok(views::attention(world).await?)
}

/// Erases what it holds. Answers what waits then.
pub(crate) async fn erase(world: &World, id: &str) -> Result<Attention, Problem> {
    erase_parked(world, id).await?;
    Ok(views::attention(world).await?)
}
