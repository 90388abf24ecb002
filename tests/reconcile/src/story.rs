//! Every sort of difference at once, from planting to the run that has nothing to do.

use crate::plant::{Drift, late_hints, plant};
use crate::stand::{Stand, connection, opening};
use domain::{DriftCause, DriftStatus};
use engine::ReconcileLimits;
use engine::rows::{DriftCounts, DriftRow, DriftSubject, ReconcileRow};
use jiff::SignedDuration;
use ports::{Key, QueueName};
use std::collections::{BTreeMap, BTreeSet};
use testkit::run::finish;

/// Enough for one part.
pub fn plenty() -> ReconcileLimits {
    ReconcileLimits { looks: 1_000_000, ..ReconcileLimits::default() }
}

/// The rows that were written since this was last asked.
fn written(stand: &Stand) -> BTreeSet<Key> {
    stand.stage.table.touched()
}

/// The rows that may be written by a run that has nothing to do: that it was made, how far the poll got, and the circuit.
fn is_note(key: &Key) -> bool {
    *key == ReconcileRow::key(&connection()) || ["CURSOR", "CIRCUIT"].contains(&key.sk.as_str())
}

fn number_of(row: &DriftRow) -> u32 {
    let text = match &row.subject {
        DriftSubject::Listing { offer, .. } => offer.as_str(),
        DriftSubject::Order { number, .. } => number.as_str(),
        DriftSubject::Books { sku } => sku.as_str(),
    };
    text[1..].parse().unwrap()
}

/// Plants every sort of difference at once, and follows them to the end. Answers what each of three runs found and did.
///
/// # Panics
/// Where one is not found, is called by another name, or is not repaired and left to nobody; where a further run does something.
pub fn every_sort(products: u32) -> [DriftCounts; 3] {
    let stand = Stand::open(products);
    assert_eq!(
        stand.run(plenty()).counts,
        DriftCounts { compared: products.into(), matching: products.into(), ..Default::default() }
    );
    // Two hours later than the run, so that what was changed since is looked for.
    stand.stage.clock.pass(SignedDuration::from_hours(2));
    stand.poll();
    let mut wanted: BTreeMap<DriftCause, u64> = BTreeMap::new();
    // What is late comes last, or it would be lost by the time that all is planted.
    for drift in Drift::ALL.into_iter().rev() {
        *wanted.entry(drift.class()).or_default() += plant(&stand, drift) * drift.found_as();
    }
    let late = late_hints(&stand);
    let first = stand.run(plenty()).counts;
    let books = stand.books().counts;
    let mut found = first.differences.clone();
    for (class, count) in &books.differences {
        *found.entry(*class).or_default() += count;
    }
    // What the books find of a product is not what its channel finds.
    assert_eq!(found, wanted, "{first:?} {books:?}");
    for row in stand.cases() {
        let drift = Drift::ALL[(number_of(&row) % 100) as usize];
        assert_eq!(row.case.cause, drift.class(), "{drift:?} {row:?}");
        let stands = if drift.needs_person() { DriftStatus::NeedsAttention } else { DriftStatus::Repairing };
        assert_eq!(row.case.status, stands, "{drift:?} {row:?}");
        assert!(!row.case.message.is_empty());
    }
    assert_eq!(first.repaired + first.parked + first.differences[&DriftCause::Delayed], first.differences.values().sum::<u64>());
    finish(stand.world().queue.send(QueueName::StockHints, late)).unwrap();
    stand.work();
    // Everything that can be repaired is; only what the channel rounds comes back, and is explained then.
    let second = stand.run(plenty()).counts;
    assert_eq!((second.repaired, second.parked, second.resolved), (0, 0, 0), "{second:?}");
    let in_a_hundred = u64::from(products) / 100;
    assert_eq!(second.explained, in_a_hundred);
    assert_eq!(stand.work(), 0, "no hint for what cannot be repaired");
    let left: BTreeSet<DriftCause> =
        second.differences.iter().filter(|(_, count)| **count > 0).map(|(class, _)| *class).collect();
    assert_eq!(left, BTreeSet::from([DriftCause::DuplicateUpdate, DriftCause::Mapping, DriftCause::Rounding]));
    for number in (0..products).filter(|number| [0, 1, 4].contains(&(number % 100))) {
        let moved = if number % 100 == 4 { 0 } else { 3 };
        assert_eq!(stand.shop.shown(number), Some(opening(number) - moved), "{number}");
    }
    // A further run: nothing to do, nothing written but that it was made.
    written(&stand);
    let third = stand.run(plenty()).counts;
    assert_eq!((third.repaired, third.parked, third.explained, third.resolved), (0, 0, 0, 0), "{third:?}");
    let more: Vec<Key> = written(&stand).into_iter().filter(|key| !is_note(key)).collect();
    assert!(more.is_empty(), "{more:?}");
    assert_eq!(stand.work(), 0);
    let again = stand.books().counts;
    assert_eq!((again.parked, again.repaired), (0, 0), "{again:?}");
    [first, second, third]
}
