//! A panic fails what it is about, and nothing else. Both Lambda and the local stack call handlers only through here.

use crate::handler::{Batch, BatchHandler, BatchOutcome, HttpAnswer, HttpCall, HttpHandler, ScheduleHandler};
use futures::FutureExt as _;
use jiff::Timestamp;
use ports::{Error, ErrorKind};
use std::future::Future;
use std::panic::AssertUnwindSafe;

/// Handles a batch. Where handling it as one panics, hands its records in one by one: those that were done already do
/// nothing more, and only the one that panics by itself fails.
pub async fn handle_guarded(handler: &dyn BatchHandler, batch: Batch) -> BatchOutcome {
    if let Some(outcome) = caught(handler.handle(batch.clone())).await {
        return outcome;
    }
    if batch.records.len() == 1 {
        return BatchOutcome::all_failed(&batch.records);
    }
    tracing::error!(records = batch.records.len(), "a batch panicked; its records are handled one by one");
    let mut whole = BatchOutcome::done();
    for record in batch.records {
        let alone = Batch { records: vec![record.clone()], deadline: batch.deadline };
        match caught(handler.handle(alone)).await {
            Some(outcome) => whole.failed.extend(outcome.failed),
            None => whole.failed.push(record.id),
        }
    }
    whole
}

/// Answers a request; a panic is a 500 that says nothing of it.
pub async fn answer_guarded(handler: &dyn HttpHandler, call: HttpCall) -> HttpAnswer {
    match caught(handler.handle(call)).await {
        Some(answer) => answer,
        None => HttpAnswer::problem(500, "It was logged; please try again later."),
    }
}

/// Does what is due; a panic is an error.
pub async fn run_guarded(handler: &dyn ScheduleHandler, payload: &str, deadline: Timestamp) -> ports::Result<String> {
    caught(handler.handle(payload, deadline))
        .await
        .unwrap_or_else(|| Err(Error::new(ErrorKind::Bug, "schedule", "the run panicked; the log says where")))
}

/// A handler holds no state that a panic could leave half changed: everything it knows is behind its ports.
async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(work).catch_unwind().await.ok()
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
