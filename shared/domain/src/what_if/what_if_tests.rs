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

fn connection(name: &str) -> ConnectionId {
    ConnectionId::new(name).unwrap()
}

fn safety(units: i64) -> StockRule {
    StockRule { safety_stock: q(units), ..StockRule::default() }
}

/// On `a` and `b`, served from `main`.
fn offered(others: [StockRule; 2]) -> Vec<Offered> {
    let one = |(name, other)| Offered {
        connection: connection(name),
        locations: vec![place("main")],
        takes: None,
        then: StockRule::default(),
        other,
    };
    ["a", "b"].into_iter().zip(others).map(one).collect()
}

fn beginning(units: i64) -> Beginning {
    Beginning { at: at(0), available: BTreeMap::from([(place("main"), units)]), short: 0 }
}

/// An order of `from`: units that were there, and units that were not.
fn order(second: i64, from: &str, number: &str, there: i64, short: i64) -> Past {
    let taken = if there == 0 { Vec::new() } else { vec![(place("main"), there)] };
    let what = Event::Order { connection: connection(from), number: OrderNumber::new(number).unwrap(), taken, short };
    Past { at: at(second), what }
}

fn moved(second: i64, units: i64) -> Past {
    Past { at: at(second), what: Event::Moved { units: vec![(place("main"), units)] } }
}

fn play(offered: &[Offered], thresholds: Thresholds, units: i64, past: &[Past]) -> Outcome {
    let mut replay = Replay::new(offered, thresholds, &beginning(units));
    for one in past {
        replay.step(one);
    }
    replay.finish(at(100))
}

fn hidden(outcome: &Outcome) -> Vec<(i64, i64)> {
    outcome.listings.iter().map(|one| (one.hidden_then, one.hidden_otherwise)).collect()
}

/// The last unit is sold on `a`, and on `b` before `b` hears of it.
fn last_unit_twice() -> Vec<Past> {
    vec![order(10, "a", "1", 1, 0), order(20, "b", "2", 0, 1)]
}

#[test]
fn a_unit_held_back_would_have_been_sold_to_nobody() {
    let outcome = play(&offered([safety(1), safety(1)]), Thresholds::default(), 1, &last_unit_twice());
    assert_eq!((outcome.asked, outcome.short, outcome.avoided(), outcome.not_sold), (2, 1, 1, 1));
    assert_eq!(hidden(&outcome), [(0, 100), (0, 100)]);
}

#[test]
fn a_unit_held_back_on_one_channel_is_the_others() {
    let outcome = play(&offered([safety(0), safety(1)]), Thresholds::default(), 1, &last_unit_twice());
    assert_eq!((outcome.short, outcome.avoided(), outcome.not_sold), (1, 1, 0));
    // From the beginning until `a` sold it.
    assert_eq!(hidden(&outcome), [(0, 0), (0, 10)]);
    // Held back on `a`, it is there for `b`.
    let outcome = play(&offered([safety(1), safety(0)]), Thresholds::default(), 1, &last_unit_twice());
    assert_eq!((outcome.short, outcome.avoided(), outcome.not_sold), (1, 1, 1));
    assert_eq!(hidden(&outcome), [(0, 20), (0, 0)]);
}

#[test]
fn a_scarce_product_that_is_shared_out_is_not_sold_twice() {
    let quota = Thresholds { then: None, other: Some(q(5)) };
    let outcome = play(&offered([safety(0), safety(0)]), quota, 1, &last_unit_twice());
    assert_eq!((outcome.short, outcome.avoided(), outcome.not_sold), (1, 1, 0));
    assert_eq!(hidden(&outcome), [(0, 0), (0, 10)]);
    let never = Thresholds { then: None, other: None };
    assert_eq!(play(&offered([safety(0), safety(0)]), never, 1, &last_unit_twice()).avoided(), 0);
}

