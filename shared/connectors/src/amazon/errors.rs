//! What Amazon's refusals mean.
//!
//! An expired token and a role that is missing are both a 403 with the code `Unauthorized`; only the details tell them apart. A 429 says nothing of
//! when to try again: a call is allowed once its bucket has refilled.

use super::buckets::Bucket;
use crate::lenient::{Field, Items};
use crate::wire_text;
use ports::{Error, ErrorKind, Pause, Response, Result, Status};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;
use std::time::Duration;

/// Texts of the channel are cut to this many characters.
const LONGEST_TEXT: usize = 300;

/// Refusals: most documents have them in an object, the token address has words of its own.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problems {
    errors: Field<Items>,
    error: Field<String>,
    error_description: Field<String>,
}

/// One of them.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    code: Field<String>,
    message: Field<String>,
    details: Field<String>,
}

impl Problems {
    fn of(response: &Response) -> Self {
        crate::objects::from_slice(response.body()).unwrap_or_default()
    }

    fn all(&self) -> Vec<Problem> {
        self.errors.get().map(|all| all.readable().collect()).unwrap_or_default()
    }

    /// Whether it is in a form of Amazon's own.
    fn has_form(&self) -> bool {
        self.all().iter().any(|one| !one.code.text().is_empty()) || !self.error.text().is_empty()
    }
}

/// Lets 2xx pass. `writes`: the request may have changed something.
pub(super) fn check(operation: &'static str, response: Response, writes: bool, bucket: Bucket) -> Result<Response> {
    if response.status().is_success() { Ok(response) } else { Err(refused(operation, &response, writes, bucket)) }
}

/// The error of an answer that is not 2xx.
fn refused(operation: &'static str, response: &Response, writes: bool, bucket: Bucket) -> Error {
    let problems = Problems::of(response);
    let status = response.status().as_u16();
    if matches!(status, 404 | 410) && !problems.has_form() {
        return wire_text::not_its_own_404(operation, "Amazon", writes);
    }
    let said = said(&problems);
    let detail = format!("HTTP {status}; {said}");
    if matches!(problems.error.text(), "invalid_client" | "invalid_grant" | "unauthorized_client") {
        let message = format!(
            "Amazon gives no token for these credentials; check `client_id`, `client_secret` (it ends 180 days after it was made) and \
             `refresh_token` (the authorisation is renewed once a year); {said}"
        );
        return Error::new(ErrorKind::Unauthorized, operation, message).with_detail(detail);
    }
    // Of a token, whatever is wrong with it: the next one may be good.
    let of_token = status == 403 && problems.all().iter().any(|one| one.details.text().contains("access token"));
    let message = match status {
        401 | 403 if of_token || status == 401 => {
            format!("Amazon does not accept the token; the next call fetches a new one; {said}")
        }
        403 => format!(
            "Amazon denies access: the application lacks the role for it, or the seller did not authorise it since the role was added; {said}"
        ),
        404 => format!("Amazon does not have it (any more); {said}"),
        429 => "Amazon gets too many calls of this kind; it will be tried again".to_owned(),
        500..=599 => format!("Amazon is down or busy (HTTP {status}); it will be tried again"),
        _ => format!("Amazon declined (HTTP {status}); {said}"),
    };
    if of_token {
        return Error::new(ErrorKind::Unauthorized, operation, message).with_detail(detail);
    }
    let error = wire_text::by_status(operation, response, writes, message).with_detail(detail);
    match error.kind {
        ErrorKind::RateLimited => error.with_status(Status::Temporary { retry_after: Some(bucket.refill) }),
        _ => error,
    }
}

fn said(problems: &Problems) -> String {
    let mut texts: Vec<String> = vec![problems.error.text().to_owned(), problems.error_description.text().to_owned()];
    for one in problems.all() {
        texts.extend([one.code, one.message, one.details].iter().map(|text| text.text().to_owned()));
    }
    texts.retain(|text| !text.is_empty());
    if texts.is_empty() { "it gave no reason".to_owned() } else { shortened(&format!("it says: {}", texts.join("; "))) }
}

/// A text of the channel, cut short and without control characters.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect()
}

/// Whether an answer asks to hold back, and says the rate of its bucket. Most refusals do not; those wait as their bucket has it.
pub(super) fn pause(response: &Response) -> Option<Pause> {
    if response.status() != http::StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let rate = response.headers().get("x-amzn-ratelimit-limit")?.to_str().ok()?;
    let rate = rate.trim().parse::<Decimal>().ok().filter(|rate| *rate > Decimal::ZERO)?;
    let wait = Duration::from_millis(Decimal::ONE_THOUSAND.checked_div(rate)?.ceil().to_u64()?);
    Some(Pause::all(wait.clamp(Duration::from_millis(100), wire_text::LONGEST_WAIT)))
}

/// A field of an answer that cannot be used.
pub(super) fn unreadable(operation: &'static str, what: &str, problem: &domain::FieldError) -> Error {
    Error::new(ErrorKind::Protocol, operation, format!("Amazon tells {what} so that it cannot be read: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::response;
    use super::*;

    const SLOW: Bucket = Bucket { name: "orders", refill: Duration::from_secs(179) };

    fn of(status: u16, body: &str, writes: bool) -> Error {
        refused("t", &response(status, body, &[]), writes, SLOW)
    }

    #[test]
    fn an_expired_token_and_a_missing_role_are_told_apart_by_the_details_alone() {
        let body = |details: &str| {
            format!(
                r#"{{"errors":[{{"code":"Unauthorized","message":"Access to requested resource is denied.","details":"{details}"}}]}}"#
            )
        };
        assert_eq!(of(403, &body("The access token you provided has expired."), false).kind, ErrorKind::Unauthorized);
        let role = of(403, &body(""), false);
        assert!(role.kind == ErrorKind::Forbidden && role.message.contains("role"), "{role:?}");
    }

    #[test]
    fn refusals_say_what_to_do_and_what_is_not_amazons_own_is_not_believed() {
        let grant = of(400, r#"{"error":"invalid_grant","error_description":"gone"}"#, false);
        assert!(grant.kind == ErrorKind::Unauthorized && grant.message.contains("`refresh_token`"), "{grant:?}");
        let own = r#"{"errors":[{"code":"NotFound","message":"no"}]}"#;
        assert_eq!(of(404, own, false).kind, ErrorKind::NotFound);
        for other in ["", "<p>", "{}", r#"{"message":"x"}"#, r#"{"errors":[{"message":"x"}]}"#] {
            assert_eq!(of(404, other, false).kind, ErrorKind::Protocol, "{other}");
        }
        assert_eq!(of(503, "<html>", true).status, Status::Unknown);
    }

    #[test]
    fn too_many_calls_wait_until_the_bucket_has_one_again() {
        assert_eq!(of(429, "", false).retry_after(), Some(SLOW.refill));
        assert_eq!(pause(&response(429, "", &[])), None);
        let told = |rate: &'static str| pause(&response(429, "", &[("x-amzn-ratelimit-limit", rate)]));
        assert_eq!(told("0.5"), Some(Pause::all(Duration::from_secs(2))));
        for odd in ["0", "-1", "NaN", "words", ""] {
            assert!(told(odd).is_none_or(|pause| pause.lasting <= wire_text::LONGEST_WAIT), "{odd}");
        }
        assert_eq!(pause(&response(200, "", &[("x-amzn-ratelimit-limit", "0.5")])), None);
    }
}
