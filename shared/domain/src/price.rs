//! What a product costs on a connection: its regular price, and promotions with their dates.

use crate::{Invalid, Money};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// The largest price that is meant: beyond it, somebody left out the decimal sign.
pub const MOST_PRICE: Decimal = Decimal::from_parts(99_999_999, 0, 0, false, 2);

/// Promotions of one product on one connection at most: more than a year of weeks, and a row that can be written.
pub const MOST_PROMOTIONS: usize = 60;

/// Whether an amount can be the price of something: above nothing, in whole cents, and not beyond `MOST_PRICE`.
pub fn is_price(amount: Decimal) -> bool {
    amount > Decimal::ZERO && amount <= MOST_PRICE && amount.normalize().scale() <= 2
}

/// A product's prices on one connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The regular price of one unit, with or without tax as the channel wants it.
    pub regular: Money,
    /// Promotions. Where several hold, the one that began last does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 60))]
    pub promotions: Vec<Promotion>,
}

/// Another price for a while.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The price of one unit.
    pub price: Money,
    /// From this instant on, UTC.
    #[schemars(with = "String")]
    pub from: Timestamp,
    /// Until just before this instant, UTC.
    #[schemars(with = "String")]
    pub until: Timestamp,
}

/// A price as a channel is told it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PriceInForce {
    /// What one unit costs.
    pub price: Money,
    /// What it costs without the promotion that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regular: Option<Money>,
}

impl Prices {
    /// Refuses what cannot be meant: no price above nothing, a promotion that ends before it begins, another currency.
    pub fn check(&self) -> Result<(), Invalid> {
        let expected = "more than 0 and 999999.99 at most, with two decimals at most";
        if !is_price(self.regular.amount) {
            return Err(Invalid::new("price", &self.regular.amount.to_string(), expected));
        }
        if self.promotions.len() > MOST_PROMOTIONS {
            return Err(Invalid::new("promotions", &self.promotions.len().to_string(), "60 at most"));
        }
        for promotion in &self.promotions {
            if !is_price(promotion.price.amount) {
                return Err(Invalid::new("promotion price", &promotion.price.amount.to_string(), expected));
            }
            if promotion.price.currency != self.regular.currency {
                return Err(Invalid::new("promotion currency", promotion.price.currency.as_str(), "that of the regular price"));
            }
            if promotion.from >= promotion.until {
                return Err(Invalid::new("promotion until", &promotion.until.to_string(), "an instant after its beginning"));
            }
        }
        Ok(())
    }

    /// The price at an instant.
    pub fn in_force(&self, at: Timestamp) -> PriceInForce {
        let holds = self.promotions.iter().filter(|one| one.from <= at && at < one.until);
        match holds.max_by_key(|one| one.from) {
            Some(promotion) => PriceInForce { price: promotion.price.clone(), regular: Some(self.regular.clone()) },
            None => PriceInForce { price: self.regular.clone(), regular: None },
        }
    }

    /// The instants at which the price may become another.
    pub fn changes(&self) -> impl Iterator<Item = Timestamp> {
        self.promotions.iter().flat_map(|one| [one.from, one.until])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + 86_400 * day).unwrap()
    }

    fn euros(cents: i64) -> Money {
        Money { amount: rust_decimal::Decimal::new(cents, 2), currency: Currency::new("EUR").unwrap() }
    }

    fn promotion(cents: i64, from: i64, until: i64) -> Promotion {
        Promotion { price: euros(cents), from: at(from), until: at(until) }
    }

    #[test]
    fn a_promotion_holds_from_its_first_instant_to_just_before_its_last() {
        let prices = Prices { regular: euros(1995), promotions: vec![promotion(1495, 1, 3), promotion(995, 2, 3)] };
        let told = |day| prices.in_force(at(day));
        assert_eq!(told(0), PriceInForce { price: euros(1995), regular: None });
        assert_eq!(told(1), PriceInForce { price: euros(1495), regular: Some(euros(1995)) });
        assert_eq!(told(2).price, euros(995), "the one that began last");
        assert_eq!(told(3), PriceInForce { price: euros(1995), regular: None });
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let wrong = |prices: Prices| prices.check().unwrap_err().field;
        assert_eq!(wrong(Prices { regular: euros(0), promotions: Vec::new() }), "price");
        assert!(Prices { regular: euros(99_999_999), promotions: Vec::new() }.check().is_ok());
        assert_eq!(wrong(Prices { regular: euros(100_000_000), promotions: Vec::new() }), "price");
        let split_cent = Money { amount: rust_decimal::Decimal::new(12_955, 3), ..euros(0) };
        assert_eq!(wrong(Prices { regular: split_cent, promotions: Vec::new() }), "price");
        assert_eq!(wrong(Prices { regular: euros(100), promotions: vec![promotion(50, 3, 3)] }), "promotion until");
        assert_eq!(wrong(Prices { regular: euros(100), promotions: vec![promotion(-50, 1, 3)] }), "promotion price");
        let most = |count| Prices { regular: euros(100), promotions: vec![promotion(50, 1, 2); count] };
        assert_eq!((most(MOST_PROMOTIONS).check(), wrong(most(MOST_PROMOTIONS + 1))), (Ok(()), "promotions"));
        let dollars = Money { currency: Currency::new("USD").unwrap(), ..euros(50) };
        let foreign = Promotion { price: dollars, ..promotion(50, 1, 2) };
        assert_eq!(wrong(Prices { regular: euros(100), promotions: vec![foreign] }), "promotion currency");
    }
}
