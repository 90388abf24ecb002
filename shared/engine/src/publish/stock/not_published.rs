//! Whether a listing is told its figure at all; and if not, on whose word.

use super::counting::is_left_alone;
use super::present::Present;
use super::quota::Placed;
use crate::Ports;
use crate::rows::{ConnectionRow, ListingRow};
use domain::{ConnectionId, Publishing, Sku};
use std::collections::BTreeMap;

/// Why nobody tells a listing its figure. Each is as the merchant wants it, so nothing is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotPublished {
    /// Orders are taken in from the connection and nothing is told to it: the merchant has not said yet that it may be, or no longer.
    ImportOnly,
    /// The connection is told of some products only, and this is none of them.
    NotSelected,
    /// The channel does not track its stock, or shows what is no whole number of units, and no rule says that it should be tracked.
    NotTracked,
    /// The connection is no longer configured.
    NotConfigured,
}

/// Whether the merchant lets a connection be told of a product.
pub(crate) fn not_published(connection: &ConnectionRow, sku: &Sku) -> Option<NotPublished> {
    match &connection.publishing {
        Publishing::None => Some(NotPublished::ImportOnly),
        publishing if publishing.includes(sku) => None,
        _ => Some(NotPublished::NotSelected),
    }
}

/// Why a listing is not told; `None`: it is. The only place where this is decided: whoever tells, compares or shows figures asks here.
pub(crate) fn not_told(world: &Ports, present: &Present, connection: &ConnectionRow, row: &ListingRow) -> Option<NotPublished> {
    let untracked = || is_left_alone(world, present, connection, &row.listing).then_some(NotPublished::NotTracked);
    not_published(connection, &row.sku).or_else(untracked)
}

/// The listings that are told, each with its connection.
pub(crate) fn placed<'a>(
    world: &Ports,
    present: &'a Present,
    connections: &'a BTreeMap<ConnectionId, ConnectionRow>,
) -> Vec<Placed<'a>> {
    let known = present.listings.iter().filter_map(|row| Some((row, connections.get(&row.connection)?)));
    known.filter(|(row, connection)| not_told(world, present, connection, row).is_none()).collect()
}
