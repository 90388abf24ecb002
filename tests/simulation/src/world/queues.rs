//! Queues as SQS has them: at least once, in any order, hidden while somebody works on a message, dead after too many tries.

use crate::world::fate::Fate;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, QueueName};
use std::fmt;
use testkit::Stage;

/// Deliveries before a message is dead.
const MOST_RECEIVES: u32 = 5;

/// A message that waits, or is being worked on.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) queue: QueueName,
    pub(super) body: String,
    pub(super) receives: u32,
    visible_at: Timestamp,
}

/// All queues.
#[derive(Debug, Default)]
pub(super) struct Queues {
    messages: Vec<Message>,
    next: u64,
    pub(super) redelivered: u64,
    pub(super) dead: u64,
}

impl Queues {
    /// Takes in what was sent. Now and then a message is there twice.
    pub(super) fn collect(&mut self, stage: &Stage, fate: &Fate) {
        let now = stage.clock.now();
        for queue in [QueueName::Inbound, QueueName::StockHints] {
            for sent in stage.queue.take(queue) {
                let copies = if !fate.is_calm() && fate.below(50) == 0 { 2 } else { 1 };
                for _ in 0..copies {
                    self.next += 1;
                    let visible_at = now.checked_add(SignedDuration::try_from(sent.delay).unwrap()).unwrap();
                    self.messages.push(Message { id: self.next, queue, body: sent.body.clone(), receives: 0, visible_at });
                }
            }
        }
    }

    /// Up to ten messages that are due, any of them, hidden from now on.
    pub(super) fn receive(&mut self, queue: QueueName, now: Timestamp, fate: &Fate) -> Vec<Message> {
        let hidden = match queue {
            QueueName::Inbound => 120,
            QueueName::StockHints => 180,
        };
        let mut due: Vec<usize> = (0..self.messages.len())
            .filter(|n| self.messages[*n].queue == queue && self.messages[*n].visible_at <= now)
            .collect();
        let mut batch = Vec::new();
        let wanted = 1 + fate.below(10);
        while batch.len() < wanted as usize && !due.is_empty() {
            let at = due.swap_remove(fate.below(u32::try_from(due.len()).unwrap()) as usize);
            let message = &mut self.messages[at];
            message.receives += 1;
            message.visible_at = now.checked_add(SignedDuration::from_secs(hidden)).unwrap();
            if message.receives > 1 {
                self.redelivered += 1;
            }
            if message.receives <= MOST_RECEIVES {
                batch.push(message.clone());
            }
        }
        let before = self.messages.len();
        self.messages.retain(|m| m.receives <= MOST_RECEIVES);
        self.dead += (before - self.messages.len()) as u64;
        batch
    }

    /// A message is done.
    pub(super) fn delete(&mut self, id: u64) {
        self.messages.retain(|m| m.id != id);
    }

    /// Nothing waits, and nothing is being worked on.
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

impl fmt::Display for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} messages, the first: {:?}", self.messages.len(), self.messages.first())
    }
}
