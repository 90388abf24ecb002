//! Where a listing of changed orders goes on, as data: no call is made here.
//!
//! Page numbers drift while orders change, so a listing goes on from the second of the last order seen. Two things stand in the
//! way, and each has its own window: more orders in one second than fit on a page, and hours in which `WordPress` misreads times.

use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};

/// Which orders a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// Changed later than the second, oldest change first.
    After,
    /// Changed in the second, lowest id first: orders of one second have no order in time that two pages would agree on.
    Within,
}

/// A page of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) window: Window,
    /// Seconds since 1970, UTC.
    pub(super) second: i64,
    pub(super) page: u32,
    /// Orders in the window when its last page was read, if the shop told.
    pub(super) total: Option<u32>,
}

/// What a page showed.
#[derive(Debug)]
pub(super) struct Shown {
    /// When each of its orders changed, in the order of the page; seconds since 1970.
    pub(super) seconds: Vec<i64>,
    /// Orders in the window.
    pub(super) total: Option<u32>,
    /// Whether more pages follow in the window.
    pub(super) more: bool,
}

impl Place {
    /// The start of a listing of what changed at or after `since`.
    pub(super) fn start(since: Timestamp) -> Self {
        // The shop lists what is strictly later, in whole seconds.
        let second = since.as_nanosecond().div_euclid(1_000_000_000).try_into().unwrap_or(i64::MAX) - 1;
        Self::after(if misread(second) { second - second.rem_euclid(86_400) - 1 } else { second })
    }

    fn after(second: i64) -> Self {
        Self { window: Window::After, second, page: 1, total: None }
    }

    /// The page after this one; `None`: the listing is complete.
    pub(super) fn next(self, shown: &Shown) -> Option<Self> {
        let further = Self { page: self.page.saturating_add(1), total: shown.total, ..self };
        if self.window == Window::Within {
            // An order that changed again left the second, and the ones behind it moved up, perhaps over the edge of a page.
            let shrunk = matches!((self.total, shown.total), (Some(before), Some(now)) if now < before);
            return Some(match (shrunk, shown.more) {
                (true, _) => Self { page: 1, total: shown.total, ..self },
                (false, true) => further,
                (false, false) => Self::after(self.second),
            });
        }
        if !shown.more {
            return None;
        }
        let last = match shown.seconds.last() {
            Some(last) if shown.seconds.is_sorted() => *last,
            _ => return Some(further),
        };
        Some(match last - self.second {
            _ if misread(last - 1) || misread(last + 1) => further,
            // A host that lists what is not strictly later; all of that second was seen when it was last.
            i64::MIN..=0 => Self::after(self.second + 1),
            1 => Self { window: Window::Within, second: last, page: 1, total: None },
            _ => Self::after(last - 1),
        })
    }

    /// As it travels through the engine.
    pub(super) fn token(self) -> String {
        let window = match self.window {
            Window::After => "after",
            Window::Within => "within",
        };
        let total = self.total.map_or_else(|| "-".to_owned(), |t| t.to_string());
        format!("{window}.{}.{}.{total}", self.second, self.page)
    }

    /// Reads what `token` wrote.
    pub(super) fn parse(token: &str) -> Result<Self> {
        let wrong =
            || Error::new(ErrorKind::BadInput, "woocommerce.orders", "the page token is not one of ours; list from the start");
        let mut parts = token.split('.');
        let mut part = || parts.next().ok_or_else(wrong);
        let window = match part()? {
            "after" => Window::After,
            "within" => Window::Within,
            _ => return Err(wrong()),
        };
        let second = part()?.parse().map_err(|_| wrong())?;
        Timestamp::from_second(second).map_err(|_| wrong())?;
        let page = part()?.parse().map_err(|_| wrong())?;
        let total = match part()? {
            "-" => None,
            total => Some(total.parse().map_err(|_| wrong())?),
        };
        Ok(Self { window, second, page, total })
    }

    /// The query that shows it.
    pub(super) fn query(self) -> Result<Vec<(&'static str, String)>> {
        let (orderby, until) = match self.window {
            Window::After => ("modified", None),
            Window::Within => ("id", Some(self.second + 1)),
        };
        let from = if until.is_some() { self.second - 1 } else { self.second };
        let mut query = vec![
            ("modified_after", written(from)?),
            ("dates_are_gmt", "true".to_owned()),
            ("status", "any".to_owned()),
            ("orderby", orderby.to_owned()),
            ("order", "asc".to_owned()),
        ];
        if let Some(until) = until {
            query.push(("modified_before", written(until)?));
        }
        Ok(query)
    }
}

/// UTC, but without a `Z`: `WordPress` turns a time with a zone into the shop's own zone first and then compares the result with
/// the UTC column, so in Amsterdam a `Z` skips an hour of orders (`WP_Date_Query::build_mysql_datetime`).
fn written(second: i64) -> Result<String> {
    let at = Timestamp::from_second(second).map_err(|e| {
        Error::new(ErrorKind::BadInput, "woocommerce.orders", "the time to list from is out of range").caused_by(e)
    })?;
    Ok(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

/// Whether `WordPress` may take the time for another. Without a zone it reads it as the shop's local time, which is harmless except
/// for times that do not exist there: clocks go forward on Sundays before four. In those hours no window begins or ends.
fn misread(second: i64) -> bool {
    let (day, of_day) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    // 1970-01-04 was a Sunday.
    (day - 3).rem_euclid(7) == 0 && of_day < 4 * 3600
}

#[cfg(test)]
#[path = "paging_tests.rs"]
mod tests;
