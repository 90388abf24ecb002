//! A shop that leads: what its staff change there is taken as a correction of stock, and nothing else is.
//!
//! The shop's counter moves by its own customers, by orders that are cancelled, by us, and by its staff. The first two are told by orders
//! that we hear of later, in any order. What is left over is its staff's, but only at a look for which all orders are known: what orders
//! had moved before the look is the same as when all of them up to the look are taken in. Nor is anything its staff's word while the shop
//! does not count the item: then there is no figure.

pub mod claims;
mod words;

use crate::search::Story;
use crate::setting::{Setting, compared};
use stateright::{Model, Property};

/// A mistake, or an assumption that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// What differs is taken at the first look, orders or not.
    TakenAtOnce,
    /// Orders are waited for, but not whether they moved anything since the look.
    MovedMeanwhile,
    /// An absolute write counts as one that was compared.
    AbsoluteTakenForExact,
    /// Units that were given back are expected to be there: a shop need not put them on sale again.
    GivenBackExpected,
    /// What was known of the counter stays known when an answer is lost.
    LostWriteForgotten,
    /// A write whose answer was lost is carried out after all was learnt anew.
    LateWrite,
    /// What our own write changed is not known to be ours.
    Echo,
    /// That the shop does not count the item is taken for a figure, and a large one.
    NotCountedTakenForFigure,
    /// A figure is written as it was decided on, however long ago the shop was looked at.
    WrittenAsDecided,
    /// An edit made while a write is on its way is not lost, it is said.
    FlightIsSafe,
}

/// What stands for "not counted" where it is taken for a figure.
const VERY_MANY: i8 = 9;

/// One shop.
#[derive(Debug, Clone)]
pub struct Lead {
    /// What it shows at first.
    pub units: i8,
    /// How its counter can be set.
    pub setting: Setting,
    /// How many sales, cancelled orders, edits and writes there are at most, and how often its staff un-tick that it counts the item.
    pub most: [i8; 5],
    /// What is promised: that no more is lost of what its staff edit than is said; or that nothing is taken for an edit that is none.
    pub bounds_loss: bool,
    /// What is wrong.
    pub mistake: Option<Mistake>,
}

/// Units that orders moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Flow {
    out: i8,
    back: i8,
}

/// What is known of the counter: it showed this, when orders had moved so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Baseline {
    shown: i8,
    since: Flow,
    exact: bool,
}

/// How far a push has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Push {
    Idle,
    Looked(i8),
    /// The figure sent, and the one that was seen.
    Sent(i8, i8),
    Acknowledged(i8, i8),
}

/// The world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    counter: i8,
    /// Orders that we have not heard of: those from before the look that waits, and those after it.
    unheard: [Flow; 2],
    taken_in: Flow,
    /// Whether the shop counts the item. If not, `counter` is what it would show if it did.
    counted: bool,
    /// What was done so far: sales, cancelled orders, edits, writes, un-ticked.
    did: [i8; 5],
    /// Units of edits that may be lost; kept where the loss is bounded.
    may_be_lost: i8,
    /// What the staff added and took away, and what we took them to have.
    edits: (i8, i8),
    taken: (i8, i8),
    baseline: Option<Baseline>,
    /// A figure that was seen, and what orders had moved before, until the orders up to it are taken in.
    waits: Option<(i8, Flow)>,
    push: Push,
    /// A write on its way: the figure, and what was seen.
    call: Option<(i8, i8)>,
    /// An answer was lost: the write may still come.
    lost: bool,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A customer buys.
    Buy,
    /// An order is cancelled there; the shop puts the unit on sale again, or does not.
    Cancel(bool),
    /// The staff add a unit, or take one away.
    Edit(i8),
    /// They un-tick that the shop counts it.
    Untick,
    /// They have it counted again, from this figure on.
    Tick(i8),
    /// A sale is taken in, or a cancellation; of those before the look, or after it.
    TakeIn {
        /// From before the look that waits.
        old: bool,
        /// A cancellation.
        back: bool,
    },
    /// The shop is looked at.
    Look,
    /// What was seen is thought about.
    Judge,
    /// A figure is sent that is higher or lower than what was seen.
    Send(i8),
    /// It is carried out.
    Arrive,
    /// It never comes.
    Lose,
    /// Its answer is noted.
    Note,
    /// Its answer is lost, or the push dies.
    Die,
    /// Time passes, and no write can come any more.
    Expire,
}

