//! The HTTP API of the template on ports of this machine: requests go to the handlers that the template's routes name.
//!
//! Two ports. One serves the page and the API, to this machine alone. The other takes what channels deliver, from wherever it comes,
//! and has nothing else: it is the one that a tunnel or a proxy may lead to.

mod guard;
mod hooks;
mod local;
mod route;

pub use guard::Guard;
pub use hooks::Hooks;

use crate::bus::LocalBus;
use crate::chaos::Dice;
use crate::progress::Progress;
use crate::queue::Queues;
use crate::serve::{Answer, Door, Peer, refusal};
use crate::topology::Route;
use async_trait::async_trait;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use lambda_kit::{Asker, HttpAnswer, HttpCall, HttpHandler, answer_guarded};
use ports::{Clock, Error, ErrorKind, Secret};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Ports tried after the wanted one.
const MORE_PORTS: u16 = 20;
/// Calls answered at once. Further ones wait for their turn; the functions that fetch orders and tell figures wait for none of them.
const AT_ONCE: usize = 4;
/// Longest wait for a turn.
const TURN: Duration = Duration::from_secs(30);

/// What answers requests once the stack has started.
pub struct Web {
    /// Paths and the functions behind them.
    pub routes: Vec<Route>,
    /// Functions, by the name of their crate.
    pub handlers: BTreeMap<&'static str, Arc<dyn HttpHandler>>,
    /// The function that answers what no route names: the page for people.
    pub otherwise: &'static str,
    /// For `/_local/status`.
    pub queues: Arc<Queues>,
    /// For `/_local/status`.
    pub bus: Arc<LocalBus>,
    /// Faults, where they are wanted.
    pub chaos: Option<Arc<Dice>>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Whoever sends it has read the state folder: the owner, however the page is reached.
    pub key: Secret,
    /// Whether other machines may ask (`--expose`): then everybody proves who they are.
    pub exposed: bool,
}

impl Web {
    async fn handled(&self, head: &Parts, body: Bytes) -> HttpAnswer {
        let path = head.uri.path();
        let named = self.routes.iter().find(|r| route::matches(&r.path, path)).map(|r| r.function.as_str());
        match self.handlers.get(named.unwrap_or(self.otherwise)) {
            Some(handler) => answer_guarded(handler.as_ref(), self.call(head, body)).await,
            None => refused(404, "there is nothing here"),
        }
    }

    fn call(&self, head: &Parts, body: Bytes) -> HttpCall {
        let query = url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        // One that is no ASCII is refused by whoever reads it, and not passed over.
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
        HttpCall {
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            query,
            headers: headers.collect(),
            body,
            asker: self.asker(head),
            from: self.from(head),
            received_at: self.clock.now(),
        }
    }
}

impl Web {
    /// Who asks, as far as that can be told from here. A proxy of this machine may ask as a program of it would, so behind `--expose` that a
    /// request comes from here proves nothing.
    fn asker(&self, head: &Parts) -> Asker {
        let given = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_key = given.strip_prefix("Bearer ").is_some_and(|key| api::access::is_same(key, self.key.expose()));
        match (is_key, self.exposed) {
            (true, _) => Asker::Owner,
            (false, false) => Asker::ThisMachine,
            (false, true) => Asker::Anybody,
        }
    }

    /// From which address it comes: of what a proxy of this machine tells, the last, which is its own word.
    fn from(&self, head: &Parts) -> Option<IpAddr> {
        let peer = head.extensions.get::<Peer>().map(|peer| peer.0);
        let last = head.headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
        let told = last.and_then(|list| list.rsplit(',').next()).and_then(|ip| ip.trim().parse().ok());
        if self.exposed && peer.is_some_and(loopback) { told.or(peer) } else { peer }
    }
}

/// What answers, from the first moment on: until the stack has started, it says how far that is.
#[derive(Default)]
pub struct Opening {
    /// How far the start is.
    pub progress: Progress,
    web: OnceLock<Web>,
}

impl Opening {
    /// The stack has started.
    pub fn open(&self, web: Web) {
        // There is one start.
        let _ = self.web.set(web);
    }

    fn web(&self) -> Result<&Web, Box<Answer>> {
        self.web.get().ok_or_else(|| Box::new(refusal(StatusCode::SERVICE_UNAVAILABLE, &self.progress.told())))
    }
}

/// The page and the API.
pub struct Pages {
    opening: Arc<Opening>,
    guard: Guard,
    turns: Semaphore,
}

