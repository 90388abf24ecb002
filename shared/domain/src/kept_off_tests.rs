//! What a channel cancels without putting it on sale again comes free to nobody.

use crate::order_action::tests::{Desk, at, cancellation, line, orders, q, set, snapshot};
use crate::{ActionRefused, LineProduct, OrderAction, OrderEventDetails, OrderSnapshot, PutBack, SyncStep};

/// Two parts of one line: ordered, cancelled, of which not restocked.
fn told(stamp: i64, ordered: i64, cancelled: i64, not_restocked: i64) -> OrderSnapshot {
    let mut told = snapshot(stamp, &[("1", ordered, cancelled, 0, 0)]);
    told.lines[0].not_restocked = q(not_restocked);
    told
}

fn lost(desk: &Desk) -> i64 {
    let lines = &desk.order.as_ref().unwrap().lines;
    lines.iter().flat_map(|line| &line.parts).map(|part| part.lost().units()).sum()
}

fn happened(desk: &Desk) -> Vec<OrderEventDetails> {
    let told = |what: &OrderEventDetails| {
        matches!(
            what,
            OrderEventDetails::KeptOffSale { .. } | OrderEventDetails::Restocked { .. } | OrderEventDetails::WrittenOff { .. }
        )
    };
    desk.order.as_ref().unwrap().history.iter().map(|event| event.details.clone()).filter(told).collect()
}

fn with_ours(id: &str, units: i64, write_off: bool) -> OrderAction {
    let OrderAction::Cancel(mut ours) = cancellation(id, "1", units) else { unreachable!("it is a cancellation") };
    ours.write_off = write_off;
    OrderAction::Cancel(ours)
}

/// The channel has it.
fn has() -> SyncStep {
    SyncStep::Applied { at: at(50) }
}

#[test]
fn what_is_cancelled_without_restocking_is_offered_to_nobody_and_the_timeline_says_so() {
    let mut desk = Desk::with(&[("a", "main", 20)]);
    desk.told(told(1, 2, 0, 0));
    desk.told(told(2, 2, 1, 1));
    assert_eq!((desk.on("a", "main"), lost(&desk), desk.written_off), ((18, 1), 1, 1));
    assert_eq!(happened(&desk), [OrderEventDetails::KeptOffSale { units: q(1) }]);
    desk.told(told(3, 2, 2, 1));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((19, 0), 1), "the other one is on sale again");
}

#[test]
fn heard_of_only_when_it_was_cancelled_already_the_timeline_says_what_became_of_it() {
    let mut desk = Desk::with(&[("a", "main", 20)]);
    desk.told(told(1, 2, 2, 1));
    assert_eq!(happened(&desk), [OrderEventDetails::KeptOffSale { units: q(1) }]);
    let history = &desk.order.as_ref().unwrap().history;
    assert!(
        matches!(history[0].details, OrderEventDetails::Channel { ordered, cancelled, .. } if (ordered, cancelled) == (q(2), q(2))),
        "first, how the channel told it: {history:?}"
    );
    desk.told(told(1, 2, 2, 1));
    assert_eq!(happened(&desk).len(), 1, "once");
    let mut desk = Desk::with(&[("a", "main", 20)]);
    desk.told(told(1, 2, 2, 0));
    assert!(desk.order.as_ref().unwrap().history.is_empty(), "nothing came of it");
}

#[test]
fn what_is_put_on_sale_after_all_comes_back_once() {
    let mut desk = Desk::with(&[("a", "main", 5)]);
    desk.told(told(1, 3, 0, 0));
    desk.told(told(2, 3, 2, 2));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((2, 1), 2));
    desk.told(told(3, 3, 2, 0));
    assert_eq!((desk.on("a", "main"), lost(&desk), desk.written_off), ((4, 1), 0, -2));
    desk.told(told(4, 3, 2, 0));
    desk.told(told(2, 3, 2, 2));
    assert_eq!(desk.on("a", "main"), (4, 1), "once, and an older word changes nothing");
    assert_eq!(happened(&desk), [OrderEventDetails::KeptOffSale { units: q(2) }, OrderEventDetails::Restocked { units: q(2) }]);
}

#[test]
fn what_the_merchant_says_is_there_comes_back_once_and_not_again_by_the_channel() {
    let mut desk = Desk::with(&[("a", "main", 5)]);
    desk.told(told(1, 3, 0, 0));
    desk.told(told(2, 3, 2, 2));
    let there = |id: &str, units| OrderAction::PutBack(PutBack { id: id.into(), line: line("1"), units: q(units) });
    assert!(matches!(desk.does(&there("x", 3)), Err(ActionRefused::TooMuch(_))));
    desk.does(&there("x", 1)).unwrap();
    assert_eq!(desk.does(&there("x", 1)), Err(ActionRefused::Already));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((3, 1), 1));
    desk.told(told(3, 3, 2, 1));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((3, 1), 1), "it is the same one");
    desk.told(told(4, 3, 2, 0));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((4, 1), 0));
    desk.told(told(5, 3, 3, 1));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((5, 0), 0), "one is there, says the merchant");
}

#[test]
fn an_order_that_is_taken_up_again_takes_the_very_units_that_were_kept_for_it() {
    let mut desk = Desk::with(&[("a", "main", 2)]);
    desk.told(told(1, 2, 0, 0));
    desk.told(told(2, 2, 2, 2));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((0, 0), 2));
    desk.told(told(3, 2, 0, 0));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((0, 2), 0));
}

