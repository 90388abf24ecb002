//! Scarce products: shares that no two channels can sell, whatever dies where.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{ConnectionId, Quantity, StockSettings};
use engine::views::{PageRequest, explain};
use engine::{Cache, Correction, StockChange, correct_stock, preview_publication, publish_stock, put_stock_settings};
use jiff::SignedDuration;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, q, sku};
use testkit::exhaustive::every_fault;
use testkit::run::{finish, run};

/// Products in quota mode up to `below` units, published and at rest.
fn market(units: i64, below: i64) -> Market {
    let mut market = Market::open(&[("A", units)], 0);
    let settings = StockSettings { quota_mode_below: Some(Quantity::clamped(below)), ..StockSettings::default() };
    finish(put_stock_settings(&market.stage.world(), &settings)).unwrap();
    market.lookup = Cache::default();
    rest(&mut market);
    market
}

/// Longer than any channel's list lags, any hint waits, and any write that nobody heard of may still be carried out.
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

fn free(market: &Market) -> i64 {
    let available: i64 = invariants::stock(&market.stage.table).values().map(|l| l.available.units()).sum();
    available - invariants::short(&market.stage.table).get(&sku("A")).copied().unwrap_or(0)
}

fn short(market: &Market) -> i64 {
    invariants::orders(&market.stage.table).values().map(|o| o.short().units()).sum()
}

fn receive(market: &Market, units: i64) {
    let correction = Correction {
        sku: sku("A"),
        location: location("main"),
        change: StockChange::Add(units),
        reason: "receipt".into(),
        by: "test".into(),
    };
    finish(correct_stock(&market.stage.world(), &correction)).unwrap();
}

/// Everybody everywhere buys all that is shown, one by one, at the same moment. Answers how many were sold.
fn rush(market: &Market) -> i64 {
    let mut sold = 0;
    for id in &market.connections {
        while market.buy(id, "A", 1) {
            sold += 1;
        }
    }
    sold
}

#[test]
fn every_channel_gets_its_part_and_nothing_is_sold_twice() {
    let mut market = market(9, 1_000);
    assert_eq!(shown(&market), [3, 3, 3]);
    assert_eq!(rush(&market), 9);
    rest(&mut market);
    assert_eq!((short(&market), free(&market)), (0, 0));
    assert_eq!(shown(&market), [0, 0, 0]);
}

#[test]
fn a_sale_on_one_channel_needs_no_push_on_any() {
    let mut market = market(9, 1_000);
    let writes = |market: &Market| -> u64 { market.connections.iter().map(|id| market.on(id, |s, _| s.stock_writes())).sum() };
    let before = writes(&market);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, "A", 1));
    rest(&mut market);
    assert_eq!(shown(&market), [2, 3, 3]);
    assert_eq!(writes(&market), before);
}

#[test]
fn a_channel_that_sold_out_gets_units_of_the_others() {
    for seller in 0..3 {
        let mut market = market(9, 1_000);
        let id = market.connections[seller].clone();
        assert!(market.buy(&id, "A", 3));
        rest(&mut market);
        assert!(market.shown(&id, "A") > 0, "{id}: {:?}", shown(&market));
        // A unit that does not divide may wait where raising a figure would cost a while at 0.
        let sum: i64 = shown(&market).iter().sum();
        assert!((free(&market) - 1..=free(&market)).contains(&sum), "{:?} of {}", shown(&market), free(&market));
    }
}

#[test]
fn the_last_unit_is_shown_on_one_channel_only() {
    let mut market = market(1, 1_000);
    assert_eq!(shown(&market).iter().sum::<i64>(), 1);
    assert_eq!(rush(&market), 1);
    rest(&mut market);
    assert_eq!(short(&market), 0);
}

#[test]
fn a_product_comes_into_quota_mode_at_the_threshold_and_leaves_it_with_half_as_many_more() {
    let mut market = market(30, 12);
    assert_eq!(shown(&market), [30, 30, 30]);
    let id = market.connections[1].clone();
    assert!(market.buy(&id, "A", 18));
    rest(&mut market);
    assert_eq!(shown(&market), [4, 4, 4]);
    receive(&market, 6);
    rest(&mut market);
    assert!(shown(&market).iter().sum::<i64>() <= 18, "{:?}", shown(&market));
    receive(&market, 1);
    rest(&mut market);
    assert_eq!(shown(&market), [19, 19, 19]);
}

#[test]
fn fewer_than_were_thought_are_taken_off_at_once() {
    let mut market = market(9, 1_000);
    receive(&market, -5);
    rest(&mut market);
    assert!(shown(&market).iter().sum::<i64>() <= 4, "{:?}", shown(&market));
    rush(&market);
    rest(&mut market);
    assert_eq!(short(&market), 0);
}

