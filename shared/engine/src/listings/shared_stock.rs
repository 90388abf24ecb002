//! Items that have one stock on their channel, such as variations that use the stock of their parent.
//!
//! Are they all one product, it is told once (`publish_stock::Present`). Are they several, nobody can say whose units are shown, and none
//! is published to. Each is matched by itself first; what they come to together is decided here alone, whoever changed one of them. Who comes
//! first to such a stock is not alone for that: nobody is published to it until a list of items that was begun after that was read to its
//! end. Of one that was under way already, any page may have been read while the others still had another stock.

use super::match_all::put_match;
use crate::Ports;
use crate::planted::{Mistake, planted};
use crate::rows::{OfferRow, ReferenceRow, TypedRow, UndecidedRow};
use domain::{ConnectionId, Counting, MatchProblem, OfferId, Sku};
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, Result, Value, Write};
use std::collections::BTreeSet;

/// Tries to write what others write as well.
const MOST_TRIES: u32 = 8;

/// Puts an item's match in place, as it is by itself; with it, that of all items of the same stock, and of the stock that it had before.
/// Answers what it came to.
pub(crate) async fn put_in_place(world: &Ports, before: Option<OfferRow>, row: OfferRow) -> Result<OfferRow> {
    let connection = row.connection.clone();
    let left = before.as_ref().and_then(|before| ReferenceRow::of(&before.listing)).map(str::to_owned);
    let now = ReferenceRow::of(&row.listing).map(str::to_owned);
    let offer = row.listing.offer.clone();
    let row = match &now {
        None => put_match(world, before.as_ref(), &row).await?.ok_or_else(|| was_changed(&row))?,
        Some(reference) => {
            if row.listing.counting == Counting::Together && !is_known(world, &row).await? {
                let undecided =
                    UndecidedRow { connection: connection.clone(), stock_reference: reference.clone(), at: world.clock.now() };
                world.write_if(Write::Put { row: undecided.to_row(), when: Condition::Always }).await?;
            }
            change(world, &connection, reference, &offer, true).await?;
            let is_open = world.get::<UndecidedRow>(&UndecidedRow::key(&connection, reference)).await?.is_some();
            match_together(world, &connection, reference, Some((before, row.clone())), is_open).await?.unwrap_or(row)
        }
    };
    if let Some(reference) = left.filter(|left| now.as_ref() != Some(left)) {
        change(world, &connection, &reference, &offer, false).await?;
        let is_open = world.get::<UndecidedRow>(&UndecidedRow::key(&connection, &reference)).await?.is_some();
        match_together(world, &connection, &reference, None, is_open).await?;
    }
    Ok(row)
}

/// All items of a connection were looked at, from `began` on, UTC: of each stock that items came to before, it is known who has it. Answers
/// whether there is one that they came to since: the next look through the items decides.
pub(crate) async fn decide(world: &Ports, connection: &ConnectionId, began: Timestamp) -> Result<bool> {
    let partition = UndecidedRow::key(connection, "").pk;
    let mut is_open = false;
    for open in world.all::<UndecidedRow>(&partition, UndecidedRow::PREFIX).await? {
        let (key, when) = (UndecidedRow::key(connection, &open.stock_reference), Condition::Is("at".into(), open.came()));
        if open.at > began {
            is_open = true;
            // By a clock that was ahead: it came by now.
            let now = world.clock.now();
            if open.at > now {
                let came = UndecidedRow { at: now, ..open };
                world.write_if(Write::Put { row: came.to_row(), when }).await?;
            }
            continue;
        }
        match_together(world, connection, &open.stock_reference, None, false).await?;
        // Unless another came since.
        world.write_if(Write::Delete { key, when }).await?;
    }
    Ok(is_open)
}

/// Whether an item is known to be one of those that have its stock.
pub(crate) async fn is_known(world: &Ports, row: &OfferRow) -> Result<bool> {
    let Some(reference) = ReferenceRow::of(&row.listing) else { return Ok(true) };
    let known: Option<ReferenceRow> = world.get(&ReferenceRow::key(&row.connection, reference)).await?;
    Ok(known.is_some_and(|known| known.offers.contains(&row.listing.offer)))
}

