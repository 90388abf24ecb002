//! One step after the other: somebody runs, and time passes.

use super::script::Move;
use super::{Simulation, broken};
use jiff::{SignedDuration, Timestamp};

/// Steps within which what is due must be done.
const MOST_STEPS: u32 = 4_000_000;

impl Simulation<'_> {
    /// The world runs on, and then something happens.
    pub(super) fn play(&mut self, one: &Move) {
        self.chance.start_at(one.number);
        if one.wait_ms > 0 {
            let until = self.now().saturating_add(SignedDuration::from_millis(i64::try_from(one.wait_ms).unwrap_or(0)));
            self.run_until(until.unwrap_or(Timestamp::MAX));
        }
        *self.report.operations.entry(one.does.name()).or_default() += 1;
        self.act(&one.does);
        self.observe(None);
        for _ in 0..one.steps {
            self.step();
        }
    }

    /// One step.
    pub(super) fn step(&mut self) {
        self.is_clock_wrong();
        match self.chance.below(100) {
            0..64 if !self.tasks.is_empty() => self.advance(),
            64..76 => self.start_consumer(),
            76..80 => self.start_scheduled(),
            80..86 => self.start_webhooks(),
            86 if self.chance.mischief(2) => self.crash(),
            _ => self.pass_a_while(self.chance.below(400)),
        }
    }

    /// Lets a little time pass; less, the more functions are at work, for they work side by side.
    pub(super) fn pass_a_while(&self, ms: u32) {
        let busy = i64::try_from(self.tasks.len()).unwrap_or(i64::MAX);
        self.pass(SignedDuration::from_micros(i64::from(ms) * 6000 / (6 + busy)));
    }

    /// Runs until then. Where nobody has anything to do, time leaps.
    pub(super) fn run_until(&mut self, until: Timestamp) {
        let leap = (until.duration_since(self.now()) / 8).max(SignedDuration::from_secs(20));
        for _ in 0..MOST_STEPS {
            let now = self.now();
            if now >= until {
                return;
            }
            if self.is_idle() {
                self.look_at_rest();
                self.start_webhooks();
                self.start_all_scheduled();
            }
            if self.is_idle() {
                let next = self.queues.next_due().into_iter().chain(self.clock_right_at()).fold(until, Timestamp::min);
                self.pass(next.duration_since(now).clamp(SignedDuration::from_millis(1), leap));
            } else {
                self.step();
            }
        }
        // While calls fail, what fails makes work anew, for as long as that may be.
        if self.chance.is_calm() {
            broken!("I12", "work that is due is never done: {}", self.queues.told());
        }
        self.note("nobody rests for long: the wait is cut short");
    }

    /// Nobody works, and no message is due.
    fn is_idle(&self) -> bool {
        self.tasks.is_empty() && self.queues.next_due().is_none_or(|at| at > self.now())
    }
}
