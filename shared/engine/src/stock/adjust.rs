//! A person changes the figure: a count, a receipt, a write-off. With who and why, like every movement.

use super::commit::{Commit, Committed, StockPart, commit};
use crate::Ports;
use crate::messages::{hint, hint_stock};
use crate::rows::{BundleRow, JournalEntry, LedgerCause, MarkOf, MovedRow, ProductRow, StockChange, StockRow};
use contracts::StockHint;
use domain::{LocationId, Movement, Quantity, Sku, StockLevel};
use ports::{Error, ErrorKind, QueueName, Result, Status, Write};
use std::collections::BTreeMap;
use std::time::Duration;

const MOST_TRIES: u32 = 8;
/// A change by hand has ended by then.
const LONGEST_CHANGE: Duration = Duration::from_secs(30);

/// A change by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The product.
    pub sku: Sku,
    /// The location.
    pub location: LocationId,
    /// What to do.
    pub change: StockChange,
    /// Why, in their words.
    pub reason: String,
    /// Who.
    pub by: String,
}

/// Makes the change and hints at it. Answers the figure that this leads to; an order at the same instant may move it further.
pub async fn correct_stock(world: &Ports, correction: &Correction) -> Result<StockLevel> {
    correct(world, correction, None).await
}

/// As `correct_stock`, under the asker's own mark of it. `None`: it was made under that mark before, and nothing more was done.
pub async fn correct_stock_once(world: &Ports, correction: &Correction, mark: &str, of: MarkOf) -> Result<Option<StockLevel>> {
    let moved = MovedRow {
        sku: correction.sku.clone(),
        mark: mark.to_owned(),
        of,
        location: correction.location.clone(),
        to: None,
        change: correction.change,
        said: Some((correction.reason.clone(), correction.by.clone())),
    };
    if moved.is_made(world).await? {
        return Ok(None);
    }
    match correct(world, correction, Some(moved.noting())).await {
        // Somebody made it a moment ago, or it was made and the answer was lost.
        Err(error) if error.kind == ErrorKind::Conflict && moved.is_made(world).await? => Ok(None),
        done => done.map(Some),
    }
}

async fn correct(world: &Ports, correction: &Correction, also: Option<Write>) -> Result<StockLevel> {
    if world.get::<ProductRow>(&ProductRow::key(&correction.sku)).await?.is_none() {
        return Err(Error::new(ErrorKind::NotFound, "correct stock", format!("there is no product {}", correction.sku)));
    }
    if world.get::<BundleRow>(&BundleRow::key(&correction.sku)).await?.is_some() {
        let message = format!("{} is a bundle and has no stock of its own; correct that of its products", correction.sku);
        return Err(Error::new(ErrorKind::Declined, "correct stock", message));
    }
    let cause = LedgerCause::Correction { reason: correction.reason.clone(), by: correction.by.clone() };
    let id = world.ids.fresh();
    // Nobody delivers a correction again: a hint waits on the queue before it is made, should we die right after.
    announce_later(world, &correction.sku).await?;
    let after = change(world, &correction.sku, &correction.location, correction.change, cause, &id, also).await?;
    // It is made: whoever were told that it failed would make it twice, and the other hint is on its way.
    let _ = hint_stock(world, &correction.sku).await;
    Ok(after)
}

/// A hint that is worked on when the change it announces is made, or never will be.
pub(crate) async fn announce_later(world: &Ports, sku: &Sku) -> Result<()> {
    let later = StockHint { sku: sku.clone(), connection: None };
    world.queue.send(QueueName::StockHints, vec![hint(&later, LONGEST_CHANGE)]).await
}

