//! What channels say of invoices by themselves, asked for by the clock: customers who want one, and files that were taken and found wrong later.

use super::deliverer::{is_final, subject};
use super::{destinations, step, upload};
use crate::invoices::find::documents_of;
use crate::readable::readable_connections;
use crate::rows::{InvoiceDeliveryRow, InvoiceDestination, lost};
use crate::{Cache, ConnectorClient, Ports};
use domain::ChannelSync;
use domain::invoice::{Document, DocumentKind};
use ports::{ErrorKind, InvoiceNotice, InvoiceSays, Refused, Result};

/// More pages than any channel has.
const MOST_PAGES: usize = 40;

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct NoticesReport {
    /// Invoices that a customer asked for, and that are on their way since.
    pub requested: usize,
    /// Invoices that a channel had, and does not like.
    pub refused: usize,
}

/// Asks every channel that is given invoices. One that does not answer holds up no other; its error is told at the end.
pub async fn read_invoice_notices(world: &Ports, lookup: &Cache) -> Result<NoticesReport> {
    let (mut report, mut failed) = (NoticesReport::default(), None);
    for row in readable_connections(world).await?.0 {
        let is_given = row.invoices.as_ref().is_some_and(|terms| !terms.upload.is_none());
        if !is_given || world.connectors.get(&row.channel).and_then(|connector| connector.invoices()).is_none() {
            continue;
        }
        let driver = ConnectorClient::open(world, lookup, &row.id).await;
        let read = match driver {
            Ok(driver) => Box::pin(of_connection(world, lookup, &driver, &mut report)).await,
            Err(error) => Err(error),
        };
        failed = failed.or(read.err());
    }
    failed.map_or(Ok(report), Err)
}

async fn of_connection(world: &Ports, lookup: &Cache, driver: &ConnectorClient<'_>, report: &mut NoticesReport) -> Result<()> {
    let mut page: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let found = driver.invoices()?.call(|invoices, call| invoices.notices(call, page.as_deref())).await?;
        for InvoiceNotice { order, says } in &found.notices {
            let documents = documents_of(world, &driver.account.connection, order).await?;
            for document in documents.iter().filter(|one| one.content.kind == DocumentKind::Invoice) {
                match says {
                    InvoiceSays::Requested => report.requested += usize::from(open(world, document).await?),
                    InvoiceSays::Refused => report.refused += usize::from(refuse(world, lookup, document).await?),
                }
            }
        }
        page = found.next;
        if page.is_none() {
            break;
        }
    }
    Ok(())
}

/// Has it uploaded, whatever the settings say of others. One that is on its way, or was, is left alone.
async fn open(world: &Ports, document: &Document) -> Result<bool> {
    let key = InvoiceDeliveryRow::key(&document.series, document.sequence, InvoiceDestination::Upload);
    if world.table.get(&key).await?.is_some() {
        return Ok(false);
    }
    let row = destinations::pending(document, InvoiceDestination::Upload, world.clock.now());
    match world.table.transact(row.first().into()).await {
        Ok(()) => Ok(true),
        Err(Refused::Reasons(reasons)) => lost(&reasons).map(|()| false),
        Err(Refused::Error(error)) => Err(error),
    }
}

/// Notes that it is refused after all, where it counted as done and the channel says that of this one.
async fn refuse(world: &Ports, lookup: &Cache, document: &Document) -> Result<bool> {
    let key = InvoiceDeliveryRow::key(&document.series, document.sequence, InvoiceDestination::Upload);
    let Some(row) = world.get::<InvoiceDeliveryRow>(&key).await? else { return Ok(false) };
    if !matches!(row.state, ChannelSync::Synced { .. }) {
        return Ok(false);
    }
    let error = match upload::knows(world, lookup, &row).await {
        Err(error) if is_final(&error) && error.kind == ErrorKind::Declined => error,
        Ok(_) => return Ok(false),
        Err(error) => return Err(error),
    };
    world.park(Some(&row.connection), subject(&row), &error.message, "").await?;
    let state = ChannelSync::Rejected { reason: error.message, outcome_unknown: false };
    let next = InvoiceDeliveryRow { state, ..row.clone() };
    Ok(step::replace(world, &row, next).await?.is_some())
}
