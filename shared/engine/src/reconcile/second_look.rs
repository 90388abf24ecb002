//! What differs is held back until the channel's orders up to the first look are in our books, and then looked at once more: only what
//! stays, and what none of its orders explains, is a difference.

use super::Run;
use super::cases::Now;
use super::orders::are_in;
use crate::messages::hint;
use crate::orders::poll::{budgeted, poll_orders};
use crate::publish::stock::{Expected, Present, expected};
use crate::rows::{CursorRow, DriftCounts, DriftSubject, LedgerRow, ListingRow, OfferRow, PendingOrder, settled_for};
use contracts::{Cause, StockHint};
use domain::{DriftCause, DriftFound, DriftStatus, FigureLook, LastTold, Listing, OfferId, Sku, rounds};
use jiff::{SignedDuration, Timestamp};
use ports::{ErrorKind, Observed, QueueName, Result};
use std::time::Duration;

/// A channel's list of orders that lags by more is not waited for: what may be explained by it counts as late.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(60);
/// Hints that are sent at once.
const MOST_HINTS: usize = 100;

/// An item that showed, or was told, another figure than it should.
struct Suspect {
    offer: OfferId,
    stock_reference: String,
    sku: Sku,
    look: FigureLook,
}

/// What waits for a second look.
#[derive(Default)]
pub(super) struct Held {
    suspects: Vec<Suspect>,
    /// What was counted since the last page that is done with.
    pub(super) tally: DriftCounts,
}

impl Held {
    pub(super) fn hold(&mut self, listing: &Listing, sku: &Sku, look: FigureLook) {
        let (offer, stock_reference) = (listing.offer.clone(), listing.stock_reference.clone());
        self.suspects.push(Suspect { offer, stock_reference, sku: sku.clone(), look });
    }

    pub(super) fn len(&self) -> usize {
        self.suspects.len()
    }

    /// Nothing waits.
    pub(super) fn is_idle(&self) -> bool {
        self.suspects.is_empty()
    }

    /// Everything so far is done with.
    pub(super) fn done(&mut self, counts: &mut DriftCounts) {
        self.suspects.clear();
        let tally = std::mem::take(&mut self.tally);
        counts.compared += tally.compared;
        counts.matching += tally.matching;
        counts.skipped += tally.skipped;
        for (class, found) in tally.differences {
            *counts.differences.entry(class).or_default() += found;
        }
    }
}

/// Looks again at everything that is held. False: there is no time for all of it now, and its pages are read again.
pub(super) async fn second_look(run: &mut Run<'_>, held: &mut Held) -> Result<bool> {
    let unexplained = held.suspects.iter().filter(|suspect| suspect.look.told.is_this());
    let through = match unexplained.map(|suspect| suspect.look.looked_at).max() {
        Some(newest) => taken_in(run, newest).await?,
        None => TakenIn::default(),
    };
    let mut hints = Vec::new();
    let suspects = std::mem::take(&mut held.suspects);
    let mut whole = true;
    for suspect in &suspects {
        let Some(hinted) = judge(run, held, suspect, &through).await? else {
            whole = false;
            break;
        };
        hints.extend(hinted);
        if hints.len() >= MOST_HINTS {
            send(run, &mut hints).await?;
        }
    }
    send(run, &mut hints).await?;
    Ok(whole)
}

async fn send(run: &Run<'_>, hints: &mut Vec<StockHint>) -> Result<()> {
    if hints.is_empty() {
        return Ok(());
    }
    let messages = hints.drain(..).map(|one| hint(&one, Duration::ZERO)).collect();
    run.world.queue.send(QueueName::StockHints, messages).await
}

/// Up to when the channel's orders are in our books.
#[derive(Default)]
struct TakenIn {
    through: Option<Timestamp>,
    /// But for these, which wait for a person.
    held: Vec<PendingOrder>,
}

/// Looks up to when the channel's orders are in our books; at least to `newest`, if that can be had now.
async fn taken_in(run: &mut Run<'_>, newest: Timestamp) -> Result<TakenIn> {
    if !are_in(run).await? {
        return Ok(TakenIn::default());
    }
    let (world, id) = (run.world, &run.connection.id);
    let known: Option<CursorRow> = world.get(&CursorRow::key(id)).await?;
    if let Some(known) = known.filter(|known| known.settled_through.is_some_and(|settled| settled >= newest)) {
        return Ok(TakenIn { through: known.settled_through, held: known.pending });
    }
    if budgeted(world, &run.driver).await?.is_some() {
        // Its list is read more rarely: the next run knows more.
        return Ok(TakenIn::default());
    }
    let ready = newest.saturating_add(run.driver.lag()).unwrap_or(Timestamp::MAX);
    let wait = ready.duration_since(world.clock.now());
    if wait > SignedDuration::ZERO && wait <= LONGEST_WAIT {
        world.clock.sleep(Duration::try_from(wait).unwrap_or_default() + Duration::from_millis(1)).await;
    }
    let report = poll_orders(world, run.lookup, id, Cause::Fence).await?;
    Ok(TakenIn { through: report.settled_through, held: report.held })
}

