//! Whose turn it is among the functions at work.

use super::Simulation;

/// In an uneven world a function stands still once in so many calls, for so many turns of others at most; those that wait for channels,
/// which answer when they like, more often.
const STALLS: u32 = 40;
const STALLS_AT_CHANNELS: u32 = 12;
const LONGEST_STALL: u32 = 300;

impl Simulation<'_> {
    /// Who makes the next call; `None`: all stand still. Where everybody is as fast as everybody else, a function hardly ever gets far
    /// while another stands between what it read and what it writes. In an uneven world any may stand still at any call.
    pub(super) fn whose_turn(&mut self) -> Option<usize> {
        if !self.script.uneven {
            return Some(self.chance.place(self.tasks.len()));
        }
        for task in &mut self.tasks {
            task.stalled = task.stalled.saturating_sub(1);
        }
        let going: Vec<usize> = (0..self.tasks.len()).filter(|at| self.tasks[*at].stalled == 0).collect();
        let at = *going.get(self.chance.place(going.len()))?;
        let once_in = if self.tasks[at].may_push() { STALLS_AT_CHANNELS } else { STALLS };
        if self.chance.below(once_in) > 0 {
            return Some(at);
        }
        self.tasks[at].stalled = self.chance.below(LONGEST_STALL);
        None
    }
}
