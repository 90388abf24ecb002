//! What came out short in the last days, from the journal.

use super::Unreadable;
use crate::Ports;
use crate::rows::{JournalEntry, JournalOrder, JournalRow};
use domain::{ConnectionId, OrderNumber, Sku};
use jiff::{Timestamp, ToSpan};
use ports::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Changes that are kept in memory at once.
const MOST: usize = 50_000;

/// An order left more units of a product uncovered, or fewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShortChange {
    pub(super) at: Timestamp,
    pub(super) commit: String,
    pub(super) connection: ConnectionId,
    pub(super) number: OrderNumber,
    /// More; negative: fewer.
    pub(super) units: i64,
}

/// All changes of these products since `from`, oldest first. Later than `until` too: whoever counts back from the present needs them. What
/// cannot be read is noted.
pub(super) async fn read(
    world: &Ports,
    skus: &[Sku],
    from: Timestamp,
    until: Timestamp,
    noted: &mut Vec<Unreadable>,
) -> Result<BTreeMap<Sku, Vec<ShortChange>>> {
    let wanted: BTreeSet<&Sku> = skus.iter().collect();
    let mut found: BTreeMap<Sku, Vec<ShortChange>> = BTreeMap::new();
    let mut kept = 0;
    let tomorrow = JournalRow::partition(until.saturating_add(24.hours()).unwrap_or(until));
    let mut day = from;
    loop {
        let partition = JournalRow::partition(day);
        let mut next = None;
        loop {
            let page = world.table.query(&partition, "", next.as_ref(), 500, false).await?;
            for row in &page.rows {
                let Some(row) = Unreadable::or::<JournalRow>(world, row, noted) else { continue };
                let JournalEntry::Orders { orders } = row.entry else { continue };
                for order in orders.iter().filter(|_| row.at >= from) {
                    for (sku, units) in changes(order).into_iter().filter(|(sku, _)| wanted.contains(sku)) {
                        let (connection, number) = (order.connection.clone(), order.number.clone());
                        let change = ShortChange { at: row.at, commit: row.commit.clone(), connection, number, units };
                        found.entry(sku).or_default().push(change);
                        kept += 1;
                    }
                }
            }
            if kept > MOST {
                let message =
                    format!("more than {MOST} orders came out short in these days; ask for fewer days or a smaller limit");
                return Err(Error::new(ErrorKind::Declined, "plan", message));
            }
            match page.next {
                Some(from) => next = Some(from),
                None => break,
            }
        }
        if partition == tomorrow {
            return Ok(found);
        }
        day = day.saturating_add(24.hours()).unwrap_or(Timestamp::MAX);
    }
}

/// Rows from before this was noted by product tell it where an order has a single one and is new.
fn changes(order: &JournalOrder) -> BTreeMap<Sku, i64> {
    match order.skus.as_slice() {
        [only] if order.shorts.is_empty() && order.version == 1 && !order.short.is_zero() => {
            BTreeMap::from([(only.clone(), order.short.units())])
        }
        _ => order.shorts.clone(),
    }
}
