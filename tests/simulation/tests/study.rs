//! The oversell study: what is published is what its worlds say, and the policies keep their order.

use simulation::study::command::published;
use simulation::study::{Extent, Results, rates};

fn of(rates: &[(&'static str, u64, u64)], name: &str) -> (u64, u64) {
    let found = rates.iter().find(|(n, ..)| *n == name).unwrap_or_else(|| panic!("no policy {name}"));
    (found.1, found.2)
}

/// The longer a copy waits, the more is oversold; who is told at once oversells less than the fastest copy, Sluis least of all, and in
/// quota mode nothing.
fn assert_order(rates: &[(&'static str, u64, u64)]) {
    println!("units oversold, and missing at once, per 100,000 orders: {rates:?}");
    let order = [
        "Sluis: quota always",
        "Sluis: quota below 20 units",
        "Sluis: mirror",
        "immediate mirroring",
        "copied every minute",
        "copied every 5 minutes",
        "copied every 15 minutes",
    ];
    let oversold = order.map(|name| of(rates, name).0);
    assert!(oversold.is_sorted(), "{oversold:?}");
    assert_eq!(oversold[0], 0, "quota");
    assert!(oversold[3] < oversold[4] && oversold[4] < oversold[5] && oversold[5] < oversold[6], "{oversold:?}");
    assert!(of(rates, "Sluis: mirror, 2 held back").0 <= of(rates, "Sluis: mirror").0);
}

#[test]
fn the_report_is_what_its_worlds_say_and_the_policies_are_in_order() {
    assert_order(&rates(&published().unwrap()));
}

#[test]
fn a_part_of_the_study_keeps_the_order_today() {
    assert_order(&rates(&Results::live(Extent::Brief(3), || {})));
}
