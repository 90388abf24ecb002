//! How a connection is doing: what was done for it last and went well, and since when it has not.
//!
//! Nothing is well unless it is known to be: what was never done, or not for too long, is unknown.

use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// No two clocks differ by more.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// What did not go well is tried again after at least this long, and at most that long, where its own time is later.
const TRIED_AGAIN_SOONEST: SignedDuration = SignedDuration::from_mins(1);
const TRIED_AGAIN_LATEST: SignedDuration = SignedDuration::from_hours(1);

/// What is done for a connection again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Its orders are read.
    Orders,
    /// Its listings are read and matched.
    Listings,
    /// It is told figures.
    Stock,
    /// Its webhooks are seen to.
    Subscription,
    /// Its credentials are looked at: whether they are accepted, and what they lack.
    Credentials,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Orders, Self::Listings, Self::Stock, Self::Subscription, Self::Credentials];

    /// After this long without a try, nobody knows: twice and a bit of what lies between two tries. Figures are told when they change,
    /// so the last word on them stays good; that they *fail* is tried every few minutes.
    fn is_known_for(self, well: bool) -> SignedDuration {
        match self {
            Self::Orders => SignedDuration::from_mins(15),
            Self::Subscription => SignedDuration::from_hours(3),
            Self::Listings => SignedDuration::from_hours(13),
            Self::Credentials => SignedDuration::from_hours(50),
            Self::Stock if well => SignedDuration::MAX,
            Self::Stock => SignedDuration::from_hours(1),
        }
    }

    /// What is the matter when it fails, for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Orders => "its orders cannot be read",
            Self::Listings => "its listings cannot be read",
            Self::Stock => "it cannot be told figures",
            Self::Subscription => "its webhooks cannot be seen to",
            Self::Credentials => "its credentials are refused or lack a right",
        }
    }
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// Well.
    Well,
    /// It failed.
    Failed {
        /// What sort of failure, in one word: `unauthorized`.
        kind: &'static str,
        /// What happened and what to do, for people. Holds no personal data.
        words: String,
    },
    /// It was not tried, because calls to the connection are held back: the channel asked for a pause, or did not answer before. That is no
    /// failure; that it does not end is one.
    HeldBack {
        /// Why, for people.
        words: String,
    },
}

/// A failure that goes on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failing {
    /// Since when, UTC: the first try after which nothing went well.
    pub since: Timestamp,
    /// When it was last tried, UTC.
    pub last_at: Timestamp,
    /// What sort, in one word.
    pub kind: String,
    /// What happened and what to do, for people.
    pub words: String,
}

/// It was held back since it last went well, and has not failed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Held {
    /// Since when, UTC: the first time that it was held back.
    pub since: Timestamp,
    /// When it was last to be tried, UTC.
    pub last_at: Timestamp,
    /// Why, for people.
    pub words: String,
}

impl Failing {
    /// Whether a person must put it right, however long it lasts: credentials, their rights and settings do not mend themselves.
    pub fn needs_a_person(&self) -> bool {
        matches!(self.kind.as_str(), "unauthorized" | "forbidden" | "configuration" | "missing_rights")
    }
}

impl Held {
    /// As the failure that it is where people wait no longer than `after` for it to end.
    fn fails_after(&self, after: SignedDuration) -> Option<Failing> {
        let Self { since, last_at, words } = self;
        let failing = || Failing { since: *since, last_at: *last_at, kind: "held_back".to_owned(), words: words.clone() };
        (last_at.duration_since(*since) >= after).then(failing)
    }
}

/// What is known of one task.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaskHealth {
    /// When it last went well, UTC; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_at: Option<Timestamp>,
    /// It fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<Failing>,
    /// It waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It went well when it was last tried, and that is not too long ago.
    Ok,
    /// It fails.
    Failing,
    /// It was never tried, or not for too long.
    Unknown,
}

