//! Tells channels the figure they should show.
//!
//! A hint says *which* product; the worker reads the present figure when it sends (I6). Connectors are told side by side, the items
//! of one channel one after the other, sold-out ones first. What cannot be done now is put off with a delayed hint: no message is
//! held back for a channel that does not answer, so one slow channel never delays another.

mod batch;
mod channel_locations;
mod counting;
mod leader;
mod lease;
mod not_published;
mod pending;
mod postpone;
mod present;
mod product_listings;
mod push;
mod push_share;
mod quota;
mod rules;
mod tell;
mod unreadable_lines;

pub(crate) use channel_locations::{at_channel_locations, is_in_place};
pub(crate) use counting::{is_left_alone, may_start_tracking};
pub use not_published::NotPublished;
pub(crate) use not_published::{not_published, not_told, placed};
pub(crate) use present::{Present, Seen, figure, rule, takes};
pub(crate) use quota::{Outlets, Placed};

use crate::connections::mapped_locations;
use crate::messages::hint;
use crate::rows::ListingRow;
use crate::{Cache, Ports};
use contracts::StockHint;
use domain::{ConnectionId, Flow, OfferId, Quantity, Sku, Tried, Want};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ports::{Error, ErrorKind, Lane, QueueName, Result};
use product_listings::ProductListings;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A listing is told at most once in this time, unless it sold out: a thousand sales are not a thousand pushes.
const PACE: SignedDuration = SignedDuration::from_secs(1);

/// Looks at a listing that was told its figure are gathered for this long.
const GATHER: Duration = Duration::from_secs(3);
/// No two clocks differ by more.
const SKEW: SignedDuration = SignedDuration::from_secs(2);
/// SQS delays a message by at most this.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

/// What a run did.
#[derive(Debug, Default)]
pub struct Pushed {
    /// Figures that channels acknowledged.
    pub sent: usize,
    /// Listings that showed the right figure already.
    pub unchanged: usize,
    /// Listings put off to a later hint.
    pub put_off: usize,
    /// Products whose hints must come again, and why: everything else is dealt with.
    pub failed: BTreeMap<Sku, Error>,
    /// How it went at each connection that was called: well, if anything went well.
    pub connections: BTreeMap<ConnectionId, Tried>,
}

/// An item that something else than its figure is written to: nobody pushes to it meanwhile.
pub(crate) struct HeldItem {
    row: ListingRow,
    lease: String,
}

/// Holds an item to write something else than its figure. `None`: somebody is pushing; come again.
pub(crate) async fn hold_item(world: &Ports, row: &ListingRow) -> Result<Option<HeldItem>> {
    let lease::Taken::Ours { row, lease, .. } = lease::take(world, row).await? else { return Ok(None) };
    Ok(Some(HeldItem { row: *row, lease }))
}

/// It was written to: its figure is looked at, for channels may take any write for a write of stock.
pub(crate) async fn let_go(world: &Ports, HeldItem { row, lease }: HeldItem) -> Result<()> {
    lease::give_back(world, &row, &lease, lease::Note::PerhapsMoved).await?;
    let look = StockHint { sku: row.sku, connection: Some(row.connection) };
    world.queue.send(QueueName::StockHints, vec![hint(&look, Duration::ZERO)]).await
}

/// Whether a listing was told the present figure, or its share, as far as is known without asking the channel.
pub(crate) async fn is_told(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    sku: &Sku,
    offer: &OfferId,
) -> Result<bool> {
    let on_sale = ProductListings::read(world, lookup, sku).await?;
    let placed = on_sale.placed();
    let Some(one) = placed.iter().find(|(row, _)| row.connection == *connection && row.listing.offer == *offer) else {
        // Nobody is to be told.
        return Ok(true);
    };
    Ok(Publication::of(world, &on_sale.present, &placed, *one).right)
}

/// What a listing should show, and whether its channel acknowledged just that.
pub(crate) struct Expected {
    /// The figure; in quota mode what it may at most show.
    pub(crate) figure: Quantity,
    /// As far as is known without asking the channel.
    pub(crate) told: bool,
}

