//! Shares on channels that only take absolute figures: set 0, settle, grant.
//!
//! Every channel is set to 0; once that is acknowledged, and every order from before is taken in, what is available is shared out.

pub mod claims;
mod words;

use crate::search::Story;
use stateright::{Model, Property};

/// A mistake one could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// Granted while orders from before the 0 are not taken in.
    NotSettled,
    /// Granted before the 0 is acknowledged.
    NotAcknowledged,
    /// The old call may arrive after the new 0 is acknowledged.
    LateCall,
}

/// Two channels; the first shows all units at first.
#[derive(Debug, Clone)]
pub struct Drain {
    /// Units at the merchant.
    pub units: i8,
    /// What is wrong.
    pub mistake: Option<Mistake>,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Outlet {
    counter: i8,
    unseen: i8,
    /// A call on its way to it.
    call: Option<i8>,
    /// One that nobody waits for any more.
    stale: Option<i8>,
    /// 0 was sent, and whether it is acknowledged.
    closing: bool,
    closed: bool,
}

/// The world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    available: i8,
    sold: i8,
    outlets: [Outlet; 2],
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A customer of this channel buys.
    Buy(usize),
    /// An order of it is taken in.
    TakeIn(usize),
    /// It is told 0.
    Close(usize),
    /// It carries a call out, and acknowledges.
    Arrive(usize),
    /// It carries it out, and the answer is lost.
    ArriveUnheard(usize),
    /// It carries out a call that nobody waits for.
    ArriveStale(usize),
    /// The call is lost.
    Lose(usize),
    /// Nobody waits for it any more.
    GiveUp(usize),
    /// What is available is shared out: so much to the first, the rest to the second.
    Grant(i8),
}

impl Drain {
    fn grants(&self, state: &State) -> bool {
        state.outlets.iter().all(|outlet| {
            let closed = outlet.closed || (self.mistake == Some(Mistake::NotAcknowledged) && outlet.closing);
            closed && (outlet.unseen == 0 || self.mistake == Some(Mistake::NotSettled))
        })
    }
}

impl Model for Drain {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let outlet = |counter| Outlet { counter, unseen: 0, call: None, stale: None, closing: false, closed: false };
        vec![State { available: self.units, sold: 0, outlets: [outlet(self.units), outlet(0)] }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        for (at, outlet) in state.outlets.iter().enumerate() {
            let late = self.mistake == Some(Mistake::LateCall) && outlet.stale.is_none();
            let steps = [
                (outlet.counter > 0, Step::Buy(at)),
                (outlet.unseen > 0, Step::TakeIn(at)),
                (outlet.call.is_none() && !outlet.closed, Step::Close(at)),
                (outlet.call.is_some(), Step::Arrive(at)),
                (outlet.call.is_some(), Step::ArriveUnheard(at)),
                (outlet.stale.is_some(), Step::ArriveStale(at)),
                (outlet.call.is_some(), Step::Lose(at)),
                (outlet.call.is_some() && late, Step::GiveUp(at)),
            ];
            actions.extend(steps.into_iter().filter(|(may, _)| *may).map(|(_, step)| step));
        }
        if self.grants(state) {
            actions.extend((0..=state.available).map(Step::Grant));
        }
    }

    fn next_state(&self, state: &State, step: Step) -> Option<State> {
        let mut next = state.clone();
        match step {
            Step::Buy(at) => {
                next.outlets[at].counter -= 1;
                next.outlets[at].unseen += 1;
                next.sold += 1;
            }
            Step::TakeIn(at) => {
                next.outlets[at].unseen -= 1;
                next.available = (next.available - 1).max(0);
            }
            Step::Close(at) => {
                next.outlets[at].call = Some(0);
                next.outlets[at].closing = true;
            }
            Step::Arrive(at) | Step::ArriveUnheard(at) => {
                let outlet = &mut next.outlets[at];
                outlet.counter = outlet.call.take()?;
                outlet.closed = outlet.closing && step == Step::Arrive(at);
            }
            Step::ArriveStale(at) => next.outlets[at].counter = next.outlets[at].stale.take()?,
            Step::Lose(at) => next.outlets[at].call = None,
            Step::GiveUp(at) => next.outlets[at].stale = next.outlets[at].call.take(),
            Step::Grant(first) => {
                for (outlet, figure) in next.outlets.iter_mut().zip([first, state.available - first]) {
                    // Nothing is sent where there is nothing to grant; nor does a grant overtake the call before it.
                    if figure > 0 {
                        outlet.call = Some(figure);
                        outlet.closing = false;
                        outlet.closed = false;
                    }
                }
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let promise = Property::always(Self::PROMISE, |model: &Self, state: &State| state.sold <= model.units);
        if self.mistake.is_some() {
            return vec![promise];
        }
        let moved = Property::sometimes("the last unit is sold by the second channel", |model: &Self, state: &State| {
            state.sold == model.units && state.outlets[1].unseen == model.units
        });
        vec![promise, moved]
    }
}
