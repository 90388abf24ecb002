//! What one or many worlds came to, in whole numbers, and what is worked out from them.

/// Counts of one world under one policy, or sums of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) customers: u64,
    pub(super) orders: u64,
    /// Units sold when none was left.
    pub(super) oversold: u64,
    /// The most units that were missing at once, of each product and between two receipts.
    pub(super) missing: u64,
    /// Units left at the end that a customer had asked for in vain.
    pub(super) left_unsold: u64,
    /// Milliseconds in which a listing showed nothing while there was something, summed over listings.
    pub(super) lost_ms: u64,
    /// Milliseconds of all listings.
    pub(super) listing_ms: u64,
    /// Figures that channels put in force.
    pub(super) pushes: u64,
}

impl Figures {
    /// Several together.
    pub(super) fn sum<'f>(all: impl IntoIterator<Item = &'f Self>) -> Self {
        all.into_iter().fold(Self::default(), |sum, one| Self {
            customers: sum.customers + one.customers,
            orders: sum.orders + one.orders,
            oversold: sum.oversold + one.oversold,
            missing: sum.missing + one.missing,
            left_unsold: sum.left_unsold + one.left_unsold,
            lost_ms: sum.lost_ms + one.lost_ms,
            listing_ms: sum.listing_ms + one.listing_ms,
            pushes: sum.pushes + one.pushes,
        })
    }

    /// What it comes to in rates.
    pub(super) fn rates(&self) -> Rates {
        Rates {
            oversold: rate(self.oversold, 100_000, self.orders),
            missing: rate(self.missing, 100_000, self.orders),
            lost: rate(self.lost_ms, 10_000, self.listing_ms),
            left_unsold: rate(self.left_unsold, 10_000, self.orders),
            pushes: rate(self.pushes, 1_000, self.orders),
        }
    }
}

/// Rates, whole numbers too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rates {
    /// Units oversold per 100,000 orders.
    pub(super) oversold: u64,
    /// Units missing at once per 100,000 orders.
    pub(super) missing: u64,
    /// Hours lost per 1,000 listing-hours, in tenths.
    pub(super) lost: u64,
    /// Units left unsold per 1,000 orders, in tenths.
    pub(super) left_unsold: u64,
    /// Figures written per 1,000 orders.
    pub(super) pushes: u64,
}

impl Rates {
    /// The mean of several scenarios: each counts the same, however many orders it has.
    pub(super) fn mean(all: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> u64| rate(all.iter().map(of).sum(), 1, all.len() as u64);
        Self {
            oversold: mean(|r| r.oversold),
            missing: mean(|r| r.missing),
            lost: mean(|r| r.lost),
            left_unsold: mean(|r| r.left_unsold),
            pushes: mean(|r| r.pushes),
        }
    }
}

/// The rates of one policy over scenarios, each with its worlds.
pub(super) fn over_scenarios(scenarios: &[Vec<Figures>]) -> Rates {
    let lived = scenarios.iter().filter(|worlds| !worlds.is_empty());
    Rates::mean(&lived.map(|worlds| Figures::sum(worlds).rates()).collect::<Vec<_>>())
}

/// `part` per `scale` of `whole`, rounded to nearest.
fn rate(part: u64, scale: u64, whole: u64) -> u64 {
    let whole = u128::from(whole.max(1));
    u64::try_from((u128::from(part) * u128::from(scale) + whole / 2) / whole).unwrap_or(u64::MAX)
}

/// Resamples of the worlds that tell how far chance may have moved a rate.
const RESAMPLES: usize = 1_000;

/// Between which rates of units oversold 95 of 100 resamples lie. `scenarios` hold the worlds of one policy, each by itself: every
/// resample draws as many worlds of each as there are, some twice, some never. Where nothing was oversold at all, resamples tell
/// nothing: then the upper end is the rule of three over all orders.
pub(super) fn spread(scenarios: &[Vec<Figures>]) -> (u64, u64) {
    let all = Figures::sum(scenarios.iter().flatten());
    if all.oversold == 0 {
        return (0, rate(3, 100_000, all.orders));
    }
    let mut rng = fastrand::Rng::with_seed(95);
    let mut redrawn = |worlds: &[Figures]| {
        let drawn: Vec<&Figures> = worlds.iter().map(|_| &worlds[rng.usize(..worlds.len())]).collect();
        Figures::sum(drawn).rates()
    };
    let mut resample = || Rates::mean(&scenarios.iter().map(|worlds| redrawn(worlds)).collect::<Vec<_>>()).oversold;
    let mut rates: Vec<u64> = (0..RESAMPLES).map(|_| resample()).collect();
    rates.sort_unstable();
    (rates[RESAMPLES * 25 / 1000], rates[RESAMPLES * 975 / 1000 - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_rounded_to_nearest() {
        let figures = Figures { orders: 3, oversold: 2, lost_ms: 1, listing_ms: 30_000, ..Figures::default() };
        let rates = figures.rates();
        assert_eq!((rates.oversold, rates.lost, rates.left_unsold), (66_667, 0, 0));
    }

    #[test]
    fn a_spread_holds_the_rate_and_nothing_in_a_thousand_is_not_never() {
        let world = |oversold| Figures { orders: 100, oversold, ..Figures::default() };
        let worlds = [(0..20).map(|n| world(n % 3)).collect(), vec![world(0); 5]];
        let (low, high) = spread(&worlds);
        let rate = over_scenarios(&worlds).oversold;
        assert_eq!(rate, 475);
        assert!(low < rate && rate < high && low > 0, "{low} {rate} {high}");
        assert_eq!(spread(&[vec![world(0); 10]]), (0, 300));
    }
}
