//! `domain::plan`, over batches that libFuzzer makes up: several orders, lines that share products, scarce stock, states that come in
//! any order and more than once.
//!
//! Beyond "no panic" must hold, after every batch:
//! - no claim gives back what it does not hold: units taken are among those committed, and what the plan moves never takes more from
//!   reserved than is held (I4);
//! - the movement of every stock row is the sum of what the lines demand of it, in both directions (I10);
//! - reserved is what the stored orders hold, and available is what lay there less what they hold or had shipped (I3);
//! - nothing is taken beyond what is known to be left (I2);
//! - the same batch again moves nothing, if its reads did not overtake each other.

use arbitrary::{Arbitrary, Unstructured};
use domain::{
    ConnectionId, Fulfilment, Incoming, LineProduct, LocationId, Movement, Order, OrderLineId, OrderNumber, OrderSnapshot, Plan,
    Quantity, Remaining, Sku, SnapshotLine, Source, plan,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

const SKUS: [&str; 3] = ["A", "B", "C"];
const LOCATIONS: [&str; 2] = ["main", "far"];

type Stored = BTreeMap<(ConnectionId, OrderNumber), Order>;
type Rows = BTreeMap<(Sku, LocationId), Movement>;

/// A world's history: what lies on the shelves, and batches.
#[derive(Debug, Arbitrary)]
struct History {
    shelves: [[u8; LOCATIONS.len()]; SKUS.len()],
    knows_shelves: bool,
    /// Whether the channel marks its states: one does or does not.
    stamps: bool,
    batches: Vec<Vec<Told>>,
}

/// One snapshot.
#[derive(Debug, Arbitrary)]
struct Told {
    order: u8,
    stamp: u8,
    read_at: u8,
    fresh: bool,
    far_first: bool,
    lines: Vec<Line>,
}

#[derive(Debug, Arbitrary)]
struct Line {
    id: u8,
    /// Beyond the list: matched to no product.
    sku: u8,
    ordered: u16,
    cancelled: u16,
    shipped: u16,
    by_marketplace: bool,
}

/// The property.
pub fn hold(data: &[u8]) {
    let Ok(history) = History::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let mut stored = Stored::new();
    let opening = shelves(&history);
    let mut rows = opening.clone();
    for batch in &history.batches {
        let batch: Vec<Incoming> = batch.iter().take(8).map(|told| incoming(told, history.stamps)).collect();
        let remaining = if history.knows_shelves { known(&rows) } else { Remaining::default() };
        let planned = plan(&batch, &stored, remaining.clone());
        sums_are_right(&planned);
        apply(&planned, &mut rows, &mut stored);
        claims_are_bounded(&planned);
        figures_are_folds(&rows, &opening, &stored);
        if history.knows_shelves {
            assert!(rows.values().all(|r| r.available >= 0), "taken beyond what is left: {rows:?}");
        }
        if batch.is_sorted_by_key(|i| i.read_at) {
            moves_nothing(&plan(&batch, &stored, remaining));
        }
    }
}

fn moves_nothing(again: &Plan) {
    assert!(again.movements.values().all(Movement::is_nothing), "the same again moves: {again:?}");
    assert!(again.orders.iter().all(|o| o.demands.is_empty()), "the same again demands: {again:?}");
}

fn sums_are_right(plan: &Plan) {
    let mut sums: Rows = Rows::new();
    for demand in plan.orders.iter().flat_map(|o| &o.demands) {
        let sum = sums.entry((demand.sku.clone(), demand.location.clone())).or_default();
        sum.available += demand.movement.available;
        sum.reserved += demand.movement.reserved;
    }
    assert_eq!(sums, plan.movements, "movements are not the sum of demands");
}

fn claims_are_bounded(plan: &Plan) {
    for planned in &plan.orders {
        for line in &planned.order.lines {
            assert!(line.claims().all(|(_, c)| c.shipped <= c.allocated), "more shipped than held: {line:?}");
            let told = planned.order.snapshot.lines.iter().find(|l| l.id == line.id);
            if let Some(told) = told.filter(|t| t.fulfilment == Fulfilment::Merchant) {
                let open = told.ordered.less(told.cancelled);
                let held = line.committed().plus(line.short());
                assert!(held == open || (held > open && line.committed() == line.taken()), "{line:?} for {told:?}");
            }
        }
    }
}

fn apply(plan: &Plan, rows: &mut Rows, stored: &mut Stored) {
    for (key, movement) in &plan.movements {
        let row = rows.entry(key.clone()).or_default();
        row.available += movement.available;
        row.reserved += movement.reserved;
    }
    for planned in &plan.orders {
        let order = &planned.order;
        stored.insert((order.connection.clone(), order.snapshot.number.clone()), order.clone());
    }
}

/// Available is what lay there less what orders hold or had shipped; reserved is what they hold.
fn figures_are_folds(rows: &Rows, opening: &Rows, stored: &Stored) {
    let mut fold = opening.clone();
    for line in stored.values().flat_map(|o| &o.lines) {
        for (sku, claim) in line.claims() {
            let row = fold.entry((sku.clone(), claim.location.clone())).or_default();
            row.available -= claim.allocated.units();
            row.reserved += claim.allocated.units() - claim.shipped.units();
        }
    }
    assert_eq!(*rows, fold, "figures are not what the orders say");
    assert!(rows.values().all(|r| r.reserved >= 0), "more given back than held: {rows:?}");
}

fn shelves(history: &History) -> Rows {
    let mut rows = Rows::new();
    for (sku, places) in SKUS.iter().zip(&history.shelves) {
        for (location, units) in LOCATIONS.iter().zip(places) {
            let key = (Sku::new(*sku).unwrap(), LocationId::new(*location).unwrap());
            rows.insert(key, Movement { available: i64::from(*units), reserved: 0 });
        }
    }
    rows
}

fn known(rows: &Rows) -> Remaining {
    let mut remaining = Remaining::default();
    for ((sku, location), row) in rows {
        remaining.know(sku, location, Quantity::clamped(row.available));
    }
    remaining
}

fn at(second: u8) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + i64::from(second)).unwrap()
}

