//! All ports in one place.

use ports::{Bus, Clock, Connectors, Http, Ids, Queue, Secrets, Table};
use std::sync::Arc;

/// What a use case may touch.
#[derive(Clone)]
pub struct Ports {
    /// Truth.
    pub table: Arc<dyn Table>,
    /// Hints to other functions.
    pub queue: Arc<dyn Queue>,
    /// Business events.
    pub bus: Arc<dyn Bus>,
    /// The way to the channels.
    pub http: Arc<dyn Http>,
    /// Credentials.
    pub secrets: Arc<dyn Secrets>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Fresh names.
    pub ids: Arc<dyn Ids>,
    /// The connectors.
    pub connectors: Arc<dyn Connectors>,
}
