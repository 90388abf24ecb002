//! A few open orders that each poll reads again, in turn: a shop may change a line and leave the order's time of change as it was, and then
//! no list tells of it.
//!
//! What is open is found in the journal, newest first, as far back as it goes. Of `n` orders that are named there and open, each is read
//! again every `n / MOST` polls at the latest. Days on which nothing was open are left out for some hours, and where nothing is open at
//! all nobody looks before the list tells of an order: whatever becomes open is named in today's journal.

use super::{Waiting, gone};
use crate::rows::{CursorRow, JournalEntry, JournalRow, OrderRow, Reread, TypedRow as _};
use crate::{ConnectorClient, Ports};
use domain::{ConnectionId, Order, OrderNumber, Recency, Source, standing};
use jiff::{SignedDuration, Timestamp};
use ports::{ErrorKind, Key, Lane, Result};
use std::collections::BTreeSet;

/// Orders that one poll reads again at most. A channel of few calls a second gives one of twenty of its calls.
const MOST: u32 = 5;
/// Rows of the journal, and days, that one poll looks through for them.
const MOST_ROWS: usize = 50;
const MOST_DAYS: usize = 5;
/// All days are looked through again after this long.
const WHOLE_AGAIN: SignedDuration = SignedDuration::from_hours(6);
/// The journal goes back so far.
const OLDEST: SignedDuration = SignedDuration::from_hours(24 * 30);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many a channel is asked for with each poll.
pub(super) fn most(driver: &ConnectorClient<'_>) -> usize {
    let connector = driver.connector();
    let every_s = connector.orders().map_or(0, |orders| orders.descriptor().paging.every_s);
    (connector.descriptor().calls_per_second * every_s / 20).clamp(1, MOST) as usize
}

/// Reads the next few. `listed`: how many orders the list told of just now. Answers those that differ from what is known; the cursor is left where the next poll goes on. A channel that does not
/// answer is asked at the next poll.
pub(super) async fn some(
    world: &Ports,
    driver: &ConnectorClient<'_>,
    cursor: &mut CursorRow,
    waiting: &Waiting,
    listed: usize,
    now: Timestamp,
) -> Result<Vec<OrderNumber>> {
    let mut differ = Vec::new();
    // What was sold and what must fall goes first.
    let driver = driver.in_lane(Lane::Raises);
    for order in open_orders(world, cursor, most(&driver), listed > 0 || !waiting.is_empty(), now).await? {
        let number = order.snapshot.number.clone();
        if waiting.knows(&number) {
            continue;
        }
        let read_at = world.clock.now();
        match driver.orders()?.call(|orders, call| orders.read(call, &number)).await {
            Ok(told) if standing(Some(&order), &told, read_at, Source::Read) == Recency::Same => {}
            Ok(_) => differ.push(number),
            Err(error) if error.kind == ErrorKind::NotFound => gone::look_for(world, &order).await?,
            // What cannot be read of one is no reason to ask for no others.
            Err(error) if error.kind == ErrorKind::Protocol => {}
            Err(_) => break,
        }
    }
    Ok(differ)
}

impl Reread {
    /// A pass from the newest on: as far back as something was open, or has been written since.
    fn pass(before: Option<Self>, now: Timestamp) -> Self {
        let whole_at = before.as_ref().and_then(|before| before.whole_at);
        let is_known = whole_at.is_some_and(|at| now.duration_since(at) < WHOLE_AGAIN);
        let back_to = before.filter(|_| is_known).map(|before| before.open_on.map_or(before.began, |day| day.min(before.began)));
        Self { day: now, after: None, done: 0, began: now, back_to, open_on: None, whole_at, news: false, is_over: false }
    }

    /// Whether nothing was open when all was last looked through.
    fn found_nothing(&self, now: Timestamp) -> bool {
        let is_known = self.whole_at.is_some_and(|at| now.duration_since(at) < WHOLE_AGAIN);
        self.is_over && self.open_on.is_none() && !self.news && is_known
    }

    /// The day before, or the end of the pass.
    fn day_is_done(&mut self, now: Timestamp) {
        let last = self.back_to.or_else(|| now.checked_sub(OLDEST).ok()).unwrap_or(Timestamp::MIN);
        let before = self.day.checked_sub(DAY).unwrap_or(Timestamp::MIN);
        if JournalRow::partition(before) < JournalRow::partition(last) {
            self.is_over = true;
            self.whole_at = if self.back_to.is_none() { Some(now) } else { self.whole_at };
        } else {
            (self.day, self.after) = (before, None);
        }
    }
}

/// The connection's next open orders in the journal, from where the last poll stopped.
async fn open_orders(world: &Ports, cursor: &mut CursorRow, most: usize, news: bool, now: Timestamp) -> Result<Vec<Order>> {
    let before = cursor.reread.take();
    if !news && before.as_ref().is_some_and(|before| before.found_nothing(now)) {
        cursor.reread = before;
        return Ok(Vec::new());
    }
    let mut place = before.clone().filter(|place| !place.is_over).unwrap_or_else(|| Reread::pass(before, now));
    // What is listed now is in the journal once it is taken in, and this pass may be past that day by then.
    place.news |= news;
    let found = look_through(world, cursor, &mut place, most, now).await?;
    cursor.reread = Some(place);
    Ok(found)
}

async fn look_through(world: &Ports, cursor: &CursorRow, place: &mut Reread, most: usize, now: Timestamp) -> Result<Vec<Order>> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for _ in 0..MOST_DAYS {
        let pk = JournalRow::partition(place.day);
        let start = place.after.clone().map(|sk| Key::new(pk.as_str(), sk));
        let page = world.table.query(&pk, "", start.as_ref(), MOST_ROWS, true).await?;
        for row in &page.rows {
            for number in orders_of(row, &cursor.connection)?.into_iter().skip(place.done) {
                place.done += 1;
                if seen.insert(number.clone()) {
                    let order = OrderRow::read(world, &cursor.connection, &number).await?.filter(is_open);
                    place.open_on = order.as_ref().map(|_| place.day).or(place.open_on);
                    found.extend(order);
                }
                if found.len() == most || seen.len() == MOST_ROWS {
                    return Ok(found);
                }
            }
            (place.after, place.done) = (Some(row.key.sk.clone()), 0);
        }
        if page.next.is_some() {
            break;
        }
        place.day_is_done(now);
        if place.is_over {
            break;
        }
    }
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
