//! Bundles whose units are kept off sale, written off, put back, sent and taken back, in parts: it comes to the same as whole.

use super::*;
use crate::{
    ActionContext, ActionRefused, CancelReason, Cancellation, ChannelSync, Inspection, LineUnits, OrderAction, PutBack, Return,
    ReturnCondition, ReturnResolution, Shipment, SyncStep, plan_action,
};

/// One thing after another that becomes of an order. Lines are named by their places, from the first one on again beyond the last.
#[derive(Debug, Clone)]
enum Step {
    /// The channel tells of each line: ordered, cancelled, of which not restocked, shipped.
    Told(Vec<(i64, i64, i64, i64)>),
    /// The merchant cancels units that are not there, and the channel has it.
    NotThere(usize, i64),
    /// What the channel keeps off sale is there.
    PutBack(usize, i64),
    /// A shipment from the first or the second location.
    Sent(usize, i64, bool),
    /// Goods come back and are put on sale again.
    Back(usize, i64),
}

fn id(line: usize) -> OrderLineId {
    OrderLineId::new(line.to_string()).unwrap()
}

fn tells(stamp: usize, products: &[usize], counts: &[(i64, i64, i64, i64)]) -> Incoming {
    let lines: Vec<_> = products
        .iter()
        .zip(counts)
        .map(|(product, (ordered, cancelled, _, shipped))| (*product, *ordered, *cancelled, *shipped))
        .collect();
    let mut incoming = told(i64::try_from(stamp).unwrap() * 100, &lines);
    for (line, (_, _, kept_off, _)) in incoming.snapshot.lines.iter_mut().zip(counts) {
        line.not_restocked = q(*kept_off).min(line.cancelled);
    }
    incoming
}

/// The actions that a step consists of, on `lines` lines.
fn actions(number: usize, step: &Step, lines: usize) -> Vec<OrderAction> {
    let mark = |word: &str| format!("{word}{number}");
    let of = |line: usize, units: i64| vec![LineUnits { line: id(line % lines), units: q(units) }];
    match step {
        Step::Told(_) => Vec::new(),
        Step::NotThere(line, units) => {
            let cancellation = Cancellation {
                id: mark("c"),
                reason: CancelReason::OutOfStock,
                write_off: true,
                lines: of(*line, *units),
                channel_sync: ChannelSync::Pending,
            };
            vec![OrderAction::Cancel(cancellation)]
        }
        Step::PutBack(line, units) => {
            vec![OrderAction::PutBack(PutBack { id: mark("b"), line: id(line % lines), units: q(*units) })]
        }
        Step::Sent(line, units, far) => {
            let location = place(if *far { "far" } else { "main" });
            let parcel = Shipment {
                id: mark("p"),
                location,
                carrier: None,
                tracking: None,
                lines: of(*line, *units),
                channel_sync: ChannelSync::NotNeeded,
            };
            vec![OrderAction::Ship(parcel)]
        }
        Step::Back(line, units) => {
            let inspection = Inspection {
                id: mark("i"),
                line: id(line % lines),
                units: q(*units),
                condition: ReturnCondition::Sellable,
                resolution: ReturnResolution::Accepted,
                restock_at: Some(place("main")),
                channel_sync: ChannelSync::NotNeeded,
            };
            let announced = Return {
                id: mark("r"),
                channel_id: None,
                settled_on_channel: false,
                received_at: None,
                reason: String::new(),
                lines: of(*line, *units),
                inspections: Vec::new(),
            };
            vec![OrderAction::Announce(announced), OrderAction::Inspect { id: mark("r"), inspection }]
        }
    }
}

fn at(number: usize) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + i64::try_from(number).unwrap() * 100).unwrap()
}

/// A world of one order: its books, and how many rows a transaction takes.
struct Life {
    books: Books,
    order: Option<Order>,
    last: Option<Incoming>,
    most: usize,
}

impl Life {
    /// Finishes what was begun.
    fn finish(&mut self) {
        if self.order.as_ref().is_some_and(|order| !order.is_complete()) {
            let told = self.last.clone().unwrap();
            assert!(take_in(&mut self.books, &mut self.order, &told, self.most, usize::MAX));
        }
    }

    /// Does an order action; whoever does it dies after so many parts. Answers whether it was refused.
    fn does(&mut self, action: &OrderAction, dies: usize) -> bool {
        let mut remaining = Remaining::default();
        let locations = [place("main"), place("far")];
        for _ in 0..100 {
            self.finish();
            let order = self.order.as_ref().unwrap();
            let planned = match plan_action(
                order,
                action,
                &ActionContext { at: order.read_at, by: "jan", locations: &locations },
                remaining.clone(),
            ) {
                Ok(planned) => planned,
                Err(ActionRefused::Already) => return false,
                Err(_) => return true,
            };
            let whole = Plan::of(planned.clone());
            let part = if whole.rows() > self.most { planned.part(self.most).expect("one product fits") } else { whole };
            if self.books.commit(&part, &mut remaining) {
                self.order = Some(part.orders[0].order.clone());
                check(&self.books, self.order.as_ref().unwrap());
                if dies == 0 {
                    return false;
                }
            }
        }
        panic!("it does not come to an end: {action:?}");
    }

