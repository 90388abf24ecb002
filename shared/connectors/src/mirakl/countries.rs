//! Countries have three letters here: `NLD`.

use crate::lenient::Field;
use domain::Country;

/// The country of a code of three letters.
pub(super) fn country(code: &Field<String>) -> Option<Country> {
    let code = code.text().trim().to_ascii_uppercase();
    Country::new(rust_iso3166::from_alpha3(&code)?.alpha2).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_letters_are_a_country_and_anything_else_is_none() {
        let read = |code: &str| country(&Field::Read(code.to_owned())).map(|country| country.as_str().to_owned());
        assert_eq!(read("NLD").as_deref(), Some("NL"));
        assert_eq!(read(" bel").as_deref(), Some("BE"));
        assert_eq!(read("GBR").as_deref(), Some("GB"));
        for none in ["NL", "", "XYZ", "Nederland", "528"] {
            assert_eq!(read(none), None, "{none}");
        }
        assert_eq!(country(&Field::Missing), None);
    }
}
