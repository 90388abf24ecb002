//! Works out what newer snapshots demand of stock, as differences to what was done before.
//!
//! This is the one idea of Sluis: the same snapshot twice gives an empty difference, an older one is set aside, and
//! so a doubled webhook, a redelivered message and the next poll are harmless without any memory of messages.

use crate::allocate_lines::{Aim, Demand, allocate_lines, gone, moved};
use crate::kept_off::{self, KeptOff};
use crate::order_action::{begin_history, hold_open};
use crate::other_product::swapped;
use crate::{
    Component, ConnectionId, Counted, Flow, LineChange, LineKind, LineState, LocationId, Movement, Order, OrderLineId,
    OrderNumber, OrderSnapshot, PartState, Quantity, Remaining, Sku, SnapshotLine, history, told_return,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A snapshot on its way in, with what is needed to judge it.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Where it comes from.
    pub connection: ConnectionId,
    /// The order as the channel tells it.
    pub snapshot: OrderSnapshot,
    /// When the channel was asked, or the delivery received, UTC.
    pub read_at: Timestamp,
    /// How it came to us.
    pub source: Source,
    /// Which product each line is. Lines that match none are left out.
    pub products: BTreeMap<OrderLineId, LineProduct>,
    /// Lines of items that need no shipping, as their listings tell.
    pub digital: BTreeSet<OrderLineId>,
    /// The locations that serve this connection and the country it goes to, the preferred one first.
    pub locations: Vec<LocationId>,
}

/// How a snapshot came to us, and with that, as of when the order was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The order was read by itself: no read of it before this one is newer.
    Read,
    /// A page of a list.
    List,
    /// The channel delivered it, after any time: it was so at its own time of change, and may have changed once more since.
    Delivery,
}

impl Source {
    /// As of when an order is known to be so that came this way at `at`, UTC.
    fn as_of(self, snapshot: &OrderSnapshot, at: Timestamp) -> Timestamp {
        match self {
            Self::Read | Self::List => at,
            Self::Delivery => snapshot.stamp_as_of(at).map_or(at, |stamp| stamp.min(at)),
        }
    }
}

impl Incoming {
    /// As of when the order is known to be so, UTC.
    fn as_of(&self) -> Timestamp {
        self.source.as_of(&self.snapshot, self.read_at)
    }

    fn stamp_is_wrong(&self) -> bool {
        self.snapshot.stamp.is_some() && self.snapshot.stamp_as_of(self.read_at).is_none()
    }
}

/// A product as an order line takes it from stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProduct {
    /// Its code.
    pub sku: Sku,
    /// What one unit of it takes: itself once, or what the bundle consists of.
    pub components: Vec<Component>,
}

impl LineProduct {
    /// One that is no bundle.
    pub fn single(sku: Sku) -> Self {
        Self { components: vec![Component { sku: sku.clone(), units: Quantity::ONE }], sku }
    }
}

/// How a snapshot stands to the stored order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recency {
    /// The order was not known.
    New,
    /// It tells something newer.
    Newer,
    /// It tells what is known.
    Same,
    /// It is behind what is known, and is set aside.
    Older,
    /// It differs and the stamps do not tell which is newer: the order must be read from the channel.
    Tie,
}

/// Deliveries overtake each other by less than this, channel's time. One that is further behind may tell the present state all the same.
const OVERTAKEN: SignedDuration = SignedDuration::from_mins(1);

/// Which of the two is newer. What was read just now is, if nothing was read later: whatever its stamp says, it is how the channel has the
/// order. Of what was delivered or listed the channel's own stamps decide, where both can be believed and say nothing else than the times of
/// the two reads do; otherwise the order must be read.
pub fn standing(stored: Option<&Order>, snapshot: &OrderSnapshot, read_at: Timestamp, source: Source) -> Recency {
    let Some(stored) = stored else { return Recency::New };
    if stored.snapshot == *snapshot.carrying(&stored.snapshot) {
        return Recency::Same;
    }
    if source == Source::Read {
        return if read_at > stored.read_at { Recency::Newer } else { Recency::Tie };
    }
    match (stored.stamp(), snapshot.stamp_as_of(read_at)) {
        // Changed before it was last read, and not as it was read: the channel's clock is behind. Were it believed, what was read would
        // count as newer the next time it is told.
        (Some(known), Some(told)) if told > known && source.as_of(snapshot, read_at) < stored.read_at => Recency::Tie,
        (Some(known), Some(told)) if told > known => Recency::Newer,
        (Some(known), Some(told)) if told < known && known.duration_since(told) < OVERTAKEN => Recency::Older,
        _ => Recency::Tie,
    }
}

