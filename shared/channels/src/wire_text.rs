//! Small readings that every channel's wire needs, so that each folder does not write its own.

use ports::{Error, ErrorKind, Response, Result, Status};

/// The body as JSON of the wanted type, or a `Protocol` error that says where it went wrong. Never shows the body: it may hold names.
pub fn json<T: serde::de::DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|e| {
        Error::new(ErrorKind::Protocol, operation, "the channel's answer does not have the shape its documentation promises")
            .with_detail(format!("line {} column {}: {:?}", e.line(), e.column(), e.classify()))
    })
}

/// `Retry-After` in whole seconds; dates are not used by our channels.
pub fn retry_after(response: &Response) -> Option<std::time::Duration> {
    let text = response.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(std::time::Duration::from_secs)
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
        ErrorKind::RateLimited | ErrorKind::Unavailable => {
            error.with_status(Status::Temporary { retry_after: retry_after(response) })
        }
        _ => error,
    }
}
