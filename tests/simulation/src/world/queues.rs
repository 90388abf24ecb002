//! Queues as SQS has them: at least once, in any order, hidden while somebody works on a message (but not always), dead after too
//! many tries.

use super::chance::Chance;
use crate::market::QUEUES;
use contracts::StockHint;
use domain::{ConnectionId, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::QueueName;
use testkit::Stage;

/// Deliveries before a message is dead, as `infra/template.yaml` has it.
const MOST_RECEIVES: u32 = 5;

/// A message that waits, or is being worked on.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) queue: QueueName,
    pub(super) body: String,
    pub(super) receives: u32,
    /// It was not hidden at a delivery: two may have worked on it at once.
    pub(super) was_not_hidden: bool,
    visible_at: Timestamp,
}

/// All queues.
#[derive(Debug, Default)]
pub(super) struct Queues {
    messages: Vec<Message>,
    dead: Vec<Message>,
    next: u64,
    pub(super) redelivered: u64,
    pub(super) overlapped: u64,
    pub(super) doubled: u64,
    pub(super) died: u64,
}

impl Queues {
    /// Takes in what was sent, and answers it. Now and then a message is there twice.
    pub(super) fn collect(&mut self, stage: &Stage, now: Timestamp, chance: &Chance) -> Vec<(u64, QueueName, String)> {
        let mut sent = Vec::new();
        for queue in QUEUES {
            for message in stage.queue.take(queue) {
                let visible_at = now.saturating_add(SignedDuration::try_from(message.delay).unwrap_or_default()).unwrap_or(now);
                if chance.mischief(50) {
                    self.doubled += 1;
                    self.put(queue, message.body.clone(), visible_at);
                }
                let id = self.put(queue, message.body.clone(), visible_at);
                sent.push((id, queue, message.body));
            }
        }
        sent
    }

    /// Puts a message on a queue. Answers its number.
    pub(super) fn put(&mut self, queue: QueueName, body: String, visible_at: Timestamp) -> u64 {
        self.next += 1;
        self.messages.push(Message { id: self.next, queue, body, receives: 0, was_not_hidden: false, visible_at });
        self.next
    }

    /// Up to ten messages that are due, any of them, hidden from now on. Hiding is a promise that is not always kept.
    pub(super) fn receive(&mut self, queue: QueueName, now: Timestamp, chance: &Chance) -> Vec<Message> {
        let hidden = SignedDuration::from_secs(match queue {
            QueueName::Inbound => 120,
            QueueName::StockHints | QueueName::OrderUpdates => 180,
        });
        let mut due: Vec<usize> = (0..self.messages.len())
            .filter(|n| self.messages[*n].queue == queue && self.messages[*n].visible_at <= now)
            .collect();
        let mut batch = Vec::new();
        let wanted = 1 + chance.place(10);
        while batch.len() < wanted && !due.is_empty() {
            let message = &mut self.messages[due.swap_remove(chance.place(due.len()))];
            message.receives += 1;
            self.redelivered += u64::from(message.receives > 1);
            if message.receives > MOST_RECEIVES {
                continue;
            }
            let hides = !chance.mischief(40);
            message.was_not_hidden |= !hides;
            batch.push(message.clone());
            if hides {
                message.visible_at = now.saturating_add(hidden).unwrap_or(now);
            } else {
                self.overlapped += 1;
            }
        }
        let dead: Vec<Message> = self.messages.extract_if(.., |m| m.receives > MOST_RECEIVES).collect();
        self.died += dead.len() as u64;
        self.dead.extend(dead);
        batch
    }

    /// A message is done, says who got it at its so-manieth delivery. The receipt of an earlier delivery deletes nothing once there was
    /// a later one, as SQS warns.
    pub(super) fn delete(&mut self, (id, receives): (u64, u32)) {
        self.messages.retain(|m| m.id != id || m.receives != receives);
    }

    /// Somebody puts the dead letters back. Answers how many there were.
    pub(super) fn redrive(&mut self, now: Timestamp) -> usize {
        let dead = std::mem::take(&mut self.dead);
        let count = dead.len();
        self.messages.extend(dead.into_iter().map(|m| Message { receives: 0, visible_at: now, ..m }));
        count
    }

    /// Nothing waits, and nothing is being worked on.
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Messages died, and nobody has put them back.
    pub(super) fn has_dead_letters(&self) -> bool {
        !self.dead.is_empty()
    }

    /// Whether a hint of a listing is on its way, or being worked on.
    pub(super) fn hints_at(&self, sku: &Sku, connection: &ConnectionId) -> bool {
        let hints = self.messages.iter().chain(&self.dead).filter(|message| message.queue == QueueName::StockHints);
        let mut hints = hints.map(|message| serde_json::from_str::<StockHint>(&message.body).unwrap());
        hints.any(|hint| hint.sku == *sku && hint.connection.is_none_or(|only| only == *connection))
    }

    /// Messages that died, and that nobody has put back.
    pub(super) fn dead_letters(&self) -> &[Message] {
        &self.dead
    }

    /// When the next message is due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.messages.iter().map(|m| m.visible_at).min()
    }

    /// For people who wonder why it does not come to rest.
    pub(super) fn told(&self) -> String {
        format!("{} messages, the first: {:?}", self.messages.len(), self.messages.first())
    }
}
