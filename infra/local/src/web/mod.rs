//! The HTTP API of the template on a port of this machine: requests go to the handlers that the template's routes name.

mod local;
mod route;

use crate::bus::LocalBus;
use crate::chaos::Dice;
use crate::queue::Queues;
use crate::topology::Route;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;
use lambda_kit::{HttpAnswer, HttpCall, HttpHandler, answer_guarded};
use ports::{Clock, Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Ports tried after the wanted one.
const MORE_PORTS: u16 = 20;
/// Largest body that is read, as at the cloud's HTTP API.
const MOST_BYTES: usize = 10 * 1024 * 1024;

/// What answers requests.
pub struct Web {
    /// Paths and the functions behind them.
    pub routes: Vec<Route>,
    /// Functions, by the name of their crate.
    pub handlers: BTreeMap<&'static str, Arc<dyn HttpHandler>>,
    /// The function that answers what no route names: the page for people.
    pub otherwise: &'static str,
    /// Answer pages only where they are asked for under a name of this machine: a foreign page whose name was made to lead here
    /// must not read or write. Deliveries come under any name.
    pub local_names_only: bool,
    /// For `/_local/status`.
    pub queues: Arc<Queues>,
    /// For `/_local/status`.
    pub bus: Arc<LocalBus>,
    /// Faults, where they are wanted.
    pub chaos: Option<Arc<Dice>>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Takes a port: the wanted one, or one of the next if it is busy. Only on the loopback address unless `exposed`.
pub async fn bind(wanted: SocketAddr, exposed: bool) -> Result<TcpListener> {
    let wrong = |message: String| Error::new(ErrorKind::Configuration, "listen", message);
    if !exposed && !loopback(wanted.ip()) {
        let what =
            format!("{wanted} can be reached from other machines, and nobody has to log in; choose 127.0.0.1, or add --expose");
        return Err(wrong(what));
    }
    let mut last = None;
    for more in 0..=MORE_PORTS {
        let Some(port) = wanted.port().checked_add(more) else { break };
        match TcpListener::bind((wanted.ip(), port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(error),
        }
    }
    let why = last.map(|e| e.to_string()).unwrap_or_default();
    Err(wrong(format!("no port from {} on is free on {}: {why}; choose another with --listen", wanted.port(), wanted.ip())))
}

fn loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Serves until told to stop.
pub async fn serve(listener: TcpListener, web: Web, mut stop: watch::Receiver<bool>) {
    let limit = axum::extract::DefaultBodyLimit::max(MOST_BYTES);
    let router = axum::Router::new().fallback(handle).layer(limit).with_state(Arc::new(web));
    let stopped = async move { while !*stop.borrow() && stop.changed().await.is_ok() {} };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the pages are no longer served");
    }
}

async fn handle(
    State(web): State<Arc<Web>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> axum::response::Response {
    let answer = match uri.path() {
        path if web.local_names_only && !path.starts_with("/hooks/") && !local_name(&headers) => {
            HttpAnswer::text(403, "ask for this page as 127.0.0.1 or localhost; for other names, start with --expose")
        }
        local::STATUS => local::status(&web).await,
        local::CHAOS => local::chaos(&web, &call(&web, method, &uri, &headers, body)),
        path => {
            let named = web.routes.iter().find(|r| route::matches(&r.path, path)).map(|r| r.function.as_str());
            match web.handlers.get(named.unwrap_or(web.otherwise)) {
                Some(handler) => answer_guarded(handler.as_ref(), call(&web, method, &uri, &headers, body)).await,
                None => HttpAnswer::text(404, "there is nothing here"),
            }
        }
    };
    respond(answer)
}

/// Whether the request names this machine by a name that only this machine can mean.
fn local_name(headers: &HeaderMap) -> bool {
    let host = headers.get(axum::http::header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    name.eq_ignore_ascii_case("localhost") || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(loopback)
}

fn call(web: &Web, method: Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> HttpCall {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let readable = headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    HttpCall {
        method,
        path: uri.path().to_owned(),
        query,
        headers: readable.collect(),
        body,
        caller: None,
        received_at: web.clock.now(),
    }
}

fn respond(answer: HttpAnswer) -> axum::response::Response {
    let mut builder = axum::http::Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    builder.body(answer.body.into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_its_own() {
        let named = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(axum::http::header::HOST, host.parse().unwrap());
            local_name(&headers)
        };
        for own in ["127.0.0.1:8080", "localhost:8080", "localhost", "[::1]:8080", "[::1]", "127.0.0.1"] {
            assert!(named(own), "{own}");
        }
        for foreign in ["evil.example.test:8080", "127.0.0.1.example.test", "192.168.1.5:8080", "", "localhost.example.test"] {
            assert!(!named(foreign), "{foreign}");
        }
    }
}
