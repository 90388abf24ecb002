//! Drives a connector: token, pauses the channel asks for, limit by limit, and a circuit that opens on a channel that does not answer.
//!
//! Connectors translate and nothing else; every call of every channel goes through here, so that it can be counted, held back
//! or replayed. The driver does not retry: whoever called decides from the error.

mod circuit;
mod token;
mod using;

pub use using::{Answering, Using};

use crate::rows::CircuitRow;
use crate::{Cache, Ports};
use bytes::Bytes;
use circuit::Heard;
use domain::ConnectionId;
use http::StatusCode;
use jiff::Timestamp;
use ports::{
    Account, Answers, Call, Connector, Consent, Error, ErrorKind, Http, Lane, Request, Response, Result, Status, Token, Verified,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One connection, ready to be called: it knows its token, its limits and its circuit, and nothing of sales.
#[derive(Clone)]
pub struct ConnectorClient<'w> {
    world: &'w Ports,
    lookup: &'w Cache,
    connector: &'w dyn Connector,
    lane: Lane,
    /// As whom.
    pub account: Arc<Account>,
}

impl<'w> ConnectorClient<'w> {
    /// Finds the connection, its credentials and its connector.
    pub async fn open(world: &'w Ports, lookup: &'w Cache, connection: &ConnectionId) -> Result<Self> {
        let account = lookup.account(world, connection).await?;
        Self::of(world, lookup, account)
    }

    /// Finds the accounting system of this name, its credentials and its connector.
    pub async fn open_books(world: &'w Ports, lookup: &'w Cache, name: &ConnectionId) -> Result<Self> {
        let account = lookup.books(world, name).await?;
        Self::of(world, lookup, account)
    }

    fn of(world: &'w Ports, lookup: &'w Cache, account: Arc<Account>) -> Result<Self> {
        let connection = &account.connection;
        let connector = world.connectors.get(&account.channel).ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                "driver",
                format!("connection {connection}: this build knows no channel `{}`", account.channel),
            )
        })?;
        Ok(Self { world, lookup, connector, lane: Lane::default(), account })
    }

    /// The same, for calls that go before others or after them where the channel's limits are nearly used up.
    #[must_use]
    pub fn in_lane(&self, lane: Lane) -> Self {
        Self { lane, ..self.clone() }
    }

    /// The connector: what it is, and what it can.
    pub fn connector(&self) -> &'w dyn Connector {
        self.connector
    }

    /// Whether the credentials work, and what they lack.
    pub async fn verify(&self) -> Result<Verified> {
        let connector = Using { driver: self, capability: self.connector };
        connector.call(|connector, call| connector.verify(call)).await
    }

    /// The first token, for what a person brings back. It goes past circuit and limits: somebody waits for it, and a code lives for minutes.
    pub(super) async fn exchange(&self, consent: &dyn Consent, answer: &str) -> Result<Token> {
        let operation_id = self.world.ids.fresh();
        consent.exchange(&self.as_call(&*self.world.http, None, &operation_id), answer).await
    }

    fn as_call<'a>(&'a self, http: &'a dyn Http, token: Option<&'a Token>, operation_id: &'a str) -> Call<'a> {
        Call { http, account: &self.account, token, now: self.world.clock.now(), answers: self, operation_id }
    }
}

impl Answers for ConnectorClient<'_> {
    fn kept(&self, name: &str, now: Timestamp, no_older_than: Duration) -> Option<Bytes> {
        self.lookup.answer(&self.account.connection, name, now, no_older_than)
    }

    fn keep(&self, name: &str, now: Timestamp, answer: &Bytes) {
        self.lookup.note_answer(&self.account.connection, name, now, answer);
    }
}

/// For what needs no call.
struct NoWayOut;

#[async_trait::async_trait]
impl Http for NoWayOut {
    async fn send(&self, _: Request) -> Result<Response> {
        Err(Error::new(ErrorKind::Unauthorized, "driver", "the delivery names no key to check it with"))
    }
}

/// How long a connection is left alone whose credentials or permissions are refused.
const UNTIL_SOMEBODY_LOOKED: Duration = Duration::from_mins(5);

/// Refused credentials are nobody's order's fault: everything of the connection waits until a person has mended them.
fn about_the_account(error: Error) -> Error {
    match (error.kind, error.status) {
        (ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Configuration, Status::Permanent) => {
            error.with_status(Status::Temporary { retry_after: Some(UNTIL_SOMEBODY_LOOKED) })
        }
        _ => error,
    }
}

/// The way out: past the limits that are held back, and listening for pauses the channel asks for.
struct Paced<'a> {
    driver: &'a ConnectorClient<'a>,
    circuit: &'a CircuitRow,
    heard: Mutex<Heard>,
}

impl Paced<'_> {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl Http for Paced<'_> {
    async fn send(&self, request: Request) -> Result<Response> {
        let ConnectorClient { world, connector, lane, .. } = self.driver;
        let bucket = connector.bucket(&request);
        let asked = circuit::fingerprint_of(*connector, &request);
        circuit::admit(self.circuit, bucket, *lane, world.clock.now()).inspect_err(|_| self.heard().refused = true)?;
        let response = world.http.send(request).await?;
        let mut heard = self.heard();
        let not_found = matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::GONE);
        heard.not_found = not_found.then_some(asked);
        heard.too_many = (response.status() == StatusCode::TOO_MANY_REQUESTS).then_some(bucket);
        if let Some(pause) = connector.pause(&response) {
            heard.pauses.push((bucket, pause));
        }
        drop(heard);
        Ok(response)
    }
}
