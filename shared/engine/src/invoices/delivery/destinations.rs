//! Which places want a document.

use crate::rows::{InvoiceDeliveryRow, InvoiceDestination, InvoiceSettingsRow, MailedDocuments, UploadedInvoices};
use crate::{Cache, Ports};
use domain::ChannelSync;
use domain::invoice::{Document, DocumentKind};
use jiff::Timestamp;
use ports::{BuyerMail, Connector, ErrorKind, Invoices, Result, Write};

/// The rows that say so, for the transaction in which the document's bytes are noted as kept. Of a connection that is gone nobody wants anything.
pub(crate) async fn rows(
    world: &Ports,
    lookup: &Cache,
    settings: &InvoiceSettingsRow,
    document: &Document,
) -> Result<Vec<Write>> {
    let now = world.clock.now();
    let mut wanted = Vec::new();
    if settings.accounting.is_some() {
        // Whatever became of the connection that it was sold on.
        wanted.push(InvoiceDestination::Accounting);
    }
    wanted.extend(with_the_sale(world, lookup, settings, document).await?);
    Ok(wanted.into_iter().flat_map(|destination| pending(document, destination, now).first()).collect())
}

/// Those that the connection of the sale asks for.
async fn with_the_sale(
    world: &Ports,
    lookup: &Cache,
    settings: &InvoiceSettingsRow,
    document: &Document,
) -> Result<Vec<InvoiceDestination>> {
    let order = &document.content.order;
    let connection = match lookup.connection(world, &order.connection).await {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(Vec::new()),
        connection => connection?,
    };
    let (Some(terms), Some(connector)) = (&connection.invoices, world.connectors.get(&connection.channel)) else {
        return Ok(Vec::new());
    };
    let mut wanted = Vec::new();
    if is_uploaded(connector, terms.upload, document) {
        wanted.push(InvoiceDestination::Upload);
    }
    if settings.mail.is_some() && is_mailed(connector, terms.mail, document) {
        wanted.push(InvoiceDestination::Mail);
    }
    Ok(wanted)
}

/// A delivery that nobody began.
pub(super) fn pending(document: &Document, destination: InvoiceDestination, now: Timestamp) -> InvoiceDeliveryRow {
    let order = &document.content.order;
    InvoiceDeliveryRow {
        series: document.series.clone(),
        sequence: document.sequence,
        destination,
        document: document.number.clone(),
        connection: order.connection.clone(),
        order: order.number.clone(),
        state: ChannelSync::Pending,
        version: 1,
        again: 0,
        since: now,
        again_at: now,
        in_vain: 0,
        note: None,
    }
}

fn is_uploaded(connector: &dyn Connector, which: UploadedInvoices, document: &Document) -> bool {
    let Some(takes) = connector.invoices().map(Invoices::descriptor) else { return false };
    let content = &document.content;
    if content.kind == DocumentKind::CreditNote && !takes.credit_notes {
        return false;
    }
    match which {
        UploadedInvoices::None => false,
        UploadedInvoices::Required => content.buyer.is_business || content.ship_from != content.delivery.address.country,
        UploadedInvoices::All => true,
    }
}

fn is_mailed(connector: &dyn Connector, which: MailedDocuments, document: &Document) -> bool {
    let may_be_written_to = connector.billing().is_some_and(|billing| billing.descriptor().mail != BuyerMail::No);
    may_be_written_to
        && match which {
            MailedDocuments::None => false,
            MailedDocuments::CreditNotes => document.content.kind == DocumentKind::CreditNote,
            MailedDocuments::All => true,
        }
}
