//! Runs a use case without a runtime: in memory nothing ever waits for the world outside, so a future that is not ready, and that nothing of its
//! own has woken, has died at a planned crash.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Whether one part of it has something for another.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Polls to the end. `None`: it crashed at a planned fault, and all it held in memory is gone.
pub fn run<T>(work: impl Future<Output = T>) -> Option<T> {
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(woken.clone());
    let mut work = pin!(work);
    loop {
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(done) => return Some(done),
            Poll::Pending if woken.0.swap(false, Ordering::SeqCst) => {}
            Poll::Pending => return None,
        }
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
