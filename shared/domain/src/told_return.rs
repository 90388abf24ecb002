//! Returns that a channel tells of only by its orders: units that left are on sale again there, or taken in.
//!
//! The shop's own figure is not believed for them: what they are like somebody must see. So they become a return that has arrived and waits
//! for inspection, and are put on sale once, here, when they are found sellable. The channel is told nothing of it: it has dealt with them.

use crate::order_action::begin_history;
use crate::{LineUnits, Order, OrderEventDetails, Quantity, Return};
use jiff::Timestamp;

/// Opens a return for what the channel says is back and no return is about. By totals, so that the same word twice opens nothing.
pub(crate) fn open(order: &mut Order, read_at: Timestamp) {
    let mut opened = Vec::new();
    for (at, line) in order.lines.iter().enumerate() {
        let Some(told) = order.snapshot.own_line(&line.id) else { continue };
        let known: Quantity = order.returns.iter().map(|one| one.announced(&line.id)).sum();
        let new = told.returned.less(known).min(told.restocked).min(line.sent().less(known));
        if new.is_zero() {
            continue;
        }
        opened.push(Return {
            // The next one of the line has another total.
            id: format!("back-{}-{}", at + 1, known.plus(new)),
            channel_id: None,
            settled_on_channel: true,
            lines: vec![LineUnits { line: line.id.clone(), units: new }],
            reason: String::new(),
            received_at: Some(read_at),
            inspections: Vec::new(),
        });
    }
    if !opened.is_empty() {
        begin_history(order);
    }
    for one in opened {
        order.note(read_at, None, OrderEventDetails::ReturnReceived { id: one.id.clone() });
        order.returns.push(one);
    }
}

#[cfg(test)]
#[path = "told_return_tests.rs"]
mod tests;
