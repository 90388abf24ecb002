//! Hints as the queue hands them over, to every registered channel's simulator.

use super::*;
use aws_lambda_events::event::sqs::SqsEvent;
use engine::{Correction, StockChange, correct_stock};
use lambda_kit::Record;
use ports::QueueName;
use simulation::market::Market;
use simulation::shop::{location, q, sku};
use testkit::faults::Fault;
use testkit::run::finish;

fn sold_out(market: &Market, product: &str) {
    let correction = Correction {
        sku: sku(product),
        location: location("main"),
        change: StockChange::Set(q(0)),
        reason: "count".into(),
        by: "a person".into(),
    };
    finish(correct_stock(&market.stage.world(), &correction)).unwrap();
}

fn batch(market: &Market, bodies: &[&str]) -> Batch {
    let deadline = market.stage.world().clock.now().checked_add(jiff::SignedDuration::from_secs(30)).unwrap();
    let record = |(n, body): (usize, &&str)| Record { id: n.to_string(), body: (*body).to_owned(), receives: 1 };
    Batch { records: bodies.iter().enumerate().map(record).collect(), deadline }
}

#[test]
fn every_channel_is_told_and_what_is_no_hint_is_parked() {
    let market = Market::open(&[("A", 4)], 4);
    sold_out(&market, "A");
    let hints = market.stage.queue.take(QueueName::StockHints);
    // One now, and one later for the case that whoever made the change died before the first.
    assert!(hints.iter().all(|hint| hint.body == hints[0].body) && hints.iter().any(|hint| hint.delay.is_zero()));
    let fanout = StockFanout::new(market.stage.world());
    let outcome = finish(fanout.handle(batch(&market, &[&hints[0].body, "{}", &hints[0].body])));
    assert_eq!(outcome, BatchOutcome::done());
    market.assert_shown("A", 0);
    assert_eq!(market.stage.table.rows().iter().filter(|row| row.key.pk == "PARKED").count(), 1);
}

#[test]
fn during_a_deployment_a_newer_hint_is_left_to_the_functions_that_know_it() {
    let market = Market::open(&[("A", 4)], 4);
    sold_out(&market, "A");
    let own = market.stage.queue.take(QueueName::StockHints)[0].body.clone();
    let newer = own.replace("\"schema_version\":1", "\"schema_version\":2").replace("\"sku\"", "\"product\"");
    let fanout = StockFanout::new(market.stage.world());
    let outcome = finish(fanout.handle(batch(&market, &[&newer, &own])));
    assert_eq!(outcome.failed, ["0"], "it comes again, and the one beside it is done");
    assert!(market.stage.table.rows().iter().all(|row| row.key.pk != "PARKED"));
    market.assert_shown("A", 0);
}

#[test]
fn an_error_brings_all_hints_back_and_nothing_is_lost() {
    let market = Market::open(&[("A", 4)], 4);
    sold_out(&market, "A");
    let fanout = StockFanout::new(market.stage.world());
    market.stage.faults.plan((0..60).map(|n| (n, Fault::Down)));
    let outcome =
        finish(fanout.handle(batch(&market, &["{\"schema_version\":1,\"sku\":\"A\"}", "{\"schema_version\":1,\"sku\":\"A\"}"])));
    market.stage.faults.plan([]);
    assert_eq!(outcome.failed, ["0", "1"]);
    market.assert_shown("A", 4);
    assert_eq!(finish(fanout.handle(batch(&market, &["{\"schema_version\":1,\"sku\":\"A\"}"]))), BatchOutcome::done());
    market.assert_shown("A", 0);
}

#[test]
fn the_sample_event_of_this_function_is_understood() {
    let event: SqsEvent = serde_json::from_str(include_str!("../../../events/samples/lambda/sqs-stock-hints.json")).unwrap();
    let market = Market::open(&[("A", 4)], 4);
    let body = event.records[0].body.clone().unwrap();
    assert_eq!(finish(StockFanout::new(market.stage.world()).handle(batch(&market, &[&body]))), BatchOutcome::done());
    assert!(market.stage.table.rows().iter().all(|row| row.key.pk != "PARKED"));
}

#[test]
fn hints_that_may_work_later_are_put_off_and_spend_no_delivery() {
    let market = Market::open(&[("A", 4)], 4);
    sold_out(&market, "A");
    market.stage.queue.take(QueueName::StockHints);
    let fanout = StockFanout::new(market.stage.world());
    for fault in [Fault::Down, Fault::Vanished, Fault::LostAnswer] {
        market.stage.faults.plan_first("table.query", fault);
        let twice = batch(&market, &["{\"schema_version\":1,\"sku\":\"A\"}", "{\"schema_version\":1,\"sku\":\"A\"}"]);
        assert_eq!(finish(fanout.handle(twice)), BatchOutcome::done(), "{fault:?}");
        market.assert_shown("A", 4);
        let again = market.stage.queue.take(QueueName::StockHints);
        assert_eq!(
            again.iter().map(|m| m.body.as_str()).collect::<Vec<_>>(),
            ["{\"schema_version\":1,\"sku\":\"A\"}"],
            "two that are the same are one"
        );
        assert!(again.iter().all(|m| !m.delay.is_zero()), "{again:?}");
    }
}
