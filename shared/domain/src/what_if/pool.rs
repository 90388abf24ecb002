//! The units of a product in one course of things, and what its listings show of them.

use super::{Beginning, Offered};
use crate::quota::{Outlet, Setting, share_out_from};
use crate::{LocationId, Quantity, StockRule, StockSettings};
use std::collections::BTreeMap;

/// Units there, and units owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pool {
    pub(super) available: BTreeMap<LocationId, i64>,
    pub(super) short: i64,
    /// Whether it is shared out.
    in_quota: bool,
}

impl Pool {
    pub(super) fn new(beginning: &Beginning) -> Self {
        Self { available: beginning.available.clone(), short: beginning.short, in_quota: false }
    }

    /// Units at a location.
    pub(super) fn at(&self, location: &LocationId) -> i64 {
        self.available.get(location).copied().unwrap_or(0)
    }

    /// Adds units to a location; negative takes.
    pub(super) fn add(&mut self, location: &LocationId, units: i64) {
        if units != 0 {
            *self.available.entry(location.clone()).or_default() += units;
        }
    }

    /// Units that can be promised at these locations, beyond what is owed.
    pub(super) fn free(&self, locations: &[LocationId]) -> i64 {
        locations.iter().map(|location| self.at(location)).sum::<i64>() - self.short
    }

    /// What every listing shows of them, in the order of the listings.
    pub(super) fn figures(
        &mut self,
        offered: &[Offered],
        rule: impl Fn(&Offered) -> &StockRule,
        below: Option<Quantity>,
    ) -> Vec<Quantity> {
        let anywhere = Quantity::clamped(self.available.values().sum::<i64>() - self.short);
        self.in_quota =
            offered.len() > 1 && StockSettings::default().quota(Some(below.unwrap_or_default()), anywhere, self.in_quota);
        let figure = |one: &Offered, rule: &StockRule| {
            let shown = rule.shown(self.free(&one.locations));
            one.takes.map_or(shown, |most| shown.min(most))
        };
        if !self.in_quota {
            return offered.iter().map(|one| figure(one, rule(one))).collect();
        }
        let held_back = offered.iter().map(|one| rule(one).safety_stock.units()).min().unwrap_or(0);
        let outlet = |one: &Offered| Outlet {
            locations: one.locations.clone(),
            free: self.free(&one.locations) - held_back,
            cap: figure(one, &rule(one).clone().without_pre_order()),
            weight: rule(one).weight,
            exposure: None,
            open: false,
            setting: Setting::Compared,
        };
        let mut outlets: Vec<Outlet> = offered.iter().map(outlet).collect();
        let least: Vec<Quantity> = offered.iter().map(|one| rule(one).minimum).collect();
        share_out_from(&mut outlets, &least)
    }
}
