//! Functions: started by a message, a schedule, a delivery or a person; interleaved at every port call, dead at any.

use super::books::OrderKey;
use super::chance::Chance;
use super::queues::Message;
use super::script::Script;
use super::unsteady::seen_from;
use super::{Past, Simulation};
use crate::market::QUEUES;
use contracts::{OrderUpdateDue, StockHint};
use domain::{ConnectionId, RuleChange};
use engine::{
    Arrival, Cache, Correction, Outcome, Ports, Received, accept_orders, correct_stock, keep_subscription, match_listings,
    poll_orders, poll_returns, publish_stock, receive_webhook, sweep_outbox, tell_order,
};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ports::{Delivery, QueueName};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Invocations of one kind side by side.
const SIDE_BY_SIDE: usize = 3;
/// Processes, each with a memory and a clock of its own.
const PROCESSES: usize = 3;
/// What can be replayed.
const MOST_PAST: usize = 400;
/// What the schedules begin, and how often, as `infra/template.yaml` has it.
const SCHEDULES: [(&str, SignedDuration); 4] = [
    ("poll", SignedDuration::from_mins(1)),
    ("returns", SignedDuration::from_mins(10)),
    ("subscription", SignedDuration::from_hours(1)),
    ("listings", SignedDuration::from_hours(6)),
];

/// A task of a schedule that failed is tried again after this time.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// A process that runs functions.
pub(super) struct Process {
    memory: Arc<Cache>,
    ahead: SignedDuration,
}

impl Process {
    pub(super) fn all(script: &Script, chance: &Chance) -> Vec<Self> {
        let ahead = || if script.clocks_differ { i64::from(chance.below(2000)) - 1000 } else { 0 };
        (0..PROCESSES).map(|_| Self { memory: Arc::default(), ahead: SignedDuration::from_millis(ahead()) }).collect()
    }
}

/// What a function answered.
pub(super) enum Answer {
    /// These messages are done, at these deliveries.
    Consumed(Vec<(u64, u32)>),
    /// A schedule's task ended, well or not.
    Scheduled(ConnectionId, &'static str, bool),
    /// To this delivery of this connection; with what it says it stored, or a status.
    Answered(ConnectionId, Option<u64>, Result<Received, u16>),
    /// To a person who asked for a correction.
    Corrected(bool),
    /// To a person who asked for the transfer of this number.
    Moved(u32, bool),
    /// To a person who said this of a product, for a connection or for all, under this number.
    Ruled { number: u32, connection: Option<ConnectionId>, change: RuleChange, done: Result<(), String> },
    /// To a person who asked for something about an order, under this mark.
    Handled(OrderKey, String, Result<(), String>),
}

/// A function under way.
pub(super) struct Task {
    pub(super) id: u64,
    pub(super) name: String,
    kind: &'static str,
    process: usize,
    pub(super) began: Timestamp,
    /// Orders and hints that it put on the queues.
    pub(super) sent: (usize, usize),
    /// Things that it parked.
    pub(super) parked: usize,
    /// Turns for which it stands still.
    pub(super) stalled: u32,
    future: Pin<Box<dyn Future<Output = Answer>>>,
}

impl Task {
    /// Whether it is one that takes orders in.
    pub(super) fn takes_in(&self) -> bool {
        self.kind == "intake"
    }

    /// Whether it is one that tells channels figures. If another does, the next one that may is found to write what it does not hold.
    pub(super) fn may_push(&self) -> bool {
        self.kind == "fanout"
    }
}

fn word(done: bool) -> &'static str {
    if done { "done" } else { "not done, or not for sure" }
}

/// A function is stopped after this time, as `infra/template.yaml` has it.
fn timeout(kind: &str) -> SignedDuration {
    SignedDuration::from_secs(match kind {
        "webhook" | "page" => 10,
        "intake" => 20,
        "fanout" => 30,
        _ => 50,
    })
}