/// What became of one order of the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderOutcome {
    /// First time seen.
    Accepted,
    /// A newer state of a known order.
    Changed,
}

/// An order row to write.
#[derive(Debug, Clone)]
pub struct PlannedOrder {
    /// Positions in the batch of the snapshots that it answers.
    pub from: Vec<usize>,
    /// The row as it will be.
    pub order: Order,
    /// The version that must be in place; `None`: the row must be absent.
    pub was: Option<u64>,
    /// What it was before, for the events that tell of the change.
    pub before: Option<Order>,
    /// New or changed.
    pub outcome: OrderOutcome,
    /// What each line took, for the ledger.
    pub demands: Vec<LineDemand>,
    /// Lines that the channel tells with another product now, and that stay what they were because units of it have left: a person must
    /// decide about the rest.
    pub stayed: BTreeSet<OrderLineId>,
    /// What was decided of units of each line beside those that are wanted, for whoever goes on if it is done in parts.
    pub changes: BTreeMap<OrderLineId, LineChange>,
}

impl PlannedOrder {
    /// By how many units more, or less, of each product come out short than before. None that stay the same.
    pub fn short_changes(&self) -> BTreeMap<Sku, i64> {
        let mut changes: BTreeMap<Sku, i64> = BTreeMap::new();
        for (order, sign) in std::iter::once((&self.order, 1)).chain(self.before.as_ref().map(|before| (before, -1))) {
            for line in &order.lines {
                for part in &line.parts {
                    *changes.entry(part.sku.clone()).or_default() += sign * part.short.units();
                }
            }
        }
        changes.retain(|_, change| *change != 0);
        changes
    }

    /// Units that the channel's counter lost and got back by this order and that no stock row tells of: sales that came out short, sales
    /// that were cancelled before we heard of them, goods that it counts again although they are not back here. And, as given back, what
    /// a stock row tells of and the counter did not lose now: units set aside for a sale that was known before.
    fn flows_beside_stock(&self) -> BTreeMap<Sku, Flow> {
        let mut moved: BTreeMap<&Sku, (u64, u64)> = BTreeMap::new();
        for demand in &self.demands {
            let (taken, given) = moved.entry(&demand.sku).or_default();
            let units = demand.movement.available.unsigned_abs();
            *(if demand.movement.available < 0 { taken } else { given }) += units;
        }
        let mut beside = BTreeMap::new();
        for (sku, told) in self.told_flows() {
            let (taken, given) = moved.get(&sku).copied().unwrap_or_default();
            let known_before = taken.saturating_sub(told.out);
            let flow = Flow { out: told.out.saturating_sub(taken), back: told.back.saturating_sub(given) + known_before };
            if flow != Flow::default() {
                beside.insert(sku, flow);
            }
        }
        beside
    }

    /// What the channel told of its own counter since the order was last taken in, of the products that are done with this.
    fn told_flows(&self) -> BTreeMap<Sku, Flow> {
        let mut flows: BTreeMap<Sku, Flow> = BTreeMap::new();
        for ((line, part), flow) in self.told_flows_by_part() {
            let sum = flows.entry(self.order.lines[line].parts[part].sku.clone()).or_default();
            *sum = sum.plus(flow);
        }
        flows
    }

