//! The far sides of all connections behind one `Http` port, and a record of every request the connectors sent.

use async_trait::async_trait;
use connectors::simulated_channel::SimulatedChannel;
use jiff::Timestamp;
use ports::{Clock, Error, ErrorKind, Http, Request, Response, Result};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A request as it was sent and what was answered.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The host it went to.
    pub host: String,
    /// When, UTC.
    pub at: Timestamp,
    /// The request.
    pub request: Request,
    /// The status of the answer; `None`: there was none.
    pub status: Option<u16>,
}

/// Simulators by host name.
pub struct FarSides {
    clock: Arc<dyn Clock>,
    sides: Mutex<BTreeMap<String, Box<dyn SimulatedChannel>>>,
    record: Mutex<Vec<Exchange>>,
}

impl FarSides {
    /// None yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, sides: Mutex::default(), record: Mutex::default() }
    }

    /// Serves a simulator under a host name.
    pub fn serve(&self, host: &str, side: Box<dyn SimulatedChannel>) {
        self.sides().insert(host.to_owned(), side);
    }

    /// Does something with a simulator. `None`: nobody serves that host.
    pub fn with<T>(&self, host: &str, work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp) -> T) -> Option<T> {
        let now = self.clock.now();
        self.sides().get_mut(host).map(|side| work(side.as_mut(), now))
    }

    /// Every request so far.
    pub fn record(&self) -> Vec<Exchange> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Host names served.
    pub fn hosts(&self) -> Vec<String> {
        self.sides().keys().cloned().collect()
    }

    fn sides(&self) -> MutexGuard<'_, BTreeMap<String, Box<dyn SimulatedChannel>>> {
        self.sides.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Http for FarSides {
    async fn send(&self, request: Request) -> Result<Response> {
        let at = self.clock.now();
        let host = request.uri().host().unwrap_or_default().to_owned();
        let answer = match self.sides().get_mut(&host) {
            Some(side) => side.answer(at, &request),
            None => return Err(Error::new(ErrorKind::Unavailable, "far side", format!("nobody serves {host}"))),
        };
        let status = answer.as_ref().map(|a| a.status().as_u16());
        self.record.lock().unwrap_or_else(PoisonError::into_inner).push(Exchange { host, at, request, status });
        answer.ok_or_else(|| Error::new(ErrorKind::Timeout, "far side", "the channel did not answer in time"))
    }
}

static REGISTRY: connectors::Registry = connectors::Registry;

/// The channels that worlds and markets are made of: those that deliver word of changes to us. Which world a seed is rests on how many there are, so
/// one that can only be asked, or leaves word in a queue, is proven by the suite of conformance, and in shapes of these.
pub fn telling_by_themselves() -> Vec<&'static dyn ports::Connector> {
    ports::Connectors::all(&REGISTRY).into_iter().filter(|channel| delivers(*channel)).collect()
}

/// Whether a channel delivers word of changes to us.
pub fn delivers(channel: &dyn ports::Connector) -> bool {
    channel.notifications().is_some_and(|told| told.descriptor().from == ports::NotificationSource::Https)
}
