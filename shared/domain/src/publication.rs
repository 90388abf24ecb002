//! What a channel is told, and when it may be told more than it shows.

use crate::{Country, LocationId, Quantity};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The merchant's rule for what a connection is shown of the stock.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StockRule {
    /// Units held back from the channel.
    pub safety_stock: Quantity,
    /// The most units to show, if limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_shown: Option<Quantity>,
    /// Its part of an article in quota mode, against the parts of the other connections. 0: none.
    pub share: u32,
}

impl Default for StockRule {
    fn default() -> Self {
        Self { safety_stock: Quantity::ZERO, most_shown: None, share: 1 }
    }
}

/// How the merchant's stock is published, over all connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StockSettings {
    /// An article of which at most so many units are left is in quota mode: every channel gets a share of its own, and none can sell
    /// what another sold. `None`: every channel shows all there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_below: Option<Quantity>,
    /// The countries a location sends to, where it does not send to all.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub countries: BTreeMap<LocationId, BTreeSet<Country>>,
}

impl StockSettings {
    /// Whether a location sends to a country.
    pub fn serves(&self, location: &LocationId, country: &Country) -> bool {
        self.countries.get(location).is_none_or(|served| served.contains(country))
    }

    /// Whether an article with so many units should be in quota mode. It leaves it only with half as many more than it needs to come in,
    /// so that a unit more or less does not switch it to and fro.
    pub fn quota(&self, units: Quantity, is_in: bool) -> bool {
        self.quota_below.is_some_and(|below| units <= below || (is_in && units.units() <= below.units() + below.units() / 2))
    }
}

/// The figure to show for what is available over the locations that serve the channel.
pub fn target(available: Quantity, rule: &StockRule) -> Quantity {
    let shown = available.less(rule.safety_stock);
    rule.most_shown.map_or(shown, |most| shown.min(most))
}

/// What is known of the figure on the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// What the channel acknowledged last; `None` if it was never told, or the last answer is unknown.
    pub told: Option<Quantity>,
    /// Units that the channel's orders gave back since it was told: most channels put them on sale again by themselves, and a sale
    /// that followed cannot be seen in the figure.
    pub back: Quantity,
    /// What it showed when asked just now; `None` if it cannot be asked.
    pub live: Option<Quantity>,
    /// When it was asked, UTC.
    pub at: Timestamp,
}

/// The raise fence (I5): an order read that is newer than the last lowering.
///
/// A figure on a channel falls by our lowering and by sales we have not seen. Setting it higher again can revive a unit
/// that was sold in between, unless the channel's orders have been read, and taken in, since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fence {
    /// Every change of the channel's orders up to this instant (UTC) is taken in.
    pub settled_through: Option<Timestamp>,
    /// Our last lowering of this listing, UTC.
    pub lowered_at: Option<Timestamp>,
}

impl Fence {
    /// Up to when orders must be taken in for a raise to be safe; `None`: a raise is safe.
    pub fn needed_since(&self, seen: &Seen) -> Option<Timestamp> {
        let unseen = match (seen.told, seen.live) {
            // Lower than told and given back: somebody bought, or edited, up to the moment we looked.
            (Some(told), Some(live)) => live < told.plus(seen.back),
            (None, Some(_)) => true,
            (None, None) => self.lowered_at.is_none(),
            (Some(_), None) => false,
        };
        let unseen = unseen.then_some(seen.at);
        self.lowered_at.max(unseen)
    }

    /// Whether that reaches far enough.
    pub fn passed(&self, seen: &Seen) -> bool {
        self.needed_since(seen).is_none_or(|since| self.settled_through.is_some_and(|settled| settled >= since))
    }
}

/// What to do about one listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It shows what it should.
    Unchanged,
    /// Set it now.
    Set {
        /// The figure to show.
        quantity: Quantity,
        /// What it shows now, for a channel that can compare and set.
        from: Option<Quantity>,
        /// Whether this lowers it, or may.
        lowers: bool,
    },
    /// It must rise, but the channel's orders have to be read first.
    ReadOrdersFirst,
}

/// Lower at once; raise only behind the fence.
pub fn decide(seen: &Seen, target: Quantity, fence: &Fence) -> Decision {
    let shown = seen.live.or(seen.told);
    match shown {
        Some(shown) if shown == target => Decision::Unchanged,
        Some(shown) if target < shown => Decision::Set { quantity: target, from: seen.live, lowers: true },
        None if target.is_zero() => Decision::Set { quantity: target, from: None, lowers: true },
        _ if fence.passed(seen) => Decision::Set { quantity: target, from: seen.live, lowers: false },
        _ => Decision::ReadOrdersFirst,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn q(units: i64) -> Quantity {
        Quantity::new(units).unwrap()
    }

    fn seen(told: Option<i64>, live: Option<i64>, second: i64) -> Seen {
        Seen { told: told.map(q), back: q(0), live: live.map(q), at: at(second) }
    }

    #[test]
    fn safety_stock_and_cap() {
        let rule = StockRule { safety_stock: q(2), most_shown: Some(q(5)), ..StockRule::default() };
        assert_eq!(target(q(1), &rule), q(0));
        assert_eq!(target(q(4), &rule), q(2));
        assert_eq!(target(q(40), &rule), q(5));
    }

    #[test]
    fn a_lowering_never_waits() {
        let shut = Fence { lowered_at: Some(at(5)), ..Fence::default() };
        assert_eq!(
            decide(&seen(Some(9), Some(9), 9), q(3), &shut),
            Decision::Set { quantity: q(3), from: Some(q(9)), lowers: true }
        );
        assert!(matches!(decide(&seen(None, None, 9), q(0), &shut), Decision::Set { lowers: true, .. }));
    }

    #[test]
    fn a_raise_waits_for_an_order_read_newer_than_the_last_lowering() {
        let mut fence = Fence { lowered_at: Some(at(5)), settled_through: Some(at(4)) };
        assert_eq!(decide(&seen(Some(3), Some(3), 9), q(7), &fence), Decision::ReadOrdersFirst);
        fence.settled_through = Some(at(5));
        assert!(matches!(decide(&seen(Some(3), Some(3), 9), q(7), &fence), Decision::Set { lowers: false, .. }));
    }

    #[test]
    fn an_absolute_lowering_that_would_raise_the_live_figure_is_a_raise() {
        // told 5, a customer bought 3 that we have not seen, our own figure fell to 4
        let fence = Fence { lowered_at: None, settled_through: Some(at(1)) };
        assert_eq!(decide(&seen(Some(5), Some(2), 9), q(4), &fence), Decision::ReadOrdersFirst);
    }

    #[test]
    fn a_sale_that_a_cancelled_order_hides_is_a_sale() {
        // told 14; an order was cancelled there, which put its unit on sale again; somebody bought one: 14 again, and 15 are ours
        let fence = Fence { lowered_at: None, settled_through: Some(at(1)) };
        let hidden = Seen { back: q(1), ..seen(Some(14), Some(14), 9) };
        assert_eq!(decide(&hidden, q(15), &fence), Decision::ReadOrdersFirst);
    }

    #[test]
    fn a_first_figure_is_a_raise() {
        assert_eq!(decide(&seen(None, None, 9), q(4), &Fence::default()), Decision::ReadOrdersFirst);
    }
}