    /// The same, by the place of the line and of the product in it.
    pub(crate) fn told_flows_by_part(&self) -> BTreeMap<(usize, usize), Flow> {
        let (now, before) = (counted(&self.order), self.before.as_ref().map(counted).unwrap_or_default());
        let known: BTreeMap<&OrderLineId, &LineState> =
            self.before.iter().flat_map(|order| &order.lines).map(|line| (&line.id, line)).collect();
        let mut flows = BTreeMap::new();
        for (at, line) in self.order.lines.iter().enumerate() {
            let known = known.get(&line.id);
            let open = known.and_then(|line| line.open.as_ref());
            let before = open.map(|open| open.counted).or_else(|| before.get(&line.id).copied()).unwrap_or_default();
            let now = now.get(&line.id).copied().unwrap_or_default();
            // By how much a count rose, and by how much it fell.
            let rose = |count: fn(&Counted) -> Quantity| {
                let (before, now) = (count(&before), count(&now));
                (now.less(before).units().unsigned_abs(), before.less(now).units().unsigned_abs())
            };
            let ((ordered, dropped), (cancelled, revived)) = (rose(|l| l.ordered), rose(|l| l.cancelled));
            let returned = rose(|l| l.returned).0;
            // Units that were cancelled as not there may have stayed off its counter. They may come back with the next ones that are
            // cancelled, and are not taken off again when they are wanted again.
            let gone = known.map_or(0, |l| l.gone.units().unsigned_abs());
            let perhaps = if cancelled + revived > 0 { gone } else { 0 };
            let was_done = |sku: &Sku| open.is_some_and(|open| open.done.contains(sku));
            let is_open = |sku: &Sku| line.open.as_ref().is_some_and(|open| !open.done.contains(sku));
            let parts = line.parts.iter().enumerate();
            for (number, part) in parts.filter(|(_, part)| !was_done(&part.sku) && !is_open(&part.sku)) {
                let each = part.units.units().unsigned_abs();
                let flow = Flow { out: each * (ordered + revived), back: each * (dropped + cancelled + returned + perhaps) };
                flows.insert((at, number), flow);
            }
        }
        flows
    }
}

/// What the channel told of each line that the merchant sends.
pub(crate) fn counted(order: &Order) -> BTreeMap<&OrderLineId, Counted> {
    let own = order.snapshot.lines.iter().filter(|line| line.is_own());
    own.map(|line| (&line.id, Counted::from(line))).collect()
}

/// How what is short of one product changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShortChange {
    /// Units more, or less.
    pub units: i64,
    /// Units that each connection's orders added and withdrew: a short sale took units off its channel's counter too.
    pub flows: BTreeMap<ConnectionId, Flow>,
}

/// Units that one order moves on one stock row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDemand {
    /// The product.
    pub sku: Sku,
    /// The location.
    pub location: LocationId,
    /// The change.
    pub movement: Movement,
    /// Units in it that came free and were written off at once, because they are not there; negative: that are there after all.
    pub written_off: i64,
}

/// One commit: all of it or nothing.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Order rows to write.
    pub orders: Vec<PlannedOrder>,
    /// Stock rows to change, demand summed over the batch (I10). A sum of nothing stays: one order gave what another took, and the
    /// ledger tells of both.
    pub movements: BTreeMap<(Sku, LocationId), Movement>,
    /// How the units change that are promised and that nothing covers, per product.
    pub shorts: BTreeMap<Sku, ShortChange>,
    /// Snapshots that need no write, by position in the batch.
    pub settled: Vec<(usize, Recency)>,
    /// Snapshots of orders of which something else is still to be done, which this plan does: judged when that is committed.
    pub again: Vec<usize>,
}

