//! Functions: started by a message, a schedule or a delivery, interleaved at every port call, dead at any.

use super::Simulation;
use crate::world::queues::Message;
use contracts::StockHint;
use domain::ConnectionId;
use engine::{Arrival, Outcome, accept_orders, poll_orders, publish_stock, receive_webhook};
use jiff::{SignedDuration, Timestamp};
use ports::{Delivery, QueueName};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// A function is stopped after this time.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(30);
/// Invocations of one kind side by side.
const SIDE_BY_SIDE: usize = 3;
/// Between two polls of a connection.
const BETWEEN_POLLS: SignedDuration = SignedDuration::from_secs(30);

/// What a function answered.
pub(super) enum Answer {
    /// These messages are done.
    Consumed(Vec<u64>),
    Polled,
    /// To this delivery of this connection, with this status.
    Answered(ConnectionId, u64, u16),
}

/// A function under way.
pub(super) struct Task {
    name: String,
    kind: &'static str,
    began: Timestamp,
    future: Pin<Box<dyn Future<Output = Answer>>>,
}

impl Simulation {
    fn start(&mut self, kind: &'static str, name: String, future: impl Future<Output = Answer> + 'static) {
        let began = self.now();
        self.note(|| format!("start {name}"));
        self.tasks.push(Task { name, kind, began, future: Box::pin(future) });
    }

    /// Some function makes its next port call.
    pub(super) fn advance(&mut self) {
        let at = self.fate.below(u32::try_from(self.tasks.len()).unwrap()) as usize;
        let now = self.now();
        if now.duration_since(self.tasks[at].began) > TIMEOUT {
            let task = self.tasks.swap_remove(at);
            self.note(|| format!("stopped {}", task.name));
            return;
        }
        let Poll::Ready(answer) = self.tasks[at].future.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { return };
        let task = self.tasks.swap_remove(at);
        match answer {
            Answer::Consumed(done) => {
                self.note(|| format!("end {}: {} done", task.name, done.len()));
                for id in done {
                    self.queues.delete(id);
                }
            }
            Answer::Polled => self.note(|| format!("end {}", task.name)),
            Answer::Answered(id, delivery, status) => {
                self.note(|| format!("end {}: {status}", task.name));
                self.market.on(&id, |side, now| side.delivered(now, delivery, Some(status)));
            }
        }
    }

    /// Some function dies, and the memory it shares with others of its process.
    pub(super) fn crash(&mut self) {
        if self.tasks.is_empty() || self.fate.is_calm() {
            return;
        }
        let at = self.fate.below(u32::try_from(self.tasks.len()).unwrap()) as usize;
        let task = self.tasks.swap_remove(at);
        self.memory = Arc::default();
        self.report.crashes += 1;
        self.note(|| format!("crash {}", task.name));
    }

    fn running(&self, kind: &str) -> usize {
        self.tasks.iter().filter(|t| t.kind == kind).count()
    }

    /// A batch of messages is worked on.
    pub(super) fn start_consumer(&mut self) {
        let queue = if self.fate.below(2) == 0 { QueueName::Inbound } else { QueueName::StockHints };
        let kind = if queue == QueueName::Inbound { "intake" } else { "fanout" };
        if self.running(kind) >= SIDE_BY_SIDE {
            return;
        }
        let batch = self.queues.receive(queue, self.now(), &self.fate);
        if batch.is_empty() {
            return;
        }
        self.worked_at = self.now();
        let ids: Vec<u64> = batch.iter().map(|m| m.id).collect();
        let (world, memory) = (self.world.clone(), Arc::clone(&self.memory));
        let name = format!("{kind} {ids:?}");
        match queue {
            QueueName::Inbound => self.start(kind, name, async move {
                let arrival = |m: &Message| Arrival { message: serde_json::from_str(&m.body).unwrap(), receives: m.receives };
                let outcomes = accept_orders(&world, &memory, batch.iter().map(arrival).collect()).await;
                let done = ids.into_iter().zip(outcomes).filter(|(_, o)| matches!(o, Outcome::Done)).map(|(id, _)| id);
                Answer::Consumed(done.collect())
            }),
            QueueName::StockHints => self.start(kind, name, async move {
                let hints: Vec<StockHint> = batch.iter().map(|m| serde_json::from_str(&m.body).unwrap()).collect();
                let failed = publish_stock(&world, &memory, &hints).await.failed;
                let done = ids.into_iter().zip(&hints).filter(|(_, hint)| !failed.contains_key(&hint.sku)).map(|(id, _)| id);
                Answer::Consumed(done.collect())
            }),
        }
    }

    /// A connection is polled, if it is time.
    pub(super) fn start_poll(&mut self) {
        let at = self.fate.below(u32::try_from(self.market.connections.len()).unwrap()) as usize;
        let id = self.market.connections[at].clone();
        let now = self.now();
        if self.polled.get(&id).is_some_and(|last| now.duration_since(*last) < BETWEEN_POLLS) {
            return;
        }
        self.polled.insert(id.clone(), now);
        let (world, memory) = (self.world.clone(), Arc::clone(&self.memory));
        self.start("poll", format!("poll {id}"), async move {
            let _ = poll_orders(&world, &memory, &id, contracts::Cause::Poll).await;
            Answer::Polled
        });
    }

    /// Deliveries that are due arrive.
    pub(super) fn start_webhooks(&mut self) {
        for id in self.market.connections.clone() {
            for outgoing in self.market.on(&id, |side, now| side.outbox(now)) {
                let headers =
                    outgoing.request.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned()));
                let delivery =
                    Delivery { headers: headers.collect(), body: outgoing.request.body().clone(), received_at: self.now() };
                let (world, memory, id) = (self.world.clone(), Arc::clone(&self.memory), id.clone());
                self.start("webhook", format!("webhook {id} {}", outgoing.id), async move {
                    let received = receive_webhook(&world, &memory, id.as_str(), &id, &delivery).await;
                    Answer::Answered(id, outgoing.id, received.map_or_else(|error| error.http_status(), |_| 200))
                });
            }
        }
    }
}
