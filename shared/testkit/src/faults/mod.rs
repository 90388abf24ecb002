//! The ports with faults. Every call of a port is counted; a plan says at which call what goes wrong.

mod ports_with_faults;

pub use ports_with_faults::{FaultyBus, FaultyDocuments, FaultyHttp, FaultyMailer, FaultyQueue, FaultyTable};

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What goes wrong at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process dies before the call is done.
    CrashBefore,
    /// The process dies after the call is done, before it hears of it.
    CrashAfter,
    /// The call is done, but its answer is lost.
    LostAnswer,
    /// The call never arrives, and nobody says so.
    Vanished,
    /// The call is not done: the other side is down for now.
    Down,
    /// A write is not done: rows are held by another transaction. Elsewhere as `Down`.
    Busy,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::CrashBefore, Self::CrashAfter, Self::LostAnswer, Self::Vanished, Self::Down, Self::Busy];
}

/// Which call has which fault, and what was called.
#[derive(Debug, Default)]
pub struct FaultPlan {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    planned: BTreeMap<usize, Fault>,
    first: Option<(&'static str, Fault)>,
    calls: Vec<&'static str>,
}

impl FaultPlan {
    /// Forgets what was called and plans anew; calls are counted from 0.
    pub fn plan(&self, faults: impl IntoIterator<Item = (usize, Fault)>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.planned = faults.into_iter().collect();
        state.first = None;
        state.calls.clear();
    }

    /// As `plan`, with one fault at the first call of this name, such as `queue.send`.
    pub fn plan_first(&self, call: &'static str, fault: Fault) {
        self.plan([]);
        self.state.lock().unwrap_or_else(PoisonError::into_inner).first = Some((call, fault));
    }

    /// What was called since the last plan, by port and operation.
    pub fn calls(&self) -> Vec<&'static str> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).calls.clone()
    }

    fn next(&self, call: &'static str) -> Option<Fault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let number = state.calls.len();
        state.calls.push(call);
        let first = state.first.take_if(|(name, _)| *name == call).map(|(_, fault)| fault);
        first.or_else(|| state.planned.get(&number).copied())
    }
}
