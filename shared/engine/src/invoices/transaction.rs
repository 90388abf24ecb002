//! One transaction for the documents of many orders: the numbers of their series, the documents, the orders' locks. All of it or nothing, so a
//! number that was given has a document, and a document's units are invoiced once.

use super::gather::Books;
use super::prepare::Prepared;
use super::problem::{Done, Undone, problem};
use super::sums_abroad::counted;
use crate::Ports;
use crate::rows::{
    DocumentRow, InvoiceProblem, IssuedAs, OrderDocument, OrderRow, SalesAbroadRow, SeriesRow, ToStoreRow, TypedRow as _,
};
use domain::invoice::{Document, DocumentKind, LegalEntityId, NumberRefused, Series, SeriesState};
use jiff::ToSpan as _;
use jiff::civil::Date;
use ports::{Condition, Error, ErrorKind, Write};
use std::collections::BTreeMap;

/// The series that numbers are taken from, as they were seen last.
#[derive(Default)]
pub(crate) struct SeriesBook {
    known: BTreeMap<Series, Seen>,
}

/// A series as it lies in the table, if anybody began it, and as it is to be used.
#[derive(Clone)]
struct Seen {
    was: Option<SeriesRow>,
    now: SeriesRow,
}

/// What a write of the transaction is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// A series.
    Series(Series),
    /// An order, by its place in the batch.
    Order(usize),
    /// A sum that was decided by, or only added to.
    Sums,
}

/// A transaction, what each of its writes is of, and the series as they are after it.
pub(crate) struct Transaction {
    pub(crate) writes: Vec<Write>,
    pub(crate) parts: Vec<Part>,
    after: BTreeMap<Series, SeriesRow>,
}

fn series(prepared: &Prepared<'_>, kind: DocumentKind, year: i16) -> Done<Series> {
    let (_, own) = prepared.format(kind)?;
    let connection = own.then(|| prepared.facts.due.connection.clone());
    Ok(Series { entity: prepared.facts.terms()?.entity.clone(), kind, year, connection })
}

/// Days by which a clock may be behind that of whoever issued last: what comes by itself so soon is told to nobody.
const BEHIND: i64 = 2;

impl Seen {
    /// Whether the series gives a number on this day. Where it will not by itself soon, a person is told: a clock that was far ahead once would stop
    /// all invoices, and nobody would hear of it.
    fn gives(&self, series: &Series, on: Date) -> Done<()> {
        let Err(refused) = self.now.state.take(series, &self.now.format, on) else { return Ok(()) };
        let passes = match refused {
            NumberRefused::OtherYear { .. } => true,
            NumberRefused::Backwards { on, last } => on.saturating_add(BEHIND.days()) >= last,
            NumberRefused::Used | NumberRefused::OutOfBounds => false,
        };
        if passes {
            return Ok(());
        }
        let name = crate::rows::series_name(series);
        let message = format!("the series {name} gives no number: {refused}");
        Err(Undone::Refused(problem("number_refused", &[("series", &name), ("on", &on.to_string())], message)))
    }
}

impl SeriesBook {
    /// Nothing is known of them any more: they are read again.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    /// A series as a refused transaction showed it. One that is to go on after a gap is read again, with where.
    pub(crate) fn learn(&mut self, series: &Series, row: Option<SeriesRow>) {
        let skips = |seen: &Seen| seen.was.as_ref().is_some_and(|was| was.state.next != seen.now.state.next);
        let skips = self.known.get(series).is_some_and(skips);
        match row.filter(|_| !skips) {
            Some(row) => drop(self.known.insert(series.clone(), Seen { was: Some(row.clone()), now: row })),
            None => drop(self.known.remove(series)),
        }
    }

    /// The transaction is done.
    pub(crate) fn done(&mut self, transaction: Transaction) {
        for (series, row) in transaction.after {
            self.known.insert(series, Seen { was: Some(row.clone()), now: row });
        }
    }

    /// Reads the series of an order's documents, or begins them.
    pub(crate) async fn know(&mut self, world: &Ports, books: &Books, prepared: &Prepared<'_>, on: Date) -> Done<()> {
        for made in prepared.made.iter().filter(|made| made.content.is_some()) {
            let series = series(prepared, made.entry.kind, on.year())?;
            if let Some(seen) = self.known.get(&series) {
                seen.gives(&series, on)?;
                continue;
            }
            let was: Option<SeriesRow> = world.get(&SeriesRow::key(&series)).await?;
            let now = match &was {
                Some(row) => go_on(books, prepared, row)?,
                None => begin(world, books, prepared, series.clone()).await?,
            };
            let seen = Seen { was, now };
            let gives = seen.gives(&series, on);
            self.known.insert(series, seen);
            gives?;
        }
        Ok(())
    }

