//! Each mistake that others made, planted, must be caught: a check that stays green with the mistake in place proves nothing.

use connectors::simulated_channel::Trouble;
use engine::{Arrival, Cache, Outcome, accept_orders, poll_orders};
use jiff::SignedDuration;
use ports::QueueName;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{arrival, location, q, shop, sku, told};
use std::panic::{AssertUnwindSafe, catch_unwind};
use testkit::Stage;
use testkit::faults::Fault;
use testkit::planted::{Mistake, plant};
use testkit::run::{finish, run};

/// The scenario holds as things are, and breaks with the mistake.
fn caught(mistake: Mistake, scenario: impl Fn()) {
    scenario();
    plant(Some(mistake));
    let outcome = catch_unwind(AssertUnwindSafe(scenario));
    plant(None);
    assert!(outcome.is_err(), "{mistake:?} goes unnoticed");
}

fn deliver(stage: &Stage, batch: &[Arrival]) -> Vec<Outcome> {
    run(accept_orders(&stage.world(), &Cache::default(), batch.to_vec())).unwrap_or_default()
}

#[test]
fn no_condition_on_the_decrement() {
    caught(Mistake::DecrementWithoutCondition, || {
        let stage = shop(&["shop"], &[("A", 3)]);
        deliver(&stage, &[arrival("shop", told("1", 1, &[("A", 2, 0, 0)]), 1)]);
        deliver(&stage, &[arrival("shop", told("2", 1, &[("A", 2, 0, 0)]), 1)]);
        invariants::check(&stage.table);
        assert_eq!(invariants::stock(&stage.table)[&(sku("A"), location("main"))].available, q(0));
    });
}

#[test]
fn a_key_made_of_the_quantity() {
    caught(Mistake::ChangeNamedByQuantity, || {
        let mut market = Market::open(&[("A", 10)], 10);
        let id = market.connections[0].clone();
        assert!(market.buy(&id, "A", 1));
        market.stage.clock.pass(SignedDuration::from_secs(30));
        market.poll();
        while !market.stage.queue.waiting(QueueName::Inbound).is_empty() {
            let batch: Vec<Arrival> = market
                .stage
                .queue
                .take(QueueName::Inbound)
                .iter()
                .map(|m| Arrival { message: serde_json::from_str(&m.body).unwrap(), receives: 1 })
                .collect();
            finish(accept_orders(&market.stage.world(), &market.lookup, batch));
        }
        let correction = engine::Correction {
            sku: sku("A"),
            location: location("main"),
            change: engine::StockChange::Add(1),
            reason: "receipt".into(),
            by: "test".into(),
        };
        finish(engine::correct_stock(&market.stage.world(), &correction)).unwrap();
        market.settle();
        market.assert_shown("A", 10);
    });
}

#[test]
fn a_cursor_moved_before_the_page_is_durable() {
    caught(Mistake::CursorBeforePage, || {
        let mut market = Market::open(&[("A", 10)], 10);
        let id = market.connections[0].clone();
        assert!(market.buy(&id, "A", 1));
        // Longer ago than the overlap of any poll. Then the process dies when it is about to put the page on the queue.
        market.stage.clock.pass(SignedDuration::from_mins(40));
        die_before_the_queue(&market);
        market.stage.clock.pass(SignedDuration::from_mins(50));
        market.settle();
        assert_eq!(invariants::orders(&market.stage.table).len(), 1, "the order must not be lost");
    });
}

/// Polls with a crash at the first message put on a queue.
fn die_before_the_queue(market: &Market) {
    market.stage.faults.plan_first("queue.send", Fault::CrashBefore);
    let polled = run(poll_orders(&market.stage.world(), &Cache::default(), &market.connections[0], contracts::Cause::Poll));
    assert!(polled.is_none(), "the poll has something to put on the queue");
    market.stage.faults.plan([]);
}

#[test]
fn a_raise_without_a_fresh_read() {
    caught(Mistake::RaiseWithoutRead, || {
        // 5 here and there; 3 are sold there unseen; then 2 come in here. Raising to 7 would sell the 3 again.
        let mut market = Market::open(&[("A", 5)], 5);
        let id = market.connections[0].clone();
        assert!(market.buy(&id, "A", 3));
        market
            .on(&id, |side, now| side.trouble(Trouble::WebhooksLost { times: u32::from(now > jiff::Timestamp::UNIX_EPOCH) * 9 }));
        let correction = engine::Correction {
            sku: sku("A"),
            location: location("main"),
            change: engine::StockChange::Add(2),
            reason: "receipt".into(),
            by: "test".into(),
        };
        finish(engine::correct_stock(&market.stage.world(), &correction)).unwrap();
        for _ in 0..30 {
            market.stage.clock.pass(SignedDuration::from_secs(1));
            market.work();
            let promised: i64 =
                market.connections.iter().map(|c| market.on(c, |s, _| i64::try_from(s.orders().len()).unwrap())).sum::<i64>();
            let sold = if promised > 0 { 3 } else { 0 };
            assert!(market.shown(&id, "A") <= 7 - sold, "{} shown, {sold} of 7 are sold", market.shown(&id, "A"));
        }
        market.settle();
        market.assert_shown("A", 4);
    });
}

#[test]
fn an_echo_of_our_own_push_taken_as_a_change() {
    caught(Mistake::EchoTakenAsChange, || {
        let mut market = Market::open(&[("A", 10)], 10);
        let id = market.connections[0].clone();
        assert!(market.buy(&id, "A", 2));
        // The shop says that its figure changed, before the order is known.
        let hint = contracts::StockHint { sku: sku("A"), connection: Some(id.clone()) };
        let message = ports::OutgoingMessage { body: contracts::Message::to_json(&hint), delay: std::time::Duration::ZERO };
        finish(market.stage.world().queue.send(QueueName::StockHints, vec![message])).unwrap();
        market.stage.clock.pass(SignedDuration::from_secs(30));
        market.settle();
        invariants::check(&market.stage.table);
        market.assert_shown("A", 8);
    });
}

