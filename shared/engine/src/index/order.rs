//! One order's rows of the index.
//!
//! The order's own row is the head: every change is a write of it, on the condition that nobody wrote it since it was read. A row of a stage is put
//! in the same transaction, so none can be put for a state that is no longer the newest. Terms are put before and taken away after: whoever follows
//! one looks whether the order has it. What must go is named in the head until the next change, so that a crash in between leaves nothing behind that
//! the next look does not find.

use crate::Ports;
use crate::rows::{IndexedOrderRow, OrderRow, OrderStageRow, OrderTermRow, TypedRow, lost, signed};
use domain::{ConnectionId, Order, OrderNumber};
use jiff::Timestamp;
use ports::{Condition, Error, ErrorKind, Key, Refused, Result, Write};

/// Times that others may be quicker.
const MOST_TRIES: usize = 8;

/// What became of an order's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexed {
    /// They are as they were.
    Unchanged,
    /// They were written.
    Written,
    /// There is no such order.
    Absent,
}

/// Brings an order's rows of the index to what the order is now. With `rebuild`, the instant at which a rebuild began, all of them are written,
/// whatever the head says, once per rebuild.
pub async fn index_order(
    world: &Ports,
    connection: &ConnectionId,
    number: &OrderNumber,
    rebuild: Option<Timestamp>,
) -> Result<Indexed> {
    for _ in 0..MOST_TRIES {
        let Some(order) = OrderRow::read(world, connection, number).await? else { return Ok(Indexed::Absent) };
        if let Some(indexed) = once(world, &order, rebuild).await? {
            return Ok(indexed);
        }
    }
    Err(Error::new(ErrorKind::Conflict, "index", "the order is changed by others all the time; it is looked at again"))
}

/// `None`: somebody else wrote meanwhile, or wrote what is newer.
async fn once(world: &Ports, order: &Order, rebuild: Option<Timestamp>) -> Result<Option<Indexed>> {
    let mut next = IndexedOrderRow::of(order);
    let key = next.to_row().key;
    let before: Option<IndexedOrderRow> = match world.get(&key).await {
        // Made from an order row, and made again from it.
        Err(error) if crate::rows::is_unreadable_row(&error) => {
            world.write_if(Write::Delete { key: key.clone(), when: Condition::Always }).await?;
            None
        }
        read => read?,
    };
    if before.as_ref().is_some_and(|before| before.version > next.version) {
        return Ok(None);
    }
    let whole = rebuild.filter(|_| before.as_ref().is_none_or(|before| before.rebuilt != rebuild));
    if let Some(before) =
        before.as_ref().filter(|before| before.order == next.order && before.terms == next.terms && whole.is_none())
    {
        clear_away(world, before.version.saturating_add(1), &before.outdated).await?;
        return Ok(Some(Indexed::Unchanged));
    }
    let known = before.as_ref().filter(|_| whole.is_none());
    for term in next.terms.iter().filter(|term| known.is_none_or(|known| !known.terms.contains(*term))) {
        world.write_if(OrderTermRow::put(&next, term)).await?;
    }
    let kept: Vec<Key> = next.others().collect();
    let had = before.iter().flat_map(|before| {
        before.others().map(|key| (key.pk, key.sk)).chain(before.outdated.iter().cloned()).collect::<Vec<_>>()
    });
    let mut outdated: Vec<(String, String)> =
        had.filter(|(pk, sk)| !kept.iter().any(|key| key.pk == *pk && key.sk == *sk)).collect();
    outdated.sort_unstable();
    outdated.dedup();
    next.outdated = outdated;
    next.rebuilt = rebuild.or_else(|| before.as_ref().and_then(|before| before.rebuilt));
    let own_row = Write::Put { row: next.to_row(), when: IndexedOrderRow::unchanged(before.as_ref()) };
    let of_stage = OrderStageRow { version: next.version, order: next.order.clone() };
    let same = known.is_some_and(|known| known.order == next.order);
    let written = if same || !OrderStageRow::has(next.order.stage) {
        world.write_if(own_row).await?
    } else {
        let together = vec![own_row, Write::Put { row: of_stage.to_row(), when: Condition::Always }];
        match world.table.transact(together).await {
            Ok(()) => true,
            Err(Refused::Reasons(reasons)) => lost(&reasons).map(|()| false)?,
            Err(Refused::Error(error)) => return Err(error),
        }
    };
    if !written {
        return Ok(None);
    }
    clear_away(world, next.version, &next.outdated).await?;
    Ok(Some(Indexed::Written))
}

/// Takes rows away that are older than this version of the order.
async fn clear_away(world: &Ports, version: u64, outdated: &[(String, String)]) -> Result<()> {
    for (pk, sk) in outdated {
        let key = Key::new(pk, sk);
        let older = Condition::AtMost("version".into(), signed(version).saturating_sub(1));
        let older = Condition::Any(vec![older, Condition::Lacks("version".into())]);
        // Reading costs a fifth of a write that is refused.
        if world.table.get(&key).await?.is_some() {
            world.write_if(Write::Delete { key, when: older }).await?;
        }
    }
    Ok(())
}