impl Pages {
    /// Those of a stack, for those whom the guard lets in.
    pub fn new(opening: Arc<Opening>, guard: Guard) -> Self {
        Self { opening, guard, turns: Semaphore::new(AT_ONCE) }
    }
}

#[async_trait]
impl Door for Pages {
    fn admit(&self, head: &Parts) -> Result<usize, Box<Answer>> {
        let most = self.guard.admit(head)?;
        if head.uri.path().starts_with(hooks::UNDER) {
            return Err(Box::new(refusal(StatusCode::NOT_FOUND, "deliveries come to the address `hooks_listen` of sluis.toml")));
        }
        self.opening.web()?;
        Ok(most)
    }

    async fn answer(&self, head: Parts, body: Bytes) -> Answer {
        let web = match self.opening.web() {
            Ok(web) => web,
            Err(refusal) => return *refusal,
        };
        match head.uri.path() {
            local::STATUS if matches!(web.asker(&head), Asker::Anybody) => {
                return refusal(StatusCode::NOT_FOUND, "what lies underneath is told to whoever works on this machine");
            }
            local::STATUS => return respond(local::status(web).await),
            local::CHAOS => return respond(local::chaos(web, &web.call(&head, body), self.guard.exposed)),
            _ => {}
        }
        match tokio::time::timeout(TURN, self.turns.acquire()).await {
            Ok(_turn) => respond(web.handled(&head, body).await),
            Err(_) => {
                refusal(StatusCode::SERVICE_UNAVAILABLE, "too much is asked at once on this machine; ask again in a moment")
            }
        }
    }
}

/// Takes a port: the wanted one, or one of the next if it is busy.
pub async fn bind(wanted: SocketAddr) -> ports::Result<TcpListener> {
    let mut last = None;
    for more in 0..=MORE_PORTS {
        let Some(port) = wanted.port().checked_add(more) else { break };
        match TcpListener::bind((wanted.ip(), port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(error),
        }
    }
    let why = last.map(|e| e.to_string()).unwrap_or_default();
    let message = format!("no port from {} on is free on {}: {why}; choose another with --listen", wanted.port(), wanted.ip());
    Err(Error::new(ErrorKind::Configuration, "listen", message))
}

/// As `bind`, for the page and the API: only on the loopback address unless `exposed`.
pub async fn bind_pages(wanted: SocketAddr, exposed: bool) -> ports::Result<TcpListener> {
    reachable(wanted, exposed)?;
    bind(wanted).await
}

/// As `bind_pages`, for an address that the merchant chose: that one or none. Whoever chose it will ask there.
pub async fn bind_chosen_pages(chosen: SocketAddr, exposed: bool) -> ports::Result<TcpListener> {
    reachable(chosen, exposed)?;
    bind_chosen("listen", chosen).await
}

/// The address for deliveries that the merchant chose. Whatever leads there from outside runs on this machine.
pub async fn bind_chosen_hooks(chosen: SocketAddr, exposed: bool) -> ports::Result<TcpListener> {
    if !exposed && !loopback(chosen.ip()) {
        let message = format!(
            "`hooks_listen`: {chosen} can be reached from other machines; choose 127.0.0.1 and let a tunnel or proxy of this machine lead there, \
             or add --expose"
        );
        return Err(Error::new(ErrorKind::Configuration, "listen", message));
    }
    bind_chosen("hooks_listen", chosen).await
}

/// An address that stands in a setting: that one or none.
async fn bind_chosen(setting: &str, chosen: SocketAddr) -> ports::Result<TcpListener> {
    TcpListener::bind(chosen).await.map_err(|error| {
        let message = format!("`{setting}`: {chosen} cannot be had: {error}; end whatever has it, or choose another port");
        Error::new(ErrorKind::Configuration, "listen", message)
    })
}

fn reachable(wanted: SocketAddr, exposed: bool) -> ports::Result<()> {
    if !exposed && !loopback(wanted.ip()) {
        let message =
            format!("{wanted} can be reached from other machines; choose 127.0.0.1, or add --expose, and everybody signs in");
        return Err(Error::new(ErrorKind::Configuration, "listen", message));
    }
    Ok(())
}

fn loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// What this machine refuses by itself, as the API would.
fn refused(status: u16, detail: &str) -> HttpAnswer {
    // Made of texts and numbers, it always encodes.
    let body = serde_json::to_vec(&api::Problem::new(status, detail)).unwrap_or_default();
    HttpAnswer::of_type(status, "application/problem+json", body)
}

fn respond(answer: HttpAnswer) -> Answer {
    let mut builder = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(answer.body)).unwrap_or_default()
}

#[cfg(test)]
#[path = "crowd_tests.rs"]
mod tests;
