//! What the refusals of Exact Online mean. Its words are in the language of whoever gave the consent: they are shown, and nothing is decided by them.

use super::wire::Refusal;
use crate::wire_text::{self, LONGEST_WAIT};
use http::StatusCode;
use jiff::Timestamp;
use ports::{Error, ErrorKind, Pause, Response, Result, Status};
use std::time::Duration;

/// Texts of the system are cut to this many characters.
const LONGEST_TEXT: usize = 300;
/// A minute and its edge.
const A_MINUTE: Duration = Duration::from_secs(61);

/// Lets 2xx pass. `writes`: the request may have changed something.
pub(super) fn check(operation: &'static str, response: Response, writes: bool) -> Result<Response> {
    if response.status().is_success() { Ok(response) } else { Err(refused(operation, &response, writes)) }
}

fn refused(operation: &'static str, response: &Response, writes: bool) -> Error {
    let status = response.status().as_u16();
    let said = said(response);
    if matches!(status, 404 | 410) && said.is_none() {
        return wire_text::not_its_own_404(operation, "Exact Online", writes);
    }
    let words = said.as_deref().map_or("it gave no reason".to_owned(), |said| format!("it says: {said}"));
    let detail = format!("HTTP {status}");
    let message = match status {
        401 => format!("Exact Online does not accept the token; {words}"),
        403 => format!(
            "Exact Online denies access: whoever gave the consent lacks the right, or the company's licence has no such module; {words}"
        ),
        429 => "Exact Online takes no more calls for this company just now; it goes on when it does".to_owned(),
        400 | 404 | 500 if said.is_some() => {
            format!(
                "Exact Online does not take it; {words}. Correct that there, or in sluis.toml, and have the document booked again"
            )
        }
        500..=599 => format!("Exact Online is down or busy (HTTP {status}); it will be tried again"),
        _ => format!("Exact Online declined (HTTP {status}); {words}"),
    };
    // What does not hold is told with a 500 as well: with words of its own it is no failure, and no different next time.
    if status == 500 && said.is_some() {
        return Error::new(ErrorKind::Declined, operation, message).with_detail(detail);
    }
    wire_text::by_status(operation, response, writes, message).with_detail(detail)
}

/// Its own words.
fn said(response: &Response) -> Option<String> {
    let refusal: Refusal = crate::objects::from_slice(response.body()).unwrap_or_default();
    let text = refusal.error.message.value.text().trim().to_owned();
    (!text.is_empty()).then(|| shortened(&text))
}

/// A text of the system, cut short and without control characters.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect()
}

/// Whether the minute or the day is used up. Both tell their end in milliseconds of the epoch; the answer's own date says how long that is.
pub(super) fn pause(response: &Response) -> Option<Pause> {
    let number = |name: &str| response.headers().get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let is_too_many = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let until = |name: &str, usual: Duration| {
        let at = number(name).and_then(|reset| Timestamp::from_millisecond(reset).ok());
        let lasting = at.zip(date(response)).map(|(end, now)| end.duration_since(now));
        lasting.and_then(|lasting| Duration::try_from(lasting).ok()).unwrap_or(usual)
    };
    if number("x-ratelimit-remaining").is_some_and(|left| left <= 0) {
        // Asked again within the hour: who pays for more gets more.
        return Some(Pause::all(until("x-ratelimit-reset", LONGEST_WAIT).clamp(Duration::from_secs(1), LONGEST_WAIT)));
    }
    if is_too_many || number("x-ratelimit-minutely-remaining").is_some_and(|left| left <= 0) {
        return Some(Pause::all(until("x-ratelimit-minutely-reset", A_MINUTE).clamp(Duration::from_secs(1), A_MINUTE)));
    }
    None
}

/// When it was answered, by the other side's clock.
fn date(response: &Response) -> Option<Timestamp> {
    let text = response.headers().get(http::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp())
}

/// As if nothing had been done: for calls that change nothing in the books.
pub(super) fn harmless(error: Error) -> Error {
    if error.status == Status::Unknown { error.with_status(Status::Temporary { retry_after: None }) } else { error }
}
