//! Each fault does what it says, at each port; and nobody real is hurt.

use super::*;
use ::ports::{Clock, Refused, Status};
use async_trait::async_trait;
use jiff::Timestamp;
use lambda_kit::{Batch, BatchHandler, BatchOutcome, Record};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Waiting takes no time, and is added up.
#[derive(Default)]
struct Noon(AtomicU32);

#[async_trait]
impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    async fn sleep(&self, lasting: Duration) {
        self.0.fetch_add(u32::try_from(lasting.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

/// A call under a fault: how often it was done, how long it waited, what came back.
async fn under(fault: Option<Fault>) -> (u32, u32, Result<u32>) {
    let (done, clock) = (AtomicU32::new(0), Noon::default());
    let call = || async { Ok(done.fetch_add(1, Ordering::Relaxed) + 1) };
    let busy = || Error::new(ErrorKind::Unavailable, "test", "busy");
    let answer = with_fault(fault, &clock, busy, call).await;
    (done.load(Ordering::Relaxed), clock.0.load(Ordering::Relaxed), answer)
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    assert!(matches!(under(None).await, (1, 0, Ok(1))));
    let (done, _, answer) = under(Some(Fault::Vanished)).await;
    assert_eq!((done, answer.unwrap_err().status), (0, Status::Unknown));
    let (done, _, answer) = under(Some(Fault::LostAnswer)).await;
    assert_eq!((done, answer.unwrap_err().status), (1, Status::Unknown));
    let (done, _, answer) = under(Some(Fault::Down)).await;
    assert!(done == 0 && matches!(answer.unwrap_err().status, Status::Temporary { .. }));
    let (done, _, answer) = under(Some(Fault::Busy)).await;
    assert!(done == 0 && answer.unwrap_err().message == "busy");
    assert!(matches!(under(Some(Fault::Slow(Duration::from_millis(70)))).await, (1, 70, Ok(1))));
    assert!(matches!(under(Some(Fault::Doubled)).await, (2, 0, Ok(2))));
    let (done, _, answer) = under(Some(Fault::Dies)).await;
    assert!(done == 0 && answer.is_err(), "outside of functions nobody dies");
}

/// A function that makes one call, which kills it the first so many times, and counts in its memory what it was given.
struct Doomed {
    deaths_left: Arc<AtomicU32>,
    remembered: AtomicU32,
}

#[async_trait]
impl BatchHandler for Doomed {
    async fn handle(&self, _: Batch) -> BatchOutcome {
        let remembered = self.remembered.fetch_add(1, Ordering::Relaxed);
        assert_eq!(remembered, 0, "who died remembers nothing");
        let dies = self.deaths_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok();
        let fault = dies.then_some(Fault::Dies);
        let _ = with_fault(fault, &Noon::default(), || Error::new(ErrorKind::Bug, "test", ""), || async { Ok(()) }).await;
        BatchOutcome::done()
    }
}

#[tokio::test]
async fn a_function_that_dies_hands_its_batch_back_and_forgets_all() {
    let deaths_left = Arc::new(AtomicU32::new(2));
    let left = Arc::clone(&deaths_left);
    let function = Mortal::<dyn BatchHandler>::new(move || {
        Arc::new(Doomed { deaths_left: Arc::clone(&left), remembered: AtomicU32::new(0) })
    });
    let records = vec![Record { id: "1".into(), body: String::new(), receives: 1 }];
    let batch = Batch { records: records.clone(), deadline: Timestamp::MAX };
    for _ in 0..2 {
        assert_eq!(function.handle(batch.clone()).await, BatchOutcome::all_failed(&records));
    }
    assert_eq!(function.handle(batch).await, BatchOutcome::done());
}

#[test]
fn dice_fall_as_often_as_they_should_and_the_same_way_for_a_seed() {
    let falls = |seed| {
        let dice = Dice::new(Wanted { rate: "0.1".parse().unwrap(), seed });
        assert!((0..1000).all(|_| dice.roll("table.get").is_none()), "in the cup nothing falls");
        dice.set("0.1".parse().unwrap());
        let falls: Vec<_> = (0..10_000).map(|_| dice.roll("table.get")).collect();
        dice.set(Rate::NONE);
        assert!((0..1000).all(|_| dice.roll("table.get").is_none()), "nor when it is over");
        falls
    };
    let (first, again, other) = (falls(7), falls(7), falls(8));
    assert_eq!(first, again);
    assert_ne!(first, other);
    let wrong = first.iter().flatten().count();
    assert!((800..1200).contains(&wrong), "{wrong} of 10000");
    assert!(!first.contains(&Some(Fault::Doubled)), "a read cannot be delivered twice");
}

#[tokio::test]
async fn a_table_says_busy_the_way_tables_do() {
    let dice = Arc::new(Dice::new(Wanted { rate: Rate::NONE, seed: 1 }));
    dice.set("0.5".parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let local = crate::table::open(&folder.path().join("table.db")).await.unwrap();
    let table: Arc<dyn ::ports::Table> = Arc::new(local);
    let steady = engine::Ports {
        table: Arc::clone(&table),
        queue: Arc::new(Silent),
        bus: Arc::new(Silent),
        http: Arc::new(aws::Client::new(aws::Reach::AndLoopback).unwrap()),
        secrets: Arc::new(crate::demo::merchant().unwrap().secrets()),
        clock: Arc::new(Noon::default()),
        ids: Arc::new(aws::RandomIds::new()),
        connectors: Arc::new(connectors::Registry),
    };
    let world = troubled(&steady, &dice);
    let (mut busy, mut unknown, mut done) = (0, 0, 0);
    for n in 0..200 {
        let key = ::ports::Key::new("P", format!("{n:03}"));
        let row = ::ports::Row::new(key.clone()).number("n", n);
        let outcome = world.table.transact(vec![::ports::Write::Put { row, when: ::ports::Condition::Absent }]).await;
        let there = table.get(&key).await.unwrap().is_some();
        match outcome {
            Ok(()) => {
                assert!(there, "answered, so done");
                done += 1;
            }
            Err(Refused::Reasons(_)) => {
                assert!(!there, "busy, so not done");
                busy += 1;
            }
            Err(Refused::Error(error)) if error.status == Status::Unknown => unknown += i32::from(there),
            Err(Refused::Error(_)) => assert!(!there, "down, so not done"),
        }
    }
    assert!(busy > 5 && unknown > 5 && done > 50, "{busy} busy, {unknown} done without an answer, {done} done");
}

struct Silent;

#[async_trait]
impl ::ports::Queue for Silent {
    async fn send(&self, _: ::ports::QueueName, _: Vec<::ports::OutgoingMessage>) -> Result<()> {
        Ok(())
    }
}

#[async_trait]
impl ::ports::Bus for Silent {
    async fn publish(&self, _: Vec<::ports::OutgoingEvent>) -> Result<()> {
        Ok(())
    }
}

#[test]
fn real_channels_are_never_troubled() {
    let mut config = crate::demo::merchant().unwrap();
    only_simulated(&config).unwrap();
    config.connections[1].simulated = false;
    let refusal = only_simulated(&config).unwrap_err();
    assert!(refusal.message.contains(config.connections[1].id.as_str()), "{}", refusal.message);
}
