//! Serves shops over HTTP, each at the address that its connection calls, with doors of its own for customers and for trouble.

use super::Shop;
use super::doors::{Told, door};
use axum::extract::State;
use bytes::Bytes;
use http::{Method, StatusCode};
use ports::{Clock, Request, Response};
use serde_json::json;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What lies under this name is not the channel's, but ours: customers, faults, figures.
const OWN: &str = "/_far_side/";

struct Street {
    shops: Vec<Arc<Shop>>,
    clock: Arc<dyn Clock>,
}

/// Serves shops that share a port until told to stop.
pub async fn serve(listener: TcpListener, shops: Vec<Arc<Shop>>, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
    let street = Arc::new(Street { shops, clock });
    let router = axum::Router::new().fallback(handle).with_state(street);
    let stopped = async move { while !*stop.borrow() && stop.changed().await.is_ok() {} };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "a simulated shop stopped");
    }
}

async fn handle(
    State(street): State<Arc<Street>>,
    method: Method,
    uri: http::Uri,
    headers: http::HeaderMap,
    body: Bytes,
) -> Answer {
    let path = uri.path();
    let shop = street.shops.iter().filter(|s| is_under(path, &s.path())).max_by_key(|s| s.path().len());
    let Some(shop) = shop else {
        let known: Vec<_> = street.shops.iter().map(|s| s.base_url.as_str()).collect();
        return plain(&Told { status: 404, body: json!({ "error": "no shop here", "shops": known }) });
    };
    if let Some(own) = path.strip_prefix(&shop.path()).and_then(|rest| rest.strip_prefix(OWN)) {
        return plain(&door(shop, &*street.clock, &method, own, &body));
    }
    let Some(request) = as_called(shop, method, &uri, headers, body) else {
        return plain(&Told { status: 400, body: json!({ "error": "not an address" }) });
    };
    match shop.answer(&request) {
        Some(answer) => from_shop(answer),
        // Silence: the connection stays open until the caller has had enough of it.
        None => std::future::pending().await,
    }
}

fn is_under(path: &str, base: &str) -> bool {
    path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

type Answer = http::Response<axum::body::Body>;

fn plain(text: &Told) -> Answer {
    let mut response = Answer::new(text.body.to_string().into());
    *response.status_mut() = StatusCode::from_u16(text.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

fn from_shop(answer: Response) -> Answer {
    let (parts, body) = answer.into_parts();
    Answer::from_parts(parts, body.into())
}

/// The request with its whole address, which some channels sign.
fn as_called(shop: &Shop, method: Method, uri: &http::Uri, headers: http::HeaderMap, body: Bytes) -> Option<Request> {
    let origin = url::Url::parse(&shop.base_url).ok()?.origin().ascii_serialization();
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = format!("{origin}{}", uri.path_and_query()?).parse().ok()?;
    *request.headers_mut() = headers;
    Some(request)
}
