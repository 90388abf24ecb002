//! Small readings that every channel's wire needs, so that each folder does not write its own.

use ports::{Error, ErrorKind, Response, Result, Status};
use std::time::Duration;

/// The longest that calls are held back at a channel's word. One that wants longer is asked again after this: a slip in a header must
/// not end a connection.
pub const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// The body as JSON of the wanted type, or a `Protocol` error that says where it went wrong. Never shows the body: it may hold names.
pub fn json<T: serde::de::DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T> {
    // Half a letter in a title is not worth a page.
    let text = String::from_utf8_lossy(body);
    crate::objects::from_str(&text).map_err(|e| {
        Error::new(ErrorKind::Protocol, operation, "the channel's answer does not have the shape its documentation promises")
            .with_detail(format!("line {} column {}: {:?}", e.line(), e.column(), e.classify()))
    })
}

/// `Retry-After` in whole seconds, at most `LONGEST_WAIT`; dates are not used by our channels.
pub fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// The error that an HTTP status means by itself, for channels that add nothing to it. `writes`: the request may have changed something.
pub fn by_status(operation: &'static str, response: &Response, writes: bool, message: String) -> Error {
    let status = response.status().as_u16();
    let kind = match status {
        400 | 406 | 415 | 422 => ErrorKind::Declined,
        401 => ErrorKind::Unauthorized,
        402 | 403 | 423 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Protocol,
    };
    let error = Error::new(kind, operation, message).with_detail(format!("HTTP {status}"));
    match kind {
        // A 5xx after the change was made looks the same as one before it.
        ErrorKind::Unavailable if writes => error.with_status(Status::Unknown),
        // Some success that the channel does not document says neither.
        ErrorKind::Protocol if writes && response.status().is_success() => error.with_status(Status::Unknown),
        ErrorKind::RateLimited | ErrorKind::Unavailable => {
            error.with_status(Status::Temporary { retry_after: retry_after(response) })
        }
        _ => error,
    }
}

/// The error of a 404 that is none of the channel's own: a page of a firewall, a cache or a host stands where it should answer. It says nothing of
/// what was asked for, least of all that it is gone, and may be over in a moment. `writes`: as for `by_status`.
pub fn not_its_own_404(operation: &'static str, channel: &str, writes: bool) -> Error {
    let message = format!(
        "a page that is not {channel}'s own stands where it should answer (HTTP 404): a firewall, a cache or the host in between; it is tried \
         again. If it stays so, check the connection's address, and ask whoever runs what is in between to let our calls pass"
    );
    let error = Error::new(ErrorKind::Protocol, operation, message).with_detail("HTTP 404, not the channel's own");
    if writes { error.with_status(Status::Unknown) } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_some_other_success_answers_may_have_been_done() {
        let status = |status: u16, writes| {
            let mut response = Response::default();
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
            by_status("t", &response, writes, String::new()).status
        };
        assert_eq!(status(204, true), Status::Unknown);
        assert_eq!(status(204, false), Status::Permanent);
        assert_eq!(status(302, true), Status::Permanent);
    }

    #[test]
    fn nobody_holds_calls_back_for_ever() {
        let told = |text: &'static str| {
            let mut response = Response::default();
            response.headers_mut().insert(http::header::RETRY_AFTER, http::HeaderValue::from_static(text));
            retry_after(&response)
        };
        assert_eq!(told("7"), Some(Duration::from_secs(7)));
        assert_eq!(told("18446744073709551615"), Some(LONGEST_WAIT));
        assert_eq!(told("-7"), None);
    }
}
