//! What happened, one line per event. The same world gives the same bytes.

use jiff::Timestamp;
use serde_json::json;

/// A history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    lines: Vec<String>,
    /// Whether events are printed as they happen.
    pub aloud: bool,
}

impl History {
    /// That is printed as it happens.
    pub fn aloud() -> Self {
        Self { aloud: true, ..Self::default() }
    }

    pub(super) fn note(&mut self, at: Timestamp, event: &str) {
        if self.aloud {
            println!("{at} {event}");
        }
        self.lines.push(json!({ "at": at.to_string(), "event": event }).to_string());
    }

    /// As JSON lines.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}
