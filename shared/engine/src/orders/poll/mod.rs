//! Reads what changed on a channel since the cursor, and puts it on the inbound queue.
//!
//! Polling is the truth, webhooks are an accelerator. The cursor moves only past pages that are durable, and never beyond now
//! less the channel's lag (I7). Orders that were found and are not yet taken in stay *pending*: until the oldest of them is in,
//! figures do not rise (I5), and one that takes too long is asked for again, so that not even a lost message loses an order.

mod gone;
mod pending;
mod reread;
mod turn;
mod unseen;

use crate::connections::at_intervals;
use crate::messages::inbound;
use crate::rows::{AtIntervals, CursorRow, OrderRow, PendingOrder, TypedRow, settled_for};
use crate::unreadable::{Named, ORDERS, UnreadableItems, still_waits};
use crate::{Cache, ConnectorClient, Ports};
use contracts::{Cause, InboundOrder};
use domain::{ConnectionId, Order, Sku};
use jiff::Timestamp;
use pending::Waiting;
pub(crate) use pending::{Found, News};
use ports::{
    Condition, Error, ErrorKind, Lane, Notification, OrdersFrom, OutgoingMessage, QueueName, Result, Status, UnreadableItem,
    Value, Write,
};
use std::time::Duration;
pub(crate) use turn::{budgeted, taken_in};
pub(crate) use unseen::{Unseen, changed_unseen};

/// What a poll found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PollReport {
    /// Orders the channel listed.
    pub listed: usize,
    /// Of those, not yet taken in, or changed since.
    pub news: usize,
    /// Whether the list was read to its end.
    pub complete: bool,
    /// Every change up to this instant (UTC) is taken in, but for the orders that wait for a person.
    pub settled_through: Option<Timestamp>,
    /// Those.
    pub held: Vec<PendingOrder>,
}

impl PollReport {
    /// Up to when (UTC) everything that the connection's orders demand of a product is taken in.
    pub fn settled_for(&self, sku: &Sku) -> Option<Timestamp> {
        settled_for(self.settled_through, &self.held, sku)
    }

    /// Whether an order that a person must decide about may demand the product.
    pub fn holds(&self, sku: &Sku) -> bool {
        self.held.iter().any(|order| order.holds(sku))
    }
}