impl Simulation<'_> {
    /// Starts a function in any process.
    pub(super) fn start<F>(&mut self, kind: &'static str, name: String, work: impl FnOnce(Ports, Arc<Cache>) -> F)
    where
        F: Future<Output = Answer> + 'static,
    {
        let began = self.now();
        let process = self.chance.place(self.processes.len());
        self.note(&format!("start {name}"));
        let Process { memory, ahead } = &self.processes[process];
        let world = seen_from(&self.world, &self.market.stage.clock, *ahead, self.jump.ahead());
        let world = if let Some(around) = &self.around { around(kind, world) } else { world };
        let future = Box::pin(work(world, Arc::clone(memory)));
        self.watch.tasks += 1;
        let id = self.watch.tasks;
        self.tasks.push(Task { id, name, kind, process, began, sent: (0, 0), parked: 0, stalled: 0, future });
    }

    /// Some function makes its next port call.
    pub(super) fn advance(&mut self) {
        let Some(at) = self.whose_turn() else { return self.pass_a_while(20) };
        let mut task = self.tasks.swap_remove(at);
        let now = self.now();
        if now.duration_since(task.began) > timeout(task.kind) {
            self.report.timeouts += 1;
            self.note(&format!("out of time: {}", task.name));
            return;
        }
        let calls = self.chance.calls();
        let polled = task.future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.observe(Some(&mut task));
        match polled {
            Poll::Ready(answer) => self.end(&task, answer),
            Poll::Pending => {
                if self.chance.calls() == calls {
                    // It waits: so that others need not wait for long until it goes on.
                    self.pass_a_while(20);
                }
                self.tasks.push(task);
            }
        }
    }

    fn end(&mut self, task: &Task, answer: Answer) {
        match answer {
            Answer::Consumed(done) => {
                self.note(&format!("end {}: {} done", task.name, done.len()));
                for delivered in done {
                    self.queues.delete(delivered);
                }
                if task.may_push() {
                    self.check_words();
                }
            }
            Answer::Scheduled(id, kind, well) => {
                self.note(&format!("end {}: {}", task.name, if well { "well" } else { "failed" }));
                let since = self.changed_at.get(&id);
                if well && kind == "listings" && since.is_none_or(|since| *since < task.began) {
                    self.unmatched.remove(&id);
                }
                let every = SCHEDULES.iter().find(|(name, _)| *name == kind).map_or(TRY_AGAIN, |(_, every)| *every);
                if !well && every > TRY_AGAIN {
                    let as_if_begun = self.now().checked_sub(every - TRY_AGAIN).unwrap_or(task.began);
                    self.begun.insert((id, kind), as_if_begun);
                }
            }
            Answer::Answered(id, delivery, stored) => {
                let status = stored.as_ref().map_or_else(|status| *status, |_| 200);
                self.note(&format!("end {}: {status}", task.name));
                self.check_stored(task, stored.ok());
                if let Some(delivery) = delivery {
                    self.market.on(&id, |side, now| side.delivered(now, delivery, Some(status)));
                }
            }
            Answer::Corrected(done) => self.note(&format!("end {}: {}", task.name, word(done))),
            Answer::Moved(number, done) => {
                self.note(&format!("end {}: {}", task.name, word(done)));
                self.watch.moved(number, done);
            }
            Answer::Ruled { number, connection, change, done } => {
                self.note(&format!("end {}: {}", task.name, done.as_ref().err().map_or("done", String::as_str)));
                self.check_ruled(number, connection.as_ref(), &change, done.is_ok());
            }
            Answer::Handled(order, mark, done) => {
                let how = done.as_ref().err().map_or("done", String::as_str);
                self.note(&format!("end {}: {how}", task.name));
                *self.report.handled.entry(if done.is_ok() { "done" } else { "declined" }).or_default() += 1;
                if done.is_ok() {
                    self.check_handled(&order, &mark);
                }
            }
        }
    }

    /// Some function dies, and the memory of its process.
    pub(super) fn crash(&mut self) {
        if self.tasks.is_empty() {
            return;
        }
        let task = self.tasks.swap_remove(self.chance.place(self.tasks.len()));
        self.processes[task.process].memory = Arc::default();
        self.report.crashes += 1;
        self.note(&format!("crash {}", task.name));
    }

    /// A new version: every function stops where it is, and all memory is lost.
    pub(super) fn redeploy(&mut self) {
        self.report.crashes += self.tasks.len() as u64;
        self.tasks.clear();
        for process in &mut self.processes {
            process.memory = Arc::default();
        }
    }

    fn running(&self, kind: &str) -> usize {
        self.tasks.iter().filter(|t| t.kind == kind).count()
    }

    /// A batch of messages is worked on.
    pub(super) fn start_consumer(&mut self) {
        let queue = QUEUES[self.chance.place(QUEUES.len())];
        let kind = match queue {
            QueueName::Inbound => "intake",
            QueueName::StockHints => "fanout",
            QueueName::OrderUpdates => "updates",
        };
        if self.running(kind) >= SIDE_BY_SIDE {
            return;
        }
        let batch = self.queues.receive(queue, self.now(), &self.chance);
        if batch.is_empty() {
            return;
        }
        self.worked_at = self.now();
        let ids: Vec<(u64, u32)> = batch.iter().map(|m| (m.id, m.receives)).collect();
        let name = format!("{kind} {:?}", batch.iter().map(|m| m.id).collect::<Vec<_>>());
        for message in batch.iter().filter(|m| m.was_not_hidden && queue == QueueName::Inbound) {
            let order: contracts::InboundOrder = serde_json::from_str(&message.body).unwrap();
            self.worked_on_twice.insert((order.connection, order.number));
        }
        match queue {
            QueueName::Inbound => self.start(kind, name, |world, memory| async move {
                let arrival = |m: &Message| Arrival { message: serde_json::from_str(&m.body).unwrap(), receives: m.receives };
                let outcomes = accept_orders(&world, &memory, batch.iter().map(arrival).collect()).await;
                let done = ids.into_iter().zip(outcomes).filter(|(_, o)| matches!(o, Outcome::Done)).map(|(id, _)| id);
                Answer::Consumed(done.collect())
            }),
            QueueName::StockHints => {
                let hints: Vec<StockHint> = batch.iter().map(|m| serde_json::from_str(&m.body).unwrap()).collect();
                let of = |hint: &StockHint| {
                    format!("{}{}", hint.sku, hint.connection.as_ref().map_or(String::new(), |c| format!(" at {c}")))
                };
                let name = format!("{name}: {}", hints.iter().map(of).collect::<Vec<_>>().join(", "));
                self.start(kind, name, |world, memory| async move {
                    let failed = publish_stock(&world, &memory, &hints).await.failed;
                    let done = ids.into_iter().zip(&hints).filter(|(_, hint)| !failed.contains_key(&hint.sku)).map(|(id, _)| id);
                    Answer::Consumed(done.collect())
                });
            }
            QueueName::OrderUpdates => {
                let due: Vec<OrderUpdateDue> = batch.iter().map(|m| serde_json::from_str(&m.body).unwrap()).collect();
                let name = format!("{name}: {}", due.iter().map(|one| one.id.clone()).collect::<Vec<_>>().join(", "));
                self.start(kind, name, |world, memory| async move {
                    let told = join_all(due.iter().map(|one| tell_order(&world, &memory, one))).await;
                    let done = ids.into_iter().zip(told).filter(|(_, told)| told.is_ok()).map(|(id, _)| id);
                    Answer::Consumed(done.collect())
                });
            }
        }
    }

    /// What the schedules begin for any one connection, if it is time.
    pub(super) fn start_scheduled(&mut self) {
        let id = self.market.connections[self.chance.place(self.market.connections.len())].clone();
        self.start_due(&id);
    }

    /// As `start_scheduled`, for all.
    pub(super) fn start_all_scheduled(&mut self) {
        for id in self.market.connections.clone() {
            self.start_due(&id);
        }
    }

    fn start_due(&mut self, id: &ConnectionId) {
        for (kind, every) in SCHEDULES {
            let is_due = self.begun.get(&(id.clone(), kind)).is_none_or(|last| self.now().duration_since(*last) >= every);
            if is_due && self.connected.contains(id) {
                self.begin(id.clone(), kind);
            }
        }
    }

    /// Begins a task of a schedule.
    pub(super) fn begin(&mut self, id: ConnectionId, kind: &'static str) {
        self.begun.insert((id.clone(), kind), self.now());
        // One job polls all connections and looks what was lost; here one of them stands for it.
        let sweeps = self.connected.first() == Some(&id);
        self.start(kind, format!("{kind} {id}"), move |world, memory| async move {
            let well = match kind {
                "poll" => {
                    let swept = !sweeps || sweep_outbox(&world).await.is_ok();
                    poll_orders(&world, &memory, &id, contracts::Cause::Poll).await.is_ok() && swept
                }
                "returns" => poll_returns(&world, &memory, &id).await.is_ok(),
                "listings" => match_listings(&world, &memory, &id).await.is_ok(),
                _ => keep_subscription(&world, &memory, &id, "https://sluis.example.test").await.is_ok(),
            };
            Answer::Scheduled(id, kind, well)
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
                self.remember(Past::Delivered(id.clone(), delivery.clone()));
                self.deliver(id.clone(), Some(outgoing.id), delivery);
            }
        }
    }

    /// A delivery arrives; the channel hears how that went if it sent it just now.
    pub(super) fn deliver(&mut self, id: ConnectionId, number: Option<u64>, delivery: Delivery) {
        let name = number.map_or_else(|| format!("webhook {id}, again"), |number| format!("webhook {id} {number}"));
        self.start("webhook", name, move |world, memory| async move {
            let received = receive_webhook(&world, &memory, id.as_str(), &id, &delivery).await;
            Answer::Answered(id, number, received.map_err(|error| error.http_status()))
        });
    }

    /// A person at the page asks for a correction.
    pub(super) fn correct(&mut self, correction: Correction) {
        let number = self.corrections;
        self.start("page", format!("correction {number}"), move |world, _| async move {
            Answer::Corrected(correct_stock(&world, &correction).await.is_ok())
        });
    }

    /// Keeps something that may come again.
    pub(super) fn remember(&mut self, past: Past) {
        if self.past.len() < MOST_PAST {
            self.past.push(past);
        }
    }

    /// What the last step put on the queues becomes visible there, and durable in the books.
    pub(super) fn collect(&mut self, task: Option<&mut Task>) {
        let now = self.now();
        let sent = self.queues.collect(&self.market.stage, now, &self.chance);
        let (mut orders, mut hints) = (0, 0);
        for (id, queue, body) in sent {
            self.watch.private(&body, "a message");
            match queue {
                QueueName::Inbound => {
                    orders += 1;
                    let message: contracts::InboundOrder = serde_json::from_str(&body).unwrap();
                    let order: OrderKey = (message.connection, message.number);
                    self.note(&format!("message {id} tells of order {} of {} ({:?})", order.1, order.0, message.cause));
                    // Stamps are whole seconds, and stand for all of theirs.
                    let told = message.snapshot.as_ref().and_then(|s| s.stamp).map(|at| at + SignedDuration::from_secs(1));
                    let cancelled = message.snapshot.map(|s| s.lines.iter().map(|line| line.cancelled.units()).sum());
                    self.books.is_durable(&order, told.unwrap_or(now), cancelled);
                }
                QueueName::StockHints => hints += 1,
                QueueName::OrderUpdates => {}
            }
            self.remember(Past::Sent(queue, body));
        }
        if let Some(task) = task {
            task.sent = (task.sent.0 + orders, task.sent.1 + hints);
        }
        for event in self.market.stage.bus.take() {
            self.watch.private(&event.detail, "an event");
            self.bus.publish(event.detail, now, &self.chance);
        }
        self.bus.deliver(now);
    }
}
