//! Amounts of money.

use crate::Invalid;
use rust_decimal::Decimal;

/// An ISO 4217 code: `EUR`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

impl Currency {
    /// Three capital letters.
    pub fn new(code: &str) -> Result<Self, Invalid> {
        if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self(code.to_owned()))
        } else {
            Err(Invalid::new("currency", code, "three capital letters, such as EUR"))
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Currency {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0
    }
}

/// A decimal amount in a currency, such as `12.95 EUR`. Never a float.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Money {
    /// Units of the currency (euros, not cents), written as text on the wire.
    #[schemars(with = "String")]
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
}
