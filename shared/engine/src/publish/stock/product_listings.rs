//! A product as it is on sale now: its figures, and its listings with their connections as they are configured.

use super::not_published::{NotPublished, not_told};
use super::present::Present;
use super::quota::Placed;
use crate::rows::{ConnectionRow, ListingRow};
use crate::{Cache, Ports};
use domain::Sku;
use ports::{ErrorKind, Result};
use std::sync::Arc;

/// A product.
pub(super) struct ProductListings {
    /// Its figures and all its listings.
    pub(super) present: Present,
    /// By the position of the listing. Listings of connections that are no longer configured, or that are not to be told of the product,
    /// have none.
    connections: Vec<(usize, Arc<ConnectionRow>)>,
    /// As `connections`: those that are told nothing because their channel does not count them.
    left_alone: Vec<(usize, Arc<ConnectionRow>)>,
}

impl ProductListings {
    /// Reads it.
    pub(super) async fn read(world: &Ports, lookup: &Cache, sku: &Sku) -> Result<Self> {
        Self::with(world, lookup, Present::read(world, sku).await?).await
    }

    /// As `read`, where its figures were read already.
    pub(super) async fn with(world: &Ports, lookup: &Cache, present: Present) -> Result<Self> {
        let (mut connections, mut left_alone) = (Vec::new(), Vec::new());
        for (position, row) in present.listings.iter().enumerate() {
            match lookup.connection(world, &row.connection).await {
                Ok(connection) => match not_told(world, &present, &connection, row) {
                    None => connections.push((position, connection)),
                    Some(NotPublished::NotTracked) => left_alone.push((position, connection)),
                    Some(NotPublished::ImportOnly | NotPublished::NotSelected | NotPublished::NotConfigured) => {}
                },
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { present, connections, left_alone })
    }

    /// Its listings that are told nothing because their channel does not count them.
    pub(super) fn left_alone(&self) -> impl Iterator<Item = &ListingRow> {
        self.left_alone.iter().map(|(at, _)| &self.present.listings[*at])
    }

    /// Its listings that somebody can be told of.
    pub(super) fn placed(&self) -> Vec<Placed<'_>> {
        self.connections.iter().map(|(at, connection)| (&self.present.listings[*at], connection.as_ref())).collect()
    }
}
