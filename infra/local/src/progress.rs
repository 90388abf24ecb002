//! How far something long is, for whoever asks meanwhile.

use domain::so_many;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counted up by whoever works, read by whoever waits.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    of: AtomicUsize,
}

impl Progress {
    /// So many products have to be looked at.
    pub fn begin(&self, of: usize) {
        self.of.store(of, Ordering::Relaxed);
    }

    /// Of how many.
    pub fn of(&self) -> usize {
        self.of.load(Ordering::Relaxed)
    }

    /// One more is done.
    pub fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// In words.
    pub fn told(&self) -> String {
        let (done, of) = (self.done.load(Ordering::Relaxed), self.of());
        if of == 0 {
            "Sluis is starting; ask again in a moment".to_owned()
        } else {
            format!("Sluis is starting: {done} of {} in place; ask again in a moment", so_many(of, "product"))
        }
    }
}
