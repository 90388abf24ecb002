//! By when something was promised: an instant, or a day where a channel tells no more.

use crate::Invalid;
use jiff::Timestamp;
use jiff::civil::Date;

/// A promised instant or day. As text: `2026-12-01T17:00:00Z`, or `2026-12-01[Europe/Amsterdam]` for the end of that day there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Due {
    /// This instant, UTC.
    At(Timestamp),
    /// The end of a day.
    Day {
        /// The day.
        day: Date,
        /// By the clocks of which time zone, by its IANA name.
        zone: String,
    },
}

/// Letters of a time zone's name: `America/Argentina/ComodRivadavia` has 32.
const LONGEST_ZONE: usize = 40;

impl Due {
    /// The end of a day, by the clocks of a time zone: `Europe/Amsterdam`.
    pub fn day(day: Date, zone: &str) -> Result<Self, Invalid> {
        let letters = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
        if zone.is_empty() || zone.len() > LONGEST_ZONE || !zone.chars().all(letters) {
            return Err(Invalid::new("time zone", zone, "the name of a time zone, such as Europe/Amsterdam"));
        }
        Ok(Self::Day { day, zone: zone.to_owned() })
    }

    /// The latest instant, UTC, that it can mean. Of a day the end of it where it ends last on earth, 12 hours behind UTC: nothing that is
    /// worked out from it is ever too early, whatever the zone.
    pub fn latest(&self) -> Timestamp {
        match self {
            Self::At(at) => *at,
            Self::Day { day, .. } => {
                let ends = day.tomorrow().map(|next| next.at(12, 0, 0, 0));
                let utc = ends.and_then(|ends| jiff::tz::TimeZone::UTC.to_timestamp(ends));
                utc.unwrap_or(Timestamp::MAX)
            }
        }
    }
}

impl TryFrom<String> for Due {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("due", &text, "an instant, or a day with its zone: 2026-12-01[Europe/Amsterdam]");
        match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
            Some((day, zone)) => Self::day(day.parse().map_err(|_| wrong())?, zone),
            None => Ok(Self::At(text.parse().map_err(|_| wrong())?)),
        }
    }
}

impl From<Due> for String {
    fn from(due: Due) -> Self {
        due.to_string()
    }
}

impl std::fmt::Display for Due {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::At(at) => write!(f, "{at}"),
            Self::Day { day, zone } => write!(f, "{day}[{zone}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_as_they_are_written() {
        for text in ["2026-12-01T17:00:00Z", "2026-12-01[Europe/Amsterdam]"] {
            assert_eq!(Due::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        for wrong in ["", "2026-12-01", "2026-12-01[]", "2026-02-30[Europe/Amsterdam]", "soon", "2026-12-01[a b]"] {
            assert!(Due::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_ends_nowhere_later_than_its_latest_instant() {
        let due = Due::day("2026-12-01".parse().unwrap(), "Europe/Amsterdam").unwrap();
        assert_eq!(due.latest().to_string(), "2026-12-02T12:00:00Z");
        let last = Due::day(Date::MAX, "Etc/UTC").unwrap();
        assert_eq!(last.latest(), Timestamp::MAX);
    }
}
