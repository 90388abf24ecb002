use super::*;
use crate::{
    Component, ConnectionId, Fulfilment, Incoming, LineKind, LineProduct, OrderNumber, OrderSnapshot, Recency, Remaining,
    SnapshotLine, plan,
};
use jiff::Timestamp;
use proptest::prelude::*;

#[path = "part_steps_tests.rs"]
mod steps;

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn sku(number: usize) -> Sku {
    Sku::new(format!("S{number}")).unwrap()
}

fn place(name: &str) -> LocationId {
    LocationId::new(name).unwrap()
}

/// The units of each product at each of two locations, reserved ones too, and what is short.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Books {
    available: BTreeMap<(Sku, LocationId), i64>,
    reserved: BTreeMap<(Sku, LocationId), i64>,
    short: BTreeMap<Sku, i64>,
    flows: BTreeMap<Sku, (u64, u64)>,
    opening: BTreeMap<Sku, i64>,
}

impl Books {
    fn open(stock: &[[i64; 2]]) -> Self {
        let opening = stock.iter().enumerate().map(|(number, units)| (sku(number), units.iter().sum())).collect();
        let mut books = Self { opening, ..Self::default() };
        for (number, units) in stock.iter().enumerate() {
            for (name, units) in ["main", "far"].iter().zip(units) {
                books.available.insert((sku(number), place(name)), *units);
            }
        }
        books
    }

    /// Units that the channel's counter lost, less those that it got back.
    fn net(&self) -> BTreeMap<Sku, i64> {
        let net =
            |(sku, (out, back)): (&Sku, &(u64, u64))| (sku.clone(), i64::try_from(*out).unwrap() - i64::try_from(*back).unwrap());
        self.flows.iter().map(net).filter(|(_, units)| *units != 0).collect()
    }

    /// As a transaction: all of it, or what is left of the rows that stood in the way.
    fn commit(&mut self, plan: &Plan, remaining: &mut Remaining) -> bool {
        let mut after = self.clone();
        let mut refused = false;
        for ((sku, location), movement) in &plan.movements {
            let key = (sku.clone(), location.clone());
            let available = after.available.entry(key.clone()).or_default();
            if *available + movement.available < 0 {
                remaining.know(sku, location, q(*available));
                refused = true;
            }
            *available += movement.available;
            *after.reserved.entry(key).or_default() += movement.reserved;
        }
        for demand in plan.orders.iter().flat_map(|order| &order.demands) {
            let flow = after.flows.entry(demand.sku.clone()).or_default();
            let units = demand.movement.available.unsigned_abs();
            if demand.movement.available < 0 { flow.0 += units } else { flow.1 += units }
        }
        for (sku, change) in &plan.shorts {
            *after.short.entry(sku.clone()).or_default() += change.units;
            for flow in change.flows.values() {
                let sum = after.flows.entry(sku.clone()).or_default();
                *sum = (sum.0 + flow.out, sum.1 + flow.back);
            }
        }
        if !refused {
            *self = after;
        }
        !refused
    }
}

/// Takes a snapshot in with so many rows at once; after `steps` commits whoever does it dies. Answers whether it came to the end.
fn take_in(books: &mut Books, order: &mut Option<Order>, told: &Incoming, most: usize, mut steps: usize) -> bool {
    let mut remaining = Remaining::default();
    for _ in 0..400 {
        let stored = order.iter().map(|o| ((o.connection.clone(), o.snapshot.number.clone()), o.clone())).collect();
        let whole = plan(std::slice::from_ref(told), &stored, remaining.clone());
        let Some(planned) = whole.orders.first() else {
            assert!(matches!(whole.settled.as_slice(), [(0, Recency::Same | Recency::Older)]), "{whole:?}");
            return true;
        };
        let part = if whole.rows() > most { planned.part(most).expect("one product fits") } else { Plan::of(planned.clone()) };
        assert!(part.rows() <= most, "{} rows of {most}", part.rows());
        if books.commit(&part, &mut remaining) {
            *order = Some(part.orders[0].order.clone());
            check(books, order.as_ref().unwrap());
            remaining = Remaining::default();
            if steps == 0 {
                return false;
            }
            steps -= 1;
        }
    }
    panic!("it does not come to an end: {:?} {books:?}", order.as_ref().map(|order| &order.lines));
}

