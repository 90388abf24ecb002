//! A simulated system of the back office on a loopback port, with doors of its own for whoever looks at it: the invented merchant's books.

use super::trouble::TroubleOrder;
use crate::serve::{self, Answer, Door, Patience};
use crate::tasks::Tasks;
use crate::web::Guard;
use async_trait::async_trait;
use bytes::Bytes;
use config::Books;
use connectors::simulated_back_office::{Setup, SimulatedBackOffice};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use http_body_util::Full;
use ports::{Clock, Error, ErrorKind, Request, Result};
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// Bytes of a request: a document with its file.
const LARGEST: usize = 16 * 1024 * 1024;
/// What lies under this is not the system's, but ours.
const OWN: &str = "/_simulator/";

struct BackOffice {
    simulator: Mutex<Box<dyn SimulatedBackOffice>>,
    base_url: String,
    clock: Arc<dyn Clock>,
}

/// Serves it on a free port until the tasks end. Answers its address.
pub async fn open_back_office(books: &Books, clock: Arc<dyn Clock>, tasks: &mut Tasks) -> Result<String> {
    let wrong = |what: String| Error::new(ErrorKind::Configuration, "simulator", what);
    let failed = |error: std::io::Error| wrong(format!("no port for the accounting system: {error}"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let base_url = format!("http://{}", listener.local_addr().map_err(failed)?);
    let mut credentials = std::collections::BTreeMap::new();
    for (name, source) in &books.credentials {
        credentials.insert(name.clone(), source.read().map_err(|why| wrong(format!("credential `{name}`: {why}")))?);
    }
    let setup = Setup { base_url: base_url.clone(), credentials };
    let system = &books.settings.system;
    let simulator =
        connectors::simulated_back_office(system, setup).ok_or_else(|| wrong(format!("there is no simulator of `{system}`")))?;
    let door = Arc::new(BackOffice { simulator: Mutex::new(simulator), base_url: base_url.clone(), clock });
    tasks.start(serve::serve(listener, door, Patience::of_this_machine(), tasks.stop()));
    Ok(base_url)
}

impl BackOffice {
    fn own(&self, door: &str, body: &[u8]) -> (StatusCode, serde_json::Value) {
        let mut simulator = self.simulator.lock().unwrap_or_else(PoisonError::into_inner);
        match door {
            "entries" => (StatusCode::OK, json!({ "entries": simulator.entries(), "debtors": simulator.debtors() })),
            "trouble" => match serde_json::from_slice::<TroubleOrder>(body) {
                Ok(order) => {
                    simulator.trouble(order.trouble(self.clock.now()));
                    (StatusCode::OK, json!({ "trouble": order.kind }))
                }
                Err(error) => (StatusCode::BAD_REQUEST, json!({ "error": error.to_string() })),
            },
            "close" | "open" => {
                simulator.close_period(door == "close");
                (StatusCode::OK, json!({ "closed": door == "close" }))
            }
            _ => (StatusCode::NOT_FOUND, json!({ "error": "here are: GET entries; POST trouble, close, open" })),
        }
    }
}

#[async_trait]
impl Door for BackOffice {
    fn admit(&self, head: &Parts) -> std::result::Result<usize, Box<Answer>> {
        Guard::default().comes_from_here(head).map(|()| LARGEST)
    }

    async fn answer(&self, mut head: Parts, body: Bytes) -> Answer {
        if let Some(door) = head.uri.path().strip_prefix(OWN) {
            let (status, told) = self.own(door, &body);
            return serve::answer(status, HeaderValue::from_static("application/json"), told.to_string());
        }
        let whole = head.uri.path_and_query().map(|path| format!("{}{path}", self.base_url));
        if let Some(whole) = whole.and_then(|whole| whole.parse().ok()) {
            head.uri = whole;
        }
        let answer = {
            let mut simulator = self.simulator.lock().unwrap_or_else(PoisonError::into_inner);
            simulator.answer(self.clock.now(), &Request::from_parts(head, body))
        };
        match answer {
            Some(answer) => answer.map(Full::new),
            None => std::future::pending().await,
        }
    }
}
