//! Rules of products: which goes first, that channels are told, and that nothing is sold that they do not allow.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{ConnectionId, Percentage, Quantity, RuleChange, StockSettings};
use engine::{Cache, put_rule, put_stock_settings, remove_connection, views};
use jiff::SignedDuration;
use ports::ErrorKind;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{connection, q, sku};
use testkit::exhaustive::every_fault;
use testkit::run::{finish, run};

fn rest(market: &mut Market) {
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(90));
        market.settle();
    }
    invariants::check(&market.stage.table);
}

fn shown(market: &Market) -> Vec<i64> {
    market.connections.iter().map(|id| market.shown(id, "A")).collect()
}

fn say(market: &mut Market, on: Option<usize>, change: &RuleChange) {
    let on = on.map(|at| market.connections[at].clone());
    finish(put_rule(&market.stage.world(), &sku("A"), on.as_ref(), change, "Ada Example")).unwrap();
    rest(market);
}

fn held(units: i64) -> RuleChange {
    RuleChange { safety_stock: Some(q(units)), ..RuleChange::default() }
}

fn short(market: &Market) -> i64 {
    invariants::short(&market.stage.table).values().sum()
}

/// Everybody everywhere buys all that is shown, one by one, at the same moment. Answers how many were sold.
fn rush(market: &Market) -> i64 {
    let buys = |id: &ConnectionId| std::iter::repeat_with(|| market.buy(id, "A", 1)).take_while(|bought| *bought).count();
    market.connections.iter().map(|id| i64::try_from(buys(id)).unwrap()).sum()
}

fn quota(market: &mut Market, below: i64) {
    let settings = StockSettings { quota_mode_below: Some(Quantity::clamped(below)), ..StockSettings::default() };
    finish(put_stock_settings(&market.stage.world(), &settings)).unwrap();
    market.lookup = Cache::default();
    rest(market);
}

#[test]
fn the_closer_rule_goes_first_field_by_field_and_channels_are_told() {
    let mut market = Market::open(&[("A", 10)], 10);
    say(&mut market, None, &held(3));
    assert_eq!(shown(&market), [7, 7, 7]);
    say(&mut market, Some(0), &held(1));
    say(&mut market, Some(1), &RuleChange { paused: Some(true), ..RuleChange::default() });
    say(&mut market, Some(2), &RuleChange { percentage: Some(Percentage::new(50).unwrap()), ..RuleChange::default() });
    assert_eq!(shown(&market), [9, 0, 3]);
    let rules = finish(views::rules(&market.stage.world(), &sku("A"), None)).unwrap();
    assert_eq!(rules.product.unwrap().by, "Ada Example");
    assert_eq!(
        (rules.connections[2].effective.as_ref().unwrap().safety_stock, rules.connections[2].base.safety_stock),
        (q(3), q(0))
    );
    for on in [None, Some(0), Some(1), Some(2)] {
        say(&mut market, on, &RuleChange::default());
    }
    assert_eq!(shown(&market), [10, 10, 10]);
    assert!(market.stage.table.rows().iter().all(|row| !row.key.sk.starts_with("RULE#")), "a rule that changes nothing is none");
}

#[test]
fn units_sold_ahead_are_owed_and_sold_once() {
    let mut market = Market::open(&[("A", 2)], 2);
    say(&mut market, Some(0), &RuleChange { pre_order: Some(q(3)), ..RuleChange::default() });
    assert_eq!(shown(&market), [5, 2, 2]);
    let first = market.connections[0].clone();
    assert!((0..4).all(|_| market.buy(&first, "A", 1)));
    rest(&mut market);
    assert_eq!((short(&market), shown(&market)), (2, vec![1, 0, 0]));
    assert!(market.buy(&first, "A", 1));
    rest(&mut market);
    assert_eq!((short(&market), shown(&market)), (3, vec![0, 0, 0]));
}

#[test]
fn a_product_that_is_shared_out_is_never_sold_ahead() {
    let mut market = Market::open(&[("A", 6)], 0);
    quota(&mut market, 100);
    say(&mut market, None, &RuleChange { pre_order: Some(q(30)), ..RuleChange::default() });
    assert_eq!(shown(&market).iter().sum::<i64>(), 6);
    assert_eq!(rush(&market), 6);
    rest(&mut market);
    assert_eq!((short(&market), shown(&market)), (0, vec![0, 0, 0]));
}

