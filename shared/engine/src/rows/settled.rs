//! What holds figures down while an order waits for a person.

use super::PendingOrder;
use domain::Sku;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// The products that an order may demand of which nothing is taken in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Products {
    /// Nobody can tell which.
    Any,
    /// These, and no others.
    These(BTreeSet<Sku>),
}

impl Products {
    /// Whether it may be one of them.
    pub fn may_be(&self, sku: &Sku) -> bool {
        match self {
            Self::Any => true,
            Self::These(skus) => skus.contains(sku),
        }
    }

    /// How many are named.
    pub(crate) fn named(&self) -> usize {
        match self {
            Self::Any => 0,
            Self::These(skus) => skus.len(),
        }
    }
}

/// Up to when (UTC) what a connection's orders demand of one product is taken in. `settled` is that instant for orders that nobody must
/// decide about; those that wait for a person hold down what they may demand from their oldest change on.
pub(crate) fn settled_for(settled: Option<Timestamp>, pending: &[PendingOrder], sku: &Sku) -> Option<Timestamp> {
    pending.iter().filter(|order| order.holds(sku)).try_fold(settled?, |settled, order| Some(settled.min(order.all_before()?)))
}

impl PendingOrder {
    /// Whether it waits for a person and may demand the product.
    pub(crate) fn holds(&self, sku: &Sku) -> bool {
        self.held.as_ref().is_some_and(|products| products.may_be(sku))
    }

    /// None of its changes is older than this, UTC. `None`: nothing tells.
    pub(crate) fn all_before(&self) -> Option<Timestamp> {
        // A stamp in whole seconds may stand for any part of its second.
        let oldest = self.not_before.or(self.stamp)?;
        Some(oldest.checked_sub(SignedDuration::from_secs(1)).unwrap_or(oldest))
    }
}