/// Plans a batch: judges each snapshot, then covers demand in the order of the batch.
///
/// `stored` holds the orders as last read; an order that is missing there is taken to be new, and the commit's
/// condition says so if it is not. `remaining` is spent.
pub fn plan(batch: &[Incoming], stored: &BTreeMap<(ConnectionId, OrderNumber), Order>, mut remaining: Remaining) -> Plan {
    let mut plan = Plan::default();
    let mut written: BTreeMap<(ConnectionId, OrderNumber), usize> = BTreeMap::new();
    for (position, incoming) in batch.iter().enumerate() {
        let key = (incoming.connection.clone(), incoming.snapshot.number.clone());
        let in_batch = written.get(&key).copied();
        let planned = in_batch.and_then(|at| plan.orders.get(at));
        let known = planned.map(|p| &p.order).or_else(|| stored.get(&key));
        // What was begun is finished first, whatever is told now: what it demands was promised to nobody else since.
        let begun = known.filter(|order| !order.is_complete()).cloned();
        if begun.is_some() || planned.and_then(|p| p.before.as_ref()).is_some_and(|order| !order.is_complete()) {
            plan.again.push(position);
            if let Some(order) = begun.filter(|_| planned.is_none()) {
                written.insert(key, plan.orders.len());
                let finished = finish(order, incoming, &mut remaining);
                plan.add(&finished.demands);
                plan.orders.push(finished);
            }
            continue;
        }
        let standing = match standing(known, &incoming.snapshot, incoming.read_at, incoming.source) {
            // The channel tells nothing new, but somebody has matched a line since.
            Recency::Same if known.is_some_and(|o| o.unmatched().any(|l| incoming.products.contains_key(&l.id))) => {
                Recency::Newer
            }
            judged => judged,
        };
        if !matches!(standing, Recency::New | Recency::Newer) {
            plan.settled.push((position, standing));
            continue;
        }
        let known = known.cloned();
        let incoming = &carrying(known.as_ref(), incoming);
        let parcels = known.as_ref().map_or(&[][..], |order| &order.shipments);
        let (followed, stayed) = known.as_ref().map_or_else(Default::default, |order| swapped(order, incoming));
        if let Some(known) = &known {
            free(known, &followed, &mut remaining);
        }
        let aims = aims(known.as_ref(), incoming, &followed);
        let (lines, changes) = allocate_lines(aims, parcels, &incoming.locations, &mut remaining);
        let demands = moved(known.as_ref().map_or(&[][..], |order| &order.lines), &lines);
        plan.add(&demands);
        let before = stored.get(&key).cloned();
        let was = before.as_ref().map(|o| o.version);
        let order = next(known, incoming, lines, was.unwrap_or(0) + 1);
        if let Some(planned) = in_batch.and_then(|at| plan.orders.get_mut(at)) {
            planned.order = order;
            planned.from.push(position);
            planned.demands.extend(demands);
            planned.stayed.extend(stayed);
            planned.changes = changes;
        } else {
            let outcome = outcome(before.as_ref());
            written.insert(key, plan.orders.len());
            plan.orders.push(PlannedOrder { from: vec![position], order, was, before, outcome, demands, stayed, changes });
        }
    }
    plan.shorts = shorts(&plan.orders);
    plan
}

/// The snapshot with the lines that cannot be read any more as they were when they last could.
fn carrying(known: Option<&Order>, incoming: &Incoming) -> Incoming {
    let snapshot = known.map(|order| incoming.snapshot.carrying(&order.snapshot).into_owned());
    Incoming { snapshot: snapshot.unwrap_or_else(|| incoming.snapshot.clone()), ..incoming.clone() }
}

impl Plan {
    /// The plan of one order.
    pub fn of(planned: PlannedOrder) -> Self {
        let mut plan = Self::default();
        plan.add(&planned.demands);
        plan.orders.push(planned);
        plan.shorts = shorts(&plan.orders);
        plan
    }

    /// Sums what an order moves, row by row.
    fn add(&mut self, demands: &[LineDemand]) {
        for demand in demands {
            let sum = self.movements.entry((demand.sku.clone(), demand.location.clone())).or_default();
            sum.available += demand.movement.available;
            sum.reserved += demand.movement.reserved;
        }
    }

    /// Rows of stock, of the ledger, and of what is short that it writes.
    pub fn rows(&self) -> usize {
        2 * self.movements.len() + self.shorts.len()
    }

    /// Whether all that it is to do is done once it is committed.
    pub fn is_whole(&self) -> bool {
        self.again.is_empty() && self.orders.iter().all(|planned| planned.order.is_complete())
    }
}

