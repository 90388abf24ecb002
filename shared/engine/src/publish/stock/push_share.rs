//! One push in quota mode: what is known of the listing's exposure, a look, and at most one write.
//!
//! The row of all shares is written *before* the channel is, with what the write may add, on condition that nobody wrote it since the
//! figures were read: two channels never get the same unit. It is written after, with what the write surely took off. Whoever dies in
//! between leaves a bound that is too high, never one that is too low.

use super::batch::Writer;
use super::channel_locations::{ChannelLocations, put_in_place, write_figure};
use super::counting::{may_start_tracking, not_counted};
use super::lane;
use super::pending::{self, Before, Written};
use super::present::Present;
use super::product_listings::ProductListings;
use super::push::{FENCE_WAIT, Turn, is_stale, look, patience};
use super::quota::{Outlets, name, share_of, tell_all};
use super::unreadable_lines;
use crate::orders::poll::taken_in;
use crate::planted::{Mistake, planted};
use crate::rows::{ListingRow, PendingWrite, SharesRow, TypedRow};
use crate::{Cache, Ports};
use domain::{Flow, Quantity, QuotaMove, Setting, Share, Showing, Want};
use jiff::{SignedDuration, Timestamp};
use ports::{ErrorKind, Observed, Result, Status, Write};
use std::time::Duration;

/// Tries to write the listing's own share while others write theirs.
const MOST_TRIES: u32 = 6;

/// The product as it was read, and the listing's place in it.
struct Here {
    row: SharesRow,
    version: u64,
    outlets: Outlets,
    share: Share,
    flow: Flow,
    sole: bool,
    places: ChannelLocations,
    present: Present,
    may_start_tracking: bool,
}

impl Here {
    /// `None`: the product is no longer in quota mode, or the listing is no longer one of it.
    async fn read(world: &Ports, lookup: &Cache, listing: &ListingRow) -> Result<Option<Self>> {
        Self::with(world, lookup, listing, None).await
    }

    /// As `read`, with the share as it is about to be.
    async fn with(world: &Ports, lookup: &Cache, listing: &ListingRow, share: Option<&Share>) -> Result<Option<Self>> {
        let mut on_sale = ProductListings::read(world, lookup, &listing.sku).await?;
        if let (Some(row), Some(share)) = (on_sale.present.shares.as_mut(), share) {
            row.shares.insert(name(listing), share.clone());
        }
        let present = &on_sale.present;
        let listings = on_sale.placed();
        let outlets = Outlets::of(world, present, &listings).filter(|outlets| outlets.share(listing).is_some());
        let connection = listings.iter().find(|(row, _)| row.connection == listing.connection).map(|(_, connection)| *connection);
        let (Some(row), Some(outlets), Some(connection)) = (present.shares.clone(), outlets, connection) else { return Ok(None) };
        let (share, sole) = share_of(&row, present, listing);
        let (flow, places) = (present.flow(&listing.connection), ChannelLocations::of(world, present, connection));
        let version = present.version;
        let may_start_tracking = may_start_tracking(world, present, connection);
        let present = present.clone();
        Ok(Some(Self { row, version, outlets, share, flow, sole, places, present, may_start_tracking }))
    }
}

