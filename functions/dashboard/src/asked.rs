//! What a request asks for, checked before anything is read.

use crate::reply::Problem;
use domain::{Invalid, LocationId, Quantity};
use engine::StockChange;
use engine::views::{MOST_PER_PAGE, PageRequest};
use lambda_kit::HttpCall;

/// Entries of a page where the request names no number.
const USUAL: usize = 50;
/// Characters of a reason, and of a name.
const LONGEST: usize = 200;

/// A problem of a value that has a type of its own.
pub(crate) fn wrong(field: &str, invalid: &Invalid) -> Problem {
    Problem::new(400, invalid.to_string()).in_field(field)
}

/// Reads an id out of the path.
pub(crate) fn id<T: std::str::FromStr<Err = Invalid>>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|invalid| wrong(field, &invalid))
}

/// `limit`, or the usual number.
pub(crate) fn limit(call: &HttpCall) -> Result<usize, Problem> {
    let Some(text) = call.query.get("limit") else { return Ok(USUAL) };
    text.parse().ok().filter(|limit| (1..=MOST_PER_PAGE).contains(limit)).ok_or_else(|| {
        Problem::new(400, format!("limit: got {text:?}, expected a whole number from 1 to {MOST_PER_PAGE}")).in_field("limit")
    })
}

/// `cursor` and `limit`.
pub(crate) fn page(call: &HttpCall) -> Result<PageRequest, Problem> {
    let cursor = call.query.get("cursor").filter(|cursor| !cursor.is_empty()).cloned();
    if cursor.as_ref().is_some_and(|cursor| cursor.len() > 512) {
        return Err(Problem::new(400, "cursor: give the `next` of the page before").in_field("cursor"));
    }
    Ok(PageRequest { cursor, limit: limit(call)? })
}

/// A change of a figure by hand.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectionRequest {
    /// The location whose figure changes.
    location: String,
    /// The units that shall be available. Give either this or `add`.
    #[serde(default)]
    set: Option<i64>,
    /// Units to add to what is available; negative takes away. Give either this or `set`.
    #[serde(default)]
    add: Option<i64>,
    /// Why, for whoever reads the ledger: 1 to 200 characters.
    reason: String,
    /// Who: 1 to 200 characters. May be left out where the request says who asks, as with a token on AWS; given nevertheless, it
    /// must be the same.
    #[serde(default)]
    by: Option<String>,
}

/// A correction whose every field is fine.
#[derive(Debug)]
pub(crate) struct Correcting {
    pub(crate) location: LocationId,
    pub(crate) change: StockChange,
    pub(crate) reason: String,
    pub(crate) by: String,
}

/// Reads the body of a correction.
pub(crate) fn correction(call: &HttpCall) -> Result<Correcting, Problem> {
    // A page of somebody else's can have a browser send a form or a text here, but not JSON without asking first.
    if !call.header("content-type").is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json")) {
        return Err(Problem::new(415, "send the correction as JSON, with the header content-type: application/json"));
    }
    let asked: CorrectionRequest = serde_json::from_slice(&call.body)
        .map_err(|e| Problem::new(400, format!("the body is not the JSON of a correction: {e}; see /api/v1/openapi.json")))?;
    let change = match (asked.set, asked.add) {
        (Some(units), None) => StockChange::Set(Quantity::new(units).map_err(|invalid| wrong("set", &invalid))?),
        (None, Some(units)) if units.unsigned_abs() <= Quantity::MAX.units().unsigned_abs() => StockChange::Add(units),
        (None, Some(units)) => {
            let most = Quantity::MAX;
            return Err(
                Problem::new(400, format!("add: got {units}, expected a whole number from -{most} to {most}")).in_field("add")
            );
        }
        (None, None) | (Some(_), Some(_)) => return Err(Problem::new(400, "give either `set` or `add`").in_field("set")),
    };
    Ok(Correcting {
        location: id("location", &asked.location)?,
        change,
        reason: words("reason", &asked.reason)?,
        by: by(call.caller.as_deref(), asked.by.as_deref())?,
    })
}

/// Who corrects: the caller, where the gateway knows one. A name in the body cannot stand for another person's.
fn by(caller: Option<&str>, given: Option<&str>) -> Result<String, Problem> {
    match (caller, given) {
        (None, given) => words("by", given.unwrap_or_default()),
        (Some(caller), Some(given)) if given.trim() != caller.trim() => {
            Err(Problem::new(400, "by: your token names somebody else; leave it out, or sign in as them").in_field("by"))
        }
        (Some(caller), _) => Ok(caller.trim().to_owned()),
    }
}

fn words(field: &str, text: &str) -> Result<String, Problem> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.chars().count() > LONGEST || trimmed.chars().any(char::is_control) {
        return Err(Problem::new(400, format!("{field}: give 1 to {LONGEST} characters on one line")).in_field(field));
    }
    Ok(trimmed.to_owned())
}
