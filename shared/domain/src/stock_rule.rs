//! What a channel is shown of the stock: the merchant's rule for a connection, and what differs from it for a product.

use crate::{Invalid, Quantity};

/// Whole percent, from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(try_from = "i64", into = "i64")]
pub struct Percentage(u8);

impl Percentage {
    /// All of it.
    pub const ALL: Self = Self(100);

    /// Checks the bounds.
    pub fn new(percent: i64) -> Result<Self, Invalid> {
        u8::try_from(percent)
            .ok()
            .filter(|p| *p <= 100)
            .map(Self)
            .ok_or_else(|| Invalid::new("percentage", &percent.to_string(), "a whole number from 0 to 100"))
    }

    /// So much of so many units, rounded down; of what is owed, all.
    fn of(self, units: i64) -> i64 {
        if units > 0 { units.saturating_mul(i64::from(self.0)) / 100 } else { units }
    }
}

impl TryFrom<i64> for Percentage {
    type Error = Invalid;
    fn try_from(percent: i64) -> Result<Self, Invalid> {
        Self::new(percent)
    }
}

impl From<Percentage> for i64 {
    fn from(percent: Percentage) -> Self {
        i64::from(percent.0)
    }
}

impl std::fmt::Display for Percentage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}%", self.0)
    }
}

/// The rule by which a connection is shown the stock. Applied in the order of `RuleStep`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StockRule {
    /// Units held back from the channel.
    pub safety_stock: Quantity,
    /// Whole percent of what is left after the safety stock, rounded down.
    pub percentage: Percentage,
    /// Units to sell beyond what there is, for delivery later. They come out short on purpose, and are owed. Never for a product that is
    /// shared out, where every unit shown must be there.
    pub pre_order: Quantity,
    /// The most units to show, if limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Quantity>,
    /// Fewer units than this are shown as 0.
    pub minimum: Quantity,
    /// Shows 0, whatever there is.
    pub paused: bool,
    /// Its part of a product in quota mode, against the parts of the other connections. 0: none.
    pub weight: u32,
    /// Has the channel track the stock of a listing that it does not track, and tells it the figure. Left as it is otherwise: what is sold
    /// without end there may be a service, or be meant so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub start_tracking: bool,
}

impl Default for StockRule {
    fn default() -> Self {
        Self {
            safety_stock: Quantity::ZERO,
            percentage: Percentage::ALL,
            pre_order: Quantity::ZERO,
            maximum: None,
            minimum: Quantity::ZERO,
            paused: false,
            weight: 1,
            start_tracking: false,
        }
    }
}

/// The largest part of a product in quota mode.
pub const MOST_SHARE: u32 = 100;

/// One step from what there is to what is shown, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleStep {
    /// Less what is held back. Below zero: so many are owed, or missing from what is to be held back.
    SafetyStock,
    /// The percentage of what is left.
    Percentage,
    /// With what may be sold beyond the stock, and no longer below zero.
    PreOrder,
    /// Not more than the most to show.
    Maximum,
    /// 0 if that is fewer than the least to show.
    Minimum,
    /// 0 if it is paused.
    Paused,
}

impl StockRule {
    /// The figure after each step, of so many units that can be promised. Below zero, so many are owed.
    pub fn steps(&self, free: i64) -> [(RuleStep, i64); 6] {
        let left = free.saturating_sub(self.safety_stock.units());
        let part = self.percentage.of(left);
        let with_orders = part.saturating_add(self.pre_order.units()).max(0);
        let most = with_orders.min(self.maximum.unwrap_or(Quantity::MAX).units());
        let least = if most < self.minimum.units() { 0 } else { most };
        let open = if self.paused { 0 } else { least };
        [
            (RuleStep::SafetyStock, left),
            (RuleStep::Percentage, part),
            (RuleStep::PreOrder, with_orders),
            (RuleStep::Maximum, most),
            (RuleStep::Minimum, least),
            (RuleStep::Paused, open),
        ]
    }