    /// The transaction for these orders, with the numbers that come next.
    pub(crate) fn transaction(&self, batch: &[Prepared<'_>], on: Date) -> Done<Transaction> {
        let mut after: BTreeMap<Series, SeriesRow> = BTreeMap::new();
        let (mut writes, mut parts) = (Vec::new(), Vec::new());
        let mut sums: BTreeMap<(LegalEntityId, i16), i64> = BTreeMap::new();
        for (at, prepared) in batch.iter().enumerate() {
            let (due, order) = (&prepared.facts.due, &prepared.facts.order);
            let mut documents = prepared.facts.documents.documents.clone();
            for made in &prepared.made {
                let Some(content) = &made.content else {
                    documents.push(made.entry.clone());
                    continue;
                };
                let series = series(prepared, made.entry.kind, on.year())?;
                let row = match after.get(&series).or_else(|| self.known.get(&series).map(|seen| &seen.now)) {
                    Some(row) => row.clone(),
                    None => return Err(Error::new(ErrorKind::Bug, "invoice", "a series was not read").into()),
                };
                let next = row.state.take(&series, &row.format, on);
                let next =
                    next.map_err(|refused| Undone::Later(Error::new(ErrorKind::Conflict, "number", refused.to_string())))?;
                let document = Document {
                    number: next.number.clone(),
                    series: series.clone(),
                    sequence: next.sequence,
                    issued_on: on,
                    content: content.clone(),
                };
                let issued = IssuedAs { number: next.number, series: series.clone(), sequence: next.sequence, on };
                documents.push(OrderDocument { issued: Some(issued), ..made.entry.clone() });
                let (entity, year) = (series.entity.clone(), content.supplied_on.year());
                *sums.entry((entity, year)).or_default() += counted(content);
                let to_store = ToStoreRow { series: series.clone(), sequence: next.sequence };
                writes.push(Write::Put { row: DocumentRow(document).to_row(), when: Condition::Absent });
                writes.push(Write::Put { row: to_store.to_row(), when: Condition::Always });
                after.insert(series, SeriesRow { state: next.then, ..row });
            }
            writes.push(prepared.facts.documents.followed_by(documents));
            let key = OrderRow::key(&due.connection, &due.number);
            writes.push(Write::Check { key, when: OrderRow::unchanged(Some(order.version)) });
            if !prepared.goes_on {
                writes.push(due.closed());
            }
            parts.resize(writes.len(), Part::Order(at));
        }
        for ((entity, year), cents) in sums {
            // One that was decided by a sum is in a batch by itself.
            let decided = batch.iter().find_map(|prepared| prepared.sums.as_ref());
            match decided {
                Some(decided) => writes.push(decided.add(&entity, cents)),
                None if cents != 0 => writes.push(SalesAbroadRow::add(&entity, year, cents)),
                None => {}
            }
        }
        parts.resize(writes.len(), Part::Sums);
        for (series, row) in &after {
            let was = self.known.get(series).and_then(|seen| seen.was.as_ref());
            writes.push(Write::Put { row: row.to_row(), when: SeriesRow::unchanged(was) });
            parts.push(Part::Series(series.clone()));
        }
        Ok(Transaction { writes, parts, after })
    }
}

/// A series before its first number: where another program stopped, or at 1. No other series of the year may write its numbers alike.
async fn begin(world: &Ports, books: &Books, prepared: &Prepared<'_>, series: Series) -> Done<SeriesRow> {
    let (format, own) = prepared.format(series.kind)?;
    let others: Vec<SeriesRow> = world.all(SeriesRow::PARTITION, "").await?;
    let alike =
        others.iter().find(|other| other.series != series && other.series.year == series.year && other.format.clashes(&format));
    if let Some(other) = alike {
        return Err(Undone::Refused(clash(&String::from(format), &crate::rows::series_name(&other.series))));
    }
    let first = start(books, &series, own).unwrap_or(1);
    let state = SeriesState::default().starting_at(first);
    let state = state
        .map_err(|refused| Undone::Refused(problem("series_start", &[("first", &first.to_string())], refused.to_string())))?;
    Ok(SeriesRow { series, format, first, state })
}

/// A series that has numbers: where it is, or after a gap, where the settings have it go on further up.
fn go_on(books: &Books, prepared: &Prepared<'_>, row: &SeriesRow) -> Done<SeriesRow> {
    let (_, own) = prepared.format(row.series.kind)?;
    let state = start(books, &row.series, own).map_or(row.state, |first| row.state.no_earlier_than(first));
    Ok(SeriesRow { state, ..row.clone() })
}

/// Where the settings have a series of a legal entity begin, or go on. `own`: it is a connection's, of which they say nothing.
fn start(books: &Books, series: &Series, own: bool) -> Option<u64> {
    let entity = books.settings.entities.get(&series.entity).filter(|_| !own)?;
    entity.starts.iter().find(|start| start.kind == series.kind && start.year == series.year).map(|start| start.first)
}

fn clash(format: &str, other: &str) -> InvoiceProblem {
    let message = format!("numbers like {format} are given by the series {other} already: two documents would have one number");
    problem("number_format_clashes", &[("format", format), ("series", other)], message)
}
