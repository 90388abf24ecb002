//! One request: its address, its proof, its answer.

use crate::woocommerce::{auth, errors};
use bytes::Bytes;
use http::{HeaderValue, Method, header};
use ports::{Call, Error, ErrorKind, Request, Response, Result};
use serde_json::Value;
use url::Url;

/// The most WooCommerce gives at once; one more is refused with a 400.
pub(super) const PER_PAGE: usize = 100;

/// How WooCommerce's own routes begin.
const CORE: &str = "wc/v3";

/// Pages of a small list after which it is not going to end.
const MOST_PAGES: u32 = 20;

/// How often a call is signed anew because its nonce was used; see `auth`.
const MOST_NONCES: u32 = 5;

/// What to ask of the shop.
#[derive(Debug)]
pub(super) struct Ask {
    /// For errors: `woocommerce.orders`.
    pub(super) operation: &'static str,
    pub(super) method: Method,
    /// How the route begins, below `/wp-json/`.
    pub(super) namespace: String,
    /// Below the namespace, with a slash in front.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl Ask {
    /// A read.
    pub(super) fn get(operation: &'static str, path: impl Into<String>) -> Self {
        Self { operation, method: Method::GET, namespace: CORE.to_owned(), path: path.into(), query: Vec::new(), body: None }
    }

    /// A write with this content.
    pub(super) fn write(operation: &'static str, method: Method, path: impl Into<String>, body: Value) -> Self {
        Self { method, body: Some(body), ..Self::get(operation, path) }
    }

    /// At a plugin's route.
    pub(super) fn below(mut self, namespace: &str) -> Self {
        namespace.clone_into(&mut self.namespace);
        self
    }

    /// With a query.
    pub(super) fn with(mut self, query: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.query.extend(query);
        self
    }

    /// As a page of a list, in the order of ids unless said otherwise before.
    pub(super) fn page(self, page: u32) -> Self {
        let ordered = self.query.iter().any(|(name, _)| *name == "orderby");
        let paged = self.with([("per_page", PER_PAGE.to_string()), ("page", page.to_string())]);
        if ordered { paged } else { paged.with([("orderby", "id".to_owned()), ("order", "asc".to_owned())]) }
    }

    /// Whether it may change something on the other side.
    pub(super) fn writes(&self) -> bool {
        self.method != Method::GET
    }
}

/// Sends it; any HTTP status is an `Ok`.
pub(super) async fn send(call: &Call<'_>, ask: &Ask) -> Result<Response> {
    let mut attempt = 0;
    loop {
        let response = call.http.send(build(call, ask, attempt)?).await?;
        attempt += 1;
        if attempt < MOST_NONCES && auth::has_nonce(call.account) && errors::nonce_was_used(&response) {
            continue;
        }
        return Ok(response);
    }
}

/// Sends it and reads what comes back.
pub(super) async fn fetch<T: serde::de::DeserializeOwned>(call: &Call<'_>, ask: &Ask) -> Result<T> {
    errors::read(ask.operation, &send(call, ask).await?, ask.writes())
}

/// A number the shop tells in a header of a list, if no proxy took it away.
pub(super) fn told(response: &Response, name: &str) -> Option<u32> {
    response.headers().get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Whether another page follows this one, of which `count` items came.
pub(super) fn more(response: &Response, page: u32, count: usize) -> bool {
    told(response, "x-wp-totalpages").map_or(count >= PER_PAGE, |pages| page < pages)
}

/// Every item of a list that is small by nature, such as the webhooks of a shop, page by page.
pub(super) async fn all<T: serde::de::DeserializeOwned>(call: &Call<'_>, operation: &'static str, path: &str) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for page in 1..=MOST_PAGES {
        let response = send(call, &Ask::get(operation, path).page(page)).await?;
        let found: Vec<T> = errors::read(operation, &response, false)?;
        let more = !found.is_empty() && more(&response, page, found.len());
        all.extend(found);
        if !more {
            return Ok(all);
        }
    }
    Err(Error::new(
        ErrorKind::Protocol,
        operation,
        "the shop promises ever more pages; see whether a plugin changes X-WP-TotalPages",
    ))
}

fn build(call: &Call<'_>, ask: &Ask, attempt: u32) -> Result<Request> {
    let wrong = |what: &str| {
        let message = format!("connection {}: `base_url` {what}; enter the shop's address", call.account.connection);
        Error::new(ErrorKind::Configuration, ask.operation, message)
    };
    let address = format!("{}/wp-json/{}{}", call.account.base_url, ask.namespace, ask.path);
    let mut url = Url::parse(&address).map_err(|_| wrong("is not an address"))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("must not hold a question mark or a hash"));
    }
    if !ask.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&ask.query);
    }
    let body = ask.body.as_ref().map(|b| Bytes::from(b.to_string())).unwrap_or_default();
    let proof = auth::sign(call, &ask.method, &mut url, &body, attempt)?;
    let mut request = Request::new(body);
    *request.method_mut() = ask.method.clone();
    *request.uri_mut() = url.as_str().parse().map_err(|_| wrong("is not an address"))?;
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    if ask.body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(proof) = proof {
        headers.insert(header::AUTHORIZATION, proof);
    }
    Ok(request)
}
