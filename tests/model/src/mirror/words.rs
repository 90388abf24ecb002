//! The steps in the words of a merchant.

use super::{Mirror, Push, State, Step};
use crate::name;
use crate::search::Story;

impl Story for Mirror {
    const PROMISE: &'static str = "no unit is promised twice";

    fn told(&self, before: &State, (at, step): Self::Action, after: &State) -> String {
        let shop = name(at);
        let shows = after.outlets[at].counter;
        match step {
            Step::Buy => format!("A customer buys on {shop}, which shows {shows} now."),
            Step::TakeIn | Step::TakeInOld => format!("That order of {shop} is taken in: {} available.", after.available),
            Step::Cancel => format!("An order on {shop} is cancelled; {shop} puts the unit on sale again and shows {shows}."),
            Step::GiveBack => format!("That cancellation is taken in: {} available.", after.available),
            Step::Receive => format!("A unit is received: {} available.", after.available),
            Step::SellOver => format!("A unit is sold over the counter: {} available.", after.available),
            Step::Ask => format!("We ask {shop} what it shows."),
            Step::Look => format!("{shop} answers: {shows}."),
            Step::Decide => match after.outlets[at].push {
                Push::Sent { figure, .. } => format!("With {} available we send \"set {figure}\" to {shop}.", after.available),
                _ => format!("With {} available {shop} is right as it is.", after.available),
            },
            Step::Arrive if shows == before.outlets[at].counter => format!("{shop} receives that, and still shows {shows}."),
            Step::Arrive => format!("{shop} receives that, and shows {shows}."),
            Step::Die => format!("The push to {shop} is lost."),
        }
    }

    fn begins(&self, start: &State) -> String {
        let shown: Vec<_> = start.outlets.iter().enumerate().map(|(n, o)| format!("{} shows {}", name(n), o.counter)).collect();
        format!("At first there are {}, and {}.", self.units, shown.join(", "))
    }

    fn broken(&self, end: &State) -> String {
        format!("{} are sold where there ever were {}.", end.standing(), self.ever(end))
    }
}
