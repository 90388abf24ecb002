//! What Shopware's refusals mean. Titles and details change with version and plugin, so codes are gone by, and the rights that a detail names.

use crate::lenient::{Field, Items};
use crate::wire_text;
use ports::{Error, ErrorKind, Pause, Response, Result};
use serde::Deserialize;
use std::time::Duration;

/// How long to hold back where nothing says for how long.
const UNTOLD_PAUSE: Duration = Duration::from_secs(30);
/// Texts of the shop are cut to this many characters.
const LONGEST_TEXT: usize = 300;
/// The state machine has no such way from where it is.
pub(super) const ILLEGAL_TRANSITION: &str = "SYSTEM__ILLEGAL_STATE_TRANSITION";

#[derive(Deserialize, Default)]
#[serde(default)]
struct Problems {
    errors: Field<Items>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    code: Field<String>,
    title: Field<String>,
    detail: Field<String>,
}

fn problems(response: &Response) -> Vec<Problem> {
    let told: Problems = crate::objects::from_slice(response.body()).unwrap_or_default();
    told.errors.get().map(|all| all.readable().collect()).unwrap_or_default()
}

/// Whether it was refused for this reason.
pub(super) fn is(response: &Response, code: &str) -> bool {
    problems(response).iter().any(|one| one.code.text() == code)
}

/// The rights that a refusal names as missing, such as `product:update`.
pub(super) fn missing_rights(response: &Response) -> Vec<String> {
    let mut rights = Vec::new();
    for problem in problems(response) {
        let words = problem.detail.text().split(|c: char| !(c.is_ascii_lowercase() || matches!(c, '_' | ':')));
        for word in words.filter(|word| is_right(word)) {
            if !rights.iter().any(|known| known == word) {
                rights.push(word.to_owned());
            }
        }
    }
    rights
}

fn is_right(word: &str) -> bool {
    let Some((entity, deed)) = word.split_once(':') else { return false };
    !entity.is_empty() && matches!(deed, "read" | "create" | "update" | "delete")
}

/// Lets 2xx pass. `writes`: the request may have changed something.
pub(super) fn check(operation: &'static str, response: Response, writes: bool) -> Result<Response> {
    if response.status().is_success() { Ok(response) } else { Err(refused(operation, &response, writes)) }
}

/// The error of an answer that is not 2xx.
pub(super) fn refused(operation: &'static str, response: &Response, writes: bool) -> Error {
    let problems = problems(response);
    let status = response.status().as_u16();
    if matches!(status, 404 | 410) && problems.iter().all(|one| one.code.text().is_empty()) {
        return wire_text::not_its_own_404(operation, "Shopware", writes);
    }
    let said = said(&problems);
    let rights = missing_rights(response);
    let message = match status {
        300..=399 => {
            "the shop redirects to another address; enter its final address as `base_url`, without `/api` or `/admin`".to_owned()
        }
        401 => format!("the shop does not accept the token; the next call fetches a new one; {said}"),
        403 if rights.is_empty() => format!("the shop denies access; see which rights the integration's role has; {said}"),
        403 => format!("the integration's role lacks the rights {}", rights.join(", ")),
        404 => format!("the shop does not have it (any more); {said}"),
        429 => "the shop, or its host, gets too many calls; it will be tried again".to_owned(),
        500..=599 => format!("the shop is down or busy (HTTP {status}); it will be tried again"),
        _ => format!("the shop declined (HTTP {status}); {said}"),
    };
    let error = wire_text::by_status(operation, response, writes, message).with_detail(format!("HTTP {status}; {said}"));
    if (300..=399).contains(&status) { Error { kind: ErrorKind::Configuration, ..error } } else { error }
}

fn said(problems: &[Problem]) -> String {
    let mut texts: Vec<&str> = Vec::new();
    for one in problems {
        texts.extend([one.code.text(), one.title.text(), one.detail.text()].iter().filter(|text| !text.is_empty()));
    }
    if texts.is_empty() { "it gave no reason".to_owned() } else { shortened(&format!("it says: {}", texts.join("; "))) }
}

/// A text of the shop, cut short and without control characters.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect()
}

/// Whether an answer asks to hold back.
pub(super) fn pause(response: &Response) -> Option<Pause> {
    let too_many = response.status() == http::StatusCode::TOO_MANY_REQUESTS;
    too_many.then(|| Pause::all(wire_text::retry_after(response).unwrap_or(UNTOLD_PAUSE)))
}

/// A field of an answer that cannot be used.
pub(super) fn unreadable(operation: &'static str, what: &str, problem: &domain::FieldError) -> Error {
    Error::new(ErrorKind::Protocol, operation, format!("the shop tells {what} so that it cannot be read: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::response;
    use super::*;
    use ports::Status;

    #[test]
    fn a_refusal_says_what_to_do_about_it() {
        let of = |status, body: &str, writes| refused("t", &response(status, body, &[]), writes);
        let detail =
            r#"{\"message\":\"Missing privilege\",\"missingPrivileges\":[\"product:update\",\"order_delivery:update\"]}"#;
        let body =
            format!(r#"{{"errors":[{{"status":"403","code":"FRAMEWORK__MISSING_PRIVILEGE_ERROR","detail":"{detail}"}}]}}"#);
        let denied = of(403, &body, true);
        assert!(
            denied.kind == ErrorKind::Forbidden && denied.message.ends_with("product:update, order_delivery:update"),
            "{denied:?}"
        );
        assert_eq!(of(404, r#"{"errors":[{"code":"FRAMEWORK__RESOURCE_NOT_FOUND"}]}"#, false).kind, ErrorKind::NotFound);
        for somebody_elses in ["", "<p>Not found", r#"{"message":"no"}"#, r#"{"errors":[]}"#] {
            assert_eq!(of(404, somebody_elses, false).kind, ErrorKind::Protocol, "{somebody_elses}");
        }
        assert_eq!(of(302, "", false).kind, ErrorKind::Configuration);
        assert_eq!(of(502, "<html>", true).status, Status::Unknown);
    }

    #[test]
    fn too_many_calls_wait_for_as_long_as_is_said_or_half_a_minute() {
        let told = |headers: &[(&'static str, &'static str)]| pause(&response(429, "", headers)).unwrap();
        assert_eq!(told(&[]), Pause::all(Duration::from_secs(30)));
        assert_eq!(told(&[("retry-after", "7")]), Pause::all(Duration::from_secs(7)));
        assert_eq!(pause(&response(200, "", &[])), None);
    }
}
