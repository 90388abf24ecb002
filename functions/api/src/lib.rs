//! What people see and other systems ask: pages, and JSON under `/api/v1`.
//!
//! It reads through `engine::views`, and writes what people decide: adjustments and transfers of stock, bundles, and what is done about
//! orders. Who asks is found out before anything is routed (`access`), and each route says which right it needs (`web/needs.rs`).

#![expect(clippy::result_large_err, reason = "a problem is an answer, made once for a request")]
#![expect(clippy::default_trait_access, reason = "maps of a type that a library keeps to itself")]

pub mod access;
mod door;
mod pages;
mod resources;
mod sheet;
mod text;
mod web;

pub use self::web::{Code, Problem};

use self::access::People;
use self::web::{Context, Described, Paths, headers, layered, sign_in, whole};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use engine::{Cache, Ports};
use http::header::WWW_AUTHENTICATE;
use http::uri::Uri;
use http::{HeaderValue, Request, StatusCode};
use lambda_kit::{HttpAnswer, HttpCall, HttpHandler};
use std::sync::Arc;
use tower::ServiceExt as _;
use url::form_urlencoded;

/// Bytes of a body of JSON at most: a selection of a thousand products with the longest codes fits.
pub const LARGEST_JSON: usize = 128 * 1024;
/// Bytes of a file of rows at most.
pub const LARGEST_FILE: usize = 256 * 1024;

/// What a form of a page is sent as.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The handler.
pub struct Api {
    router: Router,
    paths: Paths,
    /// What whoever asks may have.
    open: Vec<&'static str>,
    people: Option<People>,
}

impl Api {
    /// Reads and writes through these ports. Whatever stands before it knows who asks.
    pub fn new(world: Ports) -> Self {
        Self::of(world, None)
    }

    /// As `new`, with users and machine tokens of its own.
    pub fn with_people(world: Ports, people: People) -> Self {
        Self::of(world, Some(people))
    }

    fn of(world: Ports, people: Option<People>) -> Self {
        let Described { router, mut paths } = Described::of(resources::routes);
        let screens = pages::routes();
        let router = router.merge(screens.router);
        paths.extend(pages::PATHS.map(str::to_owned));
        let open = screens.needs.iter().filter(|(_, right)| right.is_none()).map(|(path, _)| *path).collect();
        let context = Context { world, people: people.clone(), lookup: Arc::new(Cache::default()) };
        Self { router: layered(router.with_state(context)), paths: Paths::of(&paths), open, people }
    }

    /// The call with who asks, or why it goes no further: who is not known gets nothing but what is open.
    async fn admitted(&self, call: HttpCall) -> Result<Request<Body>, Response> {
        let caller = access::identify(self.people.as_ref(), &call).await.map_err(refused)?;
        let is_open = || {
            self.open
                .iter()
                .any(|open| open.split_once('{').map_or(call.path == *open, |(begins, _)| call.path.starts_with(begins)))
        };
        if caller.role.is_none() && !is_open() {
            return Err(pages::to_sign_in(&call).unwrap_or_else(|| refused(sign_in())));
        }
        let came = pages::Came { from: call.from, cookie: access::cookie_name(&call) };
        let mut request = self.request(call).map_err(Problem::into_response)?;
        request.extensions_mut().insert(caller);
        request.extensions_mut().insert(came);
        Ok(request)
    }

    /// The call as the router takes it.
    fn request(&self, call: HttpCall) -> Result<Request<Body>, Problem> {
        let kind = call.header("content-type").unwrap_or_default().trim_start().to_ascii_lowercase();
        // A form may hold a file.
        let is_file = kind.starts_with("text/csv") || kind.starts_with(FORM);
        let most = if is_file { LARGEST_FILE } else { LARGEST_JSON };
        if call.body.len() > most {
            let detail = format!("send at most {} KiB; this is {} bytes", most / 1024, call.body.len());
            return Err(Problem::new(413, detail).with("maximum", most));
        }
        // What is packed would be read as it is, and misunderstood.
        let packed = call.headers.iter().filter(|(name, _)| name == "content-encoding");
        if packed.into_iter().any(|(_, how)| !how.trim().eq_ignore_ascii_case("identity")) {
            let problem = Problem::new(415, "content-encoding: expected none; send the body as it is, it is not unpacked here");
            return Err(problem.in_field("content-encoding").with("expected", "identity"));
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.query).finish();
        let target = match query.as_str() {
            "" => self.paths.fitted(&call.path),
            query => format!("{}?{query}", self.paths.fitted(&call.path)),
        };
        let uri = Uri::try_from(target).map_err(|_| Problem::new(404, "there is nothing here; see /api/v1/openapi.json"))?;
        let mut request = Request::new(Body::from(call.body));
        *request.headers_mut() = headers(call.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        *request.method_mut() = call.method;
        *request.uri_mut() = uri;
        Ok(request)
    }
}

/// Who must prove who they are is told how.
fn refused(problem: Problem) -> Response {
    let mut response = problem.into_response();
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sluis\""));
    }
    response
}

#[async_trait]
impl HttpHandler for Api {
    async fn handle(&self, call: HttpCall) -> HttpAnswer {
        let response = match self.admitted(call).await {
            Ok(request) => match self.router.clone().oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            Err(refusal) => refusal,
        };
        let (head, body) = response.into_parts();
        // Headers of ours are text.
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        HttpAnswer {
            status: head.status.as_u16(),
            headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
            body: whole(body).await,
        }
    }
}

#[cfg(test)]
#[path = "api_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "roles_tests.rs"]
mod roles_tests;

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod sign_in_tests;

#[cfg(test)]
#[path = "handling_tests.rs"]
mod handling_tests;

#[cfg(test)]
#[path = "files_tests.rs"]
mod files_tests;

#[cfg(test)]
#[path = "price_import_tests.rs"]
mod price_import_tests;

#[cfg(test)]
#[path = "rules_tests.rs"]
mod rules_tests;

#[cfg(test)]
#[path = "publishing_tests.rs"]
mod publishing_tests;

#[cfg(test)]
#[path = "buyer_tests.rs"]
mod buyer_tests;

#[cfg(test)]
#[path = "adjustment_tests.rs"]
mod adjustment_tests;

#[cfg(test)]
#[path = "keys_tests.rs"]
mod keys_tests;

#[cfg(test)]
#[path = "refused_tests.rs"]
mod refused_tests;

#[cfg(test)]
#[path = "invoices_tests.rs"]
mod invoices_tests;

#[cfg(test)]
#[path = "pages_tests.rs"]
mod pages_tests;

#[cfg(test)]
#[path = "order_list_tests.rs"]
mod order_list_tests;
