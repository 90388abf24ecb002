//! Delivers a shop's webhooks, and tells the shop how each one went.

use super::Shop;
use futures::StreamExt;
use ports::{Clock, Http, Request};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Deliveries of one shop under way at once.
const AT_ONCE: usize = 16;
/// A shop tells only what is due now, so it is asked this often for what was put off.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Whether it would be left in a queue of an AWS account: nothing that is simulated reaches one.
fn is_of_an_account(request: &Request) -> bool {
    request.uri().host().is_some_and(|host| host.ends_with(".amazonaws.com"))
}

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
                // As a queue answers. What would lie in it, polls find.
                let status = if is_of_an_account(&out.request) {
                    Some(200)
                } else {
                    http.send(out.request).await.ok().map(|answer| answer.status().as_u16())
                };
                from.delivered(out.id, status);
            }
        });
        sent.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }
}
