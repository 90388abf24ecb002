//! Buyers as channels write them. What a buyer wrote is read as it is and never refused: whatever is no text is left out.
//!
//! None of these types has a `Debug`, so that nothing of a buyer comes into a log or an error by way of one.

use crate::lenient::Field;
use domain::vat::VatNumber;
use domain::{Country, PostalAddress, buyer_text};
use ports::Account;

/// The setting with the names of the fields in which a shop keeps the buyer's VAT number: no shop has one of its own, plugins and themes do.
pub const VAT_NUMBER_FIELDS: &str = "vat_number_fields";

/// Names that are looked for where the setting names none, in small letters and without what stands between words.
const USUAL: [&str; 9] =
    ["vatnumber", "billingvatnumber", "billingvat", "billingeuvatnumber", "euvatnumber", "vatid", "taxid", "btwnummer", "btwnr"];

/// A text that may be of any form or missing.
pub fn told(field: &Field<String>) -> Option<String> {
    buyer_text(field.text())
}

/// First and last name, as far as they are told.
pub fn name(parts: &[&Field<String>]) -> String {
    parts.iter().filter_map(|part| told(part)).collect::<Vec<_>>().join(" ")
}

/// Lines above the postcode, without empty ones.
pub fn lines(texts: impl IntoIterator<Item = Option<String>>) -> Vec<String> {
    texts.into_iter().flatten().collect()
}

/// An address of these parts.
pub fn address(
    name: String,
    company: &Field<String>,
    lines: Vec<String>,
    postcode: &Field<String>,
    city: &Field<String>,
    country: &Field<String>,
) -> Option<PostalAddress> {
    let (company, postcode, city) = (told(company), told(postcode), told(city));
    PostalAddress { name, company, lines, postcode, city, country: Country::new(country.text().trim()).ok() }.if_any()
}

/// A VAT number as a buyer may have written it. One without the letters of its country gets those of the address.
pub fn vat_number(text: &str, country: Option<&Country>) -> Option<VatNumber> {
    let text = buyer_text(text)?;
    let prefixed = || {
        let country = domain::vat::VatCountry::of(country?)?;
        VatNumber::new(&format!("{}{text}", country.prefix())).ok()
    };
    // Only a number that begins with a digit lacks them: `BE` alone is none.
    if text.starts_with(|c: char| c.is_ascii_digit()) { prefixed() } else { VatNumber::new(&text).ok() }
}

/// The VAT number among fields that plugins and themes put into an order, by name and content.
pub fn vat_number_of<'a>(
    account: &Account,
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    country: Option<&Country>,
) -> Option<VatNumber> {
    let named = account.settings.get(VAT_NUMBER_FIELDS).map_or("", String::as_str);
    let named: Vec<String> = named.split(',').map(plain).filter(|name| !name.is_empty()).collect();
    let is_one = |name: &str| {
        let name = plain(name);
        if named.is_empty() { USUAL.contains(&name.as_str()) } else { named.contains(&name) }
    };
    fields.into_iter().filter(|(name, _)| is_one(name)).find_map(|(_, content)| vat_number(content, country))
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn country(code: &str) -> Option<Country> {
        Country::new(code).ok()
    }

    #[test]
    fn a_vat_number_is_read_as_buyers_write_it() {
        let read = |text: &str, code: &str| vat_number(text, country(code).as_ref()).map(|n| n.as_str().to_owned());
        assert_eq!(read("nl 1234.56.789.B01", "NL").as_deref(), Some("NL123456789B01"));
        assert_eq!(read("0123.456.789", "BE").as_deref(), Some("BE0123456789"));
        assert_eq!(read("123456789", "GR").as_deref(), Some("EL123456789"));
        for none in [("", "NL"), ("n/a", "NL"), ("BE", "BE"), ("123456789", "US"), ("geen", "NL")] {
            assert_eq!(read(none.0, none.1), None, "{none:?}");
        }
    }

    #[test]
    fn it_stands_in_a_usual_field_or_in_the_one_that_the_merchant_names() {
        let account = |named: Option<&str>| Account {
            connection: domain::ConnectionId::new("shop").unwrap(),
            channel: domain::ChannelId::new("any").unwrap(),
            base_url: String::new(),
            settings: named.map(|named| (VAT_NUMBER_FIELDS.to_owned(), named.to_owned())).into_iter().collect(),
            credentials: BTreeMap::new(),
        };
        let fields = [("_color", "NL000000000B00"), ("_billing_vat_number", "NL123456789B01"), ("my-field", "BE0123456789")];
        let found = |named| vat_number_of(&account(named), fields, None).map(|n| n.as_str().to_owned());
        assert_eq!(found(None).as_deref(), Some("NL123456789B01"));
        assert_eq!(found(Some("My_Field")).as_deref(), Some("BE0123456789"));
        assert_eq!(found(Some("nothing, of these")), None);
    }
}
