use super::*;
use proptest::prelude::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn flow(out: u64, back: u64) -> Flow {
    Flow { out, back }
}

/// Known to show so many when orders had moved nothing.
fn known(units: i64) -> Counter {
    let mut counter = Counter::default();
    assert!(counter.looked(q(units), at(0), flow(0, 0)));
    assert_eq!(counter.settle(at(0), flow(0, 0)), Some(0));
    counter
}

#[test]
fn the_first_look_teaches_and_corrects_nothing() {
    let mut counter = Counter::default();
    assert!(counter.is_open(flow(0, 0)));
    counter.looked(q(7), at(5), flow(2, 0));
    assert_eq!(counter.settle(at(4), flow(2, 0)), None, "orders up to the look are not all in");
    assert_eq!(counter.settle(at(5), flow(2, 0)), Some(0));
    assert!(!counter.is_open(flow(2, 0)) && counter.waits_for().is_none());
}

#[test]
fn an_edit_is_what_orders_do_not_explain() {
    let mut counter = known(10);
    counter.looked(q(12), at(9), flow(3, 0));
    assert_eq!(counter.settle(at(9), flow(3, 0)), Some(5));
    counter.looked(q(1), at(19), flow(4, 0));
    assert_eq!(counter.settle(at(19), flow(4, 0)), Some(-10));
}

#[test]
fn a_look_that_orders_overtook_is_no_use() {
    let mut counter = known(10);
    counter.looked(q(9), at(9), flow(0, 0));
    assert_eq!(counter.settle(at(9), flow(1, 0)), None);
    assert_eq!(counter.waits_for(), None, "it is looked at anew");
    counter.looked(q(9), at(10), flow(1, 0));
    assert_eq!(counter.settle(at(10), flow(1, 0)), Some(0));
}

#[test]
fn our_own_writes_are_no_edits_and_leave_those_visible_that_were_made_before() {
    let mut counter = known(5);
    // Its staff make it 8; a sale elsewhere has us set it to 4 before that was understood.
    counter.wrote(q(8), q(4), true);
    counter.looked(q(4), at(9), flow(0, 0));
    assert_eq!(counter.settle(at(9), flow(0, 0)), Some(3));
}

#[test]
fn sales_that_an_absolute_write_undid_are_no_edits() {
    let mut counter = known(5);
    counter.wrote(q(5), q(6), false);
    // One was sold between look and write: it shows 6, and the sale is taken in later.
    assert_eq!(counter.unexplained(q(6), flow(1, 0)), Some(0));
    assert_eq!(counter.unexplained(q(5), flow(1, 0)), Some(0));
    assert_eq!(counter.unexplained(q(8), flow(1, 0)), Some(2));
    assert!(counter.is_open(flow(1, 0)));
}

#[test]
fn what_is_given_back_may_be_on_sale_again_or_not() {
    let counter = known(5);
    assert_eq!(counter.unexplained(q(4), flow(1, 1)), Some(0));
    assert_eq!(counter.unexplained(q(5), flow(1, 1)), Some(0));
    assert_eq!(counter.unexplained(q(3), flow(1, 1)), Some(-1));
}

#[test]
fn a_shop_that_sells_on_below_zero_has_no_edits_by_that() {
    let counter = known(1);
    assert_eq!(counter.unexplained(q(0), flow(3, 0)), Some(0));
    assert_eq!(counter.unexplained(q(2), flow(3, 0)), Some(2));
}

#[test]
fn a_write_to_a_shop_that_had_sold_below_zero_is_no_edit() {
    let mut counter = known(5);
    // Seven are sold, and not taken in: it stands at two below zero and shows nothing. Three came in, and it is set to three of those.
    counter.wrote(q(0), q(3), true);
    assert_eq!(counter.unexplained(q(3), flow(7, 0)), Some(0));
    assert_eq!(counter.unexplained(q(1), flow(7, 0)), Some(0));
    assert!(counter.is_open(flow(7, 0)), "the next look tells how it stands");
}

#[test]
fn after_a_lost_answer_nothing_is_known_and_nothing_is_learnt_for_a_while() {
    let mut counter = known(5);
    counter.lost(at(100));
    assert_eq!(counter.unexplained(q(9), flow(0, 0)), None);
    assert!(!counter.looked(q(9), at(159), flow(0, 0)));
    assert!(counter.looked(q(9), at(160), flow(0, 0)));
    assert_eq!(counter.settle(at(160), flow(0, 0)), Some(0));
}

proptest! {
    /// Whatever sales, cancelled orders and own writes there are: what is taken for an edit lies between none and the true one.
    #[test]
    fn no_more_is_taken_than_was_edited(
        start in 0..50_i64, sales in 0..20_i64, back in 0..10_u64, restocked in 0..10_u64, undone in 0..20_i64,
        edit in -20..20_i64, to in 0..50_i64, compared: bool,
    ) {
        let (restocked, undone) = (restocked.min(back), if compared { 0 } else { undone.min(sales) });
        let mut counter = known(start);
        counter.wrote(q(start), q(to), compared);
        let live = to - (sales - undone) + i64::try_from(restocked).unwrap() + edit;
        prop_assume!(live >= 0);
        let now = flow(sales.unsigned_abs(), back);
        counter.looked(q(live), at(9), now);
        let taken = counter.settle(at(9), now).unwrap();
        prop_assert!(taken == 0 || taken.signum() == edit.signum() && taken.abs() <= edit.abs(), "took {taken} for {edit}");
        if compared && back == 0 && live > 0 && to >= sales && (start > 0 || to == 0) {
            prop_assert_eq!(taken, edit);
        }
    }
}
