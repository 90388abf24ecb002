//! How a figure is spread over the places of a channel that keeps one for each of its locations.

use crate::Quantity;

/// What each place is to show of `target`, where so many units `lie` at each, the preferred place first.
///
/// Each shows what lies there. A target below their sum (safety stock, a percentage, a share, units owed) takes away from the least
/// preferred first; one above it (sold ahead, or lying where the channel has no place) adds to the most preferred. Together they
/// always show exactly the target, as long as there is a place.
pub fn spread(target: Quantity, lie: &[Quantity]) -> Vec<Quantity> {
    let mut left = target;
    let mut spread: Vec<Quantity> = lie
        .iter()
        .map(|there| {
            let here = left.min(*there);
            left = left.less(here);
            here
        })
        .collect();
    if let Some(preferred) = spread.first_mut() {
        *preferred = preferred.plus(left);
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(target: i64, lie: &[i64]) -> Vec<i64> {
        let lie: Vec<_> = lie.iter().map(|units| Quantity::clamped(*units)).collect();
        spread(Quantity::clamped(target), &lie).into_iter().map(Quantity::units).collect()
    }

    #[test]
    fn every_place_shows_what_lies_there() {
        assert_eq!(shown(7, &[3, 4]), [3, 4]);
        assert_eq!(shown(0, &[0, 0]), [0, 0]);
    }

    #[test]
    fn what_is_held_back_is_held_back_at_the_least_preferred() {
        assert_eq!(shown(5, &[3, 4]), [3, 2]);
        assert_eq!(shown(2, &[3, 4]), [2, 0]);
    }

    #[test]
    fn what_does_not_lie_anywhere_is_shown_at_the_most_preferred() {
        assert_eq!(shown(10, &[3, 4]), [6, 4]);
        assert_eq!(shown(2, &[0, 0]), [2, 0]);
    }

    #[test]
    fn without_a_place_nothing_is_shown() {
        assert_eq!(shown(2, &[]), Vec::<i64>::new());
    }

    proptest! {
        /// Exactly the target; more than lies there only at the first, and only when every place shows all it has; less than lies there
        /// only when all after it show nothing.
        #[test]
        fn the_sum_is_the_target_and_the_preferred_come_first(
            target in 0_i64..500,
            lie in prop::collection::vec(0_i64..100, 1..6),
        ) {
            let spread = shown(target, &lie);
            prop_assert_eq!(spread.iter().sum::<i64>(), target);
            for (at, (shown, there)) in spread.iter().zip(&lie).enumerate() {
                if shown > there {
                    prop_assert_eq!(at, 0);
                    prop_assert!(spread.iter().zip(&lie).skip(1).all(|(shown, there)| shown == there));
                }
                if shown < there {
                    prop_assert!(spread.iter().skip(at + 1).all(|shown| *shown == 0));
                }
            }
        }
    }
}
