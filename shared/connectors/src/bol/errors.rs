//! What bol's refusals mean, and what its rate limit headers ask for.

use super::wire::Problem;
use crate::wire_text;
use ports::{Error, ErrorKind, Lane, Pause, Response, Result};
use std::time::Duration;

/// How long to hold back after a 429 that does not say: long enough for a bucket of 25 a minute to get two calls back.
const UNTOLD_PAUSE: Duration = Duration::from_secs(5);
/// A longer reset is taken for an instant rather than a span: both have been recorded under the same header.
const LONGEST_RESET_S: u64 = 3600;
/// Texts of the channel are cut to this many characters.
const LONGEST_TEXT: usize = 300;

/// Lets 2xx pass. `writes`: the request may have changed something.
pub(super) fn check(operation: &'static str, response: Response, writes: bool) -> Result<Response> {
    if response.status().is_success() { Ok(response) } else { Err(refused(operation, &response, writes)) }
}

/// The error of an answer that is not 2xx.
pub(super) fn refused(operation: &'static str, response: &Response, writes: bool) -> Error {
    // A 5xx comes as HTML from the proxy as often as not: no body is no reason to fail differently.
    let problem: Problem = crate::objects::from_slice(response.body()).unwrap_or_default();
    let status = response.status().as_u16();
    if matches!(status, 404 | 410) && problem.title.is_empty() && problem.detail.is_empty() && problem.error.is_empty() {
        return wire_text::not_its_own_404(operation, "bol", writes);
    }
    let said = said(&problem);
    let message = match status {
        _ if problem.error == "invalid_client" => {
            "bol does not know these credentials; check `client_id` and `client_secret` in the partner dashboard".to_owned()
        }
        401 if problem.title == "Expired JWT" => "bol's token has expired; the next call fetches a new one".to_owned(),
        401 => format!("bol does not accept the token; {said}"),
        403 => format!("bol denies access; check that the seller account is active and may use the API; {said}"),
        404 => format!("bol does not have it (any more); {said}"),
        429 => "bol gets too many calls; it will be tried again".to_owned(),
        500..=599 => format!("bol is down or busy (HTTP {status}); it will be tried again"),
        _ => format!("bol declined (HTTP {status}); {said}"),
    };
    let error = wire_text::by_status(operation, response, writes, message);
    let detail = format!("HTTP {status}; {said}");
    if problem.error == "invalid_client" {
        Error::new(ErrorKind::Unauthorized, operation, error.message).with_detail(detail)
    } else {
        error.with_detail(detail)
    }
}

/// bol's own words, shortened and free of control characters.
fn said(problem: &Problem) -> String {
    let mut texts = vec![problem.title.clone(), problem.detail.clone()];
    texts.extend(problem.violations.iter().map(|v| format!("{}: {}", v.name, v.reason)));
    texts.retain(|t| !t.is_empty());
    if texts.is_empty() {
        return "it gave no reason".to_owned();
    }
    shortened(&format!("it says: {}", texts.join("; ")))
}

/// A text of the channel, cut short and without control characters.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect()
}

/// Whether an answer asks to hold back: a 429, or a bucket that this call emptied. Raises hold back at half of it already.
pub(super) fn pause(response: &Response) -> Option<Pause> {
    let reset = number(response, "x-ratelimit-reset").filter(|s| *s <= LONGEST_RESET_S).map(Duration::from_secs);
    if response.status() == http::StatusCode::TOO_MANY_REQUESTS {
        let lasting = wire_text::retry_after(response).or(reset).unwrap_or(UNTOLD_PAUSE);
        return Some(Pause::all(lasting));
    }
    let remaining = number(response, "x-ratelimit-remaining")?;
    let limit = number(response, "x-ratelimit-limit").unwrap_or(0);
    match reset? {
        lasting if remaining == 0 => Some(Pause::all(lasting)),
        lasting if remaining < limit.div_ceil(2) => Some(Pause { lasting, from: Lane::Raises }),
        _ => None,
    }
}

fn number(response: &Response, header: &str) -> Option<u64> {
    response.headers().get(header)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
