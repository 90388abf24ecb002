//! How far the index is: a list from it says so, and nothing is called up to date that is not known to be.

use super::Unreadable;
use crate::Ports;
use crate::rows::{IndexStateRow, IndexedOrderRow, JournalEntry, JournalRow, OrderRow, TypedRow};
use domain::{ConnectionId, OrderNumber};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ports::{Key, Result};
use std::collections::BTreeSet;

/// Orders that changed since the index was brought up to date, which are compared with it one by one; of more, it is called behind.
const MOST_COMPARED: usize = 25;
/// Commits that are read for that.
const MOST_COMMITS: usize = 50;

/// How far the index over orders is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct IndexStatus {
    /// Whether it has been built: before, lists from it do not hold all orders.
    pub complete: bool,
    /// Every order that was changed up to here is in it as it is, UTC; none: it was never built.
    #[schemars(with = "Option<String>")]
    pub up_to: Option<Timestamp>,
    /// Orders were changed since that are not in it as they are, or nobody knows whether they are.
    pub behind: bool,
    /// It is being rebuilt.
    pub rebuild: Option<RebuildStatus>,
}

/// A rebuild of the index.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RebuildStatus {
    /// Since when, UTC.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// Orders that were written so far.
    pub orders: u64,
}

/// How far the index is, and which orders are not in it because they cannot be read.
pub async fn index_status(world: &Ports) -> Result<(IndexStatus, Vec<Unreadable>)> {
    let state: Option<IndexStateRow> = world.get(&IndexStateRow::key()).await?;
    let Some(state) = state else {
        return Ok((IndexStatus { complete: false, up_to: None, behind: true, rebuild: None }, Vec::new()));
    };
    let behind = is_behind(world, &state).await?;
    let rebuild = state.rebuild.map(|rebuild| RebuildStatus { started_at: rebuild.started_at, orders: rebuild.orders });
    let unreadable = state.unreadable.into_iter().map(|(key, error)| Unreadable { key, error }).collect();
    Ok((IndexStatus { complete: state.complete, up_to: Some(state.read_to), behind, rebuild }, unreadable))
}

/// Whether an order was changed since that is not in the index as it is.
async fn is_behind(world: &Ports, state: &IndexStateRow) -> Result<bool> {
    let mut changed = BTreeSet::new();
    let date = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let (oldest, mut day) = (date(state.read_to), date(world.clock.now()));
    while day >= oldest {
        let page = world.table.query(&format!("JOURNAL#{day}"), "", None, MOST_COMMITS, true).await?;
        for row in &page.rows {
            // A commit that cannot be read names nobody; that is told elsewhere.
            let Ok(row) = JournalRow::from_row(row) else { continue };
            if row.at <= state.read_to {
                return differs(world, changed).await;
            }
            if let JournalEntry::Orders { orders } = row.entry {
                changed.extend(orders.into_iter().map(|order| (order.connection, order.number)));
            }
        }
        if page.next.is_some() || changed.len() > MOST_COMPARED {
            return Ok(true);
        }
        let Ok(before) = day.yesterday() else { break };
        day = before;
    }
    differs(world, changed).await
}

async fn differs(world: &Ports, changed: BTreeSet<(ConnectionId, OrderNumber)>) -> Result<bool> {
    if changed.len() > MOST_COMPARED {
        return Ok(true);
    }
    for (connection, number) in changed {
        let Ok(Some(order)) = OrderRow::read(world, &connection, &number).await else { return Ok(true) };
        let expected = IndexedOrderRow::of(&order);
        let key: Key = expected.to_row().key;
        let known = world.get::<IndexedOrderRow>(&key).await.ok().flatten();
        if known.is_none_or(|known| known.order != expected.order || known.terms != expected.terms) {
            return Ok(true);
        }
    }
    Ok(false)
}
