//! Numbers over the turn of the year, which comes in Europe/Amsterdam an hour before it comes in UTC.

use super::books::{documents, flaws_at_rest, numbers};
use super::shop::{Shop, sold};
use jiff::{SignedDuration, Timestamp};

/// Moves the clock there.
fn at(shop: &Shop, instant: &str) {
    let to: Timestamp = instant.parse().unwrap();
    shop.inner.stage.clock.pass(to.duration_since(shop.now()));
}

fn ships(shop: &Shop, name: &str) {
    shop.order(name, vec![sold("1", 1, "12.10")]);
    shop.ship(name, "p", &[("1", 1)]);
}

#[test]
fn the_year_of_a_number_is_that_of_amsterdam() {
    let shop = Shop::open();
    at(&shop, "2026-12-31T22:40:00Z");
    ships(&shop, "1");
    ships(&shop, "2");
    at(&shop, "2026-12-31T22:54:00Z");
    assert_eq!(shop.issue().issued, 2);
    ships(&shop, "3");
    at(&shop, "2026-12-31T23:00:00Z");
    assert_eq!(shop.issue().issued, 1);
    at(&shop, "2027-01-01T00:30:00Z");
    ships(&shop, "4");
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(numbers(&shop), ["F2026-00001", "F2026-00002", "F2027-00001", "F2027-00002"]);
    let days: Vec<String> = documents(&shop).iter().map(|one| format!("{} {}", one.issued_on, one.content.supplied_on)).collect();
    // What was sent on the last day is supplied then, and issued in the new year.
    assert_eq!(days, ["2026-12-31 2026-12-31", "2026-12-31 2026-12-31", "2027-01-01 2026-12-31", "2027-01-01 2027-01-01"]);
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn a_clock_that_is_behind_gives_no_number_until_it_is_right() {
    let shop = Shop::open();
    ships(&shop, "1");
    assert_eq!(shop.issue().issued, 1);
    ships(&shop, "2");
    shop.inner.stage.ours.put_ahead(SignedDuration::from_hours(-30));
    let report = shop.issue();
    assert_eq!((report.issued, numbers(&shop).len()), (0, 1), "dates do not go back");
    shop.inner.stage.ours.put_ahead(SignedDuration::ZERO);
    shop.pass(2);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn a_series_that_a_clock_far_ahead_has_used_is_told_to_a_person_and_goes_on_when_its_day_has_come() {
    let shop = Shop::open();
    shop.inner.stage.ours.put_ahead(SignedDuration::from_hours(21 * 24));
    ships(&shop, "1");
    assert_eq!(shop.issue().issued, 1);
    shop.inner.stage.ours.put_ahead(SignedDuration::ZERO);
    ships(&shop, "2");
    let report = shop.issue();
    assert_eq!((report.issued, report.refused, shop.inner.parked().len()), (0, 1, 1));
    assert!(shop.inner.parked()[0].reason.starts_with("number_refused"), "{}", shop.inner.parked()[0].reason);
    shop.pass(22 * 24 * 60);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}
