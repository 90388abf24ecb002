//! What became of the buyers, and whether that is as it must be.

use super::left::Left;
use super::probe::Delays;
use super::tally::Tally;
use domain::{ConnectionId, so_many};
use jiff::SignedDuration;
use sluis::say::say;

/// The end of a flash sale.
pub(super) struct Report {
    pub(super) buyers: u64,
    pub(super) units: i64,
    pub(super) kills: u32,
    pub(super) delays: Delays,
    pub(super) taken_in_after: SignedDuration,
    pub(super) sold_out: Vec<(ConnectionId, Option<SignedDuration>)>,
    pub(super) pushes: u64,
    pub(super) deliveries: u64,
    pub(super) shown: Vec<(ConnectionId, Option<i64>)>,
    pub(super) left: Left,
    pub(super) tally: Tally,
}

impl Report {
    /// Prints it. Answers whether every check holds.
    pub(super) fn print(&self) -> bool {
        let (tally, left) = (&self.tally, &self.left);
        let per_second = tally.placed() * 1000 / u64::try_from(self.taken_in_after.as_millis()).unwrap_or(1).max(1);
        say!();
        line("buyers", &self.buyers);
        line("orders that channels took", &tally.placed());
        line("refused at a channel's own counter", &(self.buyers - tally.placed()));
        line("covered by stock", &counts(tally.covered, tally.held));
        line("short: sold by a channel, not there", &counts(tally.short, tally.lacking));
        line("webhooks taken in", &format!("{}, of which one per order counts", self.deliveries));
        line("stock rows in the ledger", &left.ledger_rows);
        line("figures written on channels", &self.pushes);
        line("times the stack was killed", &self.kills);
        line("all orders in the table after", &format!("{} ({per_second} a second)", seconds(self.taken_in_after)));
        for (connection, after) in &self.sold_out {
            line(&format!("{connection} at 0 after"), &after.map_or("never".to_owned(), seconds));
        }
        let (half, most) = (seconds(self.delays.percentile(50)), seconds(self.delays.percentile(99)));
        line("single sale to last channel told", &format!("p50 {half}, p99 {most} of {} sales,", self.delays.count()));
        say!("{:>38}the time that a channel takes to send its webhook included", "");
        say!();
        let placed = i64::try_from(tally.placed()).unwrap_or(i64::MAX);
        let expected = self.units.min(placed);
        let checks = [
            ("covered are exactly the units that there were", tally.held == expected && tally.covered.cast_signed() == expected),
            (
                "every other order is recorded as short",
                tally.short.cast_signed() == placed - expected && tally.lacking == placed - expected,
            ),
            ("no order is lost, none is there twice", tally.complete() && tally.found() == tally.placed() && tally.twice == 0),
            ("stock row: nothing left, all of it reserved", left.available == self.units - expected && left.reserved == expected),
            ("the ledger tells of the same units", left.taken == expected),
            ("every channel shows 0", self.shown.iter().all(|(_, s)| *s == Some(0)) || expected < self.units),
            ("queues are empty, no dead letters, nothing parked", left.waiting == 0 && left.dead == 0 && left.parked == 0),
        ];
        for (what, holds) in &checks {
            say!("  {}  {what}", if *holds { "ok    " } else { "FAILED" });
        }
        let failed = checks.iter().filter(|(_, holds)| !holds).count();
        if failed > 0 {
            say!("\nfound: {left:?}, shown: {:?}", self.shown);
        }
        say!("\n{} checks hold, {failed} do not", checks.len() - failed);
        failed == 0
    }
}

fn line(name: &str, value: &dyn std::fmt::Display) {
    say!("{name:<38}{value}");
}

fn seconds(time: SignedDuration) -> String {
    format!("{}.{:03} s", time.as_secs(), time.subsec_millis())
}

fn counts(orders: impl std::fmt::Display, units: impl std::fmt::Display) -> String {
    format!("{}, {}", so_many(orders, "order"), so_many(units, "unit"))
}
