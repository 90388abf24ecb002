//! Builds requests with bol's media types and sends them with the token.
//!
//! The same path means another version of the API under another media type, so no request leaves without one.

use super::errors;
use http::{Method, header};
use ports::{Call, Error, ErrorKind, Request, Response, Result};

/// Orders, subscriptions and process statuses.
pub(super) const V10: &str = "application/vnd.retailer.v10+json";
/// Offers with their stock.
pub(super) const V11: &str = "application/vnd.retailer.v11+json";

/// Reads something.
pub(super) async fn get(call: &Call<'_>, operation: &'static str, media: &str, path: &str) -> Result<Response> {
    let request = start(call, operation, Method::GET, media, path)?;
    let request = request.body(bytes::Bytes::new()).map_err(|e| unbuildable(operation, e))?;
    errors::check(operation, call.http.send(request).await?, false)
}

/// Changes something.
pub(super) async fn write(
    call: &Call<'_>,
    operation: &'static str,
    method: Method,
    media: &str,
    path: &str,
    body: &impl serde::Serialize,
) -> Result<Response> {
    let request = start(call, operation, method, media, path)?.header(header::CONTENT_TYPE, media);
    send(call, operation, request, body).await
}

/// Makes something whose body is declared as plain JSON, though the answer has bol's media type.
pub(super) async fn post_plain(
    call: &Call<'_>,
    operation: &'static str,
    path: &str,
    body: &impl serde::Serialize,
) -> Result<Response> {
    let request = start(call, operation, Method::POST, V10, path)?.header(header::CONTENT_TYPE, "application/json");
    send(call, operation, request, body).await
}

/// Sends a file, alone in a form (RFC 7578), under the name of its part. `named`: what it is called, of which letters and digits are kept.
pub(super) async fn post_file(
    call: &Call<'_>,
    operation: &'static str,
    path: &str,
    part: &str,
    named: &str,
    pdf: &[u8],
) -> Result<Response> {
    let boundary = boundary(pdf);
    let named: String = named.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{named}.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n"
    );
    let body = [head.as_bytes(), pdf, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
    let media = format!("multipart/form-data; boundary={boundary}");
    let request = start(call, operation, Method::POST, V10, path)?.header(header::CONTENT_TYPE, media);
    let request: Request = request.body(body.into()).map_err(|e| unbuildable(operation, e))?;
    errors::check(operation, call.http.send(request).await?, true)
}

/// A line that is nowhere in the file.
fn boundary(file: &[u8]) -> String {
    let is_in = |line: &str| file.windows(line.len()).any(|some| some == line.as_bytes());
    let mut lines = (0_u32..).map(|n| format!("sluis-{n:08}"));
    lines.find(|line| !is_in(line)).unwrap_or_default()
}

async fn send(
    call: &Call<'_>,
    operation: &'static str,
    request: http::request::Builder,
    body: &impl serde::Serialize,
) -> Result<Response> {
    let body = serde_json::to_vec(body).map_err(|e| unbuildable(operation, e))?;
    let request: Request = request.body(body.into()).map_err(|e| unbuildable(operation, e))?;
    errors::check(operation, call.http.send(request).await?, true)
}

fn start(call: &Call<'_>, operation: &'static str, method: Method, media: &str, path: &str) -> Result<http::request::Builder> {
    let token =
        call.token.ok_or_else(|| Error::new(ErrorKind::Bug, operation, "bol was called without a token; fetch one first"))?;
    let mut bearer = http::HeaderValue::from_str(&format!("Bearer {}", token.access.expose()))
        .map_err(|_| Error::new(ErrorKind::Protocol, operation, "bol's token holds characters that no header may hold"))?;
    bearer.set_sensitive(true);
    Ok(http::Request::builder()
        .method(method)
        .uri(format!("{}{path}", call.account.base_url))
        .header(header::ACCEPT, media)
        .header(header::AUTHORIZATION, bearer))
}

/// An id as a piece of a path. bol's ids are letters, digits and dashes; anything else would name another address.
pub(super) fn segment<'a>(operation: &'static str, id: &'a str) -> Result<&'a str> {
    if !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        Ok(id)
    } else {
        Err(Error::new(
            ErrorKind::BadInput,
            operation,
            format!("`{}` is no id of bol: letters, digits and dashes only", errors::shortened(id)),
        ))
    }
}

/// The base address is a setting; what cannot be built is most likely its fault.
pub(super) fn unbuildable(operation: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Configuration, operation, "the request to bol cannot be built; check `base_url` and `token_url`")
        .with_detail(cause.to_string())
        .caused_by(cause)
}

/// A field of an answer that cannot be used.
pub(super) fn unreadable(operation: &'static str, what: &str, problem: &domain::FieldError) -> Error {
    Error::new(ErrorKind::Protocol, operation, format!("bol tells {what} so that it cannot be read: {problem}"))
}

/// An answer that breaks bol's own contract.
pub(super) fn broken(operation: &'static str, invalid: &domain::Invalid) -> Error {
    Error::new(ErrorKind::Protocol, operation, format!("bol's answer holds an unusable value: {invalid}"))
}
