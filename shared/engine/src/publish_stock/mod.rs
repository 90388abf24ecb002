//! Tells channels the figure they should show.
//!
//! A hint says *which* article; the worker reads the present figure when it sends (I6). Channels are told side by side, the items
//! of one channel one after the other, sold-out ones first. What cannot be done now is put off with a delayed hint: no message is
//! held back for a channel that does not answer, so one slow channel never delays another.

mod lease;
mod push;

use crate::announce::hint;
use crate::planted::{Mistake, planted};
use crate::rows::{ConnectionRow, Kept, ListingRow, StockRow};
use crate::{Driver, Lookup, World};
use contracts::{ListingPublished, Message, StockHint};
use domain::{ConnectionId, LocationId, OfferId, Quantity, Sku, target};
use futures::future::join_all;
use jiff::SignedDuration;
use ports::{ErrorKind, OutgoingEvent, QueueName, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A listing is told at most once in this time, unless it sold out: a thousand sales are not a thousand pushes.
const PACE: SignedDuration = SignedDuration::from_secs(1);

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Figures that channels acknowledged.
    pub sent: usize,
    /// Listings that showed the right figure already.
    pub unchanged: usize,
    /// Listings put off to a later hint.
    pub put_off: usize,
}

/// An article's present figures and what channels were told of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Present {
    /// Counts the commits over all locations.
    pub(crate) version: u64,
    stock: BTreeMap<LocationId, Quantity>,
    listings: Vec<ListingRow>,
}

impl Present {
    /// Reads all of it, in one query.
    pub(crate) async fn read(world: &World, sku: &Sku) -> Result<Self> {
        let mut present = Self::default();
        let mut from = None;
        loop {
            let page = world.table.query(&StockRow::partition(sku), "", from.as_ref(), 500, false).await?;
            for row in &page.rows {
                if row.key.sk.starts_with(StockRow::PREFIX) {
                    let stock = StockRow::from_row(row)?;
                    present.version += stock.level.version;
                    present.stock.insert(stock.location, stock.level.available);
                } else if row.key.sk.starts_with(ListingRow::PREFIX) {
                    present.listings.push(ListingRow::from_row(row)?);
                }
            }
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(present),
            }
        }
    }

    /// Units over the locations that serve a connection.
    pub(crate) fn available(&self, locations: &[LocationId]) -> Quantity {
        locations.iter().filter_map(|l| self.stock.get(l)).copied().sum()
    }
}

/// The figure a connection should show: the merchant's rule, and no more than the channel takes.
pub(crate) fn figure(world: &World, present: &Present, connection: &ConnectionRow) -> Quantity {
    figure_for(world, present.available(&connection.locations), connection)
}

/// As `figure`, for what is available over the locations that serve the connection.
pub(crate) fn figure_for(world: &World, available: Quantity, connection: &ConnectionRow) -> Quantity {
    let figure = target(available, &connection.rule);
    let most = world.channels.get(&connection.channel).and_then(|c| c.descriptor().most_shown);
    most.map_or(figure, |most| figure.min(Quantity::clamped(most)))
}

/// Whether a listing was told the present figure, as far as is known without asking the channel.
pub(crate) async fn is_told(world: &World, connection: &ConnectionRow, sku: &Sku, offer: &OfferId) -> Result<bool> {
    let present = Present::read(world, sku).await?;
    let target = figure(world, &present, connection);
    let row = present.listings.iter().find(|row| row.connection == connection.id && row.listing.offer == *offer);
    Ok(row.is_some_and(|row| row.told == Some(target) && row.told_version == Some(present.version)))
}

/// A listing that does not show what it should.
struct Task {
    row: ListingRow,
    sold_out: bool,
}

