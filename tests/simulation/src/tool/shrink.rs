//! Makes the list of operations shorter, as long as the world still breaks by the same check: larger parts first, then one by one
//! (delta debugging).

use super::verdict::{Broken, verdict};
use crate::world::{History, Script};
use testkit::planted::Mistake;

/// What was found.
pub(super) struct Shrunk {
    pub(super) script: Script,
    pub(super) broken: Broken,
    /// Worlds tried for it.
    pub(super) tries: u32,
    /// Whether no single operation more can be left out.
    pub(super) is_smallest: bool,
}

struct Search {
    best: Script,
    broken: Broken,
    mistake: Option<Mistake>,
    left: u32,
}

/// Tries at most so many worlds.
pub(super) fn shrink(script: &Script, broken: &Broken, mistake: Option<Mistake>, most_tries: u32) -> Shrunk {
    let mut search = Search { best: script.clone(), broken: broken.clone(), mistake, left: most_tries };
    search.make_calm();
    let mut part = search.best.moves.len() / 2;
    while part > 0 && search.left > 0 {
        let shorter = search.leave_out(part);
        part = if shorter { part.min(search.best.moves.len() / 2).max(1) } else { part / 2 };
    }
    let is_smallest = search.left > 0;
    Shrunk { script: search.best, broken: search.broken, tries: most_tries - search.left, is_smallest }
}

impl Search {
    /// Whether this world breaks in the same way; if so, it is the best so far.
    fn is_better(&mut self, candidate: Script) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        match verdict(&candidate, self.mistake, &mut History::default()) {
            Err(broken) if broken.check == self.broken.check => {
                (self.best, self.broken) = (candidate, broken);
                true
            }
            _ => false,
        }
    }

    /// Without what only makes it harder to read.
    fn make_calm(&mut self) {
        self.is_better(Script { per_thousand: 0, ..self.best.clone() });
        self.is_better(Script { clocks_differ: false, ..self.best.clone() });
        self.is_better(Script { uneven: false, ..self.best.clone() });
        self.is_better(Script { shape: None, ..self.best.clone() });
        self.is_better(Script { absent: None, ..self.best.clone() });
        self.is_better(Script { silent_in_the_end: None, ..self.best.clone() });
    }

    /// Leaves out so many operations in a row, wherever that can be done.
    fn leave_out(&mut self, part: usize) -> bool {
        let mut shorter = false;
        let mut at = 0;
        while at < self.best.moves.len() && self.left > 0 {
            let mut candidate = self.best.clone();
            candidate.moves.drain(at..(at + part).min(candidate.moves.len()));
            if self.is_better(candidate) {
                shorter = true;
            } else {
                at += part;
            }
        }
        shorter
    }
}