/// One turn. `lost`: nobody heard of the last write before the product came into quota mode.
pub(super) async fn turn(world: &Ports, lookup: &Cache, driver: &Writer<'_>, listing: &ListingRow, lost: bool) -> Result<Turn> {
    let Some(mut here) = Here::read(world, lookup, listing).await? else { return Ok(Turn::Left) };
    if lost && !here.row.shares.contains_key(&name(listing)) {
        let now = world.clock.now();
        save(world, listing, |share| *share = Share::after_lost_write(now)).await?;
        return Ok(Turn::LookAgain);
    }
    let now = world.clock.now();
    if here.share.clone().believed_at(now) != here.share {
        save(world, listing, |share| *share = share.clone().believed_at(now)).await?;
        return Ok(Turn::LookAgain);
    }
    if let Some(shown) = here.share.waits_for() {
        let mut wait = patience(driver);
        if let Some(settled) = taken_in_to(world, lookup, listing, shown.at).await? {
            // What the orders moved is read after it is known that they are in.
            let Some(again) = Here::read(world, lookup, listing).await? else { return Ok(Turn::Left) };
            // A line that may be of the product has lowered the figure, and moves stock only once it can be read: settled now, it would come off twice.
            match unreadable_lines::holds(world, lookup, &again.present).await? {
                None => return confirm(world, lookup, listing, &again, settled).await,
                Some(until_decided) => wait = until_decided,
            }
            here = again;
        }
        // What nobody has is taken off without waiting.
        if here.outlets.want(listing) != (Want::Shrink { urgent: true }) {
            return Ok(Turn::Wait { wait, seen: None, back: 0 });
        }
    }
    // Units that are given back from here on may not be in the figure that is about to be read.
    let back = here.flow.back;
    let asked_at = world.clock.now();
    let shown = match look(driver, listing).await? {
        Some(Observed::Counted(shown)) => shown,
        Some(Observed::NotCounted) if here.may_start_tracking => {
            // From nothing on, as where it cannot be looked at: what it sold without end is not known yet.
            let nothing = QuotaMove { quantity: Quantity::ZERO, adds: Quantity::ZERO, removes: Quantity::ZERO };
            return set(world, lookup, driver, &not_counted(listing), here, None, &nothing, back).await;
        }
        Some(Observed::NotCounted) => return Ok(Turn::NotCounted),
        None => return blind(world, lookup, driver, listing, here, back).await,
    };
    let live = shown.quantity;
    // The time after the answer: the figure may be as new as that.
    let showing = Showing { quantity: live, at: world.clock.now(), back };
    let mut here = if here.outlets.exposure(listing).is_some_and(|most| live > most) {
        let mut share = here.share;
        share.broken();
        match Here::with(world, lookup, listing, Some(&share)).await? {
            Some(again) if again.row.mark == here.row.mark => again,
            _ => return Ok(Turn::LookAgain),
        }
    } else {
        here
    };
    here.places.show(&shown.places);
    let next = here.outlets.next_figure(listing, live);
    if next.as_ref().is_some_and(|next| next.quantity > live)
        && let Some(wait) = unreadable_lines::holds(world, lookup, &here.present).await?
    {
        return Ok(Turn::Wait { wait, seen: None, back: 0 });
    }
    match next {
        Some(next) => set(world, lookup, driver, listing, here, Some(live), &next, back).await,
        None => stay(world, lookup, driver, listing, here, asked_at, showing).await,
    }
}

/// What a listing may cost us is not known any more: its channel did not count it for a while, and what it counts now is its staff's word.
pub(super) async fn forget(world: &Ports, listing: &ListingRow) -> Result<()> {
    save(world, listing, Share::broken).await
}

/// A channel that cannot be looked at: what is not known for sure is set to 0, and given anew from there.
async fn blind(world: &Ports, lookup: &Cache, driver: &Writer<'_>, listing: &ListingRow, here: Here, back: u64) -> Result<Turn> {
    let shown = here.outlets.exposure(listing);
    let next = match shown {
        Some(most) if here.outlets.want(listing) != Want::Learn => here.outlets.next_figure(listing, most),
        _ => Some(QuotaMove { quantity: Quantity::ZERO, adds: Quantity::ZERO, removes: Quantity::ZERO }),
    };
    if next.as_ref().is_some_and(|next| shown.is_none_or(|shown| next.quantity > shown) && !next.quantity.is_zero())
        && let Some(wait) = unreadable_lines::holds(world, lookup, &here.present).await?
    {
        return Ok(Turn::Wait { wait, seen: None, back: 0 });
    }
    match next {
        Some(next) => set(world, lookup, driver, listing, here, None, &next, back).await,
        None => Ok(Turn::Left),
    }
}

/// A figure was shown, and its orders up to then are taken in: it is the bound.
async fn confirm(world: &Ports, lookup: &Cache, listing: &ListingRow, here: &Here, settled: Timestamp) -> Result<Turn> {
    let (flow, sole) = (here.flow, here.sole);
    save(world, listing, |share| share.settle(settled, flow, sole)).await?;
    tell_others(world, lookup, listing).await?;
    Ok(Turn::LookAgain)
}

async fn taken_in_to(world: &Ports, lookup: &Cache, listing: &ListingRow, at: Timestamp) -> Result<Option<Timestamp>> {
    if planted(Mistake::GrantedUnsettled) {
        return Ok(Some(at));
    }
    Ok(taken_in(world, lookup, listing, at).await?.through.filter(|settled| *settled >= at))
}