/// What is reserved is what the order holds, what is short is what it lacks, and what is done of it is all that is wanted. Every unit is
/// somewhere: available, reserved, sent or written off.
fn check(books: &Books, order: &Order) {
    let mut units = books.opening.clone();
    for ((sku, _), there) in books.available.iter().chain(&books.reserved) {
        *units.entry(sku.clone()).or_default() -= there;
    }
    for part in order.lines.iter().flat_map(|line| &line.parts) {
        let away = part.taken().units() - part.back().units() + part.lost().units();
        *units.entry(part.sku.clone()).or_default() -= away;
    }
    assert!(units.values().all(|left| *left == 0), "units are neither here nor away: {units:?} {order:?}");
    let mut held: BTreeMap<(Sku, LocationId), i64> = BTreeMap::new();
    let mut short: BTreeMap<Sku, i64> = BTreeMap::new();
    for line in &order.lines {
        let told = order.snapshot.own_line(&line.id);
        let wanted = told.map_or(Quantity::ZERO, |told| told.ordered.less(told.cancelled));
        for part in &line.parts {
            for claim in &part.allocations {
                *held.entry((part.sku.clone(), claim.location.clone())).or_default() +=
                    claim.allocated.units() - claim.shipped.units();
            }
            *short.entry(part.sku.clone()).or_default() += part.short.units();
            if line.open.as_ref().is_none_or(|open| open.done.contains(&part.sku)) {
                assert_eq!(part.committed().plus(part.short), wanted.times(part.units).max(part.taken()), "{line:?}");
            }
        }
    }
    held.retain(|_, units| *units != 0);
    short.retain(|_, units| *units != 0);
    let open = |map: &BTreeMap<(Sku, LocationId), i64>| -> BTreeMap<(Sku, LocationId), i64> {
        map.iter().filter(|(_, units)| **units != 0).map(|(key, units)| (key.clone(), *units)).collect()
    };
    assert_eq!(open(&books.reserved), held);
    assert_eq!(
        books.short.iter().filter(|(_, units)| **units != 0).map(|(k, v)| (k.clone(), *v)).collect::<BTreeMap<_, _>>(),
        short
    );
}

/// Lines of (product, ordered, cancelled, shipped); product 9 is a bundle of three.
fn told(stamp: i64, lines: &[(usize, i64, i64, i64)]) -> Incoming {
    let at = Timestamp::from_second(1_790_000_000 + stamp).unwrap();
    let id = |number: usize| OrderLineId::new(number.to_string()).unwrap();
    let line = |(number, (_, ordered, cancelled, shipped)): (usize, &(usize, i64, i64, i64))| SnapshotLine {
        id: id(number),
        offer: None,
        sku: None,
        ean: None,
        title: String::new(),
        fulfilment: Fulfilment::Merchant,
        ordered: q(*ordered),
        cancelled: q(*cancelled.min(ordered)),
        shipped: q(*shipped.min(&(ordered - cancelled.min(ordered)))),
        returned: Quantity::ZERO,
        not_restocked: Quantity::ZERO,
        restock_untold: Quantity::ZERO,
        restocked: Quantity::ZERO,
        cancellation_requested: false,
        unit_price: None,
        terms: crate::LineTerms::default(),
        kind: LineKind::Goods,
    };
    let product = |number: usize| match number {
        9 => LineProduct {
            sku: sku(9),
            components: (0..3).map(|n| Component { sku: sku(n), units: q(1 + i64::try_from(n).unwrap() % 2) }).collect(),
        },
        number => LineProduct::single(sku(number)),
    };
    Incoming {
        connection: ConnectionId::new("shop").unwrap(),
        snapshot: OrderSnapshot {
            number: OrderNumber::new("1").unwrap(),
            display_number: None,
            placed_at: at,
            stamp: Some(at),
            channel_status: "open".into(),
            draft: false,
            awaits_acceptance: None,
            ship_to: None,
            lines: lines.iter().enumerate().map(line).collect(),
            terms: crate::OrderTerms::default(),
            unreadable_lines: Vec::new(),
        },
        read_at: at,
        source: crate::Source::List,
        digital: BTreeSet::new(),
        products: lines.iter().enumerate().map(|(n, (number, ..))| (id(n), product(*number))).collect(),
        locations: vec![place("main"), place("far")],
    }
}

