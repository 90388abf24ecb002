//! `[connection.invoices]`: how the orders of a connection are invoiced.

use super::super::location::read_place;
use super::super::section::Section;
use domain::LocationId;
use domain::invoice::{LegalEntityId, NumberFormat};
use engine::rows::{ConnectionInvoices, InvoicePer, InvoiceSettingsRow, InvoiceWhen, OwnNumbers, SoldThere};

const WHEN: [(&str, InvoiceWhen); 3] =
    [("shipped", InvoiceWhen::Shipped), ("paid", InvoiceWhen::Paid), ("ordered", InvoiceWhen::Ordered)];
const PER: [(&str, InvoicePer); 2] = [("shipment", InvoicePer::Shipment), ("order", InvoicePer::Order)];
const SOLD_ON: [(&str, SoldThere); 2] = [("own_shop", SoldThere::OwnShop), ("marketplace", SoldThere::Marketplace)];

/// Reads it, if the connection has one. `settings`: what `[invoices]` says; `locations`: those that serve the connection.
pub(in super::super) fn read(
    connection: &Section<'_, '_>,
    settings: Option<&InvoiceSettingsRow>,
    locations: &[LocationId],
) -> Option<ConnectionInvoices> {
    let section = connection.inner("invoices")?;
    let Some(settings) = settings else {
        connection.wrong("invoices", "needs a legal entity that issues: add [invoices] with a block [[invoices.entity]]");
        return None;
    };
    let entity = section.must_be("entity", "kade-bv", LegalEntityId::new);
    if let Some(entity) = entity.as_ref().filter(|entity| !settings.entities.contains_key(entity)) {
        let known: Vec<&str> = settings.entities.keys().map(LegalEntityId::as_str).collect();
        // One whose own block is wrong is told of there.
        if !known.is_empty() {
            let what = format!("names `{}`, which is no [[invoices.entity]]; known are {}", entity.as_str(), known.join(", "));
            section.wrong("entity", what);
        }
    }
    for location in locations.iter().filter(|location| !settings.places.contains_key(location)) {
        let block = format!("[[location]] id = \"{location}\", address = {{ country = \"NL\", postcode = \"3511 AB\" }}");
        connection.wrong(
            "invoices",
            format!("needs to know where location `{location}` is, for whose VAT it is depends on it: {block}"),
        );
    }
    let since = section.must("since", "2026-12-01T00:00:00Z");
    if !section.is_given("sold_on") {
        section.wrong("sold_on", "is missing; \"own_shop\" or \"marketplace\"");
    }
    let sold_on = section.one_of("sold_on", &SOLD_ON);
    let when = section.one_of("when", &WHEN).unwrap_or_default();
    let per = section.one_of("per", &PER).unwrap_or_default();
    let marketplace_stock = section.inner("marketplace_stock").and_then(|place| read_place(&place));
    let numbers = section.inner("numbers").and_then(|numbers| own_numbers(&numbers));
    let charges_follow_goods = section.flag("charges_follow_goods");
    section.finish();
    Some(ConnectionInvoices {
        entity: entity?,
        since: since?,
        when,
        per,
        sold_on: sold_on?,
        marketplace_stock,
        numbers,
        charges_follow_goods,
    })
}

fn own_numbers(section: &Section<'_, '_>) -> Option<OwnNumbers> {
    let invoices = section.must_be("invoices", "W{year}-{n:05}", NumberFormat::new);
    let credit_notes = section.must_be("credit_notes", "WC{year}-{n:05}", NumberFormat::new);
    section.finish();
    Some(OwnNumbers { invoices: invoices?, credit_notes: credit_notes? })
}
