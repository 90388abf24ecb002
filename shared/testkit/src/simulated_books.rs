//! A simulated accounting system beside the far sides of channels, behind one `Http` port.

#![expect(clippy::expect_used, reason = "test support: where the set-up fails, so must the test")]

use async_trait::async_trait;
use connectors::simulated_back_office::{Setup, SimulatedBackOffice};
pub use connectors::simulated_channel::Trouble;
use domain::{ChannelId, ConnectionId};
use ports::{Clock, Connector, Connectors as _, Error, ErrorKind, Http, Request, Response, Result, Secret};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where it is.
pub const ADDRESS: &str = "https://books.example.test";

/// The merchant's name for it.
///
/// # Panics
/// Never: it is a name.
pub fn name() -> ConnectionId {
    ConnectionId::new("books").expect("a name")
}

/// The first system of the back office that keeps books.
///
/// # Panics
/// Where this build has none.
pub fn connector() -> &'static dyn Connector {
    static REGISTRY: connectors::Registry = connectors::Registry;
    REGISTRY.back_office().into_iter().find(|one| one.accounting().is_some()).expect("a system that keeps books")
}

/// Its credentials.
pub fn credentials() -> BTreeMap<String, Secret> {
    connector().descriptor().credentials.iter().map(|name| ((*name).to_owned(), Secret::new(format!("hush-{name}")))).collect()
}

/// The system, to be set up and looked at.
pub struct SimulatedBooks {
    clock: Arc<dyn Clock>,
    simulator: Mutex<Box<dyn SimulatedBackOffice>>,
}

impl SimulatedBooks {
    /// One with empty books.
    ///
    /// # Panics
    /// Where there is no simulator of it.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let system = ChannelId::new(connector().descriptor().id).expect("a name");
        let setup = Setup { base_url: ADDRESS.to_owned(), credentials: credentials() };
        let simulator = connectors::simulated_back_office(&system, setup).expect("a simulator");
        Self { clock, simulator: Mutex::new(simulator) }
    }

    /// Does something with it.
    pub fn with<T>(&self, work: impl FnOnce(&mut dyn SimulatedBackOffice) -> T) -> T {
        work(self.simulator.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }
}

/// The way to it at its own address, and to whatever else there is.
pub struct BesideBooks {
    /// What else there is.
    pub inner: Arc<dyn Http>,
    /// The books.
    pub books: Arc<SimulatedBooks>,
}

#[async_trait]
impl Http for BesideBooks {
    async fn send(&self, request: Request) -> Result<Response> {
        if !request.uri().to_string().starts_with(ADDRESS) {
            return self.inner.send(request).await;
        }
        let answer = self.books.with(|simulator| simulator.answer(self.books.clock.now(), &request));
        answer.ok_or_else(|| Error::new(ErrorKind::Timeout, "far side", "no answer came in time"))
    }
}