impl Lead {
    /// Units that neither orders nor we explain.
    fn unexplained(&self, baseline: Baseline, live: i8, now: Flow) -> i8 {
        let (out, back) = (now.out - baseline.since.out, now.back - baseline.since.back);
        let exact = baseline.exact || self.mistake == Some(Mistake::AbsoluteTakenForExact);
        let most = baseline.shown - if exact { out } else { 0 } + back;
        let least = baseline.shown - out + if self.mistake == Some(Mistake::GivenBackExpected) { back } else { 0 };
        live - live.clamp(least.min(most), most)
    }

    fn learn(&self, next: &mut State, shown: i8, since: Flow) {
        if let Some(edit) = next.baseline.map(|baseline| self.unexplained(baseline, shown, since)) {
            next.taken.0 += edit.max(0);
            next.taken.1 += (-edit).max(0);
        }
        next.baseline = Some(Baseline { shown, since, exact: true });
        next.waits = None;
    }

    fn judge(&self, next: &mut State) {
        next.push = Push::Idle;
        let Some((shown, since)) = next.waits else { return };
        let moved = since != next.taken_in;
        let settled = next.unheard[0] == Flow::default();
        match self.mistake {
            Some(Mistake::TakenAtOnce) => self.learn(next, shown, since),
            Some(Mistake::MovedMeanwhile) if settled => self.learn(next, shown, next.taken_in),
            // Which of them the figure shows already is not known: it is looked at anew.
            _ if moved => next.waits = None,
            _ if settled => self.learn(next, shown, since),
            _ => {}
        }
    }

    fn arrive(&self, next: &mut State) {
        let Some((figure, looked)) = next.call.take() else { return };
        let applies = next.counted && compared(self.setting, looked, next.counter);
        if applies {
            next.counter = figure;
        }
        if next.lost {
            next.lost = self.mistake == Some(Mistake::LateWrite);
            return;
        }
        next.push = if applies { Push::Acknowledged(figure, looked) } else { Push::Idle };
    }

    fn die(&self, next: &mut State) {
        let wrote = !matches!(next.push, Push::Looked(_));
        next.push = Push::Idle;
        next.waits = None;
        next.lost = next.call.is_some();
        if wrote && self.mistake != Some(Mistake::LostWriteForgotten) {
            next.baseline = None;
            self.loses(next, next.missed());
        }
    }

    fn loses(&self, next: &mut State, units: i8) {
        next.may_be_lost += if self.bounds_loss { units } else { 0 };
    }

    /// The staff change what it shows, or would show.
    fn edit(&self, next: &mut State, units: i8) {
        next.counter += units;
        next.edits.0 += units.max(0);
        next.edits.1 += (-units).max(0);
        // A write on its way that compares nothing undoes it; and before it is known how it stood, nothing tells of it.
        let undone = self.setting == Setting::Absolute && next.call.is_some() && self.mistake != Some(Mistake::FlightIsSafe);
        if undone || next.baseline.is_none() {
            self.loses(next, units.abs());
        }
    }
}