/// Moves available units for a reason that is no order. Answers the figure that this leads to.
pub(crate) async fn change(
    world: &Ports,
    sku: &Sku,
    location: &LocationId,
    wanted: StockChange,
    cause: LedgerCause,
    id: &str,
    also: Option<Write>,
) -> Result<StockLevel> {
    for turn in 0..MOST_TRIES {
        let row = StockRow::read(world, sku, location).await?;
        let first = cause == LedgerCause::Opening;
        let is_there = row.is_some();
        let level = row.map(|r| r.level).unwrap_or_default();
        if first && is_there {
            return Ok(level);
        }
        let available = match wanted {
            StockChange::Add(units) => units,
            StockChange::Set(units) => units.units() - level.available.units(),
            StockChange::Count(units) => units.units() - level.on_hand().units(),
        };
        if let StockChange::Count(counted) = wanted
            && counted < level.reserved
        {
            let message = format!(
                "{counted} of {sku} were counted at {location}, and {} are promised to orders; enter shipments that left, or cancel, and count again",
                level.reserved
            );
            return Err(Error::new(ErrorKind::Declined, "correct stock", message));
        }
        if level.available.units().checked_add(available).is_none_or(|after| Quantity::new(after).is_err()) {
            return Err(Error::new(
                ErrorKind::Declined,
                "correct stock",
                format!(
                    "{sku} has {} available at {location}; a change by {available} leads below 0 or above {}",
                    level.available,
                    Quantity::MAX
                ),
            ));
        }
        if available == 0 && !first {
            note_alone(world, also).await?;
            return Ok(level);
        }
        let after = Quantity::clamped(level.available.units() + available);
        let after = StockLevel { available: after, version: level.version + 1, ..level };
        let reason = match &cause {
            LedgerCause::Correction { reason, .. } | LedgerCause::Transfer { reason, .. } => reason.clone(),
            LedgerCause::Edited { connection } => format!("changed in {connection}"),
            LedgerCause::Opening | LedgerCause::Orders { .. } | LedgerCause::Order { .. } => "opening stock".to_owned(),
        };
        let at = world.clock.now();
        let journal = JournalEntry::Stock { sku: sku.clone(), location: location.clone(), change: available, reason };
        let part = StockPart {
            sku: sku.clone(),
            location: location.clone(),
            movement: Movement { available, reserved: 0 },
            cause: cause.clone(),
            flows: BTreeMap::new(),
            first,
        };
        let shorts = BTreeMap::new();
        let also = also.clone().into_iter().collect();
        let one = Commit { id: id.to_owned(), at, orders: Vec::new(), stock: vec![part], shorts, journal, also };
        match commit(world, &one).await {
            Ok(Committed::Done) => return Ok(after),
            Ok(Committed::Stale { .. } | Committed::Busy) => world.clock.sleep(Duration::from_millis(5 << turn)).await,
            // Whether it was done is in the ledger, under the commit's name.
            Err(error) if error.status == Status::Unknown => match done(world, sku, id, at).await {
                Ok(true) => return Ok(after),
                Ok(false) => {}
                // Whoever takes this for a failure makes the change twice.
                Err(_) => return Err(not_known(sku, &error)),
            },
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(ErrorKind::Conflict, "correct stock", "the stock row is busy; try again"))
}

/// What agrees with the books moves nothing, and its key is used all the same: asked again later, it would undo what came since.
async fn note_alone(world: &Ports, also: Option<Write>) -> Result<()> {
    let Some(note) = also else { return Ok(()) };
    if world.write_if(note).await? {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Conflict, "correct stock", "it was entered a moment ago"))
}

fn not_known(sku: &Sku, error: &Error) -> Error {
    let message = format!("whether the stock of {sku} was changed is not known; look at its movements before you try again");
    Error::new(ErrorKind::Timeout, "correct stock", message).with_status(Status::Unknown).with_detail(error.detail.clone())
}

pub(crate) async fn done(world: &Ports, sku: &Sku, id: &str, at: jiff::Timestamp) -> Result<bool> {
    let prefix = crate::rows::sortable(at);
    let rows: Vec<crate::rows::LedgerRow> = world.all(&crate::rows::LedgerRow::partition(sku), &prefix).await?;
    Ok(rows.iter().any(|r| r.commit == id))
}
