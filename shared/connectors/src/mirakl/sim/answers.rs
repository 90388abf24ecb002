//! Refusals, in the forms that Mirakl has for them.

use crate::simulated_channel::answer;
use http::header;
use ports::Response;
use serde_json::{Value, json};

pub(super) const JSON: &str = "application/json";

/// Some other answer.
pub(super) fn told(status: u16, body: &Value) -> Response {
    answer(status, JSON, body)
}

/// It was done, and there is nothing to say.
pub(super) fn done() -> Response {
    answer(204, JSON, &Value::Null)
}

/// A refusal by its HTTP status.
pub(super) fn refusal(status: u16, message: &str) -> Response {
    told(status, &json!({ "message": message, "status": status }))
}

/// A refusal by its code.
pub(super) fn coded(code: &str) -> Response {
    told(400, &json!({ "error_code": code, "message": "The request is refused." }))
}

/// Too many calls; some say for how long.
pub(super) fn too_many(seconds: i64) -> Response {
    let mut response = refusal(429, "Too many requests");
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

/// What stands in front of it gave up.
pub(super) fn broken_proxy() -> Response {
    answer(502, "text/html", &json!("<html>Bad Gateway</html>"))
}
