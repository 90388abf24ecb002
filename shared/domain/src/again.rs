//! What a channel refused, told once more: as it was, or a shipment with another carrier or tracking code.

use crate::channel_sync::no_update;
use crate::order_action::begin_history;
use crate::{ActionRefused, CarrierId, Order, OrderEventDetails, SyncRefused, SyncStep};
use jiff::Timestamp;

/// What is told once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// Mark of the shipment, cancellation or inspection.
    pub id: String,
    /// Who carries a shipment, and its tracking code, from now on; `None`: as before.
    pub label: Option<(Option<CarrierId>, Option<String>)>,
}

impl Again {
    /// As it was.
    pub fn as_it_was(id: impl Into<String>) -> Self {
        Self { id: id.into(), label: None }
    }
}

impl Order {
    /// The order as it is when something is to be told once more, one version on. Only what the channel did not want is told again, a shipment
    /// with another carrier or tracking code if it is given; and of what nobody knows whether the channel has it, it is asked first.
    /// `Already`: it is being told.
    pub fn synced_again(&self, Again { id, label }: &Again, at: Timestamp, by: &str) -> Result<Self, ActionRefused> {
        let known = self.channel_sync(id).ok_or_else(|| no_update(id))?;
        let parcel = self.shipments.iter().position(|one| one.id == *id);
        let other = label.clone().filter(|(carrier, tracking)| {
            parcel.is_none_or(|at| (carrier, tracking) != (&self.shipments[at].carrier, &self.shipments[at].tracking))
        });
        let sync = known.after(&SyncStep::Again { at }).map_err(|refused| match refused {
            SyncRefused::Already if other.is_none() => ActionRefused::Already,
            SyncRefused::Impossible if other.is_none() && label.is_some() => ActionRefused::Already,
            SyncRefused::Already | SyncRefused::Impossible => {
                ActionRefused::NotNow("the channel did not refuse it; what it has, or is being told, stays as it is".to_owned())
            }
        })?;
        if let Some(refused) = self.cancellations.iter().find(|one| one.id == *id) {
            // Nobody held these units since: they may have been sent, or cancelled by another word.
            if refused.lines.iter().any(|one| one.units > self.to_cancel(&one.line)) {
                return Err(ActionRefused::NotNow(
                    "units of it were sent or cancelled in another way since; cancel what is still open of the order".to_owned(),
                ));
            }
        }
        let mut order = self.next_version()?;
        if let (Some(at), Some((carrier, tracking))) = (parcel, other) {
            (order.shipments[at].carrier, order.shipments[at].tracking) = (carrier, tracking);
        }
        order.set_channel_sync(id, sync);
        begin_history(&mut order);
        order.note(at, Some(by), OrderEventDetails::SyncRetried { id: id.clone() });
        Ok(order)
    }
}

#[cfg(test)]
#[path = "again_tests.rs"]
mod tests;
