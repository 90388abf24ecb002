//! Transactions: what moves with them, and whether they are one.

use super::Mistake;
use super::write::{set_add, there, with_number};
use domain::{LocationId, Movement, Order, Quantity, Sku};
use engine::rows::{JournalRow, LedgerCause, LedgerRow, OrderRow, StockRow, TypedRow};
use jiff::Timestamp;
use ports::{Condition, Result, Row, Table, Write};
use std::collections::BTreeMap;

fn put(write: &Write) -> Option<&Row> {
    if let Write::Put { row, .. } = write { Some(row) } else { None }
}

/// The orders that are written, as they will be. Of a large one its lines lie elsewhere: it is left out.
fn orders(writes: &[Write]) -> Vec<Order> {
    let rows = writes.iter().filter_map(put).filter(|row| row.key.sk == "ORDER");
    rows.filter_map(|row| OrderRow::from_row(row).ok()).map(|row| row.0).collect()
}

async fn known(table: &dyn Table, order: &Order) -> Result<Option<Order>> {
    let row = table.get(&OrderRow::key(&order.connection, &order.snapshot.number)).await?;
    Ok(row.and_then(|row| OrderRow::from_row(&row).ok()).map(|row| row.0))
}

fn journal(writes: &[Write]) -> Option<JournalRow> {
    let mut rows = writes.iter().filter_map(put).filter(|row| row.key.pk.starts_with("JOURNAL#"));
    rows.find_map(|row| JournalRow::from_row(row).ok())
}

/// Whether it is a commit of orders.
pub(super) fn is_of_orders(writes: &[Write]) -> bool {
    journal(writes).is_some() && writes.iter().filter_map(put).any(|row| row.key.sk == "ORDER")
}

