//! Everything that differs is found, named, and repaired or left to a person; a further run finds nothing to do.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

use domain::DriftCause;
use engine::rows::{DriftRow, ParkedRow, TypedRow};
use engine::views::{PageRequest, drift, drift_mail};
use engine::{ReconcileLimits, remove_connection};
use jiff::SignedDuration;

use reconcile::plant::{Drift, plant};
use reconcile::shop::{offer, sku};
use reconcile::stand::{Stand, connection, connection_row, opening, snapshot};
use reconcile::story::{every_sort, plenty};
use std::collections::BTreeMap;
use testkit::run::finish;

#[test]
fn every_sort_of_difference_is_found_named_and_repaired_or_left_to_a_person() {
    let [counts, ..] = every_sort(2_000);
    assert_eq!(counts.compared, 2_000);
}

#[test]
fn what_the_channel_changes_back_after_every_repair_ends_with_a_person() {
    let stand = Stand::open(100);
    for run in 1..=6 {
        stand.shop.change(|number| number == 7, |item| item.shown = 5);
        let counts = stand.run(plenty()).counts;
        let hints = stand.work();
        assert_eq!((counts.repaired, hints > 0), if run <= 3 { (1, true) } else { (0, false) }, "{run}: {counts:?}");
        assert_eq!(counts.parked, u64::from(run == 4), "{run}");
    }
    let parked = finish(stand.world().all::<ParkedRow>(ParkedRow::PARTITION, "")).unwrap();
    assert_eq!(parked.len(), 1, "a person is told once");
    let report = finish(drift(&stand.world(), true, &PageRequest::first(9))).unwrap();
    assert_eq!(report.differences.len(), 1);
    // The other program is switched off: the person puts the figure right, and the case is closed by itself.
    stand.shop.change(|number| number == 7, |item| item.shown = opening(7));
    assert_eq!(stand.run(plenty()).counts.resolved, 1);
    assert!(stand.cases().is_empty());
}

#[test]
fn a_sale_that_is_not_taken_in_yet_is_nobodys_edit() {
    let stand = Stand::open(100);
    stand.order(1, 7, stand.now());
    let counts = stand.run(plenty()).counts;
    assert_eq!(counts.differences, BTreeMap::from([(DriftCause::Delayed, 2)]), "the figure, and the order itself");
    assert_eq!(counts.repaired, 0);
    stand.work();
    let counts = stand.run(plenty()).counts;
    assert!(counts.differences.values().all(|count| *count == 0), "{counts:?}");
    assert_eq!(stand.shop.shown(7), Some(opening(7) - 1));
}

#[test]
fn a_channel_whose_list_tells_no_figures_is_looked_at_in_turns() {
    let stand = Stand::open(200);
    stand.shop.hide_figures();
    stand.run(plenty());
    stand.shop.change(|number| number == 7, |item| item.shown += 2);
    let limits = ReconcileLimits { sample: 50, ..plenty() };
    let mut found = 0;
    for _ in 0..4 {
        let counts = stand.run(limits).counts;
        assert!((10..=100).contains(&(200 - counts.skipped)), "{counts:?}");
        found += counts.differences.get(&DriftCause::ExternalChange).copied().unwrap_or(0);
        stand.work();
    }
    assert_eq!(found, 1, "in one of the four turns, and repaired there");
    assert_eq!(stand.shop.shown(7), Some(opening(7)));
}

#[test]
fn what_changed_of_known_orders_while_the_connection_was_removed_is_found() {
    let stand = Stand::open(100);
    let placed = stand.now();
    stand.take_in(stand.order(1, 7, placed));
    stand.work();
    assert_eq!(stand.shop.shown(7), Some(opening(7) - 1));
    finish(remove_connection(&stand.world(), &connection())).unwrap();
    stand.stage.clock.pass(SignedDuration::from_hours(30));
    stand.shop.order(snapshot(1, 7, 1, 1, stand.now()));
    stand.stage.clock.pass(SignedDuration::from_hours(30));
    let row = engine::rows::ConnectionRow { orders_since: stand.now(), ..connection_row() };
    finish(engine::put_connection(&stand.world(), &row)).unwrap();
    let stand = Stand { lookup: engine::Cache::default(), ..stand };
    finish(engine::match_listings(&stand.world(), &stand.lookup, &connection())).unwrap();
    stand.work();
    let counts = stand.run(plenty()).counts;
    assert_eq!(counts.differences.get(&DriftCause::Orders), Some(&1), "{counts:?}");
    stand.work();
    assert_eq!(stand.shop.shown(7), Some(opening(7)), "the unit is free again");
    let counts = stand.run(plenty()).counts;
    assert!(counts.differences.values().all(|count| *count == 0), "{counts:?}");
}

#[test]
fn an_order_that_the_list_never_tells_of_again_is_found_by_reading_known_ones() {
    let stand = Stand::open(100);
    stand.run(plenty());
    stand.take_in(stand.order(1, 7, stand.now()));
    stand.work();
    stand.stage.clock.pass(SignedDuration::from_hours(30));
    stand.run(plenty());
    // A stamp before the one that is known: no list of changes names it, and what was read just now is the state all the same.
    let taken_in =
        finish(engine::views::order(&stand.world(), &connection(), &snapshot(1, 7, 1, 0, stand.now()).number)).unwrap();
    stand.shop.order(snapshot(1, 7, 1, 1, taken_in.read_at - SignedDuration::from_hours(1)));
    let counts = stand.run(plenty()).counts;
    assert_eq!(counts.differences.get(&DriftCause::Orders), Some(&1), "{counts:?}");
    stand.work();
    assert_eq!(stand.shop.shown(7), Some(opening(7)));
}

#[test]
fn the_report_and_its_mail_say_what_is_to_be_done() {
    let stand = Stand::open(300);
    let quiet = finish(drift_mail(&stand.world())).unwrap();
    assert!(quiet.text.contains("shop (Scripted shop): not compared yet"), "{}", quiet.text);
    plant(&stand, Drift::Doubled);
    plant(&stand, Drift::Lost);
    stand.run(plenty());
    stand.books();
    let report = finish(drift(&stand.world(), false, &PageRequest::first(4))).unwrap();
    assert_eq!((report.differences.len(), report.next.is_some()), (4, true));
    let mail = finish(drift_mail(&stand.world())).unwrap();
    assert_eq!((mail.subject.as_str(), mail.needs_person), ("Sluis: 6 differences need you", true));
    let twins =
        format!("listing {} of {} (doubled): {} is on sale here by {} as well", offer(2, true), sku(2), sku(2), offer(2, false));
    assert!(mail.text.contains(&twins), "{}", mail.text);
    assert!(
        mail.text.contains("shop (Scripted shop): 303 listings, 294 right, 3 lost, 6 doubled, 3 being repaired, 6 new for you")
    );
    assert!(mail.text.contains("Our own books: 300 products, 300 right"), "{}", mail.text);
    // Repaired, and not found again: no longer in the report, though its row is still there.
    stand.work();
    stand.run(plenty());
    let report = finish(drift(&stand.world(), false, &PageRequest::first(99))).unwrap();
    assert_eq!(report.differences.len(), 6);
}

#[test]
fn a_note_of_a_difference_reads_back_as_it_was_written() {
    let stand = Stand::open(300);
    plant(&stand, Drift::Foreign);
    stand.run(plenty());
    for row in stand.cases() {
        assert_eq!(DriftRow::from_row(&row.to_row()).unwrap(), row);
    }
}
