//! A delivery of a channel: signature first, then durable, then answered (I8).

use crate::inbound::inbound;
use crate::planted::{Mistake, planted};
use crate::publish_stock::mapped;
use crate::rows::{Kept, KeysRow, ListingRow, OfferRow, ReferenceRow, Subject, sortable};
use crate::{Driver, Lookup, World};
use contracts::{Cause, InboundOrder, StockHint};
use domain::{ConnectionId, OfferId, Quantity, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Delivery, Error, ErrorKind, Key, Notice, QueueName, Result, Value, WebhookKeys, Write};
use std::time::Duration;

/// Keys are fetched again for an unknown key id, but not more often than this.
const BETWEEN_FETCHES: SignedDuration = SignedDuration::from_mins(5);
/// Where they could not be fetched, the next try is not sooner than this.
const BETWEEN_TRIES: SignedDuration = SignedDuration::from_secs(10);

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
        Ok(notices) => forward(world, lookup, connection, notices, delivery).await,
        Err(error) if error.kind == ErrorKind::Unauthorized => Err(error),
        Err(error) => {
            // It is genuine, so sending it again will not make it better: a person must look.
            let body = String::from_utf8_lossy(&delivery.body);
            world.park(Some(connection), Subject::Webhook, &error.message, &body).await?;
            Ok(Received { parked: true, ..Received::default() })
        }
    }
}

async fn forward(
    world: &World,
    lookup: &Lookup,
    connection: &ConnectionId,
    notices: Vec<Notice>,
    delivery: &Delivery,
) -> Result<Received> {
    let mut orders = Vec::new();
    let mut received = Received::default();
    for notice in notices {
        let (number, snapshot) = match notice {
            Notice::Order(snapshot) => (snapshot.number.clone(), Some(*snapshot)),
            Notice::Read { number, .. } => (number, None),
            Notice::Stock(offer) => {
                let found = matched(world, connection, &offer).await?;
                received.hints += look_at(world, connection, found, None).await?;
                continue;
            }
            Notice::StockOf { stock_reference, shows } => {
                let named: Option<ReferenceRow> = world.get(&ReferenceRow::key(connection, &stock_reference)).await?;
                let Some(ReferenceRow { offer, .. }) = named else { continue };
                let found = matched(world, connection, &offer).await?;
                // Where each place has a figure of its own, the one that is told says nothing of the others.
                let several = !mapped(world, lookup.connection(world, connection).await?.as_ref()).is_empty();
                received.hints += look_at(world, connection, found, shows.filter(|_| !several)).await?;
                continue;
            }
            // Of a delivery, the whole could not be read: that is an error.
            Notice::Unread(_) | Notice::Nothing => continue,
        };
        let message = InboundOrder {
            connection: connection.clone(),
            number,
            snapshot,
            cause: Cause::Webhook,
            read_at: delivery.received_at,
        };
        orders.push(inbound(&message, Duration::ZERO));
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

/// The article that an item is, and the item as we publish to it.
async fn matched(world: &World, connection: &ConnectionId, offer: &OfferId) -> Result<Option<(Sku, Key)>> {
    let row: Option<OfferRow> = world.get(&OfferRow::key(connection, offer)).await?;
    Ok(row.and_then(|row| row.matched).map(|sku| (sku.clone(), ListingRow::key(&sku, connection, offer))))
}

/// Has an item whose figure moved looked at; nothing moves by it. Answers how many hints that took. Often it is the echo of our own push:
/// where the notice says what it `shows`, and that is what it was told, there is nothing to look at.
async fn look_at(world: &World, connection: &ConnectionId, found: Option<(Sku, Key)>, shows: Option<Quantity>) -> Result<usize> {
    let Some((sku, listing)) = found else { return Ok(0) };
    if shows.is_some() {
        let row: Option<ListingRow> = world.get(&listing).await?;
        if row.is_some_and(|row| row.told == shows && row.lease.is_none()) {
            return Ok(0);
        }
    }
    let hint = StockHint { sku, connection: Some(connection.clone()) };
    world.queue.send(QueueName::StockHints, vec![crate::announce::hint(&hint, Duration::ZERO)]).await?;
    Ok(1)
}

/// What the signature is checked with: shared secrets from the account, public keys as fetched, and once more for a key id never seen.
///
/// Anybody can invent a key id. So whoever wants to fetch says so in the table first, where all functions see it, and for as long as
/// that is fresh nobody else does, whatever became of it.
async fn keys(world: &World, driver: &Driver<'_>, delivery: &Delivery) -> Result<WebhookKeys> {
    let Some(wanted) = driver.channel().webhook_key_id(delivery)? else {
        return driver.without_calls(|channel, call| channel.webhook_keys(call)).await;
    };
    let connection = &driver.account.connection;
    let now = world.clock.now();
    let kept: Option<KeysRow> = world.get(&KeysRow::key(connection)).await?;
    let (fetched_at, tried_at) = kept.as_ref().map_or((None, None), |kept| (kept.fetched_at, kept.tried_at));
    let known = kept.map(|kept| kept.keys).unwrap_or_default();
    // A time that is ahead of ours was written by a clock that was wrong.
    let within = |at: Option<Timestamp>, span| at.is_some_and(|at| at <= now && now.duration_since(at) < span);
    if known.contains_key(&wanted) || within(fetched_at, BETWEEN_FETCHES) {
        return Ok(WebhookKeys { secrets: Vec::new(), public: known });
    }
    // Whatever keeps us from the keys is not the sender's fault: it must try again.
    let without =
        || Error::new(ErrorKind::Unavailable, "webhook keys", "the keys that deliveries are signed with could not be fetched");
    if within(tried_at, BETWEEN_TRIES) {
        return Err(without().with_detail("somebody tried a moment ago"));
    }
    let trying = KeysRow { connection: connection.clone(), keys: known, fetched_at, tried_at: Some(now) };
    let first = match tried_at {
        None => Condition::Lacks(KeysRow::TRIED_AT.to_owned()),
        Some(at) => Condition::Is(KeysRow::TRIED_AT.to_owned(), Value::Text(sortable(at))),
    };
    if !world.write_if(Write::Put { row: trying.to_row(), when: first }).await? {
        return Err(without().with_detail("somebody else fetches them at this moment"));
    }
    let fetched = match driver.call(|channel, call| channel.webhook_keys(call)).await {
        Ok(fetched) => fetched,
        Err(error) => {
            if error.kind == ErrorKind::RateLimited {
                // The gate is closed, and holds calls back by itself: this was no try, and the next may come as soon as it opens.
                let not_tried = KeysRow { tried_at, ..trying };
                let mine = Condition::Is(KeysRow::TRIED_AT.to_owned(), Value::Text(sortable(now)));
                world.write_if(Write::Put { row: not_tried.to_row(), when: mine }).await?;
            }
            return Err(without().with_detail(error.message.clone()).caused_by(error));
        }
    };
    let row = KeysRow { keys: fetched.public.clone(), fetched_at: Some(now), ..trying };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    Ok(fetched)
}