#[test]
fn heard_of_only_afterwards_it_is_taken_out_of_the_figure_all_the_same() {
    for states in [vec![told(1, 2, 0, 0), told(2, 2, 1, 1)], vec![told(2, 2, 1, 1)], vec![told(2, 2, 1, 0), told(3, 2, 1, 1)]] {
        let mut desk = Desk::with(&[("a", "main", 5)]);
        for state in states {
            desk.told(state);
        }
        assert_eq!((desk.on("a", "main"), lost(&desk)), ((3, 1), 1));
    }
    let mut desk = Desk::with(&[("a", "main", 1)]);
    desk.told(told(2, 3, 2, 2));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((0, 1), 0), "no more than is there, and first what is wanted");
    assert!(desk.order.as_ref().unwrap().short().is_zero());
}

#[test]
fn a_line_that_is_matched_later_is_treated_as_if_it_had_been_from_the_start() {
    let mut desk = Desk::with(&[("a", "main", 5)]);
    let product = desk.products.remove(&line("1")).unwrap();
    desk.told(told(1, 2, 0, 0));
    desk.told(told(2, 2, 1, 1));
    desk.products.insert(line("1"), product);
    desk.told(told(3, 2, 1, 1));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((3, 1), 1));
}

#[test]
fn of_a_bundle_every_part_is_kept_off_and_comes_back_where_it_was() {
    let mut desk = Desk::with(&[("a", "main", 3), ("a", "far", 2), ("b", "main", 2)]);
    desk.products.insert(line("1"), set());
    desk.told(told(1, 2, 0, 0));
    desk.told(told(2, 2, 2, 2));
    assert_eq!((desk.on("a", "main"), desk.on("a", "far"), desk.on("b", "main"), lost(&desk)), ((0, 0), (1, 0), (0, 0), 6));
    desk.told(told(3, 2, 2, 1));
    desk.told(told(4, 2, 2, 0));
    assert_eq!((desk.on("a", "main"), desk.on("a", "far"), desk.on("b", "main"), lost(&desk)), ((3, 0), (2, 0), (2, 0), 0));
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.products.insert(line("1"), LineProduct::single(crate::order_action::tests::sku("a")));
    desk.told(told(1, 3, 3, 3));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((0, 0), 3));
}

#[test]
fn of_what_the_merchant_cancels_here_the_merchants_word_counts() {
    // Of three one is not there. The channel cannot keep off a part, and keeps off all of it.
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(told(1, 3, 0, 0));
    desk.does(&with_ours("c", 1, true)).unwrap();
    desk.does(&with_ours("d", 2, false)).unwrap();
    desk.syncs("c", &has()).unwrap();
    desk.syncs("d", &has()).unwrap();
    desk.told(told(2, 3, 3, 3));
    assert_eq!((desk.on("a", "main"), lost(&desk)), ((2, 0), 1));
}

/// What it is and how it is done.
type Step<'a> = (&'a str, &'a dyn Fn(&mut Desk));

/// The staff take out two without restocking, the merchant cancels one here that is there and one that is not, one is sent: in every order
/// and twice over, though the channel hears of ours only later.
#[test]
fn in_every_order_as_many_are_gone_as_were_kept_off_and_cancelled_as_not_there() {
    let there = |desk: &Desk, id: &str| desk.order.as_ref().unwrap().cancellations.iter().any(|one| one.id == id);
    let steps: [Step<'_>; 5] = [
        ("not there", &|desk| drop(desk.does(&with_ours("c", 1, true)))),
        ("cancelled here", &|desk| drop(desk.does(&with_ours("d", 1, false)))),
        ("taken out there", &|desk| desk.told(told(5, 6, 2, 2))),
        ("the channel has ours too", &|desk| {
            if there(desk, "c") && there(desk, "d") {
                drop(desk.syncs("c", &has()));
                drop(desk.syncs("d", &has()));
                desk.told(told(7, 6, 4, 2));
            }
        }),
        ("sent", &|desk| drop(desk.does(&crate::order_action::tests::parcel("p", "main", &[("1", 1)])))),
    ];
    let mut outcomes = std::collections::BTreeSet::new();
    for order in orders(steps.len()) {
        let mut desk = Desk::with(&[("a", "main", 6)]);
        desk.told(told(1, 6, 0, 0));
        for at in order.iter().chain(&order) {
            let (name, step) = &steps[*at];
            for _ in 0..2 {
                step(&mut desk);
            }
            let (available, reserved) = desk.on("a", "main");
            let sent = desk.order.as_ref().unwrap().lines[0].taken().units();
            assert!(lost(&desk) <= 3 && available <= 1, "{order:?} at {name}");
            assert_eq!(available + reserved + sent + lost(&desk), 6, "{order:?} at {name}");
        }
        outcomes.insert((desk.on("a", "main"), lost(&desk)));
    }
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), [((1, 1), 3)]);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever a channel tells in turn: nothing is lost on the way, no more is kept off than it says, and what it says last is so.
        #[test]
        fn the_last_word_counts(states in prop::collection::vec((0..5_i64, 0..5_i64, 0..5_i64), 1..8), there in 4..9_i64) {
            let mut desk = Desk::with(&[("a", "main", there)]);
            let mut last = 0;
            for (stamp, (ordered, cancelled, not_restocked)) in (1..).zip(states) {
                let cancelled = cancelled.min(ordered);
                let not_restocked = not_restocked.min(cancelled);
                desk.told(told(stamp, ordered, cancelled, not_restocked));
                let (available, reserved) = desk.on("a", "main");
                prop_assert_eq!(available + reserved + lost(&desk), there);
                prop_assert_eq!(reserved, ordered - cancelled);
                last = not_restocked;
            }
            prop_assert_eq!(lost(&desk), last);
        }
    }
}
