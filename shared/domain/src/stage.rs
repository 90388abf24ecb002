//! How far an order is, in the word by which people look for it.

use crate::{Order, OrderLineId, Quantity, SnapshotLine};
use jiff::Timestamp;

/// How far an order is: always exactly one of these, and what a merchant must do first comes first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OrderStage {
    /// Not ready to be sent: its channel waits for it to be accepted, or does not let it be sent yet because it is not paid there; it is not taken in
    /// whole, or a line of it cannot be read.
    New,
    /// The customer asks for cancellation of units that were not sent, and waits for an answer.
    CancellationRequested,
    /// Units of it are covered by no stock, or are of no product that is known.
    Short,
    /// All of it is set aside, and nothing of it has left.
    ToShip,
    /// Some of it has left, and some is still to be sent.
    PartlyShipped,
    /// Nothing is left to be sent, and units of it come back that nobody has decided about.
    Return,
    /// All that is to be sent has left.
    Shipped,
    /// Nothing of it is to be sent, and nothing was: cancelled, deleted, or for the marketplace to send.
    Closed,
}

impl OrderStage {
    /// All of them, in the order in which people see them.
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::CancellationRequested,
        Self::Short,
        Self::ToShip,
        Self::PartlyShipped,
        Self::Return,
        Self::Shipped,
        Self::Closed,
    ];

    /// Its name, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::CancellationRequested => "cancellation_requested",
            Self::Short => "short",
            Self::ToShip => "to_ship",
            Self::PartlyShipped => "partly_shipped",
            Self::Return => "return",
            Self::Shipped => "shipped",
            Self::Closed => "closed",
        }
    }

    /// Whether units of it are still to leave: then it matters by when.
    pub fn is_to_leave(self) -> bool {
        matches!(self, Self::New | Self::CancellationRequested | Self::Short | Self::ToShip | Self::PartlyShipped)
    }
}

impl std::str::FromStr for OrderStage {
    type Err = crate::Invalid;

    fn from_str(text: &str) -> Result<Self, crate::Invalid> {
        let known = Self::ALL.into_iter().find(|stage| stage.as_str() == text);
        known.ok_or_else(|| crate::Invalid::new("stage", text, "a stage of an order, such as to_ship"))
    }
}

impl Order {
    /// How far it is.
    pub fn stage(&self) -> OrderStage {
        if self.is_deleted() || self.snapshot.draft {
            return if self.has_left() { OrderStage::Shipped } else { OrderStage::Closed };
        }
        let waits = self.snapshot.awaits_acceptance.is_some() && self.acceptance.is_none();
        if waits || self.is_held_back() || !self.is_complete() || self.in_doubt().next().is_some() {
            return OrderStage::New;
        }
        let asks = |line: &SnapshotLine| line.is_own() && line.cancellation_requested && !self.to_cancel(&line.id).is_zero();
        if self.snapshot.lines.iter().any(asks) {
            return OrderStage::CancellationRequested;
        }
        match (self.short().is_zero(), self.to_ship().is_zero(), self.has_left()) {
            (false, _, _) => OrderStage::Short,
            (true, false, true) => OrderStage::PartlyShipped,
            (true, false, false) => OrderStage::ToShip,
            (true, true, _) if self.comes_back() => OrderStage::Return,
            (true, true, true) => OrderStage::Shipped,
            (true, true, false) => OrderStage::Closed,
        }
    }

    /// Units that are still to be sent and can be now, over all lines.
    pub fn to_ship(&self) -> Quantity {
        self.lines.iter().map(|line| self.to_send(&line.id)).sum()
    }

    /// Whether units that the merchant sends are set aside, and the channel does not let them be sent yet.
    pub fn is_held_back(&self) -> bool {
        let is_wanted = |line: &SnapshotLine| line.is_own() && line.ordered > line.cancelled.plus(line.shipped);
        self.snapshot.terms.unreleased && self.snapshot.lines.iter().any(is_wanted)
    }

    /// Whether any unit has left, whoever sent it.
    fn has_left(&self) -> bool {
        self.snapshot.lines.iter().any(|line| !line.shipped.is_zero() || !self.sent(&line.id).is_zero())
    }

    /// Whether units come back that nobody has decided about.
    fn comes_back(&self) -> bool {
        self.returns.iter().filter(|one| !one.settled_on_channel).any(|one| {
            let lines: std::collections::BTreeSet<&OrderLineId> = one.lines.iter().map(|line| &line.line).collect();
            lines.into_iter().any(|line| one.announced(line) > one.decided(line))
        })
    }
}

impl crate::Due {
    /// An instant by which promises are put in order: of a day its end in UTC, so that it is right to a few hours, whatever the zone.
    pub fn order(&self) -> Timestamp {
        match self {
            Self::At(at) => *at,
            Self::Day { day, .. } => {
                let end = day.tomorrow().map(|next| next.at(0, 0, 0, 0));
                end.and_then(|end| jiff::tz::TimeZone::UTC.to_timestamp(end)).unwrap_or(Timestamp::MAX)
            }
        }
    }
}

#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
