//! Batches as the queue hands them over.

use super::*;
use aws_lambda_events::event::sqs::SqsEvent;
use engine::rows::{ProductRow, StockRow};
use simulation::shop::{arrival, location, shop, sku, told};
use testkit::Stage;
use testkit::faults::Fault;
use testkit::run::finish;

fn order(number: &str, units: i64) -> String {
    contracts::Message::to_json(&arrival("web", told(number, 1, &[("A", units, 0, 0)]), 1).message)
}

fn record(id: &str, body: &str) -> Record {
    Record { id: id.into(), body: body.into(), receives: 1 }
}

fn batch(stage: &Stage, records: &[Record]) -> Batch {
    let deadline = stage.world().clock.now().checked_add(jiff::SignedDuration::from_secs(20)).unwrap();
    Batch { records: records.to_vec(), deadline }
}

fn available(stage: &Stage, product: &str) -> i64 {
    let row: StockRow = finish(stage.world().get(&StockRow::key(&sku(product), &location("main")))).unwrap().unwrap();
    row.level.available.units()
}

fn parked(stage: &Stage) -> usize {
    stage.table.rows().iter().filter(|row| row.key.pk == "PARKED").count()
}

#[test]
fn orders_are_taken_in_once_and_what_is_none_is_parked_at_once() {
    let stage = shop(&["web"], &[("A", 10)]);
    let intake = OrderIntake::new(stage.world());
    let records = [record("1", &order("1001", 2)), record("2", "{\"no\":\"order\"}"), record("3", &order("1002", 3))];
    assert_eq!(finish(intake.handle(batch(&stage, &records))), BatchOutcome::done());
    assert_eq!((available(&stage, "A"), parked(&stage)), (5, 1));
    let again = [Record { receives: 2, ..records[0].clone() }, Record { receives: 2, ..records[2].clone() }];
    assert_eq!(finish(intake.handle(batch(&stage, &again))), BatchOutcome::done());
    assert_eq!(available(&stage, "A"), 5);
}

/// A deployment that takes its time: deliveries meet functions of either kind by chance, and later ones only the new.
#[test]
fn during_a_deployment_old_functions_leave_newer_orders_to_the_new_ones() {
    let stage = shop(&["web"], &[("A", 100)]);
    let old = OrderIntake::new(stage.world());
    let new_kind = |body: &str| body.replace("\"schema_version\":1", "\"schema_version\":2");
    // What a function that knows both does first.
    let known = |body: &str| body.replace("\"schema_version\":2", "\"schema_version\":1");
    let own: Vec<_> = (0..20).map(|n| order(&format!("{}", 1000 + n), 1)).collect();
    let mut queue: Vec<_> = (0..)
        .zip(&own)
        .map(|(n, body)| record(&n.to_string(), &if n % 2 == 0 { new_kind(body) } else { body.clone() }))
        .collect();
    for delivery in 1.. {
        let replaced = |n: usize| delivery > 3 || (n + delivery).is_multiple_of(3);
        let (by_new, by_old): (Vec<_>, Vec<_>) = queue.iter().cloned().enumerate().partition(|(n, _)| replaced(*n));
        let read = by_new.into_iter().map(|(_, record)| Record { body: known(&record.body), ..record }).collect::<Vec<_>>();
        assert_eq!(finish(old.handle(batch(&stage, &read))), BatchOutcome::done());
        let left = by_old.into_iter().map(|(_, record)| record).collect::<Vec<_>>();
        let failed = finish(old.handle(batch(&stage, &left))).failed;
        assert!(failed.iter().all(|id| id.parse::<u32>().unwrap() % 2 == 0), "only newer ones come again: {failed:?}");
        queue = left
            .into_iter()
            .filter(|record| failed.contains(&record.id))
            .map(|r| Record { receives: r.receives + 1, ..r })
            .collect();
        if queue.is_empty() {
            assert!(delivery > 1, "some met an old function first");
            break;
        }
    }
    assert_eq!((available(&stage, "A"), parked(&stage)), (80, 0));
}

#[test]
fn what_cannot_be_done_now_comes_again_and_the_rest_does_not() {
    let stage = shop(&["web"], &[("A", 10)]);
    let intake = OrderIntake::new(stage.world());
    // Three calls park what is no order: whether it is known, the thing itself, and the entry. What comes after finds the table down.
    stage.faults.plan((3..60).map(|n| (n, Fault::Down)));
    let records = [record("odd", "?"), record("good", &order("1001", 2))];
    let outcome = finish(intake.handle(batch(&stage, &records)));
    stage.faults.plan([]);
    assert_eq!(outcome.failed, ["good"]);
    assert_eq!((available(&stage, "A"), parked(&stage)), (10, 1));
}

#[test]
fn when_the_time_is_over_everything_unfinished_comes_again() {
    let stage = shop(&["web"], &[("A", 10)]);
    let intake = OrderIntake::new(stage.world());
    let records = [record("1", &order("1001", 2)), record("2", &order("1002", 1))];
    // A call that never comes back: the handler itself must stop waiting for it.
    stage.faults.plan([(0, Fault::CrashBefore)]);
    let before = stage.world().clock.now();
    let outcome = finish(intake.handle(batch(&stage, &records)));
    assert_eq!(outcome.failed, ["1", "2"]);
    let waited = stage.world().clock.now().duration_since(before).as_secs();
    assert_eq!(waited, 16, "four fifths of 20 s");
    stage.faults.plan([]);
    assert_eq!(finish(intake.handle(batch(&stage, &records))), BatchOutcome::done());
    assert_eq!(available(&stage, "A"), 7);
}

#[test]
fn the_sample_event_of_this_function_is_taken_in() {
    let text = include_str!("../../../events/samples/lambda/sqs-inbound.json");
    let event: SqsEvent = serde_json::from_str(text).unwrap();
    let records: Vec<_> = event.records.into_iter().map(|m| record(&m.message_id.unwrap(), &m.body.unwrap())).collect();
    let stage = shop(&["webshop-nl"], &[("MUG 12/BLUE", 10)]);
    assert!(finish(stage.world().get::<ProductRow>(&ProductRow::key(&sku("MUG 12/BLUE")))).unwrap().is_some());
    assert_eq!(finish(OrderIntake::new(stage.world()).handle(batch(&stage, &records))), BatchOutcome::done());
    assert_eq!(available(&stage, "MUG 12/BLUE"), 8);
}
