//! Whether a listing is told its figure at all; and if not, on whose word.

use super::counting::is_left_alone;
use super::present::Present;
use super::quota::Placed;
use crate::World;
use crate::rows::{ConnectionRow, ListingRow};
use domain::{ConnectionId, Publishing, Sku};
use std::collections::BTreeMap;

/// Why nobody tells a listing its figure. Each is as the merchant wants it, so nothing is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotTold {
    /// Orders are taken in from the connection and nothing is told to it: the merchant has not said yet that it may be, or no longer.
    ImportOnly,
    /// The connection is told of some articles only, and this is none of them.
    NotInPilot,
    /// The channel does not track its stock, and no rule says that it should.
    NotTracked,
    /// The connection is no longer configured.
    NotConfigured,
}

/// Whether the merchant lets a connection be told of an article.
pub(crate) fn not_published(connection: &ConnectionRow, sku: &Sku) -> Option<NotTold> {
    match &connection.publishing {
        Publishing::Nothing => Some(NotTold::ImportOnly),
        publishing if publishing.includes(sku) => None,
        _ => Some(NotTold::NotInPilot),
    }
}

/// Why a listing is not told; `None`: it is. The only place where this is decided: whoever tells, compares or shows figures asks here.
pub(crate) fn not_told(world: &World, present: &Present, connection: &ConnectionRow, row: &ListingRow) -> Option<NotTold> {
    let untracked = || is_left_alone(world, present, connection, &row.listing).then_some(NotTold::NotTracked);
    not_published(connection, &row.sku).or_else(untracked)
}

/// The listings that are told, each with its connection.
pub(crate) fn placed<'a>(
    world: &World,
    present: &'a Present,
    connections: &'a BTreeMap<ConnectionId, ConnectionRow>,
) -> Vec<Placed<'a>> {
    let known = present.listings.iter().filter_map(|row| Some((row, connections.get(&row.connection)?)));
    known.filter(|(row, connection)| not_told(world, present, connection, row).is_none()).collect()
}
