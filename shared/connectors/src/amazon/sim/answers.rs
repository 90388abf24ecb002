//! Refusals, in the form that Amazon has for them.

use crate::simulated_channel::answer;
use ports::Response;
use serde_json::{Value, json};

pub(super) const JSON: &str = "application/json";

/// Some other answer.
pub(super) fn told(status: u16, body: &Value) -> Response {
    answer(status, JSON, body)
}

/// A refusal.
pub(super) fn refusal(status: u16, code: &str, message: &str) -> Response {
    with_details(status, code, message, "")
}

/// A refusal with details.
pub(super) fn with_details(status: u16, code: &str, message: &str, details: &str) -> Response {
    told(status, &json!({ "errors": [{ "code": code, "message": message, "details": details }] }))
}

/// The application lacks a role.
pub(super) fn denied() -> Response {
    refusal(403, "Unauthorized", "Access to requested resource is denied.")
}

/// A bucket is empty. Nothing says for how long; some answers say how fast it refills.
pub(super) fn too_many(rate: Option<&'static str>) -> Response {
    let mut response = refusal(429, "QuotaExceeded", "You exceeded your quota for the requested resource.");
    if let Some(rate) = rate {
        response.headers_mut().insert("x-amzn-ratelimit-limit", http::HeaderValue::from_static(rate));
    }
    response
}

/// It was done, and the answer says that it was not.
pub(super) fn broken() -> Response {
    refusal(500, "InternalFailure", "We encountered an internal error. Please try again.")
}
