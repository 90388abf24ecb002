//! `[invoices]`: who issues invoices and credit notes, and how documents look. How each connection is invoiced stands in its own block.

mod accounting;
mod check_digits;
mod connection;
mod entity;
mod vies;

pub use accounting::Books;
pub(super) use accounting::read as books;
pub(super) use connection::read as of_connection;

use super::section::Section;
use domain::LocationId;
use domain::invoice::LegalEntityId;
use domain::plain_decimal;
use domain::vat::{ClassRate, Place, ProductClass, Region, VatCountry};
use engine::is_mail_address;
use engine::rows::{InvoiceLook, InvoiceSettingsRow, Language, LegalEntity, MailSender, Shows, Texts};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Parts of states with rates of their own, by their word.
const REGIONS: [(&str, Region); 4] = [
    ("madeira", Region::Madeira),
    ("azores", Region::Azores),
    ("kleinwalsertal", Region::Kleinwalsertal),
    ("corsica", Region::Corsica),
];

/// Languages of documents, by their code.
fn languages() -> [(&'static str, Language); 4] {
    Language::ALL.map(|language| (language.code(), language))
}

/// Reads `[invoices]`. `places`: where locations are, as their own blocks say.
pub(super) fn read(section: &Section<'_, '_>, places: BTreeMap<LocationId, Place>) -> InvoiceSettingsRow {
    let mut entities = BTreeMap::new();
    for one in section.tables("entity") {
        let id: Option<LegalEntityId> = one.must_be("id", "kade-bv", LegalEntityId::new);
        let entity = entity::read(&one);
        one.finish();
        if let (Some(id), Some(entity)) = (id, entity)
            && entities.insert(id, entity).is_some()
        {
            one.wrong("id", "is used by another legal entity too; each needs its own");
        }
    }
    if !section.is_given("entity") {
        section.wrong("entity", "is missing: who issues stands in a block [[invoices.entity]]");
    }
    let classes = section.tables("vat_rate").iter().filter_map(class_rate).collect();
    let look = InvoiceLook {
        accent: section.text("accent").map(str::to_owned),
        texts: section.inner("texts").map(|texts| read_texts(&texts)).unwrap_or_default(),
        shows: section.inner("show").map(|show| read_shows(&show)).unwrap_or_default(),
    };
    let mail = section.inner("mail").and_then(|mail| sender(&mail));
    let vies = section.inner("vies").map(|vies| vies::read(&vies)).unwrap_or_default();
    section.finish();
    InvoiceSettingsRow { entities, places, classes, look, mail, vies, accounting: None }
}

/// Who mails documents.
fn sender(section: &Section<'_, '_>) -> Option<MailSender> {
    let from = section.must_be("from", "invoices@kade.example", address);
    let reply_to = section.may_be("reply_to", address);
    section.finish();
    Some(MailSender { from: from?, reply_to })
}

/// An address that mails can come from.
fn address(text: &str) -> Result<String, String> {
    let text = text.trim();
    if is_mail_address(text) {
        return Ok(text.to_owned());
    }
    Err(format!("got {text:?}, expected an e-mail address without a name, such as \"invoices@kade.example\""))
}

/// Numbers of the merchant's own that may have been mistyped: told to people, and no mistake.
pub(super) fn doubtful(settings: &InvoiceSettingsRow) -> impl Iterator<Item = String> {
    let all =
        settings.entities.iter().flat_map(|(id, one)| one.vat.numbers.iter().map(move |(state, number)| (id, *state, number)));
    let doubtful = all.filter(|(_, state, number)| check_digits::is_doubtful(*state, number));
    doubtful.map(|(id, _, number)| {
        format!(
            "entity {}: the check digits of {number} in `vat_numbers` do not fit; look whether it is typed right",
            id.as_str()
        )
    })
}

/// Legal entities whose sales to consumers in other states would be decided by sums that nobody filled in: told to people, and no mistake, for a merchant
/// may send nothing abroad, and what is sent waits with that as the reason.
pub(super) fn without_sums(settings: &InvoiceSettingsRow) -> impl Iterator<Item = String> {
    let decided = |entity: &LegalEntity| {
        let has_choice = entity.vat.oss.is_some() || entity.vat.destination_from.is_some();
        // With another establishment, or with none in the EU, there is no threshold.
        let has_none = !entity.vat.fixed_establishments.is_empty() || VatCountry::of(&entity.vat.established_in).is_none();
        has_choice || has_none || !entity.sales_abroad.is_empty()
    };
    settings.entities.iter().filter(move |(_, entity)| !decided(entity)).map(|(id, _)| {
        format!(
            "entity {}: neither `oss`, `destination_from` nor `sales_abroad` is said; a sale to a consumer in another member state waits for its invoice \
             until `sales_abroad` says what was sold there in this year and the one before, also where that is nothing: \"0.00\"",
            id.as_str()
        )
    })
}

/// Classes of products that have no rate anywhere: told to people, and no mistake, for their orders wait with that as the reason.
pub(super) fn without_a_rate<'a>(
    settings: &'a InvoiceSettingsRow,
    of_products: impl Iterator<Item = &'a ProductClass> + 'a,
) -> impl Iterator<Item = String> + 'a {
    let has_rate = |class: &ProductClass| class.is_standard() || settings.classes.iter().any(|rate| rate.class == *class);
    let without: BTreeSet<&str> = of_products.filter(|class| !has_rate(class)).map(ProductClass::as_str).collect();
    without.into_iter().map(|class| {
        format!(
            "catalogue: `{class}` in `vat_class` has no [[invoices.vat_rate]]; orders of its products wait for their invoice until it has one"
        )
    })
}

