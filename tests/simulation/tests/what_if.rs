//! What if: the days that a merchant had, by the real engine, under other rules.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{Percentage, Quantity, RuleChange};
use engine::views::{WhatIfReport, WhatIfRequest, WhatIfSums, what_if_report};
use engine::{Correction, StockChange, correct_stock};
use jiff::SignedDuration;
use ports::ErrorKind;
use simulation::invariants;
use simulation::market::{Goods, Market};
use simulation::shop::{connection, location, q, sku};
use std::collections::BTreeMap;
use testkit::run::finish;

fn request() -> WhatIfRequest {
    let (all, rules) = (RuleChange::default(), BTreeMap::new());
    WhatIfRequest { days: 7, default: all, rules, quota_mode_below: None, cursor: None, limit: 200 }
}

fn held(units: i64) -> RuleChange {
    RuleChange { safety_stock: Some(q(units)), ..RuleChange::default() }
}

fn played(market: &Market, request: &WhatIfRequest) -> WhatIfReport {
    finish(what_if_report(&market.stage.world(), request)).unwrap()
}

fn rest(market: &mut Market) {
    for _ in 0..3 {
        market.stage.clock.pass(SignedDuration::from_secs(90));
        market.settle();
    }
}

/// The last unit is sold on two channels before either hears of the other.
fn sold_twice() -> Market {
    let mut market = Market::open(&[("A", 1), ("B", 5)], 0);
    rest(&mut market);
    let ids = market.connections.clone();
    assert!(market.buy(&ids[0], "A", 1) && market.buy(&ids[1], "A", 1) && market.buy(&ids[1], "B", 1));
    rest(&mut market);
    assert_eq!(invariants::short(&market.stage.table).get(&sku("A")), Some(&1));
    market
}

#[test]
fn as_it_was_it_is_what_happened() {
    let market = sold_twice();
    let report = played(&market, &request());
    let sums = report.total;
    assert_eq!((sums.ordered, sums.short, sums.oversells_avoided, sums.sales_lost), (3, 1, 0, 0));
    assert_eq!(sums.hidden_now_s, sums.hidden_s);
    assert_eq!((report.products_checked, report.products.len(), report.next), (2, 1, None));
    assert!(!report.assumptions.is_empty());
}

#[test]
fn a_unit_held_back_avoids_the_oversell_and_costs_a_sale_and_hours() {
    let market = sold_twice();
    let sums = played(&market, &WhatIfRequest { default: held(1), ..request() }).total;
    assert_eq!((sums.short, sums.oversells_avoided, sums.sales_lost), (1, 1, 1));
    assert!(sums.hidden_s > sums.hidden_now_s, "{sums:?}");
    // On one channel alone it is the other's.
    let second = market.connections[1].clone();
    let rules = BTreeMap::from([(second, RuleChange { paused: Some(true), ..RuleChange::default() })]);
    let sums = played(&market, &WhatIfRequest { rules, ..request() }).total;
    assert_eq!((sums.oversells_avoided, sums.sales_lost), (1, 1), "its sale of the other product is lost too");
}

#[test]
fn a_product_that_is_shared_out_is_sold_once_and_to_somebody() {
    let market = sold_twice();
    let sums = played(&market, &WhatIfRequest { quota_mode_below: Some(q(1)), ..request() }).total;
    assert_eq!((sums.short, sums.oversells_avoided, sums.sales_lost), (1, 1, 0));
}

#[test]
fn pages_come_to_the_same_as_the_whole() {
    let market = sold_twice();
    let whole = played(&market, &WhatIfRequest { default: held(1), ..request() });
    let mut wanted = WhatIfRequest { default: held(1), limit: 1, ..request() };
    let (mut total, mut looked_at) = (WhatIfSums::default(), 0);
    for _ in 0..4 {
        let page = played(&market, &wanted);
        assert!(page.products_checked <= 1);
        (total, looked_at) = (total.plus(page.total), looked_at + page.products_checked);
        wanted.cursor = page.next;
        if wanted.cursor.is_none() {
            break;
        }
    }
    assert_eq!((total, looked_at), (whole.total, 2));
}

#[test]
fn what_was_before_the_window_is_its_beginning() {
    let mut market = sold_twice();
    market.stage.clock.pass(SignedDuration::from_hours(24 * 3));
    market.settle();
    let correction = Correction {
        sku: sku("A"),
        location: location("main"),
        change: StockChange::Add(2),
        reason: "receipt".into(),
        by: "Ada".into(),
    };
    finish(correct_stock(&market.stage.world(), &correction)).unwrap();
    rest(&mut market);
    let before = played(&market, &WhatIfRequest { days: 1, default: held(1), ..request() });
    let one = before.products.iter().find(|one| one.sku == sku("A")).unwrap();
    // Of two that came one is owed since before; the other would be held back on all three.
    assert_eq!((one.sums.ordered, one.sums.short), (0, 0));
    assert!(one.sums.hidden_s > 0 && one.sums.hidden_now_s == 0 && one.listings.len() == 3, "{one:?}");
}

