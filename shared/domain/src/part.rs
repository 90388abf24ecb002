//! An order of more rows than one transaction takes is done in parts, each a difference that stands by itself.
//!
//! The row says which lines are still open, and what the channel had told of them before; what is done is told by what the lines hold.
//! Whoever finds it plans the difference that is left, so it does not matter who began, nor how often anybody died on the way.

use crate::allocate_lines::{moved, moved_part};
use crate::plan::counted;
use crate::{
    Component, Flow, LineDemand, LineState, LocationId, OpenLine, Order, OrderLineId, PartState, Plan, PlannedOrder, Quantity,
    Sku,
};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one product that are written: its locations, and whether what is short of it.
type Rows<'a> = BTreeMap<&'a Sku, (BTreeSet<&'a LocationId>, bool)>;

impl PlannedOrder {
    /// As much of it as so many rows of stock, ledger and what is short can hold. `None`: not even one product of one line.
    pub fn part(&self, most: usize) -> Option<Plan> {
        let known: BTreeMap<&OrderLineId, &LineState> =
            self.before.iter().flat_map(|order| &order.lines).map(|line| (&line.id, line)).collect();
        let flows = self.told_flows_by_part();
        let chosen = self.choose(&known, &flows, most)?;
        let counted = self.before.as_ref().map(counted).unwrap_or_default();
        let lines = self.order.lines.iter().enumerate().map(|(at, after)| {
            let before = known.get(&after.id).copied();
            let waits = |part: usize| flows.get(&(at, part)).is_some_and(|told| *told != Flow::default());
            let counted = counted.get(&after.id).copied().unwrap_or_default();
            let change = self.changes.get(&after.id).cloned().unwrap_or_default();
            let (gone, kept_off) = (after.gone, after.kept_off);
            let begun = OpenLine { counted, done: Vec::new(), follows: false, change, gone, kept_off };
            midway(before, after, |part| chosen.contains(&(at, part)), waits, begun)
        });
        let lines: Vec<LineState> = lines.collect();
        let demands = moved(self.before.as_ref().map_or(&[][..], |order| &order.lines), &lines);
        let mut order = Order { lines, ..self.order.clone() };
        if self.before.as_ref().is_none_or(|before| before.accepted_version == 0) {
            order.accepted_version = if order.is_complete() { order.version } else { 0 };
        }
        Some(Plan::of(Self { order, demands, ..self.clone() }))
    }

    /// Products of lines, by their places, that fit. A line that is another product than before goes whole: what it held as the one comes
    /// free as it takes the other.
    fn choose(
        &self,
        known: &BTreeMap<&OrderLineId, &LineState>,
        flows: &BTreeMap<(usize, usize), Flow>,
        most: usize,
    ) -> Option<BTreeSet<(usize, usize)>> {
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut chosen = BTreeSet::new();
        for (at, line) in self.order.lines.iter().enumerate() {
            let before = known.get(&line.id).copied();
            let dropped = before.into_iter().flat_map(|before| &before.parts).filter(|part| !has(line, &part.sku));
            let mut whole = Wanted::default();
            for part in dropped {
                whole.add(&moved_part(Some(part), &blank(part)), &part.sku, is_short(part));
            }
            let goes_whole = whole.is_something();
            for (number, part) in line.parts.iter().enumerate() {
                let was = before.into_iter().flat_map(|line| &line.parts).find(|one| one.sku == part.sku);
                let demands = moved_part(was, part);
                let told = flows.get(&(at, number)).copied().unwrap_or_default();
                let short = was.map_or(Quantity::ZERO, |was| was.short) != part.short || is_beside_stock(&demands, told);
                let mut one = if goes_whole { std::mem::take(&mut whole) } else { Wanted::default() };
                one.add(&demands, &part.sku, short);
                one.places.push((at, number));
                if goes_whole {
                    whole = one;
                } else if one.is_something() {
                    wanted.push(one);
                } else {
                    chosen.insert((at, number));
                }
            }
            if goes_whole {
                wanted.push(whole);
            }
        }
        if wanted.is_empty() {
            return Some(chosen);
        }
        let mut written = 0;
        for group in grouped(wanted) {
            let more = Wanted::rows_of(&group);
            if written + more <= most {
                written += more;
                chosen.extend(group.into_iter().flat_map(|one| one.places));
                continue;
            }
            if written == 0 {
                let some = some_of(group, most);
                written = some.len();
                chosen.extend(some);
            }
            break;
        }
        (written > 0).then_some(chosen)
    }
}

/// By the products that they move: what one line gives back of a product, another may take, so they are written together. Where a product
/// takes the place of another, both are.
fn grouped(wanted: Vec<Wanted>) -> Vec<Vec<Wanted>> {
    let mut groups: Vec<Vec<Wanted>> = Vec::new();
    let mut group_of: BTreeMap<Sku, usize> = BTreeMap::new();
    for one in wanted {
        let met: BTreeSet<usize> = one.rows.keys().filter_map(|sku| group_of.get(sku).copied()).collect();
        let at = met.first().copied().unwrap_or(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        for other in met.into_iter().skip(1) {
            let others = std::mem::take(&mut groups[other]);
            group_of.extend(others.iter().flat_map(|one| one.rows.keys().cloned()).map(|sku| (sku, at)));
            groups[at].extend(others);
        }
        group_of.extend(one.rows.keys().cloned().map(|sku| (sku, at)));
        groups[at].push(one);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// As much of a group as fits, where all of it does not: products that take each other's place in turn. What only gives back comes first,
/// then what gives back as well: what is taken may be just that.
fn some_of(mut group: Vec<Wanted>, most: usize) -> Vec<(usize, usize)> {
    group.sort_by_key(|one| (!one.gives, one.takes, one.places.first().copied()));
    let mut some = 0;
    while some < group.len() && Wanted::rows_of(&group[..=some]) <= most {
        some += 1;
    }
    group.into_iter().take(some).flat_map(|one| one.places).collect()
}

/// What is written together: a product of a line, or all of a line that is another product than before.
#[derive(Default)]
struct Wanted {
    places: Vec<(usize, usize)>,
    rows: BTreeMap<Sku, (BTreeSet<LocationId>, bool)>,
    gives: bool,
    takes: bool,
}

impl Wanted {
    fn add(&mut self, demands: &[LineDemand], sku: &Sku, short: bool) {
        self.gives |= demands.iter().any(|demand| demand.movement.available > 0);
        self.takes |= demands.iter().any(|demand| demand.movement.available < 0);
        if demands.is_empty() && !short {
            return;
        }
        let rows = self.rows.entry(sku.clone()).or_default();
        rows.0.extend(demands.iter().map(|demand| demand.location.clone()));
        rows.1 |= short;
    }

    fn is_something(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Rows that are written for all of them: those of one product at one location once.
    fn rows_of(all: &[Self]) -> usize {
        let mut rows = Rows::new();
        for (sku, (locations, short)) in all.iter().flat_map(|one| &one.rows) {
            let sum = rows.entry(sku).or_default();
            sum.0.extend(locations);
            sum.1 |= short;
        }
        rows.values().map(|(locations, short)| 2 * locations.len() + usize::from(*short)).sum()
    }
}

fn has(line: &LineState, sku: &Sku) -> bool {
    line.parts.iter().any(|part| part.sku == *sku)
}

/// The part with nothing done for it: nothing held, and nothing written off or put back either.
fn blank(part: &PartState) -> PartState {
    PartState::of(Component { sku: part.sku.clone(), units: part.units })
}

fn is_short(part: &PartState) -> bool {
    !part.short.is_zero()
}

/// Whether the channel's counter moved by something that these rows of stock do not tell, or they tell what did not move it: units that go
/// from one location to another. The same rule as `PlannedOrder::flows_beside_stock`, for one product of one line.
fn is_beside_stock(demands: &[LineDemand], told: Flow) -> bool {
    let (mut taken, mut given) = (0, 0);
    for demand in demands {
        let units = demand.movement.available.unsigned_abs();
        *(if demand.movement.available < 0 { &mut taken } else { &mut given }) += units;
    }
    told.out != taken || told.back > given
}

/// Whether a product of a line has all that is demanded of it, held or short, and sent and brought back as it will be.
fn has_all(was: &PartState, will: &PartState) -> bool {
    let all = |part: &PartState| (part.committed().plus(part.short), part.taken(), part.back(), part.lost());
    all(was) == all(will)
}

/// The line with only some of its products as they will be. `waits`: whether the channel told of its counter what is not noted yet.
/// `begun`: what is noted of it, should it be begun with this.
fn midway(
    before: Option<&LineState>,
    after: &LineState,
    chosen: impl Fn(usize) -> bool,
    waits: impl Fn(usize) -> bool,
    begun: OpenLine,
) -> LineState {
    if (0..after.parts.len()).all(&chosen) {
        return after.clone();
    }
    let was = |part: &PartState| before.and_then(|line| line.parts.iter().find(|one| one.sku == part.sku));
    let as_chosen = |(number, part): (usize, &PartState)| {
        if chosen(number) { part.clone() } else { was(part).cloned().unwrap_or_else(|| blank(part)) }
    };
    let known = before.and_then(|line| line.open.as_ref());
    let mut done = known.map_or_else(Vec::new, |open| open.done.clone());
    let fresh = after.parts.iter().enumerate().filter(|(number, part)| chosen(*number) && !done.contains(&part.sku));
    let fresh: Vec<Sku> = fresh.map(|(_, part)| part.sku.clone()).collect();
    let same = before.is_some_and(|line| line.parts.iter().map(|part| &part.sku).eq(after.parts.iter().map(|part| &part.sku)));
    let rematched = before.filter(|_| !same && fresh.is_empty());
    done.extend(fresh);
    let mut left = after.parts.iter().enumerate().filter(|(number, _)| !chosen(*number));
    let is_open = left.any(|(number, part)| waits(number) || !was(part).is_some_and(|was| has_all(was, part)));
    let counted = known.map_or(begun.counted, |open| open.counted);
    let open = is_open.then_some(OpenLine { counted, done, ..begun });
    if let Some(before) = rematched {
        let follows = !before.parts.is_empty();
        return LineState { open: open.map(|open| OpenLine { follows, ..open }), ..before.clone() };
    }
    let parts = after.parts.iter().enumerate().map(as_chosen).collect();
    // Units that come free and are not there are counted once all of the line is done.
    let was = before.map_or((Quantity::ZERO, Quantity::ZERO), |line| (line.gone, line.kept_off));
    let (gone, kept_off) = if is_open { was } else { (after.gone, after.kept_off) };
    LineState { parts, gone, kept_off, open, ..after.clone() }
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