    /// The figure to show of so many units that can be promised. Below zero, so many are owed: what may be sold beyond the stock is sold
    /// already in part, so no unit more than `pre_order` is ever owed by this rule.
    pub fn shown(&self, free: i64) -> Quantity {
        let [.., (_, shown)] = self.steps(free);
        Quantity::clamped(shown)
    }

    /// As it is where every unit shown must be there.
    #[must_use]
    pub fn without_pre_order(self) -> Self {
        Self { pre_order: Quantity::ZERO, ..self }
    }

    /// The rule for a product on this rule's connection. What is said for the product there goes before what is said for the product
    /// anywhere, and that goes before the connection's rule: each field by itself.
    #[must_use]
    pub fn with(&self, product: &RuleChange, product_here: &RuleChange) -> Self {
        product_here.on(&product.on(self))
    }

    /// Refuses what cannot be meant.
    pub fn check(&self) -> Result<(), Invalid> {
        RuleChange { maximum: self.maximum, minimum: Some(self.minimum), weight: Some(self.weight), ..RuleChange::default() }
            .check()
    }
}

/// The figure to show for what is available over the locations that serve the channel.
pub fn target(available: Quantity, rule: &StockRule) -> Quantity {
    rule.shown(available.units())
}

/// What is different for one product, everywhere or on one connection. A field that is left out stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuleChange {
    /// Units held back from the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_stock: Option<Quantity>,
    /// Whole percent of what is left after the safety stock, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentage: Option<Percentage>,
    /// Units to sell beyond what there is. They come out short on purpose, and are owed. Never while the product is shared out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_order: Option<Quantity>,
    /// The most units to show; 1000000000 takes a limit of the connection away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Quantity>,
    /// Fewer units than this are shown as 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Quantity>,
    /// Shows 0, whatever there is; false lets it be sold where the connection is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Its part of the product when that is shared out, from 0 to 100. 0: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// Has the channel track the stock of a listing that it does not track; false leaves it where the connection says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_tracking: Option<bool>,
    /// The product is shared out when at most so many units are left; 0: never. Only for the product everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_mode_below: Option<Quantity>,
}

impl RuleChange {
    /// Whether it changes nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// A rule with these changes.
    #[must_use]
    pub fn on(&self, rule: &StockRule) -> StockRule {
        StockRule {
            safety_stock: self.safety_stock.unwrap_or(rule.safety_stock),
            percentage: self.percentage.unwrap_or(rule.percentage),
            pre_order: self.pre_order.unwrap_or(rule.pre_order),
            maximum: self.maximum.or(rule.maximum),
            minimum: self.minimum.unwrap_or(rule.minimum),
            paused: self.paused.unwrap_or(rule.paused),
            weight: self.weight.unwrap_or(rule.weight),
            start_tracking: self.start_tracking.unwrap_or(rule.start_tracking),
        }
    }

    /// These changes, and `other`'s where it has any.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            safety_stock: other.safety_stock.or(self.safety_stock),
            percentage: other.percentage.or(self.percentage),
            pre_order: other.pre_order.or(self.pre_order),
            maximum: other.maximum.or(self.maximum),
            minimum: other.minimum.or(self.minimum),
            paused: other.paused.or(self.paused),
            weight: other.weight.or(self.weight),
            start_tracking: other.start_tracking.or(self.start_tracking),
            quota_mode_below: other.quota_mode_below.or(self.quota_mode_below),
        }
    }

    /// Refuses what cannot be meant.
    pub fn check(&self) -> Result<(), Invalid> {
        if let Some(share) = self.weight.filter(|share| *share > MOST_SHARE) {
            return Err(Invalid::new("weight", &share.to_string(), "a whole number from 0 to 100"));
        }
        match (self.minimum, self.maximum) {
            (Some(least), Some(most)) if least > most => Err(Invalid::new(
                "minimum",
                &least.to_string(),
                "at most `maximum`: nothing would ever be shown; `paused` says that",
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "stock_rule_tests.rs"]
mod tests;
