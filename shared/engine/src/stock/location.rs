//! Which locations there are.

use crate::Ports;
use crate::rows::ConnectionRow;
use domain::LocationId;
use ports::{Error, ErrorKind, Result};
use std::collections::BTreeSet;

/// A location with a slip of the pen would hold units that nobody sells.
pub(crate) async fn check_location(world: &Ports, wanted: &LocationId) -> Result<()> {
    let connections = world.all::<ConnectionRow>(ConnectionRow::PARTITION, "").await?;
    let known: BTreeSet<LocationId> = connections.into_iter().flat_map(|connection| connection.locations).collect();
    if known.contains(wanted) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(LocationId::as_str).collect();
    let message = format!("location: got `{wanted}`, expected one of {}", names.join(", "));
    Err(Error::new(ErrorKind::BadInput, "location", message))
}
