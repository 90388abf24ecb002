//! Figures out: every fault at every port call, on every channel, and in the end every channel shows the figure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use connectors::simulated_channel::Trouble;
use domain::ConnectionId;
use engine::publish_stock;
use jiff::SignedDuration;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::sku;
use testkit::exhaustive::every_fault;
use testkit::run::run;

fn available(market: &Market, product: &str) -> i64 {
    invariants::stock(&market.stage.table).iter().filter(|((s, _), _)| *s == sku(product)).map(|(_, l)| l.available.units()).sum()
}

#[test]
fn a_sale_on_each_channel_is_told_to_all_others() {
    let mut market = Market::open(&[("A", 10)], 10);
    market.assert_shown("A", 10);
    for (sold, id) in market.connections.clone().iter().enumerate() {
        assert!(market.buy(id, "A", 1));
        market.stage.clock.pass(SignedDuration::from_secs(30));
        market.poll();
        market.settle();
        invariants::check(&market.stage.table);
        market.assert_shown("A", 9 - i64::try_from(sold).unwrap());
    }
}

#[test]
fn a_push_survives_every_fault_at_every_call() {
    let tries = every_fault(|one| {
        let mut market = Market::open(&[("A", 10)], 10);
        let id = market.connections[0].clone();
        assert!(market.buy(&id, "A", 3));
        market.stage.clock.pass(SignedDuration::from_secs(30));
        market.poll();
        market.work();
        market.stage.clock.pass(SignedDuration::from_secs(2));
        let hints = market.take_hints();
        assert!(!hints.is_empty());
        market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let done = run(publish_stock(&market.stage.world(), &market.lookup, &hints));
        let calls = market.stage.faults.calls().len();
        market.stage.faults.plan([]);
        if done.is_none_or(|pushed| !pushed.failed.is_empty()) {
            // The queue delivers again once the visibility of the first delivery has passed.
            market.stage.clock.pass(SignedDuration::from_secs(180));
            let again = run(publish_stock(&market.stage.world(), &market.lookup, &hints));
            assert!(again.is_some_and(|pushed| pushed.failed.is_empty()));
        }
        market.settle();
        market.assert_shown("A", 7);
        invariants::check(&market.stage.table);
        calls
    });
    println!("{tries} tries of one fault at one call");
    assert!(tries >= 50);
}

#[test]
fn the_same_figure_after_two_changes_is_still_looked_at() {
    // 10, a sale there, a receipt here: 10 again, while the channel shows 9.
    let mut market = Market::open(&[("A", 10)], 10);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, "A", 1));
    market.stage.clock.pass(SignedDuration::from_secs(30));
    market.poll();
    market.work();
    receive(&market, 1);
    market.settle();
    assert_eq!(available(&market, "A"), 10);
    market.assert_shown("A", 10);
}

fn receive(market: &Market, units: i64) {
    let correction = engine::Correction {
        sku: sku("A"),
        location: simulation::shop::location("main"),
        change: engine::StockChange::Add(units),
        reason: "receipt".into(),
        by: "test".into(),
    };
    testkit::run::finish(engine::correct_stock(&market.stage.world(), &correction)).unwrap();
}

#[test]
fn a_thousand_hints_are_few_pushes_and_the_last_figure_arrives() {
    let mut market = Market::open(&[("A", 500)], 500);
    let before: u64 = market.connections.iter().map(|id| market.on(id, |s, _| s.stock_writes())).sum();
    let id = market.connections[0].clone();
    for _ in 0..10 {
        for _ in 0..20 {
            assert!(market.buy(&id, "A", 1));
        }
        market.stage.clock.pass(SignedDuration::from_millis(500));
        market.poll();
        market.work();
        market.work();
    }
    market.settle();
    market.assert_shown("A", 300);
    let after: u64 = market.connections.iter().map(|id| market.on(id, |s, _| s.stock_writes())).sum();
    println!("{} pushes for 200 sales on {} channels", after - before, market.connections.len());
    assert!(after - before <= 24, "{}", after - before);
}

