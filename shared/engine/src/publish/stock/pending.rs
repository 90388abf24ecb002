//! Figures that a channel took and has not put in force yet: they lie in the listing's row and are asked for when their time comes, by
//! whoever handles the hint. Nobody waits for them in a running function.
//!
//! While one is pending the item shows what it was told before or what was written since, and nobody knows which. It is not raised. What must
//! fall is written at once: where writes keep their order, the later one settles the matter; where they do not, the item is looked at anew
//! once all of them are over.

use super::batch::Writer;
use super::channel_locations::{ChannelLocations, write_figure};
use super::lease::PendingOutcome;
use super::present::{Present, figure};
use super::push::{Turn, is_stale};
use super::push_share;
use super::{lane, lease};
use crate::rows::{ListingRow, PendingWrite};
use crate::{Cache, Ports};
use domain::{Quantity, Share};
use jiff::{SignedDuration, Timestamp};
use ports::{Acknowledged, Disposition, Error, ErrorKind, Later, Result};
use std::time::Duration;

/// How far a write has come.
pub(super) enum Written {
    /// In force.
    InForce,
    /// Taken, or it may have been (`None`).
    Taken(Option<String>),
}

/// So many are noted at once; what must fall further waits until one of them is over.
const MOST: usize = 8;

/// How the channel works on writes that it does later.
pub(super) fn later(writer: &Writer<'_>) -> Option<Later> {
    writer.connector().stock().and_then(|stock| stock.descriptor().later)
}

impl PendingWrite {
    /// Just written.
    pub(super) fn new(
        world: &Ports,
        writer: &Writer<'_>,
        status: Option<String>,
        quantity: Option<Quantity>,
        from: &Before,
        share: Option<(Quantity, Share)>,
    ) -> Self {
        let (now, later) = (world.clock.now(), later(writer).unwrap_or(Later::UNTOLD));
        let wait = if status.is_some() { later.ask_after(0) } else { later.done_within() };
        let &Before { version, back, out } = from;
        Self { status, quantity, version, back, out, since: now, ask_at: after(now, wait), asked: 0, share }
    }
}

/// What was read before a figure was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    /// The product's stock version.
    pub(super) version: u64,
    /// What the connection's orders had given back.
    pub(super) back: u64,
    /// What they had taken.
    pub(super) out: u64,
}

impl Before {
    /// As it was when the push began; the version is that of nothing.
    pub(super) fn of(task: &super::Task) -> Self {
        Self { version: 0, back: task.flow.back, out: task.flow.out }
    }
}

fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now.saturating_add(SignedDuration::try_from(wait).unwrap_or_default()).unwrap_or(Timestamp::MAX)
}

/// How long until the channel is asked.
pub(super) fn wait(world: &Ports, row: &ListingRow) -> Duration {
    let left = row.ask_at().map_or(SignedDuration::ZERO, |at| at.duration_since(world.clock.now()));
    Duration::try_from(left).unwrap_or_default().max(Duration::from_secs(1))
}

/// What became of the writes that were pending.
pub(super) enum Asked {
    /// All of them are over, and the row says what is known of the figure now. The figure, if it is in force by that.
    Over(Box<ListingRow>, Option<Quantity>),
    /// The channel refused the last of them.
    Refused(Box<ListingRow>, Error),
    /// Some are not.
    Waits(Box<ListingRow>),
}

enum Fate {
    InForce,
    Refused(Error),
    /// Nobody knows, and it can be carried out no longer.
    Unknown,
}

/// Asks for those whose time has come, and keeps what is known.
pub(super) async fn ask(
    world: &Ports,
    lookup: &Cache,
    writer: &Writer<'_>,
    mut row: ListingRow,
    lease: &str,
    after_death: bool,
) -> Result<Asked> {
    let later = later(writer).unwrap_or(Later::UNTOLD);
    let several = row.pending.len() > 1;
    let (mut left, mut last, mut all_known) = (Vec::new(), None, !after_death);
    for pending in std::mem::take(&mut row.pending) {
        last = Some(match ask_for(world, writer, &later, pending).await {
            Ok((pending, fate)) => {
                all_known &= !matches!(fate, Fate::Unknown);
                (pending, fate)
            }
            Err(pending) => {
                left.push(*pending);
                continue;
            }
        });
    }
    row.pending = left;
    if !row.pending.is_empty() {
        lease::note_outcome(world, &row, lease, &PendingOutcome::Nothing).await?;
        return Ok(Asked::Waits(Box::new(row)));
    }
    let Some((pending, fate)) = last else { return Ok(Asked::Over(Box::new(row), None)) };
    // Of several that come in any order, the last one that was written need not be the last that was carried out; and whoever died may have
    // written after all of them.
    let is_known = all_known && (!several || (later.keeps_order && matches!(fate, Fate::InForce)));
    if all_known && !is_known && pending.share.is_some() {
        push_share::all_over(world, &row).await?;
    }
    let now = world.clock.now();
    match fate {
        Fate::InForce if is_known => {
            let Some(quantity) = pending.quantity else { return forget(world, row, lease).await };
            push_share::came_in_force(world, lookup, &row, &pending, quantity).await?;
            lease::note_outcome(world, &row, lease, &PendingOutcome::Shows { quantity, pending: &pending, at: now }).await?;
            row.told = Some(quantity);
            (row.told_version, row.told_back) = (Some(pending.version), pending.back);
            (row.expected, row.lowered_at) = (None, Some(now));
            Ok(Asked::Over(Box::new(row), Some(quantity)))
        }
        Fate::Refused(error) if is_known => {
            push_share::was_refused(world, &row, &pending).await?;
            lease::note_outcome(world, &row, lease, &PendingOutcome::Nothing).await?;
            Ok(Asked::Refused(Box::new(row), error))
        }
        Fate::InForce | Fate::Refused(_) | Fate::Unknown => forget(world, row, lease).await,
    }
}

