//! A few open orders that each poll reads again, in turn: a shop may change a line and leave the order's time of change as it was, and then
//! no list tells of it.
//!
//! What is open is found in the journal, newest first, as far back as it goes. Of `n` orders that are named there and open, each is read
//! again every `n / MOST` polls at the latest.

use super::Waiting;
use crate::rows::{CursorRow, JournalEntry, JournalRow, Kept as _, OrderRow, Reread};
use crate::{Driver, World};
use domain::{ConnectionId, Order, OrderNumber, Standing, standing};
use jiff::{SignedDuration, Timestamp};
use ports::{Descriptor, ErrorKind, Key, Lane, Result};
use std::collections::BTreeSet;

/// Orders that one poll reads again at most. A channel of few calls a second gives one of twenty of its calls.
const MOST: u32 = 5;
/// Rows of the journal, and days, that one poll looks through for them.
const MOST_ROWS: usize = 50;
const MOST_DAYS: usize = 5;
/// The journal goes back so far.
const OLDEST: SignedDuration = SignedDuration::from_hours(24 * 30);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many a channel is asked for with each poll.
pub(super) fn most(descriptor: &Descriptor) -> usize {
    (descriptor.calls_per_second * descriptor.orders.every_s / 20).clamp(1, MOST) as usize
}

/// Reads the next few. Answers those that differ from what is known; the cursor is left where the next poll goes on. A channel that does not
/// answer is asked at the next poll.
pub(super) async fn some(
    world: &World,
    driver: &Driver<'_>,
    cursor: &mut CursorRow,
    waiting: &Waiting,
    now: Timestamp,
) -> Result<Vec<OrderNumber>> {
    let mut differ = Vec::new();
    // What was sold and what must fall goes first.
    let driver = driver.in_lane(Lane::Raises);
    for order in open_orders(world, cursor, most(driver.descriptor()), now).await? {
        let number = order.snapshot.number.clone();
        if waiting.knows(&number) {
            continue;
        }
        let read_at = world.clock.now();
        match driver.call(|channel, call| channel.order(call, &number)).await {
            Ok(told) if standing(Some(&order), &told, read_at, true) == Standing::Same => {}
            Ok(_) => differ.push(number),
            // One that is gone is a question of its own.
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(_) => break,
        }
    }
    Ok(differ)
}

/// The connection's next open orders in the journal, from where the last poll stopped.
async fn open_orders(world: &World, cursor: &mut CursorRow, most: usize, now: Timestamp) -> Result<Vec<Order>> {
    let oldest = now.checked_sub(OLDEST).unwrap_or(Timestamp::MIN);
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let Reread { mut day, mut after, mut done } = cursor.reread.take().unwrap_or(Reread { day: now, after: None, done: 0 });
    for _ in 0..MOST_DAYS {
        let pk = JournalRow::partition(day);
        let start = after.clone().map(|sk| Key::new(pk.as_str(), sk));
        let page = world.table.query(&pk, "", start.as_ref(), MOST_ROWS, true).await?;
        for row in &page.rows {
            for number in orders_of(row, &cursor.connection)?.into_iter().skip(done) {
                done += 1;
                if seen.insert(number.clone()) {
                    let order = OrderRow::read(world, &cursor.connection, &number).await?;
                    found.extend(order.filter(is_open));
                }
                if found.len() == most || seen.len() == MOST_ROWS {
                    cursor.reread = Some(Reread { day, after, done });
                    return Ok(found);
                }
            }
            (after, done) = (Some(row.key.sk.clone()), 0);
        }
        if page.next.is_some() {
            break;
        }
        (day, after) = (day.checked_sub(DAY).unwrap_or(Timestamp::MIN), None);
        if day < oldest {
            // From the newest on again.
            return Ok(found);
        }
    }
    cursor.reread = Some(Reread { day, after, done });
    Ok(found)
}

fn orders_of(row: &ports::Row, connection: &ConnectionId) -> Result<Vec<OrderNumber>> {
    let JournalEntry::Orders { orders } = JournalRow::from_row(row)?.entry else { return Ok(Vec::new()) };
    Ok(orders.into_iter().filter(|order| order.connection == *connection).map(|order| order.number).collect())
}

/// Whether units of it are still to be sent, or missing.
pub(super) fn is_open(order: &Order) -> bool {
    order.lines.iter().any(|line| line.committed() > line.taken() || !line.short().is_zero())
}
