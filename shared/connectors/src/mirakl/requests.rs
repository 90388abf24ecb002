//! Builds requests with the key and the shop they are about, and sends them.

use super::{auth, errors, settings};
use bytes::Bytes;
use http::{Method, header};
use ports::{Call, Error, ErrorKind, Request, Response, Result};
use std::time::Duration;

const JSON: &str = "application/json";

/// A query, each part of it encoded.
pub(super) type Query<'q> = &'q [(&'q str, &'q str)];

/// Reads something.
pub(super) async fn get(call: &Call<'_>, operation: &'static str, path: &str, query: Query<'_>) -> Result<Response> {
    read(call, operation, JSON, path, query).await
}

async fn read(call: &Call<'_>, operation: &'static str, accept: &str, path: &str, query: Query<'_>) -> Result<Response> {
    let request = start(call, operation, Method::GET, accept, path, query)?;
    let request = request.body(Bytes::new()).map_err(|e| unbuildable(operation, e))?;
    errors::check(operation, call.http.send(request).await?, false)
}

/// As `get`, from memory where it was asked lately: what may be read once a day, or is the same for hundreds of items.
pub(super) async fn get_kept(
    call: &Call<'_>,
    operation: &'static str,
    (path, query): (&str, Query<'_>),
    no_older_than: Duration,
) -> Result<Bytes> {
    let name = name(path, query);
    if let Some(kept) = call.answers.kept(&name, call.now, no_older_than) {
        return Ok(kept);
    }
    let body = get(call, operation, path, query).await?.into_body();
    call.answers.keep(&name, call.now, &body);
    Ok(body)
}

/// As `get_kept`, of a report, which never changes.
pub(super) async fn report(call: &Call<'_>, operation: &'static str, path: &str) -> Result<Bytes> {
    if let Some(kept) = call.answers.kept(path, call.now, Duration::from_hours(1)) {
        return Ok(kept);
    }
    let body = read(call, operation, "text/csv", path, &[]).await?.into_body();
    call.answers.keep(path, call.now, &body);
    Ok(body)
}

/// The name under which an answer is kept.
pub(super) fn name(path: &str, query: Query<'_>) -> String {
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{path}?{}", query.join("&"))
}

/// Changes something. The answer is as it came: some refusals mean that it was done before.
pub(super) async fn put(call: &Call<'_>, operation: &'static str, path: &str, body: &impl serde::Serialize) -> Result<Response> {
    let request = start(call, operation, Method::PUT, JSON, path, &[])?;
    let text = serde_json::to_vec(body).map_err(|e| unbuildable(operation, e))?;
    let request =
        if text == b"null" { request.body(Bytes::new()) } else { request.header(header::CONTENT_TYPE, JSON).body(text.into()) };
    let request: Request = request.map_err(|e| unbuildable(operation, e))?;
    call.http.send(request).await
}

/// Sends a file, as the one part of a form.
pub(super) async fn upload(call: &Call<'_>, operation: &'static str, path: &str, csv: &str) -> Result<Response> {
    // Nothing of a file can be taken for its end: the operation's own id stands in it.
    let boundary = format!("sluis-{}", call.operation_id);
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"import.csv\"\r\nContent-Type: text/csv\r\n\r\n\
         {csv}\r\n--{boundary}--\r\n"
    );
    let request = start(call, operation, Method::POST, JSON, path, &[])?
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
    let request: Request = request.body(body.into()).map_err(|e| unbuildable(operation, e))?;
    errors::check(operation, call.http.send(request).await?, true)
}

fn start(
    call: &Call<'_>,
    operation: &'static str,
    method: Method,
    accept: &str,
    path: &str,
    query: Query<'_>,
) -> Result<http::request::Builder> {
    let mut all = url::form_urlencoded::Serializer::new(String::new());
    all.extend_pairs(query);
    // Whoever has several shops would be answered about the default one.
    if let Some(shop) = settings::shop_id(call.account)? {
        all.append_pair(settings::SHOP_ID, &shop.to_string());
    }
    let all = all.finish();
    let mark = if all.is_empty() { "" } else { "?" };
    let uri = format!("{}{path}{mark}{all}", call.account.base_url);
    let key = auth::header(call.account)?;
    if uri.parse::<http::Uri>().is_err() {
        return Err(Error::new(ErrorKind::Configuration, operation, "the request cannot be built; check `base_url`"));
    }
    Ok(http::Request::builder().method(method).uri(uri).header(header::ACCEPT, accept).header(header::AUTHORIZATION, key))
}

/// An id as a piece of a path: whatever is not a letter, a digit, a dash, an underscore or a point is encoded.
pub(super) fn segment(operation: &'static str, id: &str) -> Result<String> {
    if id.is_empty() || id.chars().all(|c| c == '.') {
        return Err(Error::new(ErrorKind::BadInput, operation, format!("`{id}` is no id of Mirakl")));
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    Ok(id.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect())
}

/// The base address is a setting; what cannot be built is most likely its fault.
fn unbuildable(operation: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Configuration, operation, "the request cannot be built; check `base_url`")
        .with_detail(cause.to_string())
        .caused_by(cause)
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;

    #[test]
    fn the_key_goes_bare_and_the_shop_with_every_call() {
        let mut account = account();
        account.settings.insert(settings::SHOP_ID.into(), "2041".into());
        let canned = Canned::new(&[(200, "{}")]);
        run(get(&call(&canned, &account), "t", "/api/orders", &[("order_ids", "A/1,B")])).unwrap();
        let asked = canned.asked.lock().unwrap();
        assert_eq!(asked[0].uri().to_string(), "https://market.example.test/api/orders?order_ids=A%2F1%2CB&shop_id=2041");
        assert_eq!(asked[0].headers()[header::AUTHORIZATION], "hush-key");
    }

    #[test]
    fn an_id_never_leaves_its_place_in_a_path() {
        assert_eq!(segment("t", "MK-5001-A").unwrap(), "MK-5001-A");
        assert_eq!(segment("t", "../x?y#ü").unwrap(), "..%2Fx%3Fy%23%C3%BC");
        for wrong in ["", ".", ".."] {
            assert_eq!(segment("t", wrong).unwrap_err().kind, ErrorKind::BadInput);
        }
    }
}
