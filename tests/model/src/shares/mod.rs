//! Quota publication as Sluis does it: a bound per channel of what it may still cost us, and grants within the headroom.
//!
//! The row of a product keeps per channel an upper bound of its *exposure*: what its counter lets customers buy, and what it sold
//! that is not taken in yet. A write first raises the bound in a conditional write of that row, and only by what the headroom
//! (available, less what is short, less all bounds) allows. What a channel showed becomes its bound once all its orders up to that
//! moment are taken in. Which figure is chosen is left open: the model tries them all.

pub mod claims;
mod steps;
mod words;

use crate::search::Story;
use crate::setting::Setting;
use stateright::{Model, Property};

/// A mistake one could make in the protocol, or an assumption that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// Units given back are counted from after the look, not from before it.
    BackReadAfterLook,
    /// What a channel shows becomes its bound at once.
    NotSettled,
    /// An order counts as placed when it changed last.
    SettledByLastChange,
    /// The look counts as made when the channel was asked, not when it had answered.
    LookDatedWhenAsked,
    /// Sales are taken off the bound from the look on, not from when its orders were known to be in.
    SalesCountedFromLook,
    /// An absolute write is counted as the difference to what was seen.
    AbsoluteAsDifference,
    /// The bound is raised without a condition on the row that the headroom was read from.
    CheckedOutside,
    /// A cancelled order gives its unit back without raising the bound of its channel.
    BackNotCounted,
    /// As `BackNotCounted`, only for orders that were first seen when they were cancelled already: they move no stock.
    BackNotCountedUnseen,
    /// As `BackNotCounted`, only for orders that were short: they move no stock either.
    BackNotCountedShort,
    /// What is short is not taken off the headroom.
    ShortIgnored,
    /// A channel of which nothing is known may be lowered to a figure, not only to 0.
    UnknownLowered,
    /// What was shown before a write still becomes the bound after it.
    ShownKept,
    /// What is shown while an earlier call may still arrive is believed.
    BelievedTooSoon,
    /// The channel carries out a call twice.
    DoubledCall,
    /// A look is answered from a copy that does not have the last write yet.
    StaleLook,
    /// The channel puts a cancelled unit on sale later than it tells of the cancellation.
    LateRestock,
}

/// Two channels and one product.
#[derive(Debug, Clone)]
pub struct Shares {
    /// Units at the merchant at first.
    pub units: u8,
    /// How each channel is set.
    pub settings: [Setting; 2],
    /// Orders that may be cancelled.
    pub cancels: u8,
    /// Units that may be received.
    pub receipts: u8,
    /// Orders of the first channel that are short at first: it sold what was not there.
    pub short: u8,
    /// What is wrong.
    pub mistake: Option<Mistake>,
}

/// What a channel showed, until its orders up to then are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Shown {
    figure: i8,
    /// Units given back since.
    back: i8,
    /// Sales taken in since.
    out: i8,
}

/// How far the push of a listing has come. There is one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Push {
    /// Nobody pushes.
    Idle,
    /// The lease is taken, and what was given back so far has been read.
    Holding { back: i8 },
    /// The channel showed this.
    Looked { figure: i8 },
    /// The headroom was read and allows this figure. `fresh`: the row is still as it was read.
    Chosen { figure: i8, looked: i8, fresh: bool },
    /// The bound is raised and the call is under way. `quiet`: no earlier one could still arrive when it was sent.
    Sent { figure: i8, looked: i8, back: i8, quiet: bool },
    /// The channel acknowledged.
    Acknowledged { figure: i8, looked: i8, back: i8, quiet: bool },
}

/// A figure on its way to the channel, and what it must still show, if that is compared.
type Call = (i8, Option<i8>);

/// A channel, and what we keep of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Outlet {
    /// Units its customers can buy.
    counter: i8,
    /// A call on its way to it, with the figure it must still show, if that is compared.
    call: Option<Call>,
    /// One whose sender died or gave up, and which may still arrive.
    stale: Option<Call>,
    /// What it showed before the last write (`Mistake::StaleLook`).
    copy: i8,
    /// Cancelled units that it has still to put on sale (`Mistake::LateRestock`).
    owed: i8,
    /// Orders it holds that are not taken in: placed since it last showed what is noted, and before that.
    unseen: i8,
    unseen_old: i8,
    /// As these, but cancelled already.
    dead: i8,
    dead_old: i8,
    /// Orders that are taken in, covered and short.
    covered: i8,
    short: i8,
    /// As these, but cancelled on the channel, which is not taken in yet.
    covered_cancelled: i8,
    short_cancelled: i8,
    /// The bound of its exposure now; `None`: anything.
    bound: Option<i8>,
    shown: Option<Shown>,
    push: Push,
}

/// The world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    units: i8,
    available: i8,
    cancels: u8,
    receipts: u8,
    outlets: [Outlet; 2],
}

