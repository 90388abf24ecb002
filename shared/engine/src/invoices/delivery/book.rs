//! A document as an entry in the merchant's books: which journal, which debtor, which codes. Nothing of a consumer goes along but the document itself.

use super::deliverer::{Deliverer, Ready};
use crate::Ports;
use crate::invoices::find::{find, find_document};
use crate::rows::{AccountingSettings, Declared, InvoiceDeliveryRow, InvoiceDestination, InvoiceSettingsRow};
use crate::{ConnectorClient, DocumentForm};
use bytes::Bytes;
use domain::invoice::{Document, DocumentKind, VatTotal};
use ports::{AccountingEntry, BookedEntry, BusinessDebtor, CreditedEntry, Debtor, EntryLine, Error, ErrorKind, Result};
use rust_decimal::Decimal;

const BOOKING: &str = "booking";
/// Before the number of an entry, where a delivery says where it stands.
const ENTRY: &str = "entry ";

/// What is said of a document that is booked.
pub(super) fn noted(entry: &BookedEntry) -> String {
    format!("{ENTRY}{}", entry.number)
}

async fn settings(world: &Ports) -> Result<AccountingSettings> {
    let settings: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
    settings.and_then(|settings| settings.accounting).ok_or_else(|| {
        let message =
            "no accounting system is set: say so in [invoices.accounting] of sluis.toml, and have the document booked again";
        Error::new(ErrorKind::Declined, BOOKING, message)
    })
}

/// The entry, ready to go.
pub(super) async fn ready(deliverer: &Deliverer<'_>, row: &InvoiceDeliveryRow, document: &Document) -> Result<Ready> {
    let settings = settings(deliverer.world).await?;
    let credited = match &document.content.credits {
        Some(credited) => match credited_entry(deliverer.world, &credited.number).await? {
            Some(entry) => Some(entry),
            None => return Ok(Ready::NotYet("its invoice is booked first")),
        },
        None => None,
    };
    let mut entry = entry(&settings, document, credited)?;
    if entry.lines.is_empty() {
        return Ok(Ready::Nothing("it comes to nothing, so there is nothing to book"));
    }
    let driver = ConnectorClient::open_books(deliverer.world, deliverer.lookup, &settings.connection).await?;
    let most = driver.accounting()?.descriptor().most_bytes;
    entry.pdf = deliverer.bytes(document, DocumentForm::Pdf).await?;
    entry.begun_before = row.version > 1;
    if entry.pdf.len() > most {
        let message = format!("the accounting system takes files of {most} bytes at most, and this has {}", entry.pdf.len());
        return Err(Error::new(ErrorKind::BadInput, BOOKING, message));
    }
    Ok(Ready::Entry(Box::new(entry)))
}

/// Books it.
pub(super) async fn book(deliverer: &Deliverer<'_>, operation: &str, entry: &AccountingEntry) -> Result<BookedEntry> {
    let connection = settings(deliverer.world).await?.connection;
    let driver = ConnectorClient::open_books(deliverer.world, deliverer.lookup, &connection).await?;
    driver.accounting()?.call_as(operation, |accounting, call| accounting.book(call, entry)).await
}

/// The entry of a document, if it is there.
pub(super) async fn find_booked(deliverer: &Deliverer<'_>, row: &InvoiceDeliveryRow) -> Result<Option<BookedEntry>> {
    let settings = settings(deliverer.world).await?;
    let document = find(deliverer.world, &row.series, row.sequence).await?;
    let entry = entry(&settings, &document, None)?;
    let driver = ConnectorClient::open_books(deliverer.world, deliverer.lookup, &settings.connection).await?;
    driver.accounting()?.call(|accounting, call| accounting.find(call, &entry)).await
}

/// The entry of the invoice that is credited. `None`: it is on its way there. One that was never booked here has no number.
async fn credited_entry(world: &Ports, number: &str) -> Result<Option<CreditedEntry>> {
    let invoice = find_document(world, number).await?;
    let key = InvoiceDeliveryRow::key(&invoice.series, invoice.sequence, InvoiceDestination::Accounting);
    let row: Option<InvoiceDeliveryRow> = world.get(&key).await?;
    if row.as_ref().is_some_and(|row| row.state.is_open()) {
        return Ok(None);
    }
    let entry = row.and_then(|row| row.note?.strip_prefix(ENTRY).map(str::to_owned));
    Ok(Some(CreditedEntry { reference: number.to_owned(), entry }))
}

