//! EAN/GTIN with its check digit.

use crate::Invalid;

/// A GTIN-8, -12, -13 or -14 whose check digit is right, kept as 13 digits (14 where the first is not zero).
///
/// Connectors pad with zeros as they like (`7740404`-type codes arrive as `0000007740404`), so two EANs are the same
/// when their digits without leading zeros are. Source of the check digit: GS1 General Specifications §7.9.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Ean(String);

impl Ean {
    /// Checks length and check digit. Hyphens and spaces between the digits say nothing.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("EAN", text, "8, 12, 13 or 14 digits of which the last is the GS1 check digit");
        // People write them in groups, as they stand on the product.
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && !is_hyphen(*c)).collect();
        if !matches!(digits.len(), 8 | 12 | 13 | 14) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let sum: u32 = digits.bytes().rev().zip([1, 3].into_iter().cycle()).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
        if !sum.is_multiple_of(10) || digits.bytes().all(|b| b == b'0') {
            return Err(wrong());
        }
        let padded = format!("{digits:0>14}");
        Ok(Self(padded.strip_prefix('0').map(str::to_owned).unwrap_or(padded)))
    }

    /// 13 digits, or 14.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A hyphen, or what word processors make of one.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}')
}

impl TryFrom<String> for Ean {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl From<Ean> for String {
    fn from(ean: Ean) -> Self {
        ean.0
    }
}

impl std::fmt::Display for Ean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_checked() {
        assert!(Ean::new("8712345678906").is_ok());
        assert!(Ean::new("8712345678905").is_err());
    }

    #[test]
    fn leading_zeros_do_not_make_another_product() {
        assert_eq!(Ean::new("036000291452").unwrap(), Ean::new("0036000291452").unwrap());
        assert_eq!(Ean::new("00036000291452").unwrap(), Ean::new("036000291452").unwrap());
        assert_eq!(Ean::new("0000007740404").unwrap().as_str(), "0000007740404");
    }

    #[test]
    fn hyphens_and_spaces_between_the_digits_say_nothing() {
        let book = Ean::new("9783161484100").unwrap();
        for written in ["978-3-16-148410-0", "978 3 16 148410 0", " 978\u{2011}3\u{2013}161484100", "978\u{a0}3161484100"] {
            assert_eq!(Ean::new(written).as_ref(), Ok(&book), "{written}");
        }
        for wrong in ["978.3.16.148410.0", "978-3-16-148410-1", "978-3-16-14841-0", "--", "9783161484100-5"] {
            assert!(Ean::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for wrong in ["", "87123456789", "871234567890X", "0000000000000", "８712345678906"] {
            assert!(Ean::new(wrong).is_err(), "{wrong}");
        }
    }
}
