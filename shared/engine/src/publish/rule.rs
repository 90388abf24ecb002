//! Says what differs from a connection's rule for a product.
//!
//! Of a connection's rule, what is said for the product everywhere, and what is said for it on the connection, the last goes first, field
//! by field. No process remembers such a row: who tells a channel its figure reads it with the figure.

use crate::Ports;
use crate::messages::hint_stock;
use crate::rows::{ConnectionRow, ProductRow, RuleRow, TypedRow};
use crate::stock::adjust::announce_later;
use domain::{ConnectionId, RuleChange, Sku};
use ports::{Condition, Error, ErrorKind, Result, Write};

/// Puts it in place of what was there, and has channels told; one that changes nothing takes it away.
pub async fn put_rule(world: &Ports, sku: &Sku, connection: Option<&ConnectionId>, change: &RuleChange, by: &str) -> Result<()> {
    check(world, sku, connection, change).await?;
    let key = RuleRow::key(sku, connection);
    let before: Option<RuleRow> = world.get(&key).await?;
    if before.map(|row| row.change).unwrap_or_default() == *change {
        return Ok(());
    }
    // Nobody says it again: a hint waits on the queue before it is so, should we die right after.
    announce_later(world, sku).await?;
    let write = if change.is_nothing() {
        Write::Delete { key, when: Condition::Always }
    } else {
        let at = world.clock.now();
        let row = RuleRow { sku: sku.clone(), connection: connection.cloned(), change: change.clone(), at, by: by.to_owned() };
        Write::Put { row: row.to_row(), when: Condition::Always }
    };
    world.write_if(write).await?;
    // Shares depend on each other, so all its listings are looked at. It stands: whoever were told that it failed would not know, and the
    // other hint is on its way.
    let _ = hint_stock(world, sku).await;
    Ok(())
}

async fn check(world: &Ports, sku: &Sku, connection: Option<&ConnectionId>, change: &RuleChange) -> Result<()> {
    let refused = |kind, message: String| Err(Error::new(kind, "rule", message));
    change.check()?;
    if connection.is_some() && change.quota_mode_below.is_some() {
        let message =
            "quota_mode_below: a product is shared out over all connections; say it for the product, without a connection";
        return refused(ErrorKind::BadInput, message.to_owned());
    }
    if world.get::<ProductRow>(&ProductRow::key(sku)).await?.is_none() {
        return refused(ErrorKind::NotFound, format!("there is no product {sku}"));
    }
    let Some(connection) = connection else { return Ok(()) };
    match world.get::<ConnectionRow>(&ConnectionRow::key(connection)).await? {
        None => refused(ErrorKind::NotFound, format!("there is no connection {connection}")),
        Some(row) if row.leads && !change.is_nothing() => refused(
            ErrorKind::Declined,
            format!("{connection} leads the stock and is shown all there is; rules do not hold for it"),
        ),
        Some(_) => Ok(()),
    }
}
