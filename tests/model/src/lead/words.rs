//! The steps in the words of a merchant.

use super::{Lead, Push, State, Step};
use crate::search::Story;

impl Story for Lead {
    const PROMISE: &'static str = "nothing is taken for an edit that is none";

    fn told(&self, before: &State, step: Step, after: &State) -> String {
        let shows = after.counter;
        let figure = after.call.or(before.call).map_or(0, |(figure, _)| figure);
        match step {
            Step::Buy => format!("A customer buys in the shop, which shows {shows} now."),
            Step::Cancel(true) => format!("An order is cancelled there, and its unit is on sale again: {shows}."),
            Step::Cancel(false) => format!("An order is cancelled there, and its unit is not put on sale: {shows}."),
            Step::Edit(1) => format!("The shop's staff add a unit: {shows}."),
            Step::Edit(_) => format!("The shop's staff take a unit away: {shows}."),
            Step::Untick => "The shop's staff un-tick that it counts the item.".to_owned(),
            Step::Tick(figure) => format!("The shop's staff have it counted again, from {figure} on."),
            Step::TakeIn { back: false, .. } => "A sale is taken in.".to_owned(),
            Step::TakeIn { back: true, .. } => "A cancellation is taken in.".to_owned(),
            Step::Look if !after.counted => "The shop is looked at, and does not count the item.".to_owned(),
            Step::Look => format!("The shop is looked at, and shows {shows}."),
            Step::Judge if after.taken != before.taken => {
                let (up, down) = (after.taken.0 - before.taken.0, after.taken.1 - before.taken.1);
                format!("Stock is corrected by {:+}, as its staff's edit.", up - down)
            }
            Step::Judge if after.baseline != before.baseline => {
                "The figure is known now, with all orders that moved it.".to_owned()
            }
            Step::Judge if after.waits.is_none() => "Orders moved it since the look: it has to be looked at anew.".to_owned(),
            Step::Judge => "Orders have to be taken in first.".to_owned(),
            Step::Send(_) => format!("We send \"set {figure}\"."),
            Step::Arrive if !after.counted => format!("The shop receives \"set {figure}\", and does not count the item."),
            Step::Arrive => format!("The shop receives \"set {figure}\", and shows {shows}."),
            Step::Lose => "That call is lost.".to_owned(),
            Step::Note => "Its answer is noted.".to_owned(),
            Step::Die if matches!(before.push, Push::Looked(_)) => "The push dies before it sends.".to_owned(),
            Step::Die => "The push dies, or its answer is lost.".to_owned(),
            Step::Expire => "A minute passes: no write can come any more.".to_owned(),
        }
    }

    fn begins(&self, start: &State) -> String {
        format!("At first the shop shows {}.", start.counter)
    }

    fn broken(&self, end: &State) -> String {
        let ((up, down), (more, fewer)) = (end.edits, end.taken);
        format!("Its staff added {up} and took away {down}; we took them to have added {more} and taken away {fewer}.")
    }
}
