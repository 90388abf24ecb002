//! Feeds a function from a queue, as the cloud's mapping does: several batches side by side, what succeeded is deleted, what did
//! not comes again when it is visible again.

use super::{Handing, Queues};
use crate::topology::Mapping;
use jiff::SignedDuration;
use lambda_kit::{Batch, BatchHandler, Record, handle_guarded};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two tries when the queue file cannot be read.
const REST: Duration = Duration::from_secs(1);

/// The workers of one mapping.
pub struct Crew {
    /// Where from and how many at once.
    pub mapping: Mapping,
    /// Batches side by side.
    pub workers: usize,
}

impl Crew {
    /// Works until told to stop; batches begun are finished.
    pub async fn run(self, queues: Arc<Queues>, handler: Arc<dyn BatchHandler>, stop: watch::Receiver<bool>) {
        let Some(spec) = queues.specs.iter().find(|q| q.name == self.mapping.queue).cloned() else { return };
        let handing = Handing {
            queue: spec.name.clone(),
            most: self.mapping.batch_size,
            visibility_ms: i64::try_from(spec.visibility.as_millis()).unwrap_or(i64::MAX),
            dead_letters: spec.dead_letters.map(|d| (d.queue, d.after)),
        };
        let timeout = SignedDuration::try_from(self.mapping.timeout).unwrap_or(SignedDuration::from_secs(30));
        let workers = (0..self.workers).map(|_| worker(&queues, &handing, timeout, handler.as_ref(), stop.clone()));
        futures::future::join_all(workers).await;
    }
}

async fn worker(
    queues: &Queues,
    handing: &Handing,
    timeout: SignedDuration,
    handler: &dyn BatchHandler,
    mut stop: watch::Receiver<bool>,
) {
    let news = queues.news(&handing.queue);
    while !*stop.borrow() {
        let now_ms = queues.clock.now().as_millisecond();
        let batch = match queues.store.receive(handing.clone(), now_ms).await {
            Ok(batch) => batch,
            Err(error) => {
                tracing::error!(queue = handing.queue, %error, "the queue file cannot be read");
                queues.clock.sleep(REST).await;
                continue;
            }
        };
        if batch.died > 0 {
            tracing::warn!(queue = handing.queue, messages = batch.died, "gave up on messages: they are dead letters now");
        }
        if batch.messages.is_empty() {
            if batch.died == 0 {
                wait(queues, &news, batch.next_at_ms.map(|at| at - now_ms), &mut stop).await;
            }
            continue;
        }
        if batch.messages.len() == handing.most {
            // There is probably more: one more worker may look.
            news.notify_one();
        }
        let record = |m: &super::Received| Record { id: m.id.to_string(), body: m.body.clone(), receives: m.receives };
        let records = batch.messages.iter().map(record).collect();
        let deadline = queues.clock.now().saturating_add(timeout).unwrap_or(jiff::Timestamp::MAX);
        let failed = handle_guarded(handler, Batch { records, deadline }).await.failed;
        let done = batch.messages.iter().filter(|m| !failed.contains(&m.id.to_string())).map(|m| (m.id, m.receives)).collect();
        if let Err(error) = queues.store.delete(done).await {
            // They come again; taking an order in twice does nothing.
            tracing::error!(queue = handing.queue, %error, "messages that are done could not be deleted");
        }
    }
}

/// Until there is news, or the next hidden message can be had.
async fn wait(queues: &Queues, news: &tokio::sync::Notify, hidden_for_ms: Option<i64>, stop: &mut watch::Receiver<bool>) {
    let hidden = async {
        match hidden_for_ms.and_then(|ms| u64::try_from(ms).ok()) {
            Some(ms) => queues.clock.sleep(Duration::from_millis(ms)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = news.notified() => {}
        () = hidden => {}
        _ = stop.changed() => {}
    }
}