#[test]
fn a_channel_that_sells_from_an_old_figure_counts_it_down() {
    // `b` showed 3 when `a` sold all, and sold 3 more. Of 3, one held back leaves 2.
    let past: Vec<Past> =
        [order(10, "a", "1", 3, 0)].into_iter().chain((0..3).map(|n| order(20 + n, "b", &format!("b{n}"), 0, 1))).collect();
    let avoided = |held| play(&offered([safety(0), safety(held)]), Thresholds::default(), 3, &past).avoided();
    assert_eq!((0..5).map(avoided).collect::<Vec<_>>(), [0, 1, 2, 3, 3]);
    // Had they come one by one on both sides, the figure was never more than one behind, and one held back would have done.
    let turns: Vec<Past> =
        vec![order(10, "a", "1", 1, 0), order(20, "a", "2", 1, 0), order(30, "a", "3", 1, 0), order(40, "b", "4", 0, 1)];
    assert_eq!(play(&offered([safety(0), safety(1)]), Thresholds::default(), 3, &turns).avoided(), 1);
}

#[test]
fn goods_that_came_in_are_a_new_figure() {
    let mut past = last_unit_twice();
    past.push(moved(50, 3));
    past.push(order(60, "b", "3", 2, 0));
    let outcome = play(&offered([safety(0), safety(1)]), Thresholds::default(), 1, &past);
    // Then: 3 came, one was owed, 2 were shown and sold. Held back: none owed, 3 there, 2 shown and sold.
    assert_eq!((outcome.asked, outcome.short, outcome.avoided(), outcome.not_sold), (4, 1, 1, 0));
    // Until `a` sold the first; from 60 on one is left, and it is held back.
    assert_eq!(hidden(&outcome), [(0, 0), (0, 10 + 40)]);
}

#[test]
fn what_was_never_sold_is_not_given_back() {
    let mut past = last_unit_twice();
    // `b` cancels what was short; `a` cancels what it had; then both sell again.
    past.extend([order(30, "b", "2", 0, -1), order(40, "a", "1", -1, 0), order(50, "a", "3", 1, 0), order(60, "b", "4", 0, 1)]);
    let outcome = play(&offered([safety(0), safety(1)]), Thresholds::default(), 1, &past);
    assert_eq!((outcome.asked, outcome.short, outcome.avoided(), outcome.not_sold), (4, 2, 2, 0));
    assert_eq!(hidden(&outcome), [(0, 0), (0, 10 + 10)]);
}

#[test]
fn what_was_covered_is_covered_only_where_it_was_short() {
    let mut past = last_unit_twice();
    past.push(moved(30, 2));
    let taken = vec![(place("main"), 1)];
    let number = OrderNumber::new("2").unwrap();
    past.push(Past { at: at(40), what: Event::Covered { connection: connection("b"), number, taken } });
    past.extend([order(50, "a", "3", 1, 0), order(60, "b", "4", 0, 1)]);
    let outcome = play(&offered([safety(0), safety(1)]), Thresholds::default(), 1, &past);
    // `b` never sold its first: so 2 are left at 40, and when `a` sells one at 50, `b` still shows the other, and sells it at 60.
    assert_eq!((outcome.short, outcome.avoided(), outcome.not_sold), (2, 2, 0));
    assert_eq!(hidden(&outcome), [(0, 0), (0, 10 + 10)]);
}

#[test]
fn an_order_of_a_connection_that_offers_it_not_is_as_it_was() {
    let past = [order(10, "elsewhere", "1", 1, 1)];
    let outcome = play(&offered([safety(9), safety(9)]), Thresholds::default(), 1, &past);
    assert_eq!((outcome.asked, outcome.short, outcome.avoided(), outcome.not_sold), (2, 1, 0, 0));
}

/// An order: from where, which, what it took and what is short.
type Taken = (ConnectionId, OrderNumber, Vec<(LocationId, i64)>, i64);

