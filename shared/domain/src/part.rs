//! An order of more rows than one transaction takes is done in parts, each a difference that stands by itself.
//!
//! The row says which lines are still open, and what the channel had told of them before; what is done is told by what the lines hold.
//! Whoever finds it plans the difference that is left, so it does not matter who began, nor how often anybody died on the way.

use crate::plan::counted;
use crate::settle::{moved, moved_part};
use crate::{
    Counted, Flow, LineDemand, LineState, LocationId, OpenLine, Order, OrderLineId, PartState, Plan, PlannedOrder, Quantity, Sku,
};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one article that are written: its locations, and whether what is short of it.
type Rows = BTreeMap<Sku, (BTreeSet<LocationId>, bool)>;

impl PlannedOrder {
    /// As much of it as so many rows of stock, ledger and what is short can hold. `None`: not even one article of one line.
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
            midway(before, after, |part| chosen.contains(&(at, part)), waits, counted)
        });
        let lines: Vec<LineState> = lines.collect();
        let demands = moved(self.before.as_ref().map_or(&[][..], |order| &order.lines), &lines);
        let mut order = Order { lines, ..self.order.clone() };
        if self.before.as_ref().is_none_or(|before| before.accepted_version == 0) {
            order.accepted_version = if order.is_complete() { order.version } else { 0 };
        }
        Some(Plan::of(Self { order, demands, ..self.clone() }))
    }

    /// Articles of lines, by their places, that fit. What gives back comes first: what is taken may be just that. A line that is another
    /// product than before goes whole: what it held as the one comes free as it takes the other.
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
                let nothing = PartState { claims: Vec::new(), short: Quantity::ZERO, ..part.clone() };
                whole.add(&moved_part(Some(part), &nothing), &part.sku, is_short(part));
            }
            let goes_whole = whole.is_something();
            for (number, part) in line.parts.iter().enumerate() {
                let was = before.into_iter().flat_map(|line| &line.parts).find(|one| one.sku == part.sku);
                let demands = moved_part(was, part);
                let available: i64 = demands.iter().map(|demand| demand.movement.available).sum();
                let told = flows.get(&(at, number)).copied().unwrap_or_default();
                let short = was.map_or(Quantity::ZERO, |was| was.short) != part.short || told != flow(available);
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
        wanted.sort_by_key(|one| (!one.gives, one.places.first().copied()));
        let (mut rows, mut written, mut begun) = (Rows::new(), 0, wanted.is_empty());
        for one in wanted {
            let more = one.rows.iter().map(|(sku, (locations, short))| {
                let known = rows.get(sku);
                let fresh = locations.iter().filter(|at| !known.is_some_and(|known| known.0.contains(*at))).count();
                2 * fresh + usize::from(*short && !known.is_some_and(|known| known.1))
            });
            let more: usize = more.sum();
            if written + more > most {
                break;
            }
            written += more;
            for (sku, (locations, short)) in one.rows {
                let known = rows.entry(sku).or_default();
                known.0.extend(locations);
                known.1 |= short;
            }
            chosen.extend(one.places);
            begun = true;
        }
        begun.then_some(chosen)
    }
}

/// What is written together: an article of a line, or all of a line that is another product than before.
#[derive(Default)]
struct Wanted {
    places: Vec<(usize, usize)>,
    rows: Rows,
    gives: bool,
}

impl Wanted {
    fn add(&mut self, demands: &[LineDemand], sku: &Sku, short: bool) {
        self.gives |= demands.iter().any(|demand| demand.movement.available > 0);
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
}

fn has(line: &LineState, sku: &Sku) -> bool {
    line.parts.iter().any(|part| part.sku == *sku)
}

fn is_short(part: &PartState) -> bool {
    !part.short.is_zero()
}

/// What a movement of stock tells of the channel's counter by itself.
fn flow(available: i64) -> Flow {
    let units = available.unsigned_abs();
    if available < 0 { Flow { out: units, back: 0 } } else { Flow { out: 0, back: units } }
}

/// Whether an article of a line has all that is demanded of it, held or short, and sent and brought back as it will be.
fn has_all(was: &PartState, will: &PartState) -> bool {
    let all = |part: &PartState| (part.committed().plus(part.short), part.taken(), part.back(), part.lost());
    all(was) == all(will)
}

/// The line with only some of its articles as they will be. `waits`: whether the channel told of its counter what is not noted yet.
fn midway(
    before: Option<&LineState>,
    after: &LineState,
    chosen: impl Fn(usize) -> bool,
    waits: impl Fn(usize) -> bool,
    counted: Counted,
) -> LineState {
    if (0..after.parts.len()).all(&chosen) {
        return after.clone();
    }
    let was = |part: &PartState| before.and_then(|line| line.parts.iter().find(|one| one.sku == part.sku));
    let blank = |part: &PartState| PartState { claims: Vec::new(), short: Quantity::ZERO, ..part.clone() };
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
    let open = is_open.then(|| OpenLine { counted: known.map_or(counted, |open| open.counted), done, follows: false });
    if let Some(before) = rematched {
        let follows = !before.parts.is_empty();
        return LineState { open: open.map(|open| OpenLine { follows, ..open }), ..before.clone() };
    }
    let parts = after.parts.iter().enumerate().map(as_chosen).collect();
    // Units that come free and are not there are counted once all of the line is done.
    let (gone, kept_off) = before.filter(|_| same).map_or((after.gone, after.kept_off), |line| (line.gone, line.kept_off));
    LineState { parts, gone, kept_off, open, ..after.clone() }
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
