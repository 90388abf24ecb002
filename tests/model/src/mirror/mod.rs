//! Publication without shares: every channel shows all there is, less a buffer.
//!
//! With two channels this cannot hold, whatever one does: only a bound does. With one channel it comes down to how a figure is
//! raised while customers buy.

pub mod claims;
mod words;

use crate::search::Story;
use crate::setting::{Setting, compared};
use stateright::{Model, Property};

/// When a figure may be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fence {
    /// Always.
    None,
    /// When every order from before the look is taken in.
    Settled,
    /// As `Settled`, but only if the channel shows less than it was told last.
    OnlyWhereLower,
    /// As `Settled`, but the look is dated when the channel was asked, not when it had answered.
    DatedWhenAsked,
}

/// What must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// No more is sold than there ever was.
    Nothing,
    /// No more is oversold than was sold that a selling channel's figure did not hold, less the buffer.
    NotInTheFigure,
    /// No more is oversold than every channel but one could sell, less the buffers.
    EveryChannel,
}

/// One product on one or two channels.
#[derive(Debug, Clone)]
pub struct Mirror {
    /// Units at first.
    pub units: i8,
    /// Channels.
    pub channels: usize,
    /// Units that no channel is shown.
    pub buffer: i8,
    /// Whether units that short orders wait for are shown as well.
    pub shows_short: bool,
    /// Units that may be received.
    pub receipts: i8,
    /// Units that may be sold over the merchant's own counter.
    pub over_the_counter: i8,
    /// Orders that may be cancelled; the channel puts the unit on sale again by itself.
    pub cancels: i8,
    /// How counters are set.
    pub setting: Setting,
    /// When they are raised.
    pub fence: Fence,
    /// What must hold.
    pub promise: Promise,
}

/// How far a push has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Push {
    Idle,
    Asked,
    Looked { live: i8 },
    Sent { figure: i8, live: i8, missed: i8 },
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Outlet {
    counter: i8,
    /// Orders that are not taken in: placed after the last look, and before it.
    unseen: i8,
    unseen_old: i8,
    covered: i8,
    /// Cancelled, which is not taken in.
    cancelled: i8,
    told: i8,
    /// Sales that its figure does not hold.
    missed: i8,
    push: Push,
}

/// The world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    available: i8,
    /// Units of orders that found none.
    short: i8,
    receipts: i8,
    over_the_counter: i8,
    cancels: i8,
    /// The most sales that a channel's figure did not hold when it sold.
    worst: i8,
    outlets: Vec<Outlet>,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A customer buys.
    Buy,
    /// An order is taken in.
    TakeIn,
    /// One from before the look is.
    TakeInOld,
    /// An order is cancelled.
    Cancel,
    /// Its cancellation is taken in.
    GiveBack,
    /// Goods come in.
    Receive,
    /// A unit is sold over the counter.
    SellOver,
    /// A push asks what the channel shows.
    Ask,
    /// The channel answers.
    Look,
    /// The push reads what is available, and decides.
    Decide,
    /// The channel carries the call out.
    Arrive,
    /// The push dies, or its call is lost.
    Die,
}

impl Mirror {
    /// Units that there ever were.
    fn ever(&self, state: &State) -> i8 {
        self.units + self.receipts - state.receipts
    }

    fn target(&self, state: &State) -> i8 {
        let owed = if self.shows_short { 0 } else { state.short };
        (state.available - owed - self.buffer).max(0)
    }

    fn may(&self, state: &State, at: usize, step: Step) -> bool {
        let outlet = &state.outlets[at];
        match step {
            Step::Buy => outlet.counter > 0,
            Step::TakeIn => outlet.unseen > 0,
            Step::TakeInOld => outlet.unseen_old > 0,
            Step::Cancel => state.cancels > 0 && outlet.covered > 0,
            Step::GiveBack => outlet.cancelled > 0,
            Step::Receive => at == 0 && state.receipts > 0,
            Step::SellOver => at == 0 && state.over_the_counter > 0 && state.available > 0,
            Step::Ask => outlet.push == Push::Idle,
            Step::Look => outlet.push == Push::Asked,
            Step::Decide => matches!(outlet.push, Push::Looked { live } if self.decides(state, at, live)),
            Step::Arrive => matches!(outlet.push, Push::Sent { .. }),
            Step::Die => outlet.push != Push::Idle,
        }
    }

    /// Lower at once; raise behind the fence.
    fn decides(&self, state: &State, at: usize, live: i8) -> bool {
        let outlet = &state.outlets[at];
        let settled = outlet.unseen_old == 0;
        let passed = match self.fence {
            Fence::None => true,
            Fence::Settled | Fence::DatedWhenAsked => settled,
            Fence::OnlyWhereLower => settled || live >= outlet.told,
        };
        self.target(state) <= live || passed
    }

