//! How calls are held back: which of a channel's limits is nearly used up, for how long, and whose calls go on.

use std::time::Duration;

/// Who goes first where a limit of a channel is nearly used up: a pause for one of them holds back those after it as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Figures that must fall: until they do, what is not there is on sale.
    Lowers,
    /// All that is neither; orders above all.
    #[default]
    Usual,
    /// Figures that may rise, and what waits with them: nothing is sold that is not there if they are late.
    Raises,
}

impl Lane {
    /// All of them, the first first.
    pub const ALL: [Self; 3] = [Self::Lowers, Self::Usual, Self::Raises];

    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lowers => "lowers",
            Self::Usual => "usual",
            Self::Raises => "raises",
        }
    }
}

/// Until when to hold calls back, as an answer told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// For this much time.
    pub lasting: Duration,
    /// Calls of this lane and those after it. `Lowers`: all of them.
    pub from: Lane,
}

impl Pause {
    /// Holds back every call against the limit.
    pub const fn all(lasting: Duration) -> Self {
        Self { lasting, from: Lane::Lowers }
    }
}