fn outcome(before: Option<&Order>) -> OrderOutcome {
    if before.is_none_or(|order| order.accepted_version == 0) { OrderOutcome::Accepted } else { OrderOutcome::Changed }
}

/// What lines that are another product from now on held comes free.
fn free(known: &Order, followed: &BTreeSet<OrderLineId>, remaining: &mut Remaining) {
    let freed = known.lines.iter().filter(|line| followed.contains(&line.id));
    for (sku, claim) in freed.flat_map(LineState::claims) {
        remaining.give_back(sku, &claim.location, claim.allocated);
    }
}

/// Does what is still to be done of the state of an order that was begun.
fn finish(mut order: Order, incoming: &Incoming, remaining: &mut Remaining) -> PlannedOrder {
    let before = order.clone();
    let as_begun = Incoming { snapshot: order.snapshot.clone(), ..incoming.clone() };
    hold_open(&mut order, remaining);
    let follows = |line: &&LineState| line.open.as_ref().is_some_and(|open| open.follows);
    let followed = before.lines.iter().filter(follows).map(|line| line.id.clone()).collect();
    free(&before, &followed, remaining);
    let (lines, changes) =
        allocate_lines(aims(Some(&order), &as_begun, &followed), &order.shipments, &incoming.locations, remaining);
    let demands = moved(&before.lines, &lines);
    let version = before.version + 1;
    let accepted_version = if before.accepted_version == 0 { version } else { before.accepted_version };
    let order = Order { lines, version, accepted_version, ..order };
    PlannedOrder {
        from: Vec::new(),
        order,
        was: Some(before.version),
        outcome: outcome(Some(&before)),
        before: Some(before),
        demands,
        stayed: BTreeSet::new(),
        changes,
    }
}

/// The order row as it will be: what the merchant did about the order stays with it.
fn next(known: Option<Order>, incoming: &Incoming, lines: Vec<LineState>, version: u64) -> Order {
    let Some(mut order) = known else { return first(incoming, lines, version) };
    let told = history::told(&incoming.snapshot);
    if told != history::told(&order.snapshot) {
        begin_history(&mut order);
        order.note(incoming.read_at, None, told);
    }
    for happened in kept_off::told_of(&order.lines, &lines) {
        order.note(incoming.read_at, None, happened);
    }
    let went_back = incoming.snapshot.stamp.zip(order.snapshot.stamp).is_some_and(|(now, before)| now < before);
    let doubts_stamps = order.doubts_stamps || went_back || incoming.stamp_is_wrong();
    let mut order =
        Order { snapshot: incoming.snapshot.clone(), lines, version, read_at: incoming.as_of(), doubts_stamps, ..order };
    told_return::open(&mut order, incoming.read_at);
    order
}

fn first(incoming: &Incoming, lines: Vec<LineState>, version: u64) -> Order {
    let mut order = Order {
        connection: incoming.connection.clone(),
        snapshot: incoming.snapshot.clone(),
        lines,
        version,
        read_at: incoming.as_of(),
        accepted_at: incoming.read_at,
        accepted_version: 1,
        acceptance: None,
        shipments: Vec::new(),
        cancellations: Vec::new(),
        returns: Vec::new(),
        put_back: Vec::new(),
        history: Vec::new(),
        decided: Vec::new(),
        doubts_stamps: incoming.stamp_is_wrong(),
        line_rows: Vec::new(),
    };
    // What came free to nobody before anybody here knew of the order.
    let lost = kept_off::told_of(&[], &order.lines);
    if !lost.is_empty() {
        begin_history(&mut order);
        for happened in lost {
            order.note(incoming.read_at, None, happened);
        }
    }
    told_return::open(&mut order, incoming.read_at);
    order
}

