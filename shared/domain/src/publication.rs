//! What a channel is told, and when it may be told more than it shows.

use crate::{Country, LocationId, Quantity};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// How the merchant's stock is published, over all connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StockSettings {
    /// A product of which at most so many units are left is in quota mode: every channel gets a share of its own, and none can sell
    /// what another sold. `None`: every channel shows all there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_mode_below: Option<Quantity>,
    /// The countries a location sends to, where it does not send to all.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub countries: BTreeMap<LocationId, BTreeSet<Country>>,
}

impl StockSettings {
    /// Whether a location sends to a country.
    pub fn serves(&self, location: &LocationId, country: &Country) -> bool {
        self.countries.get(location).is_none_or(|served| served.contains(country))
    }

    /// Whether a product with so many units should be in quota mode; `own`: its own threshold, if it has one, which goes first. 0: never.
    /// It leaves it only with half as many more than it needs to come in, so that a unit more or less does not switch it to and fro.
    pub fn quota(&self, own: Option<Quantity>, units: Quantity, is_in: bool) -> bool {
        let below = own.or(self.quota_mode_below).filter(|below| !below.is_zero());
        below.is_some_and(|below| units <= below || (is_in && units <= Self::quota_up_to(below)))
    }

    /// Units up to which a product stays in quota mode that came into it at so many or fewer.
    pub fn quota_up_to(below: Quantity) -> Quantity {
        Quantity::clamped(below.units() + below.units() / 2)
    }
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
    fn the_products_own_threshold_goes_first_and_0_is_never() {
        let settings = StockSettings { quota_mode_below: Some(q(10)), ..StockSettings::default() };
        assert!(settings.quota(None, q(10), false) && !settings.quota(None, q(11), false));
        assert!(settings.quota(None, q(15), true) && !settings.quota(None, q(16), true));
        assert!(settings.quota(Some(q(20)), q(20), false) && !settings.quota(Some(q(2)), q(3), false));
        assert!(!settings.quota(Some(q(0)), q(0), true));
        assert!(!StockSettings::default().quota(None, q(0), false));
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
