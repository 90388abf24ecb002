use super::*;
use proptest::prelude::*;

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn place(name: &str) -> LocationId {
    LocationId::new(name).unwrap()
}

fn outlet(free: i64, exposure: Option<i64>, setting: Setting) -> Outlet {
    Outlet {
        locations: vec![place("main")],
        free,
        cap: Quantity::MAX,
        weight: 1,
        exposure: exposure.map(q),
        open: false,
        setting,
    }
}

fn three(free: i64, exposures: [i64; 3]) -> Vec<Outlet> {
    exposures.map(|e| outlet(free, Some(e), Setting::Compared)).into()
}

fn units(shares: &[Quantity]) -> Vec<i64> {
    shares.iter().map(|s| s.units()).collect()
}

#[test]
fn stock_is_shared_by_weight_and_the_rest_stays_where_it_is() {
    assert_eq!(units(&share_out(&three(9, [0, 0, 0]))), [3, 3, 3]);
    assert_eq!(units(&share_out(&three(10, [0, 0, 4]))), [3, 3, 4]);
    assert_eq!(units(&share_out(&three(1, [0, 0, 1]))), [0, 0, 1]);
    let mut outlets = three(4, [0, 0, 0]);
    outlets[1].weight = 3;
    outlets[2].weight = 0;
    assert_eq!(units(&share_out(&outlets)), [1, 3, 0]);
}

#[test]
fn a_cap_leaves_more_for_the_others() {
    let mut outlets = three(9, [0, 0, 0]);
    outlets[0].cap = q(1);
    assert_eq!(units(&share_out(&outlets)), [1, 4, 4]);
}

#[test]
fn who_would_show_fewer_than_the_least_takes_none_and_the_others_have_it() {
    let least = [q(2), q(2), q(0)];
    let shares = |free, exposures| units(&share_out_from(&mut three(free, exposures), &least));
    assert_eq!(shares(9, [0, 0, 0]), [3, 3, 3]);
    assert_eq!(shares(3, [0, 0, 0]), [2, 0, 1]);
    assert_eq!(shares(3, [0, 1, 0]), [0, 2, 1], "who has one already goes on");
    assert_eq!(shares(1, [1, 0, 0]), [0, 0, 1]);
    assert_eq!(shares(-1, [0, 0, 0]), [0, 0, 0]);
}

#[test]
fn nothing_grows_beside_an_outlet_of_which_nothing_is_known() {
    let mut outlets = three(9, [3, 0, 3]);
    assert_eq!(headroom(&outlets, 1), 3);
    outlets[2].exposure = None;
    assert_eq!(headroom(&outlets, 1), 0);
    assert_eq!(want(&outlets, &share_out(&outlets), 2), Want::Learn);
}

#[test]
fn units_move_only_to_one_that_has_none() {
    let shares = |outlets: &[Outlet]| share_out(outlets);
    let outlets = three(8, [2, 3, 3]);
    assert!((0..3).all(|n| want(&outlets, &shares(&outlets), n) == Want::Rest));
    let outlets = three(6, [0, 3, 3]);
    assert_eq!(want(&outlets, &shares(&outlets), 1), Want::Shrink { urgent: false });
}

#[test]
fn more_promised_than_there_is_must_fall_at_once() {
    let outlets = three(6, [3, 3, 3]);
    let shares = share_out(&outlets);
    assert_eq!(want(&outlets, &shares, 0), Want::Shrink { urgent: true });
    let lower = next_figure(&outlets, &shares, 0, q(3)).unwrap();
    assert_eq!((lower.quantity, lower.adds, lower.removes), (q(2), q(0), q(1)));
}

#[test]
fn an_absolute_figure_counts_whole_and_goes_to_zero_where_there_is_no_room_for_it() {
    let outlets: Vec<_> = [0, 4].map(|e| outlet(4, Some(e), Setting::Absolute)).into();
    let shares = share_out(&outlets);
    assert_eq!(units(&shares), [2, 2]);
    assert_eq!(next_figure(&outlets, &shares, 1, q(4)).unwrap().quantity, q(0));
    let drained: Vec<_> = [0, 0].map(|e| outlet(4, Some(e), Setting::Absolute)).into();
    let given = next_figure(&drained, &share_out(&drained), 1, q(0)).unwrap();
    assert_eq!((given.quantity, given.adds), (q(2), q(2)));
}

#[test]
fn the_exposure_falls_with_sales_and_rises_with_what_is_given_back() {
    let mut share = Share::default();
    share.looked_at(at(9), Showing { quantity: q(5), at: at(10), back: 2 });
    share.settle(at(9), Flow { out: 7, back: 2 }, true);
    assert_eq!(share.exposure(Flow::default(), true), None, "its orders up to then are not in");
    share.settle(at(10), Flow { out: 7, back: 3 }, true);
    assert_eq!(share.exposure(Flow { out: 7, back: 3 }, true), Some(q(6)), "one was given back, perhaps after the look");
    assert_eq!(share.exposure(Flow { out: 9, back: 3 }, true), Some(q(4)));
    assert_eq!(share.exposure(Flow { out: 9, back: 3 }, false), Some(q(6)), "nobody knows by which item it was sold");
}

