//! `[connection.invoices]`: how the orders of a connection are invoiced.

use super::super::location::read_place;
use super::super::section::Section;
use domain::LocationId;
use domain::invoice::{LegalEntityId, NumberFormat};
use engine::rows::{
    ConnectionInvoices, InvoicePer, InvoiceSettingsRow, InvoiceWhen, MailedDocuments, NegativeFees, OwnNumbers, SoldThere,
    UploadedInvoices,
};
use ports::{BuyerMail, Connector};

const WHEN: [(&str, InvoiceWhen); 3] =
    [("shipped", InvoiceWhen::Shipped), ("paid", InvoiceWhen::Paid), ("ordered", InvoiceWhen::Ordered)];
const PER: [(&str, InvoicePer); 2] = [("shipment", InvoicePer::Shipment), ("order", InvoicePer::Order)];
const SOLD_ON: [(&str, SoldThere); 2] = [("own_shop", SoldThere::OwnShop), ("marketplace", SoldThere::Marketplace)];
const NEGATIVE_FEES: [(&str, NegativeFees); 3] =
    [("ask", NegativeFees::Ask), ("discount", NegativeFees::Discount), ("gift_card", NegativeFees::GiftCard)];
const UPLOAD: [(&str, UploadedInvoices); 3] =
    [("all", UploadedInvoices::All), ("required", UploadedInvoices::Required), ("none", UploadedInvoices::None)];
const MAIL: [(&str, MailedDocuments); 3] =
    [("all", MailedDocuments::All), ("credit_notes", MailedDocuments::CreditNotes), ("none", MailedDocuments::None)];

/// Reads it, if the connection has one. `settings`: what `[invoices]` says; `locations`: those that serve the connection; `connector`: its channel's.
pub(in super::super) fn read(
    connection: &Section<'_, '_>,
    settings: Option<&InvoiceSettingsRow>,
    locations: &[LocationId],
    connector: Option<&dyn Connector>,
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
    let negative_fees = section.one_of("negative_fees", &NEGATIVE_FEES).unwrap_or_default();
    let upload = section.one_of("upload", &UPLOAD).unwrap_or_default();
    let mail = section.one_of("mail", &MAIL).unwrap_or_default();
    // Of a channel that is not known it is said already.
    if let Some(connector) = connector {
        complain_of_ways(&section, settings, connector, upload, mail);
    }
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
        negative_fees,
        upload,
        mail,
    })
}

/// Where documents cannot go.
fn complain_of_ways(
    section: &Section<'_, '_>,
    settings: &InvoiceSettingsRow,
    connector: &dyn Connector,
    upload: UploadedInvoices,
    mail: MailedDocuments,
) {
    let channel = connector.descriptor().title;
    if !upload.is_none() && connector.invoices().is_none() {
        section.wrong("upload", format!("cannot be: {channel} takes no invoices; leave it out, or say \"none\""));
    }
    if mail.is_none() {
        return;
    }
    let may_be = connector.billing().is_some_and(|billing| billing.descriptor().mail != BuyerMail::No);
    if !may_be {
        section.wrong("mail", format!("cannot be: {channel} allows no mail to its buyers; leave it out, or say \"none\""));
    } else if settings.mail.is_none() {
        section.wrong("mail", "needs a sender: add [invoices.mail] with from = \"invoices@kade.example\"");
    }
}

fn own_numbers(section: &Section<'_, '_>) -> Option<OwnNumbers> {
    let invoices = section.must_be("invoices", "W{year}-{n:05}", NumberFormat::new);
    let credit_notes = section.must_be("credit_notes", "WC{year}-{n:05}", NumberFormat::new);
    section.finish();
    Some(OwnNumbers { invoices: invoices?, credit_notes: credit_notes? })
}
