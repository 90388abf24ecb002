//! VAT per rate, and each part's share of it (Directive 2006/112/EC, art. 73, 78, 226(8) and (10)).
//!
//! Where prices hold the VAT, the buyer's total is fixed. So VAT is taken out of the sum of a rate, once, and the rest is shared among the
//! parts: `net · rate` cannot make every total (at 21 % it misses one in six), and VAT rounded on each line makes another sum.

use super::cents::{HUNDRED_PERCENT, amount, apportion, cents, thousandths, vat_on, vat_within};
use super::{PriceBasis, Taxed};
use crate::Invalid;
use rust_decimal::Decimal;

/// What is taxed: a line, or a charge at one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// How.
    pub taxed: Taxed,
    /// With or without VAT, as the prices are.
    pub amount: Decimal,
}

/// A part without and with VAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSum {
    /// Without.
    pub net: Decimal,
    /// With.
    pub gross: Decimal,
}

/// The sum of all parts that are taxed alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateSum {
    /// How.
    pub taxed: Taxed,
    /// Without VAT.
    pub net: Decimal,
    /// The VAT.
    pub vat: Decimal,
}

impl RateSum {
    /// With VAT.
    pub fn gross(&self) -> Decimal {
        self.net + self.vat
    }

    /// What `net` by the rate would be. It differs by a cent where the buyer's total leaves no other way; booking programs that reckon themselves
    /// find this, and must be told the VAT.
    pub fn net_by_rate(&self) -> Decimal {
        super::cents::round2(self.net.saturating_mul(self.taxed.rate) / Decimal::ONE_HUNDRED)
    }
}

/// All parts, and the sums per rate in the order in which they first occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByRate {
    /// In the order in which they were given.
    pub parts: Vec<PartSum>,
    /// Each `Taxed` once.
    pub rates: Vec<RateSum>,
}

/// Works out the VAT of parts. Parts may be negative, as a discount that a shop has as a line is; that a sum may not be is for the caller.
pub fn by_rate(prices: PriceBasis, parts: &[Part]) -> Result<ByRate, Invalid> {
    let mut sums = vec![PartSum { net: Decimal::ZERO, gross: Decimal::ZERO }; parts.len()];
    let mut rates: Vec<RateSum> = Vec::new();
    for part in parts {
        if rates.iter().any(|sum| sum.taxed == part.taxed) {
            continue;
        }
        let rate = thousandths(part.taxed.rate)?;
        let alike: Vec<usize> =
            parts.iter().enumerate().filter(|(_, other)| other.taxed == part.taxed).map(|(at, _)| at).collect();
        let given: Vec<i128> =
            alike.iter().filter_map(|at| parts.get(*at)).map(|part| cents("amount", part.amount)).collect::<Result<_, _>>()?;
        let total: i128 = given.iter().sum();
        let up = HUNDRED_PERCENT + rate;
        let (net, vat, nets, grosses) = match prices {
            PriceBasis::Gross => {
                let vat = vat_within(total, rate);
                let exact: Vec<i128> = given.iter().map(|gross| gross * HUNDRED_PERCENT).collect();
                (total - vat, vat, apportion(total - vat, &exact, up), given)
            }
            PriceBasis::Net => {
                let vat = vat_on(total, rate);
                let exact: Vec<i128> = given.iter().map(|net| net * up).collect();
                (total, vat, given, apportion(total + vat, &exact, HUNDRED_PERCENT))
            }
        };
        for ((at, net), gross) in alike.iter().zip(nets).zip(grosses) {
            if let Some(sum) = sums.get_mut(*at) {
                *sum = PartSum { net: amount(net), gross: amount(gross) };
            }
        }
        rates.push(RateSum { taxed: part.taxed.clone(), net: amount(net), vat: amount(vat) });
    }
    Ok(ByRate { parts: sums, rates })
}