#[test]
fn a_write_that_is_worked_on_for_long_may_be_carried_out_for_long() {
    let mut share = known(5);
    share.begin_for(at(10), q(3), SignedDuration::from_mins(20));
    assert_eq!(share.uncertain_until(), Some(at(10 + 1200)));
    assert_eq!(share.clone().believed_at(at(20)), share, "no clock was wrong");
    share.looked_at(at(600), Showing { quantity: q(0), at: at(600), back: 0 });
    assert_eq!(share.waits_for(), None, "what it shows before that teaches nothing");
    // A usual one after it does not shorten it.
    share.begin(at(700), q(1));
    assert_eq!(share.uncertain_until(), Some(at(700 + 1200)));
    share.all_over();
    assert_eq!((share.uncertain_until(), share.exposure(Flow::default(), true)), (None, Some(q(9))));
}

fn known(units: i64) -> Share {
    let mut share = Share::default();
    share.looked_at(at(0), Showing { quantity: q(units), at: at(0), back: 0 });
    share.settle(at(0), Flow::default(), true);
    share
}

fn exposure(share: &Share) -> Option<Quantity> {
    share.exposure(Flow::default(), true)
}

#[test]
fn a_write_that_nobody_heard_of_leaves_the_bound_too_high_until_it_can_no_longer_be_carried_out() {
    let mut share = known(1);
    share.begin(at(10), q(3));
    assert_eq!(exposure(&share), Some(q(4)));
    assert!(share.is_open(Flow::default(), true));
    share.looked_at(at(60), Showing { quantity: q(1), at: at(61), back: 0 });
    assert_eq!(share.waits_for(), None, "it may still be carried out");
    share.looked_at(at(70), Showing { quantity: q(1), at: at(71), back: 0 });
    share.settle(at(71), Flow::default(), true);
    assert_eq!(exposure(&share), Some(q(1)));
    assert!(!share.is_open(Flow::default(), true));
}

#[test]
fn nothing_is_learnt_while_a_write_from_before_quota_mode_may_be_carried_out() {
    let mut share = Share::after_lost_write(at(10));
    share.looked_at(at(69), Showing { quantity: q(1), at: at(69), back: 0 });
    assert_eq!((share.waits_for(), exposure(&share)), (None, None));
    share.looked_at(at(70), Showing { quantity: q(4), at: at(71), back: 0 });
    share.settle(at(71), Flow::default(), true);
    assert_eq!(exposure(&share), Some(q(4)));
}

#[test]
fn an_acknowledgement_teaches_nothing_while_an_earlier_write_may_be_carried_out_after_it() {
    let mut share = known(1);
    share.begin(at(10), q(3));
    share.begin(at(20), q(0));
    share.acknowledged(q(0), Some(Showing { quantity: q(0), at: at(21), back: 0 }));
    assert_eq!((share.waits_for(), exposure(&share)), (None, Some(q(4))));
    assert_eq!(share.uncertain_until(), Some(at(70)));
}

fn outlets() -> impl Strategy<Value = Vec<Outlet>> {
    let one = (1_usize..8, 0_i64..30, 0_u32..4, proptest::option::of(0_i64..20), any::<bool>(), any::<bool>());
    (proptest::collection::vec(one, 1..6), proptest::array::uniform3(0_i64..12)).prop_map(|(all, there)| {
        all.into_iter()
            .map(|(places, cap, weight, exposure, open, compared)| {
                let serves = |n: &usize| places & (1 << n) != 0;
                Outlet {
                    locations: (0..3).filter(serves).map(|n| place(["a", "b", "c"][n])).collect(),
                    free: (0..3).filter(serves).map(|n| there[n]).sum::<i64>() - 1,
                    cap: q(cap),
                    weight,
                    exposure: exposure.map(q),
                    open,
                    setting: if compared { Setting::Compared } else { Setting::Absolute },
                }
            })
            .collect()
    })
}

fn meet(a: &Outlet, b: &Outlet) -> bool {
    a.locations.iter().any(|l| b.locations.contains(l))
}

proptest! {
    #[test]
    fn shares_are_disjoint_within_their_caps_and_leave_nothing_that_could_be_given(outlets in outlets()) {
        let shares = share_out(&outlets);
        let left = |one: &Outlet| {
            one.free - outlets.iter().zip(&shares).filter(|(o, _)| meet(o, one)).map(|(_, s)| s.units()).sum::<i64>()
        };
        for (n, outlet) in outlets.iter().enumerate() {
            prop_assert!(shares[n] <= outlet.cap);
            prop_assert!(shares[n].is_zero() || left(outlet) >= 0);
            let takes_more = outlet.weight > 0
                && shares[n] < outlet.cap
                && outlets.iter().filter(|one| meet(one, outlet)).all(|one| left(one) > 0);
            prop_assert!(!takes_more, "{n} could have one more: {shares:?}");
        }
    }

    #[test]
    fn no_figure_adds_more_than_there_is_room_for(outlets in outlets(), of in 0_usize..6, live in 0_i64..20) {
        let of = of % outlets.len();
        let shares = share_out(&outlets);
        let live = outlets[of].exposure.map_or(q(live), |most| q(live).min(most));
        if let Some(next) = next_figure(&outlets, &shares, of, live) {
            prop_assert!(next.adds.is_zero() || next.adds.units() <= headroom(&outlets, of));
            prop_assert!(next.removes <= live);
            if outlets[of].setting == Setting::Compared && outlets[of].exposure.is_some() {
                prop_assert_eq!(next.quantity.units() - live.units(), next.adds.units() - next.removes.units());
            }
        }
    }
}