impl TaskHealth {
    /// With one more try. A clock that was ahead once leaves nothing behind: no instant is later than now.
    pub fn tried(&mut self, tried: Tried, now: Timestamp) {
        self.good_at = self.good_at.map(|at| at.min(now));
        let began = self.failing.as_ref().map(|failing| failing.since).or(self.held.as_ref().map(|held| held.since));
        let since = began.map_or(now, |began| began.min(now));
        match tried {
            Tried::Well => *self = Self { good_at: Some(now), ..Self::default() },
            Tried::Failed { kind, words } => {
                let failing = Some(Failing { since, last_at: now, kind: kind.to_owned(), words });
                *self = Self { failing, held: None, ..*self };
            }
            // Why it failed before says more than that it waits now.
            Tried::HeldBack { words } => match &mut self.failing {
                Some(failing) => (failing.since, failing.last_at) = (since, now),
                None => self.held = Some(Held { since, last_at: now, words }),
            },
        }
    }

    /// What fails of it. `after`: a pause that lasts so long is a failure.
    pub fn fails(&self, after: SignedDuration) -> Option<Failing> {
        self.failing.clone().or_else(|| self.held.as_ref()?.fails_after(after))
    }

    /// How it stands. While it is held back, as it stood when it was last tried. `after`: as for `fails`.
    pub fn stands(&self, task: Task, after: SignedDuration, now: Timestamp) -> HealthStatus {
        // What is said to be from tomorrow was written by a clock that was ahead.
        let known = |at: Timestamp, well| (-SKEW..=task.is_known_for(well)).contains(&now.duration_since(at));
        match (self.fails(after), self.good_at) {
            (Some(failing), _) if known(failing.last_at, false) => HealthStatus::Failing,
            (None, Some(good)) if known(good, true) => HealthStatus::Ok,
            _ => HealthStatus::Unknown,
        }
    }
}

/// All that is known of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Health(pub BTreeMap<Task, TaskHealth>);

impl Health {
    /// How the connection stands. Orders and items must be known to be read; of the rest, what was ever tried counts. `after`: a pause that
    /// lasts so long is a failure.
    pub fn stands(&self, after: SignedDuration, now: Timestamp) -> HealthStatus {
        let found = |task: Task| self.0.get(&task).map_or(HealthStatus::Unknown, |one| one.stands(task, after, now));
        // That something waited which was never done says nothing.
        let was_tried = |task: &Task| self.0.get(task).is_some_and(|one| one.good_at.is_some() || one.fails(after).is_some());
        let counts = |task: &Task| matches!(task, Task::Orders | Task::Listings) || was_tried(task);
        let all: Vec<_> = Task::ALL.into_iter().filter(counts).map(found).collect();
        if all.contains(&HealthStatus::Failing) {
            HealthStatus::Failing
        } else if all.contains(&HealthStatus::Unknown) {
            HealthStatus::Unknown
        } else {
            HealthStatus::Ok
        }
    }

    /// What is tried seldom, did not go well, and is to be tried again before its time, because the channel answers since: soon at first, and
    /// ever more seldom.
    pub fn due_again(&self, now: Timestamp) -> Vec<Task> {
        let answers = self.0.get(&Task::Orders).filter(|orders| orders.failing.is_none() && orders.held.is_none());
        let Some(answered_at) = answers.and_then(|orders| orders.good_at) else { return Vec::new() };
        let is_due = |task: &Task| {
            let one = self.0.get(task);
            let failing = one.and_then(|one| one.failing.as_ref()).map(|failing| (failing.since, failing.last_at));
            let held = one.and_then(|one| one.held.as_ref()).map(|held| (held.since, held.last_at));
            failing.or(held).is_some_and(|(since, last_at)| {
                let wait = last_at.duration_since(since).clamp(TRIED_AGAIN_SOONEST, TRIED_AGAIN_LATEST);
                answered_at > last_at && now.duration_since(last_at) >= wait
            })
        };
        [Task::Listings, Task::Subscription].into_iter().filter(is_due).collect()
    }

    /// What has failed longest, if anything fails. `after`: as for `stands`.
    pub fn worst(&self, after: SignedDuration, now: Timestamp) -> Option<(Task, Failing)> {
        let fails = |(task, one): &(&Task, &TaskHealth)| one.stands(**task, after, now) == HealthStatus::Failing;
        let failing = self.0.iter().filter(fails).filter_map(|(task, one)| Some((*task, one.fails(after)?)));
        failing.min_by_key(|(_, failing)| failing.since)
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
