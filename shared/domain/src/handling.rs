//! What the merchant did about an order: shipments, cancellations, returns, and how far the channel was told.

use crate::{CancelReason, CarrierId, ChannelSync, LineUnits, LocationId, OrderLineId, Quantity, ReturnId, ReturnResolution};
use jiff::Timestamp;

/// A shipment that left.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Shipment {
    /// Its id: the key under which it was entered, or a fresh one.
    pub id: String,
    /// Where it left.
    pub location: LocationId,
    /// What is in it. Every line once, each with at least one unit.
    pub lines: Vec<LineUnits>,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierId>,
    /// The tracking code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// How far the channel was told.
    pub channel_sync: ChannelSync,
}

/// A cancellation that the merchant decided. It moves no stock by itself: units are free when the channel says that they are cancelled.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Cancellation {
    /// Its id: the key under which it was entered, or a fresh one.
    pub id: String,
    /// Which units. Every line once, each with at least one unit.
    pub lines: Vec<LineUnits>,
    /// Why.
    pub reason: CancelReason,
    /// Whether the units are not there, and are written off when they come free.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub write_off: bool,
    /// How far the channel was told.
    pub channel_sync: ChannelSync,
}

/// Units that were cancelled on the channel and kept off sale, and that the merchant says are there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PutBack {
    /// Its id: the key under which it was entered, or a fresh one.
    pub id: String,
    /// Which line.
    pub line: OrderLineId,
    /// How many units, at least one.
    pub units: Quantity,
}

/// Units that come back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Return {
    /// Its id: the key under which it was entered, or a fresh one.
    pub id: String,
    /// The channel's id; `None`: the merchant entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ReturnId>,
    /// The channel told that they are back and dealt with there: it is told nothing of what is found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled_on_channel: bool,
    /// Which units were announced. Every line once, each with at least one unit.
    pub lines: Vec<LineUnits>,
    /// The channel's word for the reason.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Since when units of it are here and wait for inspection, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub received_at: Option<Timestamp>,
    /// What was found, in the order it was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inspections: Vec<Inspection>,
}

impl Return {
    /// Units of a line that were announced.
    pub fn announced(&self, line: &OrderLineId) -> Quantity {
        self.lines.iter().filter(|one| one.line == *line).map(|one| one.units).sum()
    }

    /// Units of a line that were decided.
    pub fn decided(&self, line: &OrderLineId) -> Quantity {
        self.inspections.iter().filter(|one| one.line == *line).map(|one| one.units).sum()
    }
}

/// What was found about returned units, and what became of them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Inspection {
    /// Its id: the key under which it was entered, or a fresh one.
    pub id: String,
    /// Which line.
    pub line: OrderLineId,
    /// How many units, at least one.
    pub units: Quantity,
    /// What they are like.
    pub condition: ReturnCondition,
    /// Where they are put on sale again; `None`: they are not. Only sellable units can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restock_at: Option<LocationId>,
    /// What was decided towards the buyer.
    pub resolution: ReturnResolution,
    /// How far the channel was told.
    pub channel_sync: ChannelSync,
}

/// What returned units are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnCondition {
    /// Good as new.
    Sellable,
    /// Damaged or used.
    Damaged,
    /// Not in what came back, or never sent.
    Missing,
    /// Another product came back.
    WrongProduct,
}