    fn lives(&mut self, number: usize, step: &Step, products: &[usize], dies: usize) -> Vec<bool> {
        if let Step::Told(counts) = step {
            let incoming = tells(number + 1, products, counts);
            // Whoever dies midway is followed by somebody who has the same message.
            if !take_in(&mut self.books, &mut self.order, &incoming, self.most, dies) {
                take_in(&mut self.books, &mut self.order, &incoming, self.most, dies);
                take_in(&mut self.books, &mut self.order, &incoming, self.most, usize::MAX);
            }
            self.last = Some(incoming);
            return Vec::new();
        }
        let actions = actions(number, step, products.len());
        let refused = actions.iter().map(|action| self.does(action, dies)).collect();
        for action in actions {
            if let OrderAction::Cancel(cancellation) = action {
                self.is_told(&cancellation.id, at(number));
            }
        }
        refused
    }

    /// The channel has a cancellation, if it was not refused here.
    fn is_told(&mut self, id: &str, at: Timestamp) {
        self.finish();
        if let Ok(order) = self.order.as_ref().unwrap().synced(id, &SyncStep::Applied { at }, at) {
            self.order = Some(order);
        }
    }

    /// Units of a product that are written off, all lines together.
    fn lost(&self) -> BTreeMap<Sku, i64> {
        let mut lost = BTreeMap::new();
        for part in self.order.iter().flat_map(|order| &order.lines).flat_map(|line| &line.parts) {
            *lost.entry(part.sku.clone()).or_default() += part.lost().units();
        }
        lost
    }
}

/// What is held, sent, short, back and lost of each product of each line, wherever it lies.
fn in_sum(order: &Order) -> Vec<(&OrderLineId, Quantity, Quantity, Vec<[Quantity; 5]>)> {
    let part = |part: &PartState| [part.committed(), part.taken(), part.short, part.back(), part.lost()];
    order.lines.iter().map(|line| (&line.id, line.gone, line.kept_off, line.parts.iter().map(part).collect())).collect()
}

fn counts() -> impl Strategy<Value = (i64, i64, i64, i64)> {
    (0_i64..5, 0_i64..5, 0_i64..4, 0_i64..3)
}

fn step(lines: usize) -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => proptest::collection::vec(counts(), lines).prop_map(Step::Told),
        1 => (0..lines, 1_i64..3).prop_map(|(line, units)| Step::NotThere(line, units)),
        1 => (0..lines, 1_i64..3).prop_map(|(line, units)| Step::PutBack(line, units)),
        1 => (0..lines, 1_i64..3, any::<bool>()).prop_map(|(line, units, far)| Step::Sent(line, units, far)),
        1 => (0..lines, 1_i64..3).prop_map(|(line, units)| Step::Back(line, units)),
    ]
}

/// What each line is, how the order is told of first, and what becomes of it.
fn stories() -> impl Strategy<Value = (Vec<usize>, Vec<Step>)> {
    proptest::collection::vec(prop_oneof![1 => 0_usize..4, 2 => Just(9)], 1..4).prop_flat_map(|products| {
        let lines = products.len();
        let first = proptest::collection::vec(counts(), lines).prop_map(Step::Told);
        let steps = (first, proptest::collection::vec(step(lines), 0..6));
        steps.prop_map(move |(first, later)| (products.clone(), std::iter::once(first).chain(later).collect()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Each unit is written off once, comes back once and is lost nowhere, in however many parts, whoever dies after whichever; with enough
    /// stock each product of each line ends as if it had all been done at once.
    #[test]
    fn in_parts_no_unit_is_written_off_twice((products, steps) in stories(), scarce in any::<bool>(), stock in proptest::collection::vec([0_i64..6, 0_i64..6], 4), most in 5_usize..9, dies in 0_usize..4) {
        let stock: Vec<[i64; 2]> = if scarce { stock } else { stock.iter().map(|[main, far]| [main + 200, far + 200]).collect() };
        let life = |most| Life { books: Books::open(&stock), order: None, last: None, most };
        let (mut parts, mut whole) = (life(most), life(usize::MAX));
        for (number, step) in steps.iter().enumerate() {
            let refused = (parts.lives(number, step, &products, dies), whole.lives(number, step, &products, usize::MAX));
            prop_assert!(scarce || refused.0 == refused.1, "{step:?} is refused in parts {:?}, whole {:?}", refused.0, refused.1);
        }
        parts.finish();
        for life in [&parts, &whole] {
            let order = life.order.as_ref().unwrap();
            for line in &order.lines {
                for part in &line.parts {
                    prop_assert!(part.lost() <= line.gone.times(part.units), "{} of {} are lost, and {} gone: {line:?}", part.lost(), part.sku, line.gone);
                }
            }
        }
        if !scarce {
            prop_assert_eq!(in_sum(parts.order.as_ref().unwrap()), in_sum(whole.order.as_ref().unwrap()));
            prop_assert_eq!(parts.lost(), whole.lost());
            // What the merchant does moves no channel's counter, and the books of these tests do not tell that apart.
            if steps.iter().all(|step| matches!(step, Step::Told(_))) {
                prop_assert_eq!(parts.books.net(), whole.books.net());
            }
        }
    }
}
