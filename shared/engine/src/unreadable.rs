//! Names what a channel tells and nobody can read: each problem once, however often it is read, and no longer than it is there.

use crate::Ports;
use crate::first_named::first_named;
use crate::rows::{NotedRow, OfferRow, ParkedRow, Subject, TypedRow};
use domain::{ConnectionId, OfferId, Order, PossibleProducts, UnreadableLine, fingerprint};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Error, ErrorKind, Result, UnreadableItem, Write};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The list of what is on sale.
pub(crate) const LISTINGS: &str = "listings";
/// The list of changed orders.
pub(crate) const ORDERS: &str = "orders";
/// The list of returns.
pub(crate) const RETURNS: &str = "returns";

/// A problem that is still there is noted to be so once in this time.
const REFRESHED: SignedDuration = SignedDuration::from_hours(24);
/// What has no name of its own, and was not read again for this long, is gone.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(72);
/// Parked things are kept for fourteen days: one that is still true is parked anew before that.
const SAID_AGAIN: SignedDuration = SignedDuration::from_hours(13 * 24);

/// What a person is to do about an order that nobody can ask for.
const LOOK_FOR_IT: &str = "see on the channel which order it is and what was sold, correct the stock if units left for it, and dismiss this: \
     until then no figure of the connection rises";

/// What was named to a person, by what it is about.
#[derive(Debug)]
pub(crate) struct Named {
    /// The same at each reading.
    pub(crate) about: String,
}

/// The problems of one list of a connection.
pub(crate) struct UnreadableItems<'a> {
    world: &'a Ports,
    connection: &'a ConnectionId,
    list: &'static str,
    noted: BTreeMap<String, NotedRow>,
}

impl<'a> UnreadableItems<'a> {
    /// Those that were named and stand.
    pub(crate) async fn of(world: &'a Ports, connection: &'a ConnectionId, list: &'static str) -> Result<Self> {
        let rows: Vec<NotedRow> = world.all(&NotedRow::partition(connection), &NotedRow::prefix(list)).await?;
        let noted = rows.into_iter().map(|row| (row.about.clone(), row)).collect();
        let mut items = Self { world, connection, list, noted };
        let now = world.clock.now();
        let mut waits = BTreeSet::new();
        for row in items.noted.values().filter(|_| list == ORDERS) {
            // That it left the list tells nothing: an order is listed for as long as it changed lately.
            if still_waits(world, connection, &row.about).await? {
                waits.insert(row.about.clone());
            }
        }
        let is_old = |row: &NotedRow| row.offer.is_none() && now.duration_since(row.seen_at) > FORGOTTEN;
        items.end(|row| is_old(row) && !waits.contains(&row.about)).await?;
        Ok(items)
    }

    /// A page was read: names what of it could not be, and ends what could be again. Answers what it named.
    pub(crate) async fn page(
        &mut self,
        unreadable: &[UnreadableItem],
        read: impl Iterator<Item = &OfferId>,
    ) -> Result<Vec<Named>> {
        let mut there = Vec::with_capacity(unreadable.len());
        for item in unreadable {
            let about = format!("{}#{}#{}", self.list, item.item, item.problem.field);
            let named = item.sku.as_ref().map_or_else(String::new, |sku| format!(" ({sku})"));
            let to_do = if self.list == ORDERS { LOOK_FOR_IT } else { "correct it on the channel" };
            let reason = format!("{}{named}: {}; {to_do}. What stands beside it is read all the same", item.item, item.problem);
            let known = self.noted.get(&about).cloned();
            if known.is_none() {
                self.forget_push(item).await?;
            }
            let problem = Problem {
                subject: Subject::UnreadableItem { item: item.item.clone() },
                reason,
                offer: item.offer.clone(),
                urgent: self.list == ORDERS,
            };
            let row = note(self.world, self.connection, &about, problem, known).await?;
            self.noted.insert(about.clone(), row);
            there.push(Named { about });
        }
        if self.noted.is_empty() {
            return Ok(there);
        }
        let read: Vec<&OfferId> = read.collect();
        let is_there = |row: &NotedRow| there.iter().any(|named| named.about == row.about);
        self.end(|row| !is_there(row) && row.offer.as_ref().is_some_and(|offer| read.contains(&offer))).await?;
        Ok(there)
    }

    /// A push that met the same problem named it before the list did: it is named once.
    async fn forget_push(&self, item: &UnreadableItem) -> Result<()> {
        let Some(offer) = &item.offer else { return Ok(()) };
        let row: Option<OfferRow> = self.world.get(&OfferRow::key(self.connection, offer)).await?;
        let Some(sku) = row.and_then(|row| row.matched) else { return Ok(()) };
        let key = ParkedRow::key(&ParkedRow::id(Some(self.connection), &Subject::Listing { sku, offer: offer.clone() }, ""));
        let parked: Option<ParkedRow> = self.world.get(&key).await?;
        if parked.is_some_and(|row| row.reason.contains(&item.problem.to_string())) {
            self.world.write_if(Write::Delete { key, when: Condition::Always }).await?;
        }
        Ok(())
    }

    async fn end(&mut self, over: impl Fn(&NotedRow) -> bool) -> Result<()> {
        let over: Vec<NotedRow> = self.noted.values().filter(|row| over(row)).cloned().collect();
        for row in over {
            forget(self.world, &row).await?;
            self.noted.remove(&row.about);
        }
        Ok(())
    }
}

/// Waits between tries of what could not be read: soon at first, for it may be a page of somebody in between and over in a moment, and ever more
/// seldom, for it may stay so.
const SOONEST: Duration = Duration::from_secs(30);
const MOST_SELDOM: Duration = Duration::from_mins(15);

