//! Why a request was not answered as wished, as RFC 9457 writes it.

use super::answer;
use super::document;
use super::layers::as_json;
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response, StatusCode};
use axum::response::IntoResponse;
use engine::rows::is_unreadable_row;
use http::header::CONTENT_TYPE;
use ports::{Error, Status};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a program looks at, and by which the page says it in the reader's language. Codes are never renamed and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request is not understood, or a field of it is wrong.
    BadInput,
    /// The path does not know a parameter of the query; arguments `unknown` and `known`.
    UnknownParameter,
    /// The header `Idempotency-Key` is missing.
    MissingIdempotencyKey,
    /// Something else was entered under the same `Idempotency-Key`.
    IdempotencyKeyReused,
    /// Whoever asks may not.
    NotAllowed,
    /// Nobody knows who asks: sign in, or send a machine token.
    SignInNeeded,
    /// The role of whoever asks may not do this; arguments `role`, `needs` and `roles`.
    RoleMayNot,
    /// Too many attempts to sign in failed; argument `seconds`.
    TooManyAttempts,
    /// There is no such thing.
    NotFound,
    /// The path is there, and does not take this method; argument `allowed`.
    WrongMethod,
    /// Somebody else was changing the same.
    Conflict,
    /// There is too much of it; argument `maximum`.
    TooLarge,
    /// The body is of a kind that is not taken here.
    WrongMediaType,
    /// It is understood, and as things are it cannot be done.
    Declined,
    /// The data were erased for good: they cannot be had, and are not read again.
    Erased,
    /// Not now: later it may be.
    NotNow,
    /// It may have been done: look before you ask again.
    OutcomeUnknown,
    /// A channel answered what nobody understands.
    ChannelNotUnderstood,
    /// Something is broken on our side.
    Broken,
}

impl Code {
    /// What a status means where nothing more is known.
    fn of(status: u16) -> Self {
        match status {
            400 => Self::BadInput,
            401 | 403 => Self::NotAllowed,
            404 => Self::NotFound,
            405 => Self::WrongMethod,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            415 => Self::WrongMediaType,
            422 => Self::Declined,
            408 | 429 | 503 => Self::NotNow,
            410 => Self::Erased,
            502 => Self::ChannelNotUnderstood,
            _ => Self::Broken,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::BadInput => "The request is not understood",
            Self::UnknownParameter => "The request has a parameter that is not known here",
            Self::MissingIdempotencyKey => "The request needs an idempotency key",
            Self::IdempotencyKeyReused => "The idempotency key is in use for something else",
            Self::NotAllowed => "Not allowed",
            Self::SignInNeeded => "Sign in first",
            Self::RoleMayNot => "Your role may not do this",
            Self::TooManyAttempts => "Too many attempts failed",
            Self::NotFound => "Not found",
            Self::WrongMethod => "The path does not take this method",
            Self::Conflict => "Somebody else was changing the same",
            Self::TooLarge => "The request is too large",
            Self::WrongMediaType => "The body is of a kind that is not taken here",
            Self::Declined => "The request cannot be done",
            Self::Erased => "The data were erased",
            Self::NotNow => "Not now",
            Self::OutcomeUnknown => "It may have been done",
            Self::ChannelNotUnderstood => "The channel is not understood",
            Self::Broken => "Something went wrong on our side",
        }
    }
}

/// Why a request was not answered as wished (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// The kind of problem, for programs.
    pub code: Code,
    /// The same in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// The field, parameter or header it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Figures and names of the sentence, by which a page makes it in another language.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub arguments: Map<String, Value>,
}

impl Problem {
    /// A problem; its kind follows from the status. Whatever stands before the routes refuses in the same words.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self::of(Code::of(status), status, detail)
    }

    /// A problem of this kind.
    pub(crate) fn of(code: Code, status: u16, detail: impl Into<String>) -> Self {
        let title = code.title().to_owned();
        Self { code, title, status, detail: detail.into(), field: None, arguments: Map::new() }
    }

    /// Of this kind rather.
    pub(crate) fn coded(self, code: Code) -> Self {
        Self { code, title: code.title().to_owned(), ..self }
    }

    /// About this field.
    #[must_use]
    pub fn in_field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// With an argument of its sentence.
    #[must_use]
    pub fn with(mut self, name: &str, argument: impl Into<Value>) -> Self {
        self.arguments.insert(name.to_owned(), argument.into());
        self
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let (status, unknown) = (error.http_status(), error.status == Status::Unknown);
        // Whoever is told that it was logged, or called by an alarm on 5xx, finds it.
        if status >= 500 {
            let Error { operation, kind, detail, .. } = &error;
            tracing::error!(operation, ?kind, detail, status, "a request failed");
        }
        // What is a mistake of ours, or of the setup, is for the log and not for whoever asks. A row that cannot be read is named: it does not
        // mend itself, and its key holds nothing about a buyer.
        let hidden = status == 500 && !is_unreadable_row(&error);
        let detail = if hidden { "It was logged; please try again later.".to_owned() } else { error.message };
        let code = if unknown { Code::OutcomeUnknown } else { Code::of(status) };
        let field = if status == 400 { named(&detail).map(str::to_owned) } else { None };
        Self { field, ..Self::of(code, status, detail) }
    }
}

/// The field that a refusal begins with: `limit: got 0, expected …`.
fn named(detail: &str) -> Option<&str> {
    let (field, _) = detail.split_once(": ")?;
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
    (!field.is_empty() && field.chars().all(is_name)).then_some(field)
}

impl IntoResponse for Problem {
    fn into_response(self) -> axum::response::Response {
        let status = http::StatusCode::from_u16(self.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(CONTENT_TYPE, "application/problem+json")], as_json(&self)).into_response()
    }
}

impl OperationOutput for Problem {
    type Inner = Self;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Response)> {
        let schema = document::answered::<Self>();
        vec![(None, answer::of("It could not be done.", "application/problem+json", schema))]
    }
}
