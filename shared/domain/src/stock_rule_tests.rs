use super::*;
use proptest::prelude::*;

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn shown(rule: &StockRule, free: &[i64]) -> Vec<i64> {
    free.iter().map(|free| rule.shown(*free).units()).collect()
}

#[test]
fn safety_stock_and_cap() {
    let rule = StockRule { safety_stock: q(2), maximum: Some(q(5)), ..StockRule::default() };
    assert_eq!(shown(&rule, &[1, 4, 40, -3]), [0, 2, 5, 0]);
    assert_eq!(target(q(4), &rule), q(2));
}

#[test]
fn a_percentage_is_of_what_is_left_and_rounds_down() {
    let rule = StockRule { safety_stock: q(1), percentage: Percentage::new(30).unwrap(), ..StockRule::default() };
    assert_eq!(shown(&rule, &[0, 1, 4, 5, 11, 101]), [0, 0, 0, 1, 3, 30]);
    assert_eq!(shown(&StockRule { percentage: Percentage::new(0).unwrap(), ..rule }, &[100]), [0]);
}

#[test]
fn fewer_than_the_least_is_none_and_a_pause_is_none() {
    let rule = StockRule { minimum: q(3), maximum: Some(q(4)), ..StockRule::default() };
    assert_eq!(shown(&rule, &[2, 3, 4, 9]), [0, 3, 4, 4]);
    assert_eq!(shown(&StockRule { paused: true, ..rule }, &[9]), [0]);
}

#[test]
fn what_is_sold_ahead_is_sold_once() {
    let rule = StockRule { pre_order: q(5), ..StockRule::default() };
    assert_eq!(shown(&rule, &[2, 0, -1, -5, -9]), [7, 5, 4, 0, 0]);
    // What is held back is not sold ahead either: 2 are there and stay, 5 more are owed at most.
    let held = StockRule { safety_stock: q(2), ..rule };
    assert_eq!(shown(&held, &[2, 1, -3, -4]), [5, 4, 0, 0]);
}