/// What one of a product's listings should show. `None`: nobody tells it, so there is nothing to compare.
pub(crate) async fn expected(world: &Ports, lookup: &Cache, present: &Present, row: &ListingRow) -> Result<Option<Expected>> {
    let connection = match lookup.connection(world, &row.connection).await {
        Ok(connection) => connection,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if not_told(world, present, &connection, row).is_some() {
        return Ok(None);
    }
    if present.shares.is_none() {
        let Publication { right, .. } = Publication::of(world, present, &[], (row, &connection));
        return Ok(Some(Expected { figure: figure(world, present, &connection), told: right && row.lease.is_none() }));
    }
    let on_sale = ProductListings::with(world, lookup, present.clone()).await?;
    let placed = on_sale.placed();
    let Publication { right, .. } = Publication::of(world, &on_sale.present, &placed, (row, &connection));
    let outlets = Outlets::of(world, &on_sale.present, &placed);
    let figure = outlets.and_then(|outlets| outlets.exposure(row).or(outlets.share(row))).unwrap_or_default();
    Ok(Some(Expected { figure, told: right && row.lease.is_none() }))
}

/// What is to be done about one listing, as far as is known without asking the channel.
struct Publication {
    /// It shows what it should.
    right: bool,
    /// It shows what nobody has: at once, whatever was put off.
    urgent: bool,
    /// Whether it must fall, or may have to: that never waits behind what may rise.
    lane: Lane,
    /// In quota mode.
    quota: bool,
}

impl Publication {
    fn of(world: &Ports, present: &Present, placed: &[Placed<'_>], (row, connection): Placed<'_>) -> Self {
        if let Some(outlets) = Outlets::of(world, present, placed) {
            let want = outlets.want(row);
            // Where units lie moves without anybody's share: what is spread over places is looked at whenever the stock moved.
            let in_place = mapped_locations(world, connection).is_empty() || row.told_version == Some(present.version);
            let lane = lane(matches!(want, Want::Shrink { .. }));
            return Self {
                right: want == Want::Rest && in_place && row.pending.is_empty(),
                urgent: want == Want::Shrink { urgent: true },
                lane,
                quota: true,
            };
        }
        let target = figure(world, present, connection);
        let same_change = row.told_version == Some(present.version);
        // Of what was written and is not known to be in force, the last counts: what went before it is settled by it, or looked at anew.
        let shown = row.pending.last().map_or(row.told, |pending| pending.quantity);
        let lane = lane(target.is_zero() || shown.is_none_or(|shown| target < shown));
        let right = row.told == Some(target) && same_change && row.pending.is_empty();
        let urgent = target.is_zero() && (row.pending.is_empty() || shown != Some(target));
        Self { right, urgent, lane, quota: false }
    }
}

/// A listing that does not show what it should.
struct Task {
    row: ListingRow,
    /// What the connection's orders had moved when it was read.
    flow: Flow,
    urgent: bool,
    lane: Lane,
    quota: bool,
    /// It is told figures. Otherwise its channel did not count it when it was seen last, and it is looked at whether it does.
    placed: bool,
}

/// Which calls go first where the channel's limits are nearly used up.
fn lane(lowers: bool) -> Lane {
    if lowers { Lane::Lowers } else { Lane::Raises }
}

/// Publishes for a batch of hints. One product, item or channel that fails never costs another: what failed for a passing reason is put
/// off, and only what cannot even be put off is left to the queue.
pub async fn publish_stock(world: &Ports, lookup: &Cache, hints: &[StockHint]) -> Pushed {
    let mut wanted: BTreeMap<&Sku, BTreeSet<Option<&ConnectionId>>> = BTreeMap::new();
    for hint in hints {
        wanted.entry(&hint.sku).or_default().insert(hint.connection.as_ref());
    }
    let mut pushed = Pushed::default();
    let mut tasks: BTreeMap<ConnectionId, Vec<Task>> = BTreeMap::new();
    let looks = join_all(wanted.iter().map(|(sku, only)| look_at(world, lookup, sku, only))).await;
    for (sku, look) in wanted.keys().zip(looks) {
        match look {
            Ok(looked) => {
                pushed.unchanged += looked.unchanged;
                pushed.put_off += looked.put_off;
                for task in looked.tasks {
                    tasks.entry(task.row.connection.clone()).or_default().push(task);
                }
            }
            Err(error) => drop(pushed.failed.insert((*sku).clone(), error)),
        }
    }
    let told = join_all(tasks.into_iter().map(|(connection, tasks)| tell::tell(world, lookup, connection, tasks))).await;
    let mut events = Vec::new();
    for (part, said) in told {
        pushed.sent += part.sent;
        pushed.unchanged += part.unchanged;
        pushed.put_off += part.put_off;
        pushed.failed.extend(part.failed);
        pushed.connections.extend(part.connections);
        events.extend(said);
    }
    if !events.is_empty() {
        // Nobody waits for these; what was told stands, and is not told again for the event's sake.
        let _ = world.bus.publish(events).await;
    }
    postpone::postpone(world, hints, &mut pushed).await;
    pushed
}

/// What a look at one product without a call to any channel led to.
#[derive(Default)]
struct Looked {
    tasks: Vec<Task>,
    unchanged: usize,
    put_off: usize,
}

async fn look_at(world: &Ports, lookup: &Cache, sku: &Sku, only: &BTreeSet<Option<&ConnectionId>>) -> Result<Looked> {
    let on_sale = quota::in_its_mode(world, lookup, sku).await?;
    let (present, placed) = (&on_sale.present, on_sale.placed());
    if only.contains(&None) {
        // Its figure is part of theirs.
        let hinted = |bundle: &Sku| hint(&StockHint { sku: bundle.clone(), connection: None }, Duration::ZERO);
        let hints: Vec<_> = present.bundles.iter().map(hinted).collect();
        if !hints.is_empty() {
            world.queue.send(QueueName::StockHints, hints).await?;
        }
    }
    let mut looked = Looked::default();
    let mut gather = Gather { items: &placed, put_off: BTreeSet::new() };
    for (row, connection) in &placed {
        // In quota mode the listings depend on each other: word of one is word of all.
        if present.shares.is_none() && !only.contains(&None) && !only.contains(&Some(&row.connection)) {
            continue;
        }
        let publication = Publication::of(world, present, &placed, (row, connection));
        match first_look(world, row, &publication, only.contains(&Some(&row.connection)), &mut gather).await? {
            Look::Unchanged => looked.unchanged += 1,
            Look::PutOff => looked.put_off += 1,
            Look::Push => {
                let Publication { urgent, lane, quota, .. } = publication;
                let flow = present.flow(&row.connection);
                looked.tasks.push(Task { row: (*row).clone(), flow, urgent, lane, quota, placed: true });
            }
        }
    }
    // Word of just this item: its staff may have it tracked now.
    for row in on_sale.left_alone().filter(|row| only.contains(&Some(&row.connection))) {
        let flow = present.flow(&row.connection);
        looked.tasks.push(Task { row: row.clone(), flow, urgent: false, lane: lane(true), quota: false, placed: false });
    }
    Ok(looked)
}

/// How looks at several items of one product on one connection are gathered: together, or else each would put off the other for ever.
struct Gather<'a> {
    items: &'a [Placed<'a>],
    /// Connections for which a hint was put off in this run.
    put_off: BTreeSet<ConnectionId>,
}

