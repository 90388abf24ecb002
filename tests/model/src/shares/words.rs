//! The steps in the words of a merchant.

use super::{Mistake, Push, Shares, State, Step};
use crate::name;
use crate::search::Story;

impl Story for Shares {
    const PROMISE: &'static str = "no unit is promised twice";

    fn told(&self, before: &State, (at, step): Self::Action, after: &State) -> String {
        let (shop, was, is) = (name(at), &before.outlets[at], &after.outlets[at]);
        let shows = is.counter;
        let bound = is.bound.map_or("unknown".to_owned(), |bound| bound.to_string());
        match step {
            Step::Buy => format!("A customer buys on {shop}, which shows {shows} now."),
            Step::CancelUnseen | Step::CancelUnseenOld | Step::CancelCovered | Step::CancelShort => {
                let which = match step {
                    Step::CancelCovered => "an order",
                    Step::CancelShort => "the short order",
                    _ => "an order that is not taken in yet",
                };
                let then = if self.has(Mistake::LateRestock) { "still shows" } else { "puts the unit on sale again and shows" };
                format!("On {shop}, {which} is cancelled; {shop} {then} {shows}.")
            }
            Step::Restock => format!("Only now {shop} puts the cancelled unit on sale again, and shows {shows}."),
            Step::TakeIn | Step::TakeInOld if is.short > was.short => format!("The order of {shop} is taken in: it is short."),
            Step::TakeIn | Step::TakeInOld => format!("The order of {shop} is taken in: {} available.", after.available),
            Step::TakeInDead | Step::TakeInDeadOld => {
                format!("The order of {shop} is taken in, cancelled already: no stock moves, the bound of {shop} is {bound}.")
            }
            Step::GiveBackCovered => {
                format!("The cancellation is taken in: {} available, the bound of {shop} is {bound}.", after.available)
            }
            Step::GiveBackShort => format!("The cancellation is taken in: nothing is short, the bound of {shop} is {bound}."),
            Step::Receive => format!("A unit is received: {} available.", after.available),
            Step::Settle if self.has(Mistake::NotSettled) => format!("That becomes the bound of {shop} at once: {bound}."),
            Step::Settle if self.has(Mistake::SettledByLastChange) => {
                format!("Every order of {shop} that did not change since is taken in: its bound is {bound}.")
            }
            Step::Settle => format!("Every order of {shop} up to then is taken in: its bound is {bound}."),
            Step::Hold => format!("A push begins for {shop}, and asks what it shows."),
            Step::Look { .. } => match is.push {
                Push::Looked { figure } if figure != shows => format!("{shop} answers from a copy that is behind: {figure}."),
                _ => format!("{shop} answers: {shows}."),
            },
            Step::Choose { figure } => format!("Is there room for \"set {figure}\" on {shop}? There is."),
            Step::Begin => match is.push {
                Push::Sent { figure, .. } => format!("The bound of {shop} is {bound}, and \"set {figure}\" is sent."),
                _ => format!("The bound of {shop} is {bound}."),
            },
            Step::Arrive if self.has(Mistake::DoubledCall) && was.push == is.push => {
                format!("{shop} carries that out a second time, and shows {shows}.")
            }
            Step::Arrive | Step::ArriveTwice => format!("{shop} receives that, and shows {shows}."),
            Step::ArriveStale => format!("An earlier call arrives at {shop} after all; it shows {shows}."),
            Step::Lose | Step::LoseStale => format!("A call to {shop} is lost."),
            Step::Note => format!("{shop}'s answer is noted; its bound is {bound}."),
            Step::Die => format!("The push to {shop} dies."),
        }
    }

    fn begins(&self, start: &State) -> String {
        let known = |bound: Option<i8>| bound.map_or("unknown".to_owned(), |bound| bound.to_string());
        let shown =
            |n: usize| format!("{} shows {} (bound {})", name(n), start.outlets[n].counter, known(start.outlets[n].bound));
        let short = if self.short > 0 { format!(", {} short", self.short) } else { String::new() };
        format!("At first there are {}{short}; {}, {}.", start.available, shown(0), shown(1))
    }

    fn broken(&self, end: &State) -> String {
        format!("{} are sold where there are {}.", end.standing(), end.units)
    }
}
