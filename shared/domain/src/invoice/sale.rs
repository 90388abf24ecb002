//! From what a shop sold to the sums of an invoice: discounts and charges follow the goods, then VAT per rate.

mod follow;

use super::by_rate::{Part, RateSum, by_rate};
use super::cents::{amount, cents_from_zero, round2};
use super::{ChargeKind, PriceBasis, Taxed};
use crate::{Invalid, Quantity};
use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of a unit price (EN 16931 BT-146 has no limit; more than these nobody reads).
const UNIT_DECIMALS: u32 = 6;

/// What a shop sold in one shipment. Amounts are with or without VAT, as `prices` says, and not negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// Whether the prices hold the VAT. Shops tell it per order.
    pub prices: PriceBasis,
    /// The lines.
    pub lines: Vec<SaleLine>,
    /// Discounts on more than a line, in the order in which they were given: vouchers of the merchant's. One that a marketplace pays is part of the
    /// price, and a gift card for goods of any rate is a payment (Directive art. 73, 73a).
    pub discounts: Vec<Discount>,
    /// What follows the goods.
    pub charges: Vec<SaleCharge>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleLine {
    /// What it is.
    pub what: Sold,
    /// How it is taxed. Of a gift card: whatever, it is not.
    pub taxed: Taxed,
    /// Units; at least one.
    pub quantity: Quantity,
    /// Of all units, the line's own discount off. For a net-priced shop see `net_line`.
    pub amount: Decimal,
    /// The price of one unit as sold, where the shop is net-priced and nothing is taken off.
    pub unit_net: Option<Decimal>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sold {
    /// Goods. Discounts and charges follow these.
    Goods,
    /// Something else at a rate that the shop itself named, such as wrapping.
    Extra,
    /// A gift card for goods of any rate: money, no supply, and never on an invoice with VAT (Directive art. 30b(2); EN 16931 BR-O-11).
    GiftCard,
}

/// Something taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// How much.
    pub amount: Decimal,
    /// Off which lines, by their place; `None`: off all goods.
    pub lines: Option<Vec<usize>>,
}

/// Something that follows the goods in proportion to what is paid for these (Directive art. 78(b); NL Toelichting Tabel I, §4.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleCharge {
    /// What for.
    pub kind: ChargeKind,
    /// How much.
    pub amount: Decimal,
}

/// The sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleSums {
    /// Of each line that is no gift card, in the order in which they were given.
    pub lines: Vec<LineSum>,
    /// Of each charge, per rate.
    pub charges: Vec<ChargeSum>,
    /// Per rate.
    pub rates: Vec<RateSum>,
    /// Gift cards sold, which are outside all of this.
    pub gift_cards: Decimal,
}

/// The sums of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSum {
    /// Its place in the sale.
    pub at: usize,
    /// Its share of the discounts, with or without VAT as the prices are.
    pub discount: Decimal,
    /// Without VAT, everything off.
    pub net: Decimal,
    /// With VAT, everything off.
    pub gross: Decimal,
    /// One unit without VAT, everything off.
    pub unit_net: Decimal,
}

/// The sums of a charge at one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeSum {
    /// Its place in the sale.
    pub at: usize,
    /// How it is taxed.
    pub taxed: Taxed,
    /// Without VAT.
    pub net: Decimal,
    /// With VAT.
    pub gross: Decimal,
}

/// Why there are no sums.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SumsRefused {
    /// An amount or a rate that cannot be meant.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A line of no units.
    #[error("line {at} has no units")]
    NoUnits {
        /// Its place.
        at: usize,
    },
    /// More is taken off than the lines cost.
    #[error("a discount of {discount} is more than the {left} that it is taken off")]
    DiscountTooLarge {
        /// What is taken off.
        discount: Decimal,
        /// What is there.
        left: Decimal,
    },
    /// There are goods of several rates and all cost nothing, so nobody can tell which rate a charge follows; or there are none.
    #[error("there are no goods with a price that a charge could follow")]
    NothingToFollow,
    /// Only gift cards were sold: no invoice with VAT is made of them.
    #[error("only gift cards were sold, which are no supply")]
    OnlyGiftCards,
    /// What the buyer paid is not what the sums come to. His total is fixed, so a person looks.
    #[error("the sums come to {ours}, and {paid} was paid")]
    PaidDiffers {
        /// What we find, gift cards with it.
        ours: Decimal,
        /// What was paid.
        paid: Decimal,
    },
}

