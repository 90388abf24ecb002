//! One `[[invoices.entity]]`: a legal entity, as it stands on documents and as tax authorities know it.

use super::super::section::Section;
use super::{check_digits, digits, languages, said, vat_country};
use domain::invoice::{Address, DocumentKind, NumberFormat, Seller, SellerRegistration};
use domain::vat::{self, Oss, SmallBusiness, VatCountry, VatNumber};
use domain::{Country, plain_decimal};
use engine::rows::{Language, LegalEntity, SeriesStart};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

const KINDS: [(&str, DocumentKind); 2] = [("invoice", DocumentKind::Invoice), ("credit_note", DocumentKind::CreditNote)];
/// The largest number that a series may go on with. Documents can have twelve digits: there must be room for those to come.
const MOST: i64 = 99_999_999_999;

pub(super) fn read(section: &Section<'_, '_>) -> Option<LegalEntity> {
    let name = section.must_be("name", "Kade Wonen B.V.", said);
    if !section.is_given("address") {
        section.wrong("address", ADDRESS_MISSING);
    }
    let address = section.inner("address").and_then(|address| read_address(&address));
    // All of it is read before anything is given up for want of another part, so that every mistake is told.
    let trading_name = section.may_be("trading_name", said);
    let registration = registration(section);
    let (email, phone) = (section.may_be("email", super::address), section.may_be("phone", said));
    let iban = section.may_be("iban", iban);
    let vat = read_vat(section, address.as_ref().map(|address| address.country.clone()));
    let invoice_numbers = section.must_be("invoice_numbers", "F{year}-{n:05}", NumberFormat::new);
    let credit_note_numbers = section.must_be("credit_note_numbers", "C{year}-{n:05}", NumberFormat::new);
    let language = section.one_of("language", &languages()).unwrap_or(Language::Nl);
    let starts = section.tables("start").iter().filter_map(start).collect();
    let sales_abroad = section.inner("sales_abroad").map(|years| sales_abroad(&years)).unwrap_or_default();
    // Each document has the VAT number that its sale was made under.
    let seller = Seller { name: name?, trading_name, address: address?, vat_number: None, registration, email, phone, iban };
    Some(LegalEntity {
        seller,
        vat: vat?,
        invoice_numbers: invoice_numbers?,
        credit_note_numbers: credit_note_numbers?,
        language,
        starts,
        sales_abroad,
    })
}

const ADDRESS_MISSING: &str = "is missing; for example address = { lines = [\"Havenkade 12\"], postcode = \"3011 AB\", city = \"Rotterdam\", \
                               country = \"NL\" }";

fn read_address(section: &Section<'_, '_>) -> Option<Address> {
    let lines: Vec<String> = section.list("lines").unwrap_or_default();
    if lines.iter().all(|line| line.trim().is_empty()) {
        section.wrong("lines", "needs the street with its number; for example lines = [\"Havenkade 12\"]");
    }
    let postcode = section.may_be("postcode", said);
    let city = section.must_be("city", "Rotterdam", said);
    let country: Option<Country> = section.must("country", "NL");
    section.finish();
    Some(Address { lines, postcode, city: city?, country: country? })
}

/// By the register that is named; two of them is one too many.
fn registration(section: &Section<'_, '_>) -> Option<SellerRegistration> {
    let kvk = section.may_be("kvk", |text| digits(text, 8)).map(|number| SellerRegistration::Kvk { number });
    let court = section.may_be("court", said);
    let kbo = section.may_be("kbo", belgian).map(|number| SellerRegistration::Kbo { number, court });
    let other = section.may_be("registration", said).map(|number| SellerRegistration::Other { number });
    let given: Vec<SellerRegistration> = [kvk, kbo, other].into_iter().flatten().collect();
    if given.len() > 1 {
        section.says("give one of `kvk`, `kbo` and `registration`: a legal entity is in one trade register");
    }
    given.into_iter().next()
}

/// A Belgian enterprise number, its check digits right.
fn belgian(text: &str) -> Result<String, String> {
    let number = digits(text, 10)?;
    if check_digits::is_belgian(&number) { Ok(number) } else { Err(format!("got {text:?}, whose check digits do not fit")) }
}

/// An account number without spaces, its check digits right (ISO 13616).
fn iban(text: &str) -> Result<String, String> {
    let kept: String = text.chars().filter(|c| *c != ' ').collect::<String>().to_ascii_uppercase();
    let is_sound = (15..=34).contains(&kept.len()) && kept.bytes().all(|b| b.is_ascii_alphanumeric());
    let (start, rest) = kept.split_at_checked(4).unwrap_or_default();
    // Letters count as 10 to 35.
    let figures = rest.chars().chain(start.chars()).filter_map(|c| c.to_digit(36));
    let after = |sum: u32, figure: u32| if figure > 9 { sum * 100 + figure } else { sum * 10 + figure };
    let remainder = figures.fold(0, |sum, figure| after(sum, figure) % 97);
    if is_sound && remainder == 1 {
        Ok(kept)
    } else {
        Err(format!("got {text:?}, which is no IBAN: its check digits do not fit"))
    }
}

