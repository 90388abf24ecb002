//! The figure: how many units of a SKU lie at a location, and how many of those are promised.

use crate::{LocationId, Quantity, Sku};
use std::collections::BTreeMap;

/// One stock row. `on_hand = available + reserved`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct StockLevel {
    /// Units that can still be promised.
    pub available: Quantity,
    /// Units promised to orders and not yet shipped.
    pub reserved: Quantity,
    /// Counts the commits that touched the row: names a change, never a value.
    pub version: u64,
}

impl StockLevel {
    /// What lies on the shelf.
    pub fn on_hand(&self) -> Quantity {
        self.available.plus(self.reserved)
    }
}

/// What one commit does to one stock row, in units. Available may only fall as far as it reaches (I2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Movement {
    /// Added to available; negative takes.
    pub available: i64,
    /// Added to reserved; negative takes.
    pub reserved: i64,
}

impl Movement {
    /// Whether the row stays as it is.
    pub fn is_nothing(&self) -> bool {
        self.available == 0 && self.reserved == 0
    }

    /// Units that must be available for this to be allowed.
    pub fn need(&self) -> Quantity {
        Quantity::clamped(-self.available)
    }
}

/// What is believed to be left per stock row while a batch is planned.
///
/// A row that was never read is taken to hold enough: the commit's condition tells otherwise, and hands back the true
/// figure, so the usual order costs no read at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remaining(BTreeMap<(Sku, LocationId), Quantity>);

impl Remaining {
    /// Notes a figure that was read. Answers whether that was news.
    pub fn know(&mut self, sku: &Sku, location: &LocationId, available: Quantity) -> bool {
        self.0.insert((sku.clone(), location.clone()), available) != Some(available)
    }

    /// Units that are believed to be there.
    pub(crate) fn left(&self, sku: &Sku, location: &LocationId) -> Quantity {
        self.0.get(&(sku.clone(), location.clone())).copied().unwrap_or(Quantity::MAX)
    }

    pub(crate) fn take(&mut self, sku: &Sku, location: &LocationId, wanted: Quantity) -> Quantity {
        match self.0.get_mut(&(sku.clone(), location.clone())) {
            None => wanted,
            Some(left) => {
                let taken = wanted.min(*left);
                *left = left.less(taken);
                taken
            }
        }
    }

    pub(crate) fn give_back(&mut self, sku: &Sku, location: &LocationId, units: Quantity) {
        if let Some(left) = self.0.get_mut(&(sku.clone(), location.clone())) {
            *left = left.plus(units);
        }
    }
}
