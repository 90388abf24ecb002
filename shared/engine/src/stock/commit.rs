//! The one function that writes stock.
//!
//! Orders, stock and ledger change in one transaction or not at all (I1), and stock never falls below zero (I2): both are
//! conditions in the table, not care in the callers.

use crate::Ports;
use crate::rows::{JournalEntry, JournalRow, LedgerCause, LedgerRow, OrderRow, ShortRow, StockRow, TypedRow, flow_parts};
use domain::{ConnectionId, Flow, LocationId, Movement, Order, Plan, Quantity, ShortChange, Sku};
use jiff::Timestamp;
use ports::{Condition, Error, Reason, Refused, Value, Write};
use std::collections::BTreeMap;

/// One stock row's part of a commit.
#[derive(Debug, Clone)]
pub(crate) struct StockPart {
    pub(crate) sku: Sku,
    pub(crate) location: LocationId,
    pub(crate) movement: Movement,
    pub(crate) cause: LedgerCause,
    /// What the orders of each connection take and give back of it.
    pub(crate) flows: BTreeMap<ConnectionId, Flow>,
    /// The row must not be there yet: an opening figure is given once.
    pub(crate) first: bool,
}

/// What is to happen, all of it or nothing.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    /// Names it; its ledger and journal rows must be absent.
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    /// Order rows as they will be, and the version that must be in place.
    pub(crate) orders: Vec<(Order, Option<u64>)>,
    pub(crate) stock: Vec<StockPart>,
    /// How what is short changes, per product.
    pub(crate) shorts: BTreeMap<Sku, ShortChange>,
    pub(crate) journal: JournalEntry,
    /// Further rows that stand or fall with it.
    pub(crate) also: Vec<Write>,
}

/// How much of a plan one transaction takes.
pub(crate) enum Room {
    /// All of it.
    All(Plan),
    /// This, of an order that it does not take whole. The others wait.
    Part(Plan),
    /// Nothing that could be done by itself.
    None,
}

/// Rows of lines that a part of an order changes, as a rule: its lines lie beside each other.
const FEW_LINE_ROWS: usize = 3;

/// As much of a plan as one transaction takes beside so many other rows.
pub(crate) fn in_room(world: &Ports, mut plan: Plan, beside: usize) -> Room {
    let most = world.table.most_writes();
    let size = |plan: &mut Plan| {
        plan.orders.iter_mut().for_each(|planned| OrderRow::lay(&mut planned.order, planned.before.as_ref()));
        let parked = plan.orders.iter().filter(|planned| !planned.stayed.is_empty()).count();
        plan.rows() + plan.orders.iter().map(|planned| OrderRow::rows(&planned.order)).sum::<usize>() + parked + beside + 1
    };
    if size(&mut plan) <= most {
        return Room::All(plan);
    }
    let [planned] = plan.orders.as_slice() else { return Room::None };
    let all = planned.order.line_rows.len();
    for line_rows in [all.min(FEW_LINE_ROWS), all] {
        let Some(mut part) = planned.part(most.saturating_sub(beside + 2 + line_rows + usize::from(!planned.stayed.is_empty())))
        else {
            continue;
        };
        if size(&mut part) <= most {
            return Room::Part(part);
        }
    }
    Room::None
}

/// How a commit ended.
#[derive(Debug)]
pub(crate) enum Committed {
    /// Done.
    Done,
    /// Not done: these orders are as they are now (by position), and this is what is left of these stock rows.
    Stale { orders: Vec<(usize, Option<Order>)>, stock: Vec<(Sku, LocationId, Quantity)> },
    /// Not done: rows were busy.
    Busy,
}

/// Commits. An error with status `Unknown` means it may have been done.
pub(crate) async fn commit(world: &Ports, commit: &Commit) -> Result<Committed, Error> {
    let mut writes =
        Vec::with_capacity(commit.orders.len() + 2 * commit.stock.len() + commit.shorts.len() + 1 + commit.also.len());
    for (order, was) in &commit.orders {
        let when = OrderRow::unchanged(*was);
        writes.push(OrderRow::put(order.clone(), when));
    }
    for part in &commit.stock {
        writes.push(stock_write(part));
    }
    for part in &commit.stock {
        let row = LedgerRow {
            sku: part.sku.clone(),
            location: part.location.clone(),
            at: commit.at,
            commit: commit.id.clone(),
            movement: part.movement,
            cause: part.cause.clone(),
        };
        writes.push(Write::Put { row: row.to_row(), when: Condition::Absent });
    }
    writes.extend(commit.shorts.iter().map(|(sku, change)| ShortRow::change(sku, change)));
    let journal = JournalRow { at: commit.at, commit: commit.id.clone(), entry: commit.journal.clone() };
    writes.push(Write::Put { row: journal.to_row(), when: Condition::Absent });
    writes.extend(commit.also.iter().cloned());
    let lines = commit.orders.iter().flat_map(|(order, _)| OrderRow::lines(order));
    writes.extend(lines.map(|row| Write::Put { row, when: Condition::Always }));
    match world.table.transact(writes).await {
        Ok(()) => Ok(Committed::Done),
        Err(Refused::Error(error)) => Err(error),
        Err(Refused::Reasons(reasons)) => read_reasons(world, commit, &reasons).await,
    }
}

fn stock_write(part: &StockPart) -> Write {
    let mut conditions = if part.first { vec![Condition::Absent] } else { Vec::new() };
    for (name, change) in [("available", part.movement.available), ("reserved", part.movement.reserved)] {
        if change < 0 {
            conditions.push(Condition::AtLeast(name.to_owned(), -change));
        }
    }
    let mut add = vec![
        ("available".to_owned(), part.movement.available),
        ("reserved".to_owned(), part.movement.reserved),
        ("version".to_owned(), 1),
    ];
    add.extend(part.flows.iter().flat_map(|(connection, flow)| flow_parts(connection, *flow)));
    Write::Update {
        key: StockRow::key(&part.sku, &part.location),
        add,
        set: Vec::<(String, Value)>::new(),
        remove: Vec::new(),
        when: if conditions.is_empty() { Condition::Always } else { Condition::All(conditions) },
    }
}

async fn read_reasons(world: &Ports, commit: &Commit, reasons: &[Reason]) -> Result<Committed, Error> {
    let mut orders = Vec::new();
    let mut stock = Vec::new();
    for (position, reason) in reasons.iter().enumerate() {
        let Reason::Condition(row) = reason else { continue };
        if let Some((planned, _)) = commit.orders.get(position) {
            let order = match row {
                Some(row) if OrderRow::is_large(row) => {
                    OrderRow::read(world, &planned.connection, &planned.snapshot.number).await?
                }
                row => row.as_ref().map(OrderRow::from_row).transpose()?.map(|r| r.0),
            };
            orders.push((position, order));
        } else if let Some(part) = commit.stock.get(position - commit.orders.len()) {
            let left = row.as_ref().map(StockRow::from_row).transpose()?.map_or(Quantity::ZERO, |r| r.level.available);
            stock.push((part.sku.clone(), part.location.clone(), left));
        }
    }
    if orders.is_empty() && stock.is_empty() { Ok(Committed::Busy) } else { Ok(Committed::Stale { orders, stock }) }
}
