//! An article as it is on sale now: its figures, and its listings with their connections as they are configured.

use super::present::Present;
use super::quota::Placed;
use crate::rows::ConnectionRow;
use crate::{Lookup, World};
use domain::Sku;
use ports::{ErrorKind, Result};
use std::sync::Arc;

/// An article.
pub(super) struct Article {
    /// Its figures and all its listings.
    pub(super) present: Present,
    /// By the position of the listing. Listings of connections that are no longer configured, or that are not to be told of the article,
    /// have none.
    connections: Vec<(usize, Arc<ConnectionRow>)>,
}

impl Article {
    /// Reads it.
    pub(super) async fn read(world: &World, lookup: &Lookup, sku: &Sku) -> Result<Self> {
        Self::with(world, lookup, Present::read(world, sku).await?).await
    }

    /// As `read`, where its figures were read already.
    pub(super) async fn with(world: &World, lookup: &Lookup, present: Present) -> Result<Self> {
        let mut connections = Vec::new();
        for (position, row) in present.listings.iter().enumerate() {
            match lookup.connection(world, &row.connection).await {
                Ok(connection) if connection.publishing.includes(&row.sku) => connections.push((position, connection)),
                // The merchant has not said yet that it may be told.
                Ok(_) => {}
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { present, connections })
    }

    /// Its listings that somebody can be told of.
    pub(super) fn placed(&self) -> Vec<Placed<'_>> {
        self.connections.iter().map(|(at, connection)| (&self.present.listings[*at], connection.as_ref())).collect()
    }
}