/// Ordered, cancelled, shipped.
type Counts = (i64, i64, i64);

fn product() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0_usize..4, 1 => Just(9)]
}

/// The products of up to five lines, and two states of them, one later than the other.
fn states() -> impl Strategy<Value = (Incoming, Incoming)> {
    let counts = || (0_i64..4, 0_i64..3, 0_i64..2);
    proptest::collection::vec((product(), counts(), counts()), 1..5).prop_map(|lines| {
        let state = |stamp, later: bool| {
            let of = |(number, first, second): &(usize, Counts, Counts)| {
                let (ordered, cancelled, shipped) = if later { *second } else { *first };
                (*number, ordered, cancelled, shipped)
            };
            told(stamp, &lines.iter().map(of).collect::<Vec<_>>())
        };
        (state(1, false), state(2, true))
    })
}

proptest! {
    /// Whoever dies after whatever part, and whichever state comes next: in the end stands what the newest state demands, and the channel's
    /// counter is known as if it had all been done at once.
    #[test]
    fn in_parts_it_comes_to_the_same((first, second) in states(), stock in proptest::collection::vec([0_i64..6, 0_i64..3], 4), most in 5_usize..9, dies in 0_usize..6, again in any::<bool>()) {
        let (mut books, mut order) = (Books::open(&stock), None);
        take_in(&mut books, &mut order, &first, most, dies);
        if again {
            take_in(&mut books, &mut order, &first, most, 1);
        }
        take_in(&mut books, &mut order, &second, most, dies);
        prop_assert!(take_in(&mut books, &mut order, &second, most, usize::MAX));
        // One that comes late changes nothing.
        prop_assert!(take_in(&mut books, &mut order, &first, most, usize::MAX));
        let order = order.unwrap();
        prop_assert!(order.is_complete());
        prop_assert_eq!(&order.snapshot, &second.snapshot);
        let (mut at_once, mut whole) = (Books::open(&stock), None);
        take_in(&mut at_once, &mut whole, &first, usize::MAX, usize::MAX);
        take_in(&mut at_once, &mut whole, &second, usize::MAX, usize::MAX);
        prop_assert_eq!(books.net(), at_once.net());
        prop_assert!(order.accepted_version > 0);
    }
}

#[test]
fn an_order_that_is_not_complete_can_have_nothing_done_about_it() {
    let all = told(1, &[(0, 1, 0, 0), (1, 1, 0, 0), (2, 1, 0, 0)]);
    let whole = plan(&[all], &BTreeMap::new(), Remaining::default());
    let part = whole.orders[0].part(2).unwrap();
    let order = &part.orders[0].order;
    assert!(!order.is_complete() && order.accepted_version == 0);
    assert_eq!(order.lines.iter().filter(|line| line.open.is_none()).count(), 1);
    let locations = [place("main")];
    let context = crate::ActionContext { at: order.read_at, by: "jan", locations: &locations };
    let undone = crate::plan_action(order, &crate::OrderAction::Cover, &context, Remaining::default());
    assert!(matches!(undone, Err(crate::ActionRefused::NotNow(_))), "{undone:?}");
}

#[test]
fn what_does_not_fit_at_all_is_said() {
    let whole = plan(&[told(1, &[(0, 1, 0, 0)])], &BTreeMap::new(), Remaining::default());
    assert!(whole.orders[0].part(1).is_none());
}
