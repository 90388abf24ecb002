//! Tells channels the figure they should show.
//!
//! A hint says *which* article; the worker reads the present figure when it sends (I6). Channels are told side by side, the items
//! of one channel one after the other, sold-out ones first. What cannot be done now is put off with a delayed hint: no message is
//! held back for a channel that does not answer, so one slow channel never delays another.

mod lease;
mod present;
mod push;
mod push_share;
mod quota;

pub(crate) use present::{Present, figure};
pub(crate) use quota::{Outlets, Placed};

use crate::announce::hint;
use crate::planted::{Mistake, planted};
use crate::rows::ListingRow;
use crate::{Driver, Lookup, World};
use contracts::{ListingPublished, Message, StockHint};
use domain::{ConnectionId, OfferId, Sku, Want};
use futures::future::join_all;
use jiff::SignedDuration;
use ports::{OutgoingEvent, QueueName, Result};
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

/// Whether a listing was told the present figure, or its share, as far as is known without asking the channel.
pub(crate) async fn is_told(
    world: &World,
    lookup: &Lookup,
    connection: &ConnectionId,
    sku: &Sku,
    offer: &OfferId,
) -> Result<bool> {
    let present = Present::read(world, sku).await?;
    let connections = push_share::configured(world, lookup, &present).await?;
    let placed: Vec<Placed<'_>> = connections.iter().map(|(at, c)| (&present.listings[*at], c.as_ref())).collect();
    let Some(one) = placed.iter().find(|(row, _)| row.connection == *connection && row.listing.offer == *offer) else {
        return Ok(false);
    };
    Ok(Publication::of(world, &present, &placed, *one).right)
}

/// What is to be done about one listing, as far as is known without asking the channel.
struct Publication {
    /// It shows what it should.
    right: bool,
    /// It shows what nobody has: at once, whatever was put off.
    urgent: bool,
    /// In quota mode.
    quota: bool,
}

impl Publication {
    fn of(world: &World, present: &Present, placed: &[Placed<'_>], (row, connection): Placed<'_>) -> Self {
        if let Some(outlets) = Outlets::of(world, present, placed) {
            let want = outlets.want(row);
            return Self { right: want == Want::Rest, urgent: want == Want::Shrink { urgent: true }, quota: true };
        }
        let target = figure(world, present, connection);
        let same_change = row.told_version == Some(present.version) || planted(Mistake::ChangeNamedByQuantity);
        Self { right: row.told == Some(target) && same_change, urgent: target.is_zero(), quota: false }
    }
}

/// A listing that does not show what it should.
struct Task {
    row: ListingRow,
    urgent: bool,
    quota: bool,
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
        let present = match in_its_mode(world, lookup, present).await {
            Ok(present) => present,
            Err(error) => {
                failed = Some(error);
                continue;
            }
        };
        let only = &wanted[sku];
        let connections = push_share::configured(world, lookup, &present).await?;
        let placed: Vec<Placed<'_>> = connections.iter().map(|(at, c)| (&present.listings[*at], c.as_ref())).collect();
        for (row, connection) in &placed {
            if !only.contains(&None) && !only.contains(&Some(&row.connection)) {
                continue;
            }
            let publication = Publication::of(world, &present, &placed, (row, connection));
            match first_look(world, row, &publication, only.contains(&Some(&row.connection))).await? {
                Look::Unchanged => pushed.unchanged += 1,
                Look::PutOff => pushed.put_off += 1,
                Look::Push => {
                    let Publication { urgent, quota, .. } = publication;
                    let task = Task { row: (*row).clone(), urgent, quota };
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

/// The article as it is, after its mode was switched if it was time.
async fn in_its_mode(world: &World, lookup: &Lookup, present: Present) -> Result<Present> {
    let listings = push_share::configured(world, lookup, &present).await?.len();
    quota::switch(world, lookup, present, listings).await
}

enum Look {
    Unchanged,
    PutOff,
    Push,
}

/// Decides without a call whether there is anything to do now.
async fn first_look(world: &World, row: &ListingRow, publication: &Publication, asked_for: bool) -> Result<Look> {
    let now = world.clock.now();
    let shown = publication.right && row.lease.is_none();
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
    if publication.urgent {
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
    if !planted(Mistake::PutOffForEver) {
        world.queue.send(QueueName::StockHints, vec![hint(&later, wait)]).await?;
    }
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
    tasks.sort_by_key(|t| !t.urgent);
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
        let ended = push::push(world, lookup, &driver, &task.row, task.quota).await?;
        let row = &task.row;
        if let Some(quantity) = ended.told {
            pushed.sent += 1;
            let event = ListingPublished {
                connection: row.connection.clone(),
                sku: row.sku.clone(),
                offer: row.listing.offer.clone(),
                quantity,
                at: world.clock.now(),
            };
            events.push(OutgoingEvent { name: ListingPublished::NAME, detail: event.to_json() });
        }
        if let Some(wait) = ended.later {
            put_off(world, row, wait).await?;
            pushed.put_off += 1;
        }
        pushed.unchanged += usize::from(ended.told.is_none() && ended.later.is_none());
    }
    Ok((pushed, events))
}
