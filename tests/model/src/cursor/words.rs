//! The steps in the words of a merchant.

use super::{Cursor, Poll, State, Step};
use crate::name;
use crate::search::Story;

impl Story for Cursor {
    const PROMISE: &'static str = "the cursor passes no order that is not on the queue";

    fn told(&self, before: &State, step: Step, after: &State) -> String {
        let moved = if after.since > before.since { format!(" The cursor is at {}.", after.since) } else { String::new() };
        let said = match step {
            Step::Tick => format!("It is {} o'clock.", after.now),
            Step::Place => format!("A customer places order {}.", after.orders.len()),
            Step::Appear(n) => format!("Order {} comes into the channel's list.", n + 1),
            Step::Begin(at) => match (after.polls[at], before.under_way) {
                (Poll::Reads { .. }, Some(_)) => format!("Poll {} begins, and goes on where the list was left.", name(at)),
                _ => format!("Poll {} begins.", name(at)),
            },
            Step::Read(at) => match after.polls[at] {
                Poll::Read { found: Some(n), more, .. } => {
                    format!("Poll {} reads a page with order {}{}.", name(at), n + 1, if more { "; there are more" } else { "" })
                }
                _ => format!("Poll {} reads a page with nothing new.", name(at)),
            },
            Step::Fail(at) => format!("The page that poll {} asks for fails.", name(at)),
            Step::Queue(at) => format!("What poll {} read is on the queue.", name(at)),
            Step::Save(at) => format!("Poll {} notes how far it is.", name(at)),
            Step::Pass(at) => format!("Poll {} finds that somebody else noted more, and leaves it.", name(at)),
            Step::Die(at) => format!("Poll {} dies.", name(at)),
        };
        said + &moved
    }

    fn begins(&self, _: &State) -> String {
        let (late, lag, overlap) = (self.visible_after, self.lag, self.overlap);
        format!(
            "Orders are in the list after {late} h at most; lag {lag} h, overlap {overlap} h. It is 0 o'clock, and so is the cursor."
        )
    }

    fn broken(&self, end: &State) -> String {
        let lost: Vec<_> =
            end.orders.iter().enumerate().filter(|(_, order)| !order.queued).map(|(n, _)| (n + 1).to_string()).collect();
        format!("The cursor is at {}, order {} is before it, and on no queue.", end.since, lost.join(", "))
    }
}
