//! A merchant's account on a channel, as configured.

use super::{ConnectionInvoices, TypedRow, json, to_json};
use domain::{ChannelId, ConnectionId, LocationId, MatchBy, Publishing, StockRule};
use jiff::Timestamp;
use ports::{Key, Result, Row};
use std::collections::BTreeMap;

/// A connection. Its credentials are not here, but with `ports::Secrets`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ConnectionRow {
    /// Its name.
    pub id: ConnectionId,
    /// The channel.
    pub channel: ChannelId,
    /// Start of all its addresses, without a slash at the end.
    pub base_url: String,
    /// Further settings, by the names in the channel's `Descriptor`.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// The locations that serve it, the preferred one first.
    pub locations: Vec<LocationId>,
    /// What it is shown of the stock.
    #[serde(default)]
    pub rule: StockRule,
    /// Orders placed before this instant (UTC) are not taken in: their units are not in the opening figure.
    pub orders_since: Timestamp,
    /// Which products it is told about.
    #[serde(default)]
    pub publishing: Publishing,
    /// It leads the stock: what its staff change there is taken as a correction. It is shown all there is, whatever the rules say, or else
    /// its figure would not be the stock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leads: bool,
    /// How its items are matched to products.
    #[serde(default)]
    pub match_by: MatchBy,
    /// How its orders are invoiced; `None`: not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoices: Option<ConnectionInvoices>,
}

impl ConnectionRow {
    /// All connections are in one partition.
    pub const PARTITION: &'static str = "CONNECTIONS";

    /// Whether an order was placed before the opening figure was counted. In whole seconds, because channels tell no parts of one.
    pub fn is_from_before(&self, placed_at: Timestamp) -> bool {
        placed_at.as_second() < self.orders_since.as_second()
    }

    /// Its key.
    pub fn key(id: &ConnectionId) -> Key {
        Key::new(Self::PARTITION, id.as_str())
    }
}

impl TypedRow for ConnectionRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.id)).text("body", to_json(self))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body")
    }
}
