//! No figure of an article rises while an order has a line that cannot be read and may be of it, until a person has decided.
//!
//! The order's row holds the line and what was decided of it (`Order::in_doubt`), and is the truth. A row beside the article's stock leads to
//! it, put before the order is taken in: whoever is about to raise a figure reads that partition anyway.

use crate::publish_stock::{HELD_WAIT, Present};
use crate::rows::{DoubtRow, OrderRow, TypedRow};
use crate::{Cache, Ports};
use domain::{ConnectionId, OrderSnapshot, Sku, UnreadableLine};
use jiff::SignedDuration;
use ports::{Condition, Result, Write};
use std::collections::BTreeSet;
use std::time::Duration;

/// An order that is not taken in so long after it was doubted is parked, and held down as such.
const TAKEN_IN_BY: SignedDuration = SignedDuration::from_hours(1);

/// The articles that lines which cannot be read may be of, as far as they name them.
pub(crate) async fn articles<'a>(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    lines: impl Iterator<Item = &'a UnreadableLine>,
) -> Result<BTreeSet<Sku>> {
    let mut skus = BTreeSet::new();
    for line in lines.filter(|line| line.may_be.holds_units()) {
        let article = lookup.article(world, connection, (line.offer.as_ref(), line.ean.as_ref(), line.sku.as_ref())).await?;
        if let Some(article) = article {
            skus.extend(article.components.into_iter().map(|component| component.sku));
            skus.insert(article.sku);
        }
    }
    Ok(skus)
}

/// The first time that a raise waits for a person.
const FIRST_WAIT: Duration = Duration::from_mins(1);

/// Notes what an order throws doubt on. Before it is taken in: whoever raises a figure after that must find it.
pub(crate) async fn note(world: &Ports, lookup: &Cache, connection: &ConnectionId, snapshot: &OrderSnapshot) -> Result<()> {
    if snapshot.unread.is_empty() {
        return Ok(());
    }
    for sku in articles(world, lookup, connection, snapshot.unread.iter()).await? {
        let row = DoubtRow { sku, connection: connection.clone(), number: snapshot.number.clone(), at: world.clock.now() };
        world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    }
    Ok(())
}

/// Whether a raise must wait for a person, and for how long before anybody looks again. Doubts that are over are cleared away.
pub(crate) async fn holds(world: &Ports, lookup: &Cache, present: &Present) -> Result<Option<Duration>> {
    for row in present.doubts() {
        let stands = match OrderRow::read(world, &row.connection, &row.number).await? {
            Some(order) => articles(world, lookup, &row.connection, order.in_doubt()).await?.contains(&row.sku),
            None => world.clock.now().duration_since(row.at) < TAKEN_IN_BY,
        };
        if stands {
            return Ok(Some(patience(world.clock.now().duration_since(row.at))));
        }
        world.write_if(Write::Delete { key: row.key(), when: Condition::Always }).await?;
    }
    Ok(None)
}

/// Nothing but a person ends it: it is looked at soon while somebody may be at it, and ever more seldom.
fn patience(since: SignedDuration) -> Duration {
    Duration::try_from(since / 2).unwrap_or_default().clamp(FIRST_WAIT, HELD_WAIT)
}
