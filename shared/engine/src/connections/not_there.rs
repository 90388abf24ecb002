//! What is said of an order that is not there.

use crate::Ports;
use crate::rows::ConnectionRow;
use domain::{ConnectionId, OrderNumber};

/// Why an order is not there: its connection is not, or has none of that number.
pub(crate) async fn not_there(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> String {
    match world.get::<ConnectionRow>(&ConnectionRow::key(connection)).await {
        Ok(None) => format!("there is no connection {connection}; `sluis health` names those that there are"),
        Ok(Some(_)) | Err(_) => format!("connection {connection} has no order {number}"),
    }
}
