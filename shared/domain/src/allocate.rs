//! From which locations an order is sent: the fewest shipments first, then the merchant's order of preference.

use crate::{LocationId, Quantity, Remaining, Sku};
use std::collections::BTreeMap;

/// Locations whose combinations are all tried; those after them only serve what the others cannot.
const MOST_COMBINED: usize = 10;

/// Units wanted per product, over the whole order: a bundle's parts and another line's units of the same product count together (I10).
pub(crate) type Wanted = BTreeMap<Sku, Quantity>;

/// The locations to take from, in the order to ask them. `used` are those from which the order is sent anyway: they cost no shipment more.
///
/// A location whose figure was never read is taken to hold enough; the commit tells otherwise.
pub(crate) fn locations_for(
    wanted: &Wanted,
    used: &[LocationId],
    serving: &[LocationId],
    remaining: &Remaining,
) -> Vec<LocationId> {
    let used: Vec<LocationId> = serving.iter().filter(|one| used.contains(one)).cloned().collect();
    let others: Vec<LocationId> = serving.iter().filter(|one| !used.contains(one)).cloned().collect();
    let combined = &others[..others.len().min(MOST_COMBINED)];
    for parcels in 0..=combined.len() {
        for choice in choices(combined, parcels) {
            let asked: Vec<LocationId> = used.iter().cloned().chain(choice).collect();
            if covers(wanted, &asked, remaining) {
                return asked;
            }
        }
    }
    // Nothing covers all of it: everything that is there, the preferred first.
    used.into_iter().chain(others).collect()
}

fn covers(wanted: &Wanted, asked: &[LocationId], remaining: &Remaining) -> bool {
    wanted.iter().all(|(sku, units)| {
        let there = asked.iter().map(|location| remaining.left(sku, location));
        there.fold(Quantity::ZERO, Quantity::plus) >= *units
    })
}

/// All ways to choose so many of them, the preferred ones first.
fn choices(from: &[LocationId], so_many: usize) -> Vec<Vec<LocationId>> {
    if so_many == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, first) in from.iter().enumerate() {
        for rest in choices(&from[at + 1..], so_many - 1) {
            all.push(std::iter::once(first.clone()).chain(rest).collect());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> LocationId {
        LocationId::new(name).unwrap()
    }

    fn sku(name: &str) -> Sku {
        Sku::new(name).unwrap()
    }

    fn q(units: i64) -> Quantity {
        Quantity::new(units).unwrap()
    }

    fn chosen(shelves: &[(&str, &str, i64)], wanted: &[(&str, i64)], used: &[&str]) -> Vec<String> {
        let mut remaining = Remaining::default();
        for (product, location, units) in shelves {
            remaining.know(&sku(product), &place(location), q(*units));
        }
        let wanted = wanted.iter().map(|(product, units)| (sku(product), q(*units))).collect();
        let used: Vec<_> = used.iter().map(|one| place(one)).collect();
        let serving = ["a", "b", "c"].map(place);
        locations_for(&wanted, &used, &serving, &remaining).into_iter().map(String::from).collect()
    }

    const SHELVES: [(&str, &str, i64); 6] =
        [("x", "a", 1), ("x", "b", 5), ("x", "c", 5), ("y", "a", 1), ("y", "b", 0), ("y", "c", 5)];

    #[test]
    fn one_parcel_from_a_less_preferred_place_is_better_than_two() {
        assert_eq!(chosen(&SHELVES, &[("x", 2), ("y", 1)], &[]), ["c"]);
    }

    #[test]
    fn among_equals_the_preferred_place_sends() {
        assert_eq!(chosen(&SHELVES, &[("x", 1), ("y", 1)], &[]), ["a"]);
        assert_eq!(chosen(&SHELVES, &[("x", 5)], &[]), ["b"]);
    }

    #[test]
    fn it_is_split_when_no_place_has_all() {
        assert_eq!(chosen(&SHELVES, &[("x", 6)], &[]), ["a", "b"]);
        assert_eq!(chosen(&SHELVES, &[("x", 10), ("y", 4)], &[]), ["b", "c"]);
    }

    #[test]
    fn a_place_that_sends_anyway_costs_no_parcel_more() {
        assert_eq!(chosen(&SHELVES, &[("x", 1)], &["b"]), ["b"]);
        assert_eq!(chosen(&SHELVES, &[("y", 1)], &["b"]), ["b", "a"]);
    }

    #[test]
    fn what_nothing_covers_takes_all_there_is() {
        assert_eq!(chosen(&SHELVES, &[("x", 99)], &["c"]), ["c", "a", "b"]);
    }

    #[test]
    fn a_shelf_that_nobody_looked_at_is_taken_to_be_full() {
        assert_eq!(chosen(&[], &[("x", 99)], &[]), ["a"]);
    }
}
