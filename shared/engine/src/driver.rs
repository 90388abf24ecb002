//! Drives a connector: token, pauses the channel asks for, limit by limit, and a gate that closes on a channel that does not answer.
//!
//! Connectors translate and nothing else; every call of every channel goes through here, so that it can be counted, held back
//! or replayed. The driver does not retry: whoever called decides from the error.

mod gate;
mod token;

use crate::rows::GateRow;
use crate::{Lookup, World};
use domain::ConnectionId;
use gate::Heard;
use ports::{
    Account, Call, Channel, Descriptor, Error, ErrorKind, Http, Lane, Request, Response, Result, Status, Token, TokenKind,
};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A call under way, as connectors answer it. Boxed, because a generic `async` closure cannot promise to be `Send`, and functions
/// run on threads of their runtime's choice.
pub type Answering<'c, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

/// One connection, ready to be called.
#[derive(Clone)]
pub struct Driver<'w> {
    world: &'w World,
    lookup: &'w Lookup,
    channel: &'w dyn Channel,
    lane: Lane,
    /// As whom.
    pub account: Arc<Account>,
}

impl<'w> Driver<'w> {
    /// Finds the connection, its credentials and its connector.
    pub async fn open(world: &'w World, lookup: &'w Lookup, connection: &ConnectionId) -> Result<Self> {
        let account = lookup.account(world, connection).await?;
        let channel = world.channels.get(&account.channel).ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                "driver",
                format!("connection {connection}: this build knows no channel `{}`", account.channel),
            )
        })?;
        Ok(Self { world, lookup, channel, lane: Lane::default(), account })
    }

    /// The same, for calls that go before others or after them where the channel's limits are nearly used up.
    #[must_use]
    pub fn in_lane(&self, lane: Lane) -> Self {
        Self { lane, ..self.clone() }
    }

    /// What the engine must not guess.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.channel.descriptor()
    }

    /// The connector, for what needs no call.
    pub fn channel(&self) -> &'w dyn Channel {
        self.channel
    }

    /// Calls the channel under a fresh operation id.
    ///
    /// `'e` is how long what the closure borrows lives: `dyn Channel + 'e` tells the compiler that it outlives the call.
    pub async fn call<'e, T, F>(&self, work: F) -> Result<T>
    where
        'w: 'e,
        F: for<'c> Fn(&'c (dyn Channel + 'e), &'c Call<'c>) -> Answering<'c, T> + Send + Sync,
    {
        self.call_as(&self.world.ids.fresh(), work).await
    }

    /// Calls the channel under a given operation id: the same when an operation is tried again.
    pub async fn call_as<'e, T, F>(&self, operation_id: &str, work: F) -> Result<T>
    where
        'w: 'e,
        F: for<'c> Fn(&'c (dyn Channel + 'e), &'c Call<'c>) -> Answering<'c, T> + Send + Sync,
    {
        let gate = gate::check(self.world, self.lookup, &self.account.connection).await?;
        let paced = Paced { driver: self, gate: &gate, heard: Mutex::default() };
        let result = self.with_token(&paced, operation_id, work).await;
        let heard = std::mem::take(&mut *paced.heard());
        let result = result.map_err(about_the_account);
        gate::note(self.world, self.lookup, gate, heard, result.as_ref().err()).await;
        result
    }

    /// Asks the connector for what needs no call to the channel, whatever its gate and token are. A call fails as `Unauthorized`.
    pub async fn without_calls<'e, T, F>(&self, work: F) -> Result<T>
    where
        'w: 'e,
        F: for<'c> Fn(&'c (dyn Channel + 'e), &'c Call<'c>) -> Answering<'c, T> + Send + Sync,
    {
        work(self.channel, &self.as_call(&NoWayOut, None, "")).await
    }

    async fn with_token<'e, T, F>(&self, paced: &Paced<'_>, operation_id: &str, work: F) -> Result<T>
    where
        'w: 'e,
        F: for<'c> Fn(&'c (dyn Channel + 'e), &'c Call<'c>) -> Answering<'c, T> + Send + Sync,
    {
        if self.descriptor().token == TokenKind::Static {
            return work(self.channel, &self.as_call(paced, None, operation_id)).await;
        }
        let token = token::in_force(self, paced, operation_id, None).await?;
        match work(self.channel, &self.as_call(paced, Some(&token), operation_id)).await {
            // A refused token changed nothing: one new token, one more try.
            Err(error) if error.kind == ErrorKind::Unauthorized => {
                let token = token::in_force(self, paced, operation_id, Some(&token)).await?;
                work(self.channel, &self.as_call(paced, Some(&token), operation_id)).await
            }
            other => other,
        }
    }

    fn as_call<'a>(&'a self, http: &'a dyn Http, token: Option<&'a Token>, operation_id: &'a str) -> Call<'a> {
        Call { http, account: &self.account, token, now: self.world.clock.now(), operation_id }
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
    driver: &'a Driver<'a>,
    gate: &'a GateRow,
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
        let Driver { world, channel, lane, .. } = self.driver;
        let bucket = channel.bucket(&request);
        gate::admit(self.gate, bucket, *lane, world.clock.now()).inspect_err(|_| self.heard().refused = true)?;
        let response = world.http.send(request).await?;
        if let Some(pause) = channel.pause(&response) {
            self.heard().pauses.push((bucket, pause));
        }
        Ok(response)
    }
}
