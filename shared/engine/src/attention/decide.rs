//! Does what a person decides about what is parked.

use crate::connections::check::{ask_for_check, ask_for_listings};
use crate::invoices::{deliver_again, look_again};
use crate::messages::hint;
use crate::orders::action::{OrderCommand, handle_order};
use crate::park::{erase_parked, find, forget};
use crate::rows::{
    Dismissal, ExcludedOrderRow, InvoiceDueRow, OrderQuestion, ParkedBodyRow, ParkedRow, PriceDueRow, Products, Subject, TypedRow,
};
use crate::{Cache, Ports};
use contracts::{Cause, InboundOrder, Message, StockHint};
use domain::{ConnectionId, OrderNumber};
use ports::{Condition, Error, ErrorKind, OutgoingMessage, QueueName, Result, Write};
use std::time::Duration;

/// Has a parked thing tried once more, as `by` wants it, by those whose work it is: who asks may be one who serves people, and has no
/// credentials. It stays on the list until it is right.
pub async fn retry_parked(world: &Ports, lookup: &Cache, id: &str, by: &str) -> Result<()> {
    let row = find(world, id).await?;
    match (&row.subject, &row.connection) {
        (Subject::Order { number }, Some(connection)) => {
            ExcludedOrderRow::forget(world, connection, number).await?;
            read_again(world, connection, number).await
        }
        (Subject::Question { number, question: OrderQuestion::Short }, Some(connection)) => {
            handle_order(world, lookup, connection, number, &OrderCommand::Cover {}, by).await.map(drop)
        }
        (
            Subject::Lines { number }
            | Subject::Swapped { number }
            | Subject::UnreadableLines { number }
            | Subject::Question { number, .. },
            Some(connection),
        ) => read_again(world, connection, number).await,
        (Subject::Update { number, id }, Some(connection)) => {
            let again = OrderCommand::TellAgain { update: id.clone() };
            handle_order(world, lookup, connection, number, &again, by).await.map(drop)
        }
        (Subject::Invoice { number }, Some(connection)) => look_again(world, connection, number).await,
        (Subject::InvoiceDelivery { document, destination, .. }, _) => deliver_again(world, document, *destination).await,
        (Subject::Listing { sku, .. }, Some(connection)) => {
            let look = StockHint { sku: sku.clone(), connection: Some(connection.clone()) };
            world.queue.send(QueueName::StockHints, vec![hint(&look, Duration::ZERO)]).await
        }
        (Subject::Price { sku }, Some(connection)) => {
            let due = PriceDueRow { connection: connection.clone(), at: world.clock.now(), sku: sku.clone() };
            world.write_if(Write::Put { row: due.to_row(), when: Condition::Always }).await.map(drop)
        }
        // Whatever it told of is read by the next poll, which is never more than a minute away.
        (Subject::Webhook, Some(_)) => Ok(()),
        (Subject::MissingRights { .. }, Some(connection)) => ask_for_check(world, lookup, connection).await,
        // An order that cannot even be named is read with every poll of its list, for as long as it changed lately.
        (Subject::UnreadableItem { .. }, Some(connection)) if !row.urgent => ask_for_listings(world, lookup, connection).await,
        (Subject::Message { queue }, _) => send_again(world, id, queue).await,
        _ => Err(Error::new(
            ErrorKind::Declined,
            "parked",
            "there is nothing to try again: do what the reason says, and dismiss it when it is done",
        )),
    }
}

/// Puts a message back on its queue, for whoever understands it by now.
async fn send_again(world: &Ports, id: &str, queue: &str) -> Result<()> {
    let name = match queue {
        "inbound" => QueueName::Inbound,
        "stock-hints" => QueueName::StockHints,
        _ => QueueName::OrderUpdates,
    };
    let kept: Option<ParkedBodyRow> = world.get(&ParkedBodyRow::key(id)).await?;
    let Some(kept) = kept else {
        return Err(Error::new(ErrorKind::NotFound, "parked", "its body is erased: there is nothing left to send again"));
    };
    world.queue.send(name, vec![OutgoingMessage { body: kept.body, delay: Duration::ZERO }]).await?;
    // If it is not understood this time either, it is parked anew.
    forget(world, id).await
}

async fn read_again(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<()> {
    let message = InboundOrder {
        connection: connection.clone(),
        number: number.clone(),
        snapshot: None,
        cause: Cause::Poll,
        read_at: world.clock.now(),
    };
    world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: message.to_json(), delay: Duration::ZERO }]).await
}

/// A person decided that nothing is to be done about it: it leaves the list, and comes back only if it fails for another reason. An order
/// holds nothing down any more.
pub async fn dismiss_parked(world: &Ports, id: &str, by: &str, reason: &str) -> Result<()> {
    let row = find(world, id).await?;
    if let (Subject::Order { number }, Some(connection)) = (&row.subject, &row.connection) {
        // What it held down may rise.
        if let Some(Products::These(skus)) = ExcludedOrderRow::dismiss(world, connection, number).await? {
            let look = |sku| hint(&StockHint { sku, connection: None }, Duration::ZERO);
            world.queue.send(QueueName::StockHints, skus.into_iter().map(look).collect()).await?;
        }
    }
    if let (Subject::Invoice { number }, Some(connection)) = (&row.subject, &row.connection) {
        // It is invoiced by hand, if at all: nobody tries it again by himself.
        let key = InvoiceDueRow::key(connection, number);
        world.write_if(Write::Delete { key, when: Condition::Always }).await?;
    }
    erase_parked(world, id).await?;
    let dismissal = Dismissal { by: by.to_owned(), reason: reason.to_owned(), at: world.clock.now() };
    let row = ParkedRow { dismissed: Some(dismissal), ..row };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Present }).await.map(drop)
}
