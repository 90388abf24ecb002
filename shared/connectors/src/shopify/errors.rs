//! What Shopify's refusals mean. Most of them come with HTTP 200.

use crate::wire_text::{self, LONGEST_WAIT};
use ports::{Error, ErrorKind, Lane, Pause, Response, Result, Status};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Points a connector's dearest document may cost (Shopify's limit for one query): below it calls wait for the bucket to fill.
const DEAREST_POINTS: u64 = 1000;
/// Points that the last calls before an empty bucket are made with: those that look at a figure and lower it, of a few points each.
const LOWERING_POINTS: u64 = 100;
/// Points restored per second on the smallest plan, where an answer does not tell.
const RESTORE_POINTS_PER_S: u64 = 100;
/// A wait after a 429 that names none.
const UNTOLD_WAIT: Duration = Duration::from_secs(2);

/// The frame around every GraphQL answer.
#[derive(Deserialize)]
pub(super) struct Frame<D> {
    /// What was asked for.
    pub(super) data: Option<D>,
}

/// The part of an answer that tells of cost and refusals, whatever its data.
#[derive(Deserialize, Default)]
struct Told {
    #[serde(default)]
    errors: Option<serde_json::Value>,
    #[serde(default)]
    extensions: Option<Extensions>,
}

#[derive(Deserialize, Default)]
struct Extensions {
    #[serde(default)]
    cost: Option<Cost>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Cost {
    #[serde(default)]
    requested_query_cost: Option<serde_json::Number>,
    #[serde(default)]
    throttle_status: Option<Throttle>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Throttle {
    maximum_available: Option<serde_json::Number>,
    currently_available: Option<serde_json::Number>,
    restore_rate: Option<serde_json::Number>,
}

/// Whole points: Shopify writes them as `1990` or `1990.0`.
fn points(number: Option<&serde_json::Number>) -> Option<u64> {
    number?.to_string().split('.').next()?.parse().ok()
}

/// The data of an answer, or what its refusal means.
pub(super) fn data<D: DeserializeOwned>(operation: &'static str, response: &Response, writes: bool) -> Result<D> {
    if response.status() != http::StatusCode::OK {
        return Err(by_status(operation, response, writes));
    }
    let doubtful = |error: Error| if writes { error.with_status(Status::Unknown) } else { error };
    // Numbers beyond every type may stand in the data, which is not looked at here.
    let told: Told = wire_text::json(operation, response.body()).map_err(doubtful)?;
    if let Some(errors) = told.errors.as_ref().filter(|e| e.as_array().is_none_or(|list| !list.is_empty())) {
        return Err(by_code(operation, errors, &told, writes));
    }
    let frame: Frame<D> = wire_text::json(operation, response.body()).map_err(doubtful)?;
    frame
        .data
        .ok_or_else(|| doubtful(Error::new(ErrorKind::Protocol, operation, "Shopify answered without data and without a reason")))
}

/// How long calls must wait, if this answer says so.
pub(super) fn pause(response: &Response) -> Option<Pause> {
    if response.status().as_u16() == 429 {
        return Some(Pause::all(wire_text::retry_after(response).unwrap_or(UNTOLD_WAIT)));
    }
    let told: Told = crate::objects::from_slice(response.body()).ok()?;
    if told.errors.as_ref().and_then(code).as_deref() == Some("THROTTLED") {
        // What was too dear says nothing of what costs a few points.
        let lowers =
            throttle(&told).and_then(|t| points(t.currently_available.as_ref())).is_some_and(|left| left >= LOWERING_POINTS);
        return Some(Pause { lasting: until_affordable(&told), from: if lowers { Lane::Usual } else { Lane::Lowers } });
    }
    let throttle = throttle(&told)?;
    let available = points(throttle.currently_available.as_ref())?;
    let full = points(throttle.maximum_available.as_ref())?;
    let restored = points(throttle.restore_rate.as_ref()).filter(|r| *r > 0).unwrap_or(RESTORE_POINTS_PER_S);
    // What must be left for those who go before.
    let lanes =
        [(Lane::Lowers, LOWERING_POINTS.min(full / 20)), (Lane::Usual, DEAREST_POINTS.min(full / 4)), (Lane::Raises, full / 2)];
    let (from, reserve) = lanes.into_iter().find(|(_, reserve)| available < *reserve)?;
    Some(Pause { lasting: Duration::from_secs((reserve - available).div_ceil(restored)).min(LONGEST_WAIT), from })
}

fn throttle(told: &Told) -> Option<&Throttle> {
    told.extensions.as_ref()?.cost.as_ref()?.throttle_status.as_ref()
}

/// Until the bucket holds what the refused document costs; never nothing.
fn until_affordable(told: &Told) -> Duration {
    let cost = told.extensions.as_ref().and_then(|e| e.cost.as_ref());
    let throttle = cost.and_then(|c| c.throttle_status.as_ref());
    let wanted = cost.and_then(|c| points(c.requested_query_cost.as_ref())).unwrap_or(DEAREST_POINTS);
    let available = throttle.and_then(|t| points(t.currently_available.as_ref())).unwrap_or(0);
    let restored = throttle.and_then(|t| points(t.restore_rate.as_ref())).filter(|r| *r > 0).unwrap_or(RESTORE_POINTS_PER_S);
    Duration::from_secs(wanted.saturating_sub(available).div_ceil(restored).max(1)).min(LONGEST_WAIT)
}

/// The first code among the errors. Codes are Shopify's own words and hold no data of persons; messages might.
fn code(errors: &serde_json::Value) -> Option<String> {
    errors.as_array()?.iter().find_map(|e| e.get("extensions")?.get("code")?.as_str()).map(str::to_owned)
}

fn by_code(operation: &'static str, errors: &serde_json::Value, told: &Told, writes: bool) -> Error {
    let code = code(errors).unwrap_or_default();
    let error = match code.as_str() {
        "THROTTLED" => Error::new(ErrorKind::RateLimited, operation, "Shopify asks to wait: its cost bucket is empty")
            .with_status(Status::Temporary { retry_after: Some(until_affordable(told)) }),
        "ACCESS_DENIED" => Error::new(
            ErrorKind::Forbidden,
            operation,
            "the Shopify app lacks a permission; give it all that the README of this channel names",
        ),
        "INTERNAL_SERVER_ERROR" | "TIMEOUT" if writes => {
            Error::new(ErrorKind::Unavailable, operation, "Shopify failed while it wrote").with_status(Status::Unknown)
        }
        "INTERNAL_SERVER_ERROR" | "TIMEOUT" => {
            Error::new(ErrorKind::Unavailable, operation, "Shopify failed; the call is tried again")
        }
        "SHOP_INACTIVE" => Error::new(ErrorKind::Forbidden, operation, "the Shopify shop is not active; reopen it in Shopify"),
        _ => Error::new(ErrorKind::Declined, operation, "Shopify declined the query; the connector does not fit its present API"),
    };
    error.with_detail(if code.is_empty() { "errors without a code".to_owned() } else { code.chars().take(64).collect() })
}

/// How Shopify refuses where it is not GraphQL that answers.
#[derive(Deserialize)]
struct OwnRefusal {
    #[serde(rename = "errors")]
    _errors: serde_json::Value,
}

/// What an HTTP status other than 200 means.
pub(super) fn by_status(operation: &'static str, response: &Response, writes: bool) -> Error {
    let status = response.status().as_u16();
    let message = match status {
        401 => "Shopify does not accept the token; install the app again if this stays",
        402 => "the Shopify shop is frozen until its bill is paid",
        403 | 404 => "Shopify does not find the shop or the app in it; check base_url and that the app is installed",
        423 => "the Shopify shop is locked; ask Shopify",
        430 => "Shopify blocked the call as a risk; ask Shopify",
        429 => "Shopify asks to wait: too many calls",
        500..=599 => "Shopify is out of order",
        _ => "Shopify answered with an unexpected status",
    };
    if status == 404 {
        // All is asked at one address, so its own 404 is about the shop, and never about what was asked for.
        return match crate::objects::from_slice::<OwnRefusal>(response.body()) {
            Ok(_) => Error::new(ErrorKind::Configuration, operation, message).with_detail("HTTP 404"),
            Err(_) => wire_text::not_its_own_404(operation, "Shopify", writes),
        };
    }
    let error = wire_text::by_status(operation, response, writes, message.to_owned());
    if status == 430 {
        return Error::new(ErrorKind::Forbidden, operation, message).with_detail("HTTP 430");
    }
    error
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
