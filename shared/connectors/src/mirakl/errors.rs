//! What Mirakl's refusals mean.
//!
//! Errors come in three forms: `{message, status}`, `{error_code, message}`, and a list of `errors`. Words change with the language of the user,
//! so only codes are gone by. No limit and no 429 is documented; both happen.

use crate::lenient::{Field, Items};
use crate::wire_text;
use ports::{Error, ErrorKind, Pause, Response, Result};
use serde::Deserialize;
use std::time::Duration;

/// How long to hold back after a 429 that does not say: what may be done often may be done once a minute.
const UNTOLD_PAUSE: Duration = Duration::from_mins(1);
/// Texts of the channel are cut to this many characters.
const LONGEST_TEXT: usize = 300;

/// A refusal.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    message: Field<String>,
    status: Field<i64>,
    error_code: Field<String>,
    errors: Field<Items>,
}

fn problem(response: &Response) -> Problem {
    crate::objects::from_slice(response.body()).unwrap_or_default()
}

/// Whether it was refused for this reason.
pub(super) fn is(response: &Response, code: &str) -> bool {
    problem(response).error_code.text() == code
}

/// Lets 2xx pass. `writes`: the request may have changed something.
pub(super) fn check(operation: &'static str, response: Response, writes: bool) -> Result<Response> {
    if response.status().is_success() { Ok(response) } else { Err(refused(operation, &response, writes)) }
}

/// The error of an answer that is not 2xx.
pub(super) fn refused(operation: &'static str, response: &Response, writes: bool) -> Error {
    let problem = problem(response);
    let status = response.status().as_u16();
    let has_form = problem.status.get() == Some(&i64::from(status)) || !problem.error_code.text().is_empty();
    if matches!(status, 404 | 410) && !has_form {
        return wire_text::not_its_own_404(operation, "Mirakl", writes);
    }
    let said = said(&problem);
    let message = match status {
        401 => format!("the marketplace does not accept the key; making a new one ends the one before; check `api_key`; {said}"),
        403 => format!("the marketplace denies access; check that the shop is open and what its user may do; {said}"),
        404 => format!("the marketplace does not have it (any more); {said}"),
        429 => "the marketplace gets too many calls; it will be tried again".to_owned(),
        500..=599 => format!("the marketplace is down or busy (HTTP {status}); it will be tried again"),
        _ => format!("the marketplace declined (HTTP {status}); {said}"),
    };
    wire_text::by_status(operation, response, writes, message).with_detail(format!("HTTP {status}; {said}"))
}

fn said(problem: &Problem) -> String {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct One {
        field: Field<String>,
        message: Field<String>,
    }
    let errors = problem.errors.get().map(|all| all.readable::<One>().collect::<Vec<_>>()).unwrap_or_default();
    let mut texts = vec![problem.error_code.text().to_owned(), problem.message.text().to_owned()];
    texts.extend(errors.iter().map(|one| format!("{} {}", one.field.text(), one.message.text()).trim().to_owned()));
    texts.retain(|text| !text.is_empty());
    if texts.is_empty() { "it gave no reason".to_owned() } else { shortened(&format!("it says: {}", texts.join("; "))) }
}

/// A text of the channel, cut short and without control characters.
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
    Error::new(ErrorKind::Protocol, operation, format!("the marketplace tells {what} so that it cannot be read: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::response;
    use super::*;
    use ports::Status;

    #[test]
    fn a_refusal_says_what_to_do_about_it() {
        let of = |status, body: &str, writes| refused("t", &response(status, body, &[]), writes);
        let key = of(401, r#"{"message":"Unauthorized","status":401}"#, false);
        assert!(key.kind == ErrorKind::Unauthorized && key.message.contains("`api_key`"));
        let state = of(400, r#"{"error_code":"ORDER_INVALID_STATE","message":"no"}"#, true);
        assert!(state.kind == ErrorKind::Declined && state.message.contains("ORDER_INVALID_STATE"));
        let list = of(400, r#"{"errors":[{"field":"amount","message":"too much"}]}"#, true);
        assert!(list.message.contains("amount too much"), "{}", list.message);
        assert_eq!(of(404, r#"{"message":"Not found","status":404}"#, false).kind, ErrorKind::NotFound);
        for somebody_elses in ["", "<p>Not found", r#"{"message":"no such route"}"#, r#"{"status":"404"}"#] {
            let kind = of(404, somebody_elses, false).kind;
            assert!(kind == ErrorKind::Protocol || somebody_elses.contains("status"), "{somebody_elses}");
        }
        assert_eq!(of(502, "<html>", true).status, Status::Unknown);
    }

    #[test]
    fn too_many_calls_wait_for_as_long_as_is_said_or_a_minute() {
        let told = |headers: &[(&'static str, &'static str)]| pause(&response(429, "", headers)).unwrap();
        assert_eq!(told(&[]), Pause::all(Duration::from_mins(1)));
        assert_eq!(told(&[("retry-after", "7")]), Pause::all(Duration::from_secs(7)));
        assert_eq!(pause(&response(200, "", &[])), None);
    }
}
