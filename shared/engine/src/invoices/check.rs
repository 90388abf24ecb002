//! Once a day: whether the numbers of every series are what the law wants, and whether every order that was sent has its document, or stands on the
//! list with the reason.

use super::issue::is_by_hand;
use super::wanted::{parcels, to_credit};
use crate::rows::{
    DocumentRow, InvoiceDueRow, JournalEntry, JournalRow, OrderDocumentsRow, OrderRow, SeriesCheckRow, SeriesRow, Subject,
    TypedRow as _, series_name,
};
use crate::{Cache, Ports};
use domain::invoice::{IssuedNumber, SeriesFlaw, check_series};
use domain::{ConnectionId, OrderNumber};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, ErrorKind, Key, Result, Write};
use std::collections::BTreeSet;

/// Days of the journal that are gone through: one more than lie between two checks.
const DAYS: i64 = 2;
/// What waits longer is counted.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct InvoicesChecked {
    /// Series looked through.
    pub series: usize,
    /// Documents that were issued since the check before.
    pub documents: usize,
    /// Things wrong with series, over all checks.
    pub flaws: usize,
    /// Orders that should have a document, and of which nothing said so. They are due now.
    pub forgotten: usize,
    /// Orders that have waited for their document for more than a day.
    pub late: usize,
}

/// Looks everything through.
pub async fn check_invoices(world: &Ports, lookup: &Cache) -> Result<InvoicesChecked> {
    let mut checked = InvoicesChecked::default();
    let all: Vec<SeriesRow> = world.all(SeriesRow::PARTITION, "").await?;
    for row in all {
        let (documents, flaws) = check(world, &row).await?;
        checked.series += 1;
        checked.documents += documents;
        checked.flaws += flaws;
    }
    let now = world.clock.now();
    for (connection, number) in lately(world, now).await? {
        checked.forgotten += usize::from(is_forgotten(world, lookup, &connection, &number, now).await?);
    }
    let due: Vec<InvoiceDueRow> = world.all(InvoiceDueRow::PARTITION, "").await?;
    checked.late = due.iter().filter(|row| now.duration_since(row.since) > LATE).count();
    Ok(checked)
}

/// Looks a series through from where the check before stopped. Answers how many documents, and all that is wrong with it.
async fn check(world: &Ports, row: &SeriesRow) -> Result<(usize, usize)> {
    let key = SeriesCheckRow::key(&row.series);
    let before: Option<SeriesCheckRow> = world.get(&key).await?;
    let (first, latest) = before.as_ref().map_or((row.first, None), |before| (before.next, before.latest));
    // The series was read before its documents: what was issued since is for the next check.
    let issued: Vec<IssuedNumber> = numbers(world, row, first).await?;
    let mut flaws = check_series(&row.series, &row.format, first, row.state, &issued);
    if let (Some(after), Some(one)) = (latest, issued.iter().find(|one| latest.is_some_and(|latest| one.issued_on < latest))) {
        flaws.push(SeriesFlaw::Backwards { sequence: one.sequence, on: one.issued_on, after });
    }
    let known = before.map(|before| before.flaws).unwrap_or_default();
    if !flaws.is_empty() {
        let what = format!("the numbers of the series {}", series_name(&row.series).replace('#', " "));
        let reason = format!("{flaws:?}: tell whoever looks after Sluis, and your accountant; nothing is put right by itself");
        world.park_as(None, Subject::Other { what }, &reason, "", false).await?;
    }
    let flaws: Vec<SeriesFlaw> = known.into_iter().chain(flaws).collect();
    let found = flaws.len();
    let latest = issued.iter().map(|one| one.issued_on).max().max(latest);
    let checked = SeriesCheckRow { series: row.series.clone(), next: row.state.next, latest, at: world.clock.now(), flaws };
    world.write_if(Write::Put { row: checked.to_row(), when: Condition::Always }).await?;
    Ok((issued.len(), found))
}

/// The numbers of a series from `first` on, up to those that the series has given out.
async fn numbers(world: &Ports, row: &SeriesRow, first: u64) -> Result<Vec<IssuedNumber>> {
    let partition = DocumentRow::partition(&row.series);
    let mut found = Vec::new();
    let mut from: Option<Key> = first.checked_sub(1).map(|before| DocumentRow::key(&row.series, before));
    loop {
        let page = world.table.query(&partition, "", from.as_ref(), 500, false).await?;
        for row in &page.rows {
            found.push(DocumentRow::issued(row)?);
        }
        from = page.next;
        if from.is_none() {
            found.retain(|one| one.sequence < row.state.next);
            return Ok(found);
        }
    }
}

/// Orders that changed lately.
async fn lately(world: &Ports, now: Timestamp) -> Result<BTreeSet<(ConnectionId, OrderNumber)>> {
    let mut found = BTreeSet::new();
    for day in 0..=DAYS {
        let at = now.saturating_sub(SignedDuration::from_hours(24 * day)).unwrap_or(now);
        let rows: Vec<JournalRow> = world.all(&JournalRow::partition(at), "").await?;
        for row in rows {
            if let JournalEntry::Orders { orders } = row.entry {
                found.extend(orders.into_iter().map(|one| (one.connection, one.number)));
            }
        }
    }
    Ok(found)
}

/// Whether an order wants a document and nothing says that it is due. It is due then.
async fn is_forgotten(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    number: &OrderNumber,
    now: Timestamp,
) -> Result<bool> {
    let row = match lookup.connection(world, connection).await {
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(false),
        row => row?,
    };
    let Some(terms) = &row.invoices else { return Ok(false) };
    let Some(order) = OrderRow::read(world, connection, number).await? else { return Ok(false) };
    if order.snapshot.placed_at < terms.since || !order.is_complete() {
        return Ok(false);
    }
    let documents: Option<OrderDocumentsRow> = world.get(&OrderDocumentsRow::key(connection, number)).await?;
    let documents = documents.map(|row| row.documents).unwrap_or_default();
    if parcels(&order, &documents, terms).0.is_empty() && to_credit(&order, &documents).is_empty() {
        return Ok(false);
    }
    if is_by_hand(world, connection, number).await? {
        return Ok(false);
    }
    let due = InvoiceDueRow::opened(connection, number, order.version, now);
    world.write_if(Write::Put { row: due.to_row(), when: Condition::Absent }).await
}
