//! Moments in which nobody has anything to do: what is wrong then, nobody is on the way to mend.
//!
//! At the end of a world much is looked at once more, and an article that is sold again is told again: a change that was lost is mostly
//! mended before anybody asks. So it is asked whenever there is peace, before anything happens that may mend it.

use super::{Simulation, broken};
use domain::ConnectionId;
use std::collections::BTreeSet;

impl Simulation<'_> {
    /// I11: nobody is at work and nothing waits on any queue, so every channel shows its figure. Left out is what nobody can know yet: a
    /// channel with an order that is not in, one whose items were not looked at, what the merchant edited there, and everything while
    /// hints may be among the dead letters.
    pub(super) fn look_in_peace(&mut self) {
        let is_new = self.peaceful_at < self.worked_at;
        let is_peace = self.tasks.is_empty() && self.queues.is_empty() && self.outbox.is_empty();
        if !is_new || !is_peace || self.queues.has_dead_letters() || self.now() < self.heard_again {
            return;
        }
        self.peaceful_at = self.worked_at;
        self.report.peaceful += 1;
        let known = |id: &&ConnectionId| !self.unmatched.contains(*id) && !self.books.awaits_any(id);
        let known: BTreeSet<ConnectionId> = self.connected.iter().filter(known).cloned().collect();
        let edited: BTreeSet<(ConnectionId, usize)> = self.books.edits().into_iter().collect();
        for article in 0..self.on_sale().len() {
            let ids: BTreeSet<ConnectionId> =
                known.iter().filter(|id| !edited.contains(&((*id).clone(), article))).cloned().collect();
            let all = ids.len() == self.connected.len();
            if let Some(wrong) = self.wrong(article, &ids, all) {
                broken!("I11", "{wrong}, and nobody is on the way to mend it");
            }
        }
    }
}
