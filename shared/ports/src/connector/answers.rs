//! Answers of a connected system that are kept for a while: what hundreds of items want to know at once is asked once.

use bytes::Bytes;
use jiff::Timestamp;
use std::time::Duration;

/// What one connection's answers are kept in: the memory of one process, which may forget any of them at any time. Nothing rests on it but how
/// often a system is asked.
pub trait Answers: Send + Sync {
    /// The answer of this name, if it is no older than this at `now`, UTC.
    fn kept(&self, name: &str, now: Timestamp, no_older_than: Duration) -> Option<Bytes>;

    /// Keeps one, as it was given at `now`, UTC. Never anything personal: it stays in memory for a day.
    fn keep(&self, name: &str, now: Timestamp, answer: &Bytes);
}

/// Keeps none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingKept;

impl Answers for NothingKept {
    fn kept(&self, _: &str, _: Timestamp, _: Duration) -> Option<Bytes> {
        None
    }

    fn keep(&self, _: &str, _: Timestamp, _: &Bytes) {}
}
