//! Builds requests and sends them.

use super::{buckets, errors};
use bytes::Bytes;
use http::{HeaderValue, Method, header};
use ports::{Call, Error, ErrorKind, Request, Response, Result};

const JSON: &str = "application/json";
/// In the form that Amazon prescribes: what it is, and in which language it is written.
const USER_AGENT: &str = concat!("Sluis/", env!("CARGO_PKG_VERSION"), " (Language=Rust; Platform=Linux)");

/// A query, each part of it encoded.
pub(super) type Query<'q> = &'q [(&'q str, &'q str)];

/// Reads something.
pub(super) async fn get(call: &Call<'_>, operation: &'static str, path: &str, query: Query<'_>) -> Result<Response> {
    let request = start(call, operation, Method::GET, path, query, token(call, operation)?)?;
    send(call, operation, request.body(Bytes::new()), false).await
}

/// Changes something.
pub(super) async fn write(
    call: &Call<'_>,
    operation: &'static str,
    (method, path): (Method, &str),
    query: Query<'_>,
    body: &impl serde::Serialize,
) -> Result<Response> {
    let request = start(call, operation, method, path, query, token(call, operation)?)?;
    let text = serde_json::to_vec(body).map_err(|e| unbuildable(operation, e))?;
    send(call, operation, request.header(header::CONTENT_TYPE, JSON).body(text.into()), true).await
}

/// Takes something away.
pub(super) async fn delete(call: &Call<'_>, operation: &'static str, path: &str, access: &str) -> Result<Response> {
    let request = start(call, operation, Method::DELETE, path, &[], access)?;
    send(call, operation, request.body(Bytes::new()), true).await
}

/// As `get`, or as `write` where there is a body, with a token that is not the seller's.
pub(super) async fn with_token(
    call: &Call<'_>,
    operation: &'static str,
    path: &str,
    access: &str,
    body: Option<Vec<u8>>,
) -> Result<Response> {
    match body {
        None => {
            let request = start(call, operation, Method::GET, path, &[], access)?;
            send(call, operation, request.body(Bytes::new()), false).await
        }
        Some(text) => {
            let request = start(call, operation, Method::POST, path, &[], access)?;
            send(call, operation, request.header(header::CONTENT_TYPE, JSON).body(text.into()), true).await
        }
    }
}

/// The seller's token.
pub(super) fn token<'c>(call: &Call<'c>, operation: &'static str) -> Result<&'c str> {
    let missing = || Error::new(ErrorKind::Bug, operation, "there is no token for this call");
    call.token.map(|token| token.access.expose()).ok_or_else(missing)
}

async fn send(
    call: &Call<'_>,
    operation: &'static str,
    request: std::result::Result<Request, http::Error>,
    writes: bool,
) -> Result<Response> {
    let request = request.map_err(|e| unbuildable(operation, e))?;
    let bucket = buckets::of(&request);
    errors::check(operation, call.http.send(request).await?, writes, bucket)
}

fn start(
    call: &Call<'_>,
    operation: &'static str,
    method: Method,
    path: &str,
    query: Query<'_>,
    access: &str,
) -> Result<http::request::Builder> {
    let mut all = url::form_urlencoded::Serializer::new(String::new());
    all.extend_pairs(query);
    let all = all.finish();
    let mark = if all.is_empty() { "" } else { "?" };
    let uri = format!("{}{path}{mark}{all}", call.account.base_url);
    let mut access = HeaderValue::from_str(access)
        .map_err(|_| Error::new(ErrorKind::Protocol, operation, "Amazon's token holds characters that no header may have"))?;
    access.set_sensitive(true);
    if uri.parse::<http::Uri>().is_err() {
        return Err(Error::new(ErrorKind::Configuration, operation, "the request cannot be built; check `base_url`"));
    }
    Ok(http::Request::builder()
        .method(method)
        .uri(uri)
        .header(header::ACCEPT, JSON)
        .header(header::USER_AGENT, USER_AGENT)
        .header("x-amz-date", call.now.strftime("%Y%m%dT%H%M%SZ").to_string())
        .header("x-amz-access-token", access))
}

/// A code as a piece of a path: sellers' codes may hold slashes, spaces and percent signs.
pub(super) fn segment(operation: &'static str, code: &str) -> Result<String> {
    if code.is_empty() || code.chars().all(|c| c == '.') {
        return Err(Error::new(ErrorKind::BadInput, operation, format!("`{code}` is no code of Amazon")));
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    Ok(code.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect())
}

/// The base address is a setting; what cannot be built is most likely its fault.
pub(super) fn unbuildable(operation: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Configuration, operation, "the request cannot be built; check `base_url`")
        .with_detail(cause.to_string())
        .caused_by(cause)
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;

    #[test]
    fn a_call_says_who_asks_and_hides_the_token() {
        let (account, canned) = (account(), Canned::new(&[(200, "{}")]));
        run(get(&call(&canned, &account), "t", "/orders/2026-01-01/orders", &[("fulfilledBy", "A,B")])).unwrap();
        let asked = canned.asked.lock().unwrap();
        let headers = asked[0].headers();
        assert_eq!(asked[0].uri().to_string(), "https://amazon.example.test/orders/2026-01-01/orders?fulfilledBy=A%2CB");
        assert_eq!(
            (&headers["x-amz-access-token"], &headers["x-amz-date"]),
            (&"hush-token".parse().unwrap(), &"20261203T120000Z".parse().unwrap())
        );
        assert!(headers["x-amz-access-token"].is_sensitive());
        assert!(headers[header::USER_AGENT].to_str().unwrap().contains("(Language=Rust"));
    }

    #[test]
    fn a_code_never_leaves_its_place_in_a_path() {
        assert_eq!(segment("t", "TEA/GREEN 50%").unwrap(), "TEA%2FGREEN%2050%25");
        assert_eq!(segment("t", "../x?y#ü").unwrap(), "..%2Fx%3Fy%23%C3%BC");
        for wrong in ["", ".", ".."] {
            assert_eq!(segment("t", wrong).unwrap_err().kind, ErrorKind::BadInput);
        }
    }
}
