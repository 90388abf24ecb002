//! The places that hold stock.

use super::{Unreadable, connections};
use crate::Ports;
use crate::readable::{Wanted, wanted};
use crate::rows::StockSettingsRow;
use domain::{ConnectionId, Country, LocationId};
use ports::Result;
use std::collections::{BTreeMap, BTreeSet};

/// All locations that a connection names.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Locations {
    /// By name.
    pub locations: Vec<LocationView>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// A location where stock lies.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct LocationView {
    /// Which.
    pub location: LocationId,
    /// The connections it serves.
    pub connections: Vec<ConnectionId>,
    /// The countries it sends to; none: it sends to all, or the row that says so cannot be read.
    pub countries: Option<BTreeSet<Country>>,
}

/// All locations.
pub async fn locations(world: &Ports) -> Result<Locations> {
    let mut unreadable = Vec::new();
    let settings: Wanted<StockSettingsRow> = wanted(world, &StockSettingsRow::key(), &mut unreadable).await?;
    let settings = settings.read().unwrap_or_default().0;
    let connections = connections(world).await?;
    unreadable.extend(connections.unreadable);
    let mut serve: BTreeMap<LocationId, Vec<ConnectionId>> = BTreeMap::new();
    for (id, connection) in connections.known {
        for location in connection.locations {
            serve.entry(location).or_default().push(id.clone());
        }
    }
    let view =
        |(location, connections)| LocationView { countries: settings.countries.get(&location).cloned(), location, connections };
    Ok(Locations { locations: serve.into_iter().map(view).collect(), unreadable })
}