/// What it shows is not known any more.
async fn forget(world: &Ports, mut row: ListingRow, lease: &str) -> Result<Asked> {
    lease::note_outcome(world, &row, lease, &PendingOutcome::Unknown).await?;
    (row.told, row.told_version, row.expected) = (None, None, None);
    // Whatever is written next is a raise as long as its orders up to now are not known to be in.
    row.lowered_at = Some(world.clock.now());
    Ok(Asked::Over(Box::new(row), None))
}

/// `Err`: it is still pending.
async fn ask_for(
    world: &Ports,
    writer: &Writer<'_>,
    later: &Later,
    pending: PendingWrite,
) -> std::result::Result<(PendingWrite, Fate), Box<PendingWrite>> {
    let now = world.clock.now();
    if pending.ask_at.duration_since(now) > super::SKEW {
        return Err(Box::new(pending));
    }
    let Some(status) = pending.status.clone() else { return Ok((pending, Fate::Unknown)) };
    let asked = pending.asked.saturating_add(1);
    let again = |status: String, wait: Duration| {
        let ask_at = after(now, wait);
        Err(Box::new(PendingWrite { status: Some(status), asked, ask_at, ..pending.clone() }))
    };
    let answer = match writer.jobs() {
        Ok(jobs) => {
            // One after the other: those of one import find the answer that the first of them was given.
            let _alone = writer.looking().await;
            jobs.call(|jobs, call| jobs.status(call, &status)).await
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok(Acknowledged::Applied) => Ok((pending, Fate::InForce)),
        Ok(Acknowledged::Pending(status)) => again(status, later.ask_after(asked)),
        Err(error) if matches!(error.kind, ErrorKind::Conflict | ErrorKind::Declined) => Ok((pending, Fate::Refused(error))),
        Err(error) => match error.disposition() {
            // Not being told is not the same as not done.
            Disposition::Retry | Disposition::ReadBack => again(status, later.ask_after(asked)),
            Disposition::RetryAt(wait) => again(status, wait.max(Duration::from_secs(1))),
            // The channel no longer knows it.
            Disposition::Park | Disposition::DeadLetter => {
                let over_at = after(pending.since, later.done_within());
                if over_at <= now {
                    Ok((pending, Fate::Unknown))
                } else {
                    Err(Box::new(PendingWrite { status: None, ask_at: over_at, ..pending }))
                }
            }
        },
    }
}

/// Lowers an item of which a write is pending, if what it may come to show is more than there is. `None`: that is not so, or cannot be told
/// without a look.
pub(super) async fn overtake(
    world: &Ports,
    lookup: &Cache,
    writer: &Writer<'_>,
    row: &ListingRow,
    quota: bool,
) -> Result<Option<Turn>> {
    let Some(last) = row.pending.last().filter(|_| row.pending.len() < MOST) else { return Ok(None) };
    let Some(may_show) = last.quantity else { return Ok(None) };
    if quota {
        return push_share::overtake(world, lookup, writer, row, may_show).await;
    }
    let present = Present::read(world, &row.sku).await?;
    if present.shares.is_some() {
        return Ok(None);
    }
    let connection = lookup.connection(world, &row.connection).await?;
    let target = figure(world, &present, &connection);
    if target >= may_show {
        return Ok(None);
    }
    let flow = present.flow(&row.connection);
    let before = Before { version: present.version, back: flow.back, out: flow.out };
    // What is compared place by place is answered at once, and never pending.
    match write_figure(world, &writer.to_write(lane(true)), row, target, None, &ChannelLocations::default()).await {
        Ok(written) => {
            let status = match written {
                // In force before the one that was written earlier: that one may still come.
                Written::InForce => None,
                Written::Taken(status) => status,
            };
            Ok(Some(Turn::Taken(Box::new(PendingWrite::new(world, writer, status, Some(target), &before, None)))))
        }
        Err(error) if is_stale(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
