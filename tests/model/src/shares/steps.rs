//! What can happen, and what it does.

use super::{Mistake, Outlet, Push, Shares, Shown, State, Step};
use crate::setting::Setting;

/// Calls back with every step that is possible on a channel.
pub(super) fn possible(model: &Shares, state: &State, at: usize, found: &mut dyn FnMut(Step)) {
    let outlet = &state.outlets[at];
    let mut when = |possible: bool, step: Step| {
        if possible {
            found(step);
        }
    };
    when(outlet.counter > 0, Step::Buy);
    let cancels = state.cancels > 0;
    when(cancels && outlet.unseen > 0, Step::CancelUnseen);
    when(cancels && outlet.unseen_old > 0, Step::CancelUnseenOld);
    when(cancels && outlet.covered > 0, Step::CancelCovered);
    when(cancels && outlet.short > 0, Step::CancelShort);
    when(outlet.owed > 0, Step::Restock);
    when(outlet.unseen > 0, Step::TakeIn);
    when(outlet.unseen_old > 0, Step::TakeInOld);
    when(outlet.dead > 0, Step::TakeInDead);
    when(outlet.dead_old > 0, Step::TakeInDeadOld);
    when(outlet.covered_cancelled > 0, Step::GiveBackCovered);
    when(outlet.short_cancelled > 0, Step::GiveBackShort);
    when(at == 0 && state.receipts > 0, Step::Receive);
    let settled = outlet.unseen_old + outlet.dead_old == 0 || model.has(Mistake::NotSettled);
    when(outlet.shown.is_some() && settled, Step::Settle);
    when(outlet.call.is_some(), Step::Arrive);
    when(outlet.call.is_some() && model.has(Mistake::DoubledCall), Step::ArriveTwice);
    when(outlet.call.is_some(), Step::Lose);
    when(outlet.stale.is_some(), Step::ArriveStale);
    when(outlet.stale.is_some(), Step::LoseStale);
    when(outlet.push != Push::Idle && (outlet.call.is_none() || outlet.stale.is_none()), Step::Die);
    match outlet.push {
        Push::Idle => when(outlet.call.is_none(), Step::Hold),
        Push::Holding { .. } => {
            when(believed(model, outlet), Step::Look { noted: true, copy: false });
            when(true, Step::Look { noted: false, copy: false });
            when(model.has(Mistake::StaleLook), Step::Look { noted: true, copy: true });
        }
        Push::Looked { figure: looked } => {
            let room = model.headroom(state);
            for figure in 0..=state.units {
                let adds = adds(model, at, looked, figure);
                let lowers = figure < looked && outlet.bound.is_none() && model.has(Mistake::UnknownLowered);
                when(adds == 0 || lowers || room.is_some_and(|room| room >= adds), Step::Choose { figure });
            }
        }
        Push::Chosen { fresh, .. } => when(fresh || model.has(Mistake::CheckedOutside), Step::Begin),
        Push::Acknowledged { .. } => when(true, Step::Note),
        Push::Sent { .. } => {}
    }
}

/// What a channel shows says nothing of what it will show while an earlier call may still arrive.
fn believed(model: &Shares, outlet: &Outlet) -> bool {
    outlet.stale.is_none() || model.has(Mistake::BelievedTooSoon)
}

/// Units that a write may add to the exposure.
fn adds(model: &Shares, at: usize, looked: i8, figure: i8) -> i8 {
    match model.settings[at] {
        Setting::Absolute if !model.has(Mistake::AbsoluteAsDifference) => figure,
        _ => (figure - looked).max(0),
    }
}

