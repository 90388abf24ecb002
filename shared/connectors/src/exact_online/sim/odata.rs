//! The dialect: envelopes, refusals in Dutch, GUIDs, and filters that join comparisons by `and`.

use ports::Response;
use serde_json::{Value, json};

/// A GUID of our own making.
pub(super) fn guid(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

pub(super) fn refused(status: u16, words: &str) -> Response {
    let body = json!({ "error": { "code": "", "message": { "lang": "", "value": words } } });
    crate::simulated_channel::answer(status, "application/json", &body)
}

pub(super) fn list(all: &[Value], next: Option<String>) -> Response {
    let body = match next {
        Some(next) => json!({ "d": { "results": all, "__next": next } }),
        None => json!({ "d": { "results": all } }),
    };
    crate::simulated_channel::answer(200, "application/json", &body)
}

/// A list without `results`, as some addresses answer.
pub(super) fn plain_list(all: &[Value]) -> Response {
    crate::simulated_channel::answer(200, "application/json", &json!({ "d": all }))
}

/// What was made, without what only the simulator notes of it.
pub(super) fn made(entity: &Value) -> Response {
    let is_theirs = |name: &str| !name.ends_with("Sent") && name != "IsPdf";
    let fields = entity.as_object().into_iter().flatten();
    let fields = fields.filter(|(name, _)| is_theirs(name)).map(|(name, value)| (name.clone(), value.clone()));
    crate::simulated_channel::answer(201, "application/json", &json!({ "d": Value::Object(fields.collect()) }))
}

/// The comparisons of a filter: field, and what it must be. Texts lose their quotes, GUIDs and dates their words.
pub(super) fn comparisons(filter: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in filter.split(" and ") {
        let Some((field, value)) = part.split_once(" eq ") else { continue };
        let value = value.trim().trim_start_matches("guid").trim_start_matches("datetime");
        let value = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).unwrap_or(value);
        found.push((field.trim().to_owned(), value.replace("''", "'")));
    }
    found
}

/// Whether an entity is what a filter wants. Nothing is trimmed: a code without its blanks is another code.
pub(super) fn fits(entity: &Value, comparisons: &[(String, String)]) -> bool {
    comparisons.iter().all(|(field, wanted)| match entity.get(field) {
        Some(Value::String(text)) => text == wanted,
        Some(Value::Number(number)) => number.to_string() == *wanted,
        _ => false,
    })
}

/// A date as it is answered.
pub(super) fn dated(sent: &str) -> Value {
    let day: Option<jiff::civil::Date> = sent.split('T').next().and_then(|day| day.parse().ok());
    let at = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|at| at.timestamp().as_millisecond());
    json!(at.map(|at| format!("/Date({at})/")))
}
