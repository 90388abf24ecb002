//! Texts that people send, checked before anything is read.

use crate::web::Problem;
use domain::{Invalid, LocationId, breaks_a_line};
use engine::Ports;
use engine::views;
use std::collections::BTreeSet;

/// Characters of a reason, and of a name.
const LONGEST: usize = 200;

/// A problem of a value that has a type of its own.
pub(crate) fn wrong(field: &str, invalid: &Invalid) -> Problem {
    Problem::new(400, invalid.to_string()).in_field(field)
}

/// Reads a value of its own type.
pub(crate) fn id<T: std::str::FromStr<Err = Invalid>>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|invalid| wrong(field, &invalid))
}

/// A text for people, on one line.
pub(crate) fn words(field: &str, text: &str) -> Result<String, Problem> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.chars().count() > LONGEST || trimmed.chars().any(breaks_a_line) {
        let problem = Problem::new(400, format!("{field}: give 1 to {LONGEST} characters on one line"));
        return Err(problem.in_field(field).with("maximum", LONGEST));
    }
    Ok(trimmed.to_owned())
}

/// The locations that connections name.
pub(crate) async fn known_locations(world: &Ports) -> Result<BTreeSet<LocationId>, Problem> {
    Ok(views::locations(world).await?.locations.into_iter().map(|view| view.location).collect())
}

/// A location that no connection names.
pub(crate) fn unknown_location(field: &str, wanted: &LocationId, known: &BTreeSet<LocationId>) -> Problem {
    let names: Vec<&str> = known.iter().map(LocationId::as_str).collect();
    let detail = format!("{field}: got `{wanted}`, expected one of {}", names.join(", "));
    Problem::new(400, detail).in_field(field).with("expected", names)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn what_breaks_a_line_or_turns_it_round_is_no_name() {
        for odd in ["a\u{1b}b", "a\nb", "Ada\u{202e}adA", "Ada\u{2066}x", "a\u{2028}b"] {
            assert!(words("by", odd).is_err(), "{odd:?}");
        }
        assert_eq!(words("by", " Zoë O’Brien ").unwrap(), "Zoë O’Brien");
    }
}