impl Gather<'_> {
    /// Whether what was put off is due for any item of a connection. Clocks differ a little: the hint that was put off must not take itself
    /// for one that is still on its way.
    fn is_due(&self, connection: &ConnectionId, now: Timestamp) -> bool {
        let of_it = self.items.iter().map(|(row, _)| row).filter(|row| row.connection == *connection);
        of_it.filter_map(|row| row.put_off_until).any(|until| until.duration_since(now) <= SKEW)
    }
}

enum Look {
    Unchanged,
    PutOff,
    Push,
}

/// Decides without a call whether there is anything to do now.
async fn first_look(
    world: &Ports,
    row: &ListingRow,
    publication: &Publication,
    asked_for: bool,
    gather: &mut Gather<'_>,
) -> Result<Look> {
    let now = world.clock.now();
    if let Some(at) = row.ask_at().filter(|_| row.lease.is_none()) {
        if at.duration_since(now) <= SKEW {
            return Ok(Look::Push);
        }
        if publication.lane != Lane::Lowers {
            // A write is pending. The hint that asks for it is on its way, or was lost.
            if row.put_off_until.is_none_or(|until| until.duration_since(now) <= SKEW) {
                put_off(world, row, pending::wait(world, row), Lane::Raises).await?;
            }
            return Ok(Look::PutOff);
        }
    }
    let shown = publication.right && row.lease.is_none();
    // A hint for this connection alone is a push that was put off, or word that its figure changed there: look for sure.
    if shown && !asked_for {
        return Ok(Look::Unchanged);
    }
    if shown {
        // It was told this figure, and something says that it shows another. Looks are gathered: ten thousand short sales of one
        // product are not ten thousand looks. The delayed hint finds its time past, and looks.
        match row.put_off_until {
            Some(until) if until.duration_since(now) > SKEW => return Ok(Look::PutOff),
            Some(_) => return Ok(Look::Push),
            None if gather.is_due(&row.connection, now) => return Ok(Look::Push),
            None => {}
        }
        if gather.put_off.insert(row.connection.clone()) {
            put_off(world, row, GATHER, Lane::Usual).await?;
        }
        return Ok(Look::PutOff);
    }
    if publication.urgent {
        return Ok(Look::Push);
    }
    // A hint is on its way that will push: this one ends here, whomever it is for. Otherwise hints that wait for one channel would each
    // keep coming back, and more would join them.
    let grace = if asked_for { SKEW } else { SignedDuration::ZERO };
    // What waits to rise is no reason for what must fall to wait with it.
    let only_a_raise = row.put_off_raise && publication.lane == Lane::Lowers;
    if row.put_off_until.is_some_and(|until| until.duration_since(now) > grace) && !only_a_raise {
        return Ok(Look::PutOff);
    }
    let too_soon = row.told_at.filter(|at| now.duration_since(*at) < PACE);
    if let Some(at) = too_soon {
        let wait = PACE - now.duration_since(at);
        put_off(world, row, Duration::try_from(wait).unwrap_or(Duration::from_secs(1)), publication.lane).await?;
        return Ok(Look::PutOff);
    }
    Ok(Look::Push)
}

/// The hint first, then the note that it is on its way: dying in between costs a hint too many, never one too few. The note's time is
/// from before the hint was sent, for the hint must not come, and be done, while the note still says that it is on its way.
async fn put_off(world: &Ports, row: &ListingRow, wait: Duration, lane: Lane) -> Result<()> {
    let later = StockHint { sku: row.sku.clone(), connection: Some(row.connection.clone()) };
    // Whole seconds, because SQS knows no others.
    let wait = Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).min(LONGEST_DELAY);
    let now = world.clock.now();
    world.queue.send(QueueName::StockHints, vec![hint(&later, wait)]).await?;
    lease::note_put_off(world, row, now, SignedDuration::try_from(wait).unwrap_or(PACE), lane == Lane::Raises).await
}