/// The amount of a net-priced line: units by the price of one, which may have more than two decimals, rounded once (EN 16931 BT-131).
pub fn net_line(unit_net: Decimal, quantity: Quantity) -> Decimal {
    round2(unit_net.saturating_mul(Decimal::from(quantity.units())))
}

impl Sale {
    /// Works out the sums. They always come to what the lines and charges cost less the discounts, to the cent.
    pub fn sums(&self) -> Result<SaleSums, SumsRefused> {
        let amounts: Vec<i128> =
            self.lines.iter().map(|line| cents_from_zero("line amount", line.amount)).collect::<Result<_, _>>()?;
        if let Some(at) = self.lines.iter().position(|line| line.quantity.is_zero()) {
            return Err(SumsRefused::NoUnits { at });
        }
        let of_cards = |at: usize| self.lines.get(at).is_some_and(|line| line.what == Sold::GiftCard);
        let gift_cards: i128 = amounts.iter().enumerate().filter(|(at, _)| of_cards(*at)).map(|(_, amount)| amount).sum();
        let supplied: Vec<usize> = (0..self.lines.len()).filter(|at| !of_cards(*at)).collect();
        if supplied.is_empty() && !self.lines.is_empty() {
            return Err(SumsRefused::OnlyGiftCards);
        }
        let left = self.discounted(&amounts)?;
        let charges = self.charged(&amounts, &left)?;
        let of_lines = supplied.iter().filter_map(|at| Some((self.lines.get(*at)?, left.get(*at)?)));
        let mut parts: Vec<Part> =
            of_lines.map(|(line, left)| Part { taxed: line.taxed.clone(), amount: amount(*left) }).collect();
        parts.extend(charges.iter().map(|(_, taxed, cents)| Part { taxed: taxed.clone(), amount: amount(*cents) }));
        let found = by_rate(self.prices, &parts)?;
        let mut sums = found.parts.into_iter();
        let lines = supplied.into_iter().zip(sums.by_ref()).filter_map(|(at, sum)| {
            let (line, before, left) = (self.lines.get(at)?, amounts.get(at)?, left.get(at)?);
            let discount = amount(before - left);
            let as_sold = line.unit_net.filter(|_| discount.is_zero() && self.prices == PriceBasis::Net);
            let unit_net = as_sold.unwrap_or_else(|| per_unit(sum.net, line.quantity));
            Some(LineSum { at, discount, net: sum.net, gross: sum.gross, unit_net })
        });
        let lines: Vec<LineSum> = lines.collect();
        let charges = charges.into_iter().zip(sums);
        let charges = charges.map(|((at, taxed, _), sum)| ChargeSum { at, taxed, net: sum.net, gross: sum.gross }).collect();
        Ok(SaleSums { lines, charges, rates: found.rates, gift_cards: amount(gift_cards) })
    }
}

/// The price of one unit.
pub(super) fn per_unit(net: Decimal, quantity: Quantity) -> Decimal {
    let units = Decimal::from(quantity.units());
    let exact = net.checked_div(units).unwrap_or(net);
    exact.round_dp_with_strategy(UNIT_DECIMALS, RoundingStrategy::MidpointAwayFromZero).normalize()
}

impl SaleSums {
    /// Without VAT.
    pub fn net(&self) -> Decimal {
        self.rates.iter().map(|rate| rate.net).sum()
    }

    /// The VAT.
    pub fn vat(&self) -> Decimal {
        self.rates.iter().map(|rate| rate.vat).sum()
    }

    /// With VAT.
    pub fn gross(&self) -> Decimal {
        self.net() + self.vat()
    }

    /// Holds the sums against what the buyer paid for this shipment, by whatever means.
    pub fn check_paid(&self, paid: Decimal) -> Result<(), SumsRefused> {
        let ours = self.gross() + self.gift_cards;
        if ours == paid { Ok(()) } else { Err(SumsRefused::PaidDiffers { ours, paid }) }
    }
}
