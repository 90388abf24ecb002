//! What happened to an order, for people: one timeline, whoever did it.

use crate::{Order, OrderSnapshot, Quantity};
use jiff::Timestamp;

/// Entries kept with an order; beyond, the oldest go, because an order row has a largest size.
const MOST_EVENTS: usize = 100;

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderEvent {
    /// When we did it or heard of it, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who did it: a person or a rule; `None`: the channel tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What.
    pub details: OrderEventDetails,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum OrderEventDetails {
    /// The channel told a state of the order. Units over all lines that the merchant sends.
    Channel {
        /// The channel's own word.
        status: String,
        /// Units ordered.
        ordered: Quantity,
        /// Units cancelled.
        #[serde(default)]
        cancelled: Quantity,
        /// Units shipped.
        #[serde(default)]
        shipped: Quantity,
        /// Units that came back.
        #[serde(default)]
        returned: Quantity,
        /// Lines of which the customer asks for cancellation and waits for an answer.
        #[serde(default, skip_serializing_if = "is_none")]
        cancellation_requests: u32,
    },
    /// A shipment left.
    Shipment {
        /// Its id.
        id: String,
    },
    /// What the channel had rejected is told once more: a shipment perhaps with another carrier or tracking code.
    SyncRetried {
        /// Id of the shipment, cancellation or inspection.
        id: String,
    },
    /// The channel waited for the merchant's word, and is told it.
    Answered {
        /// Lines that are rejected.
        rejected: u32,
    },
    /// The merchant cancelled units.
    Cancellation {
        /// Its id.
        id: String,
    },
    /// Units are on their way back.
    ReturnAnnounced {
        /// Its id.
        id: String,
    },
    /// They arrived.
    ReturnReceived {
        /// Its id.
        id: String,
    },
    /// They were looked at.
    Inspection {
        /// Id of the inspection.
        id: String,
    },
    /// Units that were short are covered now.
    ShortageCovered {
        /// How many units of products.
        units: Quantity,
    },
    /// The channel has what it was told, or works on it, or does not want it.
    ChannelSynced {
        /// Id of the shipment, cancellation or inspection.
        id: String,
        /// How it went, for people.
        outcome: String,
    },
    /// Units that came free were written off, because the merchant had cancelled them as not there.
    WrittenOff {
        /// How many units of products.
        units: Quantity,
    },
    /// Somebody decided about lines that cannot be read.
    LinesDecided {
        /// How many lines.
        lines: u32,
    },
    /// Units were cancelled on the channel and not put on sale again there, or it does not tell: they come free to nobody.
    KeptOffSale {
        /// How many units of lines.
        units: Quantity,
    },
    /// The channel put on sale after all what it had kept off: those units are there again.
    Restocked {
        /// How many units of lines.
        units: Quantity,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
const fn is_none(lines: &u32) -> bool {
    *lines == 0
}

impl OrderEvent {
    /// Whether goods left, came back, or were looked at.
    pub(crate) fn is_of_goods(&self) -> bool {
        use OrderEventDetails::{Inspection, ReturnAnnounced, ReturnReceived, Shipment};
        matches!(self.details, Shipment { .. } | ReturnAnnounced { .. } | ReturnReceived { .. } | Inspection { .. })
    }
}

impl Order {
    /// Notes what happened.
    pub(crate) fn note(&mut self, at: Timestamp, by: Option<&str>, what: OrderEventDetails) {
        self.history.push(OrderEvent { at, by: by.map(str::to_owned), details: what });
        let over = self.history.len().saturating_sub(MOST_EVENTS);
        self.history.drain(..over);
    }
}

/// A state as the timeline tells it.
pub(crate) fn told(snapshot: &OrderSnapshot) -> OrderEventDetails {
    let own = || snapshot.lines.iter().filter(|line| line.is_own());
    OrderEventDetails::Channel {
        status: snapshot.channel_status.clone(),
        ordered: own().map(|line| line.ordered).sum(),
        cancelled: own().map(|line| line.cancelled).sum(),
        shipped: own().map(|line| line.shipped).sum(),
        returned: own().map(|line| line.returned).sum(),
        cancellation_requests: own().map(|line| u32::from(line.cancellation_requested)).sum(),
    }
}
