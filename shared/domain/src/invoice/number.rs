//! Numbers of documents: how they are written, and which comes next.

use super::Series;
use crate::Invalid;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How the numbers of a series are written: `F{year}-{n:05}`.
///
/// Text without digits, the year as `{year}` or `{yy}`, and after it the number as `{n}` or, filled up with zeros, `{n:05}`. So no two numbers of a
/// format are written alike, and no two formats with other text make the same number (`clashes`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NumberFormat {
    text: String,
    before: String,
    short_year: bool,
    between: String,
    width: usize,
    after: String,
}

const FORMAT: &str = "text without digits, {year} or {yy}, and after it {n} or {n:05}, such as F{year}-{n:05}";

impl NumberFormat {
    /// Reads a format.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("number format", text, FORMAT);
        let (before, rest) = text.split_once('{').ok_or_else(wrong)?;
        let (year, rest) = rest.split_once('}').ok_or_else(wrong)?;
        let (between, rest) = rest.split_once('{').ok_or_else(wrong)?;
        let (number, after) = rest.split_once('}').ok_or_else(wrong)?;
        let short_year = match year {
            "year" => false,
            "yy" => true,
            _ => return Err(wrong()),
        };
        let width = match number.strip_prefix("n") {
            Some("") => 1,
            Some(width) => {
                width.strip_prefix(":0").and_then(|w| w.parse().ok()).filter(|w| (1..=12).contains(w)).ok_or_else(wrong)?
            }
            None => return Err(wrong()),
        };
        // What EN 16931, banks and file names all take.
        let is_sound = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'/' | b'.' | b'_'));
        if ![before, between, after].into_iter().all(is_sound) || text.len() > 40 {
            return Err(wrong());
        }
        Ok(Self {
            text: text.to_owned(),
            before: before.to_owned(),
            short_year,
            between: between.to_owned(),
            width,
            after: after.to_owned(),
        })
    }

    /// A number as people read it.
    pub fn write(&self, year: i16, sequence: u64) -> String {
        let year = if self.short_year { format!("{:02}", year.rem_euclid(100)) } else { format!("{year:04}") };
        format!("{}{year}{}{sequence:0width$}{}", self.before, self.between, self.after, width = self.width)
    }

    /// Which place in the series of a year a number names; `None`: it is no number of this format.
    pub fn read(&self, year: i16, number: &str) -> Option<u64> {
        let year_alone = self.write(year, 0);
        let digits_from = year_alone.len() - self.after.len() - self.width;
        let digits = number.get(digits_from..)?.strip_suffix(self.after.as_str())?;
        let sequence = digits.parse().ok()?;
        // Written as it stands there, and not merely alike: without zeros in front, or with a sign.
        (self.write(year, sequence) == number).then_some(sequence)
    }

    /// Whether two series with these formats could give the same number to two documents.
    pub fn clashes(&self, other: &Self) -> bool {
        let text = |format: &Self| (format.before.clone(), format.between.clone(), format.after.clone());
        text(self) == text(other)
    }
}

impl TryFrom<String> for NumberFormat {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl From<NumberFormat> for String {
    fn from(format: NumberFormat) -> Self {
        format.text
    }
}

/// The date of an instant in Europe/Amsterdam: of issue, and of the year of a number.
///
/// The zone's rule stands here because nothing in this crate reads a file: an hour before UTC, two from the last Sunday of March to that of
/// October, both at 01:00 UTC (Directive 2000/84/EC). Brussels has the same.
pub fn date_in_amsterdam(at: Timestamp) -> Date {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3");
    match zone {
        Ok(zone) => at.to_zoned(zone).date(),
        // Cannot be: the rule is a constant that a test reads.
        Err(_) => at.checked_add(SignedDuration::from_hours(1)).unwrap_or(at).to_zoned(TimeZone::UTC).date(),
    }
}

/// How far a series has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesState {
    /// The number that comes next.
    pub next: u64,
    /// The date of issue of the one before; `None`: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_issued_on: Option<Date>,
}

impl Default for SeriesState {
    fn default() -> Self {
        Self { next: 1, last_issued_on: None }
    }
}

/// A number, and the series once it is given out. Both are written in one transaction, on the condition that the series is as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextNumber {
    /// As people read it.
    pub number: String,
    /// Its place in the series.
    pub sequence: u64,
    /// The series after it.
    pub then: SeriesState,
}

/// Why no number is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberRefused {
    /// The date of issue lies in another year than the series.
    #[error("{on} is not in the year {year} of the series")]
    OtherYear {
        /// Of the series.
        year: i16,
        /// The date of issue.
        on: Date,
    },
    /// A later number would have an earlier date.
    #[error("{on} is before {last}, the date of the number before")]
    Backwards {
        /// The date of issue.
        on: Date,
        /// That of the number before.
        last: Date,
    },
    /// The series is used: where it starts cannot be changed.
    #[error("the series has numbers already")]
    Used,
    /// A start that is no number: they count from 1.
    #[error("numbers count from 1 up to 999999999999")]
    OutOfBounds,
}

/// The largest number; more digits than `NumberFormat` fills up.
const MOST: u64 = 999_999_999_999;

impl SeriesState {
    /// A series that goes on where another program stopped. Only before its first number.
    pub fn starting_at(self, first: u64) -> Result<Self, NumberRefused> {
        match (self.last_issued_on, first) {
            (Some(_), _) => Err(NumberRefused::Used),
            (None, 1..=MOST) => Ok(Self { next: first, last_issued_on: None }),
            (None, _) => Err(NumberRefused::OutOfBounds),
        }
    }

    /// A series that goes on no earlier than at this number: after a gap that somebody can explain. Never back.
    #[must_use]
    pub fn no_earlier_than(self, first: u64) -> Self {
        Self { next: self.next.max(first), ..self }
    }

    /// The next number, for a document that is issued on this day.
    pub fn take(self, series: &Series, format: &NumberFormat, on: Date) -> Result<NextNumber, NumberRefused> {
        if on.year() != series.year {
            return Err(NumberRefused::OtherYear { year: series.year, on });
        }
        if let Some(last) = self.last_issued_on.filter(|last| *last > on) {
            return Err(NumberRefused::Backwards { on, last });
        }
        if !(1..=MOST).contains(&self.next) {
            return Err(NumberRefused::OutOfBounds);
        }
        let then = Self { next: self.next + 1, last_issued_on: Some(on) };
        Ok(NextNumber { number: format.write(series.year, self.next), sequence: self.next, then })
    }
}
