//! A delivery of a channel: signature first, then durable, then answered (I8).

use crate::planted::{Mistake, planted};
use crate::rows::{Kept, KeysRow};
use crate::{Driver, Lookup, World};
use contracts::{Cause, InboundOrder, Message, StockHint};
use domain::ConnectionId;
use jiff::SignedDuration;
use ports::{Condition, Delivery, Error, ErrorKind, Notice, OutgoingMessage, QueueName, Result, WebhookKeys, Write};
use std::time::Duration;

/// Keys are fetched again for an unknown key id, but not more often than this.
const BETWEEN_FETCHES: SignedDuration = SignedDuration::from_mins(5);

/// What a delivery held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Orders, or word of orders, put on the queue.
    pub orders: usize,
    /// Hints put on the queue.
    pub hints: usize,
    /// Verified, but not to be understood: parked.
    pub parked: bool,
}

/// Takes a delivery for `/hooks/{channel}/{connection}`. `Unauthorized`: the signature is wrong, nothing was stored. Any other
/// error: nothing may have been stored, and the sender should try again.
pub async fn receive_webhook(
    world: &World,
    lookup: &Lookup,
    channel: &str,
    connection: &ConnectionId,
    delivery: &Delivery,
) -> Result<Received> {
    let driver = Driver::open(world, lookup, connection).await?;
    if driver.descriptor().id != channel {
        return Err(Error::new(ErrorKind::NotFound, "webhook", format!("connection {connection} is not on channel {channel}")));
    }
    let keys = keys(world, &driver, delivery).await?;
    match driver.channel().receive(&keys, delivery) {
        Ok(notices) => forward(world, connection, notices, delivery).await,
        Err(error) if error.kind == ErrorKind::Unauthorized => Err(error),
        Err(error) => {
            // It is genuine, so sending it again will not make it better: a person must look.
            let body = String::from_utf8_lossy(&delivery.body);
            world.park(Some(connection), "webhook", &error.message, &body).await?;
            Ok(Received { parked: true, ..Received::default() })
        }
    }
}

async fn forward(world: &World, connection: &ConnectionId, notices: Vec<Notice>, delivery: &Delivery) -> Result<Received> {
    let mut orders = Vec::new();
    let mut received = Received::default();
    for notice in notices {
        let (number, snapshot) = match notice {
            Notice::Order(snapshot) => (snapshot.number.clone(), Some(*snapshot)),
            Notice::Read { number, .. } => (number, None),
            Notice::Stock(offer) => {
                // Often the echo of our own push. The hint only makes the fan-out look; nothing moves by it.
                let row: Option<crate::rows::OfferRow> = world.get(&crate::rows::OfferRow::key(connection, &offer)).await?;
                if let Some(sku) = row.and_then(|r| r.matched) {
                    let hint = StockHint { sku, connection: Some(connection.clone()) };
                    world.queue.send(QueueName::StockHints, vec![crate::announce::hint(&hint, Duration::ZERO)]).await?;
                    received.hints += 1;
                }
                continue;
            }
            Notice::Nothing => continue,
        };
        let message = InboundOrder {
            connection: connection.clone(),
            number,
            snapshot,
            cause: Cause::Webhook,
            read_at: delivery.received_at,
        };
        orders.push(OutgoingMessage { body: message.to_json(), delay: Duration::ZERO });
    }
    received.orders = orders.len();
    if !orders.is_empty() {
        let stored = world.queue.send(QueueName::Inbound, orders).await;
        if !planted(Mistake::AnsweredBeforeStored) {
            stored?;
        }
    }
    Ok(received)
}

/// What the signature is checked with: shared secrets from the account, public keys as fetched, and once more for a key id never seen.
async fn keys(world: &World, driver: &Driver<'_>, delivery: &Delivery) -> Result<WebhookKeys> {
    let Some(wanted) = driver.channel().webhook_key_id(delivery) else {
        return driver.without_calls(|channel, call| channel.webhook_keys(call)).await;
    };
    let connection = &driver.account.connection;
    let now = world.clock.now();
    let kept: Option<KeysRow> = world.get(&KeysRow::key(connection)).await?;
    if let Some(kept) = kept
        && (kept.keys.contains_key(&wanted) || now.duration_since(kept.fetched_at) < BETWEEN_FETCHES)
    {
        return Ok(WebhookKeys { secrets: Vec::new(), public: kept.keys });
    }
    // Whatever keeps us from the keys is not the sender's fault: it must try again.
    let fetched = driver.call(|channel, call| channel.webhook_keys(call)).await.map_err(|error| {
        Error::new(ErrorKind::Unavailable, "webhook keys", "the keys that deliveries are signed with could not be fetched")
            .caused_by(error)
    })?;
    let row = KeysRow { connection: connection.clone(), keys: fetched.public.clone(), fetched_at: now };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    Ok(fetched)
}