/// At which rate a state taxes a class of products.
fn class_rate(section: &Section<'_, '_>) -> Option<ClassRate> {
    let class = section.must_be("vat_class", "book", ProductClass::new);
    let country = section.must_be("country", "NL", vat_country);
    let region = section.one_of("region", &REGIONS);
    let from: Option<Date> = section.must("from", "2026-01-01");
    // Left out, it is the standard rate, whatever that is.
    let rate = section.may_be("rate", |text| plain_decimal(text).ok_or("expected percent in quotes, such as \"9\" or \"5.5\""));
    section.finish();
    Some(ClassRate { class: class?, country: country?, region, from: from?, rate })
}

/// A state by its code or the letters before its VAT numbers.
fn vat_country(code: &str) -> Result<VatCountry, domain::Invalid> {
    VatCountry::try_from(code.to_owned())
}

fn read_texts(section: &Section<'_, '_>) -> BTreeMap<Language, Texts> {
    let mut texts = BTreeMap::new();
    for (code, language) in languages() {
        let Some(one) = section.inner(code) else { continue };
        let text = |key| one.text(key).unwrap_or_default().to_owned();
        let read = Texts {
            opening: text("opening"),
            closing: text("closing"),
            footer: text("footer"),
            packing_slip: text("packing_slip"),
        };
        one.finish();
        texts.insert(language, read);
    }
    section.finish();
    texts
}

/// What is not named is shown.
fn read_shows(section: &Section<'_, '_>) -> Shows {
    let is_on = |key| !section.is_given(key) || section.flag(key);
    let read =
        Shows { sku: is_on("sku"), contact: is_on("contact"), why_this_vat: is_on("why_this_vat"), barcode: is_on("barcode") };
    section.finish();
    read
}

/// A text that says something.
fn said(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() { Err("it is empty") } else { Ok(text.to_owned()) }
}

/// So many digits, dots and spaces between them aside.
fn digits(text: &str, count: usize) -> Result<String, String> {
    let kept: String = text.chars().filter(|c| !matches!(c, ' ' | '.')).collect();
    if kept.len() == count && kept.bytes().all(|b| b.is_ascii_digit()) {
        Ok(kept)
    } else {
        Err(format!("got {text:?}, expected {count} digits"))
    }
}

#[cfg(test)]
#[path = "invoices_tests.rs"]
mod tests;