fn incoming(told: &Told, stamps: bool) -> Incoming {
    let mut products = BTreeMap::new();
    let mut lines: Vec<SnapshotLine> = Vec::new();
    for line in told.lines.iter().take(6) {
        let id = OrderLineId::new((line.id % 6).to_string()).unwrap();
        if lines.iter().any(|l| l.id == id) {
            continue;
        }
        if let Some(sku) = SKUS.get(usize::from(line.sku % 4)) {
            products.insert(id.clone(), LineProduct::single(Sku::new(*sku).unwrap()));
        }
        lines.push(line.told(id));
    }
    let snapshot = OrderSnapshot {
        number: OrderNumber::new((told.order % 4).to_string()).unwrap(),
        display_number: None,
        placed_at: at(0),
        stamp: stamps.then(|| at(told.stamp)),
        channel_status: "open".to_owned(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        lines,
        terms: domain::OrderTerms::default(),
        unreadable_lines: Vec::new(),
    };
    assert_eq!(snapshot.check(), Ok(()));
    let mut locations = LOCATIONS.map(|l| LocationId::new(l).unwrap()).to_vec();
    if told.far_first {
        locations.reverse();
    }
    let connection = ConnectionId::new("shop").unwrap();
    Incoming {
        connection,
        snapshot,
        read_at: at(told.read_at),
        source: if told.fresh { Source::Read } else { Source::Delivery },
        products,
        digital: std::collections::BTreeSet::new(),
        locations,
    }
}

impl Line {
    fn told(&self, id: OrderLineId) -> SnapshotLine {
        let part = |units: u16| Quantity::clamped(i64::from(units.min(self.ordered)));
        SnapshotLine {
            id,
            offer: None,
            sku: None,
            ean: None,
            title: String::new(),
            fulfilment: if self.by_marketplace { Fulfilment::Marketplace } else { Fulfilment::Merchant },
            kind: domain::LineKind::Goods,
            ordered: part(self.ordered),
            cancelled: part(self.cancelled),
            shipped: part(self.shipped),
            returned: Quantity::ZERO,
            not_restocked: Quantity::ZERO,
            restock_untold: Quantity::ZERO,
            restocked: Quantity::ZERO,
            cancellation_requested: false,
            unit_price: None,
            terms: domain::LineTerms::default(),
        }
    }
}
