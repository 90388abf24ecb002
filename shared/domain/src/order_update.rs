//! What a merchant does about an order and its channel must be told: shipments sent, units cancelled, returns decided.

use crate::{CarrierId, Ean, OrderLineId, OrderNumber, Quantity, ReturnId};
use jiff::Timestamp;

/// Units of one order line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct LineUnits {
    /// Which line.
    pub line: OrderLineId,
    /// How many, in the line's own units: of a bundle, bundles.
    pub units: Quantity,
}

/// One thing a channel is told about one of its orders.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "update")]
pub enum OrderUpdate {
    /// A shipment left.
    Shipment(ShipmentUpdate),
    /// Units will not be sent.
    Cancellation(CancellationUpdate),
    /// A return was decided.
    Return(ReturnUpdate),
}

/// A shipment, as a channel is told of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ShipmentUpdate {
    /// Our own mark of the shipment, the same at every attempt: by it a channel that keeps it is asked whether it knows the shipment.
    pub reference: String,
    /// What is in it.
    pub lines: Vec<LineUnits>,
    /// Who carries it, in the merchant's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierId>,
    /// The tracking code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Whether with this shipment every unit of the order that was not cancelled is sent.
    pub completes: bool,
}

/// Units that will not be sent, as a channel is told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct CancellationUpdate {
    /// Which units.
    pub lines: Vec<LineUnits>,
    /// Why.
    pub reason: CancelReason,
    /// Whether with this no unit of the order is left to send, and none was sent.
    pub whole_order: bool,
    /// Whether the channel may put the units on sale again by itself. Not if they are not there; of a whole order, not if any of what was
    /// cancelled of it is not.
    #[serde(default = "yes")]
    pub restock: bool,
}

fn yes() -> bool {
    true
}

/// Why the merchant cancels. Each connector knows its channel's code for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// There is none left.
    OutOfStock,
    /// The customer asked for it.
    CustomerRequest,
    /// The product is damaged.
    Damaged,
    /// It was offered at a wrong price.
    WrongPrice,
    /// It cannot be there in time.
    TooLate,
    /// The customer ordered it twice.
    OrderedTwice,
    /// The product cannot be found.
    NotFound,
    /// Anything else.
    Other,
}

impl CancelReason {
    /// Whether it says that the units are not on the shelf, or cannot be sold. Unless the merchant says otherwise, they are written off.
    pub fn is_not_there(self) -> bool {
        match self {
            Self::OutOfStock | Self::Damaged | Self::NotFound => true,
            Self::CustomerRequest | Self::WrongPrice | Self::TooLate | Self::OrderedTwice | Self::Other => false,
        }
    }
}

/// What was decided about returned units, as a channel is told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ReturnUpdate {
    /// The channel's id of the return; `None`: the channel does not know of it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ReturnId>,
    /// Which units.
    pub lines: Vec<LineUnits>,
    /// What was decided.
    pub resolution: ReturnResolution,
    /// Of a return that the channel does not know of: units of the same order of which it was told before in other decisions, or may
    /// have been. What it knows may be those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<LineUnits>,
}

/// What is decided about returned units, towards the buyer. What becomes of the goods is another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnResolution {
    /// They came back and the buyer gets the money back.
    Accepted,
    /// The buyer keeps them and gets the money back.
    BuyerKeeps,
    /// The buyer gets nothing back: not what was sold, or not as it was sold.
    Rejected,
}

/// A return as a channel tells of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AnnouncedReturn {
    /// The channel's id, by which its outcome is told.
    pub id: ReturnId,
    /// The order.
    pub order: OrderNumber,
    /// The line, if the channel tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<OrderLineId>,
    /// The product, where the channel tells no line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ean: Option<Ean>,
    /// Units on their way back.
    pub units: Quantity,
    /// The channel's word for the reason. Never what the customer wrote.
    #[serde(default)]
    pub reason: String,
    /// When it was announced, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}
