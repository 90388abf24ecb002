//! What a request asks for, checked before anything is read.

use crate::door;
use crate::reply::Problem;
use domain::{Component, Invalid, LocationId, Quantity, Sku};
use engine::views::{MOST_PER_PAGE, PageRequest};
use engine::{StockChange, Transfer};
use lambda_kit::HttpCall;
use std::collections::BTreeSet;

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

/// Units to be brought from one location to another.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransferRequest {
    /// Where they are.
    from: String,
    /// Where they go.
    to: String,
    /// How many, at least one; they must be available.
    units: i64,
    /// Why, for whoever reads the ledger: 1 to 200 characters.
    reason: String,
    /// Who: as in a correction.
    #[serde(default)]
    by: Option<String>,
}

/// Reads the body of a transfer.
pub(crate) fn transfer(call: &HttpCall, sku: Sku) -> Result<Transfer, Problem> {
    let asked: TransferRequest = body(call, "a transfer")?;
    let (from, to): (LocationId, LocationId) = (id("from", &asked.from)?, id("to", &asked.to)?);
    if from == to {
        return Err(Problem::new(400, "to: expected another location than `from`").in_field("to"));
    }
    let units = Quantity::new(asked.units).map_err(|invalid| wrong("units", &invalid))?;
    if units.is_zero() {
        return Err(Problem::new(400, "units: got 0, expected at least 1").in_field("units"));
    }
    let by = by(call.caller.as_deref(), asked.by.as_deref())?;
    Ok(Transfer { sku, from, to, units, reason: words("reason", &asked.reason)?, by })
}

/// What a bundle consists of.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BundleRequest {
    /// Its articles, each once; none: it is an article of its own again.
    pub(crate) components: Vec<Component>,
}

/// Reads the body of a bundle.
pub(crate) fn bundle(call: &HttpCall) -> Result<Vec<Component>, Problem> {
    body(call, "a bundle").map(|asked: BundleRequest| asked.components)
}

/// Reads a body of JSON; `what` it should be.
pub(crate) fn body<T: serde::de::DeserializeOwned>(call: &HttpCall, what: &str) -> Result<T, Problem> {
    // A page of somebody else's can have a browser send a form or a text here, but not JSON without asking first.
    if !call.header("content-type").is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json")) {
        return Err(Problem::new(415, format!("send {what} as JSON, with the header content-type: application/json")));
    }
    door::read(&call.body).map_err(|wrong| misread(&wrong, what))
}

/// What is wrong with a body that was to be `what`.
pub(crate) fn misread(wrong: &door::Wrong, what: &str) -> Problem {
    if wrong.field.is_empty() {
        return Problem::new(400, format!("the body is not the JSON of {what}: {wrong}; see /api/v1/openapi.json"));
    }
    Problem::new(400, format!("{wrong}; see /api/v1/openapi.json")).in_field(&wrong.field)
}

/// Who sends a file: the caller, or the parameter `by`.
pub(crate) fn by_of_file(call: &HttpCall) -> Result<String, Problem> {
    by(call.caller.as_deref(), call.query.get("by").map(String::as_str))
}

/// A location that no connection names.
pub(crate) fn unknown_location(field: &str, wanted: &LocationId, known: &BTreeSet<LocationId>) -> Problem {
    let names: Vec<&str> = known.iter().map(LocationId::as_str).collect();
    Problem::new(400, format!("{field}: got `{wanted}`, expected one of {}", names.join(", "))).in_field(field)
}

/// Reads the body of a correction.
pub(crate) fn correction(call: &HttpCall) -> Result<Correcting, Problem> {
    let asked: CorrectionRequest = body(call, "a correction")?;
    let change = match (asked.set, asked.add, asked.count) {
        (Some(units), None, None) => StockChange::Set(Quantity::new(units).map_err(|invalid| wrong("set", &invalid))?),
        (None, None, Some(units)) => StockChange::Count(Quantity::new(units).map_err(|invalid| wrong("count", &invalid))?),
        (None, Some(units), None) if units.unsigned_abs() <= Quantity::MAX.units().unsigned_abs() => StockChange::Add(units),
        (None, Some(units), None) => {
            let most = Quantity::MAX;
            return Err(
                Problem::new(400, format!("add: got {units}, expected a whole number from -{most} to {most}")).in_field("add")
            );
        }
        _ => return Err(Problem::new(400, "give one of `set`, `add` and `count`").in_field("set")),
    };
    Ok(Correcting {
        location: id("location", &asked.location)?,
        change,
        reason: words("reason", &asked.reason)?,
        by: by(call.caller.as_deref(), asked.by.as_deref())?,
    })
}

/// Who corrects: the caller, where the gateway knows one. A name in the body cannot stand for another person's.
pub(crate) fn by(caller: Option<&str>, given: Option<&str>) -> Result<String, Problem> {
    match (caller, given) {
        (None, given) => words("by", given.unwrap_or_default()),
        (Some(caller), Some(given)) if given.trim() != caller.trim() => {
            Err(Problem::new(400, "by: your token names somebody else; leave it out, or sign in as them").in_field("by"))
        }
        (Some(caller), _) => Ok(caller.trim().to_owned()),
    }
}

pub(crate) fn words(field: &str, text: &str) -> Result<String, Problem> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.chars().count() > LONGEST || trimmed.chars().any(char::is_control) {
        return Err(Problem::new(400, format!("{field}: give 1 to {LONGEST} characters on one line")).in_field(field));
    }
    Ok(trimmed.to_owned())
}
