//! The states whose VAT the goods of a shipment can fall under.

use crate::{Country, Invalid};

/// A member state of the European Union, or Northern Ireland, where the EU's VAT rules hold for goods (Windsor Framework, art. 8).
///
/// A closed list on purpose: what is not on it is outside the EU's VAT, whatever the country code of an address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
#[expect(missing_docs, reason = "each is the ISO 3166-1 code of the state; XI is Northern Ireland")]
pub enum VatCountry {
    At,
    Be,
    Bg,
    Cy,
    Cz,
    De,
    Dk,
    Ee,
    Es,
    Fi,
    Fr,
    Gr,
    Hr,
    Hu,
    Ie,
    It,
    Lt,
    Lu,
    Lv,
    Mt,
    Nl,
    Pl,
    Pt,
    Ro,
    Se,
    Si,
    Sk,
    Xi,
}

const ALL: [(VatCountry, &str); 28] = [
    (VatCountry::At, "AT"),
    (VatCountry::Be, "BE"),
    (VatCountry::Bg, "BG"),
    (VatCountry::Cy, "CY"),
    (VatCountry::Cz, "CZ"),
    (VatCountry::De, "DE"),
    (VatCountry::Dk, "DK"),
    (VatCountry::Ee, "EE"),
    (VatCountry::Es, "ES"),
    (VatCountry::Fi, "FI"),
    (VatCountry::Fr, "FR"),
    (VatCountry::Gr, "GR"),
    (VatCountry::Hr, "HR"),
    (VatCountry::Hu, "HU"),
    (VatCountry::Ie, "IE"),
    (VatCountry::It, "IT"),
    (VatCountry::Lt, "LT"),
    (VatCountry::Lu, "LU"),
    (VatCountry::Lv, "LV"),
    (VatCountry::Mt, "MT"),
    (VatCountry::Nl, "NL"),
    (VatCountry::Pl, "PL"),
    (VatCountry::Pt, "PT"),
    (VatCountry::Ro, "RO"),
    (VatCountry::Se, "SE"),
    (VatCountry::Si, "SI"),
    (VatCountry::Sk, "SK"),
    (VatCountry::Xi, "XI"),
];

impl VatCountry {
    /// All of them, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|(country, _)| *country)
    }

    /// By the country code of an address (`GR`) or the prefix of a VAT number (`EL`): the two differ for Greece alone.
    pub fn from_code(code: &str) -> Option<Self> {
        let code = if code == "EL" { "GR" } else { code };
        ALL.iter().find(|(_, known)| *known == code).map(|(country, _)| *country)
    }

    /// The code: ISO 3166-1, and `XI` for Northern Ireland.
    pub fn code(self) -> &'static str {
        ALL.iter().find(|(country, _)| *country == self).map_or("", |(_, code)| code)
    }

    /// What VAT numbers of the state begin with: its code, but `EL` for Greece (Directive 2006/112/EC, art. 215).
    pub fn prefix(self) -> &'static str {
        if self == Self::Gr { "EL" } else { self.code() }
    }

    /// A country as far as it is one of these. Without a postcode that says nothing about Northern Ireland or territories outside the VAT: for an address, see `Zone`.
    pub fn of(country: &Country) -> Option<Self> {
        Self::from_code(country.as_str())
    }
}

impl TryFrom<String> for VatCountry {
    type Error = Invalid;
    fn try_from(code: String) -> Result<Self, Invalid> {
        Self::from_code(&code)
            .ok_or_else(|| Invalid::new("VAT country", &code, "a member state of the EU, such as NL, or XI for Northern Ireland"))
    }
}

impl From<VatCountry> for String {
    fn from(country: VatCountry) -> Self {
        country.code().to_owned()
    }
}

impl std::fmt::Display for VatCountry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_known_by_its_code_and_by_its_prefix() {
        assert_eq!(VatCountry::all().count(), 28);
        for country in VatCountry::all() {
            assert_eq!(VatCountry::from_code(country.code()), Some(country));
            assert_eq!(VatCountry::from_code(country.prefix()), Some(country));
        }
        assert_eq!(VatCountry::Gr.prefix(), "EL");
        assert_eq!((VatCountry::from_code("GB"), VatCountry::from_code("CH")), (None, None));
    }
}
