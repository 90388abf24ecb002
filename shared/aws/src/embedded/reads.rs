//! Threads that read: each has the file open by itself, so that reads neither wait for a write nor a write for them.
//!
//! Whoever asks waits in a row and holds no thread. What nobody waits for any more is not read.

use crate::failure::trouble_with_a_file;
use dynoxide::{Database, DynoxideError};
use ports::{Error, ErrorKind, Result, Status};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

type Read = Box<dyn FnOnce(&Database) + Send>;

/// The threads. They end when this is gone.
pub(super) struct Readers {
    row: Sender<Read>,
}

impl Readers {
    /// A thread for each of these.
    pub(super) fn start(databases: Vec<Database>) -> Result<Self> {
        let (row, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for database in databases {
            let waiting = Arc::clone(&waiting);
            let started = std::thread::Builder::new().name("table-reads".to_owned()).spawn(move || work(&database, &waiting));
            started.map_err(|error| {
                Error::new(ErrorKind::Unavailable, "table", "this machine gives no thread to read the table with")
                    .caused_by(error)
            })?;
        }
        Ok(Self { row })
    }

    /// Reads when it is its turn.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        ask: impl FnOnce(&Database) -> dynoxide::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let read = Box::new(move |database: &Database| {
            if !tell.is_closed() {
                let _ = tell.send(ask(database));
            }
        });
        let died = || {
            let message = "the table on this machine failed in the middle of a call; the log says more";
            Error::new(ErrorKind::Timeout, operation, message).with_status(Status::Temporary { retry_after: None })
        };
        self.row.send(read).map_err(|_| died())?;
        told.await.map_err(|_| died())?.map_err(|error| failed(operation, &error))
    }
}

/// One read after the other, until nobody can ask any more. One that panics costs its caller an answer, and nobody else anything.
fn work(database: &Database, waiting: &Mutex<Receiver<Read>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(read) = next else { return };
        if catch_unwind(AssertUnwindSafe(|| read(database))).is_err() {
            tracing::error!("reading the table panicked");
        }
    }
}

/// What the engine's error means, as `failure` has it of what comes by the SDK.
fn failed(operation: &'static str, error: &DynoxideError) -> Error {
    let (kind, message) = match (error, error.status_code()) {
        (DynoxideError::ResourceNotFoundException(_), _) => {
            (ErrorKind::Configuration, "the table does not exist; check its name in the configuration")
        }
        (_, 500..) => (ErrorKind::Unavailable, trouble_with_a_file(&error.to_string())),
        _ => (ErrorKind::Bug, "the table on this machine does not accept the call; this is a mistake in Sluis"),
    };
    Error::new(kind, operation, message).with_detail(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn readers(many: usize) -> Readers {
        Readers::start((0..many).map(|_| Database::memory().unwrap()).collect()).unwrap()
    }

    #[tokio::test]
    async fn one_read_that_panics_or_lasts_stops_no_other() {
        let readers = readers(2);
        for _ in 0..5 {
            let wrong = readers.read("t", |_| -> dynoxide::Result<()> { panic!("planned") }).await.unwrap_err();
            assert_eq!((wrong.kind, wrong.status), (ErrorKind::Timeout, Status::Temporary { retry_after: None }));
        }
        let (go, stopped) = channel::<()>();
        let long = readers.read("t", move |_| {
            let _ = stopped.recv();
            Ok(1)
        });
        let short = async {
            let told = readers.read("t", |_| Ok(2)).await;
            go.send(()).unwrap();
            told
        };
        let (long, short) = futures::join!(long, short);
        assert_eq!((long.unwrap(), short.unwrap()), (1, 2));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_read() {
        let readers = readers(1);
        let (go, stopped) = channel::<()>();
        let (tell, told) = channel();
        let busy = readers.read("t", move |_| {
            let _ = stopped.recv();
            Ok(())
        });
        let left = async {
            let gone = readers.read("t", move |_| {
                tell.send(()).unwrap();
                Ok(())
            });
            assert!(tokio::time::timeout(Duration::from_millis(1), gone).await.is_err());
            go.send(()).unwrap();
        };
        let (busy, ()) = futures::join!(busy, left);
        busy.unwrap();
        readers.read("t", |_| Ok(())).await.unwrap();
        assert!(told.try_recv().is_err());
    }
}
