//! What is done to every answer: a tag that spares sending the same again, gzip where it is wanted, and words for what axum refuses by itself.

use super::problem::Problem;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Serialize;
use tower_http::compression::CompressionLayer;

/// Around all routes.
pub(crate) fn layered(router: Router) -> Router {
    // Which methods a path takes, the router says only outside of all that is laid around its routes.
    let whole = Router::new().fallback_service(router.fallback(nothing));
    whole.layer(from_fn(worded)).layer(from_fn(tagged)).layer(CompressionLayer::new())
}

async fn nothing() -> Problem {
    Problem::new(404, "there is nothing here; see /api/v1/openapi.json")
}

/// A method that a path does not take is refused by the router, without a word.
async fn worded(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let allow = response.headers().get(ALLOW).cloned();
    let methods: Vec<String> = allow
        .as_ref()
        .and_then(|allow| allow.to_str().ok())
        .unwrap_or_default()
        .split(',')
        .map(|method| method.trim().to_owned())
        // What answers GET answers HEAD; nobody needs to be told.
        .filter(|method| method != "HEAD" && !method.is_empty())
        .collect();
    let detail = match methods.as_slice() {
        [] => "this path does not take this method; see /api/v1/openapi.json for those that it takes".to_owned(),
        some => format!("use {}", some.join(" or ")),
    };
    let problem = Problem::new(405, detail).with("allowed", methods.clone());
    let mut response = problem.into_response();
    if let Ok(allow) = HeaderValue::try_from(methods.join(", ")) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

/// A tag of the answer's bytes; 304 where the caller has them already.
async fn tagged(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get(IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    // What says itself how it may be kept is personal, and nowhere kept.
    if !reads || response.status() != StatusCode::OK || response.headers().contains_key(CACHE_CONTROL) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // Every answer is in memory already.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Problem::new(500, "It was logged; please try again later.").into_response();
    };
    let tag = format!("\"{}\"", &sha256(&bytes)[..22]);
    let has = known.as_ref().and_then(|tags| tags.to_str().ok()).is_some_and(|tags| is_among(tags, &tag));
    let is_head = bytes.is_empty();
    let fresh = HeaderValue::try_from(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    if !is_head {
        head.headers.insert(ETAG, fresh);
    }
    head.headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if has {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(CONTENT_TYPE);
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(bytes))
}

/// A tag may have been weakened on the way, as compression does.
fn is_among(tags: &str, tag: &str) -> bool {
    tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

pub(crate) fn as_json<T: Serialize>(value: &T) -> Vec<u8> {
    // Views are made of strings, numbers and lists of those, which always encode.
    serde_json::to_vec(value).unwrap_or_default()
}

/// In the alphabet that needs no escape in a URL; 43 characters.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, bytes))
}

/// The headers of a call as `http` has them; what HTTP does not allow is left out.
pub(crate) fn headers<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// The bytes of an answer.
pub(crate) async fn whole(body: Body) -> Bytes {
    to_bytes(body, usize::MAX).await.unwrap_or_default()
}
