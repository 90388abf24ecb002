//! Works off the queues as the functions do: in batches, with redelivery of what failed.

use contracts::{InboundOrder, OrderUpdateDue, StockHint};
use engine::{Arrival, Cache, Outcome, Ports, accept_orders, publish_stock, tell_order};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, OutgoingMessage, QueueName};
use testkit::Stage;
use testkit::run::finish;

/// A message with the time it is due and how often it was delivered before.
struct Waiting {
    due: Timestamp,
    queue: QueueName,
    message: OutgoingMessage,
    before: u32,
}

/// Works until all queues are empty; lets time pass where messages wait for theirs.
pub(crate) fn work_off(stage: &Stage, world: &Ports, lookup: &Cache) {
    work_until(stage, world, lookup, Timestamp::MAX);
}

/// As `work_off`, but only until then: what waits for longer goes on waiting.
pub(crate) fn work_until(stage: &Stage, world: &Ports, lookup: &Cache, until: Timestamp) {
    let mut waiting: Vec<Waiting> = Vec::new();
    for _ in 0..600 {
        let now = stage.clock.now();
        for queue in QueueName::ALL {
            waiting.extend(stage.queue.take(queue).into_iter().map(|message| {
                let due = now.checked_add(SignedDuration::try_from(message.delay).unwrap()).unwrap();
                Waiting { due, queue, message, before: 0 }
            }));
        }
        if waiting.is_empty() {
            return;
        }
        if now >= until {
            for Waiting { due, queue, message, .. } in waiting {
                let delay = due.duration_since(now).try_into().unwrap_or_default();
                finish(world.queue.send(queue, vec![OutgoingMessage { delay, ..message }])).unwrap();
            }
            return;
        }
        let (due, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|w| w.due <= now);
        waiting = later;
        for queue in QueueName::ALL {
            let (mut mine, again) =
                (due.iter().filter(|w| w.queue == queue).collect::<Vec<_>>(), now + SignedDuration::from_secs(90));
            while !mine.is_empty() {
                let batch: Vec<_> = mine.drain(..mine.len().min(10)).collect();
                for failed in deliver(world, lookup, queue, &batch) {
                    assert!(failed.before < 20, "never done: {:?}", failed.message);
                    let message = failed.message.clone();
                    waiting.push(Waiting { due: again, queue, message, before: failed.before + 1 });
                }
            }
        }
        stage.clock.pass(SignedDuration::from_secs(2));
    }
    panic!("the queues do not become empty");
}

/// Delivers a batch and answers what is to be delivered again.
fn deliver<'w>(world: &Ports, lookup: &Cache, queue: QueueName, batch: &[&'w Waiting]) -> Vec<&'w Waiting> {
    match queue {
        QueueName::Inbound => {
            let arrival = |w: &&Waiting| Arrival {
                message: serde_json::from_str::<InboundOrder>(&w.message.body).unwrap(),
                receives: w.before + 1,
            };
            let outcomes = finish(accept_orders(world, lookup, batch.iter().map(arrival).collect()));
            batch.iter().zip(outcomes).filter(|(_, o)| matches!(o, Outcome::Again(_))).map(|(w, _)| *w).collect()
        }
        QueueName::StockHints => {
            let hints: Vec<StockHint> = batch.iter().map(|w| serde_json::from_str(&w.message.body).unwrap()).collect();
            if finish(publish_stock(world, lookup, &hints)).failed.is_empty() { Vec::new() } else { batch.to_vec() }
        }
        QueueName::OrderUpdates => {
            let told = |w: &&Waiting| {
                let due: OrderUpdateDue = serde_json::from_str(&w.message.body).unwrap();
                finish(tell_order(world, lookup, &due)).is_ok()
            };
            batch.iter().filter(|w| !told(w)).copied().collect()
        }
    }
}
