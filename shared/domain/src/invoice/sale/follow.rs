//! What follows the goods: discounts off them, and charges at their rates, each in proportion.

use super::{Sale, Sold, SumsRefused, Taxed};
use crate::invoice::cents::{amount, cents_from_zero, split};

impl Sale {
    /// What is left of each line's cents once all discounts are off.
    pub(super) fn discounted(&self, amounts: &[i128]) -> Result<Vec<i128>, SumsRefused> {
        let mut left = amounts.to_vec();
        for discount in &self.discounts {
            let off = cents_from_zero("discount", discount.amount)?;
            let is_meant = |at: usize| match &discount.lines {
                Some(lines) => lines.contains(&at) && self.what(at) != Some(Sold::GiftCard),
                None => self.what(at) == Some(Sold::Goods),
            };
            let meant = meant(&left, is_meant);
            let there: i128 = meant.iter().sum();
            if off > there {
                return Err(SumsRefused::DiscountTooLarge { discount: discount.amount, left: amount(there) });
            }
            for ((_, taxed_share), group) in self.per_rate(off, &meant).into_iter().zip(self.groups()) {
                let weights: Vec<i128> = group.iter().map(|at| meant.get(*at).copied().unwrap_or(0)).collect();
                for (at, share) in group.iter().zip(split(taxed_share, &weights).unwrap_or_default()) {
                    if let Some(left) = left.get_mut(*at) {
                        *left -= share;
                    }
                }
            }
        }
        Ok(left)
    }

    /// Each charge at each rate of the goods, in cents; rates of which it takes no cent are left out.
    pub(super) fn charged(&self, amounts: &[i128], left: &[i128]) -> Result<Vec<(usize, Taxed, i128)>, SumsRefused> {
        let goods = |cents: &[i128]| meant(cents, |at| self.what(at) == Some(Sold::Goods));
        let anything = |cents: &[i128]| meant(cents, |at| self.what(at) != Some(Sold::GiftCard));
        // What is paid for the goods; where that is nothing, what they cost before; where there are no goods, whatever there is.
        let candidates = [goods(left), goods(amounts), anything(left)];
        let weights = candidates.into_iter().find(|weights| weights.iter().sum::<i128>() > 0);
        let mut charged = Vec::new();
        for (at, charge) in self.charges.iter().enumerate() {
            let cents = cents_from_zero("charge", charge.amount)?;
            if cents == 0 {
                continue;
            }
            let shares = match &weights {
                Some(weights) => self.per_rate(cents, weights),
                None => vec![(self.only_rate().ok_or(SumsRefused::NothingToFollow)?, cents)],
            };
            charged.extend(shares.into_iter().filter(|(_, share)| *share != 0).map(|(taxed, share)| (at, taxed, share)));
        }
        Ok(charged)
    }

    fn what(&self, at: usize) -> Option<Sold> {
        self.lines.get(at).map(|line| line.what)
    }

    /// The lines of each rate, by their places, in the order in which the rates first occur.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<(&Taxed, Vec<usize>)> = Vec::new();
        for (at, line) in self.lines.iter().enumerate().filter(|(_, line)| line.what != Sold::GiftCard) {
            match groups.iter_mut().find(|(taxed, _)| **taxed == line.taxed) {
                Some((_, places)) => places.push(at),
                None => groups.push((&line.taxed, vec![at])),
            }
        }
        groups.into_iter().map(|(_, places)| places).collect()
    }

    /// An amount over the rates, in proportion to what the lines of each weigh.
    fn per_rate(&self, cents: i128, line_weights: &[i128]) -> Vec<(Taxed, i128)> {
        let groups = self.groups();
        let weight = |group: &Vec<usize>| group.iter().filter_map(|at| line_weights.get(*at)).sum();
        let weights: Vec<i128> = groups.iter().map(weight).collect();
        let shares = split(cents, &weights).unwrap_or_else(|| vec![0; groups.len()]);
        let taxed = groups.iter().filter_map(|group| group.first().and_then(|at| self.lines.get(*at)));
        taxed.map(|line| line.taxed.clone()).zip(shares).collect()
    }

    /// The rate of all lines, if it is the same.
    fn only_rate(&self) -> Option<Taxed> {
        let mut rates = self.lines.iter().filter(|line| line.what != Sold::GiftCard).map(|line| &line.taxed);
        let first = rates.next()?;
        rates.all(|taxed| taxed == first).then(|| first.clone())
    }
}

/// The cents of the lines that are meant, and nothing for the others.
fn meant(cents: &[i128], is_meant: impl Fn(usize) -> bool) -> Vec<i128> {
    cents.iter().enumerate().map(|(at, cents)| if is_meant(at) { *cents } else { 0 }).collect()
}
