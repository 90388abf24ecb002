//! Issued documents, found: by their place in a series, by the number that stands on them, by their order.

use crate::Ports;
use crate::readable::readable;
use crate::rows::{DocumentRow, OrderDocumentsRow, SeriesRow, TypedRow as _};
use domain::invoice::{Document, Series};
use domain::{ConnectionId, OrderNumber};
use ports::{Error, ErrorKind, Result};

/// Characters of a number that is not there, as it is said again.
const LONGEST_SAID: usize = 60;

pub(crate) async fn find(world: &Ports, series: &Series, sequence: u64) -> Result<Document> {
    let row = world.table.get(&DocumentRow::key(series, sequence)).await?;
    let none = || Error::new(ErrorKind::NotFound, "invoice", format!("there is no document {sequence} of that series"));
    Ok(DocumentRow::from_row(&row.ok_or_else(none)?)?.0)
}

/// The document that has this number. The formats of the series tell in which of them it could be, and where: nothing is searched through.
pub async fn find_document(world: &Ports, number: &str) -> Result<Document> {
    let (series, unreadable) = readable::<SeriesRow>(world, SeriesRow::PARTITION, "").await?;
    for row in &series {
        // A series holds what lies before its next number; whatever that row says of others was never issued.
        let place = row.format.read(row.series.year, number).filter(|place| *place < row.state.next);
        let Some(place) = place else { continue };
        let Some(found) = world.table.get(&DocumentRow::key(&row.series, place)).await? else { continue };
        return Ok(DocumentRow::from_row(&found)?.0);
    }
    if let Some(lost) = unreadable.first() {
        let message = format!("whether there is a document {number} is not known: {} cannot be read: {}", lost.key, lost.error);
        return Err(Error::new(ErrorKind::Bug, "invoice", message));
    }
    let said: String = number.chars().take(LONGEST_SAID).collect();
    Err(Error::new(ErrorKind::NotFound, "invoice", format!("there is no invoice and no credit note {said}")))
}

/// The documents of an order, in the order in which they were issued.
pub async fn documents_of(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<Vec<Document>> {
    let row: Option<OrderDocumentsRow> = world.get(&OrderDocumentsRow::key(connection, number)).await?;
    let mut documents = Vec::new();
    for issued in row.into_iter().flat_map(|row| row.documents).filter_map(|one| one.issued) {
        documents.push(find(world, &issued.series, issued.sequence).await?);
    }
    Ok(documents)
}
