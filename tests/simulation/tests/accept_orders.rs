//! Orders in: every fault at every port call, every redelivery, and still each order once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use engine::{Arrival, Cache, Outcome, accept_orders};
use ports::QueueName;
use simulation::invariants;
use simulation::shop::{arrival, connection, location, q, shop, sku, told};
use testkit::Stage;
use testkit::exhaustive::{Try, every_fault};
use testkit::run::{finish, run};

/// Delivers until nothing comes again, as a queue does: what failed, and all of it after a crash.
fn deliver(stage: &Stage, batch: &[Arrival], first: Option<Try>) -> usize {
    stage.faults.plan(first.map(|t| (t.call, t.fault)));
    let mut open: Vec<Arrival> = batch.to_vec();
    let mut calls = None;
    for receives in 1..10 {
        let outcomes = run(accept_orders(&stage.world(), &Cache::default(), open.clone()));
        calls.get_or_insert(stage.faults.calls().len());
        invariants::check(&stage.table);
        stage.faults.plan([]);
        open = match outcomes {
            None => open,
            Some(outcomes) => {
                open.into_iter().zip(outcomes).filter(|(_, o)| matches!(o, Outcome::Again(_))).map(|(a, _)| a).collect()
            }
        };
        for arrival in &mut open {
            arrival.receives = receives + 1;
        }
        // What was sent back to the inbound queue (ties, delays) arrives too.
        for message in stage.queue.take(QueueName::Inbound) {
            open.push(Arrival { message: serde_json::from_str(&message.body).unwrap(), receives: 1 });
        }
        if open.is_empty() {
            return calls.unwrap_or(0);
        }
    }
    panic!("deliveries do not end: {open:?}");
}

fn hinted(stage: &Stage) -> Vec<String> {
    let mut skus: Vec<String> = stage
        .queue
        .take(QueueName::StockHints)
        .iter()
        .map(|m| serde_json::from_str::<contracts::StockHint>(&m.body).unwrap().sku.to_string())
        .collect();
    skus.sort();
    skus.dedup();
    skus
}

#[test]
fn a_batch_survives_every_fault_at_every_call() {
    let batch = [
        arrival("shop", told("1", 1, &[("A", 2, 0, 0), ("B", 1, 0, 0)]), 1),
        arrival("shop", told("2", 1, &[("A", 3, 0, 0)]), 1),
        arrival("market", told("1", 1, &[("A", 4, 0, 0)]), 1),
    ];
    let tries = every_fault(|one| {
        let stage = shop(&["shop", "market"], &[("A", 7), ("B", 5)]);
        let calls = deliver(&stage, &batch, one);
        let orders = invariants::orders(&stage.table);
        assert_eq!(orders.len(), 3, "none lost");
        assert_eq!(orders.values().map(|o| o.short().units()).sum::<i64>(), 2, "9 wanted, 7 there");
        let left = invariants::stock(&stage.table);
        assert_eq!(left[&(sku("A"), location("main"))].available, q(0));
        assert_eq!(left[&(sku("B"), location("main"))].available, q(4));
        assert_eq!(hinted(&stage), ["A", "B"], "whoever fans out must have heard");
        // And all of it once more: nothing moves.
        let before = stage.table.rows().len();
        deliver(&stage, &batch, None);
        assert_eq!(stage.table.rows().len(), before);
        calls
    });
    println!("{tries} tries of one fault at one call");
    assert!(tries >= 20);
}

#[test]
fn a_cancellation_survives_every_fault_at_every_call() {
    let tries = every_fault(|one| {
        let stage = shop(&["shop"], &[("A", 5)]);
        deliver(&stage, &[arrival("shop", told("1", 1, &[("A", 3, 0, 0)]), 1)], None);
        hinted(&stage);
        let later = [arrival("shop", told("1", 2, &[("A", 3, 1, 1)]), 1), arrival("shop", told("1", 1, &[("A", 3, 0, 0)]), 1)];
        let calls = deliver(&stage, &later, one);
        let level = invariants::stock(&stage.table)[&(sku("A"), location("main"))];
        assert_eq!((level.available, level.reserved), (q(3), q(1)));
        assert_eq!(hinted(&stage), ["A"]);
        calls
    });
    assert!(tries >= 20);
}

#[test]
fn duplicates_and_a_sell_out_together_take_three_transactions() {
    let stage = shop(&["shop"], &[("A", 5)]);
    let first: Vec<_> = (0..3).map(|n| arrival("shop", told(&n.to_string(), 1, &[("A", 1, 0, 0)]), 1)).collect();
    deliver(&stage, &first, None);
    let batch: Vec<_> = (0..10).map(|n| arrival("shop", told(&n.to_string(), 1, &[("A", 1, 0, 0)]), 1)).collect();
    stage.faults.plan([]);
    finish(accept_orders(&stage.world(), &Cache::default(), batch));
    let transactions = stage.faults.calls().iter().filter(|c| **c == "table.transact").count();
    assert!(transactions <= 3, "{transactions}");
    invariants::check(&stage.table);
    let orders = invariants::orders(&stage.table);
    assert_eq!(orders.len(), 10);
    assert_eq!(orders.values().map(|o| o.short().units()).sum::<i64>(), 5);
}

#[test]
fn two_batches_that_interleave_at_any_call_never_promise_a_unit_twice() {
    // The second batch runs whole at the moment the first one has died at each of its calls, then the first comes again.
    every_fault(|one| {
        let stage = shop(&["shop", "market"], &[("A", 3)]);
        let first = [arrival("shop", told("1", 1, &[("A", 2, 0, 0)]), 1)];
        let second = [arrival("market", told("9", 1, &[("A", 2, 0, 0)]), 1)];
        stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let _ = run(accept_orders(&stage.world(), &Cache::default(), first.to_vec()));
        let calls = stage.faults.calls().len();
        deliver(&stage, &second, None);
        deliver(&stage, &[Arrival { receives: 2, ..first[0].clone() }], None);
        let orders = invariants::orders(&stage.table);
        assert_eq!(orders.len(), 2);
        assert_eq!(orders.values().map(|o| o.short().units()).sum::<i64>(), 1);
        assert!(orders.contains_key(&(connection("shop"), domain::OrderNumber::new("1").unwrap())));
        calls
    });
}
