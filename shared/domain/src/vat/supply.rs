//! What is known of a line of a shipment when its VAT is decided.

use super::{Place, ProductClass, VatNumber};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A line of a shipment. Not of an order: one order can leave from two states.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supply {
    /// Where the goods leave: the warehouse's address, whoever's it is. Not the seller's.
    pub ship_from: Place,
    /// Where they arrive. Not the address of the bill.
    pub ship_to: Place,
    /// The date of supply, which is when they leave, in Europe/Amsterdam. It alone chooses the rate (Directive 2006/112/EC, art. 63 and 93).
    pub on: Date,
    /// Who buys.
    pub customer: Customer,
    /// Where it was sold.
    pub sold_on: SoldOn,
    /// What is sold.
    pub class: ProductClass,
    /// The value of the whole consignment in euro without VAT and transport; only asked for where goods come from outside the EU.
    pub consignment: Option<Decimal>,
    /// Sales to consumers in other states; only asked for where they decide.
    pub threshold: Option<Threshold>,
}

/// Who buys, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Customer {
    /// A person.
    Consumer,
    /// Somebody who says it is a business.
    Business {
        /// The VAT number it gave. A company's name or number in a trade register is none.
        number: Option<VatNumber>,
        /// What VIES says about that number.
        vies: Vies,
    },
}

/// What VIES said. That it did not answer is never "invalid".
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vies {
    /// The number is valid.
    Valid,
    /// There is no such number.
    Invalid,
    /// It was asked and did not answer: down, busy, or something that cannot be understood.
    Unknown,
    /// It was not asked.
    NotAsked,
    /// It did not answer for as long as the merchant wants to wait: the buyer is taxed like one without a number.
    GivenUp,
}

/// Where it was sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "place", deny_unknown_fields)]
pub enum SoldOn {
    /// In a shop of the merchant's own.
    OwnShop,
    /// On a marketplace.
    Marketplace {
        /// Who accounts for the VAT, where the marketplace says so.
        accounted_by: Option<AccountedBy>,
    },
}

/// Who accounts for the VAT of a sale on a marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountedBy {
    /// The seller.
    Seller,
    /// The marketplace.
    Marketplace,
}

/// Sales to consumers in other states from the state of establishment, over all channels, in euro without VAT (Directive art. 59c(1)(c)). What
/// was sold before the merchant came to Sluis is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The calendar year of the supply.
    pub year: i16,
    /// In the year before.
    pub last_year: Decimal,
    /// In that year, up to this sale.
    pub this_year: Decimal,
    /// Of this sale, all lines that count together: what they come to without VAT at the rates of where they leave.
    pub this_sale: Decimal,
}
