//! Who sells, who buys, and where it goes, as it stood when the document was issued.

use crate::Country;
use crate::vat::VatNumber;

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street with number, and what else stands above the postcode; at least one line.
    pub lines: Vec<String>,
    /// The postcode, as the country writes it. Some countries have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Town.
    pub city: String,
    /// Country.
    pub country: Country,
}

/// The legal entity that sells (EN 16931 BG-4).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// Its name in the trade register, with its legal form: `Kade B.V.`
    pub name: String,
    /// The name that buyers know it by, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trading_name: Option<String>,
    /// Where it is established.
    pub address: Address,
    /// The VAT number under which the supply is made, with its prefix. `None` for a small business that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<VatNumber>,
    /// Its entry in the trade register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<SellerRegistration>,
    /// Where a buyer can write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where a buyer can ring up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Its bank account. `None` on invoices for a marketplace, which allows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
}

/// An entry in a trade register.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "register", deny_unknown_fields)]
pub enum SellerRegistration {
    /// The Dutch Handelsregister.
    Kvk {
        /// 8 digits.
        number: String,
    },
    /// The Belgian Kruispuntbank van Ondernemingen.
    Kbo {
        /// 10 digits.
        number: String,
        /// The court, after RPR: `Gent, afdeling Gent`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        court: Option<String>,
    },
    /// Of another country.
    Other {
        /// The number as it is written there.
        number: String,
    },
}

/// Who buys (EN 16931 BG-7). Personal data: it lives in the document, and nowhere else that outlives the order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// The person, or the business.
    pub name: String,
    /// A person at the business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<String>,
    /// Whether it buys as a business.
    pub is_business: bool,
    /// The address of the bill.
    pub address: Address,
    /// Its VAT number. On the document always where VAT is shifted or an intra-Community supply is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<VatNumber>,
    /// Its number in its country's trade register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
    /// Where the document is mailed to; of a marketplace, its alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The buyer's own mark of the order (BT-13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_reference: Option<String>,
}

/// Where the goods went (EN 16931 BG-13), of a pick-up point its address.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Who receives it.
    pub name: String,
    /// The name of the pick-up point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_point: Option<String>,
    /// Where.
    pub address: Address,
}