/// The figure is right, or must be understood first.
async fn stay(
    world: &Ports,
    lookup: &Cache,
    driver: &Writer<'_>,
    listing: &ListingRow,
    here: Here,
    asked_at: Timestamp,
    showing: Showing,
) -> Result<Turn> {
    let (flow, sole) = (here.flow, here.sole);
    // While a write may still be carried out, nothing that is shown is the last word.
    if let Some(until) = here.share.uncertain_until().filter(|until| *until > asked_at) {
        let left = Duration::try_from(until.duration_since(asked_at)).unwrap_or(FENCE_WAIT);
        return Ok(Turn::Wait { wait: left.max(FENCE_WAIT), seen: None, back: 0 });
    }
    if here.outlets.exposure(listing) == Some(showing.quantity) {
        if here.share.is_open(flow, sole) {
            save(world, listing, |share| share.confirmed(asked_at, flow, sole)).await?;
            // What was known before it was known for sure may have hidden what is to be done.
            tell_others(world, lookup, listing).await?;
            return Ok(Turn::LookAgain);
        }
        let (quantity, version, back) = (showing.quantity, here.version, showing.back);
        return match put_in_place(world, driver, listing, quantity, &here.places).await {
            Ok(Some(Written::Taken(status))) => {
                let read = Before { version, back, out: flow.out };
                Ok(Turn::Taken(Box::new(PendingWrite::new(world, driver, status, Some(quantity), &read, None))))
            }
            Ok(moved) => Ok(Turn::Shows { quantity, version, back, sent: moved.is_some(), lowered_at: None, then: None }),
            Err(error) if is_stale(&error) => Ok(Turn::LookAgain),
            Err(error) => Err(error),
        };
    }
    // Sold and not yet taken in, or given back and not put on sale, or never known: its orders will tell.
    let unknown = here.outlets.exposure(listing).is_none();
    save(world, listing, |share| {
        if unknown {
            share.broken();
        }
        share.looked_at(asked_at, showing);
    })
    .await?;
    Ok(Turn::Wait { wait: patience(driver), seen: None, back: 0 })
}

/// Writes a figure, between the two writes of the bound.
#[expect(clippy::too_many_arguments, reason = "one write, told in one place")]
async fn set(
    world: &Ports,
    lookup: &Cache,
    driver: &Writer<'_>,
    listing: &ListingRow,
    here: Here,
    live: Option<Quantity>,
    next: &QuotaMove,
    back: u64,
) -> Result<Turn> {
    let before = here.share.clone();
    // A compared write leaves a bound that was exact before just as exact.
    let was_exact = live.is_some() && live == here.outlets.exposure(listing);
    let compared = was_exact && here.outlets.setting(listing) == Some(Setting::Compared);
    // Nothing may stand for a counter below zero, where the channel sells on: then the write adds more than its difference, and what it shows is
    // looked at once more when its orders are in.
    let from_nothing = live.is_some_and(Quantity::is_zero) && !next.quantity.is_zero();
    let exact = compared && !from_nothing;
    let mut share = here.share;
    let adds = match live {
        Some(live) if planted(Mistake::AbsoluteAsDifference) => next.quantity.less(live),
        _ => next.adds,
    };
    share.begin_for(world.clock.now(), adds, flight(driver));
    let mut row = here.row;
    row.shares.insert(name(listing), share);
    if !put(world, row).await? {
        return Ok(Turn::LookAgain);
    }
    let lowers = live.is_none_or(|live| next.quantity < live);
    let driver = &driver.to_write(lane(lowers));
    match write_figure(world, driver, listing, next.quantity, live, &here.places).await {
        Ok(Written::InForce) => {}
        Ok(Written::Taken(status)) => {
            // The bound stays as high as it may come to be.
            let read = Before { version: here.version, back, out: here.flow.out };
            let kept = Some((next.removes, before));
            return Ok(Turn::Taken(Box::new(PendingWrite::new(world, driver, status, Some(next.quantity), &read, kept))));
        }
        Err(error) if error.status == Status::Unknown => return Err(error),
        Err(error) => {
            // Surely not done.
            save(world, listing, |share| *share = before.clone()).await?;
            return if error.kind == ErrorKind::Conflict { Ok(Turn::LookAgain) } else { Err(error) };
        }
    }
    let showing = (!exact).then(|| Showing { quantity: next.quantity, at: world.clock.now(), back });
    // It is in force, whatever fails from here on: what was told before it is no longer what the channel shows.
    let in_force = |error: ports::Error| error.with_status(Status::Unknown);
    save(world, listing, |share| share.acknowledged(next.removes, showing)).await.map_err(in_force)?;
    let left_to_do = tell_others(world, lookup, listing).await.map_err(in_force)?;
    // Set over sales that are not taken in, it is no figure to raise from once the product is mirrored: its orders are to be read first.
    let lowered_at = (!exact || lowers).then(|| world.clock.now());
    // What does not divide may be its own by now, because it holds more than it did.
    let then = showing.map(|_| patience(driver)).or(left_to_do.then_some(FENCE_WAIT));
    Ok(Turn::Shows { quantity: next.quantity, version: here.version, back, sent: true, lowered_at, then })
}

