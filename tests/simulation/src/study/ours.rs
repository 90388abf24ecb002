//! Sluis itself: the engine's own use cases, started as the template starts them, by schedules, queues and webhooks.

use super::house::House;
use super::tasks::Tasks;
use super::time::Bell;
use contracts::{Cause, StockHint};
use domain::ConnectionId;
use engine::{
    Arrival, Correction, Outcome, StockChange, accept_orders, correct_stock, poll_orders, publish_stock, receive_webhook,
};
use futures::future::select;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Delivery, QueueName};
use std::ops::Range;
use std::pin::pin;
use std::sync::{Arc, Mutex};

/// As the template's schedule has it.
const BETWEEN_POLLS: SignedDuration = SignedDuration::from_mins(1);
/// From a queue to a function, milliseconds.
const DELIVERY_MS: Range<i64> = 20..120;
/// Messages that one function is given at a time.
const BATCH: usize = 10;
/// Messages that are not done are delivered again after this.
const HIDDEN: SignedDuration = SignedDuration::from_mins(2);

/// A message on its way to a function.
struct Letter {
    due: Timestamp,
    queue: QueueName,
    body: String,
    receives: u32,
}

/// Sluis at work.
pub(super) struct Ours {
    house: Arc<House>,
    letters: Mutex<Vec<Letter>>,
    returned: Bell,
}

impl Ours {
    /// Sets it to work.
    pub(super) fn start(tasks: &Tasks, house: &Arc<House>, between_polls: Option<SignedDuration>, phase: i32) -> Arc<Self> {
        let ours = Arc::new(Self { house: Arc::clone(house), letters: Mutex::default(), returned: Bell::default() });
        let every = between_polls.unwrap_or(BETWEEN_POLLS);
        for id in house.shops.connections.clone() {
            tasks.start(Arc::clone(&ours).poll(id, every, phase));
        }
        tasks.start(Arc::clone(&ours).carry(tasks.clone()));
        ours
    }

    async fn poll(self: Arc<Self>, id: ConnectionId, every: SignedDuration, phase: i32) {
        let house = &self.house;
        house.time.wait(every * phase / 1000).await;
        loop {
            let round = house.time.wait(every);
            // A channel that refuses is polled next time.
            let _ = poll_orders(&house.world, &house.lookup, &id, Cause::Poll).await;
            round.await;
        }
    }

    /// Carries messages from the queues to functions.
    async fn carry(self: Arc<Self>, tasks: Tasks) {
        loop {
            self.collect();
            let now = self.house.time.now();
            for queue in [QueueName::Inbound, QueueName::StockHints] {
                let mut due: Vec<Letter> =
                    self.letters.lock().unwrap().extract_if(.., |letter| letter.queue == queue && letter.due <= now).collect();
                while !due.is_empty() {
                    let batch = due.drain(..due.len().min(BATCH)).collect();
                    tasks.start(Arc::clone(&self).work(queue, batch));
                }
            }
            let next = self.letters.lock().unwrap().iter().map(|letter| letter.due).min();
            let next = next.unwrap_or(now.checked_add(SignedDuration::from_mins(10)).unwrap());
            let (mail, returned) = (pin!(self.house.mail.rung()), pin!(self.returned.rung()));
            select(select(mail, returned), pin!(self.house.time.until(next))).await;
        }
    }

    fn collect(&self) {
        let now = self.house.time.now();
        for queue in [QueueName::Inbound, QueueName::StockHints] {
            for message in self.house.queue.take(queue) {
                let wait = SignedDuration::try_from(message.delay).unwrap() + self.house.delays.draw(DELIVERY_MS);
                let due = now.checked_add(wait).unwrap();
                self.letters.lock().unwrap().push(Letter { due, queue, body: message.body, receives: 1 });
            }
        }
    }

    /// A function works on a batch.
    async fn work(self: Arc<Self>, queue: QueueName, batch: Vec<Letter>) {
        let (world, lookup) = (&self.house.world, &self.house.lookup);
        let again: Vec<bool> = match queue {
            QueueName::Inbound => {
                let arrival = |l: &Letter| Arrival { message: serde_json::from_str(&l.body).unwrap(), receives: l.receives };
                let outcomes = accept_orders(world, lookup, batch.iter().map(arrival).collect()).await;
                outcomes.iter().map(|outcome| matches!(outcome, Outcome::Again(_))).collect()
            }
            QueueName::StockHints => {
                let hints: Vec<StockHint> = batch.iter().map(|l| serde_json::from_str(&l.body).unwrap()).collect();
                let pushed = publish_stock(world, lookup, &hints).await;
                hints.iter().map(|hint| pushed.failed.contains_key(&hint.sku)).collect()
            }
            // Nobody handles an order in the study.
            QueueName::OrderUpdates => Vec::new(),
        };
        let due = self.house.time.now().checked_add(HIDDEN).unwrap();
        for (letter, _) in batch.into_iter().zip(again).filter(|(_, again)| *again) {
            self.letters.lock().unwrap().push(Letter { due, receives: letter.receives + 1, ..letter });
            self.returned.ring();
        }
    }

    /// A webhook arrives. Answers the status.
    pub(super) async fn hear(&self, connection: &ConnectionId, delivery: &Delivery) -> u16 {
        let House { world, lookup, .. } = &*self.house;
        let received = receive_webhook(world, lookup, connection.as_str(), connection, delivery).await;
        received.map_or_else(|error| error.http_status(), |_| 200)
    }

    /// Goods came in.
    pub(super) async fn receive(&self, product: usize, units: i64) {
        let correction = Correction {
            sku: self.house.sku(product),
            location: crate::shop::location("main"),
            change: StockChange::Add(units),
            reason: "receipt".into(),
            by: "merchant".into(),
        };
        correct_stock(&self.house.world, &correction).await.unwrap();
    }
}
