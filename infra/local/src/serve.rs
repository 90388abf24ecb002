//! HTTP on a port of this machine, with an end to everything a caller may keep us waiting for: headers, bodies, connections.

use api::Problem;
use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// An answer: all of it is there before any of it is sent.
pub type Answer = Response<Full<Bytes>>;

/// Whose connection a request came by.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// What answers the requests that come to a port.
#[async_trait]
pub trait Door: Send + Sync + 'static {
    /// Before a byte of the body is read: how many bytes it may have; or why the request is refused.
    fn admit(&self, head: &Parts) -> Result<usize, Box<Answer>>;

    /// Answers a request that was let in.
    async fn answer(&self, head: Parts, body: Bytes) -> Answer;
}

/// What a caller may keep waiting, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until the headers of the next request are whole. A connection on which nothing is asked is closed after this, too.
    pub headers: Duration,
    /// Until the body is whole.
    pub body: Duration,
    /// A connection is closed after this, however busy it is: answers that nobody reads do not stay for ever.
    pub connection: Duration,
    /// Connections at once; further ones wait until one of these is closed.
    pub connections: usize,
}

impl Patience {
    /// As much as the machine lets this process have: a quarter of its descriptors, of which each connection takes one.
    pub fn of_this_machine() -> Self {
        Self {
            headers: Duration::from_secs(10),
            body: Duration::from_secs(30),
            connection: Duration::from_mins(5),
            connections: descriptors().map_or(MOST_CONNECTIONS, |all| (all / 4).clamp(4, MOST_CONNECTIONS)),
        }
    }
}

const MOST_CONNECTIONS: usize = 512;
/// What a connection that is told to close has for the answer that is on its way.
const LAST_WORDS: Duration = Duration::from_secs(30);
/// After an accept that failed, most likely for want of descriptors.
const BREATH: Duration = Duration::from_millis(200);

/// The descriptors that the system lets this process have.
fn descriptors() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?.parse().ok()
}

/// Serves until told to stop.
pub async fn serve(listener: TcpListener, door: Arc<dyn Door>, patience: Patience, stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let room = connections.len() < patience.connections;
        tokio::select! {
            () = told(stop.clone()) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if room => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(connection(stream, Peer(peer.ip()), Arc::clone(&door), patience, stop.clone()));
                }
                Err(error) => {
                    tracing::error!(%error, "a connection could not be taken");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }
    drop(listener);
    // Requests that were begun are answered; a connection that is told to stop closes by itself.
    while connections.join_next().await.is_some() {}
}

/// Until it is time to stop.
async fn told(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone: there is nobody to go on for.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn connection(stream: TcpStream, peer: Peer, door: Arc<dyn Door>, patience: Patience, stop: watch::Receiver<bool>) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let door = Arc::clone(&door);
        async move { Ok::<_, Infallible>(exchange(&*door, request, patience.body).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.headers);
    let mut served = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A caller that hangs up, or is cut off, is no news.
        _ = served.as_mut() => return,
        () = told(stop) => {}
        () = tokio::time::sleep(patience.connection) => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(LAST_WORDS, served).await;
}

async fn exchange(door: &dyn Door, request: Request<Incoming>, patience: Duration) -> Answer {
    let (head, body) = request.into_parts();
    let most = match door.admit(&head) {
        Ok(most) => most,
        Err(refusal) => return *refusal,
    };
    let too_large = || {
        let detail = format!("what is sent here has at most {most} bytes");
        refusal_of(&Problem::new(413, detail).with("maximum", most))
    };
    if body.size_hint().lower() > most as u64 {
        return too_large();
    }
    match tokio::time::timeout(patience, Limited::new(body, most).collect()).await {
        Ok(Ok(body)) => door.answer(head, body.to_bytes()).await,
        Ok(Err(error)) if error.is::<LengthLimitError>() => too_large(),
        Ok(Err(_)) => refusal(StatusCode::BAD_REQUEST, "the request broke off in the middle"),
        Err(_) => refusal(StatusCode::REQUEST_TIMEOUT, "the request did not come to its end in time"),
    }
}

/// A problem as RFC 9457 writes it, as the API answers it.
pub fn refusal(status: StatusCode, detail: &str) -> Answer {
    refusal_of(&Problem::new(status.as_u16(), detail))
}

/// As `refusal`, of a problem that says more.
pub fn refusal_of(problem: &Problem) -> Answer {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Made of texts and numbers, it always encodes.
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut answer = answer(status, HeaderValue::from_static("application/problem+json"), body);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    answer
}

/// An answer with a body.
pub fn answer(status: StatusCode, kind: HeaderValue, body: impl Into<Bytes>) -> Answer {
    let mut answer = Answer::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
