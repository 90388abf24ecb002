//! A channel whose reads follow what happened: an order that was cancelled is told as it was before.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{OrderSnapshot, Quantity};
use jiff::SignedDuration;
use testkit::scripted::Scripted;
use testkit::scripted_shop::{ScriptedShop, line};

const SHOP: &str = "web";

/// An order of two, cancelled after an hour, and read once more as it was placed. Answers how many units of it are set aside then.
fn set_aside_after_a_late_read(reads_may_be_late: bool) -> i64 {
    let channel = if reads_may_be_late { Scripted::with_late_reads() } else { Scripted::default() };
    let shop = ScriptedShop::open(channel, &[SHOP]);
    let set_aside = || shop.found(SHOP, "7").line(&line()).unwrap().committed().units();
    shop.order(SHOP, "7", 2);
    assert_eq!(set_aside(), 2);
    let placed = shop.found(SHOP, "7").snapshot;
    let mut lines = placed.lines.clone();
    lines[0].cancelled = Quantity::new(2).unwrap();
    let stamp = placed.stamp.map(|stamp| stamp + SignedDuration::from_hours(1));
    let read = |snapshot: OrderSnapshot| {
        shop.stage.clock.pass(SignedDuration::from_hours(1));
        shop.channel.reads_as(snapshot);
        shop.changed(SHOP, "7");
    };
    read(OrderSnapshot { stamp, lines, ..placed.clone() });
    assert_eq!(set_aside(), 0, "cancelled");
    read(placed);
    set_aside()
}

#[test]
fn what_was_cancelled_is_not_set_aside_again_by_a_read_that_is_late() {
    assert_eq!(set_aside_after_a_late_read(true), 0);
    assert_eq!(set_aside_after_a_late_read(false), 2, "elsewhere a read tells how the order is, whatever its stamp says");
}
