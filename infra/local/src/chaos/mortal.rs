//! Functions that can die at a port call. The process lives on, as the cloud does when one of its functions is killed: the batch
//! comes again when it is visible again, and what the function held in memory is gone.

use async_trait::async_trait;
use jiff::Timestamp;
use lambda_kit::{Batch, BatchHandler, BatchOutcome, HttpAnswer, HttpCall, HttpHandler, ScheduleHandler};
use ports::{Error, ErrorKind};
use std::future::{Future, pending};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Notify;

tokio::task_local! {
    static DEATH: Arc<Notify>;
}

/// Kills the function that makes this call. Comes back only where no function made it.
pub(super) async fn die() {
    if DEATH.try_with(|death| death.notify_one()).is_ok() {
        pending::<()>().await;
    }
}

/// The work's result, unless it died on the way; then it was dropped where it stood.
async fn alive<T>(work: impl Future<Output = T>) -> Option<T> {
    let death = Arc::new(Notify::new());
    tokio::select! {
        biased;
        () = death.notified() => None,
        done = DEATH.scope(Arc::clone(&death), work) => Some(done),
    }
}

/// A function that may die. Its memory is made anew after each death.
pub struct Mortal<H: ?Sized> {
    birth: Box<dyn Fn() -> Arc<H> + Send + Sync>,
    living: RwLock<Arc<H>>,
}

impl<H: ?Sized> Mortal<H> {
    /// A function that is made like this.
    pub fn new(birth: impl Fn() -> Arc<H> + Send + Sync + 'static) -> Self {
        let living = RwLock::new(birth());
        Self { birth: Box::new(birth), living }
    }

    fn living(&self) -> Arc<H> {
        Arc::clone(&self.living.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn born_again(&self) {
        *self.living.write().unwrap_or_else(PoisonError::into_inner) = (self.birth)();
    }
}

#[async_trait]
impl BatchHandler for Mortal<dyn BatchHandler> {
    async fn handle(&self, batch: Batch) -> BatchOutcome {
        let function = self.living();
        if let Some(outcome) = alive(function.handle(batch.clone())).await {
            return outcome;
        }
        self.born_again();
        BatchOutcome::all_failed(&batch.records)
    }
}

#[async_trait]
impl HttpHandler for Mortal<dyn HttpHandler> {
    async fn handle(&self, call: HttpCall) -> HttpAnswer {
        let function = self.living();
        if let Some(answer) = alive(function.handle(call)).await {
            return answer;
        }
        self.born_again();
        // What the cloud's gateway answers for a function that ended without a word.
        HttpAnswer::json(500, r#"{"message":"Internal Server Error"}"#)
    }
}

#[async_trait]
impl ScheduleHandler for Mortal<dyn ScheduleHandler> {
    async fn handle(&self, payload: &str, deadline: Timestamp) -> ports::Result<String> {
        let function = self.living();
        if let Some(answer) = alive(function.handle(payload, deadline)).await {
            return answer;
        }
        self.born_again();
        Err(Error::new(ErrorKind::Unavailable, "chaos", "chaos: the function died"))
    }
}