/// Trouble on one channel: the others are told, the bad one catches up by itself.
fn trouble_on_one(make: impl Fn(&Market, &ConnectionId)) {
    for (number, bad) in Market::open(&[("A", 10)], 10).connections.iter().enumerate() {
        let mut market = Market::open(&[("A", 10)], 10);
        make(&market, bad);
        let good: Vec<_> = market.connections.iter().filter(|id| *id != bad).cloned().collect();
        if good.is_empty() {
            continue;
        }
        let seller = &good[number % good.len()];
        assert!(market.buy(seller, "A", 2));
        for _ in 0..10 {
            market.stage.clock.pass(SignedDuration::from_secs(3));
            market.poll();
            market.work();
        }
        for id in &good {
            assert_eq!(market.shown(id, "A"), 8, "{id} must not wait for {bad}");
        }
        market.stage.clock.pass(SignedDuration::from_secs(120));
        market.settle();
        market.assert_shown("A", 8);
        invariants::check(&market.stage.table);
    }
}

#[test]
fn a_channel_that_is_silent_for_a_minute_delays_nobody_and_catches_up() {
    trouble_on_one(|market, bad| {
        market.on(bad, |side, now| side.trouble(Trouble::Silent { until: now + SignedDuration::from_secs(60) }));
    });
}

#[test]
fn a_channel_that_answers_too_many_for_a_minute_delays_nobody_and_catches_up() {
    trouble_on_one(|market, bad| {
        market.on(bad, |side, now| side.trouble(Trouble::TooMany { until: now + SignedDuration::from_secs(60) }));
    });
}

#[test]
fn a_channel_that_fails_after_applying_is_looked_at_before_it_is_told_again() {
    trouble_on_one(|market, bad| {
        market.on(bad, |side, _| side.trouble(Trouble::FailAfterApply { times: 2 }));
    });
}

#[test]
fn a_channel_whose_tokens_are_void_gets_new_ones() {
    trouble_on_one(|market, bad| {
        market.on(bad, |side, _| side.trouble(Trouble::TokensRevoked));
    });
}

#[test]
fn a_later_hint_finds_the_listing_of_a_push_that_died() {
    let mut market = Market::open(&[("A", 10)], 10);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, "A", 3));
    market.stage.clock.pass(SignedDuration::from_secs(30));
    market.poll();
    market.work();
    market.stage.clock.pass(SignedDuration::from_secs(2));
    let hints = market.take_hints();
    // Dies at its first call to a channel, with every lease it holds, and its message stays hidden.
    market.stage.faults.plan_first("http.send", testkit::faults::Fault::CrashBefore);
    assert!(run(publish_stock(&market.stage.world(), &market.lookup, &hints)).is_none());
    market.stage.faults.plan([]);
    market.stage.clock.pass(SignedDuration::from_secs(10));
    receive(&market, 1);
    // Well before the queue's visibility of three minutes would bring the first message back.
    for _ in 0..60 {
        market.stage.clock.pass(SignedDuration::from_secs(1));
        market.work();
    }
    market.assert_shown("A", 8);
}

#[test]
fn a_death_while_word_is_left_with_a_push_that_died_loses_no_figure() {
    let mut market = Market::open(&[("A", 10)], 10);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, "A", 3));
    market.stage.clock.pass(SignedDuration::from_secs(30));
    market.poll();
    market.work();
    market.stage.clock.pass(SignedDuration::from_secs(2));
    let hints = market.take_hints();
    market.stage.faults.plan_first("http.send", testkit::faults::Fault::CrashBefore);
    assert!(run(publish_stock(&market.stage.world(), &market.lookup, &hints)).is_none());
    market.stage.clock.pass(SignedDuration::from_secs(1));
    receive(&market, 1);
    let hints = market.take_hints();
    market.stage.faults.plan_first("queue.send", testkit::faults::Fault::CrashBefore);
    assert!(run(publish_stock(&market.stage.world(), &market.lookup, &hints)).is_none());
    market.stage.faults.plan([]);
    // One machine starts again at once, and everything that was taken out of its queues comes again.
    market.stage.clock.pass(SignedDuration::from_secs(1));
    assert!(run(publish_stock(&market.stage.world(), &market.lookup, &hints)).is_some());
    for _ in 0..60 {
        market.stage.clock.pass(SignedDuration::from_secs(1));
        market.work();
    }
    market.assert_shown("A", 8);
}
