//! The steps in the words of a merchant.

use super::{Moves, State, Step};
use crate::name;
use crate::search::Story;

impl Story for Moves {
    const PROMISE: &'static str = "no unit is promised twice";

    fn told(&self, before: &State, (at, step): Self::Action, after: &State) -> String {
        let (shop, was, is) = (name(at), &before.outlets[at], &after.outlets[at]);
        let figure = is.call.or(was.call).map_or(0, |call| call.figure);
        match step {
            Step::Buy => format!("A customer buys on {shop}, which shows {} now.", is.counter),
            Step::Look => format!("{shop} is looked at, and shows {}.", is.counter),
            Step::Lower => format!("To take a unit from {shop}, we send \"set {figure}\"."),
            Step::Raise => format!("To give a unit to {shop}, we send \"set {figure}\"."),
            Step::Arrive => format!("{shop} receives that, and shows {}.", is.counter),
            Step::ArriveAgain => format!("{shop} carries that out a second time, and shows {}.", is.counter),
            Step::Lose => format!("That call to {shop} is lost."),
            Step::Note => format!("{shop}'s answer is noted; {} in hand.", after.in_hand),
            Step::Die => format!("The push to {shop} dies."),
        }
    }

    fn begins(&self, start: &State) -> String {
        format!("At first A shows {}, and B shows {}.", start.outlets[0].counter, start.outlets[1].counter)
    }

    fn broken(&self, end: &State) -> String {
        format!("{} are sold where there are {}.", end.sold(), self.units)
    }
}
