//! Building the index anew while all runs: from the orders that the index knows, those that the journal still names, and those that the
//! ledgers of the catalogue's products name. It goes on where it stopped, and says how far it is.
//!
//! An order that moved no stock, and of which the journal tells nothing any more, is known by the index alone: its row there is never taken away.

use super::catch_up::index_or_name;
use super::{Indexed, keep, oldest_kept, state};
use crate::Ports;
use crate::rows::{
    IndexStateRow, IndexedOrderRow, LedgerCause, LedgerRow, OrderStageRow, ProductRow, Rebuild, RebuildStep, TypedRow,
};
use domain::{ConnectionId, OrderNumber, OrderStage, Sku, age};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Error, ErrorKind, Key, Result, Row, Value, Write};
use std::collections::BTreeSet;

/// Rows of one step, after which it is kept how far the rebuild is.
const AT_ONCE: usize = 200;

/// How a rebuild stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct RebuildReport {
    /// Orders that were written since it began.
    pub orders: u64,
    /// It is at its end, or there is none.
    pub ended: bool,
}

/// A rebuild that has gone on for so long is begun again when somebody asks; one that has not goes on, or it would never end.
const LONG: SignedDuration = SignedDuration::from_hours(1);

/// Has the index built anew. One that is under way goes on.
pub async fn ask_for_rebuild(world: &Ports) -> Result<()> {
    for _ in 0..4 {
        let known = state(world).await?;
        let now = world.clock.now();
        let goes_on = |rebuild: &Rebuild| age(rebuild.started_at, now).is_some_and(|age| age < LONG);
        if known.rebuild.as_ref().is_some_and(goes_on) {
            return Ok(());
        }
        let begun = IndexStateRow::begun(now, oldest_kept(now));
        // What it holds now stays in use until then.
        let asked = IndexStateRow { complete: known.complete, read_to: known.read_to, version: known.version, ..begun };
        if keep(world, &asked).await?.is_some() {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Conflict, "index", "the index is at work; ask again"))
}

/// Goes on with a rebuild that is under way, until `until`.
pub async fn go_on_rebuilding(world: &Ports, until: Timestamp) -> Result<RebuildReport> {
    let mut state = state(world).await?;
    while let Some(rebuild) = state.rebuild.clone() {
        let next = step(world, &mut state, rebuild.clone()).await?;
        if next.is_none() {
            state.complete = true;
        }
        let orders = next.as_ref().map_or(rebuild.orders, |next| next.orders);
        state.rebuild = next;
        match keep(world, &state).await? {
            Some(kept) => state = kept,
            // Somebody else goes on with it.
            None => return Ok(RebuildReport { orders, ended: false }),
        }
        // After a step, so that every call comes further.
        if state.rebuild.is_some() && world.clock.now() >= until {
            return Ok(RebuildReport { orders, ended: false });
        }
    }
    Ok(RebuildReport { orders: 0, ended: true })
}