/// A history as an engine makes it: two locations, `a` is served from both, `b` from one.
fn history(script: &[(u8, u8, i64)]) -> (Beginning, Vec<Past>) {
    let (main, store) = (place("main"), place("store"));
    let mut left = BTreeMap::from([(main.clone(), 4), (store.clone(), 3)]);
    let beginning = Beginning { at: at(0), available: left.clone(), short: 0 };
    let mut orders: Vec<Taken> = Vec::new();
    let mut past = Vec::new();
    for (n, (kind, which, units)) in script.iter().enumerate() {
        let n = i64::try_from(n).unwrap();
        let from = if which % 2 == 0 { "a" } else { "b" };
        let what = match kind {
            0..=4 => {
                let (mut taken, mut open) = (Vec::new(), *units);
                for location in if from == "a" { vec![&main, &store] } else { vec![&main] } {
                    let there = left.get_mut(location).unwrap();
                    let some = open.min(*there);
                    if some > 0 {
                        taken.push((location.clone(), some));
                        *there -= some;
                        open -= some;
                    }
                }
                let number = OrderNumber::new(n.to_string()).unwrap();
                orders.push((connection(from), number.clone(), taken.clone(), open));
                Event::Order { connection: connection(from), number, taken, short: open }
            }
            5 if !orders.is_empty() => {
                let (connection, number, taken, short) = orders.remove(usize::from(*which) % orders.len());
                let taken: Vec<_> = taken.into_iter().map(|(location, units)| (location, -units)).collect();
                for (location, units) in &taken {
                    *left.get_mut(location).unwrap() -= units;
                }
                Event::Order { connection, number, taken, short: -short }
            }
            6 => match orders.iter_mut().find(|(.., short)| *short > 0 && *short <= left[&main]) {
                Some((connection, number, taken, short)) => {
                    let units = std::mem::take(short);
                    taken.push((main.clone(), units));
                    *left.get_mut(&main).unwrap() -= units;
                    Event::Covered { connection: connection.clone(), number: number.clone(), taken: vec![(main.clone(), units)] }
                }
                None => continue,
            },
            _ => {
                let location = if which % 2 == 0 { main.clone() } else { store.clone() };
                *left.get_mut(&location).unwrap() += units;
                Event::Moved { units: vec![(location, *units)] }
            }
        };
        past.push(Past { at: at(10 * n), what });
    }
    (beginning, past)
}

fn any_rule() -> impl Strategy<Value = StockRule> {
    (0_i64..4, 30_i64..=100, 0_i64..3, proptest::option::of(0_i64..6), 0_i64..3).prop_map(
        |(held, percent, ahead, most, least)| StockRule {
            safety_stock: q(held),
            percentage: crate::Percentage::new(percent).unwrap(),
            pre_order: q(ahead),
            maximum: most.map(q),
            minimum: q(least),
            ..StockRule::default()
        },
    )
}

fn any_script() -> impl Strategy<Value = Vec<(u8, u8, i64)>> {
    proptest::collection::vec((0_u8..9, any::<u8>(), 1_i64..5), 0..40)
}

fn two(rules: [StockRule; 2], others: [StockRule; 2]) -> Vec<Offered> {
    let places = [vec![place("main"), place("store")], vec![place("main")]];
    let one = |(((name, locations), then), other)| Offered { connection: connection(name), locations, takes: None, then, other };
    ["a", "b"].into_iter().zip(places).zip(rules).zip(others).map(one).collect()
}

fn played(offered: &[Offered], thresholds: Thresholds, script: &[(u8, u8, i64)]) -> (Outcome, i64) {
    let (beginning, past) = history(script);
    let mut replay = Replay::new(offered, thresholds, &beginning);
    for one in &past {
        replay.step(one);
    }
    let short = past.iter().map(|one| if let Event::Order { short, .. } = &one.what { (*short).max(0) } else { 0 }).sum();
    (replay.finish(at(1000)), short)
}

proptest! {
    #[test]
    fn the_rules_as_they_were_tell_what_happened(a in any_rule(), b in any_rule(), below in 0_i64..8, script in any_script()) {
        let rules = [a, b];
        let same = Thresholds { then: Some(q(below)), other: Some(q(below)) };
        let (outcome, short) = played(&two(rules.clone(), rules), same, &script);
        prop_assert_eq!(outcome.short, short);
        prop_assert_eq!((outcome.avoided(), outcome.not_sold), (0, 0));
        prop_assert!(outcome.listings.iter().all(|one| one.hidden_then == one.hidden_otherwise));
    }

    #[test]
    fn other_rules_invent_no_orders(a in any_rule(), b in any_rule(), below in 0_i64..8, script in any_script()) {
        let thresholds = Thresholds { then: None, other: Some(q(below)) };
        let (outcome, short) = played(&two([StockRule::default(), StockRule::default()], [a, b]), thresholds, &script);
        prop_assert_eq!(outcome.short, short);
        prop_assert!(outcome.short_otherwise >= 0 && outcome.short_otherwise <= outcome.asked);
        prop_assert!(outcome.not_sold >= 0 && outcome.not_sold <= outcome.asked);
        prop_assert!(outcome.listings.iter().all(|one| (0..=1000).contains(&one.hidden_otherwise)));
    }
}
