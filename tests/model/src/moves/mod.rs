//! Shares by hand: a unit moves from one channel to another by lowering the one and raising the other.
//!
//! Nothing is kept but the units that were lowered and not yet raised. It holds where a channel compares before it sets and carries
//! a call out once; an absolute figure revives what was sold unseen.

pub mod claims;
mod words;

use crate::search::Story;
use crate::setting::{Setting, compared};
use stateright::{Model, Property};

/// A mistake, or an assumption that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// The other channel is raised before the lowering is acknowledged.
    MovedTooSoon,
    /// A channel carries a call out a second time, later.
    DoubledCall,
}

/// Two channels; the first holds all units at first.
#[derive(Debug, Clone)]
pub struct Moves {
    /// Units at the merchant.
    pub units: i8,
    /// How counters are set.
    pub setting: Setting,
    /// What is wrong.
    pub mistake: Option<Mistake>,
}

/// A call on its way: the figure, what was seen, and whether it was carried out once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Call {
    figure: i8,
    looked: i8,
    done: bool,
}

/// How far the push of a channel has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Push {
    Idle,
    Looked(i8),
    /// Waits for its answer; by how much it moves the figure.
    Sent(i8),
    Acknowledged(i8),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Outlet {
    counter: i8,
    sold: i8,
    push: Push,
    call: Option<Call>,
}

/// The world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// Units that are on no channel.
    in_hand: i8,
    outlets: [Outlet; 2],
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A customer buys.
    Buy,
    /// The channel is looked at.
    Look,
    /// It is told a unit less.
    Lower,
    /// It is told a unit more.
    Raise,
    /// It carries the call out.
    Arrive,
    /// It carries it out a second time.
    ArriveAgain,
    /// The call is lost, or the doubled one never comes.
    Lose,
    /// Its answer is noted.
    Note,
    /// The push dies, or its answer is lost: the unit is on no channel for good.
    Die,
}

impl Moves {
    fn send(&self, next: &mut State, at: usize, change: i8) {
        let outlet = &mut next.outlets[at];
        let Push::Looked(looked) = outlet.push else { return };
        outlet.call = Some(Call { figure: looked + change, looked, done: false });
        outlet.push = Push::Sent(change);
        let moved = if self.mistake == Some(Mistake::MovedTooSoon) { -change } else { -change.max(0) };
        next.in_hand += moved;
    }

    fn arrive(&self, next: &mut State, at: usize) {
        let outlet = &mut next.outlets[at];
        let Some(call) = outlet.call.take() else { return };
        let applies = compared(self.setting, call.looked, outlet.counter);
        if applies {
            outlet.counter = call.figure;
        }
        if call.done {
            return;
        }
        if self.mistake == Some(Mistake::DoubledCall) {
            outlet.call = Some(Call { done: true, ..call });
        }
        if let Push::Sent(change) = outlet.push {
            outlet.push = if applies { Push::Acknowledged(change) } else { Push::Idle };
            // Refused for sure: a unit that was to be raised is in hand again.
            if !applies && change > 0 {
                next.in_hand += change;
            }
        }
    }
}

impl Model for Moves {
    type State = State;
    type Action = (usize, Step);

    fn init_states(&self) -> Vec<State> {
        let outlet = |counter| Outlet { counter, sold: 0, push: Push::Idle, call: None };
        vec![State { in_hand: 0, outlets: [outlet(self.units), outlet(0)] }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Self::Action>) {
        use Step::{Arrive, ArriveAgain, Buy, Die, Look, Lose, Lower, Note, Raise};
        for at in 0..2 {
            let steps = [Buy, Look, Lower, Raise, Arrive, ArriveAgain, Lose, Note, Die];
            actions.extend(steps.into_iter().filter(|step| state.may(at, *step)).map(|step| (at, step)));
        }
    }

    fn next_state(&self, state: &State, (at, step): Self::Action) -> Option<State> {
        let mut next = state.clone();
        let outlet = &mut next.outlets[at];
        match step {
            Step::Buy => {
                outlet.counter -= 1;
                outlet.sold += 1;
            }
            Step::Look => outlet.push = Push::Looked(outlet.counter),
            Step::Lower => self.send(&mut next, at, -1),
            Step::Raise => self.send(&mut next, at, 1),
            Step::Arrive | Step::ArriveAgain => self.arrive(&mut next, at),
            Step::Lose => outlet.call = None,
            Step::Note => {
                if outlet.push == Push::Acknowledged(-1) && self.mistake != Some(Mistake::MovedTooSoon) {
                    next.in_hand += 1;
                }
                next.outlets[at].push = Push::Idle;
            }
            Step::Die => outlet.push = Push::Idle,
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let promise = Property::always(Self::PROMISE, |model: &Self, state: &State| state.sold() <= model.units);
        if self.mistake.is_some() || self.setting == Setting::Absolute {
            return vec![promise];
        }
        let moved = Property::sometimes("everything is sold by the second channel", |model: &Self, state: &State| {
            state.outlets[1].sold == model.units
        });
        vec![promise, moved]
    }
}

impl State {
    fn may(&self, at: usize, step: Step) -> bool {
        let outlet = &self.outlets[at];
        let looked = match outlet.push {
            Push::Looked(figure) => Some(figure),
            _ => None,
        };
        let waits = outlet.call.is_some_and(|call| !call.done);
        match step {
            Step::Buy => outlet.counter > 0,
            Step::Look => outlet.push == Push::Idle && !waits,
            Step::Lower => looked.is_some_and(|figure| figure > 0) && outlet.call.is_none(),
            Step::Raise => looked.is_some() && self.in_hand > 0 && outlet.call.is_none(),
            Step::Arrive => waits,
            Step::ArriveAgain => outlet.call.is_some_and(|call| call.done),
            Step::Lose => outlet.call.is_some(),
            Step::Note => matches!(outlet.push, Push::Acknowledged(_)),
            Step::Die => outlet.push != Push::Idle,
        }
    }

    fn sold(&self) -> i8 {
        self.outlets.iter().map(|outlet| outlet.sold).sum()
    }
}
