//! What a channel should show by the orders that are known and by our own writes.

use crate::Quantity;

/// Where a figure stood once, and how it was moved since by our own writes. Orders move it as well; what it shows below both is a fall that
/// nobody can explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Units; below zero only in reckoning.
    pub units: i64,
    /// Units that the channel's orders had taken when it stood so, since ever.
    pub out: u64,
}

impl Expected {
    /// It shows so many units; `out`: what its orders had taken before it was looked at.
    pub fn at(shown: Quantity, out: u64) -> Self {
        Self { units: shown.units(), out }
    }

    /// We set it to `to` when it showed `from`: what had to be explained before must be so still.
    #[must_use]
    pub fn wrote(self, from: Quantity, to: Quantity) -> Self {
        Self { units: self.units.saturating_add(to.units() - from.units()), ..self }
    }

    /// By how many units it shows less now than its orders have taken, which had taken `out` by now. What cancelled orders put on sale again hides
    /// as many units, and so do sales that a write of ours went over: it is never more than what is missing.
    pub fn fell(self, shown: Quantity, out: u64) -> Quantity {
        let sold = i64::try_from(out.saturating_sub(self.out)).unwrap_or(i64::MAX);
        Quantity::clamped(self.units.saturating_sub(sold).saturating_sub(shown.units()).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(units: i64) -> Quantity {
        Quantity::new(units).unwrap()
    }

    #[test]
    fn what_orders_took_is_explained_and_the_rest_is_not() {
        let expected = Expected::at(q(20), 7);
        for (shown, out, fell) in [(20, 7, 0), (18, 9, 0), (16, 7, 4), (16, 9, 2), (19, 9, 0), (25, 7, 0), (0, 40, 0)] {
            assert_eq!(expected.fell(q(shown), out), q(fell), "{shown} {out}");
        }
    }

    #[test]
    fn our_own_writes_explain_themselves_and_hide_nothing() {
        // 16 where 20 are expected; lowered to 10 before its orders were known, four are still to be explained.
        let expected = Expected::at(q(20), 7).wrote(q(16), q(10));
        assert_eq!((expected.fell(q(10), 7), expected.fell(q(10), 11), expected.fell(q(10), 20)), (q(4), q(0), q(0)));
        assert_eq!(expected.wrote(q(10), q(30)).fell(q(30), 8), q(3));
        assert_eq!(Expected::at(q(0), 0).wrote(q(9), q(0)).fell(q(0), u64::MAX), q(0));
    }
}
