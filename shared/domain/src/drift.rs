//! Where a channel shows another figure than it should: what sort of difference it is, and what is to be done about it.
//!
//! Repairs are bounded: what comes back after each repair ends with a person, never in a repair for ever (failure report F20).

use crate::Quantity;
use jiff::{SignedDuration, Timestamp};

/// A push that was put off may wait this long: what is not told after it was lost.
pub const PUSH_MAY_TAKE: SignedDuration = SignedDuration::from_mins(15);
/// Repairs in a row of one thing before a person is asked.
pub const MOST_REPAIRS: u32 = 3;
/// Whole packs and round figures that channels are known to round down to.
const STEPS: [i64; 4] = [1_000, 100, 12, 10];

/// What sort of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriftCause {
    /// Word of it may still be on its way: a push, or an order that explains it.
    Delayed,
    /// The channel was not told for longer than a push may take.
    MissedUpdate,
    /// Two listings of one connection are the same product, or one listing is two products.
    DuplicateUpdate,
    /// The channel was told the right figure and shows another that none of its orders explains: somebody changed it there.
    ExternalChange,
    /// It is not clear which product a listing is, the product is not there, or the listing is no longer on the channel.
    Mapping,
    /// The channel rounds what it is told.
    Rounding,
    /// The channel tells another state of an order than is known here.
    Orders,
    /// Our own books do not add up.
    Books,
}

impl DriftCause {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Delayed,
        Self::MissedUpdate,
        Self::DuplicateUpdate,
        Self::ExternalChange,
        Self::Mapping,
        Self::Rounding,
        Self::Orders,
        Self::Books,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delayed => "late",
            Self::MissedUpdate => "lost",
            Self::DuplicateUpdate => "doubled",
            Self::ExternalChange => "foreign",
            Self::Mapping => "mapping",
            Self::Rounding => "rounding",
            Self::Orders => "orders",
            Self::Books => "books",
        }
    }
}

/// What a channel was told of a listing, as far as it acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastTold {
    /// Nothing that is known: it was never told, or its last answer is not known. Whatever it shows is no edit of a figure of ours.
    Nothing,
    /// A figure that is another by now.
    Another(Quantity),
    /// What it should show now, and our books have not moved since.
    This(Quantity),
}

impl LastTold {
    /// Of the figure that it acknowledged last, and whether that is the one that it should show now.
    pub fn of(acknowledged: Option<Quantity>, is_this: bool) -> Self {
        match acknowledged {
            None => Self::Nothing,
            Some(figure) if is_this => Self::This(figure),
            Some(figure) => Self::Another(figure),
        }
    }

    /// The figure, if there was one.
    pub fn figure(self) -> Option<Quantity> {
        match self {
            Self::Nothing => None,
            Self::Another(figure) | Self::This(figure) => Some(figure),
        }
    }

    /// Whether it was told what it should show now.
    pub fn is_this(self) -> bool {
        matches!(self, Self::This(_))
    }
}

/// What is known about the figure of one listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureLook {
    /// What it should show.
    pub wanted: Quantity,
    /// What the channel was told.
    pub told: LastTold,
    /// What it shows; `None`: nobody looked.
    pub live: Option<Quantity>,
    /// When that was read, UTC.
    pub looked_at: Timestamp,
    /// A push is under way, or put off, until then, UTC.
    pub due_until: Option<Timestamp>,
    /// When the figure last moved here or was last told, UTC.
    pub changed_at: Option<Timestamp>,
    /// Every change of the channel's orders up to this instant (UTC) is in our books.
    pub settled_through: Option<Timestamp>,
    /// The largest figure the channel shows.
    pub maximum: Option<Quantity>,
}

impl FigureLook {
    /// Whether there is nothing to explain.
    pub fn is_right(&self) -> bool {
        self.live.map_or(self.told.is_this(), |live| live == self.wanted)
    }

