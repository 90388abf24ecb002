//! Invoices and credit notes: lists of what was issued and of what waits, and those of one order. Nothing here tells who bought.

use super::invoice_delivery::{InvoiceDeliveryView, deliveries};
use super::paging::{Page, no_cursor, page};
use super::{PageRequest, Unreadable, not_found};
use crate::Ports;
use crate::connections::not_there;
use crate::readable::{Wanted, readable, wanted};
use crate::rows::{DocumentRow, InvoiceDueRow, InvoiceProblem, IssuedAs, OrderDocumentsRow, OrderRow, SeriesRow, series_name};
use domain::invoice::{Document, DocumentKind, Series};
use domain::{ConnectionId, Currency, LineUnits, Money, OrderNumber};
use jiff::Timestamp;
use jiff::civil::Date;
use ports::Result;
use rust_decimal::Decimal;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A page of what was issued.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct InvoicesPage {
    /// Series by series: of the latest year first, invoices before credit notes; within a series the last number first.
    pub invoices: Vec<InvoiceSummary>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceType {
    /// An invoice.
    Invoice,
    /// A credit note. Its amounts are positive: they come off.
    CreditNote,
}

impl From<DocumentKind> for InvoiceType {
    fn from(kind: DocumentKind) -> Self {
        match kind {
            DocumentKind::Invoice => Self::Invoice,
            DocumentKind::CreditNote => Self::CreditNote,
        }
    }
}

/// An issued invoice or credit note, in short.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct InvoiceSummary {
    /// Its number, as it stands on the document: `F2026-00418`.
    pub number: String,
    /// What it is.
    pub r#type: InvoiceType,
    /// The date of issue, in Europe/Amsterdam: `2026-11-24`.
    #[schemars(with = "String")]
    pub issued_on: Date,
    /// The legal entity that issued it, by the merchant's word for it.
    pub entity: String,
    /// Where its order came from.
    pub connection: ConnectionId,
    /// The id by which the channel names the order.
    pub order: OrderNumber,
    /// The order's number as a person sees it on the channel, where it differs.
    pub display_number: Option<String>,
    /// What it comes to, with VAT, however it was paid.
    pub total: Money,
    /// The number of the invoice that it credits: of credit notes alone.
    pub credits: Option<String>,
    /// How far it came to the places that want it; none: it is sent nowhere.
    #[serde(default)]
    pub deliveries: Vec<InvoiceDeliveryView>,
}

/// A page of orders that wait for a document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct WaitingInvoices {
    /// By connection and order.
    pub waiting: Vec<WaitingInvoice>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// An order that wants an invoice or credit note and has none yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct WaitingInvoice {
    /// Where it came from.
    pub connection: ConnectionId,
    /// The id by which the channel names it.
    pub order: OrderNumber,
    /// When it came to want one, UTC.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// From when on it is looked at next, UTC.
    #[schemars(with = "String")]
    pub next_try_at: Timestamp,
    /// Why it has none: a person must see to it. None: it was not looked at since, or is tried again by itself.
    pub problem: Option<InvoiceProblem>,
}

/// The documents of an order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderInvoices {
    /// In the order in which they were issued.
    pub invoices: Vec<InvoiceSummary>,
    /// Units that a marketplace accounts for and invoices: the merchant issues nothing for them.
    pub invoiced_by_marketplace: Vec<LineUnits>,
    /// That the order waits for a document; none: it has all that it wants.
    pub waiting: Option<WaitingInvoice>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// An amount of a document, in the one form in which amounts are told: nothing is `0.00`, too.
pub(super) fn money(amount: Decimal, currency: &Currency) -> Money {
    Money::told(amount, currency).unwrap_or_else(|| Money { amount, currency: currency.clone() })
}

impl From<&Document> for InvoiceSummary {
    fn from(document: &Document) -> Self {
        let content = &document.content;
        Self {
            number: document.number.clone(),
            r#type: content.kind.into(),
            issued_on: document.issued_on,
            entity: document.series.entity.as_str().to_owned(),
            connection: content.order.connection.clone(),
            order: content.order.number.clone(),
            display_number: content.order.display_number.clone(),
            total: money(content.totals.gross, &content.currency),
            credits: content.credits.as_ref().map(|credited| credited.number.clone()),
            deliveries: Vec::new(),
        }
    }
}

impl From<InvoiceDueRow> for WaitingInvoice {
    fn from(row: InvoiceDueRow) -> Self {
        let InvoiceDueRow { connection, number, since, again_at, problem, .. } = row;
        Self { connection, order: number, since, next_try_at: again_at, problem }
    }
}

