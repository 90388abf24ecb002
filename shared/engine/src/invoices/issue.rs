//! Issues what is due. Numbers are taken for many orders in one transaction, so one worker that goes through all of them asks the series once for
//! twenty documents, and several at once cost a refused transaction now and then, never a number.

use super::gather::{Books, Gathered, gather};
use super::prepare::{Plan, Prepared, prepare};
use super::problem::{Done, Undone};
use super::transaction::{Part, SeriesBook};
use super::vies::{self, Wanted};
use crate::rows::{InvoiceDueRow, InvoiceProblem, ParkedRow, SeriesRow, Subject, TypedRow as _};
use crate::{Cache, Ports};
use domain::invoice::date_in_amsterdam;
use domain::{ConnectionId, OrderNumber};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Error, Key, Reason, Refused, Result, Status, Write};
use std::collections::BTreeSet;
use std::time::Duration;

/// Orders that are read side by side.
const SIDE_BY_SIDE: usize = 16;
/// Orders of one call of `issue_due`.
const AT_ONCE: usize = 200;
/// Looks at one order in a call: after each conflict, and for each document that follows on another.
const MOST_LOOKS: usize = 40;
/// Transactions for one batch while others take numbers of the same series.
const MOST_TRIES: u32 = 40;
/// Bytes of one transaction; the table takes 4 MiB.
const MOST_BYTES: usize = 3_500_000;
/// What a person must mend is looked at again after this.
const AFTER_A_REFUSAL: SignedDuration = InvoiceDueRow::LONGEST_PUT_OFF;
/// What failed for a passing reason.
const AFTER_A_FAILURE: SignedDuration = SignedDuration::from_mins(1);

/// What became of what was due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct IssueReport {
    /// Documents issued.
    pub issued: usize,
    /// Orders that wait for a person.
    pub refused: usize,
    /// Orders that are looked at again.
    pub put_off: usize,
    /// Orders that have all their documents.
    pub complete: usize,
}

/// Issues all that is due by now, until `until`. What is left then is due at the next run.
pub async fn issue_invoices(world: &Ports, lookup: &Cache, until: Timestamp) -> Result<IssueReport> {
    let mut report = IssueReport::default();
    let Some(books) = Books::read(world).await? else { return Ok(report) };
    let (mut series, mut wanted) = (SeriesBook::default(), Wanted::default());
    let mut from = None;
    while world.clock.now() < until {
        let page = world.table.query(InvoiceDueRow::PARTITION, "", from.as_ref(), AT_ONCE, false).await?;
        let now = world.clock.now();
        // One that cannot be read stands there for a person; the others do not wait for it.
        let rows = page.rows.iter().filter_map(|row| InvoiceDueRow::from_row(row).ok()).map(|row| row.believed_at(now));
        let due: Vec<InvoiceDueRow> = rows.filter(|row| row.again_at <= now).collect();
        issue(world, lookup, &books, &mut series, (due, &mut wanted), &mut report).await?;
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    // Half of what is left of the time: what was issued is to be kept and sent as well.
    let now = world.clock.now();
    let until = now.saturating_add(until.duration_since(now) / 2).unwrap_or(until);
    after_vies(world, lookup, &books, &mut series, (wanted, until), &mut report).await?;
    Ok(report)
}

/// Has VIES asked, and looks at the orders again that waited for it. Nobody waits for these.
async fn after_vies(
    world: &Ports,
    lookup: &Cache,
    books: &Books,
    series: &mut SeriesBook,
    (wanted, until): (Wanted, Timestamp),
    report: &mut IssueReport,
) -> Result<()> {
    let orders = wanted.orders();
    if orders == 0 {
        return Ok(());
    }
    let due = vies::ask(world, &books.settings, wanted, until).await?;
    report.put_off += orders - due.len();
    let mut unheard = Wanted::default();
    issue(world, lookup, books, series, (due, &mut unheard), report).await?;
    // Midnight passed, or whoever asked at the same time was not heard: they are due still.
    report.put_off += unheard.orders();
    Ok(())
}

/// Issues what these orders are due for.
pub async fn issue_due(world: &Ports, lookup: &Cache, due: Vec<InvoiceDueRow>) -> Result<IssueReport> {
    let mut report = IssueReport::default();
    let Some(books) = Books::read(world).await? else { return Ok(report) };
    let (mut series, mut wanted) = (SeriesBook::default(), Wanted::default());
    issue(world, lookup, &books, &mut series, (due, &mut wanted), &mut report).await?;
    after_vies(world, lookup, &books, &mut series, (wanted, Timestamp::MAX), &mut report).await?;
    Ok(report)
}

async fn issue(
    world: &Ports,
    lookup: &Cache,
    books: &Books,
    series: &mut SeriesBook,
    (mut pending, wanted): (Vec<InvoiceDueRow>, &mut Wanted),
    report: &mut IssueReport,
) -> Result<()> {
    for _ in 0..MOST_LOOKS {
        if pending.is_empty() {
            return Ok(());
        }
        let mut ready = Vec::new();
        for some in pending.chunks(SIDE_BY_SIDE) {
            let looks = some.iter().map(|due| look(world, lookup, books, due));
            for (due, looked) in some.iter().zip(join_all(looks).await) {
                match looked {
                    Ok(Looked::Wants(prepared)) => ready.push(*prepared),
                    Ok(Looked::HasAll) => {
                        report.complete += 1;
                        world.write_if(due.closed()).await?;
                        unpark(world, due).await?;
                    }
                    // That a person dismissed it stays noted.
                    Ok(Looked::IsByHand) => {
                        report.complete += 1;
                        world.write_if(due.closed()).await?;
                    }
                    Err(Undone::Ask(question)) => wanted.add(question, due.clone()),
                    Err(undone) => put_off(world, due, undone, report).await?,
                }
            }
        }
        pending.clear();
        for batch in batches(ready, world.table.most_writes()) {
            pending.extend(write(world, books, series, batch, report).await?);
        }
    }
    report.put_off += pending.len();
    Ok(())
}

/// What a look at an order found.
enum Looked<'a> {
    /// Documents to issue.
    Wants(Box<Prepared<'a>>),
    /// It has all its documents.
    HasAll,
    /// A person dismissed that it cannot be invoiced: the document is made by hand, if at all.
    IsByHand,
}

/// Looks at an order.
async fn look<'a>(world: &Ports, lookup: &Cache, books: &'a Books, due: &InvoiceDueRow) -> Done<Looked<'a>> {
    if is_by_hand(world, &due.connection, &due.number).await? {
        return Ok(Looked::IsByHand);
    }
    let facts = match gather(world, lookup, books, due).await? {
        Gathered::Facts(facts) => *facts,
        Gathered::Nothing => return Ok(Looked::HasAll),
    };
    let (facts, plan) = prepare(world, lookup, facts).await;
    let wants = |Plan { made, sums, goes_on }| Looked::Wants(Box::new(Prepared { facts, made, sums, goes_on }));
    Ok(plan?.map_or(Looked::HasAll, wants))
}

