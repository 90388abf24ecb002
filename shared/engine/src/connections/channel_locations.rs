//! Which locations of its channel a connection has, by its settings.

use crate::Ports;
use crate::rows::ConnectionRow;
use domain::LocationId;

/// The merchant's locations that a connection maps to those of its channel: the preferred first, and last those that do not serve it.
pub(crate) fn mapped_locations(world: &Ports, connection: &ConnectionRow) -> Vec<LocationId> {
    let channel = world.connectors.get(&connection.channel);
    if channel.and_then(|connector| connector.stock()).is_none_or(|stock| stock.descriptor().locations.is_none()) {
        return Vec::new();
    }
    let mut mapped: Vec<LocationId> = ports::locations(&connection.settings).into_iter().map(|(location, _)| location).collect();
    mapped.sort_by_key(|location| connection.locations.iter().position(|one| one == location).unwrap_or(usize::MAX));
    mapped
}
