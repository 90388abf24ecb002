//! Takes what channels deliver to `/hooks/{channel}/{connection}`: checked, durable, then answered (I8).
//!
//! A channel delivers again what is answered 5xx, and switches the webhook off where that goes on; so 503 is for what was not
//! stored and may be later, and nothing else.

use async_trait::async_trait;
use domain::ConnectionId;
use engine::{Cache, Ports, receive_webhook};
use lambda_kit::{HttpAnswer, HttpCall, HttpHandler};
use ports::{Delivery, Error, ErrorKind};

/// Bytes of a delivery at most: the largest order any channel sends is a tenth of it.
pub const LARGEST_DELIVERY: usize = 1024 * 1024;

/// The handler.
pub struct WebhookIngest {
    world: Ports,
    lookup: Cache,
}

impl WebhookIngest {
    /// Receives through these ports.
    pub fn new(world: Ports) -> Self {
        Self { world, lookup: Cache::default() }
    }
}

#[async_trait]
impl HttpHandler for WebhookIngest {
    async fn handle(&self, call: HttpCall) -> HttpAnswer {
        let Some((channel, connection)) = address(&call.path) else { return not_found() };
        if call.method.as_str() != "POST" {
            return HttpAnswer::text(405, "Deliver with POST.");
        }
        if call.body.len() > LARGEST_DELIVERY {
            return HttpAnswer::text(413, "A delivery is at most 1 MiB.");
        }
        let delivery = Delivery { headers: call.headers.clone(), body: call.body.clone(), received_at: call.received_at };
        match receive_webhook(&self.world, &self.lookup, channel, &connection, &delivery).await {
            Ok(_) => HttpAnswer::empty(200),
            Err(error) => refused(&connection, &error),
        }
    }
}

fn address(path: &str) -> Option<(&str, ConnectionId)> {
    let (channel, connection) = path.strip_prefix("/hooks/")?.split_once('/')?;
    Some((channel, ConnectionId::new(connection).ok()?))
}

fn not_found() -> HttpAnswer {
    HttpAnswer::text(404, "Nothing is delivered here. The address is /hooks/{channel}/{connection}.")
}

/// Tells the channel only what it needs: the rest is in the log.
fn refused(connection: &ConnectionId, error: &Error) -> HttpAnswer {
    tracing::warn!(%connection, operation = error.operation, kind = ?error.kind, detail = error.detail, "a delivery was refused");
    match error.kind {
        ErrorKind::Unauthorized => HttpAnswer::text(401, "The signature is missing or wrong."),
        ErrorKind::NotFound => not_found(),
        ErrorKind::BadInput
        | ErrorKind::Forbidden
        | ErrorKind::Conflict
        | ErrorKind::Declined
        | ErrorKind::RateLimited
        | ErrorKind::Unavailable
        | ErrorKind::Timeout
        | ErrorKind::Protocol
        | ErrorKind::Configuration
        | ErrorKind::Bug => HttpAnswer::text(503, "It could not be stored; please deliver it again."),
    }
}

#[cfg(test)]
#[path = "webhook_ingest_tests.rs"]
mod tests;