/// Whether none of it is done, and all of it said to be.
pub(super) async fn is_forgotten(mistake: Mistake, table: &dyn Table, writes: &[Write]) -> Result<bool> {
    if !is_of_orders(writes) {
        return Ok(false);
    }
    match mistake {
        Mistake::ShortRefused => Ok(orders(writes).iter().any(|order| !order.short().is_zero())),
        Mistake::DeletedOrderKept => Ok(orders(writes).iter().any(Order::is_deleted)),
        Mistake::StampBelieved => {
            for order in orders(writes) {
                let before = known(table, &order).await?.and_then(|known| known.snapshot.stamp);
                if order.snapshot.stamp.is_some() && before > order.snapshot.stamp {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        _ => Ok(false),
    }
}

/// Units leave by one transaction and arrive by another.
pub(super) fn in_two(mistake: Mistake, writes: &[Write]) -> Option<(Vec<Write>, Vec<Write>)> {
    let ledgers = || writes.iter().filter_map(put).filter_map(|row| LedgerRow::from_row(row).ok());
    let arrives = ledgers().find(|row| matches!(row.cause, LedgerCause::Transfer { .. }) && row.movement.available > 0)?;
    if mistake != Mistake::TransferInTwo {
        return None;
    }
    let stock = StockRow::key(&arrives.sku, &arrives.location);
    let (ledger, is_second) = (arrives.to_row().key, |write: &Write| write.key().clone());
    Some(writes.iter().cloned().partition(|write| is_second(write) != stock && is_second(write) != ledger))
}

/// The transaction with what moves by mistake: stock and ledger agree with each other.
pub(super) async fn moved(mistake: Mistake, table: &dyn Table, mut writes: Vec<Write>, at: Timestamp) -> Result<Vec<Write>> {
    if mistake == Mistake::SentGivenBack && is_of_orders(&writes) {
        give_back_sent(table, &mut writes, at);
        return Ok(writes);
    }
    let ledgers: Vec<LedgerRow> = writes.iter().filter_map(put).filter_map(|row| LedgerRow::from_row(row).ok()).collect();
    for ledger in ledgers {
        let wrong = match &ledger.cause {
            LedgerCause::Orders { orders: taken, .. } => {
                by_orders(mistake, table, &writes, &ledger, taken.last().map(|one| one.2)).await?
            }
            LedgerCause::Order { .. } if mistake == Mistake::RestockedTwice && ledger.movement.available > 0 => {
                Some(Movement { available: 2 * ledger.movement.available, ..ledger.movement })
            }
            _ => None,
        };
        if let Some(movement) = wrong {
            change(&mut writes, &LedgerRow { movement, ..ledger });
        }
    }
    Ok(writes)
}

/// What orders move by mistake; `last`: what the last of them takes or gives back.
async fn by_orders(
    mistake: Mistake,
    table: &dyn Table,
    writes: &[Write],
    right: &LedgerRow,
    last: Option<i64>,
) -> Result<Option<Movement>> {
    let Movement { available, reserved } = right.movement;
    Ok(match mistake {
        Mistake::NotGivenBack if available > 0 => Some(Movement { available: 0, reserved }),
        Mistake::GivenBackTwice if available > 0 => Some(Movement { available: 2 * available, reserved }),
        Mistake::NotReserved => Some(Movement { available, reserved: 0 }),
        Mistake::LastDemandCounts => last.map(|last| Movement { available: last, reserved: reserved + available - last }),
        Mistake::BundlePerLine => {
            let mut units = 0;
            for order in orders(writes) {
                units += last_line(known(table, &order).await?.as_ref(), &order, &right.sku, &right.location);
            }
            (units != 0).then_some(Movement { available: -units, reserved: reserved + available + units })
        }
        _ => None,
    })
}

/// Units that the last line takes which takes or gives back any.
fn last_line(before: Option<&Order>, order: &Order, sku: &Sku, location: &LocationId) -> i64 {
    let held = |order: &Order, at: usize| -> i64 {
        let parts = order.lines.get(at).into_iter().flat_map(|line| &line.parts).filter(|part| part.sku == *sku);
        parts.flat_map(|part| &part.allocations).filter(|one| one.location == *location).map(|one| one.allocated.units()).sum()
    };
    let mut moves = (0..order.lines.len()).map(|at| held(order, at) - before.map_or(0, |before| held(before, at)));
    moves.rfind(|units| *units != 0).unwrap_or(0)
}

/// Writes another movement, in the figure and in the ledger.
fn change(writes: &mut [Write], ledger: &LedgerRow) {
    let (stock, entry) = (StockRow::key(&ledger.sku, &ledger.location), ledger.to_row().key);
    let Movement { available, reserved } = ledger.movement;
    for write in writes {
        match write {
            Write::Update { key, add, when, .. } if *key == stock => {
                set_add(add, "available", available);
                set_add(add, "reserved", reserved);
                *when = there(available, reserved);
            }
            Write::Put { row, .. } if row.key == entry => {
                with_number(row, "available", available);
                with_number(row, "reserved", reserved);
            }
            _ => {}
        }
    }
}

/// Units that left and that the channel then cancelled for good come free: rows, ledger and figures agree with each other.
fn give_back_sent(table: &dyn Table, writes: &mut Vec<Write>, at: Timestamp) {
    let mut freed: BTreeMap<(Sku, LocationId), i64> = BTreeMap::new();
    for mut order in orders(writes) {
        if give_back(&mut order, &mut freed) {
            let row = OrderRow(order).to_row();
            for write in writes.iter_mut() {
                if let Write::Put { row: known, .. } = write
                    && known.key == row.key
                {
                    *known = row.clone();
                }
            }
        }
    }
    let commit = journal(writes).map_or((at, "planted".to_owned()), |row| (row.at, row.commit));
    if writes.len() + 2 * freed.len() > table.most_writes() {
        return;
    }
    for ((sku, location), units) in freed {
        let ledgers = writes.iter().filter_map(put).filter_map(|row| LedgerRow::from_row(row).ok());
        let known = ledgers.into_iter().find(|row| row.sku == sku && row.location == location);
        if let Some(known) = known {
            let movement = Movement { available: known.movement.available + units, ..known.movement };
            change(writes, &LedgerRow { movement, ..known });
            continue;
        }
        let cause = LedgerCause::Orders { orders: Vec::new(), written_off: Vec::new() };
        let movement = Movement { available: units, reserved: 0 };
        let row =
            LedgerRow { sku: sku.clone(), location: location.clone(), at: commit.0, commit: commit.1.clone(), movement, cause };
        writes.push(Write::Put { row: row.to_row(), when: Condition::Absent });
        writes.push(Write::Update {
            key: StockRow::key(&sku, &location),
            add: vec![("available".to_owned(), units), ("version".to_owned(), 1)],
            set: Vec::new(),
            remove: Vec::new(),
            when: Condition::Always,
        });
    }
}

/// Frees what left of an order and is wanted no longer. Answers whether there is any.
fn give_back(order: &mut Order, freed: &mut BTreeMap<(Sku, LocationId), i64>) -> bool {
    let mut any = false;
    let Order { snapshot, lines, .. } = order;
    for line in lines {
        let told = snapshot.own_line(&line.id).filter(|told| !told.not_restocked.is_zero());
        let Some(wanted) = told.map(|told| told.ordered.less(told.cancelled)) else { continue };
        for part in &mut line.parts {
            let mut too_many: Quantity = part.taken().less(part.back()).less(wanted.times(part.units));
            for claim in &mut part.allocations {
                let units = too_many.min(claim.shipped);
                too_many = too_many.less(units);
                (claim.shipped, claim.allocated) = (claim.shipped.less(units), claim.allocated.less(units));
                if !units.is_zero() {
                    any = true;
                    *freed.entry((part.sku.clone(), claim.location.clone())).or_default() += units.units();
                }
            }
        }
    }
    any
}