/// Notes that an item has this stock, or has it no longer.
async fn change(world: &Ports, connection: &ConnectionId, reference: &str, offer: &OfferId, has_it: bool) -> Result<()> {
    for _ in 0..MOST_TRIES {
        let known: Option<ReferenceRow> = world.get(&ReferenceRow::key(connection, reference)).await?;
        let mut offers = known.as_ref().map(|known| known.offers.clone()).unwrap_or_default();
        let changed = if has_it { offers.insert(offer.clone()) } else { offers.remove(offer) };
        if !changed && known.is_some() {
            return Ok(());
        }
        let when = match &known {
            None => Condition::Absent,
            // One from before had no version.
            Some(known) if known.version == 0 => Condition::Lacks("version".into()),
            Some(known) => Condition::Is("version".into(), Value::Number(known.version)),
        };
        let Some(first) = offers.first().cloned() else {
            if known.is_none() || world.write_if(Write::Delete { key: ReferenceRow::key(connection, reference), when }).await? {
                return Ok(());
            }
            continue;
        };
        let version = known.map_or(0, |known| known.version) + 1;
        let row =
            ReferenceRow { connection: connection.clone(), stock_reference: reference.to_owned(), offer: first, offers, version };
        if world.write_if(Write::Put { row: row.to_row(), when }).await? {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Conflict, "match", format!("the stock {reference} of connection {connection} is busy")))
}

/// Brings all items of a stock to what they are together; `one`: as it is to be by itself, and as it was. Whoever comes to the stock
/// meanwhile is found by looking once more: the last to come sees all of them. `is_open`: others may come to it yet.
async fn match_together(
    world: &Ports,
    connection: &ConnectionId,
    reference: &str,
    mut one: Option<(Option<OfferRow>, OfferRow)>,
    is_open: bool,
) -> Result<Option<OfferRow>> {
    'again: for _ in 0..MOST_TRIES {
        let key = ReferenceRow::key(connection, reference);
        let Some(known) = world.get::<ReferenceRow>(&key).await? else { return Ok(one.and_then(|(before, _)| before)) };
        let mut rows: Vec<(Option<OfferRow>, OfferRow)> = Vec::new();
        let mut all: BTreeSet<Option<Sku>> = BTreeSet::new();
        for offer in &known.offers {
            let kept: Option<OfferRow> = world.get(&OfferRow::key(connection, offer)).await?;
            let pair = match (&one, kept) {
                (Some((before, row)), _) if row.listing.offer == *offer => Some((before.clone(), row.clone())),
                // It has another stock by now, and whoever found that takes it out here.
                (_, Some(kept)) if kept.listing.stock_reference != reference => continue,
                (_, kept) => kept.map(|kept| (Some(kept.clone()), kept)),
            };
            all.insert(pair.as_ref().and_then(|(_, row)| row.by_itself().cloned()));
            rows.extend(pair);
        }
        let is_one = (all.len() == 1 && !is_open) || planted(Mistake::SharedStockPublished);
        for (before, row) in rows {
            let mut row = together(row, is_one, &known.offers);
            let is_mine = one.as_ref().is_some_and(|(_, mine)| mine.listing.offer == row.listing.offer);
            if before.as_ref().is_none_or(|before| OfferRow { version: row.version, ..before.clone() } != row) {
                row = match put_match(world, before.as_ref(), &row).await? {
                    Some(row) => row,
                    // It is to be matched anew from what it is by now.
                    None if is_mine => return Err(was_changed(&row)),
                    None => continue 'again,
                };
            }
            if let Some((before, _)) = one.as_mut().filter(|_| is_mine) {
                *before = Some(row);
            }
        }
        if world.get::<ReferenceRow>(&key).await?.is_none_or(|now| now.version == known.version) {
            return Ok(one.and_then(|(before, _)| before));
        }
    }
    Err(Error::new(ErrorKind::Conflict, "match", format!("the stock {reference} of connection {connection} is busy")))
}

/// Somebody else matched the item meanwhile.
fn was_changed(row: &OfferRow) -> Error {
    let message = format!("item {} of connection {} was matched by somebody else meanwhile", row.listing.offer, row.connection);
    Error::new(ErrorKind::Conflict, "match", message)
}

/// What an item comes to among all that have its stock.
fn together(row: OfferRow, is_one: bool, offers: &BTreeSet<OfferId>) -> OfferRow {
    let Some(sku) = row.by_itself().cloned() else { return row };
    if is_one {
        return OfferRow { matched: Some(sku), problem: None, ..row };
    }
    let with = offers.iter().filter(|offer| **offer != row.listing.offer).cloned().collect();
    OfferRow { matched: None, problem: Some(MatchProblem::SharedStock { sku: Some(sku), with }), ..row }
}
