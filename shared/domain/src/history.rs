//! What happened to an order, for people: one timeline, whoever did it.

use crate::{Order, OrderSnapshot, Quantity};
use jiff::Timestamp;

/// Entries kept with an order; beyond, the oldest go, because an order row has a largest size.
const MOST_EVENTS: usize = 100;

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Event {
    /// When we did it or heard of it, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who did it: a person or a rule; `None`: the channel tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Happened {
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
    },
    /// A parcel left.
    Parcel {
        /// Its mark.
        id: String,
    },
    /// What the channel had refused is told once more: a parcel perhaps with another carrier or tracking code.
    ToldAgain {
        /// Mark of the parcel, cancellation or inspection.
        id: String,
    },
    /// The merchant cancelled units.
    Cancellation {
        /// Its mark.
        id: String,
    },
    /// Units are on their way back.
    ReturnAnnounced {
        /// Its mark.
        id: String,
    },
    /// They arrived.
    ReturnReceived {
        /// Its mark.
        id: String,
    },
    /// They were looked at.
    Inspected {
        /// Mark of the inspection.
        id: String,
    },
    /// Units that were short are covered now.
    Covered {
        /// How many units of articles.
        units: Quantity,
    },
    /// The channel has what it was told, or works on it, or does not want it.
    Told {
        /// Mark of the parcel, cancellation or inspection.
        id: String,
        /// How it went, for people.
        outcome: String,
    },
    /// Units that came free were written off, because the merchant had cancelled them as not there.
    WrittenOff {
        /// How many units of articles.
        units: Quantity,
    },
    /// Somebody decided about lines that cannot be read.
    LinesDecided {
        /// How many lines.
        lines: u32,
    },
    /// Units were cancelled on the channel and not put on sale again there, or it does not tell: they come free to nobody.
    KeptOff {
        /// How many units of lines.
        units: Quantity,
    },
    /// The channel put on sale after all what it had kept off: those units are there again.
    OnSaleAfterAll {
        /// How many units of lines.
        units: Quantity,
    },
    /// An invoice closed it.
    Locked {
        /// Its number.
        invoice: String,
    },
}

impl Order {
    /// Notes what happened.
    pub(crate) fn note(&mut self, at: Timestamp, by: Option<&str>, what: Happened) {
        self.history.push(Event { at, by: by.map(str::to_owned), what });
        let over = self.history.len().saturating_sub(MOST_EVENTS);
        self.history.drain(..over);
    }
}

/// A state as the timeline tells it.
pub(crate) fn told(snapshot: &OrderSnapshot) -> Happened {
    let own = || snapshot.lines.iter().filter(|line| line.is_own());
    Happened::Channel {
        status: snapshot.channel_status.clone(),
        ordered: own().map(|line| line.ordered).sum(),
        cancelled: own().map(|line| line.cancelled).sum(),
        shipped: own().map(|line| line.shipped).sum(),
        returned: own().map(|line| line.returned).sum(),
    }
}
