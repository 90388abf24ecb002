//! What is believed of instants that were stored by a clock that may have been wrong.
//!
//! A machine whose clock was ahead for a moment leaves instants behind that lie in the future, by seconds or by years. Whatever reads one
//! back reads it through here: nothing that was done was done later than now, and nothing is due later than the mechanism that noted it
//! ever puts off.

use jiff::{SignedDuration, Timestamp};

/// No two clocks of ours differ by more.
pub const SKEW: SignedDuration = SignedDuration::from_secs(2);

/// An instant at which something was done, as noted. `None`: it lies beyond now, and is not believed.
pub fn noted(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (at.duration_since(now) <= SKEW).then_some(at)
}

/// An instant until which something lasts, as noted by whoever sets it to at most `longest` from then. `None`: it lies beyond that, and is
/// not believed.
pub fn lasting(until: Timestamp, now: Timestamp, longest: SignedDuration) -> Option<Timestamp> {
    (until.duration_since(now) <= longest.saturating_add(SKEW)).then_some(until)
}

/// How long ago something was done that was noted so. `None`: beyond now.
pub fn age(at: Timestamp, now: Timestamp) -> Option<SignedDuration> {
    noted(at, now).map(|at| now.duration_since(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    #[test]
    fn what_was_done_was_not_done_later_than_now() {
        assert_eq!(noted(at(-900), at(0)), Some(at(-900)));
        assert_eq!(noted(at(2), at(0)), Some(at(2)), "another clock of ours");
        assert_eq!(noted(at(3), at(0)), None);
        assert_eq!(noted(Timestamp::MAX, at(0)), None);
        assert_eq!(age(at(-5), at(0)), Some(SignedDuration::from_secs(5)));
        assert_eq!(age(at(60), at(0)), None);
    }

    #[test]
    fn nothing_lasts_longer_than_it_is_ever_set_to() {
        let longest = SignedDuration::from_secs(45);
        assert_eq!(lasting(at(45), at(0), longest), Some(at(45)));
        assert_eq!(lasting(at(-1), at(0), longest), Some(at(-1)));
        assert_eq!(lasting(at(48), at(0), longest), None);
        assert_eq!(lasting(Timestamp::MAX, at(0), SignedDuration::MAX), Some(Timestamp::MAX));
    }
}
