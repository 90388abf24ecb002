//! Answers: JSON with a tag that spares sending the same again, and problems that say what to do.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::rows::is_unreadable_row;
use lambda_kit::{HttpAnswer, HttpCall};
use ports::Error;
use serde::Serialize;

/// Why a request was not answered as wished (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// The kind of problem, the same words for every problem of its kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// The field or parameter it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Problem {
    /// A problem; its title follows from the status.
    pub(crate) fn new(status: u16, detail: impl Into<String>) -> Self {
        let title = match status {
            400 => "The request is not understood",
            401 | 403 => "Not allowed",
            404 => "Not found",
            405 => "The path does not take this method",
            409 => "Somebody else was changing the same",
            413 => "The request is too large",
            415 => "The body is of a kind that is not taken here",
            422 => "The request cannot be done",
            429 | 503 => "Not now",
            _ => "Something went wrong on our side",
        };
        Self { title: title.to_owned(), status, detail: detail.into(), field: None }
    }

    /// About this field.
    pub(crate) fn in_field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    pub(crate) fn answer(&self) -> HttpAnswer {
        HttpAnswer::of_type(self.status, "application/problem+json", as_json(self))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = error.http_status();
        // Whoever is told that it was logged, or called by an alarm on 5xx, finds it.
        if status >= 500 {
            let Error { operation, kind, detail, .. } = &error;
            tracing::error!(operation, ?kind, detail, status, "a request failed");
        }
        // What is a mistake of ours, or of the setup, is for the log and not for whoever asks. A row that cannot be read is named: it does not
        // mend itself, and its key holds nothing about a buyer.
        let hidden = status == 500 && !is_unreadable_row(&error);
        let detail = if hidden { "It was logged; please try again later.".to_owned() } else { error.message };
        Self::new(status, detail)
    }
}

pub(crate) fn as_json<T: Serialize>(value: &T) -> Vec<u8> {
    // Views are made of strings, numbers and lists of those, which always encode.
    serde_json::to_vec(value).unwrap_or_default()
}

/// JSON, or 304 if the caller has it already.
pub(crate) fn json<T: Serialize>(call: &HttpCall, value: &T) -> HttpAnswer {
    tagged(call, "application/json", as_json(value))
}

/// Any body, or 304 if the caller has it already.
pub(crate) fn tagged(call: &HttpCall, media_type: &str, body: Vec<u8>) -> HttpAnswer {
    let tag = format!("\"{}\"", &sha256(&body)[..22]);
    let known =
        call.header("if-none-match").is_some_and(|tags| tags.split(',').any(|t| t.trim().trim_start_matches("W/") == tag));
    let mut answer = if known { HttpAnswer::empty(304) } else { HttpAnswer::of_type(200, media_type, body) };
    answer.headers.push(("etag".into(), tag));
    answer.headers.push(("cache-control".into(), "private, no-cache".into()));
    answer
}

/// In the alphabet that needs no escape in a URL; 43 characters.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, bytes))
}
