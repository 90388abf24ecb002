//! The dice: which call goes wrong, and how; and the count of what they decided.

use super::{Fault, Rate, Wanted};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shared by all ports of a process.
#[derive(Debug)]
pub struct Dice(Mutex<State>);

#[derive(Debug)]
struct State {
    rng: fastrand::Rng,
    rate: Rate,
    calls: u64,
    faults: BTreeMap<String, BTreeMap<&'static str, u64>>,
    troubles: BTreeMap<String, u64>,
}

impl Dice {
    /// Dice of a seed, in a cup: nothing goes wrong before `set`.
    pub fn new(wanted: Wanted) -> Self {
        let rng = fastrand::Rng::with_seed(wanted.seed);
        Self(Mutex::new(State { rng, rate: Rate::NONE, calls: 0, faults: BTreeMap::new(), troubles: BTreeMap::new() }))
    }

    /// How many calls go wrong from now on.
    pub fn set(&self, rate: Rate) {
        self.lock().rate = rate;
    }

    /// How many calls go wrong.
    pub fn rate(&self) -> Rate {
        self.lock().rate
    }

    /// What befalls this call, if anything.
    pub(super) fn roll(&self, call: &'static str) -> Option<Fault> {
        let mut state = self.lock();
        state.calls += 1;
        let per_thousand = state.rate.per_thousand();
        if state.rng.u32(..1000) >= per_thousand {
            return None;
        }
        let (share, roll) = (state.rng.u32(..100), state.rng.u32(..));
        let sends = matches!(call, "queue.send" | "bus.publish");
        let fault = match Fault::drawn(share, roll) {
            // What sends nothing cannot be delivered twice.
            Fault::Doubled if !sends => Fault::LostAnswer,
            other => other,
        };
        *state.faults.entry(call.to_owned()).or_default().entry(fault.name()).or_default() += 1;
        Some(fault)
    }

    /// A number from 0, less than `end`.
    pub(super) fn below(&self, end: u32) -> u32 {
        self.lock().rng.u32(..end.max(1))
    }

    pub(super) fn note_trouble(&self, kind: &str) {
        *self.lock().troubles.entry(kind.to_owned()).or_default() += 1;
    }

    /// What was done so far, for people and for checks.
    pub fn told(&self) -> serde_json::Value {
        let state = self.lock();
        serde_json::json!({
            "rate": state.rate.to_string(),
            "calls": state.calls,
            "faults": state.faults,
            "troubles_at_shops": state.troubles,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