/// How long a write may still be carried out of whose end nobody heard.
fn flight(driver: &Writer<'_>) -> SignedDuration {
    let done_within = pending::later(driver).map(|later| later.done_within()).unwrap_or_default();
    SignedDuration::try_from(done_within).unwrap_or_default()
}

/// A write that was pending is in force, and none besides. What it shows is settled like any figure that was written.
pub(super) async fn came_in_force(
    world: &Ports,
    lookup: &Cache,
    listing: &ListingRow,
    pending: &PendingWrite,
    quantity: Quantity,
) -> Result<()> {
    let Some((removes, _)) = &pending.share else { return Ok(()) };
    let showing = Showing { quantity, at: world.clock.now(), back: pending.back };
    save(world, listing, |share| {
        share.all_over();
        share.acknowledged(*removes, Some(showing));
    })
    .await?;
    tell_others(world, lookup, listing).await.map(drop)
}

/// Every write that was pending is over, and nobody knows which of them was carried out last.
pub(super) async fn all_over(world: &Ports, listing: &ListingRow) -> Result<()> {
    save(world, listing, Share::all_over).await
}

/// A write that was pending, and none besides, was refused: the bound is what it was.
pub(super) async fn was_refused(world: &Ports, listing: &ListingRow, pending: &PendingWrite) -> Result<()> {
    let Some((_, before)) = &pending.share else { return Ok(()) };
    save(world, listing, |share| *share = before.clone()).await
}

/// Takes units off a listing of which a write is pending that may come to show so many, where nobody has them any more. `None`: that is not so.
pub(super) async fn overtake(
    world: &Ports,
    lookup: &Cache,
    driver: &Writer<'_>,
    listing: &ListingRow,
    may_show: Quantity,
) -> Result<Option<Turn>> {
    let Some(here) = Here::read(world, lookup, listing).await? else { return Ok(None) };
    if here.outlets.want(listing) != (Want::Shrink { urgent: true }) {
        return Ok(None);
    }
    let Some(next) = here.outlets.next_figure(listing, may_show).filter(|next| next.quantity < may_show) else { return Ok(None) };
    let back = here.flow.back;
    set(world, lookup, driver, listing, here, None, &next, back).await.map(Some)
}

/// Changes the listing's own share, whatever others do to theirs meanwhile. Nobody else changes this one: we hold its listing.
async fn save(world: &Ports, listing: &ListingRow, change: impl Fn(&mut Share)) -> Result<()> {
    for _ in 0..MOST_TRIES {
        let Some(mut row) = world.get::<SharesRow>(&SharesRow::key(&listing.sku)).await? else { return Ok(()) };
        change(row.shares.entry(name(listing)).or_default());
        if put(world, row).await? {
            return Ok(());
        }
    }
    Err(ports::Error::new(ErrorKind::Conflict, "publish", format!("the shares of {} are busy", listing.sku)))
}

async fn put(world: &Ports, row: SharesRow) -> Result<bool> {
    let when = row.unchanged();
    let row = SharesRow { mark: world.ids.fresh(), ..row };
    world.write_if(Write::Put { row: row.to_row(), when }).await
}

/// Units may have become free for others, or others must give some up. Answers whether something is left to do about this one.
async fn tell_others(world: &Ports, lookup: &Cache, listing: &ListingRow) -> Result<bool> {
    let Some(here) = Here::read(world, lookup, listing).await? else { return Ok(false) };
    if here.outlets.others_want(listing) {
        tell_all(world, &listing.sku, Duration::ZERO).await?;
    }
    Ok(here.outlets.want(listing) != Want::Rest)
}
