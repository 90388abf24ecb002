//! Runs a use case without a runtime: in memory nothing ever waits, so a future that is not ready has died at a planned crash.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Polls once to the end. `None`: it crashed at a planned fault, and all it held in memory is gone.
pub fn run<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(work).as_mut().poll(&mut context) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

/// As `run`, where no crash is planned.
///
/// # Panics
/// If the work waits for something that never comes.
#[expect(clippy::expect_used, reason = "test support: a use case that hangs must fail its test")]
pub fn finish<T>(work: impl Future<Output = T>) -> T {
    run(work).expect("a use case waits for something that memory ports never give")
}