fn shorts(orders: &[PlannedOrder]) -> BTreeMap<Sku, ShortChange> {
    let mut changes: BTreeMap<Sku, ShortChange> = BTreeMap::new();
    for planned in orders {
        for (sku, units) in planned.short_changes() {
            changes.entry(sku).or_default().units += units;
        }
        for (sku, flow) in planned.flows_beside_stock() {
            let change = changes.entry(sku).or_default();
            let sum = change.flows.entry(planned.order.connection.clone()).or_default();
            *sum = sum.plus(flow);
        }
    }
    changes
}

/// What each line is to come to by what the channel tells now; a line it no longer tells of demands nothing.
/// `followed`: lines that are another product from now on.
fn aims(known: Option<&Order>, incoming: &Incoming, followed: &BTreeSet<OrderLineId>) -> Vec<Aim> {
    let lines: BTreeMap<&OrderLineId, &LineState> =
        known.iter().flat_map(|order| &order.lines).map(|line| (&line.id, line)).collect();
    let still_told: BTreeSet<&OrderLineId> = incoming.snapshot.lines.iter().map(|told| &told.id).collect();
    let anew = |line: LineState| {
        let former = line.former_of_another();
        let LineState { id, gone, kept_off, open, .. } = line;
        LineState { gone, kept_off, former, open, ..LineState::new(id) }
    };
    let before = |id: &OrderLineId| {
        let line = lines.get(id).map(|line| (*line).clone());
        line.map(|line| if followed.contains(id) { anew(line) } else { line })
    };
    let not_there = |id: &OrderLineId| known.map_or(Quantity::ZERO, |order| order.not_there(id));
    let wanted = |told: Option<&SnapshotLine>| {
        let own = told.filter(|told| told.is_own());
        own.map_or(Quantity::ZERO, |told| told.ordered.less(told.cancelled))
    };
    let told = incoming.snapshot.lines.iter().map(|told| {
        let line = before(&told.id).unwrap_or_else(|| LineState::new(told.id.clone()));
        let demand = Demand {
            wanted: wanted(Some(told)),
            not_there: not_there(&told.id),
            kept_off: KeptOff::of(known, Some(told), &line),
        };
        // What demands nothing is no product, whatever its codes say.
        let product = incoming.products.get(&told.id).filter(|_| told.is_own());
        let line = matched(line, product, demand);
        let digital = told.kind == LineKind::Digital || incoming.digital.contains(&told.id);
        (LineState { not_stocked: digital && line.sku.is_none(), ..line }, Some(told))
    });
    let dropped = known.into_iter().flat_map(|order| &order.lines);
    let dropped = dropped.filter(|line| !still_told.contains(&line.id));
    let aim = |(line, told): (LineState, Option<&SnapshotLine>)| {
        let own = told.filter(|told| told.is_own());
        let sent = known.map_or(Quantity::ZERO, |order| order.sent(&line.id));
        Aim {
            demand: Demand { wanted: wanted(told), not_there: not_there(&line.id), kept_off: KeptOff::of(known, told, &line) },
            // What left the shelf is not back because the line is no longer told of.
            shipped: own.map(|told| told.shipped.max(sent)),
            line,
        }
    };
    told.chain(dropped.map(|line| (line.clone(), None))).map(aim).collect()
}

/// The line as the product it is. One that holds units, or wrote some off, stays what it was, whatever it is matched to later: the ledger
/// of its products names it.
fn matched(line: LineState, product: Option<&LineProduct>, demand: Demand) -> LineState {
    let is_in_no_ledger = line.parts.iter().all(|part| part.committed().is_zero() && part.lost().is_zero());
    let Some(product) = product.filter(|_| is_in_no_ledger) else { return line };
    if line.sku.as_ref() == Some(&product.sku) {
        return line;
    }
    // What comes free at the same moment was demanded of what the line was until now.
    let mut line = line;
    let free = gone(&line, demand);
    kept_off::note(&mut line, demand, free);
    // Short for want of a match was not short of stock: with a match, stock is asked.
    let parts = product.components.iter().cloned().map(PartState::of).collect();
    let former = line.former_of_another();
    LineState { sku: Some(product.sku.clone()), parts, unmatched: Quantity::ZERO, former, ..line }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "stamps_tests.rs"]
mod stamps_tests;
