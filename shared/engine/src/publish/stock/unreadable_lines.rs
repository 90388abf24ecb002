//! A raise waits while an order has a line that cannot be read and may be of the product (`orders::unreadable_lines`).

use super::present::Present;
use super::push::HELD_WAIT;
use crate::orders::unreadable_lines::products;
use crate::rows::OrderRow;
use crate::{Cache, Ports};
use jiff::SignedDuration;
use ports::{Condition, Result, Write};
use std::time::Duration;

/// An order that is not taken in so long after it was doubted is parked, and held down as such.
const TAKEN_IN_BY: SignedDuration = SignedDuration::from_hours(1);

/// The first time that a raise waits for a person.
const FIRST_WAIT: Duration = Duration::from_mins(1);

/// Whether a raise must wait for a person, and for how long before anybody looks again. Doubts that are over are cleared away.
pub(crate) async fn holds(world: &Ports, lookup: &Cache, present: &Present) -> Result<Option<Duration>> {
    for row in present.doubts() {
        let stands = match OrderRow::read(world, &row.connection, &row.number).await? {
            Some(order) => products(world, lookup, &row.connection, order.in_doubt()).await?.contains(&row.sku),
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
