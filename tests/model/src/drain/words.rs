//! The steps in the words of a merchant.

use super::{Drain, State, Step};
use crate::name;
use crate::search::Story;

impl Story for Drain {
    const PROMISE: &'static str = "no unit is promised twice";

    fn told(&self, before: &State, step: Step, after: &State) -> String {
        let shows = |at: usize| after.outlets[at].counter;
        match step {
            Step::Buy(at) => format!("A customer buys on {}, which shows {} now.", name(at), shows(at)),
            Step::TakeIn(at) => format!("That order of {} is taken in: {} available.", name(at), after.available),
            Step::Close(at) => format!("We send \"set 0\" to {}.", name(at)),
            Step::Arrive(at) => format!("{} receives its call, shows {}, and acknowledges.", name(at), shows(at)),
            Step::ArriveUnheard(at) => format!("{} receives its call and shows {}; the answer is lost.", name(at), shows(at)),
            Step::ArriveStale(at) => {
                format!("The call that was given up arrives at {} after all; it shows {}.", name(at), shows(at))
            }
            Step::Lose(at) => format!("The call to {} is lost.", name(at)),
            Step::GiveUp(at) => format!("The call to {} gets no answer, and is given up.", name(at)),
            Step::Grant(first) => {
                let rest = before.available - first;
                format!("{} available are shared out: \"set {first}\" for A, \"set {rest}\" for B.", before.available)
            }
        }
    }

    fn begins(&self, start: &State) -> String {
        format!("At first A shows {}, and B shows {}.", start.outlets[0].counter, start.outlets[1].counter)
    }

    fn broken(&self, end: &State) -> String {
        format!("{} are sold where there are {}.", end.sold, self.units)
    }
}
