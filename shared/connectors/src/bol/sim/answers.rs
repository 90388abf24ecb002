//! bol's errors and dates, and ids that look like bol's.

use super::json_v10;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ports::Response;
use serde_json::json;

/// A problem as bol words it.
pub(super) fn problem(status: u16, title: &str, detail: &str) -> Response {
    problem_with(status, title, detail, &[])
}

/// A problem with the fields it is about.
pub(super) fn problem_with(status: u16, title: &str, detail: &str, violations: &[(&str, &str)]) -> Response {
    let violations: Vec<_> = violations.iter().map(|(name, reason)| json!({ "name": name, "reason": reason })).collect();
    json_v10(
        status,
        &json!({
            "type": "https://api.bol.com/problems",
            "title": title,
            "status": status,
            "detail": detail,
            "host": "Instance-001",
            "instance": "https://api.bol.com/retailer",
            "violations": violations,
        }),
    )
}

/// A value in a request that bol does not take.
pub(super) fn invalid(name: &str, reason: &str) -> Response {
    problem_with(
        400,
        "Error validating request. Consult the bol.com API documentation for more information.",
        "Bad request",
        &[(name, reason)],
    )
}

/// What stands before bol answers for it in HTML.
pub(super) fn broken_proxy() -> Response {
    let mut response = Response::new("<html><body><h1>500 Internal Server Error</h1></body></html>".into());
    *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/html"));
    response
}

/// An instant as bol writes it, to the second.
pub(super) fn dated(instant: Timestamp) -> String {
    instant.to_zoned(zone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The day an instant falls on.
pub(super) fn day(instant: Timestamp) -> Date {
    instant.to_zoned(zone()).date()
}

fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(1))
}

/// Letters and digits that look random and are the same for the same seed, purpose and number.
pub(super) fn scrambled(seed: u64, purpose: &str, number: u64) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("{seed}/{purpose}/{number}").as_bytes());
    digest.as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Such letters and digits in the form of a UUID.
pub(super) fn uuid(seed: u64, purpose: &str, number: u64) -> String {
    let text = scrambled(seed, purpose, number);
    let piece = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    format!("{}-{}-4{}-8{}-{}", piece(0, 8), piece(8, 12), piece(12, 15), piece(15, 18), piece(18, 30))
}
