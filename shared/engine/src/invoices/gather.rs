//! What is looked at for an order's documents, read before anything is decided.

use super::problem::{Done, refuse};
use crate::rows::{
    ConnectionInvoices, ConnectionRow, DocumentRow, InvoiceDueRow, InvoiceSettingsRow, LegalEntity, OrderDocument,
    OrderDocumentsRow, OrderRow, TypedRow as _, VatClassRow,
};
use crate::{Cache, Ports, read_buyer};
use domain::invoice::Document;
use domain::vat::{ProductClass, Rates};
use domain::{Order, OrderBuyer, Personal, Sku};
use ports::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The merchant's settings, and the rates by them.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) settings: InvoiceSettingsRow,
    pub(crate) rates: Rates,
}

impl Books {
    /// Reads them; `None`: nothing is invoiced here.
    pub(crate) async fn read(world: &Ports) -> Result<Option<Self>> {
        let Some(settings) = world.get::<InvoiceSettingsRow>(&InvoiceSettingsRow::key()).await? else { return Ok(None) };
        let rates = Rates::published().with_classes(settings.classes.clone())?;
        Ok(Some(Self { settings, rates }))
    }
}

/// An order, and all that its documents are made of.
pub(crate) struct Facts<'a> {
    pub(crate) books: &'a Books,
    pub(crate) due: InvoiceDueRow,
    pub(crate) connection: Arc<ConnectionRow>,
    pub(crate) order: Order,
    pub(crate) documents: OrderDocumentsRow,
}

/// As far as it was read.
pub(crate) enum Gathered<'a> {
    /// Here it is.
    Facts(Box<Facts<'a>>),
    /// The order, or its connection, is gone or is not invoiced here any more: nothing is left to do.
    Nothing,
}

/// Reads an order and its documents.
pub(crate) async fn gather<'a>(world: &Ports, lookup: &Cache, books: &'a Books, due: &InvoiceDueRow) -> Result<Gathered<'a>> {
    let connection = match lookup.connection(world, &due.connection).await {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(Gathered::Nothing),
        connection => connection?,
    };
    let documents = OrderDocumentsRow::key(&due.connection, &due.number);
    // The lock before the order: what is invoiced in between is found at the write.
    let documents: Option<OrderDocumentsRow> = world.get(&documents).await?;
    let documents = documents.unwrap_or_else(|| OrderDocumentsRow::none(&due.connection, &due.number));
    let order = OrderRow::read(world, &due.connection, &due.number).await?;
    Ok(match order {
        Some(order) if connection.invoices.is_some() => {
            Gathered::Facts(Box::new(Facts { books, due: due.clone(), connection, order, documents }))
        }
        _ => Gathered::Nothing,
    })
}

impl Facts<'_> {
    /// How the connection is invoiced.
    pub(crate) fn terms(&self) -> Done<&ConnectionInvoices> {
        match &self.connection.invoices {
            Some(terms) => Ok(terms),
            None => refuse("not_invoiced", &[], "the connection's orders are not invoiced here"),
        }
    }

    /// Who issues.
    pub(crate) fn entity(&self) -> Done<&LegalEntity> {
        let id = &self.terms()?.entity;
        if let Some(entity) = self.books.settings.entities.get(id) {
            return Ok(entity);
        }
        let message = format!("the connection names the legal entity `{}`, which is not in the settings", id.as_str());
        refuse("entity_unknown", &[("entity", id.as_str())], message)
    }

    /// Who bought it: as kept, or read from the channel now.
    pub(crate) async fn buyer(&self, world: &Ports, lookup: &Cache) -> Done<Personal<OrderBuyer>> {
        match read_buyer(world, lookup, &self.due.connection, &self.due.number).await {
            Err(error) if error.kind == ErrorKind::Declined => refuse("buyer_gone", &[], error.message),
            buyer => Ok(buyer?),
        }
    }

    /// As what its products are taxed. Also where the settings have no classes: a product that has one must not be taxed as if it had none.
    pub(crate) async fn classes(&self, world: &Ports) -> Result<BTreeMap<Sku, ProductClass>> {
        let mut classes = BTreeMap::new();
        let told = self.order.snapshot.lines.iter().filter_map(|line| line.sku.clone());
        let skus: BTreeSet<Sku> = self.order.lines.iter().filter_map(|line| line.sku.clone()).chain(told).collect();
        for sku in skus {
            if let Some(row) = world.get::<VatClassRow>(&VatClassRow::key(&sku)).await? {
                classes.insert(sku, row.class);
            }
        }
        Ok(classes)
    }

    /// A document of the order, as it was issued.
    pub(crate) async fn document(&self, world: &Ports, one: &OrderDocument) -> Result<Option<Document>> {
        let Some(issued) = &one.issued else { return Ok(None) };
        let row = world.table.get(&DocumentRow::key(&issued.series, issued.sequence)).await?;
        let lost = || Error::new(ErrorKind::Bug, "invoice", format!("document {} is not in the table", issued.number));
        Ok(Some(DocumentRow::from_row(&row.ok_or_else(lost)?)?.0))
    }
}
