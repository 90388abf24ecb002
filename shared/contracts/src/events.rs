//! Business events on the bus, in the past tense.

use crate::Message;
use domain::{ConnectionId, LocationId, OfferId, OrderLineId, OrderNumber, Quantity, Sku, Task};
use jiff::Timestamp;

/// An order was taken in for the first time, and its stock committed as far as it reached.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderAccepted {
    /// Where it came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// Version of the order row that says so.
    pub version: u64,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// A newer state of a known order was taken in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderChanged {
    /// Where it came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// Version of the order row that says so.
    pub version: u64,
    /// Whether every unit is now cancelled.
    pub cancelled: bool,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// A shipment of an order left. The channel is told of it by itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderShipped {
    /// Where the order came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// Version of the order row that says so.
    pub version: u64,
    /// Our mark of the shipment.
    pub shipment: String,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// Returned units were inspected, and it was decided what the buyer gets.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ReturnDecided {
    /// Where the order came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// Version of the order row that says so.
    pub version: u64,
    /// Our mark of the inspection.
    pub inspection: String,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// Units of an order that no location could cover. A person or a rule decides: other location, backorder, cancel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct StockShort {
    /// Where the order came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// Version of the order row that says so.
    pub version: u64,
    /// The lines with units missing.
    pub lines: Vec<ShortLine>,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// A line with units missing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ShortLine {
    /// Which line.
    pub line: OrderLineId,
    /// The product, if the line was matched to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// How many are missing.
    pub short: Quantity,
    /// Locations that hold the rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<LocationId>,
}

/// A channel acknowledged a figure.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ListingPublished {
    /// Which channel account.
    pub connection: ConnectionId,
    /// The product.
    pub sku: Sku,
    /// The listing on the channel.
    pub offer: OfferId,
    /// The figure it now shows.
    pub quantity: Quantity,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// A connection has failed for longer than the merchant said is to be borne. Told once, until it has recovered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ConnectionFailing {
    /// Which channel account.
    pub connection: ConnectionId,
    /// What fails; where several things do, the one that has failed longest.
    pub task: Task,
    /// Since when it has not gone well, UTC.
    #[schemars(with = "String")]
    pub since: Timestamp,
    /// What sort of failure, in one word, such as `unauthorized`.
    pub error: String,
    /// For people: which connection, what fails, since when, and what to do. No personal data.
    pub message: String,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// A connection of which it was told that it fails does so no longer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ConnectionRecovered {
    /// Which channel account.
    pub connection: ConnectionId,
    /// When it was told that it fails, UTC.
    #[schemars(with = "String")]
    pub alerted_at: Timestamp,
    /// For people. No personal data.
    pub message: String,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// Things were put aside, or found to differ, that a person must see. At most one in an hour unless one is urgent: it counts, and the things
/// themselves are under `/api/v1/parked` and `/api/v1/drift`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct NeedsAttention {
    /// Things put aside since the last time this was told.
    pub parked: u32,
    /// Of those, orders of which nobody can tell what they demand: they hold down their own connection, and the others go on selling. They
    /// are told at once.
    #[serde(default)]
    pub urgent: u32,
    /// Differences found since then that need a person.
    pub differences: u32,
    /// There are more than could be counted.
    pub more: bool,
    /// The connections they are about.
    pub connections: Vec<ConnectionId>,
    /// For people. No personal data.
    pub message: String,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

macro_rules! messages {
    ($($name:ident => $text:literal;)*) => {$(impl Message for $name { const NAME: &'static str = $text; })*};
}

messages! {
    OrderAccepted => "OrderAccepted.v1";
    OrderChanged => "OrderChanged.v1";
    OrderShipped => "OrderShipped.v1";
    ReturnDecided => "ReturnDecided.v1";
    StockShort => "StockShort.v1";
    ListingPublished => "ListingPublished.v1";
    ConnectionFailing => "ConnectionFailing.v1";
    ConnectionRecovered => "ConnectionRecovered.v1";
    NeedsAttention => "NeedsAttention.v1";
}
