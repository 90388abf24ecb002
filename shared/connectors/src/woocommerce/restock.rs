//! Which refunded and given-up units the shop put on sale again.
//!
//! The shop keeps it on each line of an order: `_reduced_stock` is what it took off its counter and has not put back,
//! `_restock_refunded_items` what its refunds put on sale again. A cancelled order puts back the first and forgets it; no other status
//! puts anything back. A line without either is of a product that the shop did not count when it was ordered: then it does not tell.

use crate::woocommerce::marks::{self, About};
use crate::woocommerce::snapshot::{WHOLE, at, no_line};
use crate::woocommerce::statuses::Meaning;
use crate::woocommerce::wire::{Line, Refund};
use domain::{OrderLineId, PossibleProducts, Quantity, UnreadableLine};
use jiff::Timestamp;
use ports::Result;
use std::collections::BTreeMap;

/// When the order was completed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Completed {
    /// It was not, or was opened again.
    Never,
    /// Then, UTC.
    At(Timestamp),
    /// It was, and when cannot be read.
    Sometime,
}

/// Units of a line in refund records.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Refunded {
    /// Before they left, as far as the records tell.
    pub(super) before: i64,
    /// After it.
    pub(super) after: i64,
    /// Of those before, units that we had it put on sale again.
    put_back_by_us: i64,
    /// Of those before, units that we had it leave off sale: the merchant said here that they are not there.
    left_off_by_us: i64,
    /// Of those after, units in records of ours, which put nothing on sale.
    after_by_us: i64,
}

/// Sorts refunded units per line into those that were never sent and those that were. A record of ours says it by its mark, whenever it
/// was made. Of the shop's own records, those from before the order was completed are about units that were not sent. In the very
/// second of it the two cannot be told apart: then they are if there are shipments we told of, which bound them, and else are not.
///
/// Units that cannot be read are counted as none, so that nothing comes free by them, and are named.
pub(super) fn refunded(
    refunds: &[Refund],
    completed: Completed,
    parcels: bool,
) -> Result<(BTreeMap<u64, Refunded>, Vec<UnreadableLine>)> {
    let mut units: BTreeMap<u64, Refunded> = BTreeMap::new();
    let mut unreadable_lines = Vec::new();
    for refund in refunds {
        let ours = marks::about(refund.reason.text());
        let after = match (ours, at(&refund.date_created_gmt), completed) {
            (Some(about), _, _) => about == About::Returned,
            (None, Some(at), Completed::At(completed)) => at > completed || (at == completed && !parcels),
            // Completed, and one of the two times cannot be read: nothing comes free by that.
            (None, _, Completed::At(_) | Completed::Sometime) => true,
            (None, _, Completed::Never) => false,
        };
        for line in refund.lines() {
            let Some(of) = line.of_line() else { continue };
            match line.quantity.needed("refunds.line_items.quantity", WHOLE) {
                Ok(refunded) => {
                    let (of, count) = (units.entry(of).or_default(), refunded.saturating_abs());
                    let sum = if after { &mut of.after } else { &mut of.before };
                    *sum = sum.saturating_add(count);
                    let sum = match ours {
                        Some(About::Cancelled) => &mut of.put_back_by_us,
                        Some(About::NotThere) => &mut of.left_off_by_us,
                        Some(About::Returned) => &mut of.after_by_us,
                        None => continue,
                    };
                    *sum = sum.saturating_add(count);
                }
                Err(problem) => {
                    let id = Some(OrderLineId::new(of.to_string())?);
                    unreadable_lines.push(UnreadableLine {
                        id,
                        field_error: problem,
                        may_be: PossibleProducts::Counted,
                        ..no_line(String::new())
                    });
                }
            }
        }
    }
    Ok((units, unreadable_lines))
}

/// What is known of a line's units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub(super) ordered: Quantity,
    /// Given up by refund records.
    pub(super) given_up: Quantity,
    /// Given up by the order's status.
    pub(super) by_status: Quantity,
    pub(super) shipped: Quantity,
    /// Paid back after they left.
    pub(super) paid_back: Quantity,
}

/// What became of the stock of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stock {
    /// Of the units given up, those that are not on sale again. Those that the merchant cancelled here as not there are not among them.
    pub(super) not_restocked: Quantity,
    /// Of those, units of which the shop does not tell.
    pub(super) untold: Quantity,
    /// Of the units that left, those that the shop put on sale again.
    pub(super) restocked: Quantity,
}

/// Tells what became of the stock of a line.
pub(super) fn of(
    line: &Line,
    meaning: Meaning,
    was_completed: bool,
    untold_on_sale: bool,
    figures: &Figures,
    refunded: Refunded,
) -> Stock {
    let Figures { ordered, given_up, by_status, shipped, paid_back } = *figures;
    let off = line.off_the_counter().map(Quantity::clamped);
    let by_refunds = line.restocked().map(Quantity::clamped).or_else(|| off.map(|off| ordered.less(off)));
    // Of what was refunded before and after, nobody says which was put back: first those that had left, for these are looked at anyway.
    let sent_put_back = paid_back.less(Quantity::clamped(refunded.after_by_us)).min(by_refunds.unwrap_or_default());
    let others = given_up.less(Quantity::clamped(refunded.left_off_by_us));
    let refunds_left_off = match by_refunds {
        Some(put_back) => others.less(put_back.less(sent_put_back)),
        None if untold_on_sale => Quantity::ZERO,
        None => others.less(Quantity::clamped(refunded.put_back_by_us)),
    };
    let status_left_off = match (meaning, off) {
        (_, Some(off)) => by_status.min(off),
        // Paid back whole, nothing is put on sale by itself; of an uncounted product nobody tells.
        (Meaning::PaidBack, None) if !untold_on_sale => by_status,
        _ => Quantity::ZERO,
    };
    // A cancelled order puts all on sale again that it still had off, whether it had left or not.
    let all_put_back = meaning == Meaning::Nothing && was_completed && off.unwrap_or_default().is_zero();
    Stock {
        not_restocked: refunds_left_off.plus(status_left_off),
        untold: if by_refunds.is_none() { refunds_left_off } else { Quantity::ZERO }.plus(if off.is_none() {
            status_left_off
        } else {
            Quantity::ZERO
        }),
        restocked: if all_put_back { shipped } else { sent_put_back.min(shipped) },
    }
}

#[cfg(test)]
#[path = "restock_tests.rs"]
mod tests;