#[test]
fn a_product_has_a_threshold_of_its_own() {
    let mut market = Market::open(&[("A", 9)], 0);
    quota(&mut market, 100);
    assert_eq!(shown(&market), [3, 3, 3]);
    say(&mut market, None, &RuleChange { quota_mode_below: Some(q(0)), ..RuleChange::default() });
    assert_eq!(shown(&market), [9, 9, 9]);
    say(&mut market, None, &RuleChange { quota_mode_below: Some(q(9)), weight: Some(2), ..RuleChange::default() });
    assert_eq!(shown(&market), [3, 3, 3]);
    say(&mut market, Some(0), &RuleChange { weight: Some(0), ..RuleChange::default() });
    rest(&mut market);
    assert_eq!((rush(&market), market.shown(&market.connections[0], "A")), (9, 0));
    rest(&mut market);
    assert_eq!(short(&market), 0);
}

#[test]
fn a_share_below_the_least_is_the_others() {
    let mut market = Market::open(&[("A", 4)], 0);
    say(&mut market, None, &RuleChange { minimum: Some(q(2)), ..RuleChange::default() });
    quota(&mut market, 100);
    let figures = shown(&market);
    assert!(figures.iter().sum::<i64>() == 4 && figures.iter().all(|units| *units == 0 || *units >= 2), "{figures:?}");
    assert_eq!(rush(&market), 4);
    rest(&mut market);
    assert_eq!(short(&market), 0);
}

#[test]
fn whatever_rules_come_and_go_nothing_shared_out_is_sold_twice() {
    for seed in 0..12_i64 {
        let mut market = Market::open(&[("A", 11)], 0);
        quota(&mut market, 100);
        let mut sold = 0;
        for turn in 0..6 {
            let draw = (seed * 7 + turn * 5) % 11;
            let change = RuleChange {
                safety_stock: (draw % 2 == 0).then(|| q(draw % 4)),
                percentage: (draw % 3 == 0).then(|| Percentage::new(40 + draw).unwrap()),
                minimum: (draw % 5 < 2).then(|| q(draw % 3)),
                maximum: (draw % 4 == 1).then(|| q(draw)),
                pre_order: Some(q(draw)),
                paused: Some(draw == 7),
                weight: (draw > 4).then(|| u32::try_from(draw % 3).unwrap()),
                ..RuleChange::default()
            };
            let on = usize::try_from(draw % 4)
                .ok()
                .filter(|at| *at < market.connections.len())
                .map(|at| market.connections[at].clone());
            finish(put_rule(&market.stage.world(), &sku("A"), on.as_ref(), &change, "Ada Example")).unwrap();
            for step in 0..turn {
                market.work();
                let id = &market.connections[usize::try_from((draw + step) % 3).unwrap()];
                sold += i64::from(market.buy(id, "A", 1));
                market.stage.clock.pass(SignedDuration::from_secs(2));
            }
        }
        sold += rush(&market);
        rest(&mut market);
        assert_eq!(short(&market), 0, "seed {seed}");
        assert!(sold <= 11, "seed {seed}");
    }
}

#[test]
fn a_rule_is_put_whole_or_not_at_all_whatever_fails() {
    let tries = every_fault(|one| {
        let mut market = Market::open(&[("A", 10)], 10);
        market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let done = run(put_rule(&market.stage.world(), &sku("A"), None, &held(4), "Ada Example"));
        let calls = market.stage.faults.calls().len();
        market.stage.faults.plan([]);
        let stands = market.stage.table.rows().iter().any(|row| row.key.sk == "RULE#");
        if matches!(done, Some(Ok(()))) {
            assert!(stands);
        }
        rest(&mut market);
        market.assert_shown("A", if stands { 6 } else { 10 });
        calls
    });
    println!("{tries} tries of one fault at one call");
}

#[test]
fn what_cannot_be_meant_is_refused_and_a_connection_that_goes_takes_its_rules() {
    let mut market = Market::open(&[("A", 10)], 10);
    let refused = |on: Option<&str>, product: &str, change: &RuleChange| {
        let on = on.map(connection);
        finish(put_rule(&market.stage.world(), &sku(product), on.as_ref(), change, "Ada")).unwrap_err().kind
    };
    let threshold = RuleChange { quota_mode_below: Some(q(3)), ..RuleChange::default() };
    let first = market.connections[0].clone();
    assert_eq!(refused(Some(first.as_str()), "A", &threshold), ErrorKind::BadInput);
    assert_eq!(refused(Some("nobody"), "A", &held(1)), ErrorKind::NotFound);
    assert_eq!(refused(None, "NONE", &held(1)), ErrorKind::NotFound);
    assert_eq!(refused(None, "A", &RuleChange { weight: Some(101), ..RuleChange::default() }), ErrorKind::BadInput);
    say(&mut market, Some(0), &held(4));
    finish(remove_connection(&market.stage.world(), &first)).unwrap();
    assert!(market.stage.table.rows().iter().all(|row| !row.key.sk.starts_with("RULE#")));
}
