//! The token that all functions of a connection share, where every refresh kills the one before (F23), as `engine::ConnectorClient` renews it.

pub mod claims;
mod words;

use crate::search::Story;
use stateright::{Model, Property};

/// A mistake one could make, or an assumption that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// Whoever needs a token renews it.
    NoLease,
    /// The lease can run out while its holder still renews.
    ShortLease,
    /// The new token is used before it is saved.
    UsedBeforeSaved,
    /// The channel's answer is lost, or the function dies with it.
    AnswerLost,
}

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// No token is used for a second renewal.
    Once,
    /// No token is, unless an answer was lost before.
    OnceUnlessLost,
    /// Whatever token is worked with is the newest, and saved.
    Saved,
}

/// Two functions and a row.
#[derive(Debug, Clone)]
pub struct Refresh {
    /// Tokens there may be.
    pub tokens: u8,
    /// Whether functions die, and answers are lost, while a token is renewed.
    pub deaths: bool,
    /// What must hold.
    pub promise: Promise,
    /// What is wrong.
    pub mistake: Option<Mistake>,
}

/// How far a function has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Stage {
    Idle,
    /// Read the row, and found a token that is about to end.
    Read(u8),
    /// Holds the lease on the row with this token.
    Leased(u8),
    /// The channel was asked with this token.
    Asked(u8),
    /// The channel answered with this one.
    Answered(u8),
    /// Works with this one.
    Works(u8),
}

/// The world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The newest that the channel gave out, and whether it was asked with an older one.
    newest: u8,
    used_twice: bool,
    /// An answer was lost, or somebody died with it.
    lost: bool,
    saved: u8,
    leased: bool,
    stages: [Stage; 2],
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A function needs a token and reads the row.
    Read,
    /// It takes the lease, if the row is as it was.
    Lease,
    /// The lease of somebody who died runs out.
    RunOut,
    /// It asks the channel.
    Ask,
    /// The channel answers.
    Answer,
    /// The channel answers, which nobody hears.
    AnswerLost,
    /// The token is saved, if the row is as it was.
    Save,
    /// It is used without.
    Use,
    /// The work is done.
    Done,
    /// The function dies.
    Die,
}

impl Refresh {
    fn has(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }

    fn may(&self, state: &State, at: usize, step: Step) -> bool {
        let is = state.stages[at];
        let renews = |stage: &Stage| matches!(stage, Stage::Leased(_) | Stage::Asked(_) | Stage::Answered(_));
        match step {
            Step::Read => is == Stage::Idle && state.saved < self.tokens,
            Step::Lease => {
                matches!(is, Stage::Read(token) if !state.leased && token == state.saved || self.has(Mistake::NoLease))
            }
            Step::RunOut => at == 0 && state.leased && (self.has(Mistake::ShortLease) || !state.stages.iter().any(renews)),
            Step::Ask => matches!(is, Stage::Leased(_)),
            Step::Answer => matches!(is, Stage::Asked(_)),
            Step::AnswerLost => matches!(is, Stage::Asked(_)) && self.deaths,
            Step::Save => matches!(is, Stage::Answered(_)),
            Step::Use => matches!(is, Stage::Answered(_)) && self.has(Mistake::UsedBeforeSaved),
            Step::Done => matches!(is, Stage::Works(_)),
            Step::Die => is != Stage::Idle && (self.deaths || !renews(&is)),
        }
    }
}

impl State {
    /// The channel is asked with a token, and gives out the next.
    fn rotate(&mut self, token: u8) -> u8 {
        if token < self.newest {
            self.used_twice = true;
        }
        self.newest = self.newest.max(token + 1);
        token + 1
    }
}

impl Model for Refresh {
    type State = State;
    type Action = (usize, Step);

    fn init_states(&self) -> Vec<State> {
        vec![State { newest: 1, used_twice: false, lost: false, saved: 1, leased: false, stages: [Stage::Idle; 2] }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Self::Action>) {
        use Step::{Answer, AnswerLost, Ask, Die, Done, Lease, Read, RunOut, Save, Use};
        for at in 0..2 {
            let steps = [Read, Lease, RunOut, Ask, Answer, AnswerLost, Save, Use, Done, Die];
            actions.extend(steps.into_iter().filter(|step| self.may(state, at, *step)).map(|step| (at, step)));
        }
    }

    fn next_state(&self, state: &State, (at, step): Self::Action) -> Option<State> {
        let mut next = state.clone();
        let becomes = match (step, state.stages[at]) {
            (Step::Read, _) => Stage::Read(state.saved),
            (Step::Lease, Stage::Read(token)) => {
                next.leased = true;
                Stage::Leased(token)
            }
            (Step::RunOut, as_it_was) => {
                next.leased = false;
                as_it_was
            }
            (Step::Ask, Stage::Leased(token)) => Stage::Asked(token),
            (Step::Answer, Stage::Asked(token)) => Stage::Answered(next.rotate(token)),
            (Step::AnswerLost, Stage::Asked(token)) => {
                next.rotate(token);
                next.lost = true;
                next.leased = false;
                Stage::Idle
            }
            (Step::Save, Stage::Answered(token)) => {
                if state.saved == token - 1 {
                    (next.saved, next.leased) = (token, false);
                }
                Stage::Works(token)
            }
            (Step::Use, Stage::Answered(token)) => Stage::Works(token),
            (Step::Die, Stage::Answered(_)) => {
                next.lost = true;
                Stage::Idle
            }
            (Step::Done | Step::Die, _) => Stage::Idle,
            _ => return None,
        };
        next.stages[at] = becomes;
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let promise = Property::always(Self::PROMISE, |model: &Self, state: &State| match model.promise {
            Promise::Once => !state.used_twice,
            Promise::OnceUnlessLost => !state.used_twice || state.lost,
            Promise::Saved => state.stages.iter().all(|stage| !matches!(stage, Stage::Works(token) if *token > state.saved)),
        });
        if self.mistake.is_some() {
            return vec![promise];
        }
        let renewed = Property::sometimes("every token is had", |model: &Self, state: &State| state.saved == model.tokens);
        vec![promise, renewed]
    }
}
