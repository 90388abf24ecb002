use super::*;
use crate::{Fulfilment, OrderSnapshot};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn sku() -> Sku {
    Sku::new("W-1").unwrap()
}

fn main_location() -> LocationId {
    LocationId::new("main").unwrap()
}

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn snapshot(stamp: i64, ordered: i64, cancelled: i64, shipped: i64) -> OrderSnapshot {
    OrderSnapshot {
        number: OrderNumber::new("1").unwrap(),
        display_number: None,
        placed_at: at(0),
        stamp: Some(at(stamp)),
        channel_status: "open".into(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        terms: crate::OrderTerms::default(),
        unreadable_lines: Vec::new(),
        lines: vec![SnapshotLine {
            id: OrderLineId::new("a").unwrap(),
            offer: None,
            sku: Some(sku()),
            ean: None,
            title: String::new(),
            fulfilment: Fulfilment::Merchant,
            kind: crate::LineKind::Goods,
            ordered: q(ordered),
            cancelled: q(cancelled),
            shipped: q(shipped),
            returned: Quantity::ZERO,
            not_restocked: Quantity::ZERO,
            restock_untold: Quantity::ZERO,
            restocked: Quantity::ZERO,
            cancellation_requested: false,
            unit_price: None,
            terms: crate::LineTerms::default(),
        }],
    }
}

fn incoming(snapshot: OrderSnapshot) -> Incoming {
    Incoming {
        connection: ConnectionId::new("shop").unwrap(),
        read_at: snapshot.stamp.unwrap_or(at(0)),
        snapshot,
        source: crate::Source::List,
        products: BTreeMap::from([(OrderLineId::new("a").unwrap(), LineProduct::single(sku()))]),
        digital: std::collections::BTreeSet::new(),
        locations: vec![main_location(), LocationId::new("far").unwrap()],
    }
}

fn stored(order: &Order) -> BTreeMap<(ConnectionId, OrderNumber), Order> {
    BTreeMap::from([((order.connection.clone(), order.snapshot.number.clone()), order.clone())])
}

fn accept(
    before: Option<&Order>,
    snapshot: OrderSnapshot,
    remaining: Remaining,
) -> (Option<Order>, BTreeMap<(Sku, LocationId), Movement>) {
    let plan = plan(&[incoming(snapshot)], &before.map(stored).unwrap_or_default(), remaining);
    (plan.orders.into_iter().next().map(|p| p.order), plan.movements)
}

fn left(main: i64, far: i64) -> Remaining {
    let mut remaining = Remaining::default();
    remaining.know(&sku(), &main_location(), q(main));
    remaining.know(&sku(), &LocationId::new("far").unwrap(), q(far));
    remaining
}

#[test]
fn the_same_snapshot_twice_changes_nothing_the_second_time() {
    let (first, moved) = accept(None, snapshot(1, 2, 0, 0), Remaining::default());
    assert_eq!(moved[&(sku(), main_location())], Movement { available: -2, reserved: 2 });
    let again = plan(&[incoming(snapshot(1, 2, 0, 0))], &stored(&first.unwrap()), Remaining::default());
    assert!(again.orders.is_empty() && again.movements.is_empty());
    assert_eq!(again.settled, [(0, Recency::Same)]);
}

#[test]
fn a_change_of_an_amount_alone_is_a_change_of_the_order_and_moves_no_unit() {
    let (first, _) = accept(None, snapshot(1, 2, 0, 0), Remaining::default());
    let first = first.unwrap();
    let mut told = snapshot(2, 2, 0, 0);
    let euros =
        |cents| crate::Money { amount: rust_decimal::Decimal::new(cents, 2), currency: crate::Currency::new("EUR").unwrap() };
    told.lines[0].terms.commission = Some(euros(180));
    told.terms.shipping_price = Some(euros(495));
    // Told again and again, by whichever way, it is one change.
    let arrivals = [incoming(told.clone()), incoming(told.clone())];
    let changed = plan(&arrivals, &stored(&first), Remaining::default());
    let [planned] = &changed.orders[..] else { panic!("{changed:?}") };
    assert_eq!((planned.outcome, planned.order.version, planned.was), (OrderOutcome::Changed, 2, Some(1)));
    assert!(planned.demands.is_empty() && changed.movements.is_empty() && changed.shorts.is_empty());
    assert_eq!(changed.settled, [(1, Recency::Same)]);
    assert_eq!((&planned.order.lines, &planned.order.history), (&first.lines, &first.history));
    assert!(planned.order.is_complete() && planned.flows_beside_stock().is_empty());
    let again = plan(&[incoming(told)], &stored(&planned.order), Remaining::default());
    assert_eq!((again.orders.len(), again.settled), (0, vec![(0, Recency::Same)]));
    // The state of before comes late: it does not take the amounts back.
    let late = plan(&[incoming(snapshot(1, 2, 0, 0))], &stored(&planned.order), Remaining::default());
    assert_eq!(late.settled, [(0, Recency::Older)]);
}

#[test]
fn an_older_state_is_set_aside() {
    let (first, _) = accept(None, snapshot(5, 2, 2, 0), Remaining::default());
    let late = plan(&[incoming(snapshot(1, 2, 0, 0))], &stored(&first.unwrap()), Remaining::default());
    assert_eq!(late.settled, [(0, Recency::Older)]);
    assert!(late.movements.is_empty());
}

#[test]
fn equal_stamps_with_other_content_ask_for_a_fresh_read() {
    let (first, _) = accept(None, snapshot(1, 2, 0, 0), Remaining::default());
    let first = first.unwrap();
    let mut tie = incoming(snapshot(1, 2, 1, 0));
    assert_eq!(standing(Some(&first), &tie.snapshot, tie.read_at, crate::Source::List), Recency::Tie);
    tie.source = crate::Source::Read;
    tie.read_at = at(9);
    assert_eq!(standing(Some(&first), &tie.snapshot, tie.read_at, crate::Source::Read), Recency::Newer);
}

#[test]
fn a_cancellation_gives_back_and_a_reactivation_takes_again() {
    let (order, _) = accept(None, snapshot(1, 3, 0, 0), left(5, 0));
    let (order, moved) = accept(order.as_ref(), snapshot(2, 3, 3, 0), left(2, 0));
    assert_eq!(moved[&(sku(), main_location())], Movement { available: 3, reserved: -3 });
    let (order, moved) = accept(order.as_ref(), snapshot(3, 3, 1, 0), left(5, 0));
    assert_eq!(moved[&(sku(), main_location())], Movement { available: -2, reserved: 2 });
    assert_eq!(order.unwrap().lines[0].committed(), q(2));
}

#[test]
fn a_shipment_takes_from_reserved_only() {
    let (order, _) = accept(None, snapshot(1, 3, 0, 0), left(5, 0));
    let (order, moved) = accept(order.as_ref(), snapshot(2, 3, 0, 2), left(2, 0));
    assert_eq!(moved[&(sku(), main_location())], Movement { available: 0, reserved: -2 });
    let (_, moved) = accept(order.as_ref(), snapshot(3, 3, 3, 2), left(2, 0));
    assert_eq!(
        moved[&(sku(), main_location())],
        Movement { available: 1, reserved: -1 },
        "shipped units cannot come back by cancelling"
    );
}

#[test]
fn what_no_location_covers_is_short_and_is_the_first_to_be_cancelled() {
    let (order, moved) = accept(None, snapshot(1, 6, 0, 0), left(3, 1));
    assert_eq!(order.as_ref().unwrap().lines[0].short(), q(2));
    assert_eq!(moved.values().map(|m| m.available).sum::<i64>(), -4);
    let (order, moved) = accept(order.as_ref(), snapshot(2, 6, 2, 0), left(0, 0));
    assert!(moved.is_empty());
    assert_eq!(order.unwrap().short(), Quantity::ZERO);
}

#[test]
fn marketplace_stock_is_not_ours() {
    let mut told = snapshot(1, 2, 0, 0);
    told.lines[0].fulfilment = Fulfilment::Marketplace;
    let (order, moved) = accept(None, told, Remaining::default());
    assert!(moved.is_empty());
    assert_eq!(order.unwrap().short(), Quantity::ZERO);
}

#[test]
fn a_line_that_the_shop_removed_is_released() {
    let (order, _) = accept(None, snapshot(1, 2, 0, 0), left(5, 0));
    let mut emptied = snapshot(2, 2, 0, 0);
    emptied.lines.clear();
    let (order, moved) = accept(order.as_ref(), emptied, left(3, 0));
    assert_eq!(moved[&(sku(), main_location())], Movement { available: 2, reserved: -2 });
    assert_eq!(order.unwrap().lines.len(), 1);
}

#[test]
fn an_undone_shipment_and_a_cancellation_told_together_give_back_everything() {
    let (order, _) = accept(None, snapshot(1, 3, 0, 3), left(5, 0));
    let (order, moved) = accept(order.as_ref(), snapshot(2, 3, 3, 0), left(2, 0));
    assert_eq!(moved[&(sku(), main_location())], Movement { available: 3, reserved: 0 });
    assert_eq!(order.unwrap().lines[0].committed(), Quantity::ZERO);
}

#[test]
fn units_that_were_shipped_stay_gone_when_the_shop_removes_their_line() {
    let (order, _) = accept(None, snapshot(1, 3, 0, 2), left(5, 0));
    let mut emptied = snapshot(2, 3, 0, 2);
    emptied.lines.clear();
    let (_, moved) = accept(order.as_ref(), emptied, left(2, 0));
    assert_eq!(moved[&(sku(), main_location())], Movement { available: 1, reserved: -1 });
}

#[test]
fn a_line_that_is_matched_later_asks_for_stock_then() {
    let mut unmatched = incoming(snapshot(1, 3, 0, 0));
    unmatched.products.clear();
    let order = plan(&[unmatched], &BTreeMap::new(), left(2, 0)).orders.remove(0).order;
    assert!(order.has_unmatched());
    for stamp in [1, 2] {
        let (matched, moved) = accept(Some(&order), snapshot(stamp, 3, 0, 0), left(2, 0));
        assert_eq!(moved[&(sku(), main_location())], Movement { available: -2, reserved: 2 });
        assert_eq!(matched.unwrap().short(), q(1));
    }
}

/// Three units of a line of this kind, matched or not; what it moves, and what is short or unmatched.
fn of_kind(kind: crate::LineKind, is_matched: bool, told_digital: bool) -> (i64, i64) {
    let mut told = incoming(snapshot(1, 3, 0, 0));
    told.snapshot.lines[0].kind = kind;
    if !is_matched {
        told.products.clear();
    }
    if told_digital {
        told.digital.insert(OrderLineId::new("a").unwrap());
    }
    let plan = plan(&[told], &BTreeMap::new(), left(2, 0));
    assert!(plan.shorts.values().all(|short| short.units >= 0));
    let taken = plan.movements.get(&(sku(), main_location())).map_or(0, |movement| -movement.available);
    assert_eq!(counted(&plan), taken + plan.orders[0].order.lines[0].parts.iter().map(|part| part.short.units()).sum::<i64>());
    (taken, plan.orders[0].order.short().units())
}

#[test]
fn a_line_that_is_no_goods_takes_nothing_and_nothing_of_it_is_short() {
    use crate::LineKind::{Charge, Digital, Goods, Set};
    assert_eq!((of_kind(Goods, true, false), of_kind(Goods, false, false)), ((2, 1), (0, 3)));
    for kind in [Charge, Set] {
        assert_eq!((of_kind(kind, true, false), of_kind(kind, false, false)), ((0, 0), (0, 0)), "{kind:?}");
    }
    // What needs no shipping is counted where the merchant counts it, and a question to nobody where not.
    assert_eq!((of_kind(Digital, true, false), of_kind(Digital, false, false)), ((2, 1), (0, 0)));
    assert_eq!((of_kind(Goods, true, true), of_kind(Goods, false, true)), ((2, 1), (0, 0)), "as its listing tells");
}

#[test]
fn goods_that_turn_out_to_be_the_set_around_their_parts_give_back_what_they_took() {
    let (order, _) = accept(None, snapshot(1, 2, 0, 0), left(5, 0));
    let mut set = snapshot(2, 2, 0, 0);
    set.lines[0].kind = crate::LineKind::Set;
    let (order, moved) = accept(order.as_ref(), set, left(3, 2));
    assert_eq!(moved[&(sku(), main_location())], Movement { available: 2, reserved: -2 });
    assert_eq!(order.unwrap().short(), q(0));
}

/// What the commit counts as taken less given back by the connection, over stock rows and what is short.
fn counted(plan: &Plan) -> i64 {
    let stock: i64 = plan.orders.iter().flat_map(|o| &o.demands).map(|d| -d.movement.available).sum();
    let beside = plan.shorts.values().flat_map(|s| s.flows.values());
    stock + beside.map(|f| i64::try_from(f.out).unwrap() - i64::try_from(f.back).unwrap()).sum::<i64>()
}

#[test]
fn a_sale_that_came_out_short_was_sold_and_its_cancellation_gives_back() {
    let short = plan(&[incoming(snapshot(1, 3, 0, 0))], &BTreeMap::new(), left(2, 0));
    assert_eq!((counted(&short), short.shorts[&sku()].units), (3, 1));
    let cancelled = plan(&[incoming(snapshot(2, 3, 3, 0))], &stored(&short.orders[0].order), left(0, 0));
    assert_eq!((counted(&cancelled), cancelled.shorts[&sku()].units), (-3, -1));
}

#[test]
fn an_order_that_was_cancelled_before_it_was_heard_of_moves_nothing_and_is_told_of() {
    let plan = plan(&[incoming(snapshot(1, 1, 1, 0))], &BTreeMap::new(), left(5, 0));
    assert!(plan.movements.is_empty());
    let flows: Vec<_> = plan.shorts[&sku()].flows.values().copied().collect();
    assert_eq!((plan.shorts[&sku()].units, flows), (0, vec![Flow { out: 1, back: 1 }]));
}

#[test]
fn units_set_aside_for_a_sale_that_was_known_before_are_no_sale() {
    let mut unmatched = incoming(snapshot(1, 3, 0, 0));
    unmatched.products.clear();
    let order = plan(&[unmatched], &BTreeMap::new(), left(2, 0)).orders.remove(0).order;
    let matched = plan(&[incoming(snapshot(1, 3, 0, 0))], &stored(&order), left(2, 0));
    assert_eq!(matched.movements[&(sku(), main_location())].available, -2);
    assert_eq!((counted(&matched), matched.shorts[&sku()].units), (0, 1));
}

#[test]
fn demand_of_a_batch_is_summed_and_its_greedy_prefix_covered() {
    let batch: Vec<_> = (1..=4)
        .map(|n| {
            let mut one = incoming(snapshot(1, 2, 0, 0));
            one.snapshot.number = OrderNumber::new(n.to_string()).unwrap();
            one
        })
        .collect();
    let plan = plan(&batch, &BTreeMap::new(), left(5, 0));
    assert_eq!(plan.movements[&(sku(), main_location())].available, -5);
    assert_eq!(plan.orders.iter().map(|p| p.order.short().units()).collect::<Vec<_>>(), [0, 0, 1, 2]);
}

#[test]
fn two_states_of_one_order_in_a_batch_become_one_write() {
    let plan = plan(&[incoming(snapshot(1, 2, 0, 0)), incoming(snapshot(2, 2, 1, 0))], &BTreeMap::new(), left(5, 5));
    assert_eq!(plan.orders.len(), 1);
    assert_eq!(plan.orders[0].order.version, 1);
    assert_eq!(plan.movements[&(sku(), main_location())], Movement { available: -1, reserved: 1 });
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn states() -> impl Strategy<Value = Vec<(i64, i64, i64)>> {
        // ordered, then parts of it cancelled and shipped: whatever a channel may tell in turn
        prop::collection::vec((0i64..9).prop_flat_map(|o| (Just(o), 0..=o, 0..=o)), 1..12)
    }

    proptest! {
        /// Conservation (I3), never below zero (I2), and I4: what is held never exceeds what was ordered.
        #[test]
        fn any_history_conserves_units(states in states(), main in 0i64..12, far in 0i64..12) {
            let mut level = BTreeMap::from([("main".to_owned(), (main, 0i64)), ("far".to_owned(), (far, 0i64))]);
            let mut order: Option<Order> = None;
            for (stamp, (ordered, cancelled, shipped)) in (1..).zip(states) {
                let (next, moved) = accept(order.as_ref(), snapshot(stamp, ordered, cancelled, shipped), left(level["main"].0, level["far"].0));
                for ((_, location), movement) in moved {
                    let row = level.get_mut(location.as_str()).unwrap();
                    row.0 += movement.available;
                    row.1 += movement.reserved;
                    prop_assert!(row.0 >= 0 && row.1 >= 0);
                }
                order = next.or(order);
                let line = &order.as_ref().unwrap().lines[0];
                let taken = line.taken().units();
                prop_assert_eq!(level.values().map(|r| r.0 + r.1).sum::<i64>() + taken, main + far);
                prop_assert_eq!(level.values().map(|r| r.1).sum::<i64>(), line.committed().units() - taken);
                prop_assert!(line.committed().plus(line.short()).units() >= ordered - cancelled);
            }
        }

        /// No more is counted as sold than the channel's counter lost: the bounds of quota mode rest on it.
        #[test]
        fn no_more_counts_as_sold_than_was_sold(states in states(), main in 0i64..12, far in 0i64..12) {
            let mut level = BTreeMap::from([("main".to_owned(), main), ("far".to_owned(), far)]);
            let (mut order, mut sold): (Option<Order>, i64) = (None, 0);
            for (stamp, (ordered, cancelled, shipped)) in (1..).zip(states) {
                let before = order.as_ref().map(stored).unwrap_or_default();
                let plan = plan(&[incoming(snapshot(stamp, ordered, cancelled, shipped))], &before, left(level["main"], level["far"]));
                for ((_, location), movement) in &plan.movements {
                    *level.get_mut(location.as_str()).unwrap() += movement.available;
                }
                sold += counted(&plan);
                prop_assert!(sold <= ordered - cancelled, "{sold} of {ordered} less {cancelled}: {:?}", plan.shorts);
                order = plan.orders.into_iter().next().map(|p| p.order).or(order);
            }
        }

        /// Any order and any doubling of the deliveries ends in the same state as the newest alone tells (F14, F15).
        #[test]
        fn the_order_of_deliveries_does_not_matter(order_of in Just((0..5usize).collect::<Vec<_>>()).prop_shuffle(), again in prop::collection::vec(0..5usize, 0..5)) {
            let told = [(4, 0, 0), (4, 1, 0), (4, 1, 1), (6, 1, 1), (6, 2, 3)];
            let mut level = 50i64;
            let mut order: Option<Order> = None;
            for index in order_of.into_iter().chain(again) {
                let (ordered, cancelled, shipped) = told[index];
                let stamp = i64::try_from(index).unwrap() + 1;
                let (next, moved) = accept(order.as_ref(), snapshot(stamp, ordered, cancelled, shipped), left(level, 0));
                level += moved.values().map(|m| m.available).sum::<i64>();
                order = next.or(order);
            }
            prop_assert_eq!(level, 46);
            prop_assert_eq!(order.unwrap().lines[0].taken(), q(3));
        }
    }
}
