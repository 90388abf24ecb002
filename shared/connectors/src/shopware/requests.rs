//! Builds requests with a token, and sends them.

use super::{errors, wire};
use crate::wire_text;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use ports::{Call, Error, ErrorKind, Request, Response, Result};
use serde_json::Value;
use serde_json::value::RawValue;
use std::time::Duration;

/// Without it the shop answers in another form (JSON:API).
const JSON: &str = "application/json";
/// Fields that a variant leaves empty are told as its parent has them.
const INHERIT: (HeaderName, HeaderValue) = (HeaderName::from_static("sw-inheritance"), HeaderValue::from_static("1"));

/// What is found, item by item.
pub(super) async fn search(
    call: &Call<'_>,
    operation: &'static str,
    entity: &str,
    criteria: &Value,
) -> Result<Vec<Box<RawValue>>> {
    let response = send(call, operation, (Method::POST, &format!("/api/search/{entity}")), &[INHERIT], Some(criteria)).await?;
    let found: wire::Found = wire_text::json(operation, errors::check(operation, response, false)?.body())?;
    Ok(found.data.0)
}

/// Reads something.
pub(super) async fn get(call: &Call<'_>, operation: &'static str, path: &str) -> Result<Response> {
    let response = send(call, operation, (Method::GET, path), &[], None::<&()>).await?;
    errors::check(operation, response, false)
}

/// What `ask` tells, from memory where it was asked lately: the same for everything that is done on a connection.
pub(super) async fn kept(
    call: &Call<'_>,
    name: &str,
    ask: impl Future<Output = Result<String>> + Send,
    no_older_than: Duration,
) -> Result<String> {
    if let Some(kept) = call.answers.kept(name, call.now, no_older_than) {
        return Ok(String::from_utf8_lossy(&kept).into_owned());
    }
    let told = ask.await?;
    call.answers.keep(name, call.now, &Bytes::from(told.clone()));
    Ok(told)
}

/// Changes something, with further headers.
pub(super) async fn write(
    call: &Call<'_>,
    operation: &'static str,
    (method, path): (Method, &str),
    headers: &[(HeaderName, HeaderValue)],
    body: &impl serde::Serialize,
) -> Result<Response> {
    let response = send(call, operation, (method, path), headers, Some(body)).await?;
    errors::check(operation, response, true)
}

/// Sends a request; the answer is as it came.
pub(super) async fn send(
    call: &Call<'_>,
    operation: &'static str,
    (method, path): (Method, &str),
    headers: &[(HeaderName, HeaderValue)],
    body: Option<&impl serde::Serialize>,
) -> Result<Response> {
    let missing = || Error::new(ErrorKind::Bug, operation, "there is no token for this call");
    let token = call.token.map(|token| token.access.expose()).ok_or_else(missing)?;
    let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| Error::new(ErrorKind::Protocol, operation, "the shop's token holds characters that no header may have"))?;
    bearer.set_sensitive(true);
    let mut request = start(call, method, path).header(header::AUTHORIZATION, bearer);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request: std::result::Result<Request, http::Error> = match body {
        None => request.body(Bytes::new()),
        Some(body) => {
            let text = serde_json::to_vec(body).map_err(|e| unbuildable(operation, e))?;
            request.header(header::CONTENT_TYPE, JSON).body(text.into())
        }
    };
    call.http.send(request.map_err(|e| unbuildable(operation, e))?).await
}

/// A request as far as all of them are the same.
pub(super) fn start(call: &Call<'_>, method: Method, path: &str) -> http::request::Builder {
    let uri = format!("{}{path}", call.account.base_url);
    http::Request::builder().method(method).uri(uri).header(header::ACCEPT, JSON)
}

/// An id of Shopware: 32 hexadecimal digits. What is none is not there, and is never put into a path.
pub(super) fn id<'i>(operation: &'static str, what: &str, text: &'i str) -> Result<&'i str> {
    if is_id(text) {
        return Ok(text);
    }
    let message = format!("the shop has no {what} `{text}`: its ids are 32 digits and letters from a to f");
    Err(Error::new(ErrorKind::NotFound, operation, message))
}

/// Whether it is an id of Shopware.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
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
    fn a_call_asks_for_plain_json_and_hides_the_token() {
        let (account, canned) = (account(), Canned::new(&[(200, r#"{"data":[]}"#)]));
        run(search(&call(&canned, &account), "t", "product", &super::super::criteria::any())).unwrap();
        let asked = canned.asked.lock().unwrap();
        let headers = asked[0].headers();
        assert_eq!(asked[0].uri().to_string(), "https://shop.example.test/api/search/product");
        assert_eq!((&headers[header::ACCEPT], &headers["sw-inheritance"]), (&JSON.parse().unwrap(), &"1".parse().unwrap()));
        assert_eq!(headers[header::AUTHORIZATION].to_str().unwrap(), "Bearer hush-token");
        assert!(headers[header::AUTHORIZATION].is_sensitive());
    }

    #[test]
    fn what_is_no_id_never_comes_into_a_path() {
        assert!(id("t", "order", "0fa91ce3e96a4bc2be4bd9ce752c3425").is_ok());
        for wrong in
            ["", "1", "0FA91CE3E96A4BC2BE4BD9CE752C3425", "../a91ce3e96a4bc2be4bd9ce752c3425", "0fa91ce3e96a4bc2be4bd9ce752c342%"]
        {
            assert_eq!(id("t", "order", wrong).unwrap_err().kind, ErrorKind::NotFound, "{wrong}");
        }
    }
}
