//! Brings the lines of one order to what is demanded of them now, and tells what that moves.

use crate::allocate::{Wanted, locations_for};
use crate::kept_off::{self, KeptOff};
use crate::{
    Allocation, Component, LineChange, LineDemand, LineState, LocationId, Movement, OrderLineId, PartState, Quantity, Remaining,
    Restocked, Shipment, Sku, WrittenOff,
};
use std::collections::BTreeMap;

/// What one line is to come to, in the line's own units.
pub(crate) struct Aim {
    /// As it is.
    pub(crate) line: LineState,
    /// What is demanded of it.
    pub(crate) demand: Demand,
    /// Units that left; `None`: those that had left before, because nobody tells of the line any more.
    pub(crate) shipped: Option<Quantity>,
}

/// What is demanded of one line, in the line's own units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Demand {
    /// Units that are ordered and not cancelled.
    pub(crate) wanted: Quantity,
    /// Units that the merchant cancelled because they are not there.
    pub(crate) not_there: Quantity,
    /// Units that the channel cancelled and keeps off sale, beside those.
    pub(crate) kept_off: KeptOff,
}

/// What is decided of the lines of which something is, by their ids.
pub(crate) type Changes = BTreeMap<OrderLineId, LineChange>;

/// Brings a whole order to it: first what is given back, then, over all lines together, what is taken. Of a line that was begun the products
/// that are done stay as they are, and for the others holds what was decided then.
pub(crate) fn allocate_lines(
    mut aims: Vec<Aim>,
    parcels: &[Shipment],
    locations: &[LocationId],
    remaining: &mut Remaining,
) -> (Vec<LineState>, Changes) {
    let mut decided = Vec::with_capacity(aims.len());
    for Aim { line, demand, shipped } in &mut aims {
        let mut begun = line.open.take();
        let done = begun.as_mut().map(|open| std::mem::take(&mut open.done)).unwrap_or_default();
        let known = begun.as_ref().map(|open| open.change.clone());
        let mut change =
            known.unwrap_or_else(|| LineChange { found: kept_off::on_sale_again(line, *demand), ..LineChange::default() });
        kept_off::put_back(line, change.found, &done, remaining);
        for part in line.parts.iter_mut().filter(|part| !done.contains(&part.sku)) {
            for Restocked { location, units } in &change.restocked {
                part.restock(location, units.times(part.units));
            }
        }
        for part in &mut line.parts {
            // First, so that units of a shipment that was undone can be given back at once.
            spread(parcels, &line.id, *shipped, part);
        }
        if let Some(open) = begun {
            (line.gone, line.kept_off) = (open.gone, open.kept_off);
        } else {
            change.freed = gone(line, *demand);
            kept_off::note(line, *demand, change.freed);
            change.never_held = kept_off::never_held(line, *demand);
            kept_off::note(line, *demand, change.never_held);
        }
        if line.sku.is_none() {
            line.unmatched = if line.not_stocked { Quantity::ZERO } else { demand.wanted };
        }
        for part in line.parts.iter_mut().filter(|part| !done.contains(&part.sku)) {
            give_back(part, demand.wanted.times(part.units), change.freed.times(part.units), remaining);
        }
        decided.push((change, done));
    }
    take(&mut aims, &decided, locations, remaining);
    for (Aim { line, demand, shipped }, (change, done)) in aims.iter_mut().zip(&decided) {
        for part in &mut line.parts {
            spread(parcels, &line.id, *shipped, part);
            if !change.never_held.is_zero() && !done.contains(&part.sku) {
                give_back(part, demand.wanted.times(part.units), change.never_held.times(part.units), remaining);
            }
            part.allocations.retain(|claim| !claim.allocated.is_zero());
        }
    }
    let lines: Vec<LineState> = aims.into_iter().map(|aim| aim.line).collect();
    let changes = lines.iter().zip(decided).filter(|(_, (change, _))| !change.is_nothing());
    let changes = changes.map(|(line, (change, _))| (line.id.clone(), change)).collect();
    (lines, changes)
}

