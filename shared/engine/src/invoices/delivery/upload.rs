//! A document as a channel is given it.

use super::deliverer::Ready;
use crate::invoices::find::find;
use crate::invoices::wanted::sent;
use crate::rows::{InvoiceDeliveryRow, OrderRow};
use crate::{Cache, ConnectorClient, Ports};
use bytes::Bytes;
use domain::Order;
use domain::invoice::Document;
use ports::{Error, ErrorKind, InvoiceUpload, Result};

/// What is uploaded, once any of it left.
pub(super) async fn ready(world: &Ports, document: &Document, pdf: Bytes) -> Result<Ready> {
    let order = order(world, document).await?;
    let is_on_it = |line: &domain::OrderLineId| document.content.lines.iter().any(|one| one.id == *line);
    let mut lines = order.snapshot.lines.iter().filter(|line| is_on_it(&line.id));
    if !lines.any(|line| !sent(&order, line).is_zero()) {
        return Ok(Ready::NotYet("the channel takes it once the goods were sent"));
    }
    Ok(Ready::Upload(made(&order, document, pdf)))
}

/// Whether the channel has it. `None`: it cannot tell.
pub(super) async fn knows(world: &Ports, lookup: &Cache, row: &InvoiceDeliveryRow) -> Result<Option<bool>> {
    let document = find(world, &row.series, row.sequence).await?;
    let invoice = made(&order(world, &document).await?, &document, Bytes::new());
    let driver = ConnectorClient::open(world, lookup, &row.connection).await?;
    driver.invoices()?.call(|invoices, call| invoices.knows(call, &invoice)).await
}

/// `NotFound`: the order is known no longer.
async fn order(world: &Ports, document: &Document) -> Result<Order> {
    let reference = &document.content.order;
    let order = OrderRow::read(world, &reference.connection, &reference.number).await?;
    order.ok_or_else(|| {
        let message = format!("order {} is known no longer: give its channel the document by hand", reference.number);
        Error::new(ErrorKind::NotFound, "invoice delivery", message)
    })
}

fn made(order: &Order, document: &Document, pdf: Bytes) -> InvoiceUpload {
    let (content, reference) = (&document.content, &document.content.order);
    // An invoice of what left without a shipment of ours has a mark as well, which is no shipment's.
    let is_it = |id: &str| reference.shipment.as_deref() == Some(id);
    let (its, others): (Vec<String>, Vec<String>) = order.shipments.iter().map(|one| one.id.clone()).partition(|id| is_it(id));
    InvoiceUpload {
        order: reference.number.clone(),
        number: document.number.clone(),
        shipment: its.into_iter().next(),
        other_shipments: others,
        lines: content.lines.iter().map(|line| line.id.clone()).collect(),
        pdf,
    }
}