/// Batches that fit into a transaction each, in their order. What is decided by a sum goes by itself.
fn batches(ready: Vec<Prepared<'_>>, most_rows: usize) -> Vec<Vec<Prepared<'_>>> {
    let mut batches: Vec<Vec<Prepared<'_>>> = Vec::new();
    let (mut rows, mut bytes, mut series, mut is_alone) = (0, 0, BTreeSet::new(), true);
    for prepared in ready {
        let its: Vec<_> = prepared.made.iter().map(|made| (made.entry.kind, prepared.facts.connection.id.clone())).collect();
        let new = its.iter().filter(|one| !series.contains(*one)).count();
        // Each series brings its own row, and perhaps one of a sum.
        let more = prepared.rows() + 2 * new;
        let fits = rows + more <= most_rows && bytes + prepared.bytes() <= MOST_BYTES;
        if is_alone || prepared.sums.is_some() || !fits {
            batches.push(Vec::new());
            (rows, bytes, series) = (0, 0, BTreeSet::new());
        }
        let new = its.iter().filter(|one| !series.contains(*one)).count();
        (rows, bytes, is_alone) = (rows + prepared.rows() + 2 * new, bytes + prepared.bytes(), prepared.sums.is_some());
        series.extend(its);
        if let Some(batch) = batches.last_mut() {
            batch.push(prepared);
        }
    }
    batches
}

/// Writes a batch. Answers what must be looked at again.
async fn write(
    world: &Ports,
    books: &Books,
    series: &mut SeriesBook,
    mut batch: Vec<Prepared<'_>>,
    report: &mut IssueReport,
) -> Result<Vec<InvoiceDueRow>> {
    let mut again = Vec::new();
    for turn in 0..MOST_TRIES {
        let on = date_in_amsterdam(world.clock.now());
        let mut sound = Vec::new();
        for prepared in batch {
            match series.know(world, books, &prepared, on).await {
                Ok(()) => sound.push(prepared),
                Err(undone) => put_off(world, &prepared.facts.due, undone, report).await?,
            }
        }
        batch = sound;
        if batch.is_empty() {
            return Ok(again);
        }
        let transaction = match series.transaction(&batch, on) {
            Ok(transaction) => transaction,
            // A clock that is behind the last document's: later it is not.
            Err(Undone::Later(_)) => break,
            Err(undone) => {
                let [one] = batch.as_slice() else { break };
                put_off(world, &one.facts.due, undone, report).await?;
                return Ok(again);
            }
        };
        match world.table.transact(transaction.writes.clone()).await {
            Ok(()) => {
                series.done(transaction);
                for prepared in batch {
                    report.issued += prepared.made.iter().filter(|made| made.content.is_some()).count();
                    unpark(world, &prepared.facts.due).await?;
                    if prepared.goes_on {
                        again.push(prepared.facts.due);
                    } else {
                        report.complete += 1;
                    }
                }
                return Ok(again);
            }
            Err(Refused::Reasons(reasons)) => {
                let stale = learn(series, &transaction.parts, &reasons, batch.len())?;
                let (gone, kept): (Vec<_>, Vec<_>) = batch.into_iter().enumerate().partition(|(at, _)| stale.contains(at));
                again.extend(gone.into_iter().map(|(_, prepared)| prepared.facts.due));
                batch = kept.into_iter().map(|(_, prepared)| prepared).collect();
                if stale.is_empty() {
                    world.clock.sleep(Duration::from_millis(2 << turn.min(6))).await;
                }
            }
            // It may have been done: the orders' locks tell, and the series is read anew.
            Err(Refused::Error(error)) if error.status == Status::Unknown => {
                series.forget();
                again.extend(batch.into_iter().map(|prepared| prepared.facts.due));
                return Ok(again);
            }
            Err(Refused::Error(error)) => return Err(error),
        }
    }
    report.put_off += batch.len();
    Ok(again)
}

/// What a refusal tells: the series as they are, and the orders that changed.
fn learn(series: &mut SeriesBook, parts: &[Part], reasons: &[Reason], orders: usize) -> Result<BTreeSet<usize>> {
    let mut stale = BTreeSet::new();
    for (part, reason) in parts.iter().zip(reasons) {
        let Reason::Condition(row) = reason else { continue };
        match part {
            Part::Series(one) => series.learn(one, row.as_ref().map(SeriesRow::from_row).transpose()?),
            Part::Order(at) => drop(stale.insert(*at)),
            // Somebody sold meanwhile: all that was decided by the sum is decided anew.
            Part::Sums => stale.extend(0..orders),
        }
    }
    Ok(stale)
}

/// Notes that there is no document, and why; what a person must see goes on the list.
async fn put_off(world: &Ports, due: &InvoiceDueRow, undone: Undone, report: &mut IssueReport) -> Result<()> {
    let now = world.clock.now();
    let longest = now.saturating_add(AFTER_A_REFUSAL).unwrap_or(now);
    let (undone, again) = match undone {
        Undone::Waits(problem, again_at) => (Undone::Refused(problem), again_at.min(longest)),
        undone => (undone, longest),
    };
    match undone {
        Undone::Refused(problem) | Undone::Waits(problem, _) => {
            report.refused += 1;
            if world.write_if(due.put_off(Some(&problem), again)).await? {
                let InvoiceProblem { code, message, .. } = &problem;
                world.park(Some(&due.connection), subject(due), &format!("{code}: {message}"), "").await?;
            }
            Ok(())
        }
        // It is due still, and the next run asks.
        Undone::Ask(_) => {
            report.put_off += 1;
            Ok(())
        }
        Undone::Later(error) => {
            report.put_off += 1;
            let again = now.saturating_add(AFTER_A_FAILURE).unwrap_or(now);
            let noted = world.write_if(due.put_off(None, again)).await;
            // A table that is down says so itself.
            noted.map(drop).map_err(|_| Error::new(error.kind, error.operation, error.message).with_status(error.status))
        }
    }
}

/// It is right by now.
async fn unpark(world: &Ports, due: &InvoiceDueRow) -> Result<()> {
    if due.problem.is_none() {
        return Ok(());
    }
    let key = parked_key(&due.connection, &due.number);
    world.write_if(Write::Delete { key, when: Condition::Always }).await.map(drop)
}

fn subject(due: &InvoiceDueRow) -> Subject {
    Subject::Invoice { number: due.number.clone() }
}

/// Where it lies that an order could not be invoiced.
pub(super) fn parked_key(connection: &ConnectionId, number: &OrderNumber) -> Key {
    ParkedRow::key(&ParkedRow::id(Some(connection), &Subject::Invoice { number: number.clone() }, ""))
}

/// Whether a person dismissed that an order cannot be invoiced: then it is invoiced by hand, and once.
pub(super) async fn is_by_hand(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<bool> {
    let row: Option<ParkedRow> = world.get(&parked_key(connection, number)).await?;
    Ok(row.is_some_and(|row| row.dismissed.is_some()))
}
