//! What can befall a call.

use std::time::Duration;

/// A fault of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It never arrives, and nobody says so.
    Vanished,
    /// It is done, but its answer is lost.
    LostAnswer,
    /// It is surely not done: the other side is down.
    Down,
    /// It is surely not done: rows are held by another transaction, or too much is asked.
    Busy,
    /// It takes this much longer, so that others overtake it.
    Slow(Duration),
    /// What it sends is delivered twice. Only for queues and the bus.
    Doubled,
    /// The function that made it dies here, with all it held in memory.
    Dies,
}

/// Shares out of a hundred. Deaths are rare, because each costs a whole batch one of its few deliveries.
const SHARES: [(u32, Fault); 7] = [
    (21, Fault::Vanished),
    (21, Fault::LostAnswer),
    (21, Fault::Down),
    (18, Fault::Busy),
    (13, Fault::Slow(Duration::ZERO)),
    (5, Fault::Doubled),
    (1, Fault::Dies),
];
const SHORTEST_MS: u32 = 50;
const LONGEST_MS: u32 = 3000;

impl Fault {
    /// Which one: `share` is below 100, `roll` is any number.
    pub(super) fn drawn(share: u32, roll: u32) -> Self {
        let mut passed = 0;
        let reached = SHARES.iter().find(|(part, _)| {
            passed += part;
            share < passed
        });
        match reached.map_or(Self::Down, |(_, fault)| *fault) {
            Self::Slow(_) => Self::Slow(Duration::from_millis(u64::from(SHORTEST_MS + roll % (LONGEST_MS - SHORTEST_MS + 1)))),
            other => other,
        }
    }

    /// Its name in counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vanished => "vanished",
            Self::LostAnswer => "lost answer",
            Self::Down => "down",
            Self::Busy => "busy",
            Self::Slow(_) => "slow",
            Self::Doubled => "doubled",
            Self::Dies => "died",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_hundred_shares_give_every_fault_its_part() {
        let mut found: BTreeMap<&str, u32> = BTreeMap::new();
        for share in 0..100 {
            *found.entry(Fault::drawn(share, 7).name()).or_default() += 1;
        }
        assert_eq!(found.len(), SHARES.len());
        assert_eq!((found["vanished"], found["down"], found["died"]), (21, 21, 1));
    }

    #[test]
    fn slow_is_never_slower_than_a_function_may_take() {
        for roll in [0, 1, 2950, 2951, u32::MAX] {
            let Fault::Slow(time) = Fault::drawn(85, roll) else { panic!("85 is slow") };
            assert!((50..=3000).contains(&time.as_millis()), "{time:?}");
        }
    }
}