/// Found by the model of the shares: the channel puts a cancelled unit on sale again by itself, and we hear of sale and cancellation at
/// once, so nothing moves here.
#[test]
fn a_unit_sold_and_cancelled_before_we_heard_of_it_is_not_given_to_another_channel_too() {
    for seller in 0..3 {
        let mut market = market(1, 1_000);
        let holder = market.connections.iter().find(|id| market.shown(id, "A") == 1).unwrap().clone();
        let number = market.on(&holder, |side, now| side.buy(now, &sku("A"), q(1))).unwrap();
        // Its window is looked at while it shows 0.
        let hint = contracts::StockHint { sku: sku("A"), connection: Some(holder.clone()) };
        assert!(finish(publish_stock(&market.stage.world(), &market.lookup, &[hint])).failed.is_empty());
        market.stage.clock.pass(SignedDuration::from_secs(2));
        market.work();
        market.on(&holder, |side, now| assert!(side.cancel(now, &number)));
        market.stage.clock.pass(SignedDuration::from_secs(60 + seller));
        market.poll();
        market.work();
        let most: i64 = shown(&market).iter().sum();
        assert!(most <= 1, "{:?}", shown(&market));
        rest(&mut market);
        assert_eq!(shown(&market).iter().sum::<i64>(), 1);
    }
}

/// Every fault at every port call of the pushes that share a product out; then everybody buys all there is.
#[test]
fn no_fault_at_any_call_of_a_grant_sells_a_unit_twice() {
    let tries = every_fault(|one| {
        let mut market = market(6, 1_000);
        receive(&market, 6);
        market.stage.clock.pass(SignedDuration::from_secs(40));
        let hints = market.take_hints();
        assert!(!hints.is_empty());
        market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let done = run(publish_stock(&market.stage.world(), &market.lookup, &hints));
        let calls = market.stage.faults.calls().len();
        market.stage.faults.plan([]);
        let sold = rush(&market);
        if done.is_none_or(|pushed| !pushed.failed.is_empty()) {
            market.stage.clock.pass(SignedDuration::from_secs(180));
            let again = run(publish_stock(&market.stage.world(), &market.lookup, &hints));
            assert!(again.is_some_and(|pushed| pushed.failed.is_empty()));
        }
        rest(&mut market);
        let sold = sold + rush(&market);
        rest(&mut market);
        assert!(sold <= 12, "{sold} sold");
        assert_eq!(short(&market), 0);
        assert_comes_to_all(&mut market, 12 - sold);
        calls
    });
    println!("{tries} tries of one fault at one call");
    assert!(tries >= 100);
}

#[test]
fn what_counts_as_told_is_what_is_shown_whatever_fails_after_it_was_told() {
    let tries = every_fault(|one| {
        let market = market(6, 1_000);
        receive(&market, 6);
        market.stage.clock.pass(SignedDuration::from_secs(40));
        let hints = market.take_hints();
        market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let _ = run(publish_stock(&market.stage.world(), &market.lookup, &hints));
        let calls = market.stage.faults.calls().len();
        market.stage.faults.plan([]);
        // Nobody bought. Once the product is mirrored, a figure that counts as told is one that a raise may start from.
        for id in &market.connections {
            let row = market.listing(id, "A");
            let known = row.told.filter(|_| row.lease.is_none());
            assert!(
                known.is_none_or(|told| told.units() == market.shown(id, "A")),
                "{id} shows {}: {row:?}",
                market.shown(id, "A")
            );
        }
        calls
    });
    assert!(tries >= 100);
}

#[test]
fn what_would_be_told_of_a_scarce_product_is_its_share() {
    let market = market(5, 6);
    let world = market.stage.world();
    for id in &market.connections {
        let page = finish(preview_publication(&world, &market.lookup, id, &PageRequest::first(50))).unwrap();
        let listed = page.listings.iter().find(|one| one.sku == Some(sku("A"))).unwrap();
        let explained = finish(explain(&world, &sku("A"), Some(id))).unwrap().listings.remove(0);
        assert_eq!(listed.target_quantity, explained.target_quantity, "{id}");
        assert_eq!(listed.target_quantity, listed.observed_quantity.or(listed.target_quantity), "{id}: at rest nothing differs");
        assert!(listed.target_quantity < Some(q(5)), "{id}: {listed:?}");
    }
}

/// Whatever happened, all that is left is on sale in the end, part by part.
fn assert_comes_to_all(market: &mut Market, mut left: i64) {
    for _ in 0..20 {
        let ids: Vec<ConnectionId> = market.connections.clone();
        for id in ids {
            while market.buy(&id, "A", 1) {
                left -= 1;
            }
        }
        rest(market);
        if left == 0 {
            break;
        }
    }
    assert_eq!((left, short(market)), (0, 0), "{:?}", shown(market));
}
