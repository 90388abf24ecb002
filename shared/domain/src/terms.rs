//! What was agreed with the buyer beside which goods and how many: amounts, dates, payment. Invoices and people need it.
//!
//! Nothing in here plays a part in stock, and a change of nothing else is a change of the order that moves no unit; `unreleased` alone says what
//! cannot be done yet. All of it is optional:
//! a channel tells what it tells, and what of it cannot be read is named (`PossibleProducts::Nothing`) and left out.

use crate::{Currency, Due, Money, Quantity, SnapshotLine};
use jiff::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};

/// Of an order as a whole. Amounts are in the currency that the shop keeps its books in, with or without tax as `prices_include_tax` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderTerms {
    /// The currency of its amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Whether its prices, discounts and charges include tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices_include_tax: Option<bool>,
    /// Taken off the order, and off none of its lines; more than nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
    /// What the buyer pays for shipping, what was taken off it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_price: Option<Money>,
    /// Further charges that are no lines, together: wrapping, payment on delivery; more than nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fees: Option<Money>,
    /// Fees below zero, together, as an amount above nothing: something the shop took off, or a gift card or store credit that pays. Which of
    /// these, the channel does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_fees: Option<Money>,
    /// Tax of all of it, as the channel reckons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// What the buyer pays for all of it, tax included, as it was ordered: refunds do not lower it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// Paid back so far; more than nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Money>,
    /// Whether it was paid, whatever was paid back since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
    /// Since when it is paid, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub paid_at: Option<Timestamp>,
    /// The channel does not let it be sent yet: the marketplace has not had the money for it, so that it may still fail. Its units are set aside, and
    /// nothing of it can leave.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreleased: bool,
    /// Where the buyer gets it, if not at an address of the buyer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup: Option<Pickup>,
}

/// Where a buyer gets an order that goes to no address of the buyer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pickup {
    /// At a pick-up point of a carrier or the marketplace: its address is where the goods go.
    Point,
    /// At the merchant's.
    Merchant,
}

/// Of a line. Amounts as in `OrderTerms`; each is of all units ordered.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct LineTerms {
    /// Taken off the line; more than nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
    /// Tax of it, as the channel reckons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// What the marketplace keeps for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission: Option<Money>,
    /// By when it must leave: the marketplace cancels it otherwise, or it comes late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_by: Option<Due>,
    /// By when the buyer was promised it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver_by: Option<Due>,
}

/// Decimals of an amount that are kept. A shop's unit price may have more than cents (EN 16931 BT-146); more than these nobody reads.
const DECIMALS: u32 = 6;
/// Amounts from here on are mistakes.
const BEYOND: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

impl Money {
    /// An amount as a channel tells it, in the one form in which it is kept, whichever way it was written: `12.5`, `12.50` and `12.500` are
    /// `12.50`. `None`: no amount of anything that is sold.
    pub fn told(amount: Decimal, currency: &Currency) -> Option<Self> {
        if amount.abs() >= BEYOND {
            return None;
        }
        let mut amount = amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero).normalize();
        if amount.scale() < 2 {
            amount.rescale(2);
        }
        Some(Self { amount, currency: currency.clone() })
    }

    /// The price of one, where `self` is what so many come to. `None` of none.
    #[must_use]
    pub fn each_of(&self, units: Quantity) -> Option<Self> {
        Self::told(self.amount.checked_div(Decimal::from(units.units()))?, &self.currency)
    }

    /// Itself, if it is more than nothing.
    #[must_use]
    pub fn above_nothing(self) -> Option<Self> {
        (self.amount > Decimal::ZERO).then_some(self)
    }
}

impl SnapshotLine {
    /// What all units ordered cost, discount off: the unit price by the units, rounded to cents once, less the discount. `None`: no price is
    /// told, or in another currency than the discount.
    pub fn amount(&self) -> Option<Money> {
        let price = self.unit_price.as_ref()?;
        let all = price.amount.checked_mul(Decimal::from(self.ordered.units()))?;
        let all = all.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let off = match &self.terms.discount {
            Some(discount) if discount.currency != price.currency => return None,
            Some(discount) => discount.amount,
            None => Decimal::ZERO,
        };
        Money::told(all.checked_sub(off)?, &price.currency)
    }
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
