//! The oversell study: what is published is what its worlds say, and the policies keep their order.

use simulation::study::command::published;
use simulation::study::{Extent, Results, rates};

fn of(rates: &[(&'static str, u64, u64)], name: &str) -> (u64, u64) {
    let found = rates.iter().find(|(n, ..)| *n == name).unwrap_or_else(|| panic!("no policy {name}"));
    (found.1, found.2)
}

/// The longer a copy waits, the more is oversold; nobody who is told at once oversells as much as the fastest copy.
fn assert_order(rates: &[(&'static str, u64, u64)]) {
    println!("units oversold, and missing at once, per 100,000 orders: {rates:?}");
    let copies: Vec<u64> =
        ["copied every minute", "copied every 5 minutes", "copied every 15 minutes"].map(|n| of(rates, n).0).into();
    assert!(copies.is_sorted() && copies[0] > 0, "{copies:?}");
    for name in ["immediate mirroring", "Sluis: mirror", "Sluis: mirror, 2 held back"] {
        assert!(of(rates, name).0 < copies[0], "{name}");
    }
    assert!(of(rates, "Sluis: mirror, 2 held back").0 <= of(rates, "Sluis: mirror").0);
}

#[test]
fn the_report_is_what_its_worlds_say_and_the_policies_are_in_order() {
    let published = published().unwrap();
    let rates = rates(&published);
    assert_order(&rates);
    let missing = |name| of(&rates, name).1;
    assert!(missing("Sluis: mirror") <= missing("immediate mirroring"), "{rates:?}");
}

#[test]
fn a_part_of_the_study_keeps_the_order_today() {
    assert_order(&rates(&Results::live(Extent::First(2), || {})));
}