/// One step. `None`: it was the last.
async fn step(world: &Ports, index: &mut IndexStateRow, mut now: Rebuild) -> Result<Option<Rebuild>> {
    match now.step.clone() {
        RebuildStep::Known => {
            let (rows, after) = page(world, IndexedOrderRow::PARTITION, now.after.as_deref()).await?;
            for row in &rows {
                // Of a row that cannot be read the key tells what order it was of, unless the number holds the sign between them.
                let named = IndexedOrderRow::from_row(row).map(|row| (row.order.connection, row.order.number)).ok();
                if let Some((connection, number)) = named.or_else(|| of_key(row)) {
                    now.orders += again(world, index, &now, &connection, &number).await?;
                }
            }
            now.after = after;
            if now.after.is_none() {
                now.step = RebuildStep::Stage(OrderStage::ALL[0]);
            }
        }
        RebuildStep::Stage(stage) => {
            let (rows, after) = page(world, &OrderStageRow::partition(stage), now.after.as_deref()).await?;
            for row in &rows {
                judge(world, row).await?;
            }
            now.after = after;
            if now.after.is_none() {
                let next = OrderStage::ALL.into_iter().skip_while(|one| *one != stage).nth(1);
                now.step = next.map_or(RebuildStep::Ledgers { after: None, now: None }, RebuildStep::Stage);
            }
        }
        RebuildStep::Ledgers { after, now: None } => {
            let from = after.as_ref().map(|sku| Key::new(ProductRow::PARTITION, sku.as_str()));
            let next = world.table.query(ProductRow::PARTITION, "", from.as_ref(), 1, false).await?;
            let Some(sku) = next.rows.first().and_then(|row| Sku::new(row.key.sk.as_str()).ok()) else { return Ok(None) };
            now.step = RebuildStep::Ledgers { after, now: Some(sku) };
            now.after = None;
        }
        RebuildStep::Ledgers { now: Some(sku), after } => {
            let (rows, next) = page(world, &LedgerRow::partition(&sku), now.after.as_deref()).await?;
            let orders: BTreeSet<_> =
                rows.iter().filter_map(|row| LedgerRow::from_row(row).ok()).flat_map(|row| named(row.cause)).collect();
            for (connection, number) in orders {
                now.orders += again(world, index, &now, &connection, &number).await?;
            }
            now.after = next;
            if now.after.is_none() {
                now.step = RebuildStep::Ledgers { after: Some(sku), now: None };
            } else {
                now.step = RebuildStep::Ledgers { after, now: Some(sku) };
            }
        }
    }
    Ok(Some(now))
}

async fn again(
    world: &Ports,
    state: &mut IndexStateRow,
    now: &Rebuild,
    connection: &ConnectionId,
    number: &OrderNumber,
) -> Result<u64> {
    let indexed = index_or_name(world, state, connection, number, Some(now.started_at)).await?;
    Ok(u64::from(indexed == Some(Indexed::Written)))
}

async fn page(world: &Ports, pk: &str, after: Option<&str>) -> Result<(Vec<Row>, Option<String>)> {
    let from = after.map(|sk| Key::new(pk, sk));
    let page = world.table.query(pk, "", from.as_ref(), AT_ONCE, false).await?;
    Ok((page.rows, page.next.map(|next| next.sk)))
}

/// The order of a row whose key names it.
fn of_key(row: &Row) -> Option<(ConnectionId, OrderNumber)> {
    let mut parts = row.key.sk.splitn(3, '#').skip(1);
    Some((ConnectionId::new(parts.next()?).ok()?, OrderNumber::new(parts.next()?).ok()?))
}

/// Takes a row of a stage away that its order does not have, as it was read.
async fn judge(world: &Ports, row: &Row) -> Result<()> {
    let always = || Write::Delete { key: row.key.clone(), when: Condition::Always };
    let Ok(of_stage) = OrderStageRow::from_row(row) else { return world.write_if(always()).await.map(drop) };
    let order = &of_stage.order;
    let key = IndexedOrderRow::key(order.accepted_at, &order.connection, &order.number);
    let head: Option<IndexedOrderRow> = world.get(&key).await?;
    if head.is_some_and(|head| head.others().any(|key| key == row.key)) {
        return Ok(());
    }
    let as_read = Condition::Is("version".into(), Value::Number(crate::rows::signed(of_stage.version)));
    world.write_if(Write::Delete { key: row.key.clone(), when: as_read }).await.map(drop)
}

/// The orders that a movement names.
fn named(cause: LedgerCause) -> Vec<(ConnectionId, OrderNumber)> {
    match cause {
        LedgerCause::Orders { orders, written_off } => {
            orders.into_iter().chain(written_off).map(|(connection, number, _)| (connection, number)).collect()
        }
        LedgerCause::Order { connection, number, .. } => vec![(connection, number)],
        LedgerCause::Transfer { .. } | LedgerCause::Correction { .. } | LedgerCause::Edited { .. } | LedgerCause::Opening => {
            Vec::new()
        }
    }
}
