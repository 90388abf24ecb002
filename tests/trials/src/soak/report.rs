//! How a soak went, and whether that is as it must be.

use super::curve::Curve;
use super::injected::Injected;
use super::verdict::Check;
use super::watch::Watched;
use domain::so_many;
use jiff::SignedDuration;
use sluis::say::say;

/// Wrong things that are told of one check.
const TOLD: usize = 5;

/// The end of a soak.
pub(super) struct Report {
    pub(super) orders: usize,
    pub(super) cancelled: usize,
    pub(super) refused: u64,
    pub(super) short: usize,
    pub(super) corrections: usize,
    pub(super) unsure: usize,
    pub(super) kills: u32,
    /// From the end of faults until all was at rest; `None`: it never was.
    pub(super) rest: Option<SignedDuration>,
    pub(super) injected: Injected,
    pub(super) watched: Watched,
    pub(super) curve: Curve,
    pub(super) checks: Vec<Check>,
}

impl Report {
    /// Prints it. Answers whether every check holds.
    pub(super) fn print(self, chaos: bool) -> bool {
        let watched = &self.watched;
        say!();
        line("orders that shops took", &format!("{}, of which {} taken back", self.orders, self.cancelled));
        line("refused at a shop's own counter", &self.refused);
        line("short: sold by a shop, not there", &self.short);
        line("corrections asked for", &format!("{}, of which {} not answered", self.corrections, self.unsure));
        let [faults, troubles] = self.injected.lines();
        line("faults", &faults);
        line("troubles at shops", &troubles);
        line("times the stack was killed", &self.kills);
        line("longest from sale to order taken in", &format!("{} s", watched.longest.as_secs()));
        line("figures held against movements", &format!("{} on the way", so_many(watched.compared, "time")));
        line("questions without an answer", &watched.unanswered);
        line("at rest after the last fault", &self.rest.map_or("never".to_owned(), |time| format!("{} s", time.as_secs())));
        say!("\nmemory and disk on the way: {}\n", Curve::rules().join("; "));
        self.curve.lines().iter().for_each(|line| say!("{line}"));
        say!();
        let checks = self.all_checks(chaos);
        let failed = checks.iter().filter(|check| !check.wrong.is_empty()).count();
        for Check { what, wrong } in &checks {
            say!("  {}  {what}", if wrong.is_empty() { "ok    " } else { "FAILED" });
            wrong.iter().take(TOLD).for_each(|wrong| say!("            {wrong}"));
            if wrong.len() > TOLD {
                say!("            and {} more", wrong.len() - TOLD);
            }
        }
        say!("\n{} checks hold, {failed} do not", checks.len() - failed);
        failed == 0
    }

    /// Those of the end, and those of the way.
    fn all_checks(self, chaos: bool) -> Vec<Check> {
        let mut checks = self.checks;
        let unlike = if self.watched.compared == 0 { vec!["nothing was compared".to_owned()] } else { self.watched.unlike };
        checks.push(Check { what: "figures agreed with movements on the way", wrong: unlike });
        let rest = if self.rest.is_some() { Vec::new() } else { vec!["something still moves, or waits".to_owned()] };
        checks.push(Check { what: "all comes to rest once faults are over", wrong: rest });
        checks.push(Check { what: "disk is explained by the orders", wrong: self.curve.disk_beyond().into_iter().collect() });
        checks.push(Check { what: "memory does not grow", wrong: self.curve.memory_beyond().into_iter().collect() });
        let calm = if chaos && self.injected.faults() == 0 { vec!["no call went wrong".to_owned()] } else { Vec::new() };
        checks.push(Check { what: "there was as much chaos as was asked for", wrong: calm });
        checks
    }
}

fn line(name: &str, value: &dyn std::fmt::Display) {
    say!("{name:<38}{value}");
}
