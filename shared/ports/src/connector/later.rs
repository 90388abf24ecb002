//! How a system behaves that takes a write now and puts it in force later.

use std::time::Duration;

/// What the engine must not guess about writes that are acknowledged as `Pending`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// Whether writes of one item come into force in the order in which they were taken. Where they do, a later one settles what an earlier one
    /// may still do; where they do not, the item is looked at anew once all of them are over.
    pub keeps_order: bool,
    /// Seconds between a write and the first question how far it is, and between two questions at the start; they become rarer. The system's own
    /// limit for asking, where it has one.
    pub ask_every_s: u32,
    /// Seconds after which a write is done or never will be: one whose answer was lost, or whose status the system no longer knows, may be
    /// carried out until then.
    pub done_within_s: u32,
}

/// Between two questions at the most, where the system itself wants none more rarely.
const RAREST: Duration = Duration::from_mins(2);

impl Later {
    /// Of a system that says nothing about itself and yet acknowledges a write as pending.
    pub const UNTOLD: Self = Self { keeps_order: false, ask_every_s: 2, done_within_s: 3_600 };

    /// How long to wait before the next question, after so many.
    pub fn ask_after(&self, questions: u32) -> Duration {
        let first = Duration::from_secs(u64::from(self.ask_every_s.max(1)));
        first.saturating_mul(1 << questions.min(10)).min(RAREST.max(first))
    }

    /// `done_within_s`.
    pub fn done_within(&self) -> Duration {
        Duration::from_secs(u64::from(self.done_within_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_become_rarer_and_never_more_frequent_than_the_system_allows() {
        let often = Later { ask_every_s: 2, ..Later::UNTOLD };
        let waits: Vec<u64> = (0..8).map(|asked| often.ask_after(asked).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 120, 120]);
        let rarely = Later { ask_every_s: 300, ..Later::UNTOLD };
        assert_eq!(rarely.ask_after(0), rarely.ask_after(u32::MAX));
        assert_eq!(Later { ask_every_s: 0, ..Later::UNTOLD }.ask_after(0), Duration::from_secs(1));
    }
}
