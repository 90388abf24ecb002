//! Queues in which channels leave notifications, as one machine reads them: those of this machine lie in the file of all queues, by an address
//! of their own; those of the merchant's AWS account are read with the credentials of the surroundings.

use super::{Handing, Queues, Store, file_error};
use async_trait::async_trait;
use aws::SqsNotifications;
use aws::connect::surroundings;
use bytes::Bytes;
use http::StatusCode;
use ports::{Clock, Error, ErrorKind, Http, NotificationQueue, QueuedNotification, Request, Response, Result};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// How an address begins that is a queue of this machine: `queue://orders`.
const HERE: &str = "queue://";
/// What was taken and not deleted comes again after this, as on AWS.
const HIDDEN_MS: i64 = 120_000;

/// The name that a queue has in the file, if it is one of this machine; no queue of the template is called so.
fn named(address: &str) -> Option<String> {
    let name = address.strip_prefix(HERE)?.trim_end_matches('/');
    Some(format!("left:{name}"))
}

/// All queues that a connection may name.
pub struct Left {
    here: Arc<Queues>,
    /// Made when the first is asked for: most merchants have none.
    cloud: OnceCell<SqsNotifications>,
}

impl Left {
    /// Those of this machine lie with the other queues.
    pub fn new(here: Arc<Queues>) -> Self {
        Self { here, cloud: OnceCell::new() }
    }

    async fn cloud(&self) -> &SqsNotifications {
        self.cloud.get_or_init(async || SqsNotifications::new(&surroundings().await)).await
    }
}

#[async_trait]
impl NotificationQueue for Left {
    async fn take(&self, address: &str, most: usize) -> Result<Vec<QueuedNotification>> {
        let Some(queue) = named(address) else { return self.cloud().await.take(address, most).await };
        let handing = Handing { queue, most, visibility_ms: HIDDEN_MS, dead_letters: None };
        let now_ms = self.here.clock.now().as_millisecond();
        let batch = self.here.store.receive(handing, now_ms).await.map_err(|e| file_error(&e))?;
        let taken = |one: super::Received| QueuedNotification {
            receipt: format!("{}.{}", one.id, one.receives),
            body: Bytes::from(one.body),
        };
        Ok(batch.messages.into_iter().map(taken).collect())
    }

    async fn delete(&self, address: &str, receipts: Vec<String>) -> Result<()> {
        if named(address).is_none() {
            return self.cloud().await.delete(address, receipts).await;
        }
        let handed_out = |receipt: &String| {
            let (id, receives) = receipt.split_once('.')?;
            Some((id.parse().ok()?, receives.parse().ok()?))
        };
        let unknown = || Error::new(ErrorKind::Bug, "notifications", "a receipt that this queue did not give");
        let all = receipts.iter().map(|receipt| handed_out(receipt).ok_or_else(unknown)).collect::<Result<Vec<_>>>()?;
        self.here.store.delete(all).await.map_err(|e| file_error(&e))
    }
}

/// The way out of simulated channels: what they send to a queue of this machine is left in it, the rest goes out as ever.
pub struct Leaving {
    store: Store,
    clock: Arc<dyn Clock>,
    out: Arc<dyn Http>,
}

impl Queues {
    /// The way out of channels that may leave notifications here.
    pub fn leaving(&self, out: Arc<dyn Http>) -> Leaving {
        Leaving { store: self.store.clone(), clock: Arc::clone(&self.clock), out }
    }
}

#[async_trait]
impl Http for Leaving {
    async fn send(&self, request: Request) -> Result<Response> {
        let Some(queue) = named(&request.uri().to_string()) else { return self.out.send(request).await };
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let now_ms = self.clock.now().as_millisecond();
        self.store.send(&queue, vec![(body, 0)], now_ms).await.map_err(|e| file_error(&e))?;
        let mut answer = Response::new(Bytes::new());
        *answer.status_mut() = StatusCode::OK;
        Ok(answer)
    }
}

#[cfg(test)]
#[path = "left_tests.rs"]
mod tests;