    /// What sort of difference it is; `None`: there is none.
    pub fn class(&self) -> Option<DriftCause> {
        if self.is_right() {
            return None;
        }
        if !self.told.is_this() {
            let on_its_way = self.due_until.is_some_and(|until| until > self.looked_at);
            let young = self.changed_at.is_some_and(|at| self.looked_at.duration_since(at) < PUSH_MAY_TAKE);
            return Some(if on_its_way || young { DriftCause::Delayed } else { DriftCause::MissedUpdate });
        }
        // A sale, or a cancelled order, that is not in our books yet explains any figure.
        if self.settled_through.is_none_or(|settled| settled < self.looked_at) {
            return Some(DriftCause::Delayed);
        }
        let rounded = self.live.is_some_and(|live| rounds(self.wanted, live, self.maximum));
        Some(if rounded { DriftCause::Rounding } else { DriftCause::ExternalChange })
    }
}

/// Whether a channel that was told `told` and shows `live` may have rounded it: cut at its cap, or down to whole packs. An edit by hand
/// can look the same; it is repaired once like one, and only what comes back to the same figure counts as explained.
pub fn rounds(told: Quantity, live: Quantity, most_shown: Option<Quantity>) -> bool {
    if live.is_zero() || live >= told {
        return false;
    }
    let (told, live) = (told.units(), live.units());
    most_shown.is_some_and(|most| live == most.units()) || STEPS.iter().any(|step| told - told % step == live)
}

/// How a difference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriftStatus {
    /// A repair is on its way.
    Repairing,
    /// It stays, and that is right so.
    Explained,
    /// No repair helps: a person must look.
    NeedsAttention,
}

/// A difference as it was found last, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct DriftCase {
    /// What sort.
    pub cause: DriftCause,
    /// How it stands.
    pub status: DriftStatus,
    /// What should be shown, where it is about a figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_quantity: Option<Quantity>,
    /// What is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_quantity: Option<Quantity>,
    /// What it is and what to do, for people.
    pub message: String,
    /// Repairs in a row.
    #[serde(default)]
    pub repairs: u32,
    /// The run that found it last: repairs of runs that follow each other are in a row.
    pub run: u64,
    /// When it was first found in this row, UTC.
    #[schemars(with = "String")]
    pub first_at: Timestamp,
    /// When it was last found, UTC.
    #[schemars(with = "String")]
    pub last_at: Timestamp,
}

/// A difference that a run found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftFound {
    /// What sort.
    pub class: DriftCause,
    /// Whether anything can be done about it without a person.
    pub repairable: bool,
    /// What should be shown, where it is about a figure.
    pub wanted: Option<Quantity>,
    /// What is shown.
    pub shown: Option<Quantity>,
    /// What it is and what to do, for people.
    pub words: String,
}

/// What is to be done about a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriftStep {
    /// Nothing: word of it is on its way, or all that can be done was done.
    Leave,
    /// Repair it, and keep this case.
    Repair(DriftCase),
    /// Keep this case; it is explained or needs a person from now on.
    Settle(DriftCase),
}

impl DriftFound {
    /// What is to be done, given the case as it was kept and the number of this run.
    pub fn step(&self, before: Option<&DriftCase>, run: u64, at: Timestamp) -> DriftStep {
        let known = before.filter(|case| case.cause == self.class);
        let dealt_with = known.is_some_and(|case| case.run == run || case.status != DriftStatus::Repairing);
        if self.class == DriftCause::Delayed || dealt_with {
            return DriftStep::Leave;
        }
        let in_a_row = known.filter(|case| case.run + 1 >= run);
        let repairs = in_a_row.map_or(0, |case| case.repairs);
        let case = |stand, repairs| DriftCase {
            cause: self.class,
            status: stand,
            target_quantity: self.wanted,
            observed_quantity: self.shown,
            message: self.words.clone(),
            repairs,
            run,
            first_at: in_a_row.map_or(at, |case| case.first_at),
            last_at: at,
        };
        let came_back = in_a_row.is_some_and(|case| (case.target_quantity, case.observed_quantity) == (self.wanted, self.shown));
        if self.class == DriftCause::Rounding && came_back {
            return DriftStep::Settle(case(DriftStatus::Explained, repairs));
        }
        if !self.repairable || repairs >= MOST_REPAIRS {
            return DriftStep::Settle(case(DriftStatus::NeedsAttention, repairs));
        }
        DriftStep::Repair(case(DriftStatus::Repairing, repairs + 1))
    }
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
