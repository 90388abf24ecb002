//! Why something was not done, told from its code and its arguments in the reader's language.

use crate::reader::{Reader, say};
use serde_json::{Map, Value};

/// A problem as the API has it, without its English sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// Its kind, as the API names it.
    pub code: String,
    /// The field it is about.
    pub field: Option<String>,
    /// Figures and names of its sentence.
    pub arguments: Map<String, Value>,
}

impl Problem {
    /// The field of a form: `lines.0.units` is about the lines.
    pub(crate) fn form_field(&self) -> Option<&str> {
        self.field.as_deref().and_then(|field| field.split('.').next())
    }

    /// Its sentence; `act` is what was to be done, where that says more than the kind.
    pub(crate) fn told(&self, reader: &Reader, act: &str) -> String {
        let number = |name: &str| self.arguments.get(name).and_then(Value::as_i64);
        let particular = match (self.code.as_str(), act) {
            ("declined", "deleted") => Some(say!(reader, "problem-declined-deleted")),
            ("declined", "cover") => Some(say!(reader, "problem-declined-cover")),
            ("declined", "ship") if self.form_field() == Some("location") => Some(say!(reader, "problem-declined-stock")),
            ("declined", "transfer") => Some(say!(reader, "problem-declined-stock")),
            ("not_allowed", "sign-in") => Some(say!(reader, "problem-sign-in")),
            ("declined", "sign-in") => Some(say!(reader, "problem-sign-in-tls")),
            ("bad_input", "ship" | "cancel" | "return") if self.form_field() == Some("lines") => {
                Some(say!(reader, "problem-lines"))
            }
            ("bad_input", _) if self.form_field() == Some("by") => Some(say!(reader, "problem-by")),
            ("bad_input", _) => match (number("minimum"), number("maximum")) {
                (Some(least), _) => Some(say!(reader, "problem-minimum", n = least)),
                (None, Some(most)) => Some(say!(reader, "problem-maximum", n = most)),
                (None, None) => self.expected(reader),
            },
            _ => None,
        };
        particular.unwrap_or_else(|| self.of_its_kind(reader))
    }

    fn expected(&self, reader: &Reader) -> Option<String> {
        let Some(Value::Array(names)) = self.arguments.get("expected") else { return None };
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        Some(say!(reader, "problem-expected", names = names.join(", ")))
    }

    /// How long somebody waits, in minutes that are begun.
    fn minutes(&self) -> i64 {
        let seconds = self.arguments.get("seconds").and_then(Value::as_i64).unwrap_or_default();
        (seconds + 59).div_euclid(60)
    }

    fn of_its_kind(&self, reader: &Reader) -> String {
        match self.code.as_str() {
            "bad_input" => say!(reader, "problem-bad-input"),
            "unknown_parameter" => say!(reader, "problem-unknown-parameter"),
            "missing_idempotency_key" => say!(reader, "problem-missing-idempotency-key"),
            "idempotency_key_reused" => say!(reader, "problem-idempotency-key-reused"),
            "not_allowed" => say!(reader, "problem-not-allowed"),
            "sign_in_needed" => say!(reader, "problem-sign-in-needed"),
            "role_may_not" => say!(reader, "problem-role-may-not"),
            "too_many_attempts" => say!(reader, "problem-too-many-attempts", n = self.minutes()),
            "not_found" => say!(reader, "problem-not-found"),
            "wrong_method" => say!(reader, "problem-wrong-method"),
            "conflict" => say!(reader, "problem-conflict"),
            "too_large" => say!(reader, "problem-too-large"),
            "wrong_media_type" => say!(reader, "problem-wrong-media-type"),
            "declined" => say!(reader, "problem-declined"),
            "erased" => say!(reader, "problem-erased"),
            "not_now" => say!(reader, "problem-not-now"),
            "outcome_unknown" => say!(reader, "problem-outcome-unknown"),
            "channel_not_understood" => say!(reader, "problem-channel-not-understood"),
            _ => say!(reader, "problem-broken"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::reader;
    use crate::texts::Language;

    #[test]
    fn a_problem_is_told_from_its_code_and_arguments() {
        let dutch = reader(Language::Dutch);
        let of = |code: &str, field: &str, arguments: Value| Problem {
            code: code.to_owned(),
            field: Some(field.to_owned()),
            arguments: arguments.as_object().unwrap().clone(),
        };
        let told = |problem: &Problem, act: &str| problem.told(&dutch, act);
        assert!(told(&of("bad_input", "reason", serde_json::json!({ "maximum": 200 })), "dismiss").contains("200"));
        let places = serde_json::json!({ "expected": ["main", "store"] });
        assert!(told(&of("bad_input", "location", places), "ship").contains("main, store"));
        assert_ne!(
            told(&of("declined", "", serde_json::json!({})), "deleted"),
            told(&of("declined", "", serde_json::json!({})), "x")
        );
        assert_eq!(of("bad_input", "lines.0.units", serde_json::json!({})).form_field(), Some("lines"));
    }
}
