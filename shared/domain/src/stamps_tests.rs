//! Stamps that cannot be believed: ahead of when they were told, or going back.

use super::*;
use crate::{Fulfilment, OrderSnapshot};
use jiff::SignedDuration;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn state(stamp: Timestamp, cancelled: i64) -> OrderSnapshot {
    OrderSnapshot {
        number: OrderNumber::new("2601").unwrap(),
        display_number: None,
        placed_at: at(0),
        stamp: Some(stamp),
        channel_status: if cancelled > 0 { "cancelled" } else { "processing" }.into(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        terms: crate::OrderTerms::default(),
        unreadable_lines: Vec::new(),
        lines: vec![SnapshotLine {
            id: OrderLineId::new("1").unwrap(),
            offer: None,
            sku: Some(Sku::new("TABLE").unwrap()),
            ean: None,
            title: String::new(),
            fulfilment: Fulfilment::Merchant,
            kind: crate::LineKind::Goods,
            ordered: q(2),
            cancelled: q(cancelled),
            shipped: Quantity::ZERO,
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

fn told(snapshot: OrderSnapshot, read_at: Timestamp, fresh: bool) -> Incoming {
    Incoming {
        connection: ConnectionId::new("shop").unwrap(),
        snapshot,
        read_at,
        source: if fresh { crate::Source::Read } else { crate::Source::List },
        products: BTreeMap::from([(OrderLineId::new("1").unwrap(), LineProduct::single(Sku::new("TABLE").unwrap()))]),
        digital: std::collections::BTreeSet::new(),
        locations: vec![LocationId::new("main").unwrap()],
    }
}

/// Takes in what is judged newer; answers the order as it is then, and how each was judged that was not.
fn live(told: &[Incoming]) -> (Order, Vec<Recency>) {
    let mut stored = BTreeMap::new();
    let mut settled = Vec::new();
    for one in told {
        let mut remaining = Remaining::default();
        remaining.know(&Sku::new("TABLE").unwrap(), &LocationId::new("main").unwrap(), q(20));
        let planned = plan(std::slice::from_ref(one), &stored, remaining);
        settled.extend(planned.settled.into_iter().map(|(_, standing)| standing));
        for order in planned.orders {
            stored.insert((order.order.connection.clone(), order.order.snapshot.number.clone()), order.order);
        }
    }
    (stored.into_values().next().unwrap(), settled)
}

#[test]
fn a_cancellation_is_read_whose_time_of_change_lies_before_the_last() {
    let ahead = state(at(3600), 0);
    let cancelled = state(at(300), 2);
    let (order, settled) = live(&[told(ahead, at(1), false), told(cancelled.clone(), at(301), false)]);
    assert_eq!(settled, [Recency::Tie], "its stamp lay an hour ahead of when it was told");
    assert!(order.doubts_stamps);
    let (order, settled) = live(&[told(state(at(3600), 0), at(1), false), told(cancelled, at(302), true)]);
    assert!(settled.is_empty());
    assert_eq!(order.snapshot.channel_status, "cancelled");
    assert_eq!(order.lines[0].committed(), Quantity::ZERO);
}

#[test]
fn a_year_that_is_far_away_freezes_nothing() {
    let far: Timestamp = "2647-02-03T04:05:06Z".parse().unwrap();
    let (order, settled) = live(&[
        told(state(far, 0), at(1), false),
        told(state(at(300), 2), at(310), true),
        // It was delivered once more, late.
        told(state(far, 0), at(400), false),
        told(state(at(900), 0), at(900), false),
        told(state(at(900), 0), at(901), true),
    ]);
    assert_eq!(settled, [Recency::Tie, Recency::Tie], "from then on what differs is read");
    assert_eq!(order.snapshot.stamp, Some(at(900)));
    assert_eq!(order.lines[0].committed(), q(2));
}

#[test]
fn what_is_read_just_now_wins_over_what_was_read_before() {
    for stamp in [at(-7200), at(0), at(99), at(7200)] {
        let (order, settled) = live(&[told(state(at(0), 0), at(0), false), told(state(stamp, 2), at(100), true)]);
        assert_eq!((settled, order.snapshot.channel_status.as_str()), (vec![], "cancelled"), "{stamp}");
    }
    // Nor does a read that began before another win over it: which was later is told by one more.
    let (order, settled) = live(&[told(state(at(0), 0), at(100), true), told(state(at(0), 2), at(99), true)]);
    assert_eq!((settled, order.snapshot.channel_status.as_str()), (vec![Recency::Tie], "processing"));
}

#[test]
fn a_delivery_that_was_long_on_its_way_tells_nothing_of_what_came_after_its_time_of_change() {
    let delivered = |snapshot, read_at| Incoming { source: crate::Source::Delivery, ..told(snapshot, read_at, false) };
    let (order, _) = live(&[delivered(state(at(50), 0), at(58))]);
    assert!(!order.is_last_of_its_stamp(), "it may have changed once more in the same second");
    let (order, _) = live(&[told(state(at(50), 0), at(58), false)]);
    assert!(order.is_last_of_its_stamp(), "a list tells how it is");
    // A shop's clock that is a little ahead makes no read of it that is still to come.
    let (order, _) = live(&[delivered(state(at(55), 0), at(50))]);
    assert_eq!(order.read_at, at(50));
}

#[test]
fn a_delivery_from_before_the_last_read_that_tells_what_that_read_did_not_is_read() {
    let delivered = |snapshot, read_at| Incoming { source: crate::Source::Delivery, ..told(snapshot, read_at, false) };
    // The shop's clock is 20 s behind: what it changed at 62 is stamped 42.
    let read = told(state(at(30), 0), at(60), true);
    let changed = delivered(state(at(42), 2), at(63));
    let (order, settled) = live(&[read.clone(), changed.clone()]);
    assert_eq!((settled, order.read_at), (vec![Recency::Tie], at(60)), "the last read does not become an earlier one");
    // So the same twice ends as once, and one more read tells.
    let (order, settled) = live(&[read.clone(), changed.clone(), read, changed, told(state(at(42), 2), at(64), true)]);
    assert_eq!(settled, [Recency::Tie, Recency::Same, Recency::Tie]);
    assert_eq!((order.snapshot.channel_status.as_str(), order.read_at), ("cancelled", at(64)));
}

#[test]
fn deliveries_that_overtake_each_other_cost_no_call() {
    let (order, settled) = live(&[told(state(at(5), 2), at(6), false), told(state(at(1), 0), at(7), false)]);
    assert_eq!((settled, order.snapshot.channel_status.as_str()), (vec![Recency::Older], "cancelled"));
    // Further behind than any overtakes: the shop may have written another zone's time.
    let (_, settled) = live(&[told(state(at(18_000), 2), at(18_001), false), told(state(at(60), 0), at(18_060), false)]);
    assert_eq!(settled, [Recency::Tie]);
}

#[test]
fn a_channel_whose_clock_is_a_little_ahead_is_believed() {
    let (order, settled) = live(&[told(state(at(50), 0), at(0), false), told(state(at(55), 2), at(5), false)]);
    assert!(settled.is_empty() && !order.doubts_stamps);
    assert_eq!(order.snapshot.channel_status, "cancelled");
}

#[test]
fn a_read_that_our_clock_dated_beyond_now_is_earlier_than_any() {
    let (order, _) = live(&[told(state(at(0), 0), "2028-01-01T00:00:00Z".parse().unwrap(), true)]);
    let now = at(60);
    let known = order.clone().believed_at(now);
    assert_eq!(standing(Some(&order), &state(at(1), 2), now, crate::Source::Read), Recency::Tie, "as it is stored");
    assert_eq!(standing(Some(&known), &state(at(1), 2), now, crate::Source::Read), Recency::Newer);
    assert_eq!(standing(Some(&known), &state(at(1), 2), now, crate::Source::List), Recency::Tie);
    let right = Order { read_at: now - SignedDuration::from_secs(5), ..order };
    assert_eq!(right.clone().believed_at(now), right);
}

/// Every order of arrival of four states, each delivered by itself, ends with the last once the ties are read.
#[test]
fn deliveries_in_any_order_end_with_the_last_state() {
    let lies = [[1, 2, 3, 4], [3600, 2, 3, 4], [1, 7200, 3, 4], [1, 2, -7200, 4], [4, 3, 2, 1], [1, 1, 1, 1]];
    for stamps in lies {
        let states: Vec<OrderSnapshot> =
            (0..4).map(|n| state(at(stamps[n]), i64::from(n % 2 == 1) + i64::from(n == 3))).collect();
        for order in permutations(4) {
            let mut all: Vec<Incoming> = Vec::new();
            for (second, n) in order.iter().enumerate() {
                let received = at(10 + i64::try_from(second).unwrap());
                all.push(told(states[*n].clone(), received, false));
                let (_, settled) = live(&all);
                if settled.last() == Some(&Recency::Tie) {
                    // Read at once: the channel tells the last.
                    all.push(told(states[3].clone(), received + SignedDuration::from_millis(500), true));
                }
            }
            // A poll lists the last state, asked for after all of these.
            let (known, _) = live(&all);
            let listed = at(20);
            let judged = standing(Some(&known), &states[3], listed, crate::Source::List);
            if judged != Recency::Same {
                all.push(told(states[3].clone(), listed, true));
            }
            let (end, _) = live(&all);
            assert_eq!(end.snapshot, states[3], "{stamps:?} {order:?}");
        }
    }
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let shorter = permutations(n - 1);
    shorter.iter().flat_map(|one| (0..n).map(|at| [&one[..at], &[n - 1], &one[at..]].concat())).collect()
}
