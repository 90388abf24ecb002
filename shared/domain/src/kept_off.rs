//! Units that a channel cancelled and does not put on sale again: damaged, lost, taken out by its staff.
//!
//! They come free to nobody, like those that the merchant cancelled here as not there (`settle`): written off in the commit that frees them.
//! What was cancelled by the merchant here is judged by the merchant's word, which says it of each unit; the channel's word counts for the
//! rest of what it cancelled. If it puts them on sale later, they come back, once.

use crate::allocate_lines::Demand;
use crate::{LineState, Order, OrderEventDetails, OrderLineId, Quantity, Remaining, Sku, SnapshotLine};

/// Units of one line that the channel keeps off sale, in the line's own units.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct KeptOff {
    /// Those that the merchant did not cancel here.
    pub(crate) new: Quantity,
    /// All that it tells: what was kept off before comes back only if it tells of fewer.
    told: Quantity,
}

impl KeptOff {
    /// As the channel tells of a line now. One that it tells of no longer stays as it was.
    pub(crate) fn of(known: Option<&Order>, told: Option<&SnapshotLine>, line: &LineState) -> Self {
        let Some(told) = told.filter(|told| told.is_own()) else {
            return Self { new: line.kept_off, told: line.kept_off };
        };
        let ours = known.map_or(Quantity::ZERO, |order| order.perhaps_cancelled_there(&told.id));
        let there = known.map_or(Quantity::ZERO, |order| order.said_to_be_there(&told.id));
        // What the channel puts on sale later may be the units that the merchant said are there: those are back already.
        Self { new: told.not_restocked.min(told.cancelled.less(ours)).less(there), told: told.not_restocked }
    }
}

impl Order {
    /// Units of a line that the channel kept off sale and that the merchant says are there.
    fn said_to_be_there(&self, line: &OrderLineId) -> Quantity {
        self.put_back.iter().filter(|one| one.line == *line).map(|one| one.units).sum()
    }

    /// Units of a line that are kept off sale by the channel's word alone, and can be put back.
    pub fn to_put_back(&self, line: &OrderLineId) -> Quantity {
        self.line(line).map_or(Quantity::ZERO, |line| line.kept_off)
    }
}

/// Notes that so many units of a line came free and are not there. First they are those that the channel took out: what the merchant
/// cancels here is cancelled there only later.
pub(crate) fn note(line: &mut LineState, demand: Demand, gone: Quantity) {
    line.gone = line.gone.plus(gone);
    line.kept_off = line.kept_off.plus(never_held(line, demand).min(gone));
}

/// Units of a line that the channel took off its counter and keeps off, and that were never held here: it was heard of them only afterwards.
/// They lie in our figure still, and are taken out of it like the others.
pub(crate) fn never_held(line: &LineState, demand: Demand) -> Quantity {
    if line.parts.is_empty() { Quantity::ZERO } else { demand.kept_off.new.less(line.kept_off) }
}

/// Units of a line that the channel keeps off no longer.
pub(crate) fn on_sale_again(line: &LineState, demand: Demand) -> Quantity {
    line.kept_off.less(demand.kept_off.told)
}

/// Puts back units of a line that are there after all, where they were held; never more than were written off. `done`: products with
/// which that is done.
pub(crate) fn put_back(line: &mut LineState, found: Quantity, done: &[Sku], remaining: &mut Remaining) {
    line.kept_off = line.kept_off.less(found);
    line.gone = line.gone.less(found);
    for part in line.parts.iter_mut().filter(|part| !done.contains(&part.sku)) {
        let mut left = found.times(part.units);
        for lost in part.written_off.iter_mut().rev() {
            let here = left.min(lost.units);
            lost.units = lost.units.less(here);
            left = left.less(here);
            remaining.give_back(&part.sku, &lost.location, here);
        }
        part.written_off.retain(|lost| !lost.units.is_zero());
    }
}

/// What the timeline tells of units that came free to nobody, or are there after all.
pub(crate) fn told_of(before: &[LineState], after: &[LineState]) -> Vec<OrderEventDetails> {
    let (mut written_off, mut kept_off, mut back) = (Quantity::ZERO, Quantity::ZERO, Quantity::ZERO);
    for line in after {
        let new = LineState::new(line.id.clone());
        let was = before.iter().find(|one| one.id == line.id).unwrap_or(&new);
        let lost = |line: &LineState| line.parts.iter().map(crate::PartState::lost).sum::<Quantity>();
        if line.gone.less(line.kept_off) > was.gone.less(was.kept_off) {
            written_off = written_off.plus(lost(line).less(lost(was)));
        }
        kept_off = kept_off.plus(line.kept_off.less(was.kept_off));
        back = back.plus(was.kept_off.less(line.kept_off));
    }
    let mut happened = Vec::new();
    if !written_off.is_zero() {
        happened.push(OrderEventDetails::WrittenOff { units: written_off });
    }
    if !kept_off.is_zero() {
        happened.push(OrderEventDetails::KeptOffSale { units: kept_off });
    }
    if !back.is_zero() {
        happened.push(OrderEventDetails::Restocked { units: back });
    }
    happened
}

#[cfg(test)]
#[path = "kept_off_tests.rs"]
mod tests;
