//! The polling cursor (I7), as `poll_orders` moves it: orders become visible late, pages fail, pollers die at any step, two poll at once.
//!
//! Time goes in ticks, a page holds one order. Either of two saves of the cursor's row may win: the model drops any of them.

pub mod claims;
mod words;

use crate::search::Story;
use stateright::{Model, Property};

/// A mistake one could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// The cursor moves before the page is on the queue.
    BeforePage,
    /// A page that failed is taken for the end of the list.
    FailureIsEnd,
    /// A list that is gone on with counts as begun now.
    BegunAnew,
}

/// A channel's list of orders, and who reads it.
#[derive(Debug, Clone)]
pub struct Cursor {
    /// Orders that are placed.
    pub orders: usize,
    /// Ticks.
    pub ticks: i8,
    /// Ticks after which an order is in the list at the latest.
    pub visible_after: i8,
    /// The cursor stays so far behind now.
    pub lag: i8,
    /// Each poll begins so far before the cursor.
    pub overlap: i8,
    /// What is wrong.
    pub mistake: Option<Mistake>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Order {
    placed: i8,
    visible: bool,
    queued: bool,
}

/// How far a poll has come: it reads from the order at `next` on, of those placed at `from` or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Poll {
    Idle,
    Reads {
        since: i8,
        next: usize,
        began: i8,
    },
    /// Has read a page: the order on it, and whether there are more.
    Read {
        since: i8,
        next: usize,
        began: i8,
        found: Option<usize>,
        more: bool,
    },
    /// The page is on the queue.
    Queued {
        since: i8,
        next: usize,
        began: i8,
        more: bool,
    },
}

/// The world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    now: i8,
    orders: Vec<Order>,
    /// The row: the cursor, and a list under way.
    since: i8,
    under_way: Option<(usize, i8)>,
    polls: [Poll; 2],
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Time passes.
    Tick,
    /// A customer orders.
    Place,
    /// An order comes into the list.
    Appear(usize),
    /// A poll begins.
    Begin(usize),
    /// It reads a page.
    Read(usize),
    /// The page fails.
    Fail(usize),
    /// What it read goes on the queue.
    Queue(usize),
    /// It notes how far it is, or that it is done.
    Save(usize),
    /// Somebody else's note stands.
    Pass(usize),
    /// It dies.
    Die(usize),
}

impl Cursor {
    fn reached(&self, since: i8, began: i8) -> i8 {
        since.max(began - self.lag)
    }

    fn begin(&self, state: &State) -> Poll {
        let (next, began) = state.under_way.unwrap_or((0, state.now));
        let began = if self.mistake == Some(Mistake::BegunAnew) { state.now } else { began };
        Poll::Reads { since: state.since, next, began }
    }

    fn read(&self, next: &mut State, at: usize) {
        let Poll::Reads { since, next: from, began } = next.polls[at] else { return };
        let mut listed =
            (from..next.orders.len()).filter(|n| next.orders[*n].visible && next.orders[*n].placed >= since - self.overlap);
        let found = listed.next();
        let more = listed.next().is_some();
        next.polls[at] = Poll::Read { since, next: found.map_or(from, |n| n + 1), began, found, more };
        if self.mistake == Some(Mistake::BeforePage) {
            (next.since, next.under_way) = (self.reached(since, began), None);
        }
    }

    fn save(&self, next: &mut State, at: usize, wins: bool) {
        let Poll::Queued { since, next: page, began, more } = next.polls[at] else { return };
        next.polls[at] = if more { Poll::Reads { since, next: page, began } } else { Poll::Idle };
        if wins {
            (next.since, next.under_way) = if more { (since, Some((page, began))) } else { (self.reached(since, began), None) };
        }
    }
}

impl State {
    fn poll_steps(&self, at: usize, actions: &mut Vec<Step>) {
        match self.polls[at] {
            Poll::Idle => actions.push(Step::Begin(at)),
            Poll::Reads { .. } => actions.extend([Step::Read(at), Step::Fail(at)]),
            Poll::Read { .. } => actions.extend([Step::Queue(at), Step::Die(at)]),
            Poll::Queued { .. } => actions.extend([Step::Save(at), Step::Pass(at), Step::Die(at)]),
        }
    }
}

impl Model for Cursor {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State { now: 0, orders: Vec::new(), since: 0, under_way: None, polls: [Poll::Idle; 2] }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        if state.orders.len() < self.orders {
            actions.push(Step::Place);
        }
        let hidden = |order: &Order| !order.visible && state.now >= order.placed + self.visible_after;
        if state.now < self.ticks && !state.orders.iter().any(hidden) {
            actions.push(Step::Tick);
        }
        actions.extend(state.orders.iter().enumerate().filter(|(_, order)| !order.visible).map(|(n, _)| Step::Appear(n)));
        for at in 0..state.polls.len() {
            state.poll_steps(at, actions);
        }
    }

    fn next_state(&self, state: &State, step: Step) -> Option<State> {
        let mut next = state.clone();
        match step {
            Step::Tick => next.now += 1,
            Step::Place => next.orders.push(Order { placed: state.now, visible: false, queued: false }),
            Step::Appear(n) => next.orders[n].visible = true,
            Step::Begin(at) => next.polls[at] = self.begin(state),
            Step::Read(at) => self.read(&mut next, at),
            Step::Fail(at) => {
                next.polls[at] = match next.polls[at] {
                    Poll::Reads { since, next, began } if self.mistake == Some(Mistake::FailureIsEnd) => {
                        Poll::Queued { since, next, began, more: false }
                    }
                    _ => Poll::Idle,
                };
            }
            Step::Queue(at) => {
                let Poll::Read { since, next: page, began, found, more } = state.polls[at] else { return None };
                if let Some(order) = found.and_then(|n| next.orders.get_mut(n)) {
                    order.queued = true;
                }
                next.polls[at] = Poll::Queued { since, next: page, began, more };
            }
            Step::Save(at) => self.save(&mut next, at, true),
            Step::Pass(at) => self.save(&mut next, at, false),
            Step::Die(at) => next.polls[at] = Poll::Idle,
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        // The next poll begins `overlap` before the cursor: what is later than that is still found.
        let promise = Property::always(Self::PROMISE, |model: &Self, state: &State| {
            let allowed = if model.visible_after > model.lag { model.overlap } else { 0 };
            state.orders.iter().all(|order| order.queued || order.placed >= state.since - allowed)
        });
        if self.mistake.is_some() || self.visible_after > self.lag + self.overlap {
            return vec![promise];
        }
        let done = Property::sometimes("every order is on the queue and the cursor is past it", |model: &Self, state: &State| {
            state.orders.len() == model.orders && state.orders.iter().all(|order| order.queued && order.placed < state.since)
        });
        vec![promise, done]
    }
}