/// Stands in a cursor between the name of a series and the place in it. No name holds it.
const SERIES_ENDS: char = '!';

/// A series as a cursor names it: of letters that need no escape in an address.
fn named(series: &Series) -> String {
    series_name(series).replace('#', ".")
}

/// A page of what was issued, of this type alone if one is named. A page goes on in the next series where one ends.
pub async fn invoices(world: &Ports, only: Option<InvoiceType>, request: &PageRequest) -> Result<InvoicesPage> {
    let (mut series, mut unreadable) = readable::<SeriesRow>(world, SeriesRow::PARTITION, "").await?;
    series.retain(|row| only.is_none_or(|only| only == InvoiceType::from(row.series.kind)));
    series.sort_by_key(|row| (Reverse(row.series.year), row.series.kind, named(&row.series)));
    let (mut from, mut inner) = (0, None);
    if let Some(cursor) = &request.cursor {
        let (name, place) = cursor.split_once(SERIES_ENDS).ok_or_else(no_cursor)?;
        from = series.iter().position(|row| named(&row.series) == name).ok_or_else(no_cursor)?;
        inner = Some(place.to_owned());
        unreadable.clear();
    }
    let (mut found, mut next) = (Vec::new(), None);
    for row in series.iter().skip(from) {
        let part = PageRequest { cursor: inner.take(), limit: request.size() - found.len() };
        let partition = DocumentRow::partition(&row.series);
        let Page { rows, next: more, unreadable: lost } =
            page(world, &partition, "", &part, true, |_: &DocumentRow| true).await?;
        unreadable.extend(lost);
        let places = || rows.iter().map(|DocumentRow(document)| document.sequence);
        let mut sent = match (places().max(), places().min()) {
            (Some(highest), Some(lowest)) => deliveries(world, &row.series, highest, lowest, &mut unreadable).await?,
            _ => BTreeMap::new(),
        };
        found.extend(rows.iter().map(|DocumentRow(document)| {
            let deliveries = sent.remove(&document.sequence).unwrap_or_default();
            InvoiceSummary { deliveries, ..InvoiceSummary::from(document) }
        }));
        if let Some(place) = more {
            next = Some(format!("{}{SERIES_ENDS}{place}", named(&row.series)));
            break;
        }
    }
    Ok(InvoicesPage { invoices: found, next, unreadable })
}

/// A document in short, with how far it came.
pub(super) async fn summary(world: &Ports, document: &Document, noted: &mut Vec<Unreadable>) -> Result<InvoiceSummary> {
    let place = document.sequence;
    let mut sent = deliveries(world, &document.series, place, place, noted).await?;
    let deliveries = sent.remove(&place).unwrap_or_default();
    Ok(InvoiceSummary { deliveries, ..InvoiceSummary::from(document) })
}

/// A page of the orders that wait for a document.
pub async fn waiting_invoices(world: &Ports, request: &PageRequest) -> Result<WaitingInvoices> {
    let Page { rows, next, unreadable } =
        page(world, InvoiceDueRow::PARTITION, "", request, false, |_: &InvoiceDueRow| true).await?;
    Ok(WaitingInvoices { waiting: rows.into_iter().map(WaitingInvoice::from).collect(), next, unreadable })
}

/// The documents of an order, and what it waits for.
pub async fn order_invoices(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<OrderInvoices> {
    let mut unreadable = Vec::new();
    let documents = wanted::<OrderDocumentsRow>(world, &OrderDocumentsRow::key(connection, number), &mut unreadable).await?;
    if matches!(documents, Wanted::Absent) && OrderRow::read(world, connection, number).await?.is_none() {
        return Err(not_found(not_there(world, connection, number).await));
    }
    let (mut invoices, mut invoiced_by_marketplace) = (Vec::new(), Vec::new());
    for one in documents.read().into_iter().flat_map(|row| row.documents) {
        let Some(IssuedAs { series, sequence, .. }) = one.issued else {
            invoiced_by_marketplace.extend(one.lines);
            continue;
        };
        let document = wanted::<DocumentRow>(world, &DocumentRow::key(&series, sequence), &mut unreadable).await?.read();
        let Some(DocumentRow(document)) = document else { continue };
        invoices.push(summary(world, &document, &mut unreadable).await?);
    }
    let waiting = wanted::<InvoiceDueRow>(world, &InvoiceDueRow::key(connection, number), &mut unreadable).await?.read();
    Ok(OrderInvoices { invoices, invoiced_by_marketplace, waiting: waiting.map(WaitingInvoice::from), unreadable })
}
