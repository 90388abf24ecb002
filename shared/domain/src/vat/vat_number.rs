//! VAT numbers as people write them and as VIES wants them.

use super::VatCountry;
use crate::{Country, Invalid};

/// A VAT number with its prefix, without spaces, dots or dashes: `NL123456789B01`, `EL123456789`, `GB123456789`.
///
/// Only the outer form is checked: letters of a country, then 2 to 18 letters and digits. Whether it exists is for VIES to say, and for no
/// formula: Dutch sole traders' numbers of 2020 and later do not pass the old check digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VatNumber(String);

impl VatNumber {
    /// Reads a number as people write it; `GR` before a Greek one becomes `EL`.
    pub fn new(written: &str) -> Result<Self, Invalid> {
        let kept: String = written.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
        let number = kept.to_ascii_uppercase();
        let number = number.strip_prefix("GR").map_or_else(|| number.clone(), |rest| format!("EL{rest}"));
        let is_sound = number.len() >= 4
            && number.len() <= 20
            && number.bytes().all(|b| b.is_ascii_alphanumeric())
            && number.bytes().take(2).all(|b| b.is_ascii_uppercase())
            && number.bytes().skip(2).any(|b| b.is_ascii_digit());
        if is_sound {
            Ok(Self(number))
        } else {
            Err(Invalid::new(
                "VAT number",
                written,
                "two letters of the country, then 2 to 18 letters and digits: NL123456789B01",
            ))
        }
    }

    /// With its prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two letters before it.
    pub fn prefix(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }

    /// What stands after the two letters.
    pub fn without_prefix(&self) -> &str {
        self.0.get(2..).unwrap_or_default()
    }

    /// The state that gave it, if it is one whose numbers VIES knows.
    pub fn country(&self) -> Option<VatCountry> {
        VatCountry::from_code(self.prefix())
    }

    /// Whether the country that an address names could have given it. `EL` belongs to Greece, `XI` to the United Kingdom.
    pub fn fits(&self, country: &Country) -> bool {
        match self.prefix() {
            "EL" => country.as_str() == "GR",
            "XI" => country.as_str() == "GB",
            prefix => prefix == country.as_str(),
        }
    }
}

impl TryFrom<String> for VatNumber {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl From<VatNumber> for String {
    fn from(number: VatNumber) -> Self {
        number.0
    }
}

impl std::fmt::Display for VatNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        let read = |text: &str| VatNumber::new(text).map(|n| n.as_str().to_owned()).ok();
        assert_eq!(read("nl 1234.56.789-B01").as_deref(), Some("NL123456789B01"));
        assert_eq!(read("GR 123456789").as_deref(), Some("EL123456789"));
        for wrong in ["", "NL", "0412345678", "BE", "N1234567", "NL1234567890123456789", "NLB", "BE0412/345/678"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn greece_and_northern_ireland_have_letters_of_their_own() {
        let of = |text: &str| VatNumber::new(text).unwrap().country();
        assert_eq!((of("EL123456789"), of("XI123456789"), of("GB123456789")), (Some(VatCountry::Gr), Some(VatCountry::Xi), None));
        let fits = |number: &str, country: &str| VatNumber::new(number).unwrap().fits(&Country::new(country).unwrap());
        assert!(fits("EL123456789", "GR") && fits("XI123456789", "GB") && fits("BE0123456789", "BE"));
        assert!(!fits("XI123456789", "IE") && !fits("EL123456789", "ES"));
    }
}