#[test]
fn any_days_played_as_they_were_tell_the_shorts_that_happened() {
    for seed in 0..8_i64 {
        let mut market = Market::open(&[("A", 3), ("B", 2), ("C", 1)], 0);
        rest(&mut market);
        for turn in 0..14_i64 {
            let draw = (seed * 31 + turn * 17 + turn * turn * seed) % 97;
            let product = ["A", "B", "C"][usize::try_from(draw % 3).unwrap()];
            let id = market.connections[usize::try_from(draw / 3 % 3).unwrap()].clone();
            market.buy(&id, product, 1 + draw % 2);
            if draw % 7 == 0 {
                let change = StockChange::Add(1 + draw % 3);
                let (reason, by) = ("receipt".to_owned(), "Ada".to_owned());
                let correction = Correction { sku: sku(product), location: location("main"), change, reason, by };
                finish(correct_stock(&market.stage.world(), &correction)).unwrap();
            }
            if draw % 4 == 0 {
                rest(&mut market);
            }
        }
        rest(&mut market);
        let happened: i64 = invariants::short(&market.stage.table).values().sum();
        let sums = played(&market, &request()).total;
        assert_eq!((sums.short, sums.oversells_avoided, sums.sales_lost), (happened, 0, 0), "seed {seed}");
        assert_eq!(sums.hidden_now_s, sums.hidden_s, "seed {seed}");
        // Nothing shown, nothing sold: whatever came out short would not have.
        let none = WhatIfRequest {
            default: RuleChange { percentage: Some(Percentage::new(0).unwrap()), ..RuleChange::default() },
            ..request()
        };
        let sums = played(&market, &none).total;
        assert!(sums.oversells_avoided <= happened && sums.sales_lost <= sums.ordered - happened, "seed {seed}: {sums:?}");
    }
}

#[test]
fn what_cannot_be_played_is_refused() {
    let market = sold_twice();
    let refused = |request: WhatIfRequest| finish(what_if_report(&market.stage.world(), &request)).unwrap_err();
    assert_eq!(refused(WhatIfRequest { days: 31, ..request() }).kind, ErrorKind::BadInput);
    let nobody = BTreeMap::from([(connection("nobody"), held(1))]);
    assert_eq!(refused(WhatIfRequest { rules: nobody, ..request() }).kind, ErrorKind::NotFound);
    let threshold = RuleChange { quota_mode_below: Some(Quantity::ONE), ..RuleChange::default() };
    assert_eq!(refused(WhatIfRequest { default: threshold, ..request() }).kind, ErrorKind::BadInput);
}

/// A set of one `A` and two `B`, of which there are 3 and 5: two sets. One is sold, with a unit of `A` left over at last.
fn with_a_set() -> Market {
    let set: &[(&str, i64)] = &[("A", 1), ("B", 2)];
    let mut market = Market::open_with(&Goods { products: &[("A", 3), ("B", 5)], bundle: Some(("S", set)), ..Goods::default() });
    rest(&mut market);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, "S", 1));
    rest(&mut market);
    market
}

#[test]
fn what_a_bundle_asks_for_is_counted_in_its_parts_and_its_hours_by_what_they_allow() {
    let market = with_a_set();
    let now = played(&market, &request());
    assert_eq!((now.products_checked, now.total.ordered, now.total.short, now.total.sales_lost), (3, 3, 0, 0), "1 A and 2 B");
    assert_eq!(now.total.hidden_now_s, now.total.hidden_s);
    // Of B three are left, which is one set; with one set held back none is shown, while one could be made.
    let report = played(&market, &WhatIfRequest { default: held(1), ..request() });
    let set = report.products.iter().find(|one| one.sku == sku("S")).unwrap();
    assert_eq!((set.sums.ordered, set.sums.hidden_now_s), (0, 0), "{set:?}");
    assert_eq!(set.listings.len(), market.connections.len());
    // From when the set was taken in until now, and not before: then there were two.
    let longest = set.listings.iter().map(|one| one.hidden_s).max().unwrap();
    assert!(set.listings.iter().all(|one| one.hidden_s > 0) && longest <= 3 * 90 + 60 * 60, "{set:?}");
    // A page on which the bundle stands alone knows what its parts came short of.
    let mut alone = WhatIfRequest { default: held(1), limit: 1, ..request() };
    let mut sums = WhatIfSums::default();
    loop {
        let page = played(&market, &alone);
        sums = sums.plus(page.total);
        alone.cursor = page.next;
        if alone.cursor.is_none() {
            break;
        }
    }
    assert_eq!(sums, report.total);
}

#[test]
fn a_bundle_that_is_paused_loses_its_hours_and_not_its_parts() {
    let market = with_a_set();
    let rule = RuleChange { paused: Some(true), ..RuleChange::default() };
    finish(engine::put_rule(&market.stage.world(), &sku("S"), None, &rule, "Ada")).unwrap();
    let report = played(&market, &request());
    assert_eq!(report.total.hidden_now_s, report.total.hidden_s, "as it is now, it was all the time");
    let listed = market.connections.len();
    let hours = i64::try_from(listed).unwrap() * 7 * 24 * 3600;
    assert!(report.total.hidden_s > 0 && report.total.hidden_s <= hours, "{report:?}");
}
