//! Serves shops over HTTP, each at the address that its connection calls, with doors of its own for customers and for trouble.

use super::Shop;
use super::trouble::TroubleOrder;
use axum::extract::State;
use bytes::Bytes;
use channels::far_side::NotSold;
use domain::{OrderNumber, Quantity, Sku};
use http::{Method, StatusCode};
use ports::{Clock, Request, Response};
use serde_json::{Value, json};
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
        return plain(&door(&street, shop, &method, own, &body));
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

struct Told {
    status: u16,
    body: Value,
}

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

/// Our own doors: `GET shown/{sku}`, `GET orders`, `GET counts`, `POST buy`, `POST cancel`, `POST stock`, `POST trouble`.
fn door(street: &Street, shop: &Shop, method: &Method, own: &str, body: &[u8]) -> Told {
    let own = percent_decoded(own);
    let wrong = |status: u16, why: &str| Told { status, body: json!({ "error": why }) };
    let fine = |body: Value| Told { status: 200, body };
    let sent: Value = serde_json::from_slice(body).unwrap_or_default();
    let sku = || sent.get("sku").and_then(Value::as_str).and_then(|s| Sku::new(s).ok());
    let quantity = || Quantity::new(sent.get("quantity").map_or(Some(1), Value::as_i64)?).ok();
    match (method.as_str(), own.split_once('/').unwrap_or((own.as_str(), ""))) {
        ("GET", ("shown", code)) => match Sku::new(code).ok().and_then(|sku| shop.shown(&sku)) {
            Some(shown) => fine(json!({ "sku": code, "shown": shown })),
            None => wrong(404, "this article is not on sale here"),
        },
        ("GET", ("orders", "")) => fine(json!({ "orders": shop.orders() })),
        ("GET", ("counts", "")) => fine(json!({ "orders": shop.orders().len(), "stock_writes": shop.stock_writes() })),
        ("POST", ("buy", "")) => match (sku(), quantity()) {
            (Some(sku), Some(quantity)) => match shop.buy(&sku, quantity) {
                Ok(order) => fine(json!({ "order": order })),
                Err(NotSold::SoldOut) => wrong(409, "sold out: the shop's own counter does not reach"),
                Err(NotSold::Unknown) => wrong(404, "this article is not on sale here"),
            },
            _ => wrong(400, "expected {\"sku\": \"…\", \"quantity\": 1}"),
        },
        ("POST", ("stock", "")) => match (sku(), quantity()) {
            (Some(sku), Some(quantity)) => {
                shop.edit_stock(&sku, quantity);
                fine(json!({ "shown": shop.shown(&sku) }))
            }
            _ => wrong(400, "expected {\"sku\": \"…\", \"quantity\": 1}"),
        },
        ("POST", ("cancel", "")) => match sent.get("order").and_then(Value::as_str).and_then(|o| OrderNumber::new(o).ok()) {
            Some(order) if shop.cancel(&order) => fine(json!({ "cancelled": order })),
            Some(_) => wrong(404, "there is no such open order"),
            None => wrong(400, "expected {\"order\": \"…\"}"),
        },
        ("POST", ("trouble", "")) => match serde_json::from_value::<TroubleOrder>(sent.clone()) {
            Ok(order) => {
                shop.trouble(order.trouble(street.clock.now()));
                fine(json!({ "trouble": order.kind }))
            }
            Err(error) => wrong(400, &error.to_string()),
        },
        _ => wrong(404, "here are: GET shown/{sku}, orders, counts; POST buy, cancel, stock, trouble"),
    }
}

fn percent_decoded(path: &str) -> String {
    // A form's decoding also turns plus signs into blanks; in a path they are themselves.
    let text = format!("p={}", path.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
