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
                    Step::CancelCovered => "An order",
                    Step::CancelShort => "The short order",
                    _ => "An order that is not taken in yet",
                };
                if self.has(Mistake::LateRestock) {
                    format!("{which} on {shop} is cancelled; {shop} still shows {shows}.")
                } else {
                    format!("{which} on {shop} is cancelled; {shop} puts the unit on sale again and shows {shows}.")
                }
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
            Step::Settle => format!("Every order of {shop} up to then is taken in: its bound is {bound}."),
            Step::Hold => format!("A push begins for {shop}, and asks what it shows."),
            Step::Look { .. } => format!("{shop} answers: {shows}."),
            Step::Choose { figure } => format!("Is there room for \"set {figure}\" on {shop}? There is."),
            Step::Begin => match is.push {
                Push::Sent { figure, .. } => format!("The bound of {shop} is {bound}, and \"set {figure}\" is sent."),
                _ => format!("The bound of {shop} is {bound}."),
            },
            Step::Arrive | Step::ArriveTwice => format!("{shop} receives that, and shows {shows}."),
            Step::ArriveStale => format!("An earlier call arrives at {shop} after all; it shows {shows}."),
            Step::Lose | Step::LoseStale => format!("A call to {shop} is lost."),
            Step::Note => format!("{shop}'s answer is noted; its bound is {bound}."),
            Step::Die => format!("The push to {shop} dies."),
        }
    }

    fn broken(&self, end: &State) -> String {
        format!("{} are sold where there are {}.", end.standing(), end.units)
    }
}
