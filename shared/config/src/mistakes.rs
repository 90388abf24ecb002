//! Everything that is wrong, collected, so that a person mends all of it at once.

use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// File and line: `sluis.toml:12`.
    pub place: String,
    /// What is wrong and what was expected.
    pub what: String,
}

/// All mistakes of a configuration; never empty when shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    pub(super) fn add(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.0.push(Mistake { place: one_line(&place.into()), what: one_line(&what.into()) });
    }
}

/// What is quoted of a file may hold anything: what would break a line is shown by its code, so that a mistake stays one line.
fn one_line(text: &str) -> String {
    let shown = |c: char| if domain::breaks_a_line(c) { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.0 {
            writeln!(f, "{}: {}", mistake.place, mistake.what)?;
        }
        match self.0.len() {
            1 => write!(f, "1 mistake"),
            many => write!(f, "{many} mistakes"),
        }
    }
}
