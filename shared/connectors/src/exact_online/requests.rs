//! Builds requests and sends them.

use super::{errors, settings, wire};
use bytes::Bytes;
use http::{HeaderValue, Method, header};
use ports::{Call, Error, ErrorKind, Request, Response, Result};
use serde::de::DeserializeOwned;

const JSON: &str = "application/json";
/// Pages of a list that are read; the lists that are read here have a handful.
const MOST_PAGES: usize = 40;

/// A query: what of the fields, and which entities. Some lists are refused without the first, most without the second.
pub(super) struct Query<'q> {
    pub(super) select: &'q str,
    pub(super) filter: Option<&'q str>,
}

impl Query<'_> {
    fn encoded(&self) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("$select", self.select);
        if let Some(filter) = self.filter {
            form.append_pair("$filter", filter);
        }
        form.finish().replace('+', "%20")
    }
}

/// All entities of a list, page by page; the address of the next page is followed as it is told, within the company's own.
pub(super) async fn all<T: DeserializeOwned>(
    call: &Call<'_>,
    operation: &'static str,
    path: &str,
    query: Query<'_>,
) -> Result<Vec<T>> {
    let root = format!("{}/api/v1/{}/", call.account.base_url, settings::division(call.account)?);
    let mut address = format!("{root}{path}?{}", query.encoded());
    let mut found = Vec::new();
    for _ in 0..MOST_PAGES {
        let request = start(call, operation, Method::GET, &address)?.body(Bytes::new());
        let response = send(call, operation, request, false).await?;
        let (page, next) = wire::list(operation, response.body())?;
        found.extend::<Vec<T>>(page);
        match next {
            Some(next) if next.starts_with(&root) => address = next,
            // Elsewhere our token is nobody's business.
            Some(_) => {
                let message = "Exact Online names a next page that is not in the company; check `base_url` and `division`";
                return Err(Error::new(ErrorKind::Protocol, operation, message));
            }
            None => break,
        }
    }
    Ok(found)
}

/// Makes something, and answers what it became.
pub(super) async fn create<T: DeserializeOwned>(
    call: &Call<'_>,
    operation: &'static str,
    path: &str,
    body: &impl serde::Serialize,
) -> Result<T> {
    let address = format!("{}/api/v1/{}/{path}", call.account.base_url, settings::division(call.account)?);
    let text = serde_json::to_vec(body).map_err(|e| unbuildable(operation, e))?;
    let request = start(call, operation, Method::POST, &address)?
        .header(header::CONTENT_TYPE, JSON)
        // With all its fields, and not only what was sent.
        .header("prefer", "return=representation")
        .body(text.into());
    let response = send(call, operation, request, true).await?;
    wire::one(operation, response.body()).map_err(|error| error.with_status(ports::Status::Unknown))
}

async fn send(
    call: &Call<'_>,
    operation: &'static str,
    request: std::result::Result<Request, http::Error>,
    writes: bool,
) -> Result<Response> {
    let request = request.map_err(|e| unbuildable(operation, e))?;
    let sent = call.http.send(request).await;
    errors::check(operation, if writes { sent? } else { sent.map_err(errors::harmless)? }, writes)
}

fn start(call: &Call<'_>, operation: &'static str, method: Method, address: &str) -> Result<http::request::Builder> {
    let missing = || Error::new(ErrorKind::Bug, operation, "there is no token for this call");
    let token = call.token.ok_or_else(missing)?;
    let mut access = HeaderValue::from_str(&format!("Bearer {}", token.access.expose())).map_err(|_| {
        Error::new(ErrorKind::Protocol, operation, "the token of Exact Online holds characters that no header may have")
    })?;
    access.set_sensitive(true);
    Ok(http::Request::builder().method(method).uri(address).header(header::ACCEPT, JSON).header(header::AUTHORIZATION, access))
}

/// A text within a filter: quotes are doubled.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A date within a filter.
pub(super) fn date(on: jiff::civil::Date) -> String {
    format!("datetime'{on}T00:00:00'")
}

/// The base address is a setting; what cannot be built is most likely its fault.
pub(super) fn unbuildable(operation: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Configuration, operation, "the request cannot be built; check `base_url`")
        .with_detail(cause.to_string())
        .caused_by(cause)
}