/// The state after a step.
pub(super) fn after(model: &Shares, state: &State, at: usize, step: Step) -> Option<State> {
    let mut next = state.clone();
    match step {
        Step::Buy | Step::CancelUnseen | Step::CancelUnseenOld | Step::CancelCovered | Step::CancelShort | Step::Restock => {
            on_the_channel(model, &mut next, at, step);
        }
        Step::TakeIn | Step::TakeInOld => take_in(&mut next, at, step == Step::TakeInOld),
        Step::TakeInDead | Step::TakeInDeadOld => {
            let outlet = &mut next.outlets[at];
            *(if step == Step::TakeInDead { &mut outlet.dead } else { &mut outlet.dead_old }) -= 1;
            if !model.has(Mistake::BackNotCounted) && !model.has(Mistake::BackNotCountedUnseen) {
                outlet.taken(1);
                outlet.given_back(1, model);
            }
        }
        Step::GiveBackCovered => {
            next.available += 1;
            let outlet = &mut next.outlets[at];
            outlet.covered_cancelled -= 1;
            if !model.has(Mistake::BackNotCounted) {
                outlet.given_back(1, model);
            }
        }
        Step::GiveBackShort => {
            let outlet = &mut next.outlets[at];
            outlet.short_cancelled -= 1;
            if !model.has(Mistake::BackNotCounted) && !model.has(Mistake::BackNotCountedShort) {
                outlet.given_back(1, model);
            }
        }
        Step::Receive => {
            next.receipts -= 1;
            next.units += 1;
            next.available += 1;
        }
        Step::Settle => {
            let shown = next.outlets[at].shown.take()?;
            let sold = if model.has(Mistake::SalesCountedFromLook) { shown.out } else { 0 };
            let settled = shown.figure + shown.back - sold;
            let outlet = &mut next.outlets[at];
            outlet.bound = Some(outlet.bound.map_or(settled, |bound| bound.min(settled)));
            outlet.forget_old();
            next.row_changed();
        }
        Step::Arrive | Step::ArriveTwice => arrive(model, &mut next.outlets[at], step == Step::ArriveTwice),
        Step::ArriveStale => {
            let outlet = &mut next.outlets[at];
            let (figure, compared) = outlet.stale.take()?;
            if compared.is_none_or(|compared| compared == outlet.counter) {
                outlet.counter = figure;
            }
        }
        Step::Lose => next.outlets[at].call = None,
        Step::LoseStale => next.outlets[at].stale = None,
        _ => push(model, &mut next, at, step)?,
    }
    Some(next)
}

fn on_the_channel(model: &Shares, next: &mut State, at: usize, step: Step) {
    let outlet = &mut next.outlets[at];
    match step {
        Step::Buy => {
            outlet.counter -= 1;
            outlet.unseen += 1;
            return;
        }
        Step::Restock => {
            outlet.owed -= 1;
            outlet.counter += 1;
            return;
        }
        Step::CancelUnseen => {
            outlet.unseen -= 1;
            outlet.dead += 1;
        }
        Step::CancelUnseenOld => {
            outlet.unseen_old -= 1;
            if model.has(Mistake::SettledByLastChange) {
                outlet.dead += 1;
            } else {
                outlet.dead_old += 1;
            }
        }
        Step::CancelCovered => {
            outlet.covered -= 1;
            outlet.covered_cancelled += 1;
        }
        _ => {
            outlet.short -= 1;
            outlet.short_cancelled += 1;
        }
    }
    next.cancels -= 1;
    if model.has(Mistake::LateRestock) {
        outlet.owed += 1;
    } else {
        outlet.counter += 1;
    }
}

fn take_in(next: &mut State, at: usize, old: bool) {
    let outlet = &mut next.outlets[at];
    *(if old { &mut outlet.unseen_old } else { &mut outlet.unseen }) -= 1;
    if next.available > 0 {
        next.available -= 1;
        outlet.covered += 1;
    } else {
        outlet.short += 1;
    }
    outlet.taken(1);
}

fn arrive(model: &Shares, outlet: &mut Outlet, again: bool) {
    let Some((figure, compared)) = outlet.call else { return };
    if !again {
        outlet.call = None;
    }
    let applies = compared.is_none_or(|compared| compared == outlet.counter);
    if applies {
        if model.has(Mistake::StaleLook) {
            outlet.copy = outlet.counter;
        }
        outlet.counter = figure;
    }
    // Whoever sent it hears of it, unless it died meanwhile.
    if let Push::Sent { figure, looked, back, quiet } = outlet.push {
        outlet.push = if applies { Push::Acknowledged { figure, looked, back, quiet } } else { Push::Idle };
    }
}

