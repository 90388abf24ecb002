//! Chance while a world is lived through: who runs next, and what befalls a call.

use super::script::{Script, stream};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Chance.
pub(super) struct Chance(Mutex<State>);

struct State {
    seed: u64,
    dice: fastrand::Rng,
    /// Calls out of a thousand that go wrong.
    per_thousand: u32,
    is_calm: bool,
    calls: u64,
    faults: BTreeMap<&'static str, u64>,
}

/// What may befall a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It never arrives, and nobody says so.
    Vanished,
    /// It is done, but its answer is lost.
    LostAnswer,
    /// It is refused for now: down, or throttled.
    Refused,
    /// A row of a transaction is held by another one; elsewhere as `Refused`.
    Busy,
    /// It arrives only after this many milliseconds.
    SlowThere(u32),
    /// Its answer takes this many milliseconds.
    SlowBack(u32),
}

impl Fault {
    const fn name(self) -> &'static str {
        match self {
            Self::Vanished => "vanished",
            Self::LostAnswer => "lost answer",
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::SlowThere(_) | Self::SlowBack(_) => "slow",
        }
    }
}

impl Chance {
    /// Of a world.
    pub(super) fn new(script: &Script) -> Self {
        Self::of(script.seed, script.per_thousand)
    }

    /// From a seed; of a thousand calls, so many go wrong.
    pub(super) fn of(seed: u64, per_thousand: u32) -> Self {
        Self(Mutex::new(State {
            seed,
            dice: stream(seed, 2),
            per_thousand,
            is_calm: per_thousand == 0,
            calls: 0,
            faults: BTreeMap::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts anew at a move.
    pub(super) fn start_at(&self, number: u32) {
        let mut state = self.state();
        state.dice = stream(state.seed, 1000 + u64::from(number));
    }

    /// A number from 0, less than `end`; 0 if there is none.
    pub(super) fn below(&self, end: u32) -> u32 {
        self.state().dice.u32(..end.max(1))
    }

    /// As `below`, for places in a list.
    pub(super) fn place(&self, length: usize) -> usize {
        self.state().dice.usize(..length.max(1))
    }

    /// True once in so many times while the world is rough, never once it is calm.
    pub(super) fn mischief(&self, once_in: u32) -> bool {
        let mut state = self.state();
        !state.is_calm && state.dice.u32(..once_in) == 0
    }

    /// No more faults.
    pub(super) fn calm(&self) {
        let mut state = self.state();
        state.per_thousand = 0;
        state.is_calm = true;
    }

    /// Whether nothing goes wrong any more.
    pub(super) fn is_calm(&self) -> bool {
        self.state().is_calm
    }

    /// Calls so far.
    pub(super) fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Those that went wrong, by how.
    pub(super) fn faults(&self) -> BTreeMap<&'static str, u64> {
        self.state().faults.clone()
    }

    /// What befalls the next call.
    pub(super) fn fault(&self) -> Option<Fault> {
        let mut state = self.state();
        state.calls += 1;
        let per_thousand = state.per_thousand;
        if per_thousand == 0 || state.dice.u32(..1000) >= per_thousand {
            return None;
        }
        let lasting = state.dice.u32(..20_000);
        let fault = match state.dice.u32(..10) {
            0..2 => Fault::Vanished,
            2..4 => Fault::LostAnswer,
            4..6 => Fault::Refused,
            6..8 => Fault::Busy,
            8 => Fault::SlowThere(lasting),
            _ => Fault::SlowBack(lasting),
        };
        *state.faults.entry(fault.name()).or_default() += 1;
        Some(fault)
    }
}
