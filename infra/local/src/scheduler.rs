//! Calls functions at the intervals that the template gives.

use crate::topology::Schedule;
use jiff::SignedDuration;
use lambda_kit::{ScheduleHandler, run_guarded};
use ports::Clock;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Calls of one schedule that are under way at once; more are not begun.
const MOST_AT_ONCE: usize = 10;

/// One schedule with what it calls.
pub struct Timer {
    /// When and with what.
    pub schedule: Schedule,
    /// Whom.
    pub handler: Arc<dyn ScheduleHandler>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl Timer {
    /// Calls once, now.
    pub async fn call(&self) {
        let timeout = SignedDuration::try_from(self.schedule.timeout).unwrap_or(SignedDuration::from_secs(30));
        let deadline = self.clock.now().saturating_add(timeout).unwrap_or(jiff::Timestamp::MAX);
        match run_guarded(self.handler.as_ref(), &self.schedule.input, deadline).await {
            Ok(answer) => tracing::debug!(schedule = self.schedule.name, answer, "done"),
            Err(error) => tracing::warn!(schedule = self.schedule.name, %error, "{}", error.message),
        }
    }

    /// Calls at intervals, the first time after one, until told to stop, and ends with the last call. As in the cloud, a call that takes longer
    /// than the interval does not hold up the next.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let timer = Arc::new(self);
        let mut calls = JoinSet::new();
        while !*stop.borrow() {
            tokio::select! {
                () = timer.clock.sleep(timer.schedule.every) => {
                    while calls.try_join_next().is_some() {}
                    if calls.len() < MOST_AT_ONCE {
                        let timer = Arc::clone(&timer);
                        calls.spawn(async move { timer.call().await });
                    }
                }
                _ = stop.changed() => {}
            }
        }
        while calls.join_next().await.is_some() {}
    }
}

/// The schedules with another interval for the most frequent of them, where that is the shorter one: a demonstration must not wait
/// a minute for a poll.
pub fn hurried(schedules: &[Schedule], every: Option<Duration>) -> Vec<Schedule> {
    let shortest = schedules.iter().map(|s| s.every).min().unwrap_or_default();
    let hurry = |s: &Schedule| {
        let every = every.filter(|e| s.every == shortest && *e < s.every).unwrap_or(s.every);
        Schedule { every, ..s.clone() }
    };
    schedules.iter().map(hurry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(seconds: u64) -> Schedule {
        let (every, timeout) = (Duration::from_secs(seconds), Duration::from_secs(9));
        Schedule { name: "s".into(), function: "f".into(), every, input: "{}".into(), timeout }
    }

    #[test]
    fn only_the_most_frequent_schedule_is_hurried() {
        let schedules = [every(60), every(3600)];
        let seconds = |e| hurried(&schedules, e).iter().map(|s| s.every.as_secs()).collect::<Vec<_>>();
        assert_eq!(seconds(Some(Duration::from_secs(5))), [5, 3600]);
        assert_eq!(seconds(Some(Duration::from_secs(90))), [60, 3600], "never slower than the cloud");
        assert_eq!(seconds(None), [60, 3600]);
    }
}
