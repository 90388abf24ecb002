//! Orders with lines that no product is known for: a person sees them, and they get their units once somebody has matched them.
//!
//! Until then their units are promised nowhere, so the other channels may sell them too.

use crate::first_named::first_named;
use crate::messages::inbound;
use crate::rows::{OrderRow, ParkedRow, Subject, TypedRow, UnmatchedRow};
use crate::{Cache, Ports};
use contracts::{Cause, InboundOrder};
use domain::{ConnectionId, Order, OrderLineId, OrderNumber};
use ports::{Condition, OutgoingMessage, QueueName, Result, Write};
use std::time::Duration;

/// A title is cut to so many letters.
const LONGEST_TITLE: usize = 80;

/// Notes an order. Parked first, then noted: dying in between parks it twice, never not at all.
pub(crate) async fn note(world: &Ports, connection: &ConnectionId, number: &OrderNumber, lines: &str) -> Result<()> {
    let subject = Subject::Lines { number: number.clone() };
    let reason = format!(
        "{lines}: no product that Sluis knows, so no stock is set aside for it. Match its listing by hand, and the order gets its units at once; or \
         add the product, or give one the EAN or SKU that the channel names, and have this tried again"
    );
    if world.get::<UnmatchedRow>(&UnmatchedRow::key(connection, number)).await?.is_some() {
        let parked: Option<ParkedRow> = world.get(&ParkedRow::key(&ParkedRow::id(Some(connection), &subject, ""))).await?;
        if parked.is_none_or(|parked| parked.reason == reason) {
            return Ok(());
        }
    }
    world.park(Some(connection), subject, &reason, "").await?;
    let row = UnmatchedRow { connection: connection.clone(), number: number.clone(), at: world.clock.now() };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    Ok(())
}

/// The lines of an order that no product is known for, by what the channel tells of each.
pub(crate) fn named(order: &Order) -> String {
    first_named(order.unmatched().map(|line| of_line(order, &line.id)), "; ")
}

fn of_line(order: &Order, id: &OrderLineId) -> String {
    let told = order.snapshot.lines.iter().find(|line| line.id == *id);
    let codes: Vec<String> = told.map_or_else(Vec::new, |told| {
        let sku = told.sku.as_ref().map(|sku| format!("SKU {sku}"));
        let ean = told.ean.as_ref().map(|ean| format!("EAN {ean}"));
        let offer = told.offer.as_ref().map(|offer| format!("offer {offer}"));
        [sku, ean].into_iter().flatten().chain(offer).collect()
    });
    let title = told.map(|told| told.title.as_str()).filter(|title| !title.is_empty());
    let title = title.map_or_else(String::new, |title| format!(" `{}`", title.chars().take(LONGEST_TITLE).collect::<String>()));
    let codes = if codes.is_empty() { "no SKU and no EAN".to_owned() } else { codes.join(", ") };
    format!("line {id}{title} ({codes})")
}

/// Has the orders taken in again whose lines are products by now, in the state that is known, and forgets those that are done.
pub(crate) async fn match_again(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<()> {
    let noted: Vec<UnmatchedRow> = world.all(&UnmatchedRow::partition(connection), UnmatchedRow::PREFIX).await?;
    let connection = lookup.connection(world, connection).await?;
    for row in noted {
        let order = OrderRow::read(world, &connection.id, &row.number).await?;
        let Some(order) = order.filter(domain::Order::has_unmatched) else {
            let key = UnmatchedRow::key(&connection.id, &row.number);
            world.write_if(Write::Delete { key, when: Condition::Always }).await?;
            continue;
        };
        let known = lookup.products(world, &connection, &order.snapshot).await?;
        if order.unmatched().any(|line| known.products.contains_key(&line.id) || known.digital.contains(&line.id)) {
            world.queue.send(QueueName::Inbound, vec![once_more(order)]).await?;
        }
    }
    Ok(())
}

fn once_more(order: Order) -> OutgoingMessage {
    let message = InboundOrder {
        connection: order.connection,
        number: order.snapshot.number.clone(),
        snapshot: Some(order.snapshot),
        cause: Cause::Poll,
        read_at: order.read_at,
    };
    inbound(&message, Duration::ZERO)
}
