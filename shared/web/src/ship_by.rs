//! By when something must leave, and whether that is past: in words, for nobody sees a colour.

use crate::chip::{Tone, chip};
use crate::moment::ZONE;
use crate::reader::{Reader, say};
use domain::Due;
use maud::Markup;

/// How a promise stands to now, by the clocks here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// It is past.
    Late,
    /// It is for today.
    Today,
    /// It is for another day.
    Later,
}

impl Reader {
    /// How a promise stands to now.
    pub(crate) fn urgency(&self, due: &Due) -> Urgency {
        let today = self.now.to_zoned(ZONE).date();
        let day = match due {
            Due::At(at) if *at < self.now => return Urgency::Late,
            Due::At(at) => at.to_zoned(ZONE).date(),
            Due::Day { day, .. } => *day,
        };
        match day.cmp(&today) {
            std::cmp::Ordering::Less => Urgency::Late,
            std::cmp::Ordering::Equal => Urgency::Today,
            std::cmp::Ordering::Greater => Urgency::Later,
        }
    }
}

/// A promise as a word with its day or hour.
pub(crate) fn ship_by(reader: &Reader, due: &Due) -> Markup {
    let at = reader.due(due);
    match reader.urgency(due) {
        Urgency::Late => chip(Tone::Bad, &say!(reader, "ship-by-late", at = at)),
        Urgency::Today => chip(Tone::Wait, &say!(reader, "ship-by-today", at = at)),
        Urgency::Later => chip(Tone::Plain, &say!(reader, "ship-by-later", at = at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::reader;
    use crate::texts::Language;

    #[test]
    fn a_promise_is_late_from_the_moment_that_it_is_past_here() {
        // 13:00 in Amsterdam.
        let reader = reader(Language::Dutch);
        let due = |text: &str| reader.urgency(&Due::try_from(text.to_owned()).unwrap());
        assert_eq!(due("2026-11-30T11:59:59Z"), Urgency::Late);
        assert_eq!(due("2026-11-30T12:00:00Z"), Urgency::Today);
        assert_eq!(due("2026-11-30T22:59:59Z"), Urgency::Today);
        assert_eq!(due("2026-11-30T23:00:00Z"), Urgency::Later, "that is tomorrow here");
        assert_eq!(due("2026-11-29[Europe/Amsterdam]"), Urgency::Late);
        assert_eq!(due("2026-11-30[Europe/Amsterdam]"), Urgency::Today);
        assert_eq!(due("2026-12-01[Europe/Amsterdam]"), Urgency::Later);
        let late = ship_by(&reader, &Due::try_from("2026-11-29[Europe/Amsterdam]".to_owned()).unwrap()).0;
        assert!(late.contains("te laat"), "{late}");
    }
}