fn read_vat(section: &Section<'_, '_>, home: Option<Country>) -> Option<vat::Seller> {
    let numbers = section.inner("vat_numbers").map(|numbers| vat_numbers(section, &numbers)).unwrap_or_default();
    let small_business: Vec<SmallBusiness> = section.tables("small_business").iter().filter_map(small_business).collect();
    if numbers.is_empty() && small_business.is_empty() && !section.is_given("vat_numbers") {
        let example = "for example vat_numbers = { NL = \"NL812345678B01\" }; a small business without VAT says so in [[invoices.entity.small_business]]";
        section.wrong("vat_numbers", format!("is missing; {example}"));
    }
    let fixed: Vec<Country> = section.list("fixed_establishments").unwrap_or_default();
    let mut fixed_establishments = BTreeSet::new();
    for country in fixed {
        match VatCountry::of(&country) {
            Some(state) => drop(fixed_establishments.insert(state)),
            None => section.wrong("fixed_establishments", format!("names `{country}`, which is no member state of the EU")),
        }
    }
    let established_in = section.may("established_in").or(home);
    let oss = section.inner("oss").and_then(|oss| read_oss(&oss));
    let shifts_vat = section.inner("shifts_vat").map(|states| shifts(section, &states)).unwrap_or_default();
    Some(vat::Seller {
        fixed_establishments,
        numbers,
        oss,
        destination_from: section.may("destination_from"),
        small_business,
        shifts_vat,
        established_in: established_in?,
    })
}

/// By the state that gave each; the number must begin with its letters.
fn vat_numbers(entity: &Section<'_, '_>, section: &Section<'_, '_>) -> BTreeMap<VatCountry, VatNumber> {
    let mut numbers = BTreeMap::new();
    for (code, _, value) in section.pairs() {
        let number = value.as_str().ok_or_else(|| "must be a text in quotes".to_owned());
        let read = number.and_then(|text| {
            let state = vat_country(code).map_err(|error| error.to_string())?;
            let number = VatNumber::new(text).map_err(|error| error.to_string())?;
            if number.country() != Some(state) {
                return Err(format!("{number} was given by another state than {code}"));
            }
            check_digits::wrong(state, &number).map_or(Ok((state, number)), Err)
        });
        match read {
            Ok((state, number)) => drop(numbers.insert(state, number)),
            Err(why) => entity.wrong("vat_numbers", format!("is wrong for {code}: {why}")),
        }
    }
    numbers
}

fn read_oss(section: &Section<'_, '_>) -> Option<Oss> {
    let number = section.must_be("number", "NL812345678B01", VatNumber::new);
    let from: Option<Date> = section.must("from", "2026-01-01");
    let until = section.may("until");
    section.finish();
    Some(Oss { number: number?, from: from?, until })
}

fn small_business(section: &Section<'_, '_>) -> Option<SmallBusiness> {
    let country = section.must_be("country", "NL", vat_country);
    let from: Option<Date> = section.must("from", "2026-01-01");
    let until = section.may("until");
    section.finish();
    Some(SmallBusiness { country: country?, from: from?, until })
}

fn shifts(entity: &Section<'_, '_>, section: &Section<'_, '_>) -> BTreeMap<VatCountry, bool> {
    let mut states = BTreeMap::new();
    for (code, _, value) in section.pairs() {
        match (vat_country(code), value.as_bool()) {
            (Ok(state), Some(shifts)) => drop(states.insert(state, shifts)),
            (Err(error), _) => entity.wrong("shifts_vat", format!("is wrong: {error}")),
            (Ok(_), None) => entity.wrong("shifts_vat", format!("is wrong for {code}: must be true or false")),
        }
    }
    states
}

/// Where another program stopped.
fn start(section: &Section<'_, '_>) -> Option<SeriesStart> {
    if !section.is_given("kind") {
        section.wrong("kind", "is missing; \"invoice\" or \"credit_note\"");
    }
    let kind = section.one_of("kind", &KINDS);
    for key in ["year", "first"] {
        if !section.is_given(key) {
            section.wrong(key, "is missing: the year, and the first number that is given here");
        }
    }
    let year = section.number("year", 2000, 2999).and_then(|year| i16::try_from(year).ok());
    let first = section.number("first", 1, MOST).and_then(|first| u64::try_from(first).ok());
    section.finish();
    Some(SeriesStart { kind: kind?, year: year?, first: first? })
}

/// Euro without VAT, by calendar year.
fn sales_abroad(section: &Section<'_, '_>) -> BTreeMap<i16, Decimal> {
    let mut years = BTreeMap::new();
    for (name, _, value) in section.pairs() {
        let year = name.parse::<i16>().ok().filter(|year| (2000..=2999).contains(year));
        let sum = value.as_str().and_then(plain_decimal).filter(|sum| !sum.is_sign_negative());
        match (year, sum) {
            (Some(year), Some(sum)) => drop(years.insert(year, sum)),
            _ => section.says(format!("`{name}` must be a year with euro without VAT in quotes: 2025 = \"1234.50\"")),
        }
    }
    years
}
