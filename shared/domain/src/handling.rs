//! What the merchant did about an order: parcels, cancellations, returns, and how far the channel was told.

use crate::{CancelReason, CarrierId, LineUnits, LocationId, OrderLineId, Quantity, ReturnId, ReturnVerdict};
use jiff::Timestamp;

/// How far the channel was told of something.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Telling {
    /// Not yet.
    Waiting,
    /// An attempt was begun. Found so long after, its outcome is unknown: the channel is asked before it is told again.
    Begun {
        /// When, UTC.
        #[schemars(with = "String")]
        at: Timestamp,
    },
    /// The channel took it and works on it.
    Pending {
        /// By this it is asked how far it is.
        status: String,
    },
    /// The channel has it.
    Told {
        /// Since when, UTC.
        #[schemars(with = "String")]
        at: Timestamp,
    },
    /// The channel does not want it, or nobody can tell whether it has it. A person must look.
    Refused {
        /// Why, for people.
        reason: String,
        /// Nobody can tell whether the channel has it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unsure: bool,
    },
    /// There is nothing to tell.
    Nothing,
}

impl Telling {
    /// Whether something is still to be done by us.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Begun { .. } | Self::Pending { .. })
    }
}

/// A parcel that left.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Parcel {
    /// Our mark of it, fresh for every parcel.
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
    pub told: Telling,
}

/// A cancellation that the merchant decided. It moves no stock by itself: units are free when the channel says that they are cancelled.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Cancellation {
    /// Our mark of it.
    pub id: String,
    /// Which units. Every line once, each with at least one unit.
    pub lines: Vec<LineUnits>,
    /// Why.
    pub reason: CancelReason,
    /// Whether the units are not there, and are written off when they come free.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub write_off: bool,
    /// How far the channel was told.
    pub told: Telling,
}

/// Units that were cancelled on the channel and kept off sale, and that the merchant says are there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PutBack {
    /// Our mark of it.
    pub id: String,
    /// Which line.
    pub line: OrderLineId,
    /// How many units, at least one.
    pub units: Quantity,
}

/// Units that come back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Return {
    /// Our mark of it.
    pub id: String,
    /// The channel's id; `None`: the merchant entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ReturnId>,
    /// The channel told that they are back and dealt with there: it is told nothing of what is found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled_there: bool,
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
    pub inspected: Vec<Inspection>,
}

impl Return {
    /// Units of a line that were announced.
    pub fn announced(&self, line: &OrderLineId) -> Quantity {
        self.lines.iter().filter(|one| one.line == *line).map(|one| one.units).sum()
    }

    /// Units of a line that were decided.
    pub fn decided(&self, line: &OrderLineId) -> Quantity {
        self.inspected.iter().filter(|one| one.line == *line).map(|one| one.units).sum()
    }
}

/// What was found about returned units, and what became of them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Inspection {
    /// Our mark of it.
    pub id: String,
    /// Which line.
    pub line: OrderLineId,
    /// How many units, at least one.
    pub units: Quantity,
    /// What they are like.
    pub finding: Finding,
    /// Where they are put on sale again; `None`: they are not. Only sellable units can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restock_at: Option<LocationId>,
    /// What was decided towards the buyer.
    pub verdict: ReturnVerdict,
    /// How far the channel was told.
    pub told: Telling,
}

/// What returned units are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Good as new.
    Sellable,
    /// Damaged or used.
    Damaged,
    /// Not in the parcel, or never sent.
    Missing,
    /// Another article was in the parcel.
    WrongArticle,
}
