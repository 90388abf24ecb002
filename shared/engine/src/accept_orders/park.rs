//! An order that cannot be taken in is parked, and what it may demand is not raised until a person has decided.

use crate::announce::articles_of;
use crate::doubt;
use crate::rows::{AsideKind, AsideRow, OrderRow, PartOfRow, Products, StockRow, Subject};
use crate::{Lookup, World};
use contracts::{InboundOrder, Message};
use domain::{MayMean, Sku};
use ports::{Error, Result};
use std::collections::BTreeSet;

/// Products of one order that are kept by name.
const MOST_PRODUCTS: usize = 500;

/// Parked first, then put aside: dying in between parks it twice, never not at all.
pub(super) async fn park(world: &World, lookup: &Lookup, message: &InboundOrder, error: &Error) -> Result<()> {
    let (connection, number) = (&message.connection, &message.number);
    let stamp = message.snapshot.as_ref().and_then(|snapshot| snapshot.stamp_as_of(message.read_at));
    let through = stamp.unwrap_or(message.read_at);
    if AsideRow::covering(world, connection, number, Some(through)).await?.is_some() {
        return Ok(());
    }
    // What cannot be told now may be anything.
    let products = products(world, lookup, message).await.unwrap_or(Products::Any);
    let subject = Subject::Order { number: number.clone() };
    // Other connections are not held down for it: they would stand still for every product.
    let urgent = products == Products::Any;
    world.park_as(Some(connection), subject, &error.message, &message.to_json(), urgent).await?;
    AsideRow::put(world, connection, number, through, AsideKind::NeedsPerson { products }, &error.message).await?;
    Ok(())
}

/// What an order may demand: the products of its lines as it is told and as it is known, with the articles in them and the bundles they
/// are in.
async fn products(world: &World, lookup: &Lookup, message: &InboundOrder) -> Result<Products> {
    let known = OrderRow::read(world, &message.connection, &message.number).await?;
    if known.is_none() && message.snapshot.is_none() {
        return Ok(Products::Any);
    }
    let mut skus: BTreeSet<Sku> = known.iter().flat_map(|order| articles_of(order).cloned()).collect();
    if let Some(snapshot) = &message.snapshot {
        if snapshot.unread.iter().any(|line| line.may_mean == MayMean::Anything) {
            return Ok(Products::Any);
        }
        skus.extend(doubt::articles(world, lookup, &message.connection, snapshot.unread.iter()).await?);
        let connection = lookup.connection(world, &message.connection).await?;
        for article in lookup.articles(world, &connection, snapshot).await?.articles.into_values() {
            skus.extend(article.components.into_iter().map(|component| component.sku));
            skus.insert(article.sku);
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
