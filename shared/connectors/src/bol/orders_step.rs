//! Where a listing of orders stands: which range, which page, which way.
//!
//! The list is sorted by creation, newest first, and its pages shift under the reader. New orders push others to later pages,
//! which only repeats them. But an order that changes again leaves the list of the day it changed before, and pulls the others to
//! earlier pages, past a reader who goes forth. So a past day of several pages is read forth and then back: going back, what
//! moves to an earlier page is still ahead.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ports::{Error, ErrorKind, OrdersFrom, Result};

/// Most minutes that `change-interval-minute` takes (the specification's `maximum`).
const MOST_MINUTES: i64 = 60;
/// bol knows changed days of three months; the shortest three months have 89 days.
const MOST_DAYS: i64 = 89;

/// What one call lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    /// Items changed in so many last minutes.
    LastMinutes(i64),
    /// Items last changed on this day, by the clock of Amsterdam.
    Day(Date),
}

/// One page of a listing under way. As text it is the engine's `page`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The changes of the last minutes, back to `since`.
    Recent { page: u32 },
    /// A past day, forth.
    Forth { day: Date, page: u32 },
    /// A past day, back.
    Back { day: Date, page: u32 },
    /// The last hour, after the days: what changed while they were read.
    Tail { page: u32 },
}

impl Step {
    /// The step to take now.
    pub(super) fn of(from: &OrdersFrom, now: Timestamp) -> Result<Self> {
        let step = match &from.page {
            None => Self::Recent { page: 1 },
            Some(text) => Self::parse(text).ok_or_else(|| {
                Error::new(ErrorKind::BadInput, "bol.orders", "the page token is not one of ours; list from the start")
            })?,
        };
        // Also where a listing of minutes waited so long that its start fell out of reach.
        let too_far = matches!(step, Self::Recent { .. }) && minutes(from.since, now) > MOST_MINUTES;
        if !too_far {
            return Ok(step);
        }
        let oldest = now.saturating_sub(SignedDuration::from_hours(24 * MOST_DAYS)).unwrap_or(now);
        Ok(Self::Forth { day: day_of(from.since.max(oldest)), page: 1 })
    }

    /// What to list.
    pub(super) fn range(self, since: Timestamp, now: Timestamp) -> Range {
        match self {
            Self::Recent { .. } => Range::LastMinutes(minutes(since, now)),
            Self::Tail { .. } => Range::LastMinutes(MOST_MINUTES),
            Self::Forth { day, .. } | Self::Back { day, .. } => Range::Day(day),
        }
    }

    /// Which page of it, from 1.
    pub(super) fn page(self) -> u32 {
        let (Self::Recent { page } | Self::Forth { page, .. } | Self::Back { page, .. } | Self::Tail { page }) = self;
        page
    }

    /// The step after this one; `empty`: the page held no orders, which is how bol says that there are no more.
    pub(super) fn after(self, empty: bool, now: Timestamp) -> Option<Self> {
        match self {
            Self::Recent { page } => (!empty).then_some(Self::Recent { page: page.saturating_add(1) }),
            Self::Tail { page } => (!empty).then_some(Self::Tail { page: page.saturating_add(1) }),
            Self::Forth { day, page } if !empty => Some(Self::Forth { day, page: page.saturating_add(1) }),
            // From the last page that held anything: what was behind it may have moved onto it in between.
            Self::Forth { day, page } if page > 1 => Some(Self::Back { day, page: page - 1 }),
            Self::Back { day, page } if page > 1 => Some(Self::Back { day, page: page - 1 }),
            Self::Forth { day, .. } | Self::Back { day, .. } => Some(match day.tomorrow() {
                Ok(next) if next <= day_of(now) => Self::Forth { day: next, page: 1 },
                _ => Self::Tail { page: 1 },
            }),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let (word, page) = (parts.next()?, parts.next()?.parse().ok().filter(|p| *p > 0)?);
        let day = parts.next().map(str::parse::<Date>).transpose().ok()?;
        match (word, day, parts.next()) {
            ("recent", None, None) => Some(Self::Recent { page }),
            ("tail", None, None) => Some(Self::Tail { page }),
            ("forth", Some(day), None) => Some(Self::Forth { day, page }),
            ("back", Some(day), None) => Some(Self::Back { day, page }),
            _ => None,
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Recent { page } => write!(f, "recent {page}"),
            Self::Tail { page } => write!(f, "tail {page}"),
            Self::Forth { day, page } => write!(f, "forth {page} {day}"),
            Self::Back { day, page } => write!(f, "back {page} {day}"),
        }
    }
}

/// Minutes that surely reach back to `since`: rounded up, and the one more that bol advises.
fn minutes(since: Timestamp, now: Timestamp) -> i64 {
    let seconds = now.as_second().saturating_sub(since.as_second()).max(0);
    seconds / 60 + 2
}

/// The day in Amsterdam's winter time: never later than the day there, and in summer behind it for one hour only, which the last
/// hour at the end of the listing covers.
fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::fixed(jiff::tz::offset(1))).date()
}

#[cfg(test)]
#[path = "orders_step_tests.rs"]
mod tests;
