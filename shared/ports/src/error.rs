//! The one error. What to do about it is a property of the error, not of the caller.

use std::time::Duration;

/// Short for a result with the one error.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// What came in does not fit: a field is missing, a value is out of bounds.
    BadInput,
    /// The other side does not accept our credentials or token; or a signature is wrong.
    Unauthorized,
    /// Credentials are right, permission is missing.
    Forbidden,
    /// It does not exist there.
    NotFound,
    /// Somebody else changed it in between.
    Conflict,
    /// The other side understood and declined, for a reason of its own.
    Declined,
    /// Too many calls, or planned maintenance. Not a failure: rescheduled.
    RateLimited,
    /// The other side is down or answers nonsense of the 5xx kind.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// An answer that breaks the contract.
    Protocol,
    /// A setting is missing or wrong.
    Configuration,
    /// A mistake of ours.
    Bug,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The same call will fail again.
    Permanent,
    /// Nothing was done; the same call may work later.
    Temporary {
        /// Not before this much time has passed, if the other side said so.
        retry_after: Option<Duration>,
    },
    /// It may have been done. Read back before deciding.
    Unknown,
}

/// What the caller does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Try again soon.
    Retry,
    /// Try again, not before this much time has passed.
    RetryAt(Duration),
    /// Look whether it was done, then decide.
    ReadBack,
    /// A person must see it; others go on.
    Park,
    /// A mistake of ours: the dead-letter queue and its alarm.
    DeadLetter,
}

/// An error with a text for people and, apart from it, details for logs. Neither holds personal data or secrets.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind:?} {detail}")]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Whether trying again can help.
    pub status: Status,
    /// What was being done: `bol.orders`.
    pub operation: &'static str,
    /// For people: what happened and what to do, in one sentence.
    pub message: String,
    /// For logs.
    pub detail: String,
    /// What caused it, if that was an error too.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of this kind with the kind's usual status; `message` is for people.
    pub fn new(kind: ErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
        let status = match kind {
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Conflict => Status::Temporary { retry_after: None },
            ErrorKind::Timeout => Status::Unknown,
            ErrorKind::BadInput
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Declined
            | ErrorKind::Protocol
            | ErrorKind::Configuration
            | ErrorKind::Bug => Status::Permanent,
        };
        let message = message.into();
        Self { kind, status, operation, detail: message.clone(), message, source: None }
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// With details for logs.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// With its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// How long the other side asked to wait, if it did.
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        match self.status {
            Status::Temporary { retry_after } => retry_after,
            Status::Permanent | Status::Unknown => None,
        }
    }

    /// What to do next.
    pub fn disposition(&self) -> Disposition {
        match (self.status, self.kind) {
            (Status::Unknown, _) => Disposition::ReadBack,
            (Status::Temporary { retry_after: Some(after) }, _) => Disposition::RetryAt(after),
            (Status::Temporary { retry_after: None }, _) => Disposition::Retry,
            (Status::Permanent, ErrorKind::Bug) => Disposition::DeadLetter,
            (
                Status::Permanent,
                ErrorKind::BadInput
                | ErrorKind::Unauthorized
                | ErrorKind::Forbidden
                | ErrorKind::NotFound
                | ErrorKind::Conflict
                | ErrorKind::Declined
                | ErrorKind::RateLimited
                | ErrorKind::Unavailable
                | ErrorKind::Timeout
                | ErrorKind::Protocol
                | ErrorKind::Configuration,
            ) => Disposition::Park,
        }
    }

    /// The HTTP status that fits, where the error is the answer to a request of somebody else.
    pub fn http_status(&self) -> u16 {
        match self.kind {
            ErrorKind::BadInput => 400,
            ErrorKind::Unauthorized => 401,
            ErrorKind::Forbidden => 403,
            ErrorKind::NotFound => 404,
            ErrorKind::Conflict => 409,
            ErrorKind::Declined => 422,
            ErrorKind::RateLimited => 429,
            ErrorKind::Unavailable | ErrorKind::Timeout => 503,
            ErrorKind::Protocol => 502,
            ErrorKind::Configuration | ErrorKind::Bug => 500,
        }
    }
}

impl From<domain::Invalid> for Error {
    fn from(invalid: domain::Invalid) -> Self {
        Self::new(ErrorKind::BadInput, "check", invalid.to_string())
    }
}
