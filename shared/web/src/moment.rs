//! Instants, days and spans as people here write them: the time of Amsterdam and Brussels, day first, 24 hours.

use crate::reader::{Reader, say};
use crate::texts::Language;
use domain::Due;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use maud::{Markup, html};

/// The time of merchants in the Netherlands and in Belgium.
pub(crate) const ZONE: TimeZone = jiff::tz::get!("Europe/Amsterdam");

impl Reader {
    fn here(at: Timestamp) -> Zoned {
        at.to_zoned(ZONE)
    }

    /// A day.
    pub(crate) fn day(&self, day: Date) -> String {
        match self.language {
            Language::Dutch => day.strftime("%d-%m-%Y").to_string(),
            Language::English => day.strftime("%d/%m/%Y").to_string(),
        }
    }

    /// An instant as a text: of today the hour alone.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        let (here, today) = (Self::here(at), Self::here(self.now).date());
        let hour = here.strftime("%H:%M").to_string();
        if here.date() == today { hour } else { format!("{} {hour}", self.day(here.date())) }
    }

    /// An instant.
    pub(crate) fn moment(&self, at: Timestamp) -> Markup {
        html! { time datetime=(at.to_string()) { (self.clock(at)) } }
    }

    /// A day or an instant by which something must be done.
    pub(crate) fn due(&self, due: &Due) -> String {
        match due {
            Due::At(at) => self.clock(*at),
            Due::Day { day, .. } => self.day(*day),
        }
    }

    /// A span of seconds, in the largest unit that says enough.
    pub(crate) fn span(&self, seconds: i64) -> String {
        match seconds {
            ..120 => say!(self, "span-seconds", n = seconds),
            120..7_200 => say!(self, "span-minutes", n = seconds / 60),
            7_200..172_800 => say!(self, "span-hours", n = seconds / 3_600),
            _ => say!(self, "span-days", n = seconds / 86_400),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::reader;
    use crate::texts::Language;

    #[test]
    fn the_hour_is_the_one_of_amsterdam_and_the_day_stands_first() {
        let (dutch, english) = (reader(Language::Dutch), reader(Language::English));
        let at = |text: &str| text.parse().unwrap();
        assert_eq!(dutch.clock(at("2026-11-30T11:30:00Z")), "12:30");
        assert_eq!(dutch.clock(at("2026-11-29T23:30:00Z")), "00:30", "that is today here");
        assert_eq!(dutch.clock(at("2026-07-01T10:00:00Z")), "01-07-2026 12:00");
        assert_eq!(english.clock(at("2026-07-01T10:00:00Z")), "01/07/2026 12:00");
    }

    #[test]
    fn a_span_is_told_in_its_own_unit() {
        let dutch = reader(Language::Dutch);
        let told = [1, 119, 600, 7_200, 400_000].map(|s| dutch.span(s));
        assert_eq!(told, ["1 seconde", "119 seconden", "10 minuten", "2 uur", "4 dagen"]);
    }
}
