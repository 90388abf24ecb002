//! What the connector and the far side of a shape say to each other.

use http::Method;
use ports::{Error, ErrorKind, Request, Result};
use serde_json::{Value, json};

/// Where figures are sent.
pub(super) const STOCK: &str = "/shaped/stock";
/// Where writes under way are asked for, by their number.
pub(super) const JOBS: &str = "/shaped/jobs/";

/// A request as a row of an import.
pub(super) fn row(request: &Request) -> Value {
    let headers: Vec<Value> =
        request.headers().iter().map(|(name, value)| json!([name.as_str(), value.to_str().unwrap_or_default()])).collect();
    json!({
        "method": request.method().as_str(),
        "uri": request.uri().to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(request.body()),
    })
}

fn odd(what: &str) -> Error {
    Error::new(ErrorKind::Bug, "shaped", format!("a row without {what}"))
}

/// The request that a row is; `authorization` goes before its own, which may be over by now.
pub(super) fn request(row: &Value, authorization: Option<&http::HeaderValue>) -> Result<Request> {
    let text = |name: &'static str| row[name].as_str().ok_or_else(|| odd(name));
    let mut builder = http::Request::builder().method(text("method")?).uri(text("uri")?);
    for header in row["headers"].as_array().into_iter().flatten() {
        let (name, value) = (header[0].as_str().unwrap_or_default(), header[1].as_str().unwrap_or_default());
        let now = authorization.filter(|_| name == "authorization");
        builder = match now {
            Some(now) => builder.header(name, now),
            None => builder.header(name, value),
        };
    }
    builder.body(text("body")?.to_owned().into()).map_err(|_| odd("a request"))
}

/// A request of our own, with the headers of another.
pub(super) fn like(other: &Request, method: Method, uri: String, body: &Value) -> Result<Request> {
    let mut builder = http::Request::builder().method(method).uri(uri);
    for (name, value) in other.headers() {
        builder = builder.header(name, value);
    }
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    builder.body(body.into()).map_err(|_| odd("an address"))
}