/// Polls one connection. `RateLimited`: its channel is asked more rarely, and it is not time yet.
pub async fn poll_orders(world: &Ports, lookup: &Cache, connection: &ConnectionId, cause: Cause) -> Result<PollReport> {
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    // What figures wait for that may rise leaves room for the polls that find what must fall.
    let driver = if cause == Cause::Fence { driver.in_lane(Lane::Raises) } else { driver };
    let orders = driver.orders()?;
    let paging = orders.descriptor().paging;
    let every_s = turn::between(&paging, cause);
    if let Some(left) = at_intervals::take(world, connection, AtIntervals::Orders, every_s).await? {
        let message = format!("connection {connection}: its orders are listed once in {every_s} seconds");
        return Err(
            Error::new(ErrorKind::RateLimited, "poll", message).with_status(Status::Temporary { retry_after: Some(left) })
        );
    }
    let row = lookup.connection(world, connection).await?;
    let start = row.orders_since;
    let kept: Option<CursorRow> = world.get(&CursorRow::key(connection)).await?;
    let cursor = kept.unwrap_or_else(|| CursorRow::fresh(connection.clone(), start));
    let now = world.clock.now();
    let lag = paging.lag;
    let mut cursor = cursor.believed_behind(now.checked_sub(lag).unwrap_or(start), start);
    let mut waiting = Waiting::of(world, &cursor, now).await?;
    // Kept with the cursor: pages of a list under way only fit the instant it began at.
    cursor.since = waiting.list_again_from(&cursor, start).unwrap_or(cursor.since);
    let from = cursor.since;
    let overlap = paging.overlap;
    let since = from.checked_sub(overlap).map_or(start, |s| s.max(start));
    let (mut page, began) = cursor.under_way.clone().map_or((None, now), |(page, began)| (Some(page), began));
    let mut report = PollReport::default();
    for _ in 0..paging.most_pages {
        let asked = OrdersFrom { since, page: page.clone() };
        let asked_at = world.clock.now();
        let answer = match orders.call(|orders, call| orders.list(call, &asked)).await {
            Ok(answer) => answer,
            // The page's name has lost its meaning: the list is begun anew next time. Nothing is skipped by that.
            Err(error)
                if page.is_some() && matches!(error.kind, ErrorKind::BadInput | ErrorKind::Declined | ErrorKind::NotFound) =>
            {
                save(world, CursorRow { under_way: None, ..waiting.noted(cursor) }).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        report.listed += answer.notices.len();
        for unreadable in name_unreadable(world, connection, &answer.notices).await? {
            waiting.add_unreadable(&unreadable, from, now);
        }
        let mut news = Vec::new();
        for notice in answer.notices {
            match Found::news(world, connection, notice, asked_at, &row).await? {
                News::None => {}
                News::Order(found) => {
                    waiting.add(&found, None, from, now);
                    news.push(message(connection, found, cause, asked_at));
                }
                News::Parked(found, products) => waiting.add(&found, Some(products), from, now),
            }
        }
        report.news += news.len();
        if !news.is_empty() {
            world.queue.send(QueueName::Inbound, news).await?;
        }
        // Only now is the page durable.
        page = answer.next;
        if page.is_none() {
            report.complete = true;
            break;
        }
        cursor = save(world, CursorRow { under_way: page.clone().map(|p| (p, began)), ..waiting.noted(cursor) }).await?;
    }
    if cause == Cause::Poll && report.complete {
        let differ = reread::some(world, &driver, &mut cursor, &waiting, report.listed, now).await?;
        report.news += differ.len();
        let asked_at = world.clock.now();
        let mut news = Vec::new();
        for found in differ.into_iter().map(Found::differs) {
            waiting.add(&found, None, from, now);
            news.push(message(connection, found, cause, asked_at));
        }
        if !news.is_empty() {
            world.queue.send(QueueName::Inbound, news).await?;
        }
    }
    waiting.ask_again(world, connection, now).await?;
    report.held = waiting.held();
    if report.complete {
        let reached = began.checked_sub(lag).map_or(cursor.since, |r| r.max(cursor.since));
        let cursor = CursorRow { under_way: None, ..waiting.noted(cursor) }.moved_to(reached);
        report.settled_through = waiting.settled_through(reached).max(cursor.settled_through);
        save(world, CursorRow { settled_through: report.settled_through, ..cursor }).await?;
    }
    Ok(report)
}

/// Names what stands in the list and is no order that anybody could ask for. Answers those of which nobody has decided yet.
async fn name_unreadable(world: &Ports, connection: &ConnectionId, notices: &[Notification]) -> Result<Vec<Named>> {
    let items = notices
        .iter()
        .filter_map(|notice| if let Notification::Unreadable(item) = notice { Some((**item).clone()) } else { None });
    let items: Vec<UnreadableItem> = items.collect();
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let named = UnreadableItems::of(world, connection, ORDERS).await?.page(&items, std::iter::empty()).await?;
    let mut waiting = Vec::new();
    for one in named {
        if still_waits(world, connection, &one.about).await? {
            waiting.push(one);
        }
    }
    Ok(waiting)
}

pub(crate) fn message(connection: &ConnectionId, found: Found, cause: Cause, read_at: Timestamp) -> OutgoingMessage {
    let order = InboundOrder {
        connection: connection.clone(),
        number: found.number,
        snapshot: found.snapshot.map(|s| *s),
        cause,
        read_at,
    };
    inbound(&order, Duration::ZERO)
}

/// What is known of an order, if it was taken in.
async fn stored(world: &Ports, connection: &ConnectionId, number: &domain::OrderNumber) -> Result<Option<Order>> {
    OrderRow::read(world, connection, number).await
}

/// Saves the cursor if nobody else moved it in between; if somebody did, theirs stands, for both are right.
async fn save(world: &Ports, cursor: CursorRow) -> Result<CursorRow> {
    let was = cursor.version;
    let cursor = CursorRow { version: was + 1, ..cursor };
    let when = if was == 0 { Condition::Absent } else { Condition::Is("version".into(), Value::Number(was)) };
    world.write_if(Write::Put { row: cursor.to_row(), when }).await?;
    Ok(cursor)
}
