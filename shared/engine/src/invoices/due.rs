//! Which changes of an order may want a document, and the word that is left of them in the same transaction; and that it is wanted now.

use super::issue::{is_by_hand, parked_key};
use super::{vies, wanted};
use crate::rows::{ConnectionInvoices, InvoiceDueRow, OrderRow, TypedRow as _};
use crate::{Cache, Ports};
use domain::{ConnectionId, Money, Order, OrderLineId, OrderNumber, PlannedOrder, Quantity};
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, Result, Write};

/// The rows that are written with these orders: one for each that became due.
pub(crate) async fn rows(world: &Ports, lookup: &Cache, planned: &[PlannedOrder], at: Timestamp) -> Result<Vec<Write>> {
    let mut rows = Vec::new();
    for planned in planned {
        let connection = lookup.connection(world, &planned.order.connection).await?;
        let Some(terms) = &connection.invoices else { continue };
        if becomes_due(terms, planned.before.as_ref(), &planned.order) {
            let order = &planned.order;
            let row = InvoiceDueRow::opened(&order.connection, &order.snapshot.number, order.version, at);
            rows.push(Write::Put { row: row.to_row(), when: Condition::Always });
        }
    }
    Ok(rows)
}

/// Has an order that waits for its document looked at by the next run, instead of when it is due by itself. One that a person dismissed is
/// invoiced here after all.
pub async fn look_again(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<()> {
    if is_by_hand(world, connection, number).await?
        && let Some(order) = OrderRow::read(world, connection, number).await?
    {
        let due = InvoiceDueRow::opened(connection, number, order.version, world.clock.now());
        world.write_if(Write::Put { row: due.to_row(), when: Condition::Absent }).await?;
        let key = parked_key(connection, number);
        return world.write_if(Write::Delete { key, when: Condition::Always }).await.map(drop);
    }
    let row: Option<InvoiceDueRow> = world.get(&InvoiceDueRow::key(connection, number)).await?;
    let Some(row) = row else {
        let message = format!("order {number} of {connection} waits for no invoice and no credit note");
        return Err(Error::new(ErrorKind::NotFound, "invoice", message));
    };
    vies::ask_at_once(world, &row).await?;
    // Where it changed meanwhile, it is due by that.
    world.write_if(row.put_off(None, world.clock.now())).await.map(drop)
}

/// Whether the order may want a document that it did not want before. One too many costs a look; one too few, an invoice.
fn becomes_due(terms: &ConnectionInvoices, before: Option<&Order>, order: &Order) -> bool {
    if !order.is_complete() || order.snapshot.placed_at < terms.since || !wanted::has_begun(order, terms) {
        return false;
    }
    before.is_none_or(|before| !before.is_complete() || basis(before) != basis(order))
}

/// What documents are made of.
fn basis(order: &Order) -> impl PartialEq + use<'_> {
    let units = |line: &domain::SnapshotLine| {
        let returned = wanted::returned(order, line);
        let id: OrderLineId = line.id.clone();
        let told: [Quantity; 4] = [line.ordered, line.cancelled, wanted::sent(order, line), returned];
        (id, told)
    };
    let lines: Vec<_> = order.snapshot.lines.iter().map(units).collect();
    let terms = &order.snapshot.terms;
    let money: [&Option<Money>; 2] = [&terms.total, &terms.refunded];
    (lines, money, terms.paid, order.shipments.len(), order.undecided().count(), order.snapshot.draft)
}
