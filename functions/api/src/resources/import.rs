//! What files of rows have in common: every row is judged by itself, and told of in the order of the file.

use crate::sheet::{NotDone, RowOutcome};
use engine::Ports;
use jiff::{SignedDuration, Timestamp};

/// What is under way at once.
pub(super) const AT_ONCE: usize = 8;
/// No row is begun after so long: the function is stopped not long after.
const PATIENCE: SignedDuration = SignedDuration::from_secs(9);

/// Until when rows may be begun, UTC.
pub(super) fn until(world: &Ports) -> Timestamp {
    world.clock.now().checked_add(PATIENCE).unwrap_or(Timestamp::MAX)
}

/// One row of a file that was told of.
pub(crate) trait Told {
    /// The line in the file.
    fn row(&self) -> u64;
    /// How it ended.
    fn outcome(&self) -> RowOutcome;
}

/// What became of a file.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "{R}s")]
pub(crate) struct Imported<R> {
    /// Rows that were done.
    pub(crate) done: usize,
    /// Rows that were done before: nothing more was done.
    pub(crate) already_done: usize,
    /// Rows that were not done, or of which that is not known.
    pub(crate) not_done: usize,
    /// Every row, in the order of the file.
    rows: Vec<R>,
}

impl<R: Told> Imported<R> {
    pub(super) fn of(mut rows: Vec<R>) -> Self {
        rows.sort_by_key(Told::row);
        let count = |outcome| rows.iter().filter(|row| row.outcome() == outcome).count();
        let (done, already_done) = (count(RowOutcome::Done), count(RowOutcome::AlreadyDone));
        Self { done, already_done, not_done: rows.len() - done - already_done, rows }
    }
}

/// How a row ended, and why it was not done.
pub(super) fn told(ended: Result<RowOutcome, NotDone>) -> (RowOutcome, Option<String>) {
    match ended {
        Ok(outcome) => (outcome, None),
        Err(NotDone { outcome, reason }) => (outcome, Some(reason)),
    }
}
