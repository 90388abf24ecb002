//! From a message to a snapshot that can be judged: reads the order where the message only names it, and finds its products.

use super::{Arrival, gone};
use crate::buyers;
use crate::cache::Known;
use crate::messages::inbound;
use crate::orders::unreadable_lines;
use crate::rows::{AskedForRow, ExcludedOrderRow, ExclusionReason, OrderRow, TypedRow as _};
use crate::{Cache, ConnectorClient, Ports};
use contracts::{Cause, InboundOrder, Message};
use domain::{ChannelId, Incoming, Order, OrderSnapshot, Source};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Connector, Error, ErrorKind, OrderReads, OutgoingMessage, QueueName, Result, Status, Write};
use std::time::Duration;

/// SQS delays a message by at most this.
const LONGEST_DELAY: Duration = Duration::from_mins(15);
/// An order that a channel told of and that cannot be found there may still appear for this long.
pub(crate) const MAY_STILL_APPEAR: SignedDuration = SignedDuration::from_mins(5);
/// How often it is looked for.
const BETWEEN_LOOKS: Duration = Duration::from_secs(30);

/// The snapshots of a batch, each by itself: one channel that does not answer costs only its own orders.
pub(super) async fn snapshots(world: &Ports, lookup: &Cache, arrivals: &[Arrival]) -> Vec<Result<Option<Incoming>>> {
    join_all(arrivals.iter().map(|arrival| incoming(world, lookup, &arrival.message))).await
}

async fn incoming(world: &Ports, lookup: &Cache, message: &InboundOrder) -> Result<Option<Incoming>> {
    if message.cause == Cause::Buyer {
        buyers::fetch_asked(world, lookup, message).await.map_err(patient)?;
        return Ok(None);
    }
    let connection = lookup.connection(world, &message.connection).await?;
    let (snapshot, read_at, source) = if let Some(snapshot) = &message.snapshot {
        let source = if message.cause == Cause::Webhook { Source::Delivery } else { Source::List };
        (snapshot.clone(), message.read_at.min(world.clock.now()), source)
    } else {
        let read_at = world.clock.now();
        match read(world, lookup, message).await {
            Ok(snapshot) => {
                if message.cause == Cause::Requested {
                    answered(world, message, true).await?;
                }
                if may_be_late(world, &connection.channel) && is_behind(world, message, &snapshot, read_at).await? {
                    return Ok(None);
                }
                (snapshot, read_at, Source::Read)
            }
            Err(error)
                if error.kind == ErrorKind::NotFound && read_at.duration_since(message.read_at).abs() < MAY_STILL_APPEAR =>
            {
                // A channel may tell of an order before it can be read.
                return Err(error.with_status(Status::Temporary { retry_after: Some(BETWEEN_LOOKS) }));
            }
            Err(error) if error.kind == ErrorKind::NotFound => {
                let Some(known) = known(world, message).await? else {
                    // Gone on the channel before we ever saw it: there is nothing to take in.
                    ExcludedOrderRow::put(
                        world,
                        &message.connection,
                        &message.number,
                        read_at,
                        ExclusionReason::Gone,
                        &error.message,
                    )
                    .await?;
                    return Ok(None);
                };
                answered(world, message, false).await?;
                if message.cause == Cause::Requested {
                    // Who asked decides.
                    return Ok(None);
                }
                let Some(last) = gone::judge(world, lookup, message, &known, error, read_at).await.map_err(patient)? else {
                    return Ok(None);
                };
                (last, read_at, Source::Read)
            }
            Err(error) => return Err(patient(error)),
        }
    };
    snapshot.check()?;
    // Its units left the shelf, or were set aside, before the opening figure was counted; unless they are known from before the connection
    // was removed and put back.
    if connection.is_from_before(snapshot.placed_at) && !is_known(world, message).await? {
        let through = snapshot.stamp_as_of(read_at).unwrap_or(read_at);
        let reason = "placed before the opening figure was counted";
        ExcludedOrderRow::put(world, &message.connection, &message.number, through, ExclusionReason::BeforeOpening, reason)
            .await?;
        return Ok(None);
    }
    if snapshot.draft && !is_known(world, message).await? {
        let through = snapshot.stamp.unwrap_or(read_at);
        ExcludedOrderRow::put(world, &message.connection, &message.number, through, ExclusionReason::Draft, "no order yet")
            .await?;
        return Ok(None);
    }
    let locations = lookup.serving(world, &connection, &snapshot).await?;
    let Known { products, digital } = lookup.products(world, &connection, &snapshot).await?;
    unreadable_lines::note(world, lookup, &message.connection, &snapshot).await?;
    Ok(Some(Incoming { connection: connection.id.clone(), snapshot, read_at, source, products, digital, locations }))
}