/// What it moves when an order's lines come from one state to another.
pub(crate) fn moved(before: &[LineState], after: &[LineState]) -> Vec<LineDemand> {
    let known: BTreeMap<&OrderLineId, &LineState> = before.iter().map(|line| (&line.id, line)).collect();
    let mut demands = Vec::new();
    for line in after {
        let was = known.get(&line.id);
        for part in &line.parts {
            let was = was.iter().flat_map(|one| &one.parts).find(|one| one.sku == part.sku);
            demands.extend(moved_part(was, part));
        }
        // Of a line that became another product, everything that it held before comes free.
        let is_left = |part: &&PartState| !line.parts.iter().any(|now| now.sku == part.sku);
        for left in was.into_iter().flat_map(|one| &one.parts).filter(is_left) {
            let nothing = PartState::of(Component { sku: left.sku.clone(), units: left.units });
            demands.extend(moved_part(Some(left), &nothing));
        }
    }
    demands
}

/// Units of a part in the merchant's own shipments that left a location.
pub(crate) fn sent_from(parcels: &[Shipment], line: &OrderLineId, part: &PartState, location: &LocationId) -> Quantity {
    let from = parcels.iter().filter(|parcel| parcel.location == *location).flat_map(|parcel| &parcel.lines);
    from.filter(|one| one.line == *line).map(|one| one.units).sum::<Quantity>().times(part.units)
}

/// Marks claims as shipped: those of our own shipments where they left, what else the channel tells of from the first claim on. What came
/// back did leave, whatever is told now.
fn spread(parcels: &[Shipment], line: &OrderLineId, shipped: Option<Quantity>, part: &mut PartState) {
    let shipped = shipped.map_or(part.taken(), |units| units.times(part.units)).max(part.back());
    let own: Vec<Quantity> = part.allocations.iter().map(|claim| sent_from(parcels, line, part, &claim.location)).collect();
    let mut left = shipped;
    for (claim, own) in part.allocations.iter_mut().zip(own) {
        claim.shipped = own.min(claim.allocated);
        left = left.less(claim.shipped);
    }
    for claim in &mut part.allocations {
        let more = left.min(claim.allocated.less(claim.shipped));
        claim.shipped = claim.shipped.plus(more);
        left = left.less(more);
    }
}

/// Units of a line that come free and are not there.
pub(crate) fn gone(line: &LineState, demand: Demand) -> Quantity {
    // A line that is no product yet took nothing from stock that a channel could keep off: it is asked for once it is matched.
    let kept_off = if line.parts.is_empty() { Quantity::ZERO } else { demand.kept_off.new };
    free(line, demand.wanted).min(demand.not_there.plus(kept_off).less(line.gone))
}

/// Units of a line that come free when so many are wanted.
fn free(line: &LineState, wanted: Quantity) -> Quantity {
    let free = |part: &PartState| {
        let excess = part.committed().plus(part.short).less(wanted.times(part.units));
        excess.min(part.short.plus(part.committed().less(part.taken()))).per(part.units)
    };
    line.parts.iter().map(free).max().unwrap_or(line.unmatched.less(wanted))
}

/// Gives back what is wanted no longer; of what it held, `gone` units are not there and can be promised to nobody.
fn give_back(part: &mut PartState, wanted: Quantity, gone: Quantity, remaining: &mut Remaining) {
    let mut excess = part.committed().plus(part.short).less(wanted);
    let from_short = excess.min(part.short);
    part.short = part.short.less(from_short);
    excess = excess.less(from_short);
    // What was short was never there.
    let mut gone = gone.less(from_short);
    // The last location asked is the first to be given back: the order keeps to the preferred one.
    for claim in part.allocations.iter_mut().rev() {
        let given = excess.min(claim.allocated.less(claim.shipped));
        claim.allocated = claim.allocated.less(given);
        excess = excess.less(given);
        let lost = gone.min(given);
        gone = gone.less(lost);
        remaining.give_back(&part.sku, &claim.location, given.less(lost));
        if lost.is_zero() {
            continue;
        }
        match part.written_off.iter_mut().find(|one| one.location == claim.location) {
            Some(one) => one.units = one.units.plus(lost),
            None => part.written_off.push(WrittenOff { location: claim.location.clone(), units: lost }),
        }
    }
}

