//! An order that cannot be taken in is parked, and what it may demand is not raised until a person has decided.

use crate::orders::unreadable_lines;
use crate::rows::products_of;
use crate::rows::{ExcludedOrderRow, ExclusionReason, OrderRow, PartOfRow, Products, StockRow, Subject};
use crate::{Cache, Ports};
use contracts::{InboundOrder, Message};
use domain::{PossibleProducts, Sku, age};
use jiff::SignedDuration;
use ports::{Error, ErrorKind, Result};
use std::collections::BTreeSet;

/// Products of one order that are kept by name.
const MOST_PRODUCTS: usize = 500;

/// What an order that cannot be read is asked for again is no longer tried after so long; it stays for the person who sees it.
const NO_LONGER: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Parked first, then put aside: dying in between parks it twice, never not at all. Answers whether it is to be read again: what cannot be read
/// may be a page of somebody in between, and over in a moment.
pub(super) async fn park(world: &Ports, lookup: &Cache, message: &InboundOrder, error: &Error) -> Result<bool> {
    let (connection, number) = (&message.connection, &message.number);
    let stamp = message.snapshot.as_ref().and_then(|snapshot| snapshot.stamp_as_of(message.read_at));
    let through = stamp.unwrap_or(message.read_at);
    let passes = message.snapshot.is_none()
        && error.kind == ErrorKind::Protocol
        && age(message.read_at, world.clock.now()).is_some_and(|age| age < NO_LONGER);
    if let Some(row) = ExcludedOrderRow::read(world, connection, number).await?
        && through <= row.through
    {
        let is_asked = matches!(row.kind, ExclusionReason::NeedsPerson { .. });
        if !is_asked || through < row.through || row.reason == error.message {
            // Whoever parked it later reads it again, and for two it is read no sooner.
            return Ok(passes && is_asked && through == row.through);
        }
        // Read again, it is in the way for another reason.
        ExcludedOrderRow::forget(world, connection, number).await?;
    }
    // What cannot be told now may be anything.
    let products = products(world, lookup, message).await.unwrap_or(Products::Any);
    let subject = Subject::Order { number: number.clone() };
    // Other connections are not held down for it: they would stand still for every product.
    let urgent = products == Products::Any;
    world.park_as(Some(connection), subject, &error.message, &message.to_json(), urgent).await?;
    ExcludedOrderRow::put(world, connection, number, through, ExclusionReason::NeedsPerson { products }, &error.message).await?;
    Ok(passes)
}

/// What an order may demand: the products of its lines as it is told and as it is known, with the products in them and the bundles they
/// are in.
async fn products(world: &Ports, lookup: &Cache, message: &InboundOrder) -> Result<Products> {
    let known = OrderRow::read(world, &message.connection, &message.number).await?;
    if known.is_none() && message.snapshot.is_none() {
        return Ok(Products::Any);
    }
    let mut skus: BTreeSet<Sku> = known.iter().flat_map(|order| products_of(order).cloned()).collect();
    if let Some(snapshot) = &message.snapshot {
        if snapshot.unreadable_lines.iter().any(|line| line.may_be == PossibleProducts::Anything) {
            return Ok(Products::Any);
        }
        skus.extend(unreadable_lines::products(world, lookup, &message.connection, snapshot.unreadable_lines.iter()).await?);
        let connection = lookup.connection(world, &message.connection).await?;
        for product in lookup.products(world, &connection, snapshot).await?.products.into_values() {
            skus.extend(product.components.into_iter().map(|component| component.sku));
            skus.insert(product.sku);
        }
    }
    let mut bundles = BTreeSet::new();
    for sku in &skus {
        let rows: Vec<PartOfRow> = world.all(&StockRow::partition(sku), PartOfRow::PREFIX).await?;
        bundles.extend(rows.into_iter().map(|row| row.bundle));
        if skus.len() + bundles.len() > MOST_PRODUCTS {
            return Ok(Products::Any);
        }
    }
    skus.extend(bundles);
    Ok(Products::These(skus))
}
