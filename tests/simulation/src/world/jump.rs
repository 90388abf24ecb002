//! A clock of our machine that is wrong for a while, for all that run on it and between any two calls.

use super::Simulation;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Longer than any function runs: whoever looked at the clock while it was wrong has written by then.
const WRITTEN_BY: SignedDuration = SignedDuration::from_secs(60);

/// Seconds. A clock that was ahead by less may have been passed by the true time before anybody looks.
const LONGEST_BELIEVED: i64 = 100;

/// How wrong it is.
#[derive(Debug, Clone)]
pub(super) struct Jump {
    ahead_us: Arc<AtomicI64>,
    until: Timestamp,
}

impl Default for Jump {
    fn default() -> Self {
        Self { ahead_us: Arc::default(), until: Timestamp::UNIX_EPOCH }
    }
}

impl Jump {
    /// By how much it is ahead, whenever somebody looks.
    pub(super) fn ahead(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.ahead_us)
    }

    fn set(&self, by: SignedDuration) {
        self.ahead_us.store(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
    }
}

impl Simulation<'_> {
    /// It jumps.
    pub(super) fn clock_jumps(&mut self, seconds: i64, lasting_ms: u32) {
        self.jump.set(SignedDuration::from_secs(seconds));
        self.jump.until = self.now() + SignedDuration::from_millis(lasting_ms.into());
        // Further ahead than that, it is not believed afterwards.
        let ahead = SignedDuration::from_secs(seconds.clamp(0, LONGEST_BELIEVED));
        let (now, through) = (self.now(), self.jump.until.saturating_add(ahead).unwrap_or(self.jump.until));
        self.books.clock_is_ahead(now, through);
        self.note(&format!("our clock is {seconds} s ahead, until {}", self.jump.until));
    }

    /// Whether it is wrong now; if its time is over, it is right from here on.
    pub(super) fn is_clock_wrong(&self) -> bool {
        let is_wrong = self.now() < self.jump.until;
        if !is_wrong {
            self.jump.set(SignedDuration::ZERO);
        }
        is_wrong
    }

    /// Whether somebody may still write down what it showed while it was wrong.
    pub(super) fn may_write_wrong_times(&self) -> bool {
        self.now() < self.jump.until.saturating_add(WRITTEN_BY).unwrap_or(Timestamp::MAX)
    }

    /// When it is right again, if it is wrong.
    pub(super) fn clock_right_at(&self) -> Option<Timestamp> {
        self.is_clock_wrong().then_some(self.jump.until)
    }
}