fn lacking(part: &PartState, wanted: Quantity) -> Quantity {
    wanted.times(part.units).less(part.committed().plus(part.short))
}

/// Takes what is wanted, and what the channel took and keeps off sale although it was never held here. `decided`: that, and the products
/// that are done, of each line.
fn take(lines: &mut [Aim], decided: &[(LineChange, Vec<Sku>)], locations: &[LocationId], remaining: &mut Remaining) {
    let mut wanted = Wanted::new();
    let mut used = Vec::new();
    for (aim, (change, done)) in lines.iter().zip(decided) {
        for part in &aim.line.parts {
            let lacking = lacking(part, aim.demand.wanted.plus(change.never_held));
            if !lacking.is_zero() && !done.contains(&part.sku) {
                let sum = wanted.entry(part.sku.clone()).or_default();
                *sum = sum.plus(lacking);
            }
            used.extend(
                part.allocations.iter().filter(|claim| claim.allocated > claim.shipped).map(|claim| claim.location.clone()),
            );
        }
    }
    if wanted.is_empty() {
        return;
    }
    let asked = locations_for(&wanted, &used, locations, remaining);
    for (aim, (change, done)) in lines.iter_mut().zip(decided) {
        for part in aim.line.parts.iter_mut().filter(|part| !done.contains(&part.sku)) {
            let lacking = lacking(part, aim.demand.wanted.plus(change.never_held));
            let open = cover(part, lacking, &asked, remaining);
            part.short = part.short.plus(open);
        }
    }
}

/// Takes units for a part. Answers how many are not there.
pub(crate) fn cover(part: &mut PartState, wanted: Quantity, asked: &[LocationId], remaining: &mut Remaining) -> Quantity {
    let mut open = wanted;
    for location in asked {
        let taken = remaining.take(&part.sku, location, open);
        if !taken.is_zero() {
            open = open.less(taken);
            claim(part, location, taken);
        }
    }
    open
}

/// Holds so many units more at a location.
pub(crate) fn claim(part: &mut PartState, location: &LocationId, units: Quantity) {
    match part.allocations.iter_mut().find(|claim| claim.location == *location) {
        Some(claim) => claim.allocated = claim.allocated.plus(units),
        None => part.allocations.push(Allocation { location: location.clone(), allocated: units, shipped: Quantity::ZERO }),
    }
}

/// What a part's change moves, per location.
pub(crate) fn moved_part(before: Option<&PartState>, after: &PartState) -> Vec<LineDemand> {
    let mut sums: BTreeMap<&LocationId, Movement> = BTreeMap::new();
    for (part, sign) in before.into_iter().map(|part| (part, -1)).chain([(after, 1)]) {
        for claim in &part.allocations {
            let sum = sums.entry(&claim.location).or_default();
            sum.available -= sign * claim.allocated.units();
            sum.reserved += sign * (claim.allocated.units() - claim.shipped.units());
        }
        for Restocked { location, units } in &part.restocked {
            sums.entry(location).or_default().available += sign * units.units();
        }
        for WrittenOff { location, units } in &part.written_off {
            sums.entry(location).or_default().available -= sign * units.units();
        }
    }
    let lost = |part: &PartState, at: &LocationId| {
        part.written_off.iter().filter(|one| one.location == *at).map(|one| one.units).sum::<Quantity>()
    };
    let demand = |(location, movement): (&LocationId, Movement)| LineDemand {
        sku: after.sku.clone(),
        location: location.clone(),
        movement,
        written_off: lost(after, location).units() - before.map_or(0, |part| lost(part, location).units()),
    };
    // A unit that turns out never to have left and is not there moves nothing, and the ledger tells of it.
    sums.into_iter().map(demand).filter(|demand| !demand.movement.is_nothing() || demand.written_off != 0).collect()
}

#[cfg(test)]
#[path = "written_off_tests.rs"]
mod tests;