/// What is booked, without the document's bytes. A sale that the settings have no code for is for a person.
fn entry(settings: &AccountingSettings, document: &Document, credits: Option<CreditedEntry>) -> Result<AccountingEntry> {
    let content = &document.content;
    let is_credit = content.kind == DocumentKind::CreditNote;
    let mut lines = Vec::new();
    for total in &content.vat {
        lines.extend(lines_of(settings, document, total)?);
    }
    if is_credit {
        for line in &mut lines {
            (line.net, line.vat) = (-line.net, -line.vat);
        }
    }
    let journal = if is_credit { &settings.credit_journal } else { &settings.sales_journal };
    Ok(AccountingEntry {
        reference: document.number.clone(),
        credits,
        issued_on: document.issued_on,
        currency: content.currency.clone(),
        journal: journal.clone(),
        debtor: debtor(settings, document),
        lines,
        file_name: format!("{}.pdf", document.number.replace('/', "-")),
        pdf: Bytes::new(),
        begun_before: true,
    })
}

/// What is taxed alike: the goods, and what follows them where that has a ledger account of its own. Together they come to the document's own sums.
fn lines_of(settings: &AccountingSettings, document: &Document, total: &VatTotal) -> Result<Vec<EntryLine>> {
    let taxed = &total.taxed;
    let declared = Declared::from(&total.vat_return);
    let fits = |one: &&crate::rows::MappedVatCode| {
        one.country == taxed.country && one.rate.normalize() == taxed.rate.normalize() && one.declared == declared
    };
    let mapped = settings.vat_codes.iter().find(fits).ok_or_else(|| {
        let (country, rate, declared) = (taxed.country.code(), taxed.rate.normalize(), declared.name());
        let message = format!(
            "no VAT code is set for {rate} % of {country}, declared as `{declared}`: add [[invoices.accounting.vat_code]] with country = \
             \"{country}\", rate = \"{rate}\", declared = \"{declared}\" and its code to sluis.toml, and have the document booked again"
        );
        Error::new(ErrorKind::Declined, BOOKING, message)
    })?;
    let goods = mapped.ledger.as_ref().unwrap_or(&settings.ledger);
    let apart = settings.charges_ledger.as_ref().filter(|ledger| *ledger != goods);
    let charges = document.content.charges.iter().filter(|charge| apart.is_some() && charge.taxed == *taxed);
    let (net, vat) = charges.fold((Decimal::ZERO, Decimal::ZERO), |(net, vat), one| (net + one.net, vat + one.gross - one.net));
    let line = |text: &str, ledger: &str, net: Decimal, vat: Decimal| EntryLine {
        text: text.to_owned(),
        ledger: ledger.to_owned(),
        vat_code: mapped.code.clone(),
        rate: taxed.rate,
        net,
        vat,
    };
    let number = &document.number;
    // The cent by which a rate differs from its lines stays with the goods.
    let mut lines = vec![line(number, goods, total.net - net, total.vat - vat)];
    if let Some(ledger) = apart {
        lines.push(line(number, ledger, net, vat));
    }
    lines.retain(|line| !line.net.is_zero() || !line.vat.is_zero());
    Ok(lines)
}

/// A business with a VAT number has an account of its own; everybody else is on a collective one.
fn debtor(settings: &AccountingSettings, document: &Document) -> Debtor {
    let content = &document.content;
    let buyer = &content.buyer;
    if let Some(vat_number) = buyer.vat_number.clone().filter(|_| buyer.is_business) {
        return Debtor::Business(Box::new(BusinessDebtor {
            name: buyer.name.clone(),
            vat_number,
            address: buyer.address.clone(),
        }));
    }
    let (connection, country) = (&content.order.connection, &content.delivery.address.country);
    let fits = |one: &&crate::rows::CollectiveDebtor| {
        one.connection.as_ref().is_none_or(|wanted| wanted == connection)
            && one.country.as_ref().is_none_or(|wanted| wanted == country)
    };
    let code = settings.debtors.iter().find(fits).map_or(&settings.debtor, |one| &one.code);
    Debtor::Collective { code: code.clone() }
}
