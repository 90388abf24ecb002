//! Connectors that keep a figure for each of their own locations, and which of the merchant's locations is which of theirs.

use super::Account;
use domain::{LocationId, Quantity};
use std::collections::BTreeMap;

/// A connection's settings that say so start like this: `location.<our location>` is the channel's name for the place.
pub const LOCATION_SETTING: &str = "location.";

/// What an item shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Units a customer can buy, over all places together. A place below zero takes from the others, because the channel sells from
    /// their sum; only a sum below zero counts as none.
    pub quantity: Quantity,
    /// Units of each place that the connection's settings name and that the item is kept at; as the channel has them, so below zero where
    /// it sold on without stock. Empty where the settings name none.
    pub places: Vec<(LocationId, i64)>,
}

impl Shown {
    /// The figures of single places, and what they come to.
    pub fn at(places: Vec<(LocationId, i64)>) -> Self {
        let sum = places.iter().fold(0_i64, |sum, (_, units)| sum.saturating_add(*units));
        Self { quantity: Quantity::clamped(sum), places }
    }
}

impl From<Quantity> for Shown {
    fn from(quantity: Quantity) -> Self {
        Self { quantity, places: Vec::new() }
    }
}

/// What a channel answers when it is asked for the stock of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// It counts it, and shows this.
    Counted(Shown),
    /// It does not track it. That is no figure, neither none nor very many, and nothing is booked by it.
    NotCounted,
}

impl From<Shown> for Observed {
    fn from(shown: Shown) -> Self {
        Self::Counted(shown)
    }
}

impl From<Quantity> for Observed {
    fn from(quantity: Quantity) -> Self {
        Self::Counted(quantity.into())
    }
}

impl Observed {
    /// What it shows, where it is counted.
    pub fn counted(self) -> Option<Shown> {
        match self {
            Self::Counted(shown) => Some(shown),
            Self::NotCounted => None,
        }
    }
}

/// The part of a figure that one place is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationWrite {
    /// Ours.
    pub location: LocationId,
    /// Units to show there.
    pub quantity: Quantity,
    /// Units that were read there just before, as in `Shown::places`. If any place shows others by now, nothing is written (`Conflict`).
    pub from: i64,
}

/// The merchant's locations that settings map, each with the channel's name for it.
pub fn locations(settings: &BTreeMap<String, String>) -> Vec<(LocationId, &str)> {
    let mapped = settings.iter().filter_map(|(name, theirs)| Some((name.strip_prefix(LOCATION_SETTING)?, theirs.as_str())));
    mapped.filter_map(|(ours, theirs)| Some((LocationId::new(ours).ok()?, theirs))).collect()
}

impl Account {
    /// As `locations`, of this account.
    pub fn locations(&self) -> Vec<(LocationId, &str)> {
        locations(&self.settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_below_zero_takes_from_the_others() {
        let at = |name: &str, units| (LocationId::new(name).unwrap(), units);
        assert_eq!(Shown::at(vec![at("a", -2), at("b", 5)]).quantity.units(), 3);
        assert_eq!(Shown::at(vec![at("a", -2), at("b", 1)]).quantity, Quantity::ZERO);
    }

    #[test]
    fn settings_that_name_no_location_map_none() {
        let given = [("location.main", "7"), ("location_id", "1"), ("location.", "2"), ("carrier.dhl", "DHL")];
        let settings: BTreeMap<String, String> = given.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert_eq!(locations(&settings), [(LocationId::new("main").unwrap(), "7")]);
    }
}
