//! A document as the buyer's mail. The address is read from the one row that has it, when the mail goes out, and kept nowhere else.

use super::deliverer::{Deliverer, Ready};
use crate::buyers::read_buyer;
use crate::rows::{InvoiceDeliveryRow, InvoiceSettingsRow, OrderRow, series_name};
use crate::{DocumentForm, invoices::forms};
use bytes::Bytes;
use documents::{DocumentMail, MailError, MailFile, ParcelTrace, document_mail};
use domain::Order;
use domain::invoice::{Document, DocumentKind};
use ports::{BuyerMail, Error, ErrorKind, Mail, Result};

const MAILING: &str = "invoice mail";

/// What names a mail: the same at every try, and another when a person has it sent once more.
pub(super) fn name(row: &InvoiceDeliveryRow) -> String {
    format!("{}/{:012}-{}", series_name(&row.series).replace('#', "/"), row.sequence, row.again + 1)
}

/// The mail. An error is for a person to see, and holds nothing of the buyer.
pub(super) async fn of(deliverer: &Deliverer<'_>, row: &InvoiceDeliveryRow, document: &Document) -> Result<Ready> {
    let (world, lookup) = (deliverer.world, deliverer.lookup);
    let settings: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
    let Some(sender) = settings.and_then(|settings| settings.mail) else {
        let message = "nobody is set who mails documents: say so in [invoices.mail] of sluis.toml, and have it sent again";
        return Err(Error::new(ErrorKind::Configuration, MAILING, message));
    };
    let connection = lookup.connection(world, &row.connection).await?;
    let connector = world.connectors.get(&connection.channel);
    let rule = connector.and_then(|connector| connector.billing()).map_or(BuyerMail::No, |billing| billing.descriptor().mail);
    if rule == BuyerMail::No {
        return Ok(Ready::Nothing("the channel allows no mail to its buyers"));
    }
    let buyer = read_buyer(world, lookup, &row.connection, &row.order).await?;
    let Some(to) = buyer.expose().email.clone().filter(|email| !email.trim().is_empty()) else {
        return Ok(Ready::Nothing("the channel tells no e-mail address of the buyer"));
    };
    let order = OrderRow::read(world, &row.connection, &row.order).await?;
    let parcels = order.map(|order| parcels(&order, document)).unwrap_or_default();
    let kept: Vec<(DocumentForm, Bytes)> = {
        let mut kept = Vec::new();
        for form in forms(document) {
            kept.push((*form, deliverer.bytes(document, *form).await?));
        }
        kept
    };
    let files: Vec<MailFile<'_>> = kept
        .iter()
        .map(|(form, bytes)| {
            let (ending, media) = form.file();
            MailFile { name: format!("{}.{ending}", document.number.replace('/', "-")), media, bytes }
        })
        .collect();
    let host = sender.from.split_once('@').map_or("localhost", |(_, host)| host);
    let id = format!("{}@{host}", name(row).replace('/', "."));
    let written = document_mail(&DocumentMail {
        document,
        sender: &sender,
        to: to.trim(),
        is_alias: rule == BuyerMail::Alias,
        parcels: &parcels,
        files: &files,
        id: &id,
        at: row.since,
    });
    match written {
        Ok(message) => {
            let mail = Mail { from: sender.from.clone(), to: to.trim().to_owned(), message: Bytes::from(message) };
            Ok(Ready::Mail(Box::new(mail)))
        }
        Err(error @ MailError::Address) => {
            let message = format!("{error}: look at the order on its channel");
            Err(Error::new(ErrorKind::BadInput, MAILING, message))
        }
        Err(error @ MailError::Written) => Err(Error::new(ErrorKind::Bug, MAILING, error.to_string())),
    }
}

/// The parcels that an invoice is about: that of its shipment, or all of the order's where it is for none. A credit note is about none.
fn parcels(order: &Order, document: &Document) -> Vec<ParcelTrace> {
    if document.content.kind == DocumentKind::CreditNote {
        return Vec::new();
    }
    let shipment = document.content.order.shipment.as_deref();
    let its: Vec<_> = order.shipments.iter().filter(|one| Some(one.id.as_str()) == shipment).collect();
    let parcels = if its.is_empty() { order.shipments.iter().collect() } else { its };
    let trace = |parcel: &domain::Shipment| {
        let tracking = parcel.tracking.clone().filter(|code| !code.trim().is_empty())?;
        Some(ParcelTrace { carrier: parcel.carrier.as_ref().and_then(|carrier| named(carrier.as_str())), tracking })
    };
    parcels.into_iter().filter_map(trace).collect()
}

/// A carrier as people call it. Of words that are the merchant's own nothing is said.
fn named(carrier: &str) -> Option<String> {
    let known = [
        ("postnl", "PostNL"),
        ("dhl", "DHL"),
        ("dpd", "DPD"),
        ("gls", "GLS"),
        ("ups", "UPS"),
        ("bpost", "bpost"),
        ("fedex", "FedEx"),
        ("budbee", "Budbee"),
        ("trunkrs", "Trunkrs"),
        ("cycloon", "Cycloon"),
    ];
    let first = carrier.split('-').next().unwrap_or_default();
    known.iter().find(|(word, _)| *word == first).map(|(_, name)| (*name).to_owned())
}