/// The steps of a push.
fn push(model: &Shares, next: &mut State, at: usize, step: Step) -> Option<()> {
    let outlet = &mut next.outlets[at];
    match (step, outlet.push) {
        (Step::Die, _) => {
            outlet.push = Push::Idle;
            outlet.stale = outlet.stale.or(outlet.call.take());
        }
        (Step::Hold, _) => {
            outlet.push = Push::Holding { back: 0 };
            if model.has(Mistake::LookDatedWhenAsked) && outlet.shown.is_none() {
                outlet.all_is_old();
            }
        }
        (Step::Look { noted, copy }, Push::Holding { back }) => {
            let figure = if copy { outlet.copy } else { outlet.counter };
            if noted {
                outlet.shown = Some(Shown { figure, back, out: 0 });
                if !model.has(Mistake::LookDatedWhenAsked) {
                    outlet.all_is_old();
                }
            }
            outlet.push = Push::Looked { figure };
        }
        (Step::Choose { figure }, Push::Looked { figure: looked }) => {
            outlet.push = Push::Chosen { figure, looked, fresh: true };
        }
        (Step::Begin, Push::Chosen { figure, looked, .. }) => {
            let adds = if outlet.bound.is_some() { adds(model, at, looked, figure) } else { 0 };
            outlet.bound = outlet.bound.map(|bound| bound + adds);
            if !model.has(Mistake::ShownKept) {
                outlet.shown = None;
                outlet.forget_old();
            }
            let compared = (model.settings[at] == Setting::Compared).then_some(looked);
            outlet.call = Some((figure, compared));
            outlet.push = Push::Sent { figure, looked, back: 0, quiet: believed(model, outlet) };
            next.row_changed();
        }
        (Step::Note, Push::Acknowledged { figure, looked, back, quiet }) => {
            if model.settings[at] == Setting::Compared {
                outlet.bound = outlet.bound.map(|bound| bound - (looked - figure).max(0));
            }
            if quiet {
                outlet.shown = Some(Shown { figure, back, out: 0 });
                outlet.all_is_old();
            }
            outlet.push = Push::Idle;
            next.row_changed();
        }
        _ => return None,
    }
    Some(())
}

impl Outlet {
    fn taken(&mut self, units: i8) {
        self.bound = self.bound.map(|bound| bound - units);
        if let Some(shown) = &mut self.shown {
            shown.out += units;
        }
    }

    fn given_back(&mut self, units: i8, model: &Shares) {
        self.bound = self.bound.map(|bound| bound + units);
        let too_early = model.has(Mistake::BackReadAfterLook) && matches!(self.push, Push::Looked { .. });
        if let Some(shown) = self.shown.as_mut().filter(|_| !too_early) {
            shown.back += units;
        }
        match &mut self.push {
            Push::Holding { back } | Push::Sent { back, .. } | Push::Acknowledged { back, .. } => *back += units,
            Push::Idle | Push::Looked { .. } | Push::Chosen { .. } => {}
        }
    }

    /// Every order there is was placed before what the channel showed.
    fn all_is_old(&mut self) {
        self.unseen_old += std::mem::take(&mut self.unseen);
        self.dead_old += std::mem::take(&mut self.dead);
    }

    /// Nothing is shown that orders could be older than.
    fn forget_old(&mut self) {
        self.unseen += std::mem::take(&mut self.unseen_old);
        self.dead += std::mem::take(&mut self.dead_old);
    }
}

impl State {
    /// Whoever read the row before must read it again.
    fn row_changed(&mut self) {
        for outlet in &mut self.outlets {
            if let Push::Chosen { fresh, .. } = &mut outlet.push {
                *fresh = false;
            }
        }
    }
}
