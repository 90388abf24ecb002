//! Brings units from one location to another: both rows change in one transaction, so none is ever lost on the way.

use super::adjust::{announce_later, done};
use super::check_location;
use super::commit::{Commit, Committed, StockPart, commit};
use crate::Ports;
use crate::messages::hint_stock;
use crate::rows::{JournalEntry, LedgerCause, MarkOf, MovedRow, StockChange};
use domain::{LocationId, Movement, Quantity, Sku, so_many};
use ports::{Error, ErrorKind, Result, Status, Write};
use std::collections::BTreeMap;
use std::time::Duration;

const MOST_TRIES: u32 = 8;

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The product.
    pub sku: Sku,
    /// From where.
    pub from: LocationId,
    /// To where.
    pub to: LocationId,
    /// How many units, at least one.
    pub units: Quantity,
    /// Why, in their words.
    pub reason: String,
    /// Who.
    pub by: String,
}

/// Makes it. `Declined` if there are not so many available where they come from.
pub async fn transfer_stock(world: &Ports, transfer: &Transfer) -> Result<()> {
    make(world, transfer, None).await
}

/// As `transfer_stock`, under the asker's own mark of it, one of all requests. Made under that mark before, nothing more is done.
pub async fn transfer_stock_once(world: &Ports, transfer: &Transfer, mark: &str) -> Result<()> {
    let moved = MovedRow {
        sku: transfer.sku.clone(),
        mark: mark.to_owned(),
        of: MarkOf::Requests,
        location: transfer.from.clone(),
        to: Some(transfer.to.clone()),
        change: StockChange::Add(-transfer.units.units()),
        said: Some((transfer.reason.clone(), transfer.by.clone())),
    };
    if moved.is_made(world).await? {
        return Ok(());
    }
    match make(world, transfer, Some(moved.noting())).await {
        // Somebody made it a moment ago, and may have taken the last units with it.
        Err(error) if matches!(error.kind, ErrorKind::Conflict | ErrorKind::Declined) && moved.is_made(world).await? => Ok(()),
        done => done,
    }
}

async fn make(world: &Ports, transfer: &Transfer, also: Option<Write>) -> Result<()> {
    let Transfer { sku, from, to, units, reason, by } = transfer;
    if from == to || units.is_zero() {
        let message = format!(
            "transfer: got {} from {from} to {to}, expected at least one, between two locations",
            so_many(*units, "unit")
        );
        return Err(Error::new(ErrorKind::BadInput, "transfer", message));
    }
    for location in [from, to] {
        check_location(world, location).await?;
    }
    let id = world.ids.fresh();
    announce_later(world, sku).await?;
    for turn in 0..MOST_TRIES {
        let at = world.clock.now();
        let part = |location: &LocationId, available: i64| StockPart {
            sku: sku.clone(),
            location: location.clone(),
            movement: Movement { available, reserved: 0 },
            cause: LedgerCause::Transfer { from: from.clone(), to: to.clone(), reason: reason.clone(), by: by.clone() },
            flows: BTreeMap::new(),
            first: false,
        };
        let one = Commit {
            id: id.clone(),
            at,
            orders: Vec::new(),
            stock: vec![part(from, -units.units()), part(to, units.units())],
            shorts: BTreeMap::new(),
            journal: JournalEntry::Stock {
                sku: sku.clone(),
                location: to.clone(),
                change: units.units(),
                reason: reason.clone(),
            },
            also: also.clone().into_iter().collect(),
        };
        match commit(world, &one).await {
            Ok(Committed::Done) => return tell(world, sku).await,
            Ok(Committed::Stale { stock, .. }) => {
                let left = stock.first().map_or(Quantity::ZERO, |(_, _, left)| *left);
                let message = format!("{from} has {left} of {sku} available, and {units} are to leave");
                return Err(Error::new(ErrorKind::Declined, "transfer", message));
            }
            Ok(Committed::Busy) => world.clock.sleep(Duration::from_millis(5 << turn)).await,
            Err(error) if error.status == Status::Unknown => {
                if done(world, sku, &id, at).await? {
                    return tell(world, sku).await;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(ErrorKind::Conflict, "transfer", "the stock rows are busy; try again"))
}

async fn tell(world: &Ports, sku: &Sku) -> Result<()> {
    // It is made, and another hint is on its way.
    let _ = hint_stock(world, sku).await;
    Ok(())
}
