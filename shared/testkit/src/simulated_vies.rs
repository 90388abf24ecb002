//! Simulated VIES beside the far sides of channels, behind one `Http` port.

use async_trait::async_trait;
pub use connectors::vat_numbers::sim::Trouble;
use connectors::vat_numbers::{ADDRESS, sim::Simulator};
use ports::{Clock, Error, ErrorKind, Http, Request, Response, Result};
use std::sync::{Arc, Mutex, PoisonError};

/// VIES, to be set up and looked at.
pub struct SimulatedVies {
    clock: Arc<dyn Clock>,
    simulator: Mutex<Simulator>,
}

impl SimulatedVies {
    /// One that knows every number.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, simulator: Mutex::default() }
    }

    /// Does something with it.
    pub fn with<T>(&self, work: impl FnOnce(&mut Simulator) -> T) -> T {
        work(&mut self.simulator.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The way to VIES at its own address, and to whatever else there is.
pub struct BesideVies {
    /// What else there is.
    pub inner: Arc<dyn Http>,
    /// VIES.
    pub vies: Arc<SimulatedVies>,
}

#[async_trait]
impl Http for BesideVies {
    async fn send(&self, request: Request) -> Result<Response> {
        if !request.uri().to_string().starts_with(ADDRESS) {
            return self.inner.send(request).await;
        }
        let answer = self.vies.with(|simulator| simulator.answer(self.vies.clock.now(), &request));
        answer.ok_or_else(|| Error::new(ErrorKind::Timeout, "far side", "no answer came in time"))
    }
}
