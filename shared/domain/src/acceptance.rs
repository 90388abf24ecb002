//! Orders that a channel gives away again unless the merchant says in time that they are accepted.
//!
//! What is ordered is taken in, and its units are set aside, as of any order: only then is the channel told. What cannot be covered is accepted
//! like the rest, and short, unless the merchant's setting says that it is refused.

use crate::{ActionRefused, ChannelSync, Order, OrderEventDetails, OrderLineId, Quantity};
use jiff::Timestamp;

/// That an order waits for the merchant's word, as its channel tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AwaitsAcceptance {
    /// Until when, UTC: then the channel takes it as rejected. `None`: it does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Timestamp>,
}

/// The word, as the channel is told it. Every line of the order that the merchant sends is in one of the two.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AcceptanceUpdate {
    /// Lines that will be sent.
    pub accepted: Vec<OrderLineId>,
    /// Lines that will not: the channel is told that they are rejected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<OrderLineId>,
}

/// The word as it was decided, and how far the channel was told. It is decided once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AcceptanceAnswer {
    /// What.
    #[serde(flatten)]
    pub update: AcceptanceUpdate,
    /// How far the channel was told.
    pub channel_sync: ChannelSync,
}

impl AcceptanceAnswer {
    /// The mark under which it stands among all that a channel is told of an order.
    pub const MARK: &'static str = "acceptance";
}

impl Order {
    /// Whether its channel waits for the merchant's word, as far as it last told; and until when, if it tells.
    pub fn awaits_acceptance(&self) -> Option<AwaitsAcceptance> {
        self.snapshot.awaits_acceptance.filter(|_| !self.snapshot.draft)
    }

    /// The word that is to be given now. `refuse_short`: what no stock covers is refused. A line that is no product that is known is accepted: a
    /// person matches it. Units that were cancelled need no word.
    pub fn answer(&self, refuse_short: bool) -> AcceptanceUpdate {
        let mut update = AcceptanceUpdate { accepted: Vec::new(), rejected: Vec::new() };
        for told in self.snapshot.lines.iter().filter(|told| told.is_own()) {
            let is_short = |line: &crate::LineState| line.unmatched.is_zero() && line.short() > Quantity::ZERO;
            let refused = refuse_short && self.line(&told.id).is_some_and(is_short);
            if refused { &mut update.rejected } else { &mut update.accepted }.push(told.id.clone());
        }
        update
    }
}

#[cfg(test)]
#[path = "acceptance_tests.rs"]
mod tests;

/// The word is given: it is to be told, once.
pub(crate) fn answer(order: &mut Order, update: &AcceptanceUpdate) -> Result<OrderEventDetails, ActionRefused> {
    if order.acceptance.is_some() {
        return Err(ActionRefused::Already);
    }
    if order.awaits_acceptance().is_none() {
        return Err(ActionRefused::NotNow("its channel waits for no word".to_owned()));
    }
    let rejected = u32::try_from(update.rejected.len()).unwrap_or(u32::MAX);
    order.acceptance = Some(AcceptanceAnswer { update: update.clone(), channel_sync: ChannelSync::Pending });
    Ok(OrderEventDetails::Answered { rejected })
}