#[test]
fn a_lost_answer_taken_as_done() {
    caught(Mistake::LostAnswerTakenAsDone, || {
        for at in 0..40 {
            let stage = shop(&["shop"], &[("A", 3)]);
            stage.faults.plan([(at, Fault::Vanished)]);
            let outcomes = deliver(&stage, &[arrival("shop", told("1", 1, &[("A", 1, 0, 0)]), 1)]);
            let calls = stage.faults.calls().len();
            if matches!(outcomes.first(), Some(Outcome::Done)) {
                assert_eq!(invariants::orders(&stage.table).len(), 1, "what counts as done is in the table");
            }
            if calls <= at {
                return;
            }
        }
    });
}

#[test]
fn no_hint_when_the_commit_is_found_done() {
    caught(Mistake::NoHintOnRedelivery, || {
        let stage = shop(&["shop"], &[("A", 3)]);
        let one = [arrival("shop", told("1", 1, &[("A", 1, 0, 0)]), 1)];
        // Dies between the commit and the hint.
        stage.faults.plan_first("queue.send", Fault::CrashBefore);
        assert!(deliver(&stage, &one).is_empty());
        stage.faults.plan([]);
        deliver(&stage, &[Arrival { receives: 2, ..one[0].clone() }]);
        assert!(!stage.queue.take(QueueName::StockHints).is_empty());
    });
}

#[test]
fn a_parked_order_counted_as_settled() {
    use engine::rows::{ExcludedOrderRow, ExclusionReason, Products};
    caught(Mistake::ParkedCountsAsSettled, || {
        let mut market = Market::open(&[("A", 10)], 10);
        let (id, world) = (market.connections[0].clone(), market.stage.world());
        market.stage.clock.pass(SignedDuration::from_secs(60));
        assert!(market.buy(&id, "A", 3));
        let number = market.on(&id, |side, _| side.orders().remove(0));
        let later = ports::Clock::now(market.stage.clock.as_ref()).checked_add(SignedDuration::from_secs(30)).unwrap();
        let kind = ExclusionReason::NeedsPerson { products: Products::These([sku("A")].into()) };
        assert!(finish(ExcludedOrderRow::put(&world, &id, &number, later, kind, "it cannot be read")).unwrap());
        let correction = engine::Correction {
            sku: sku("A"),
            location: location("main"),
            change: engine::StockChange::Add(1),
            reason: "receipt".into(),
            by: "test".into(),
        };
        finish(engine::correct_stock(&world, &correction)).unwrap();
        for _ in 0..5 {
            market.stage.clock.pass(SignedDuration::from_secs(60));
            market.poll();
            market.work();
        }
        assert_eq!(market.shown(&id, "A"), 7);
    });
}

/// Of an order of two products only the first part is in the table: whoever took it in died.
fn half_an_order() -> (Stage, Arrival) {
    let stage = shop(&["shop"], &[("A", 9), ("B", 9)]);
    stage.table.take_at_most(4);
    let whole = arrival("shop", told("1", 1, &[("A", 1, 0, 0), ("B", 1, 0, 0)]), 1);
    stage.faults.plan_first("table.transact", Fault::CrashAfter);
    assert!(deliver(&stage, std::slice::from_ref(&whole)).is_empty());
    stage.faults.plan([]);
    assert_eq!(invariants::orders(&stage.table).len(), 1);
    (stage, Arrival { receives: 2, ..whole })
}

#[test]
fn half_an_order_left_as_it_is() {
    caught(Mistake::ResumeForgotten, || {
        let (stage, again) = half_an_order();
        deliver(&stage, &[again]);
        invariants::check(&stage.table);
        for product in ["A", "B"] {
            assert_eq!(invariants::stock(&stage.table)[&(sku(product), location("main"))].available, q(8));
        }
    });
}

#[test]
fn part_of_an_order_counted_as_taken_in() {
    caught(Mistake::PartCountsAsTakenIn, || {
        let market = Market::open(&[("A", 10), ("B", 10)], 10);
        market.stage.table.take_at_most(4);
        let (id, world) = (market.connections[0].clone(), market.stage.world());
        market.stage.clock.pass(SignedDuration::from_secs(60));
        let sold_at = ports::Clock::now(market.stage.clock.as_ref());
        market.on(&id, |side, now| side.buy_all(now, &[(sku("A"), q(1)), (sku("B"), q(1))], "NL")).unwrap();
        market.stage.clock.pass(SignedDuration::from_secs(120));
        finish(poll_orders(&world, &market.lookup, &id, contracts::Cause::Poll)).unwrap();
        let sent = market.stage.queue.take(QueueName::Inbound);
        let arrivals = sent.iter().map(|m| Arrival { message: serde_json::from_str(&m.body).unwrap(), receives: 1 }).collect();
        market.stage.faults.plan_first("table.transact", Fault::CrashAfter);
        assert!(run(accept_orders(&world, &market.lookup, arrivals)).is_none());
        market.stage.faults.plan([]);
        market.stage.clock.pass(SignedDuration::from_secs(60));
        let settled = finish(poll_orders(&world, &market.lookup, &id, contracts::Cause::Poll)).unwrap().settled_through;
        assert!(settled.is_none_or(|settled| settled < sold_at), "{settled:?} and {sold_at}");
    });
}
