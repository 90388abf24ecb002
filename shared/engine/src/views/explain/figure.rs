//! A figure as the sum of its movements. Every row of the ledger is read, page by page, and only sums are kept.

use super::super::Unreadable;
use crate::Ports;
use crate::publish::stock::Seen;
use crate::rows::{LedgerCause, LedgerRow, OrderStockAction, StockRow};
use domain::{ConnectionId, LocationId, Movement, OrderNumber, Sku, StockLevel};
use jiff::Timestamp;
use ports::Result;
use std::collections::{BTreeMap, BTreeSet};

/// The figure at one location, in units.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct FigureExplained {
    /// Where.
    pub location: LocationId,
    /// The figure as it stands. None: its row cannot be read.
    pub stock: Option<StockLevel>,
    /// What it is made of.
    pub terms: Vec<Term>,
    /// Their sum.
    pub sum: Movement,
    /// Whether that is the figure. None: nobody knows, because a row cannot be read.
    pub consistent: Option<bool>,
}

/// All movements of one name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Term {
    /// What they were.
    pub cause: TermCause,
    /// Of whose orders, where they are of orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// Units added to available; negative: taken.
    pub available: i64,
    /// Units added to reserved; negative: taken.
    pub reserved: i64,
    /// How many there were.
    pub movements: u64,
    /// The last of them, UTC.
    #[schemars(with = "String")]
    pub last_at: Timestamp,
}

/// Names of movements, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TermCause {
    /// The figure it started with.
    Opening,
    /// Added by hand: goods that came in, units that a count found.
    Added,
    /// Taken off by hand: broken, lost, not found by a count.
    TakenOff,
    /// Changed in the shop that leads the stock.
    Edited,
    /// Brought here from another location.
    TransferredIn,
    /// Brought from here to another location.
    TransferredOut,
    /// Set aside for orders.
    Sold,
    /// Given back by orders: cancelled, or fewer wanted.
    GivenBack,
    /// Came free and was taken off at once: cancelled because it is not there.
    WrittenOff,
    /// Taken from stock for orders that were short.
    Covered,
    /// Came back from a buyer and was found sellable.
    Restocked,
    /// Left the shelf.
    Shipped,
    /// Moved by orders, and by none of them in particular: something is broken.
    Unexplained,
}

type Name = (TermCause, Option<ConnectionId>);

#[derive(Debug, Clone, Copy)]
struct Sum {
    movement: Movement,
    movements: u64,
    last_at: Timestamp,
}

/// Sums by location and name.
#[derive(Debug, Default)]
pub(super) struct Sums(BTreeMap<LocationId, BTreeMap<Name, Sum>>);

/// Reads all movements; those that cannot be read are noted.
pub(super) async fn sums(world: &Ports, sku: &Sku, noted: &mut Vec<Unreadable>) -> Result<Sums> {
    let mut sums = Sums::default();
    let mut from = None;
    loop {
        let page = world.table.query(&LedgerRow::partition(sku), "", from.as_ref(), 1000, false).await?;
        for row in &page.rows {
            if let Some(row) = Unreadable::or(world, row, noted) {
                sums.add(row);
            }
        }
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(sums),
        }
    }
}

impl Sums {
    fn add(&mut self, row: LedgerRow) {
        let Movement { available, reserved } = row.movement;
        let here = self.0.entry(row.location).or_default();
        let mut note = |kind, connection, available, reserved| {
            if (available, reserved) == (0, 0) {
                return;
            }
            let none = Sum { movement: Movement::default(), movements: 0, last_at: row.at };
            let sum = here.entry((kind, connection)).or_insert(none);
            sum.movement.available += available;
            sum.movement.reserved += reserved;
            sum.movements += 1;
            sum.last_at = sum.last_at.max(row.at);
        };
        match row.cause {
            LedgerCause::Opening => note(TermCause::Opening, None, available, reserved),
            LedgerCause::Correction { .. } if available < 0 => note(TermCause::TakenOff, None, available, reserved),
            LedgerCause::Correction { .. } => note(TermCause::Added, None, available, reserved),
            LedgerCause::Edited { connection } => note(TermCause::Edited, Some(connection), available, reserved),
            LedgerCause::Transfer { .. } if available < 0 => note(TermCause::TransferredOut, None, available, reserved),
            LedgerCause::Transfer { .. } => note(TermCause::TransferredIn, None, available, reserved),
            LedgerCause::Order { connection, action, .. } => {
                let kind = match action {
                    OrderStockAction::Shipped => TermCause::Shipped,
                    OrderStockAction::Restocked => TermCause::Restocked,
                    OrderStockAction::Covered => TermCause::Covered,
                    OrderStockAction::WriteOffUndone => TermCause::WrittenOff,
                    OrderStockAction::Deleted => TermCause::GivenBack,
                };
                note(kind, Some(connection), available, reserved);
            }
            LedgerCause::Orders { orders, written_off } => {
                let named: i64 = orders.iter().map(|(.., units)| units).sum();
                let lost: i64 = written_off.iter().map(|(.., units)| units).sum();
                let of = |order: (&ConnectionId, &OrderNumber)| -> i64 {
                    written_off.iter().filter(|(c, n, _)| (c, n) == order).map(|(.., units)| units).sum()
                };
                for (connection, number, units) in orders {
                    let given = units + of((&connection, &number));
                    let kind = if given < 0 { TermCause::Sold } else { TermCause::GivenBack };
                    // What is set aside is promised; what is given back no longer is.
                    note(kind, Some(connection), given, -given);
                }
                for (connection, _, units) in written_off {
                    note(TermCause::WrittenOff, Some(connection), -units, 0);
                }
                // What the channels tell of as sent is no longer promised either, by which of them is not in the row.
                note(TermCause::Shipped, None, 0, reserved + named + lost);
                note(TermCause::Unexplained, None, available - named, 0);
            }
        }
    }
}

/// What each figure is made of; `whole`: all movements could be read.
pub(super) fn explain(sku: &Sku, seen: &Seen, mut sums: Sums, whole: bool) -> Vec<FigureExplained> {
    let stock = &seen.present.stock;
    let places: BTreeSet<LocationId> = stock.iter().map(|row| row.location.clone()).chain(sums.0.keys().cloned()).collect();
    let one = |location: LocationId| {
        let (partition, name) = (StockRow::partition(sku), format!("{}{location}", StockRow::PREFIX));
        let lost = seen.lost.iter().any(|(lost, _)| (&lost.pk, &lost.sk) == (&partition, &name));
        let level = stock.iter().find(|row| row.location == location).map_or(StockLevel::default(), |row| row.level);
        let figure = (!lost).then_some(level);
        let terms: Vec<Term> = sums.0.remove(&location).unwrap_or_default().into_iter().map(term).collect();
        let sum = Movement {
            available: terms.iter().map(|term| term.available).sum(),
            reserved: terms.iter().map(|term| term.reserved).sum(),
        };
        let named = terms.iter().all(|term| term.cause != TermCause::Unexplained);
        let is_sum = |figure: StockLevel| {
            named && sum == Movement { available: figure.available.units(), reserved: figure.reserved.units() }
        };
        FigureExplained { location, stock: figure, terms, sum, consistent: figure.filter(|_| whole).map(is_sum) }
    };
    places.into_iter().map(one).collect()
}

fn term(((kind, connection), sum): (Name, Sum)) -> Term {
    let Movement { available, reserved } = sum.movement;
    Term { cause: kind, connection, available, reserved, movements: sum.movements, last_at: sum.last_at }
}
