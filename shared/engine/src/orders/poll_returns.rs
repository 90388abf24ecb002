//! Finds the returns that buyers announced on a channel.

use super::action::do_deed;
use crate::rows::{EanRow, OrderRow, ParkedRow, Subject};
use crate::unreadable::{RETURNS, UnreadableItems};
use crate::{Cache, ConnectorClient, Ports};
use contracts::{Cause, InboundOrder, Message};
use domain::{AnnouncedReturn, ConnectionId, LineUnits, Order, OrderAction, OrderLineId, Return};
use ports::{Error, ErrorKind, OutgoingMessage, QueueName, Result};
use std::time::Duration;

/// Pages of one run at most: a list that never ends is a mistake of the channel.
const MOST_PAGES: usize = 1_000;

/// What a run found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReturnsReport {
    /// Returns that wait for a decision on the channel.
    pub found: usize,
    /// Of those, noted with their orders now.
    pub new: usize,
    /// Of those, on orders or lines that are not known here.
    pub unclear: usize,
}

/// Reads what waits for a decision, and notes each return with its order.
pub async fn poll_returns(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<ReturnsReport> {
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    let mut report = ReturnsReport::default();
    if driver.connector().returns().is_none() {
        return Ok(report);
    }
    let returns = driver.returns()?;
    let mut page: Option<String> = None;
    let mut unreadable = UnreadableItems::of(world, connection, RETURNS).await?;
    for _ in 0..MOST_PAGES {
        let answer = returns.call(|returns, call| returns.list(call, page.as_deref())).await?;
        unreadable.page(&answer.unreadable, std::iter::empty()).await?;
        for announced in answer.returns {
            report.found += 1;
            note(world, lookup, connection, announced, &mut report).await?;
        }
        page = answer.next;
        if page.is_none() {
            return Ok(report);
        }
    }
    Err(Error::new(ErrorKind::Protocol, "returns", format!("connection {connection}: the list of returns does not end")))
}

async fn note(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    announced: AnnouncedReturn,
    report: &mut ReturnsReport,
) -> Result<()> {
    let Some(order) = OrderRow::read(world, connection, &announced.order).await? else {
        report.unclear += 1;
        return read_order(world, connection, announced).await;
    };
    if order.returns.iter().any(|known| known.channel_id.as_ref() == Some(&announced.id)) {
        return Ok(());
    }
    let Some(line) = line_of(world, &order, &announced).await? else {
        report.unclear += 1;
        let reason = "a buyer returns a product that the order does not have, or has on several lines; decide it on the channel";
        let what = format!("return {} of order {}", announced.id, announced.order);
        return park_once(world, connection, &order, &what, reason).await;
    };
    report.new += 1;
    let action = OrderAction::Announce(Return {
        id: world.ids.fresh(),
        channel_id: Some(announced.id),
        settled_on_channel: false,
        lines: vec![LineUnits { line, units: announced.units }],
        reason: announced.reason,
        received_at: None,
        inspections: Vec::new(),
    });
    do_deed(world, lookup, order, action, "").await.map(drop)
}

/// An order that is not known may only be late: it is read, and the return is found again at the next run.
async fn read_order(world: &Ports, connection: &ConnectionId, announced: AnnouncedReturn) -> Result<()> {
    let message = InboundOrder {
        connection: connection.clone(),
        number: announced.order,
        snapshot: None,
        cause: Cause::Poll,
        read_at: world.clock.now(),
    };
    world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: message.to_json(), delay: Duration::ZERO }]).await
}

/// The line as the channel tells it; or the only one of the product.
async fn line_of(world: &Ports, order: &Order, announced: &AnnouncedReturn) -> Result<Option<OrderLineId>> {
    if let Some(line) = &announced.line {
        return Ok(order.line(line).map(|line| line.id.clone()));
    }
    let Some(ean) = &announced.ean else { return Ok(None) };
    let told = order.snapshot.lines.iter().filter(|line| line.ean.as_ref() == Some(ean));
    if let [one] = told.collect::<Vec<_>>().as_slice() {
        return Ok(Some(one.id.clone()));
    }
    let products: Vec<EanRow> = world.all(&EanRow::partition(ean), "").await?;
    let matched = order.lines.iter().filter(|line| products.iter().any(|row| line.sku.as_ref() == Some(&row.sku)));
    match matched.collect::<Vec<_>>().as_slice() {
        [one] => Ok(Some(one.id.clone())),
        _ => Ok(None),
    }
}

/// Seen again at every run, it is parked only once.
async fn park_once(world: &Ports, connection: &ConnectionId, order: &Order, what: &str, reason: &str) -> Result<()> {
    let subject = Subject::from(what);
    let id = ParkedRow::id(Some(&order.connection), &subject, "");
    if world.get::<ParkedRow>(&ParkedRow::key(&id)).await?.is_some() {
        return Ok(());
    }
    world.park(Some(connection), subject, reason, "").await
}
