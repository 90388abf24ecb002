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
    /// Units of the currency (euros, not cents), written as text on the wire: `12.95`.
    #[serde(deserialize_with = "plain")]
    #[schemars(with = "String")]
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
}

/// A decimal as people write it: digits, and a point with digits after it, with a minus before them perhaps. No exponent, no underscores, no
/// sign of plus, which all stand for something that nobody meant.
pub fn plain_decimal(text: &str) -> Option<Decimal> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let is_plain = match unsigned.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(unsigned),
    };
    Decimal::from_str_exact(text).ok().filter(|_| is_plain)
}

fn plain<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
    let text: std::borrow::Cow<'de, str> = serde::Deserialize::deserialize(from)?;
    plain_decimal(&text).ok_or_else(|| serde::de::Error::custom("expected an amount as a text, such as \"12.95\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_digits_with_a_point() {
        let read = |text: &str| serde_json::from_str::<Money>(&format!(r#"{{"amount":{text},"currency":"EUR"}}"#)).ok();
        for text in ["12.95", "0.10", "-3", "1000"] {
            assert_eq!(read(&format!("\"{text}\"")).unwrap().amount.to_string(), text);
        }
        for text in
            ["\"1e3\"", "\"1_0\"", "\"+1\"", "\"1.\"", "\".5\"", "\"1,95\"", "\" 1\"", "\"\"", "12.95", "null", "\"1.2.3\""]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
