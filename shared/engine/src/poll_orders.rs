//! Reads what changed on a channel since the cursor, and puts it on the inbound queue.
//!
//! Polling is the truth, webhooks are an accelerator. The cursor moves only past pages that are durable, and never beyond now
//! less the channel's lag (I7). A poll that finds nothing new is also the order read that lets figures rise again (I5).

use crate::planted::{Mistake, planted};
use crate::rows::{CursorRow, FenceRow, Kept, OrderRow};
use crate::{Driver, Lookup, World};
use contracts::{Cause, InboundOrder, Message};
use domain::{ConnectionId, OrderNumber, Standing, standing};
use jiff::Timestamp;
use ports::{Condition, ErrorKind, Notice, OrdersFrom, OutgoingMessage, QueueName, Result, Value, Write};
use std::time::Duration;

/// What a poll found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PollReport {
    /// Orders the channel listed.
    pub listed: usize,
    /// Of those, not yet taken in, or changed since.
    pub news: usize,
    /// Whether the list was read to its end.
    pub complete: bool,
}

/// Polls one connection.
pub async fn poll_orders(world: &World, lookup: &Lookup, connection: &ConnectionId, cause: Cause) -> Result<PollReport> {
    let driver = Driver::open(world, lookup, connection).await?;
    let paging = driver.descriptor().orders;
    let start = lookup.connection(world, connection).await?.orders_since;
    let kept: Option<CursorRow> = world.get(&CursorRow::key(connection)).await?;
    let mut cursor = kept.unwrap_or(CursorRow { connection: connection.clone(), since: start, under_way: None, version: 0 });
    let now = world.clock.now();
    let since = cursor.since.checked_sub(paging.overlap).map_or(start, |s| s.max(start));
    let (mut page, began) = cursor.under_way.clone().map_or((None, now), |(page, began)| (Some(page), began));
    let mut report = PollReport::default();
    for _ in 0..paging.most_pages {
        let from = OrdersFrom { since, page: page.clone() };
        let asked_at = world.clock.now();
        let answer = match driver.call(|channel, call| channel.orders(call, &from)).await {
            Ok(answer) => answer,
            // The page's name has lost its meaning: the list is begun anew next time. Nothing is skipped by that.
            Err(error)
                if page.is_some() && matches!(error.kind, ErrorKind::BadInput | ErrorKind::Declined | ErrorKind::NotFound) =>
            {
                save(world, CursorRow { under_way: None, ..cursor }).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        report.listed += answer.notices.len();
        let mut news = Vec::new();
        for notice in answer.notices {
            news.extend(unknown(world, connection, notice, asked_at, cause).await?);
        }
        report.news += news.len();
        if planted(Mistake::CursorBeforePage) {
            let reached = began.checked_sub(paging.lag).map_or(cursor.since, |r| r.max(cursor.since));
            cursor = save(world, CursorRow { since: reached, under_way: None, ..cursor }).await?;
        }
        if !news.is_empty() {
            world.queue.send(QueueName::Inbound, news).await?;
        }
        // Only now is the page durable.
        page = answer.next;
        if page.is_none() {
            report.complete = true;
            break;
        }
        cursor = save(world, CursorRow { under_way: page.clone().map(|p| (p, began)), ..cursor }).await?;
    }
    if report.complete {
        let reached = began.checked_sub(paging.lag).map_or(cursor.since, |r| r.max(cursor.since));
        let resumed = cursor.under_way.is_some() && began != now;
        save(world, CursorRow { since: reached, under_way: None, ..cursor }).await?;
        // A list resumed from an earlier poll was in part read by that one, whose news may still be on the way.
        if report.news == 0 && !resumed {
            pass_fence(world, connection, began).await?;
        }
    }
    Ok(report)
}

/// The message for a notice whose news is not in the table.
async fn unknown(
    world: &World,
    connection: &ConnectionId,
    notice: Notice,
    read_at: Timestamp,
    cause: Cause,
) -> Result<Option<OutgoingMessage>> {
    let (number, snapshot) = match notice {
        Notice::Order(snapshot) => {
            let stored = stored(world, connection, &snapshot.number).await?;
            if matches!(standing(stored.as_ref().map(|o| &o.0), &snapshot, read_at, false), Standing::Same | Standing::Older) {
                return Ok(None);
            }
            (snapshot.number.clone(), Some(*snapshot))
        }
        Notice::Read { number, stamp } => {
            let known = stored(world, connection, &number).await?.and_then(|o| o.0.snapshot.stamp);
            if stamp.is_some() && known >= stamp {
                return Ok(None);
            }
            (number, None)
        }
        Notice::Stock(_) | Notice::Nothing => return Ok(None),
    };
    let message = InboundOrder { connection: connection.clone(), number, snapshot, cause, read_at };
    Ok(Some(OutgoingMessage { body: message.to_json(), delay: Duration::ZERO }))
}

async fn stored(world: &World, connection: &ConnectionId, number: &OrderNumber) -> Result<Option<OrderRow>> {
    world.get(&OrderRow::key(connection, number)).await
}

/// Saves the cursor if nobody else moved it in between; if somebody did, theirs stands, for both are right.
async fn save(world: &World, cursor: CursorRow) -> Result<CursorRow> {
    let was = cursor.version;
    let cursor = CursorRow { version: was + 1, ..cursor };
    let when = if was == 0 { Condition::Absent } else { Condition::Is("version".into(), Value::Number(was)) };
    world.write_if(Write::Put { row: cursor.to_row(), when }).await?;
    Ok(cursor)
}

async fn pass_fence(world: &World, connection: &ConnectionId, orders_read_at: Timestamp) -> Result<()> {
    let row = FenceRow { connection: connection.clone(), orders_read_at };
    let when =
        Condition::Any(vec![Condition::Absent, Condition::AtMost("orders_read_at".into(), orders_read_at.as_millisecond())]);
    world.write_if(Write::Put { row: row.to_row(), when }).await?;
    Ok(())
}
