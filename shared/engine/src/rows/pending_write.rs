//! Writes that a channel took and has not put in force yet, as far as is known.

use domain::{OfferId, PriceInForce, Quantity, Share, noted};
use jiff::Timestamp;

/// A figure that a channel took, or may have taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PendingWrite {
    /// What to ask for. `None`: no answer came, or the channel no longer knows: it may be carried out until its time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The figure. `None`: whoever wrote it died before saying so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// The product's stock version that it was worked out from.
    pub version: u64,
    /// What the connection's orders had given back before.
    pub back: u64,
    /// What they had taken before.
    pub out: u64,
    /// When it was written, UTC.
    pub since: Timestamp,
    /// When to ask next; without a status, when it can be carried out no longer. UTC.
    pub ask_at: Timestamp,
    /// How often it was asked for.
    #[serde(default)]
    pub asked: u32,
    /// In quota mode: units that it takes off the exposure for sure, and the share as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<(Quantity, Share)>,
}

impl PendingWrite {
    /// As it is stored, at `now`: nothing was written later than now, and what a clock that was ahead put off is asked for at once.
    #[must_use]
    pub fn believed_at(self, now: Timestamp) -> Self {
        if noted(self.since, now).is_some() { self } else { Self { since: now, ask_at: now, ..self } }
    }
}

/// A price of one item that a channel took.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PendingPrice {
    /// The item.
    pub offer: OfferId,
    /// What to ask for. `None`: it is in force there already.
    pub status: Option<String>,
}

/// A price of a product that a channel took, for one or several items.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PendingPrices {
    /// The price.
    pub price: PriceInForce,
    /// Each item that was written.
    pub items: Vec<PendingPrice>,
    /// When, UTC.
    pub since: Timestamp,
    /// How often it was asked for.
    #[serde(default)]
    pub asked: u32,
}