impl Model for Lead {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            counter: self.units,
            unheard: [Flow::default(); 2],
            taken_in: Flow::default(),
            counted: true,
            did: [0; 5],
            may_be_lost: 0,
            edits: (0, 0),
            taken: (0, 0),
            baseline: None,
            waits: None,
            push: Push::Idle,
            call: None,
            lost: false,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        use Step::{Arrive, Buy, Cancel, Die, Edit, Expire, Judge, Look, Lose, Note, Send, TakeIn, Tick, Untick};
        let take_in = [(true, false), (true, true), (false, false), (false, true)].map(|(old, back)| TakeIn { old, back });
        let others = [
            Buy,
            Cancel(true),
            Cancel(false),
            Edit(1),
            Edit(-1),
            Untick,
            Tick(0),
            Tick(2),
            Look,
            Judge,
            Send(1),
            Send(-1),
            Arrive,
            Lose,
            Note,
            Die,
            Expire,
        ];
        actions.extend(others.into_iter().chain(take_in).filter(|step| self.may(state, *step)));
    }

    fn next_state(&self, state: &State, step: Step) -> Option<State> {
        let mut next = state.clone();
        match step {
            Step::Buy => {
                next.counter -= 1;
                next.did[0] += 1;
                next.unheard[1].out += 1;
            }
            Step::Cancel(restocks) => {
                next.counter += i8::from(restocks);
                next.did[1] += 1;
                next.unheard[1].back += 1;
            }
            Step::Edit(units) => {
                next.did[2] += 1;
                self.edit(&mut next, units);
            }
            Step::Untick => {
                next.did[4] += 1;
                next.counted = false;
            }
            Step::Tick(figure) => {
                next.counted = true;
                self.edit(&mut next, figure - state.counter);
            }
            Step::TakeIn { old, back } => {
                let from = &mut next.unheard[usize::from(!old)];
                let (count, sum) =
                    if back { (&mut from.back, &mut next.taken_in.back) } else { (&mut from.out, &mut next.taken_in.out) };
                *count -= 1;
                *sum += 1;
            }
            Step::Look => next.look(),
            Step::Judge => self.judge(&mut next),
            Step::Send(units) => {
                let Push::Looked(live) = next.push else { return None };
                next.did[3] += 1;
                next.push = Push::Sent(live + units, live);
                next.call = Some((live + units, live));
                next.waits = None;
            }
            Step::Arrive => self.arrive(&mut next),
            Step::Lose => next.call = None,
            Step::Note => {
                let Push::Acknowledged(figure, looked) = next.push else { return None };
                if let Some(baseline) = next.baseline.as_mut().filter(|_| self.mistake != Some(Mistake::Echo)) {
                    baseline.shown += figure - looked;
                    baseline.exact &= self.setting == Setting::Compared;
                }
                next.push = Push::Idle;
            }
            Step::Die => self.die(&mut next),
            Step::Expire => {
                next.call = None;
                next.lost = false;
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let promise = Property::always(Self::PROMISE, |model: &Self, state: &State| {
            if model.bounds_loss {
                return !state.is_quiet() || state.missed() <= state.may_be_lost;
            }
            state.taken.0 <= state.edits.0 && state.taken.1 <= state.edits.1
        });
        if self.mistake.is_some() {
            return vec![promise];
        }
        let up = Property::sometimes("what the staff added is taken", |_: &Self, state: &State| state.taken.0 > 0);
        let down = Property::sometimes("what the staff took away is taken", |_: &Self, state: &State| state.taken.1 > 0);
        vec![promise, up, down]
    }
}

impl Lead {
    fn may(&self, state: &State, step: Step) -> bool {
        let more = |what: usize| state.did[what] < self.most[what];
        // A write that may still come makes every look worthless.
        let blind = state.lost && self.mistake != Some(Mistake::LateWrite);
        match step {
            // What is not counted is sold without end.
            Step::Buy => more(0) && (state.counter > 0 || !state.counted),
            Step::Cancel(_) => more(1) && state.did[1] < state.did[0],
            Step::Edit(units) => more(2) && state.counted && state.counter + units >= 0,
            Step::Untick => more(4) && state.counted,
            Step::Tick(_) => !state.counted,
            Step::TakeIn { old, back } => {
                let from = state.unheard[usize::from(!old)];
                let cancelled_first = state.taken_in.back < state.taken_in.out;
                if back { from.back > 0 && cancelled_first } else { from.out > 0 }
            }
            Step::Look => {
                let sees = state.counted || self.mistake == Some(Mistake::NotCountedTakenForFigure);
                state.push == Push::Idle && !blind && sees
            }
            Step::Judge => matches!(state.push, Push::Looked(_)),
            Step::Send(units) => {
                // Where it cannot be compared it is looked at once more, in the same use of the channel.
                let once_more = |live| {
                    let looks = self.setting == Setting::Absolute && self.mistake != Some(Mistake::WrittenAsDecided);
                    !looks || (state.counted && state.counter == live)
                };
                more(3)
                    && state.call.is_none()
                    && matches!(state.push, Push::Looked(live) if live + units >= 0 && once_more(live))
            }
            Step::Arrive => state.call.is_some(),
            Step::Lose => state.call.is_some() && !matches!(state.push, Push::Idle),
            Step::Note => matches!(state.push, Push::Acknowledged(..)),
            Step::Die => state.push != Push::Idle,
            Step::Expire => state.lost && self.mistake != Some(Mistake::LateWrite),
        }
    }
}

impl State {
    /// Units by which what we took differs from what the staff edited, all in all.
    const fn missed(&self) -> i8 {
        (self.edits.0 - self.edits.1 - self.taken.0 + self.taken.1).abs()
    }

    /// Nothing is on its way, and what it shows is known, with all orders that moved it.
    fn is_quiet(&self) -> bool {
        let known = Baseline { shown: self.counter, since: self.taken_in, exact: true };
        let nothing = self.push == Push::Idle && self.call.is_none() && !self.lost && self.waits.is_none();
        nothing && self.counted && self.unheard == [Flow::default(); 2] && self.baseline == Some(known)
    }

    fn look(&mut self) {
        let shows = if self.counted { self.counter } else { VERY_MANY };
        self.push = Push::Looked(shows);
        if self.waits.is_none() {
            self.waits = Some((shows, self.taken_in));
            let [old, new] = self.unheard;
            self.unheard = [Flow { out: old.out + new.out, back: old.back + new.back }, Flow::default()];
        }
    }
}