/// How long to wait before what could not be read since then, UTC, is tried again.
pub(crate) fn patience(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since) / 2).unwrap_or_default().clamp(SOONEST, MOST_SELDOM)
}

/// Has a person see what could not be read, and why, for as long as that is so. Answers when to try it again.
pub(crate) async fn park_and_wait(world: &Ports, connection: &ConnectionId, subject: Subject, error: &Error) -> Result<Duration> {
    let key = ParkedRow::key(&ParkedRow::id(Some(connection), &subject, ""));
    let before: Option<ParkedRow> = world.get(&key).await?;
    world.park(Some(connection), subject, &error.message, "").await?;
    let now = world.clock.now();
    Ok(patience(before.map_or(now, |row| row.first_at.min(now)), now))
}

/// Whether what a push cannot read of an item is named already, by the list that it is in.
pub(crate) async fn is_named(world: &Ports, connection: &ConnectionId, offer: &OfferId, error: &Error) -> Result<bool> {
    if error.kind != ErrorKind::Protocol {
        return Ok(false);
    }
    let rows: Vec<NotedRow> = world.all(&NotedRow::partition(connection), &NotedRow::prefix(LISTINGS)).await?;
    Ok(rows.iter().any(|row| row.offer.as_ref() == Some(offer)))
}

/// Names the lines of an order that nobody has decided about; ends what was named once there are none.
pub(crate) async fn note_lines(world: &Ports, order: &Order) -> Result<()> {
    let (connection, number) = (&order.connection, &order.snapshot.number);
    let about = format!("lines#{number}");
    let known: Option<NotedRow> = world.get(&NotedRow::key(connection, &about)).await?;
    let (amounts, lines): (Vec<_>, Vec<_>) = order.undecided().partition(|line| line.may_be == PossibleProducts::Nothing);
    if lines.is_empty() && amounts.is_empty() {
        return match known {
            Some(row) => forget(world, &row).await,
            None => Ok(()),
        };
    }
    let named = |lines: Vec<&UnreadableLine>| first_named(lines.into_iter().map(ToString::to_string), "; ");
    let mut reasons = Vec::new();
    if !lines.is_empty() {
        reasons.push(format!(
            "{}; the other lines are taken in. See in the channel what was ordered, correct the stock if units left for it, and decide about \
             the line: until then no figure rises of what it may be of",
            named(lines)
        ));
    }
    if !amounts.is_empty() {
        reasons.push(format!(
            "{}; the order is taken in without it, and no figure waits for it. Correct it in the channel, or decide that it is left out",
            named(amounts)
        ));
    }
    let reason = reasons.join(". ");
    let subject = Subject::UnreadableLines { number: number.clone() };
    let problem = Problem { subject, reason, offer: None, urgent: order.may_mean_anything() };
    note(world, connection, &about, problem, known).await.map(drop)
}

/// Whether what was named is still to be decided by a person. Kept on the list for as long as it is.
pub(crate) async fn still_waits(world: &Ports, connection: &ConnectionId, about: &str) -> Result<bool> {
    let Some(noted) = world.get::<NotedRow>(&NotedRow::key(connection, about)).await? else { return Ok(false) };
    let parked: Option<ParkedRow> = world.get(&noted.parked_key()).await?;
    if parked.is_some_and(|parked| parked.dismissed.is_some()) {
        return Ok(false);
    }
    if world.clock.now().duration_since(noted.at) >= SAID_AGAIN {
        let NotedRow { offer, reason, .. } = noted.clone();
        let item = about.split('#').nth(1).unwrap_or(about).to_owned();
        let problem = Problem { subject: Subject::UnreadableItem { item }, reason, offer, urgent: true };
        note(world, connection, about, problem, Some(noted)).await?;
    }
    Ok(true)
}

/// A problem, for people.
struct Problem {
    subject: Subject,
    reason: String,
    offer: Option<OfferId>,
    /// As `ParkedRow::urgent`.
    urgent: bool,
}

async fn note(
    world: &Ports,
    connection: &ConnectionId,
    about: &str,
    problem: Problem,
    known: Option<NotedRow>,
) -> Result<NotedRow> {
    let Problem { subject, reason, offer, urgent } = problem;
    let now = world.clock.now();
    if let Some(known) = &known
        && known.reason == reason
        && now.duration_since(known.at) < SAID_AGAIN
    {
        let row = NotedRow { seen_at: now, ..known.clone() };
        if now.duration_since(known.seen_at) > REFRESHED {
            put(world, &row).await?;
        }
        return Ok(row);
    }
    if let Some(known) = &known {
        world.write_if(Write::Delete { key: known.parked_key(), when: Condition::Always }).await?;
    }
    let id = format!("{:016x}", fingerprint(&[connection.as_str(), about]));
    let row = NotedRow { connection: connection.clone(), about: about.to_owned(), offer, reason, at: now, id, seen_at: now };
    let parked = ParkedRow {
        id: row.id.clone(),
        first_at: known.as_ref().map_or(row.at, |known| known.at),
        last_at: row.at,
        count: 1,
        connection: Some(connection.clone()),
        subject,
        reason: row.reason.clone(),
        dismissed: None,
        urgent,
    };
    // Parked first, then noted: dying in between parks it twice, never not at all.
    world.write_if(Write::Put { row: parked.to_row(), when: Condition::Always }).await?;
    put(world, &row).await?;
    Ok(row)
}

async fn put(world: &Ports, row: &NotedRow) -> Result<()> {
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
}

async fn forget(world: &Ports, row: &NotedRow) -> Result<()> {
    world.write_if(Write::Delete { key: row.parked_key(), when: Condition::Always }).await?;
    let key = NotedRow::key(&row.connection, &row.about);
    world.write_if(Write::Delete { key, when: Condition::Always }).await.map(drop)
}
