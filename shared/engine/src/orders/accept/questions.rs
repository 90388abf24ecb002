//! What a person must answer about an order that a channel changed. It is asked in the transaction that changes it: never lost, never twice.

use crate::first_named::first_named;
use crate::rows::{OrderQuestion, OutboxRow, ParkedRow, Subject, TypedRow};
use domain::{AcceptanceAnswer, LineState, Order, PlannedOrder, Quantity, so_many};
use jiff::Timestamp;
use ports::{Condition, Write};

/// The questions of one commit. One that was asked before is asked anew: it is about more.
pub(super) fn of(planned: &[PlannedOrder], at: Timestamp) -> Vec<Write> {
    let mut rows = Vec::new();
    for planned in planned {
        let (order, before) = (&planned.order, planned.before.as_ref());
        let questions = [
            (OrderQuestion::Restocked, untold(order, before)),
            (OrderQuestion::CameBack, returned(order, before)),
            (OrderQuestion::Deleted, deleted(order, before)),
            (OrderQuestion::Short, short(order, before)),
        ];
        for (question, reason) in questions {
            let Some(reason) = reason else { continue };
            let subject = Subject::Question { number: order.snapshot.number.clone(), question };
            let row = ParkedRow::first(Some(&order.connection), subject, &reason, at);
            rows.push(Write::Put { row: row.to_row(), when: Condition::Always });
        }
        if is_to_be_answered(order, before) {
            let row = OutboxRow::without_message(&order.connection, &order.snapshot.number, AcceptanceAnswer::MARK, at);
            rows.push(Write::Put { row: row.to_row(), when: Condition::Always });
        }
    }
    rows
}

/// Whether its channel waits for the merchant's word from now on: it is given once all of the order is taken in, and its units are set aside.
fn is_to_be_answered(order: &Order, before: Option<&Order>) -> bool {
    let waits = |order: &Order| order.awaits_acceptance().is_some() && order.is_complete();
    waits(order) && order.acceptance.is_none() && !before.is_some_and(waits)
}

/// Units that were cancelled on the channel, which does not say whether they are there.
fn untold(order: &Order, before: Option<&Order>) -> Option<String> {
    let kept_off = |line: &LineState| {
        let was = before.and_then(|order| order.line(&line.id)).map_or(Quantity::ZERO, |line| line.kept_off);
        let untold = order.snapshot.own_line(&line.id).map_or(Quantity::ZERO, |told| told.restock_untold);
        line.kept_off.less(was).min(untold)
    };
    let lines: Vec<_> = order.lines.iter().map(|line| (line, kept_off(line))).filter(|(_, units)| !units.is_zero()).collect();
    (!lines.is_empty()).then(|| {
        format!(
            "{}: cancelled on the channel, which does not say whether that can be sold again; until you do, it is offered nowhere. If it is there, put it back (`restocks` on the order's line); if not, nothing is left to do",
            named(&lines)
        )
    })
}

/// Units that the channel put on sale again, or took in, after they had left.
fn returned(order: &Order, before: Option<&Order>) -> Option<String> {
    let is_new = |id: &str| !before.is_some_and(|before| before.returns.iter().any(|known| known.id == id));
    let opened = || order.returns.iter().filter(|one| one.settled_on_channel && is_new(&one.id));
    let back = |line: &LineState| opened().map(|one| one.announced(&line.id)).sum::<Quantity>();
    let lines: Vec<_> = order.lines.iter().map(|line| (line, back(line))).filter(|(_, units)| !units.is_zero()).collect();
    (!lines.is_empty()).then(|| {
        format!(
            "the channel counts {} again that had left: look whether that came back, or never left, and inspect return {}; until then it is offered nowhere",
            named(&lines),
            first_named(opened().map(|one| one.id.clone()), ", ")
        )
    })
}

/// Units of an order that was deleted on the channel and that were not told as sent: they are on sale again, and nobody says whether they left.
fn deleted(order: &Order, before: Option<&Order>) -> Option<String> {
    let before = before.filter(|before| order.is_deleted() && !before.is_deleted())?;
    let freed = |line: &LineState| {
        let wanted = |order: &Order| {
            order.snapshot.own_line(&line.id).map_or(Quantity::ZERO, |told| told.ordered.less(told.cancelled).less(told.shipped))
        };
        wanted(before).less(wanted(order))
    };
    let lines: Vec<_> = order.lines.iter().map(|line| (line, freed(line))).filter(|(_, units)| !units.is_zero()).collect();
    (!lines.is_empty()).then(|| {
        format!(
            "the order was deleted on the channel; what had not been told as sent is on sale again: {}. If it was sent all the same, or is not \
             there, take it off by a correction of stock; what had been sent stays sent",
            named(&lines)
        )
    })
}

/// Units of products that no stock covers, more than before. An order that is taken in by parts is asked about once all of it is in; a line of which
/// nobody knows the product is named as that, and not once more here.
fn short(order: &Order, before: Option<&Order>) -> Option<String> {
    let before = before.filter(|before| before.is_complete());
    let was = |line: &LineState| before.and_then(|order| order.line(&line.id)).map_or(Quantity::ZERO, uncovered);
    let lines: Vec<_> = order.lines.iter().map(|line| (line, uncovered(line))).filter(|(_, units)| !units.is_zero()).collect();
    let more = lines.iter().any(|(line, units)| *units > was(line));
    (more && order.is_complete()).then(|| {
        format!(
            "{}: sold, and covered by no stock. That is owed before any is shown again: bring stock in and cover it \
             (`POST /api/v1/orders/{}/{}/allocate`, or `sluis attention retry ID`), or cancel it",
            named(&lines),
            order.connection,
            order.snapshot.number
        )
    })
}

/// What is short of a product.
pub(crate) fn uncovered(line: &LineState) -> Quantity {
    if line.sku.is_some() { line.short() } else { Quantity::ZERO }
}

fn named(lines: &[(&LineState, Quantity)]) -> String {
    let one = |(line, units): &(&LineState, Quantity)| match &line.sku {
        Some(sku) => format!("{} of {sku} (line {})", so_many(units, "unit"), line.id),
        None => format!("{} of line {}", so_many(units, "unit"), line.id),
    };
    first_named(lines.iter().map(one), ", ")
}