fn may_be_late(world: &Ports, channel: &ChannelId) -> bool {
    let connector = world.connectors.get(channel);
    connector.and_then(Connector::orders).is_some_and(|orders| orders.descriptor().reads == OrderReads::MayBeLate)
}

/// Whether what was read is how the order was before what is known of it: there is nothing to take in. What is news to the channel's own reads
/// comes with a later one, and until then nothing is raised over it.
async fn is_behind(world: &Ports, message: &InboundOrder, read: &OrderSnapshot, read_at: Timestamp) -> Result<bool> {
    let known = known(world, message).await?.and_then(|order| order.stamp());
    Ok(known.zip(read.stamp_as_of(read_at)).is_some_and(|(known, told)| told < known))
}

/// Notes whether the channel has the order.
async fn answered(world: &Ports, message: &InboundOrder, is_there: bool) -> Result<()> {
    let row = AskedForRow::new(&message.connection, &message.number, world.clock.now(), is_there);
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
}

/// No answer to a read leaves nothing in doubt: it waits like for a channel that asked for a pause, and costs no delivery.
fn patient(error: Error) -> Error {
    let silent = matches!(error.kind, ErrorKind::Timeout | ErrorKind::Unavailable) && error.retry_after().is_none();
    if silent { error.with_status(Status::Temporary { retry_after: Some(BETWEEN_LOOKS) }) } else { error }
}

async fn known(world: &Ports, message: &InboundOrder) -> Result<Option<Order>> {
    OrderRow::read(world, &message.connection, &message.number).await
}

async fn is_known(world: &Ports, message: &InboundOrder) -> Result<bool> {
    Ok(world.table.get(&OrderRow::key(&message.connection, &message.number)).await?.is_some())
}

async fn read(world: &Ports, lookup: &Cache, message: &InboundOrder) -> Result<OrderSnapshot> {
    let driver = ConnectorClient::open(world, lookup, &message.connection).await?;
    let order = driver.orders()?.call(|orders, call| orders.read(call, &message.number)).await?;
    if order.number != message.number {
        // Taken in, it would be another order, and this one would never be.
        let told = format!("asked for order {}, the channel told of order {}", message.number, order.number);
        return Err(Error::new(ErrorKind::Protocol, "accept", told));
    }
    Ok(order)
}

/// Two states cannot be told apart: the message comes again without its snapshot, so that the order is read.
pub(super) async fn ask_again(world: &Ports, message: &InboundOrder, delay: Duration) -> Result<()> {
    let again = InboundOrder { snapshot: None, cause: Cause::Tie, ..message.clone() };
    world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: again.to_json(), delay }]).await
}

/// The channel wants no calls now. The message comes again later as a new one, so that waiting costs it no delivery.
pub(super) async fn put_off(world: &Ports, message: &InboundOrder, after: Duration) -> Result<()> {
    let later = inbound(message, after.clamp(Duration::from_secs(1), LONGEST_DELAY));
    world.queue.send(QueueName::Inbound, vec![later]).await
}