/// Judges one: `None`: no look is left for it. The hint that repairs it, if it is to be repaired.
async fn judge(run: &mut Run<'_>, held: &mut Held, suspect: &Suspect, taken_in: &TakenIn) -> Result<Option<Option<StockHint>>> {
    let present = Present::read(run.world, &suspect.sku).await?;
    let mine = |row: &&ListingRow| row.connection == run.connection.id && row.listing.offer == suspect.offer;
    let Some(row) = present.listings.iter().find(mine) else { return Ok(Some(None)) };
    let kept: Option<OfferRow> = run.world.get(&OfferRow::key(&run.connection.id, &suspect.offer)).await?;
    if kept.and_then(|kept| kept.matched).as_ref() != Some(&suspect.sku) {
        // It is another product by now: that is found when we look through what we keep.
        return Ok(Some(None));
    }
    let Some(Expected { figure, told }) = expected(run.world, run.lookup, &present, row).await? else { return Ok(Some(None)) };
    let mut look = FigureLook {
        wanted: figure,
        told: LastTold::of(row.told, told),
        due_until: row.due_until(run.world.clock.now()),
        changed_at: row.told_at,
        settled_through: settled_for(taken_in.through, &taken_in.held, &suspect.sku),
        ..suspect.look
    };
    if !look.told.is_this() {
        look.changed_at = look.changed_at.max(last_moved(run, &present, &suspect.sku).await?);
    }
    let subject = DriftSubject::Listing { connection: run.connection.id.clone(), offer: suspect.offer.clone() };
    if !look.is_right()
        && let Some(case) = run.cases.dealt_with(&subject, run.state.run)
    {
        let rounded = || look.live.is_some_and(|live| rounds(look.wanted, live, look.maximum));
        if case.status != DriftStatus::Explained || rounded() {
            *held.tally.differences.entry(case.cause).or_default() += u64::from(case.run != run.state.run);
            return Ok(Some(None));
        }
    }
    if look.told.is_this() && look.class().is_some_and(|class| class != DriftCause::Delayed) {
        match look_again(run, suspect).await? {
            Second::NoneLeft => return Ok(None),
            Second::Unseen => {}
            Second::Shows(live) if Some(live) != look.live && live != look.wanted => {
                // Somebody buys, or edits, right now.
                *held.tally.differences.entry(DriftCause::Delayed).or_default() += 1;
                return Ok(Some(None));
            }
            Second::Shows(live) => look.live = Some(live),
        }
    }
    let Some(class) = look.class() else {
        held.tally.matching += 1;
        run.cases.right(run.world, &mut run.state.counts, &subject).await?;
        return Ok(Some(None));
    };
    let found =
        DriftFound { class, repairable: true, wanted: Some(look.wanted), shown: look.live, words: words(class, &look, row) };
    let now = Now { run: run.state.run, at: run.world.clock.now() };
    let counts = if class == DriftCause::Delayed { &mut held.tally } else { &mut run.state.counts };
    let repair = run.cases.found(run.world, counts, subject, Some(&suspect.sku), &found, now).await?;
    Ok(Some(repair.then(|| StockHint { sku: suspect.sku.clone(), connection: Some(run.connection.id.clone()) })))
}

enum Second {
    /// No look is left in this part of the run.
    NoneLeft,
    /// The channel cannot be asked, does not know the item any more, or answers what cannot be read.
    Unseen,
    Shows(domain::Quantity),
}

async fn look_again(run: &mut Run<'_>, suspect: &Suspect) -> Result<Second> {
    if !run.driver.reads_back() {
        return Ok(Second::Unseen);
    }
    if !run.may_look() {
        return Ok(Second::NoneLeft);
    }
    let (offer, reference) = (&suspect.offer, &suspect.stock_reference);
    match run.driver.stock()?.call(|stock, call| stock.read(call, offer, reference)).await {
        Ok(Observed::Counted(live)) => Ok(Second::Shows(live.quantity)),
        Ok(Observed::NotCounted) => Ok(Second::Unseen),
        // What cannot be read of one item is named by whoever tells it, and costs the others nothing.
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Protocol) => Ok(Second::Unseen),
        Err(error) => Err(error),
    }
}

/// When the product, or of a bundle one of its parts, last moved.
async fn last_moved(run: &Run<'_>, present: &Present, sku: &Sku) -> Result<Option<Timestamp>> {
    let parts = present.parts.iter().filter_map(|(_, part)| part.stock.first().map(|row| row.sku.clone()));
    let mut last = None;
    for sku in parts.chain([sku.clone()]) {
        let page = run.world.table.query(&LedgerRow::partition(&sku), "", None, 1, true).await?;
        for row in &page.rows {
            last = last.max(Some(<LedgerRow as crate::rows::TypedRow>::from_row(row)?.at));
        }
    }
    Ok(last)
}

fn words(class: DriftCause, look: &FigureLook, row: &ListingRow) -> String {
    let wanted = look.wanted;
    let shows = look.live.map_or_else(|| "nobody looked what it shows".to_owned(), |live| format!("it shows {live}"));
    match class {
        DriftCause::MissedUpdate => {
            let told =
                look.told.figure().map_or_else(|| "was told nothing that is known".to_owned(), |told| format!("was told {told}"));
            let why = row.problem.as_deref().map_or_else(String::new, |problem| format!("; the last push failed: {problem}"));
            format!("should show {wanted} and {told}; {shows}{why}")
        }
        DriftCause::Rounding => format!("was told {wanted} and {shows}: the channel rounds"),
        _ => format!(
            "was told {wanted} and {shows}, and no order explains it: somebody, or another program, changes it on the channel"
        ),
    }
}
