//! A merchant's own queue, in which a channel leaves notifications.

use super::lock;
use async_trait::async_trait;
use ports::{Error, ErrorKind, NotificationQueue, QueuedNotification, Result};
use std::collections::BTreeMap;
use std::sync::Mutex;

#[derive(Debug, Default)]
struct State {
    waiting: Vec<(String, String)>,
    hidden: BTreeMap<String, (String, String)>,
    taken: u64,
    /// Calls that fail, from the next on.
    down: u32,
}

/// All such queues, by their address.
#[derive(Debug, Default)]
pub struct MemoryNotifications {
    state: Mutex<State>,
}

impl MemoryNotifications {
    /// The channel leaves a notification.
    pub fn leave(&self, address: &str, body: &str) {
        lock(&self.state).waiting.push((address.to_owned(), body.to_owned()));
    }

    /// What was taken and not deleted comes again.
    pub fn comes_again(&self) {
        let mut state = lock(&self.state);
        let hidden = std::mem::take(&mut state.hidden);
        state.waiting.extend(hidden.into_values());
    }

    /// The next so many calls fail.
    pub fn is_down(&self, calls: u32) {
        lock(&self.state).down = calls;
    }

    /// Notifications that were not deleted.
    pub fn left(&self) -> usize {
        let state = lock(&self.state);
        state.waiting.len() + state.hidden.len()
    }
}

fn fails(state: &mut State) -> Result<()> {
    if state.down == 0 {
        return Ok(());
    }
    state.down -= 1;
    Err(Error::new(ErrorKind::Unavailable, "notifications", "planned: down for now"))
}

#[async_trait]
impl NotificationQueue for MemoryNotifications {
    async fn take(&self, address: &str, most: usize) -> Result<Vec<QueuedNotification>> {
        let mut state = lock(&self.state);
        fails(&mut state)?;
        let mut found = Vec::new();
        while found.len() < most
            && let Some(at) = state.waiting.iter().position(|(of, _)| of == address)
        {
            let one = state.waiting.remove(at);
            state.taken += 1;
            let receipt = state.taken.to_string();
            found.push(QueuedNotification { receipt: receipt.clone(), body: one.1.clone().into() });
            state.hidden.insert(receipt, one);
        }
        Ok(found)
    }

    async fn delete(&self, _: &str, receipts: Vec<String>) -> Result<()> {
        let mut state = lock(&self.state);
        fails(&mut state)?;
        for receipt in receipts {
            state.hidden.remove(&receipt);
        }
        Ok(())
    }
}
