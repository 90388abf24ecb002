//! A bundle's listings through the past: it has no stock of its own, so what they show follows from the courses of its parts.

use super::{ListingOutcome, Offered, Replay};
use crate::{LocationId, Quantity};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Whole bundles that one part allows, as it was and as it would have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sets {
    then: i64,
    other: i64,
}

/// What one part of a bundle allowed over time.
#[derive(Debug, Clone)]
pub struct Course {
    /// Of this part, so many are in one bundle.
    units: Quantity,
    /// Where each of the bundle's listings is served from.
    places: Vec<Vec<LocationId>>,
    /// From when on so many, one number for each of the bundle's listings; only where one of them changed.
    steps: Vec<(Timestamp, Vec<Sets>)>,
}

impl Course {
    /// Of a part of which so many are in one bundle, for the bundle's listings.
    pub fn new(units: Quantity, bundle: &[Offered]) -> Self {
        Self { units, places: bundle.iter().map(|one| one.locations.clone()).collect(), steps: Vec::new() }
    }

    /// Notes what there is of the part from this moment on.
    pub fn note(&mut self, at: Timestamp, part: &Replay<'_>) {
        let each = self.units.units().max(1);
        let sets = |locations: &Vec<LocationId>| {
            let (then, other) = part.free(locations);
            // Owed units are owed bundles.
            Sets { then: then.div_euclid(each), other: other.div_euclid(each) }
        };
        let now: Vec<Sets> = self.places.iter().map(sets).collect();
        if self.steps.last().is_none_or(|(_, before)| *before != now) {
            self.steps.push((at, now));
        }
    }
}

/// How long each of a bundle's listings showed 0 while whole bundles could be made of its parts, and how long it would have. Bundles and
/// their parts are never shared out.
pub fn hidden_bundles(bundle: &[Offered], courses: &[Course], from: Timestamp, until: Timestamp) -> Vec<ListingOutcome> {
    let mut changes: BTreeMap<Timestamp, Vec<(usize, &[Sets])>> = BTreeMap::new();
    for (part, course) in courses.iter().enumerate() {
        for (at, sets) in &course.steps {
            changes.entry((*at).max(from)).or_default().push((part, sets));
        }
    }
    let mut outcomes: Vec<ListingOutcome> = bundle
        .iter()
        .map(|one| ListingOutcome { connection: one.connection.clone(), hidden_then: 0, hidden_otherwise: 0 })
        .collect();
    let mut now: Vec<Option<&[Sets]>> = vec![None; courses.len()];
    let mut since = from;
    let ends = changes.into_iter().map(|(at, news)| (at.min(until), news));
    for (at, news) in ends.chain([(until, Vec::new())]) {
        let passed = (at.as_second() - since.as_second()).max(0);
        since = since.max(at);
        for (listing, (one, outcome)) in bundle.iter().zip(&mut outcomes).enumerate() {
            let least =
                |of: fn(&Sets) -> i64| now.iter().map(|sets| sets.and_then(|sets| sets.get(listing)).map(of)).min().flatten();
            let hides =
                |sets: Option<i64>, rule: &crate::StockRule| sets.is_some_and(|sets| sets > 0 && shows_nothing(one, rule, sets));
            outcome.hidden_then += if hides(least(|sets| sets.then), &one.then) { passed } else { 0 };
            outcome.hidden_otherwise += if hides(least(|sets| sets.other), &one.other) { passed } else { 0 };
        }
        for (part, sets) in news {
            if let Some(place) = now.get_mut(part) {
                *place = Some(sets);
            }
        }
    }
    outcomes
}

fn shows_nothing(one: &Offered, rule: &crate::StockRule, sets: i64) -> bool {
    rule.shown(sets).is_zero() || one.takes.is_some_and(Quantity::is_zero)
}
