//! Whole cents, and how an amount is parted so that no cent is lost.

use crate::Invalid;
use rust_decimal::{Decimal, RoundingStrategy};

/// The largest amount that is meant: beyond it sums could overflow. A thousand million, in units of the currency.
const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// An amount in cents. Refuses fractions of a cent, and what is too large to be meant.
pub(super) fn cents(field: &'static str, amount: Decimal) -> Result<i128, Invalid> {
    let hundredths = amount.checked_mul(Decimal::ONE_HUNDRED).filter(|_| amount.abs() <= MOST);
    hundredths
        .filter(|hundredths| hundredths.fract().is_zero())
        .and_then(|hundredths| i128::try_from(hundredths).ok())
        .ok_or_else(|| Invalid::new(field, &amount.to_string(), "an amount with two decimals at most, up to 1000000000"))
}

/// An amount that is not negative.
pub(super) fn cents_from_zero(field: &'static str, amount: Decimal) -> Result<i128, Invalid> {
    let whole = cents(field, amount)?;
    if whole < 0 { Err(Invalid::new(field, &amount.to_string(), "0 or more")) } else { Ok(whole) }
}

/// Cents as an amount with two decimals.
pub(super) fn amount(cents: i128) -> Decimal {
    Decimal::try_from_i128_with_scale(cents, 2).unwrap_or(Decimal::MAX)
}

/// Two decimals, halves away from zero: what tax offices and people do, and no bank's even halves.
pub(super) fn round2(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// A rate in thousandths of a percent: a whole number, so that nothing is lost in reckoning.
pub(super) fn thousandths(rate: Decimal) -> Result<i128, Invalid> {
    let wrong = || Invalid::new("VAT rate", &rate.to_string(), "percent from 0 to 100 with three decimals at most");
    let whole = rate.checked_mul(Decimal::ONE_THOUSAND).filter(|scaled| scaled.fract().is_zero()).ok_or_else(wrong)?;
    i128::try_from(whole).ok().filter(|whole| (0..=HUNDRED_PERCENT).contains(whole)).ok_or_else(wrong)
}

/// 100 percent in `thousandths`.
pub(super) const HUNDRED_PERCENT: i128 = 100_000;

/// The VAT that is in an amount: `gross · r / (100 + r)`.
pub(super) fn vat_within(gross: i128, rate: i128) -> i128 {
    divide_half_away(gross * rate, HUNDRED_PERCENT + rate)
}

/// The VAT that comes on an amount: `net · r / 100`.
pub(super) fn vat_on(net: i128, rate: i128) -> i128 {
    divide_half_away(net * rate, HUNDRED_PERCENT)
}

/// Divides by something above zero, halves away from zero.
pub(super) fn divide_half_away(number: i128, by: i128) -> i128 {
    let half_up = (2 * number.abs() + by).checked_div(2 * by).unwrap_or(0);
    half_up * number.signum()
}

/// Shares whose exact sizes are `exact / by` and which together make `total`: each is rounded down, and the cents that are left go to those that
/// lost most, the first of equals first (largest remainder). `by` is above zero.
pub(super) fn apportion(total: i128, exact: &[i128], by: i128) -> Vec<i128> {
    let mut shares: Vec<i128> = exact.iter().map(|exact| exact.div_euclid(by)).collect();
    let mut by_loss: Vec<usize> = (0..exact.len()).collect();
    by_loss.sort_by_key(|at| std::cmp::Reverse(exact.get(*at).map_or(0, |exact| exact.rem_euclid(by))));
    let left = total - shares.iter().sum::<i128>();
    for at in by_loss.into_iter().cycle().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(share) = shares.get_mut(at) {
            *share += 1;
        }
    }
    shares
}

/// Parts an amount in proportion to weights that are not negative; `None` where all weigh nothing. No share is larger than its weight, if the
/// amount is not larger than all weights together.
pub(super) fn split(total: i128, weights: &[i128]) -> Option<Vec<i128>> {
    let whole: i128 = weights.iter().sum();
    let exact: Vec<i128> = weights.iter().map(|weight| total * weight).collect();
    (whole > 0).then(|| apportion(total, &exact, whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_away_from_zero() {
        let two = |text: &str| round2(text.parse().unwrap()).to_string();
        assert_eq!(
            (two("8.645"), two("0.025"), two("-0.025"), two("0.0249")),
            ("8.65".into(), "0.03".into(), "-0.03".into(), "0.02".into())
        );
        assert_eq!(
            (divide_half_away(5, 2), divide_half_away(-5, 2), divide_half_away(7, 3), divide_half_away(-7, 3)),
            (3, -3, 2, -2)
        );
    }

    #[test]
    fn cents_that_are_left_go_to_those_that_lost_most() {
        assert_eq!(split(2_500, &[10_010, 7_497]).unwrap(), [1_429, 1_071]);
        assert_eq!(split(2, &[1, 1, 1]).unwrap(), [1, 1, 0], "the first of equals first");
        assert_eq!(split(100, &[0, 0]), None);
        assert_eq!(split(0, &[0, 5]).unwrap(), [0, 0]);
    }

    #[test]
    fn an_amount_is_whole_cents() {
        let read = |text: &str| cents("amount", text.parse().unwrap()).ok();
        assert_eq!((read("12.95"), read("-0.01"), read("7"), read("1.500")), (Some(1295), Some(-1), Some(700), Some(150)));
        assert_eq!((read("0.005"), read("1000000000.01"), read("79228162514264337593543950335")), (None, None, None));
        assert!(cents_from_zero("amount", Decimal::NEGATIVE_ONE).is_err());
        assert_eq!(amount(1295).to_string(), "12.95");
        assert_eq!(amount(-500).to_string(), "-5.00");
    }

    proptest! {
        #[test]
        fn shares_make_the_whole_and_none_is_larger_than_its_weight(
            weights in proptest::collection::vec(0..1_000_000_i128, 1..12), part in 0..=1000_i128,
        ) {
            let whole: i128 = weights.iter().sum();
            let total = whole * part / 1000;
            if let Some(shares) = split(total, &weights) {
                prop_assert_eq!(shares.iter().sum::<i128>(), total);
                for (share, weight) in shares.iter().zip(&weights) {
                    prop_assert!(0 <= *share && share <= weight);
                    let exact = total * weight;
                    prop_assert!((share * whole - exact).abs() < whole, "less than a cent from its exact size");
                }
            }
        }
    }
}
