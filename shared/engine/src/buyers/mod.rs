//! Who bought an order: read when a document needs it, kept in one row for as long as the channel allows, erased when somebody says so.
//!
//! Nothing of a buyer is in snapshots, messages, events, logs, parked things or the ledger. What was erased is not read again: the row says
//! that it was, and nothing about whom.

mod erase;

pub use erase::{Erased, erase_buyer};

use crate::connections::not_there;
use crate::rows::{BuyerRow, KeptBuyer, OrderRow, Subject};
use crate::{Cache, ConnectorClient, Ports};
use contracts::{Cause, InboundOrder, Message};
use domain::{ConnectionId, Order, OrderBuyer, OrderNumber, Personal};
use jiff::Timestamp;
use ports::{Disposition, Error, ErrorKind, OutgoingMessage, QueueName, Result, Write};
use std::time::Duration;

const READING: &str = "buyer";

/// Who bought an order: as it is kept, or else as its channel tells it now, which is kept from then on.
///
/// `NotFound`: there is no such order. `Declined`: the buyer's data were erased, or the time is over for which they may be kept.
pub async fn read_buyer(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    number: &OrderNumber,
) -> Result<Personal<OrderBuyer>> {
    match kept(world, connection, number).await? {
        Some(BuyerRow::Kept(KeptBuyer { buyer, .. })) => Ok(buyer),
        Some(BuyerRow::Erased { at, .. }) => Err(erased(number, at)),
        None => fetch_buyer(world, lookup, connection, number).await,
    }
}

/// Reads the buyer anew from the channel, and keeps that. Errors as those of `read_buyer`.
pub async fn fetch_buyer(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    number: &OrderNumber,
) -> Result<Personal<OrderBuyer>> {
    let order = known(world, connection, number).await?;
    if let Some(BuyerRow::Erased { at, .. }) = kept(world, connection, number).await? {
        return Err(erased(number, at));
    }
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    let keeps = driver.billing()?.descriptor().keeps(&driver.account.settings)?;
    let until = order.buyer_kept_until(keeps);
    if until <= world.clock.now() {
        let message = format!(
            "the buyer of order {number} may be kept until {until}, and that is over; the channel may still show who it was"
        );
        return Err(Error::new(ErrorKind::Declined, READING, message));
    }
    let buyer = driver.billing()?.call(|billing, call| billing.buyer(call, number)).await?;
    let row = BuyerRow::Kept(KeptBuyer { buyer: buyer.clone(), read_at: world.clock.now(), until });
    let put = Write::Put { row: row.to_row(connection, number), when: BuyerRow::not_erased() };
    if !world.write_if(put).await? {
        // Erased while the channel was asked: it stays erased.
        return Err(erased(number, world.clock.now()));
    }
    Ok(buyer)
}

/// Has the buyer read by those who have the connection's credentials; whoever serves people has none.
///
/// `Declined`: the buyer's data were erased, and nobody reads them again.
pub async fn ask_for_buyer(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<()> {
    known(world, connection, number).await?;
    if let Some(BuyerRow::Erased { at, .. }) = kept(world, connection, number).await? {
        return Err(erased(number, at));
    }
    let message = InboundOrder {
        connection: connection.clone(),
        number: number.clone(),
        snapshot: None,
        cause: Cause::Buyer,
        read_at: world.clock.now(),
    };
    world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: message.to_json(), delay: Duration::ZERO }]).await
}

/// A buyer that was asked for. That it cannot be had is no trouble of the order: what a person must see is parked by itself, and no figure
/// waits for it. Errors: to be tried again.
pub(crate) async fn fetch_asked(world: &Ports, lookup: &Cache, message: &InboundOrder) -> Result<()> {
    let (connection, number) = (&message.connection, &message.number);
    let Err(error) = fetch_buyer(world, lookup, connection, number).await else { return Ok(()) };
    match (error.disposition(), error.kind) {
        (Disposition::Retry | Disposition::RetryAt(_) | Disposition::ReadBack, _) => Err(error),
        // Whoever asks for it next is told why.
        (_, ErrorKind::Declined | ErrorKind::NotFound) => Ok(()),
        (Disposition::Park | Disposition::DeadLetter, _) => {
            let reason = format!("who bought order {number} cannot be read: {}", error.message);
            world.park(Some(connection), Subject::Other { what: format!("the buyer of order {number}") }, &reason, "").await
        }
    }
}

/// What is kept of a buyer now: what is over is not, though the table has not dropped it yet.
pub(crate) async fn kept(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<Option<BuyerRow>> {
    let Some(row) = world.table.get(&BuyerRow::key(connection, number)).await? else { return Ok(None) };
    Ok(match BuyerRow::from_row(&row)? {
        BuyerRow::Kept(kept) if kept.until <= world.clock.now() => None,
        row => Some(row),
    })
}

async fn known(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<Order> {
    match OrderRow::read(world, connection, number).await? {
        Some(order) => Ok(order),
        None => Err(Error::new(ErrorKind::NotFound, READING, not_there(world, connection, number).await)),
    }
}

pub(crate) fn erased(number: &OrderNumber, at: Timestamp) -> Error {
    let message = format!("the data of the buyer of order {number} were erased at {at}, and are not read again");
    Error::new(ErrorKind::Declined, READING, message)
}
