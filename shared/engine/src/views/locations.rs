//! The places that hold stock.

use super::connections;
use crate::World;
use crate::rows::StockSettingsRow;
use domain::{ConnectionId, Country, LocationId};
use ports::Result;
use std::collections::{BTreeMap, BTreeSet};

/// All places that a connection names.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Locations {
    /// By name.
    pub locations: Vec<LocationView>,
}

/// A place that holds stock.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct LocationView {
    /// Which.
    pub location: LocationId,
    /// The connections it serves.
    pub connections: Vec<ConnectionId>,
    /// The countries it sends to; none: it sends to all.
    pub countries: Option<BTreeSet<Country>>,
}

/// All places.
pub async fn locations(world: &World) -> Result<Locations> {
    let settings = world.get::<StockSettingsRow>(&StockSettingsRow::key()).await?.unwrap_or_default().0;
    let mut serve: BTreeMap<LocationId, Vec<ConnectionId>> = BTreeMap::new();
    for (id, connection) in connections(world).await? {
        for location in connection.locations {
            serve.entry(location).or_default().push(id.clone());
        }
    }
    let view =
        |(location, connections)| LocationView { countries: settings.countries.get(&location).cloned(), location, connections };
    Ok(Locations { locations: serve.into_iter().map(view).collect() })
}
