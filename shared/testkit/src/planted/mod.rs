//! Mistakes that others made, to be planted by tests, so that a check proves it would have caught them.
//!
//! They are made in the ports: a condition that the table does not look at, a write that it drops or alters, a row that is read otherwise than
//! it stands, a hint that is lost or comes too early, an answer of a channel that is taken for another. So no wrong algorithm lives in what
//! ships. The few that no port can show are conditions in the engine (`engine::planted`).

mod commit;
mod connector;
mod mistakes;
mod queue;
mod read;
mod table;
mod write;

pub use mistakes::Mistake;

use connector::PlantedConnectors;
use engine::Ports;
use ports::{OutgoingMessage, QueueName};
use queue::PlantedQueue;
use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use table::PlantedTable;

thread_local! {
    static PLANTED: Cell<Option<Mistake>> = const { Cell::new(None) };
}

/// Makes this thread make the mistake, from the next function on that begins.
pub fn plant(mistake: Option<Mistake>) {
    PLANTED.set(mistake);
    connector::forget();
    engine::planted::plant(mistake.and_then(Mistake::in_the_engine));
}

fn planted() -> Option<Mistake> {
    PLANTED.get()
}

/// The ports of one function, with the mistake that is planted, if one is.
#[must_use]
pub fn around(ports: Ports) -> Ports {
    let Some(mistake) = planted() else { return ports };
    let function = Arc::new(Function::default());
    let queue = PlantedQueue { mistake, inner: ports.queue.clone(), function: Arc::clone(&function), clock: ports.clock.clone() };
    let table =
        PlantedTable { mistake, inner: ports.table.clone(), queue: ports.queue.clone(), function, clock: ports.clock.clone() };
    let connectors = PlantedConnectors::new(mistake, &ports);
    Ports { table: Arc::new(table), queue: Arc::new(queue), connectors: Arc::new(connectors), ..ports }
}

/// What one function has done so far, as far as a mistake depends on it. Forgotten if it dies.
#[derive(Default)]
struct Function(Mutex<Done>);

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "things that were done or not, each for another mistake")]
struct Done {
    /// Messages that are taken for sent and are not: they go out after the cursor moved.
    unsent: Vec<(QueueName, Vec<OutgoingMessage>)>,
    /// It committed.
    committed: bool,
    /// A commit of it was refused.
    refused: bool,
    /// It told others of a commit before that was made.
    told: bool,
    /// It reads lists of orders.
    polls: bool,
}

impl Function {
    fn done(&self) -> MutexGuard<'_, Done> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
