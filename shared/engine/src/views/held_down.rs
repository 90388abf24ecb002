//! Which orders keep a listing's figure from rising, because a person has not decided about them yet.

use super::Unreadable;
use crate::orders::unreadable_lines;
use crate::publish::stock::Present;
use crate::readable::wanted;
use crate::rows::{CursorRow, ListingRow, OrderRow, PendingOrder};
use crate::{Cache, Ports};
use domain::{ConnectionId, Order, OrderNumber, UnreadableLine};
use jiff::Timestamp;
use ports::{ErrorKind, Result};
use std::fmt;

/// An order that may have sold some of a product, and that a person must decide about: until then, the product's figure does not rise.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct BlockingOrder {
    /// Where the order came from.
    pub connection: ConnectionId,
    /// Which order. None: its id cannot be read, see `listing`.
    pub order: Option<OrderNumber>,
    /// What the channel's list calls it, where its id cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_reference: Option<String>,
    /// Its lines that cannot be read and may be of the product. None: it waits as a whole, see what needs attention.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<UnreadableLine>,
    /// Since when, UTC, as far as is known.
    #[schemars(with = "Option<String>")]
    pub since: Option<Timestamp>,
}

impl fmt::Display for BlockingOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.order, &self.channel_reference) {
            (Some(order), _) => write!(f, "order {order} of {}", self.connection)?,
            (None, Some(item)) => write!(f, "an order of {} whose id cannot be read ({item})", self.connection)?,
            (None, None) => write!(f, "an order of {} whose id cannot be read", self.connection)?,
        }
        for (at, line) in self.lines.iter().enumerate() {
            write!(f, "{} {line}", if at == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

/// Those that keep a listing, which should show more than it does, from rising. They are looked for as a push does before it raises.
pub(super) async fn held_down(
    world: &Ports,
    present: &Present,
    row: &ListingRow,
    noted: &mut Vec<Unreadable>,
) -> Result<Vec<BlockingOrder>> {
    let mut found = Vec::new();
    let lookup = Cache::default();
    for doubt in present.doubts() {
        let order = read_order(world, &doubt.connection, &doubt.number, noted).await?;
        let Some(order) = order else { continue };
        let mut lines = Vec::new();
        for line in order.in_doubt() {
            let of = unreadable_lines::products(world, &lookup, &doubt.connection, std::iter::once(line)).await;
            let what = || format!("what a line of order {} of {} is", doubt.number, doubt.connection);
            if unless_unreadable(of, noted, what)?.is_some_and(|products| products.contains(&doubt.sku)) {
                lines.push(line.clone());
            }
        }
        if !lines.is_empty() {
            let (connection, order) = (doubt.connection.clone(), Some(doubt.number.clone()));
            add(&mut found, BlockingOrder { connection, order, channel_reference: None, lines, since: Some(doubt.at) });
        }
    }
    let cursor = wanted::<CursorRow>(world, &CursorRow::key(&row.connection), noted).await?.read();
    for pending in cursor.iter().flat_map(|cursor| &cursor.pending).filter(|pending| pending.holds(&row.sku)) {
        if stands_before(pending, row.lowered_at) {
            add(&mut found, waiting(world, &row.connection, pending, noted).await?);
        }
    }
    Ok(found)
}

/// Whether a raise must wait for it: the figure fell after what it may have sold.
fn stands_before(pending: &PendingOrder, lowered_at: Option<Timestamp>) -> bool {
    lowered_at.is_none_or(|at| pending.all_before().is_none_or(|oldest| oldest < at))
}

async fn waiting(
    world: &Ports,
    connection: &ConnectionId,
    pending: &PendingOrder,
    noted: &mut Vec<Unreadable>,
) -> Result<BlockingOrder> {
    let (connection, since) = (connection.clone(), pending.not_before.or(pending.stamp));
    if let Some(about) = &pending.about {
        // List, item and field, as it was named to a person.
        let item = about.split('#').nth(1).map(str::to_owned);
        return Ok(BlockingOrder { connection, order: None, channel_reference: item, lines: Vec::new(), since });
    }
    let order = read_order(world, &connection, &pending.number, noted).await?;
    let lines = order.map(|order| order.in_doubt().cloned().collect()).unwrap_or_default();
    Ok(BlockingOrder { connection, order: Some(pending.number.clone()), channel_reference: None, lines, since })
}

/// Once each: an order can stand in the way of a product by name and of a whole connection.
fn add(found: &mut Vec<BlockingOrder>, one: BlockingOrder) {
    let same = |other: &&mut BlockingOrder| {
        (&other.connection, &other.order, &other.channel_reference) == (&one.connection, &one.order, &one.channel_reference)
    };
    match found.iter_mut().find(same) {
        Some(known) => {
            let more: Vec<_> = one.lines.into_iter().filter(|line| !known.lines.contains(line)).collect();
            known.lines.extend(more);
        }
        None => found.push(one),
    }
}

/// An order; one that cannot be read hides nothing else, and is named.
async fn read_order(
    world: &Ports,
    connection: &ConnectionId,
    number: &OrderNumber,
    noted: &mut Vec<Unreadable>,
) -> Result<Option<Order>> {
    let read = OrderRow::read(world, connection, number).await;
    Ok(unless_unreadable(read, noted, || format!("order {number} of {connection}"))?.flatten())
}

fn unless_unreadable<T>(read: Result<T>, noted: &mut Vec<Unreadable>, what: impl FnOnce() -> String) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        // A connection that is no longer there knows no products.
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            noted.push(Unreadable::of(what(), &error).ok_or(error)?);
            Ok(None)
        }
    }
}
