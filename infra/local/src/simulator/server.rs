//! Serves shops over HTTP, each at the address that its connection calls, with doors of its own for customers and for trouble.

use super::Shop;
use super::doors::{Told, door};
use crate::serve::{self, Answer, Door, Patience, refusal};
use crate::web::Guard;
use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::Full;
use ports::{Clock, Request, Response};
use serde_json::json;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What lies under this name is not the channel's, but ours: customers, faults, figures.
const OWN: &str = "/_simulator/";
/// Bytes of a body: the largest list of figures that a channel takes is far smaller.
const LARGEST: usize = 10 * 1024 * 1024;

struct Street {
    shops: Vec<Arc<Shop>>,
    clock: Arc<dyn Clock>,
}

/// Serves shops that share a port until told to stop.
pub async fn serve(listener: TcpListener, shops: Vec<Arc<Shop>>, clock: Arc<dyn Clock>, stop: watch::Receiver<bool>) {
    serve::serve(listener, Arc::new(Street { shops, clock }), Patience::of_this_machine(), stop).await;
}

#[async_trait]
impl Door for Street {
    /// Shops hold no secrets, but who plays with them is at this machine.
    fn admit(&self, head: &Parts) -> Result<usize, Box<Answer>> {
        Guard::default().comes_from_here(head).map(|()| LARGEST)
    }

    async fn answer(&self, head: Parts, body: Bytes) -> Answer {
        let path = head.uri.path();
        let shop = self.shops.iter().filter(|s| is_under(path, &s.path())).max_by_key(|s| s.path().len());
        let Some(shop) = shop else {
            let known: Vec<_> = self.shops.iter().map(|s| s.base_url.as_str()).collect();
            return plain(&Told { status: 404, body: json!({ "error": "no shop here", "shops": known }) });
        };
        if let Some(own) = path.strip_prefix(&shop.path()).and_then(|rest| rest.strip_prefix(OWN)) {
            return plain(&door(shop, &*self.clock, &head.method, own, &body));
        }
        let Some(request) = as_called(shop, head.method, &head.uri, head.headers, body) else {
            return refusal(StatusCode::BAD_REQUEST, "not an address");
        };
        match shop.answer(&request) {
            Some(answer) => from_shop(answer),
            // Silence: the connection stays open until the caller has had enough of it.
            None => std::future::pending().await,
        }
    }
}

fn is_under(path: &str, base: &str) -> bool {
    path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn plain(text: &Told) -> Answer {
    let status = StatusCode::from_u16(text.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    serve::answer(status, HeaderValue::from_static("application/json"), text.body.to_string())
}

fn from_shop(answer: Response) -> Answer {
    let (parts, body) = answer.into_parts();
    Answer::from_parts(parts, Full::new(body))
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
