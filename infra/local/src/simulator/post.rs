//! Delivers a shop's webhooks, and tells the shop how each one went.

use super::Shop;
use futures::StreamExt;
use ports::{Clock, Http};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Deliveries of one shop under way at once.
const AT_ONCE: usize = 16;
/// A shop tells only what is due now, so it is asked this often for what was put off.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Delivers until told to stop.
pub async fn deliver(from: Arc<Shop>, http: Arc<dyn Http>, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let due = from.outbox();
        if due.is_empty() {
            tokio::select! {
                () = from.something() => {}
                () = clock.sleep(BETWEEN_LOOKS) => {}
                _ = stop.changed() => {}
            }
            continue;
        }
        let sent = futures::stream::iter(due).map(|out| {
            let (from, http) = (&from, &http);
            async move {
                let status = http.send(out.request).await.ok().map(|answer| answer.status().as_u16());
                from.delivered(out.id, status);
            }
        });
        sent.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }
}
