//! Answers, in the forms that Shopware has for them.

use crate::simulated_channel::answer;
use http::header;
use ports::Response;
use serde_json::{Value, json};

pub(super) const JSON: &str = "application/json";

/// Some answer.
pub(super) fn told(status: u16, body: &Value) -> Response {
    answer(status, JSON, body)
}

/// It was done, and there is nothing to say.
pub(super) fn done() -> Response {
    answer(204, JSON, &Value::Null)
}

/// A refusal.
pub(super) fn refusal(status: u16, code: &str, detail: &str) -> Response {
    told(
        status,
        &json!({ "errors": [{ "status": status.to_string(), "code": code, "title": "It is refused", "detail": detail }] }),
    )
}

pub(super) fn not_found(detail: &str) -> Response {
    refusal(404, "FRAMEWORK__RESOURCE_NOT_FOUND", detail)
}

/// A right is lacking. The detail is JSON in a text.
pub(super) fn denied(right: &str) -> Response {
    let detail = json!({ "message": "Missing privilege", "missingPrivileges": [right] }).to_string();
    refusal(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", &detail)
}

/// Outside the API is the shop itself, whose page says that it has none.
pub(super) fn page_not_found() -> Response {
    answer(404, "text/html", &json!("<html>Page not found</html>"))
}

/// The host gets too many calls.
pub(super) fn too_many(seconds: i64) -> Response {
    let mut response = answer(429, "text/html", &json!("<html>Too Many Requests</html>"));
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

/// It was done, and the answer says that it was not.
pub(super) fn broken() -> Response {
    refusal(500, "0", "Internal Server Error")
}

/// The form for whoever does not ask for plain JSON: every field a level deeper.
pub(super) fn json_api() -> Response {
    answer(200, "application/vnd.api+json", &json!({ "data": { "type": "order", "attributes": {} }, "included": [] }))
}