    fn push(&self, next: &mut State, at: usize, step: Step) {
        let target = self.target(next);
        let missed = next.outlets.iter().map(|o| o.unseen + o.unseen_old).sum();
        let outlet = &mut next.outlets[at];
        let dated = if self.fence == Fence::DatedWhenAsked { Step::Ask } else { Step::Look };
        if step == dated {
            outlet.unseen_old += std::mem::take(&mut outlet.unseen);
        }
        outlet.push = match (step, outlet.push) {
            (Step::Ask, _) => Push::Asked,
            (Step::Look, _) => Push::Looked { live: outlet.counter },
            (Step::Decide, Push::Looked { live }) if live == target => {
                // If it shows another figure by now, that one was worked out earlier.
                if live == outlet.counter {
                    outlet.missed = missed;
                }
                outlet.told = live;
                Push::Idle
            }
            (Step::Decide, Push::Looked { live }) => Push::Sent { figure: target, live, missed },
            (Step::Arrive, Push::Sent { figure, live, missed }) => {
                if compared(self.setting, live, outlet.counter) {
                    outlet.counter = figure;
                    outlet.told = figure;
                    outlet.missed = missed;
                }
                Push::Idle
            }
            _ => Push::Idle,
        };
    }
}

impl State {
    fn standing(&self) -> i8 {
        self.outlets.iter().map(|o| o.unseen + o.unseen_old + o.covered).sum()
    }

    fn buy(&mut self, at: usize) {
        self.worst = self.worst.max(self.outlets[at].missed);
        for (n, outlet) in self.outlets.iter_mut().enumerate() {
            if let Push::Sent { missed, .. } = &mut outlet.push {
                *missed += 1;
            }
            if n == at {
                outlet.counter -= 1;
                outlet.unseen += 1;
            } else {
                outlet.missed += 1;
            }
        }
    }

    fn take_in(&mut self, at: usize) {
        if self.available > 0 {
            self.available -= 1;
        } else {
            self.short += 1;
        }
        self.outlets[at].covered += 1;
    }
}

impl Model for Mirror {
    type State = State;
    type Action = (usize, Step);

    fn init_states(&self) -> Vec<State> {
        let shown = (self.units - self.buffer).max(0);
        let outlet = Outlet {
            counter: shown,
            unseen: 0,
            unseen_old: 0,
            covered: 0,
            cancelled: 0,
            told: shown,
            missed: 0,
            push: Push::Idle,
        };
        vec![State {
            available: self.units,
            short: 0,
            receipts: self.receipts,
            over_the_counter: self.over_the_counter,
            cancels: self.cancels,
            worst: 0,
            outlets: vec![outlet; self.channels],
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Self::Action>) {
        use Step::{Arrive, Ask, Buy, Cancel, Decide, Die, GiveBack, Look, Receive, SellOver, TakeIn, TakeInOld};
        for at in 0..self.channels {
            let steps = [Buy, TakeIn, TakeInOld, Cancel, GiveBack, Receive, SellOver, Ask, Look, Decide, Arrive, Die];
            actions.extend(steps.into_iter().filter(|step| self.may(state, at, *step)).map(|step| (at, step)));
        }
    }

    fn next_state(&self, state: &State, (at, step): Self::Action) -> Option<State> {
        let mut next = state.clone();
        let outlet = &mut next.outlets[at];
        match step {
            Step::Buy => next.buy(at),
            Step::TakeIn => {
                outlet.unseen -= 1;
                next.take_in(at);
            }
            Step::TakeInOld => {
                outlet.unseen_old -= 1;
                next.take_in(at);
            }
            Step::Cancel => {
                outlet.covered -= 1;
                outlet.cancelled += 1;
                outlet.counter += 1;
                next.cancels -= 1;
            }
            Step::GiveBack => {
                outlet.cancelled -= 1;
                next.available += 1;
            }
            Step::Receive => {
                next.receipts -= 1;
                next.available += 1;
            }
            Step::SellOver => {
                next.over_the_counter -= 1;
                next.available -= 1;
            }
            _ => self.push(&mut next, at, step),
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always(Self::PROMISE, |model: &Self, state: &State| {
            let oversold = (state.standing() - model.ever(state)).max(0);
            match model.promise {
                Promise::Nothing => oversold == 0,
                Promise::NotInTheFigure => oversold <= (state.worst - model.buffer).max(0),
                Promise::EveryChannel => {
                    let channels = i8::try_from(model.channels).unwrap_or(i8::MAX);
                    oversold <= (channels * (model.units - model.buffer) - model.units).max(0)
                }
            }
        })]
    }
}
