//! How a connection is doing, and whom that was told.

use super::{CheckOutcome, CredentialsCheck, TypedRow, broken, instant, json, number, sortable, to_json};
use domain::{ConnectionId, Health, HealthStatus, Task, Tried};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Key, Result, Row, Value, Write};

/// A success, or the same failure, is written down once in this time.
const BETWEEN_NOTES: SignedDuration = SignedDuration::from_secs(50);
/// Whoever began to tell and has not said so after this long has died.
const TELLING_TAKES: SignedDuration = SignedDuration::from_mins(2);

/// What is known of a connection. Functions note how their calls went; the poll tells people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// How it is doing.
    pub health: Health,
    /// When people were told that it fails, UTC, until they were told that it recovered.
    pub told_at: Option<Timestamp>,
    /// Somebody began to tell people of a change then, UTC.
    pub telling: Option<Timestamp>,
    /// What the last look at its credentials found.
    pub check: Option<CredentialsCheck>,
    /// Somebody asked for a look then, UTC.
    pub check_asked_at: Option<Timestamp>,
    /// Somebody asked for its listings to be read then, UTC.
    pub listings_asked_at: Option<Timestamp>,
    /// Counts the writes, for the condition.
    pub version: i64,
}

/// What people are to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToTell {
    /// That it fails.
    Failing,
    /// That it did, and recovered; with when they were told that it fails.
    Recovered(Timestamp),
}

impl HealthRow {
    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        Key::new(format!("CONNECTION#{connection}"), "HEALTH")
    }

    /// Of a connection of which nothing is known.
    pub fn fresh(connection: ConnectionId) -> Self {
        Self {
            connection,
            health: Health::default(),
            told_at: None,
            telling: None,
            check: None,
            check_asked_at: None,
            listings_asked_at: None,
            version: 0,
        }
    }

    /// Whether its credentials are to be looked at. `mark`: of the credentials as they are now, if they can be had.
    pub(crate) fn check_is_due(&self, mark: Option<u16>, now: Timestamp) -> bool {
        match &self.check {
            None => true,
            Some(check) => self.asked_after(check.at) || check.is_over(mark, now) || self.works_again(check),
        }
    }

    /// Whether they were refused, and orders were read with them since.
    fn works_again(&self, check: &CredentialsCheck) -> bool {
        let read_at = self.health.0.get(&Task::Orders).and_then(|orders| orders.good_at);
        matches!(check.outcome, CheckOutcome::Rejected { .. }) && read_at.is_some_and(|at| at > check.at)
    }

    /// Whether somebody asked for a look since then.
    pub(crate) fn asked_after(&self, then: Timestamp) -> bool {
        self.check_asked_at.is_some_and(|asked| asked > then)
    }

    /// Whether somebody asked for its listings to be read, and that was not tried since.
    pub(crate) fn listings_are_asked_for(&self) -> bool {
        let listings = self.health.0.get(&Task::Listings);
        let tried = listings.and_then(|one| one.good_at.max(one.failing.as_ref().map(|failing| failing.last_at)));
        self.listings_asked_at > tried
    }

    /// With one more try; whether that is worth a write.
    pub(crate) fn tried(&mut self, task: Task, tried: Tried, now: Timestamp) -> bool {
        let before = self.health.0.get(&task).cloned().unwrap_or_default();
        let one = self.health.0.entry(task).or_default();
        one.tried(tried, now);
        let lately = |at: Timestamp| now.duration_since(at).abs() < BETWEEN_NOTES;
        match (&before.failing, &one.failing, &before.held, &one.held) {
            (None, None, None, None) => !before.good_at.is_some_and(lately),
            (Some(old), Some(new), ..) => (&old.kind, &old.words) != (&new.kind, &new.words) || !lately(old.last_at),
            (_, _, Some(old), Some(new)) => old.words != new.words || !lately(old.last_at),
            _ => true,
        }
    }

    /// What people are to be told, if they are to be told anything: failures that have lasted this long, once.
    pub(crate) fn to_tell(&self, after: SignedDuration, now: Timestamp) -> Option<ToTell> {
        if self.telling.is_some_and(|began| now.duration_since(began).abs() < TELLING_TAKES) {
            return None;
        }
        match (self.told_at, self.health.worst(after, now)) {
            (None, Some((_, failing))) if now.duration_since(failing.since) >= after => Some(ToTell::Failing),
            // Not while nobody knows: no news is not good news.
            (Some(told_at), None) if self.health.stands(after, now) == HealthStatus::Ok => Some(ToTell::Recovered(told_at)),
            _ => None,
        }
    }

    /// The write of this row, if nobody wrote since it was read.
    pub(crate) fn write(&self) -> Write {
        let when =
            if self.version == 0 { Condition::Absent } else { Condition::Is("version".into(), Value::Number(self.version)) };
        Write::Put { row: Self { version: self.version + 1, ..self.clone() }.to_row(), when }
    }
}

impl TypedRow for HealthRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.connection)).text("health", to_json(&self.health)).number("version", self.version);
        if let Some(check) = &self.check {
            row = row.text("check", to_json(check));
        }
        let instants = [
            ("told_at", self.told_at),
            ("telling", self.telling),
            ("check_asked_at", self.check_asked_at),
            ("listings_asked_at", self.listings_asked_at),
        ];
        for (name, at) in instants {
            if let Some(at) = at {
                row = row.text(name, sortable(at));
            }
        }
        row
    }

    fn from_row(row: &Row) -> Result<Self> {
        let id = row.key.pk.strip_prefix("CONNECTION#").ok_or_else(|| broken(&row.key, "the key is not a connection's"))?;
        Ok(Self {
            connection: ConnectionId::new(id)?,
            health: json(row, "health")?,
            told_at: instant(row, "told_at")?,
            telling: instant(row, "telling")?,
            check: row.get_text("check").map(|_| json(row, "check")).transpose()?,
            check_asked_at: instant(row, "check_asked_at")?,
            listings_asked_at: instant(row, "listings_asked_at")?,
            version: number(row, "version")?,
        })
    }
}