/// What can happen next, and on which channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A customer buys.
    Buy,
    /// An order that is taken in, or not, is cancelled.
    CancelUnseen,
    /// As `CancelUnseen`, of those that the noted look holds.
    CancelUnseenOld,
    /// A covered order is cancelled.
    CancelCovered,
    /// A short order is cancelled.
    CancelShort,
    /// The channel puts on sale what it owed.
    Restock,
    /// An order is taken in.
    TakeIn,
    /// As `TakeIn`, of those that the noted look holds.
    TakeInOld,
    /// An order that is cancelled already is taken in.
    TakeInDead,
    /// As `TakeInDead`, of those that the noted look holds.
    TakeInDeadOld,
    /// The cancellation of a covered order is taken in.
    GiveBackCovered,
    /// The cancellation of a short order is taken in.
    GiveBackShort,
    /// What was shown becomes the bound.
    Settle,
    /// Goods come in.
    Receive,
    /// A push begins.
    Hold,
    /// It looks.
    Look {
        /// And the row keeps what it saw.
        noted: bool,
        /// The answer comes from a copy.
        copy: bool,
    },
    /// It reads the headroom and chooses a figure.
    Choose {
        /// This one.
        figure: i8,
    },
    /// It raises the bound, and calls the channel. Dying in between is as if the call were lost.
    Begin,
    /// The channel carries the call out.
    Arrive,
    /// It carries out one whose sender gave up.
    ArriveStale,
    /// One whose sender gave up is lost.
    LoseStale,
    /// It does so, and the call will come once more.
    ArriveTwice,
    /// The call is lost.
    Lose,
    /// The answer is noted.
    Note,
    /// The push dies, or its answer is lost.
    Die,
}

impl Shares {
    fn has(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }

    fn headroom(&self, state: &State) -> Option<i8> {
        let mut room = state.available;
        for outlet in &state.outlets {
            room -= outlet.bound?;
            if !self.has(Mistake::ShortIgnored) {
                room -= outlet.short + outlet.short_cancelled;
            }
        }
        Some(room)
    }
}

impl State {
    fn standing(&self) -> i8 {
        self.outlets.iter().map(|o| o.unseen + o.unseen_old + o.covered + o.short).sum()
    }
}

fn bounds_hold(_: &Shares, state: &State) -> bool {
    state.outlets.iter().all(|o| {
        let exposure = o.counter + o.unseen + o.unseen_old;
        o.bound.is_none_or(|bound| exposure <= bound + o.covered_cancelled + o.short_cancelled)
    })
}

impl Model for Shares {
    type State = State;
    type Action = (usize, Step);

    fn init_states(&self) -> Vec<State> {
        // The units lie on the channels in any way, and what they show is known or not.
        let units = self.units.cast_signed();
        let mut states = Vec::new();
        for first in 0..=units {
            for second in 0..=(units - first) {
                for known in [[false, false], [false, true], [true, true]] {
                    let mut outlets = [outlet(first, known[0]), outlet(second, known[1])];
                    outlets[0].short = self.short.cast_signed();
                    if self.has(Mistake::StaleLook) {
                        for outlet in &mut outlets {
                            outlet.copy = outlet.counter;
                        }
                    }
                    if self.mistake.is_none() && self.settings[0] == self.settings[1] {
                        outlets.sort_unstable();
                    }
                    states.push(State { units, available: units, cancels: self.cancels, receipts: self.receipts, outlets });
                }
            }
        }
        states
    }

    fn actions(&self, state: &State, actions: &mut Vec<Self::Action>) {
        for at in 0..2 {
            steps::possible(self, state, at, &mut |step| actions.push((at, step)));
        }
    }

    fn next_state(&self, state: &State, (at, step): Self::Action) -> Option<State> {
        let mut next = steps::after(self, state, at, step)?;
        // Two channels of one kind: which is which makes no difference. Only a way to break the promise is told with their names.
        if self.mistake.is_none() && self.settings[0] == self.settings[1] {
            next.outlets.sort_unstable();
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let promise = Property::always(Self::PROMISE, |model: &Self, state: &State| {
            state.standing() <= state.units.max(model.short.cast_signed())
        });
        if self.mistake.is_some() {
            return vec![promise];
        }
        vec![
            promise,
            Property::always("no exposure is above its bound", bounds_hold),
            Property::sometimes("a channel is given more than it shows", |_: &Self, state: &State| {
                state
                    .outlets
                    .iter()
                    .any(|outlet| matches!(outlet.push, Push::Acknowledged { figure, looked, .. } if figure > looked))
            }),
            Property::sometimes("one channel sells everything", |_: &Self, state: &State| {
                state.outlets.iter().any(|outlet| outlet.covered == state.units)
            }),
        ]
    }
}

fn outlet(counter: i8, known: bool) -> Outlet {
    Outlet {
        counter,
        call: None,
        stale: None,
        copy: 0,
        owed: 0,
        unseen: 0,
        unseen_old: 0,
        dead: 0,
        dead_old: 0,
        covered: 0,
        short: 0,
        covered_cancelled: 0,
        short_cancelled: 0,
        bound: known.then_some(counter),
        shown: None,
        push: Push::Idle,
    }
}
