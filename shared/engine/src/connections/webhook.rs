//! A delivery of a channel: signature first, then durable, then answered (I8).

use super::mapped_locations;
use crate::messages::inbound;
use crate::rows::{KeysRow, ListingRow, OfferRow, ReferenceRow, Subject};
use crate::{Cache, ConnectorClient, Ports};
use contracts::{Cause, InboundOrder, StockHint};
use domain::{ConnectionId, OfferId, Quantity, Sku};
use ports::{Delivery, Error, ErrorKind, Key, Notification, QueueName, Result, WebhookKeys};
use std::time::Duration;

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

/// Takes a delivery for `/hooks/{channel}/{connection}`. `Unauthorized`: the signature is wrong, nothing was stored. `NotFound`: nobody
/// delivers there. Any other error: nothing may have been stored, and the sender should try again.
pub async fn receive_webhook(
    world: &Ports,
    lookup: &Cache,
    channel: &str,
    connection: &ConnectionId,
    delivery: &Delivery,
) -> Result<Received> {
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    if driver.connector().descriptor().id != channel {
        return Err(Error::new(ErrorKind::NotFound, "webhook", format!("connection {connection} is not on channel {channel}")));
    }
    if driver.connector().notifications().is_none() {
        return Err(Error::new(ErrorKind::NotFound, "webhook", format!("channel {channel} delivers nothing")));
    }
    receive(world, lookup, &driver, delivery).await
}

/// As `receive_webhook`, whichever way it came.
pub(crate) async fn receive(
    world: &Ports,
    lookup: &Cache,
    driver: &ConnectorClient<'_>,
    delivery: &Delivery,
) -> Result<Received> {
    let connection = &driver.account.connection;
    let keys = keys(world, driver, delivery).await?;
    match driver.notifications()?.receive(&keys, delivery) {
        Ok(notices) => forward(world, lookup, connection, notices, delivery).await,
        Err(error) if error.kind == ErrorKind::Unauthorized => Err(error),
        Err(error) => {
            // It is genuine, so sending it again will not make it better: a person must look.
            let body = String::from_utf8_lossy(&delivery.body);
            let reason = format!(
                "a delivery that is signed cannot be read ({}). An order it tells of is found by the next poll; if more like it come, see what \
                 sends them",
                error.message
            );
            world.park(Some(connection), Subject::Webhook, &reason, &body).await?;
            Ok(Received { parked: true, ..Received::default() })
        }
    }
}

async fn forward(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    notices: Vec<Notification>,
    delivery: &Delivery,
) -> Result<Received> {
    let mut orders = Vec::new();
    let mut received = Received::default();
    for notice in notices {
        let (number, snapshot) = match notice {
            // One that is no order yet as well: whether it was one before, only those know who may read orders. Anybody may deliver here.
            Notification::Order(snapshot) => (snapshot.number.clone(), Some(*snapshot)),
            Notification::Changed { number, .. } => (number, None),
            Notification::Stock(offer) => {
                let found = matched(world, connection, &offer).await?;
                received.hints += look_at(world, connection, found, None).await?;
                continue;
            }
            Notification::StockOf { stock_reference, shows } => {
                let named: Option<ReferenceRow> = world.get(&ReferenceRow::key(connection, &stock_reference)).await?;
                let Some(ReferenceRow { offer, .. }) = named else { continue };
                let found = matched(world, connection, &offer).await?;
                // Where each place has a figure of its own, the one that is told says nothing of the others.
                let several = !mapped_locations(world, lookup.connection(world, connection).await?.as_ref()).is_empty();
                received.hints += look_at(world, connection, found, shows.filter(|_| !several)).await?;
                continue;
            }
            // Of a delivery, the whole could not be read: that is an error.
            Notification::Unreadable(_) | Notification::Ignored => continue,
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
        world.queue.send(QueueName::Inbound, orders).await?;
    }
    Ok(received)
}

/// The product that an item is, and the item as we publish to it.
async fn matched(world: &Ports, connection: &ConnectionId, offer: &OfferId) -> Result<Option<(Sku, Key)>> {
    let row: Option<OfferRow> = world.get(&OfferRow::key(connection, offer)).await?;
    Ok(row.and_then(|row| row.matched).map(|sku| (sku.clone(), ListingRow::key(&sku, connection, offer))))
}

/// Has an item whose figure moved looked at; nothing moves by it. Answers how many hints that took. Often it is the echo of our own push:
/// where the notice says what it `shows`, and that is what it was told, there is nothing to look at.
async fn look_at(world: &Ports, connection: &ConnectionId, found: Option<(Sku, Key)>, shows: Option<Quantity>) -> Result<usize> {
    let Some((sku, listing)) = found else { return Ok(0) };
    if shows.is_some() {
        let row: Option<ListingRow> = world.get(&listing).await?;
        if row.is_some_and(|row| row.told == shows && row.lease.is_none() && row.pending.is_empty()) {
            return Ok(0);
        }
    }
    let hint = StockHint { sku, connection: Some(connection.clone()) };
    world.queue.send(QueueName::StockHints, vec![crate::messages::hint(&hint, Duration::ZERO)]).await?;
    Ok(1)
}

/// What the signature is checked with: shared secrets from the account, or public keys as `keep_subscription` fetched them. Nobody is
/// called for a delivery: rubbish must not make us call the channel, and whoever takes deliveries needs no credentials for it.
async fn keys(world: &Ports, driver: &ConnectorClient<'_>, delivery: &Delivery) -> Result<WebhookKeys> {
    if driver.notifications()?.key_id(delivery)?.is_none() {
        return driver.notifications()?.without_calls(|notifications, call| notifications.keys(call)).await;
    }
    let kept: Option<KeysRow> = world.get(&KeysRow::key(&driver.account.connection)).await?;
    // One that names a key that is not among them is refused: it is forged, or signed with a key that is fetched within the hour. Until
    // then the poll finds what it tells of.
    kept.map(|kept| WebhookKeys { secrets: Vec::new(), public: kept.keys }).ok_or_else(|| {
        let message = "the keys that deliveries are signed with were not fetched yet; that is done with the webhook subscription";
        Error::new(ErrorKind::Unavailable, "webhook keys", message)
    })
}
