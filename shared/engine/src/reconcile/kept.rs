//! Items that we keep: those that the channel no longer lists, and those that are two products at once.

use super::Run;
use super::cases::Now;
use crate::rows::{DriftSubject, ListingRow, OfferRow, Phase, TypedRow as _};
use domain::{DriftCause, DriftFound, Sku};
use ports::{Condition, ErrorKind, Key, Result, Write};

const PAGE: usize = 500;

/// Reads what we keep: true. False: the time is over.
pub(super) async fn read(run: &mut Run<'_>, after: Option<String>) -> Result<bool> {
    let pk = format!("CONNECTION#{}", run.connection.id);
    let mut from = after.map(|sk| Key::new(pk.as_str(), sk));
    loop {
        let page = run.world.table.query(&pk, OfferRow::PREFIX, from.as_ref(), PAGE, false).await?;
        for row in &page.rows {
            if run.time_is_over() || !judge(run, OfferRow::from_row(row)?).await? {
                return Ok(false);
            }
            run.state.phase = Phase::Kept { after: Some(row.key.sk.clone()) };
        }
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    // What was noted of items that are neither there nor kept.
    for subject in run.cases.standing() {
        let DriftSubject::Listing { connection, offer } = &subject else { continue };
        let listed = run.seen.has(offer);
        if !listed && run.world.table.get(&OfferRow::key(connection, offer)).await?.is_none() {
            run.cases.right(run.world, &mut run.state.counts, &subject).await?;
        }
    }
    Ok(true)
}

async fn judge(run: &mut Run<'_>, row: OfferRow) -> Result<bool> {
    let Some(sku) = &row.matched else { return Ok(true) };
    let offer = &row.listing.offer;
    if run.seen.has_as(offer, sku) {
        return Ok(true);
    }
    if run.seen.has(offer) {
        return twice(run, &row, sku).await.map(|()| true);
    }
    if run.driver.reads_back() {
        if !run.may_look() {
            return Ok(false);
        }
        let reference = &row.listing.stock_reference;
        match run.driver.stock()?.call(|stock, call| stock.read(call, offer, reference)).await {
            // It came, or went and came back, while the list was read; or it is one that the list leaves out.
            Ok(_) => return Ok(true),
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let words = format!("the item of {sku} is no longer on the channel; put it on sale again, or take it off here");
    found(run, &row, sku, DriftCause::Mapping, false, words).await.map(|_| true)
}

/// The item was found as another product than it was matched to: the merchant's code led to a row that was left behind.
async fn twice(run: &mut Run<'_>, row: &OfferRow, sku: &Sku) -> Result<()> {
    let connection = run.connection.id.clone();
    let offer = &row.listing.offer;
    let Some(other) = row.listing.sku.clone().filter(|other| other != sku) else { return Ok(()) };
    let stale = ListingRow::key(&other, &connection, offer);
    if run.world.table.get(&stale).await?.is_none() {
        return Ok(());
    }
    let words = format!("the item is {sku}, and was told the figure of {other} as well; that is over");
    if found(run, row, sku, DriftCause::DuplicateUpdate, true, words).await? {
        run.world.write_if(Write::Delete { key: stale, when: Condition::Always }).await?;
    }
    Ok(())
}

async fn found(run: &mut Run<'_>, row: &OfferRow, sku: &Sku, class: DriftCause, repairable: bool, words: String) -> Result<bool> {
    let subject = DriftSubject::Listing { connection: run.connection.id.clone(), offer: row.listing.offer.clone() };
    let found = DriftFound { class, repairable, wanted: None, shown: None, words };
    let now = Now { run: run.state.run, at: run.world.clock.now() };
    run.cases.found(run.world, &mut run.state.counts, subject, Some(sku), &found, now).await
}
