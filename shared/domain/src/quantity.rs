//! Counted units.

use crate::Invalid;

/// A number of units, never negative, at most 1,000,000,000. A change of stock is an `i64`, and can be negative.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "i64", into = "i64")]
pub struct Quantity(u32);

impl Quantity {
    /// No units.
    pub const ZERO: Self = Self(0);
    /// One unit.
    pub const ONE: Self = Self(1);
    /// The largest figure Sluis keeps.
    pub const MAX: Self = Self(1_000_000_000);

    /// Checks the bounds.
    pub fn new(units: i64) -> Result<Self, Invalid> {
        u32::try_from(units)
            .ok()
            .filter(|u| *u <= Self::MAX.0)
            .map(Self)
            .ok_or_else(|| Invalid::new("quantity", &units.to_string(), "a whole number from 0 to 1000000000"))
    }

    /// Whole units; what lies outside the bounds becomes the bound. For figures that a rule computes.
    pub fn clamped(units: i64) -> Self {
        Self(u32::try_from(units.clamp(0, i64::from(Self::MAX.0))).unwrap_or(0))
    }

    /// The figure.
    pub fn units(self) -> i64 {
        i64::from(self.0)
    }

    /// Whether there is none.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Less `other`, not below zero.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many of `other` each, not above the bound.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self::clamped(self.units() * other.units())
    }

    /// How many whole sets of `other` it makes; of sets of nothing, none.
    #[must_use]
    pub fn per(self, other: Self) -> Self {
        Self(self.0.checked_div(other.0).unwrap_or(0))
    }

    /// More by `other`, not above the bound.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).min(Self::MAX.0))
    }
}

impl TryFrom<i64> for Quantity {
    type Error = Invalid;
    fn try_from(units: i64) -> Result<Self, Invalid> {
        Self::new(units)
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> Self {
        quantity.units()
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::iter::Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Self::plus)
    }
}