#[test]
fn the_closer_word_goes_first_field_by_field() {
    let connection = StockRule { safety_stock: q(1), maximum: Some(q(50)), ..StockRule::default() };
    let product = RuleChange { safety_stock: Some(q(4)), paused: Some(true), ..RuleChange::default() };
    let here = RuleChange { paused: Some(false), ..RuleChange::default() };
    let rule = connection.with(&product, &here);
    assert_eq!(rule, StockRule { safety_stock: q(4), maximum: Some(q(50)), paused: false, ..StockRule::default() });
    assert_eq!(connection.with(&RuleChange::default(), &RuleChange::default()), connection);
    assert_eq!(product.and(&here).on(&connection), rule);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let wrong = |change: RuleChange| change.check().unwrap_err().field;
    assert_eq!(wrong(RuleChange { weight: Some(101), ..RuleChange::default() }), "weight");
    assert_eq!(wrong(RuleChange { minimum: Some(q(3)), maximum: Some(q(2)), ..RuleChange::default() }), "minimum");
    assert!(StockRule { minimum: q(3), maximum: Some(q(2)), ..StockRule::default() }.check().is_err());
    assert!(RuleChange::default().check().is_ok() && StockRule::default().check().is_ok());
    assert!(Percentage::new(101).is_err() && Percentage::new(-1).is_err());
    assert!(serde_json::from_str::<StockRule>(r#"{"percentage": 101}"#).is_err());
    assert!(serde_json::from_str::<RuleChange>(r#"{"safety": 1}"#).is_err());
}

#[test]
fn a_rule_of_before_reads_as_it_was() {
    let old: StockRule = serde_json::from_str(r#"{"safety_stock":2,"maximum":9,"weight":3}"#).unwrap();
    assert_eq!(old, StockRule { safety_stock: q(2), maximum: Some(q(9)), weight: 3, ..StockRule::default() });
}

fn any_rule() -> impl Strategy<Value = StockRule> {
    let units = || (0_i64..40).prop_map(q);
    let flags = (proptest::bool::weighted(0.1), any::<bool>());
    let parts = (units(), 0_i64..=100, units(), proptest::option::of(units()), units(), flags, 0_u32..4);
    parts.prop_map(|(safety_stock, percent, pre_order, most_shown, least_shown, (paused, start_tracking), share)| StockRule {
        safety_stock,
        percentage: Percentage::new(percent).unwrap(),
        pre_order,
        maximum: most_shown,
        minimum: least_shown,
        paused,
        weight: share,
        start_tracking,
    })
}

fn any_change() -> impl Strategy<Value = RuleChange> {
    let rule = (any_rule(), proptest::array::uniform9(any::<bool>()));
    rule.prop_map(|(rule, given)| RuleChange {
        safety_stock: given[0].then_some(rule.safety_stock),
        percentage: given[1].then_some(rule.percentage),
        pre_order: given[2].then_some(rule.pre_order),
        maximum: rule.maximum.filter(|_| given[3]),
        minimum: given[4].then_some(rule.minimum),
        paused: given[5].then_some(rule.paused),
        weight: given[6].then_some(rule.weight),
        start_tracking: given[8].then_some(rule.start_tracking),
        quota_mode_below: given[7].then_some(rule.safety_stock),
    })
}

proptest! {
    #[test]
    fn never_more_than_is_there_and_sold_ahead(rule in any_rule(), free in -60_i64..200) {
        let shown = rule.shown(free).units();
        prop_assert!(shown >= 0);
        prop_assert!(shown <= (free + rule.pre_order.units()).max(0));
        prop_assert!(rule.clone().without_pre_order().shown(free).units() <= free.max(0));
        prop_assert!(rule.maximum.is_none_or(|most| shown <= most.units()));
        prop_assert!(shown == 0 || shown >= rule.minimum.units());
        prop_assert!(!rule.paused || shown == 0);
    }

    #[test]
    fn more_stock_never_shows_less(rule in any_rule(), free in -60_i64..200, more in 0_i64..50) {
        prop_assert!(rule.shown(free + more) >= rule.shown(free));
    }

    #[test]
    fn whatever_is_sold_of_what_is_shown_no_more_is_owed_than_may_be(rule in any_rule(), free in 0_i64..60) {
        let (mut left, mut sold) = (free, 0);
        loop {
            let shown = rule.shown(left).units();
            if shown == 0 { break }
            left -= shown;
            sold += shown;
            prop_assert!(sold <= free + rule.pre_order.units());
        }
    }

    #[test]
    fn the_last_step_is_the_figure(rule in any_rule(), free in -60_i64..200) {
        let steps = rule.steps(free);
        prop_assert_eq!(Quantity::clamped(steps[5].1), rule.shown(free));
        prop_assert!(steps.windows(2).all(|two| two[0].0 < two[1].0));
        // Nothing but the stock sold ahead adds anything.
        prop_assert!(steps.windows(2).all(|two| two[1].1 <= two[0].1.max(0) || two[1].0 == RuleStep::PreOrder));
    }

    #[test]
    fn each_field_is_of_the_closest_that_says_it(rule in any_rule(), product in any_change(), here in any_change()) {
        let with = rule.with(&product, &here);
        prop_assert_eq!(with.safety_stock, here.safety_stock.or(product.safety_stock).unwrap_or(rule.safety_stock));
        prop_assert_eq!(with.percentage, here.percentage.or(product.percentage).unwrap_or(rule.percentage));
        prop_assert_eq!(with.pre_order, here.pre_order.or(product.pre_order).unwrap_or(rule.pre_order));
        prop_assert_eq!(with.maximum, here.maximum.or(product.maximum).or(rule.maximum));
        prop_assert_eq!(with.minimum, here.minimum.or(product.minimum).unwrap_or(rule.minimum));
        prop_assert_eq!(with.paused, here.paused.or(product.paused).unwrap_or(rule.paused));
        prop_assert_eq!(with.weight, here.weight.or(product.weight).unwrap_or(rule.weight));
    }

    #[test]
    fn a_rule_comes_back_from_its_text(rule in any_rule(), change in any_change()) {
        prop_assert_eq!(serde_json::from_str::<StockRule>(&serde_json::to_string(&rule).unwrap()).unwrap(), rule);
        prop_assert_eq!(serde_json::from_str::<RuleChange>(&serde_json::to_string(&change).unwrap()).unwrap(), change);
    }
}