/// Publishes for a batch of hints. An error means the hints must come again; what was acknowledged stays acknowledged.
pub async fn publish_stock(world: &World, lookup: &Lookup, hints: &[StockHint]) -> Result<Pushed> {
    let mut wanted: BTreeMap<&Sku, BTreeSet<Option<&ConnectionId>>> = BTreeMap::new();
    for hint in hints {
        wanted.entry(&hint.sku).or_default().insert(hint.connection.as_ref());
    }
    let mut pushed = Pushed::default();
    let mut failed = None;
    let mut tasks: BTreeMap<ConnectionId, Vec<Task>> = BTreeMap::new();
    let skus: Vec<_> = wanted.keys().copied().collect();
    for (sku, present) in skus.iter().zip(join_all(skus.iter().map(|sku| Present::read(world, sku))).await) {
        let present = match present {
            Ok(present) => present,
            Err(error) => {
                failed = Some(error);
                continue;
            }
        };
        let only = &wanted[sku];
        for row in &present.listings {
            if !only.contains(&None) && !only.contains(&Some(&row.connection)) {
                continue;
            }
            let connection = match lookup.connection(world, &row.connection).await {
                Ok(connection) => connection,
                // No longer configured: nobody to tell.
                Err(error) if error.kind == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let target = figure(world, &present, &connection);
            let shown = row.told == Some(target)
                && (row.told_version == Some(present.version) || planted(Mistake::ChangeNamedByQuantity))
                && row.lease.is_none();
            match first_look(world, row, shown, target, only.contains(&Some(&row.connection))).await? {
                Look::Unchanged => pushed.unchanged += 1,
                Look::PutOff => pushed.put_off += 1,
                Look::Push => {
                    let task = Task { row: row.clone(), sold_out: target.is_zero() };
                    tasks.entry(row.connection.clone()).or_default().push(task);
                }
            }
        }
    }
    let told = join_all(tasks.into_iter().map(|(connection, tasks)| tell(world, lookup, connection, tasks))).await;
    let mut events = Vec::new();
    for result in told {
        match result {
            Ok((part, said)) => {
                pushed.sent += part.sent;
                pushed.unchanged += part.unchanged;
                pushed.put_off += part.put_off;
                events.extend(said);
            }
            Err(error) => failed = Some(error),
        }
    }
    if !events.is_empty() {
        world.bus.publish(events).await?;
    }
    failed.map_or(Ok(pushed), Err)
}

enum Look {
    Unchanged,
    PutOff,
    Push,
}

/// Decides without a call whether there is anything to do now.
async fn first_look(world: &World, row: &ListingRow, shown: bool, target: Quantity, asked_for: bool) -> Result<Look> {
    let now = world.clock.now();
    // A hint for this connection alone is a push that was put off, or word that its figure changed there: look for sure.
    if shown && !asked_for {
        return Ok(Look::Unchanged);
    }
    if shown {
        // It was told this figure, and something says that it shows another. Looks are gathered: ten thousand short sales of one
        // article are not ten thousand looks. The delayed hint finds its time past, and looks.
        return match row.put_off_until {
            Some(until) if until > now => Ok(Look::PutOff),
            Some(_) => Ok(Look::Push),
            None => {
                put_off(world, row, Duration::from_secs(1)).await?;
                Ok(Look::PutOff)
            }
        };
    }
    if target.is_zero() {
        return Ok(Look::Push);
    }
    if !asked_for && row.put_off_until.is_some_and(|until| until > now) {
        return Ok(Look::PutOff);
    }
    let too_soon = row.told_at.filter(|at| now.duration_since(*at) < PACE);
    if let Some(at) = too_soon {
        let wait = PACE - now.duration_since(at);
        put_off(world, row, Duration::try_from(wait).unwrap_or(Duration::from_secs(1))).await?;
        return Ok(Look::PutOff);
    }
    Ok(Look::Push)
}

/// The hint first, then the note that it is on its way: dying in between costs a hint too many, never one too few.
async fn put_off(world: &World, row: &ListingRow, wait: Duration) -> Result<()> {
    let later = StockHint { sku: row.sku.clone(), connection: Some(row.connection.clone()) };
    // Whole seconds, because SQS knows no others.
    let wait = Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    world.queue.send(QueueName::StockHints, vec![hint(&later, wait)]).await?;
    lease::note_put_off(world, row, wait).await
}

/// Tells one connection, item after item.
async fn tell(
    world: &World,
    lookup: &Lookup,
    connection: ConnectionId,
    mut tasks: Vec<Task>,
) -> Result<(Pushed, Vec<OutgoingEvent>)> {
    let mut pushed = Pushed::default();
    let mut events = Vec::new();
    tasks.sort_by_key(|t| !t.sold_out);
    let driver = match Driver::open(world, lookup, &connection).await {
        Ok(driver) => driver,
        Err(error) => {
            // A connection that cannot even be opened must not stop the others: it is looked at again later.
            for task in &tasks {
                lease::note_failure(world, &task.row, &error).await?;
                put_off(world, &task.row, Duration::from_mins(1 << task.row.failures.min(4))).await?;
            }
            pushed.put_off += tasks.len();
            return Ok((pushed, events));
        }
    };
    for task in tasks {
        match push::push(world, lookup, &driver, &task.row).await? {
            push::Ended::Told(quantity) => {
                pushed.sent += 1;
                let row = &task.row;
                let event = ListingPublished {
                    connection: row.connection.clone(),
                    sku: row.sku.clone(),
                    offer: row.listing.offer.clone(),
                    quantity,
                    at: world.clock.now(),
                };
                events.push(OutgoingEvent { name: ListingPublished::NAME, detail: event.to_json() });
            }
            push::Ended::Unchanged | push::Ended::LeftToHolder | push::Ended::Parked => pushed.unchanged += 1,
            push::Ended::Later(wait) => {
                put_off(world, &task.row, wait).await?;
                pushed.put_off += 1;
            }
        }
    }
    Ok((pushed, events))
}
