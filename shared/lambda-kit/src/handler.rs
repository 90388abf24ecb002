//! The three kinds of function, free of Lambda's types.

use async_trait::async_trait;
use bytes::Bytes;
use domain::Role;
use jiff::Timestamp;
use std::net::IpAddr;

/// One message of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The queue's name for this message.
    pub id: String,
    /// JSON text of a type in `contracts`.
    pub body: String,
    /// How often it was handed out, this time included: 1 is the first.
    pub receives: u32,
}

/// Messages that came together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// In the order of the queue, which promises none.
    pub records: Vec<Record>,
    /// When the function is stopped, UTC. What is not finished by then comes again.
    pub deadline: Timestamp,
}

/// Which messages must come again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchOutcome {
    /// `Record::id` of each.
    pub failed: Vec<String>,
}

impl BatchOutcome {
    /// All messages are done.
    pub fn done() -> Self {
        Self::default()
    }

    /// None is.
    pub fn all_failed(records: &[Record]) -> Self {
        Self { failed: records.iter().map(|record| record.id.clone()).collect() }
    }
}

/// A function behind a queue.
#[async_trait]
pub trait BatchHandler: Send + Sync {
    /// Handles the messages. One that comes a second time must do nothing more.
    async fn handle(&self, batch: Batch) -> BatchOutcome;
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Whoever holds the state folder of one machine: the owner, who says under which name.
    Owner,
    /// A program of one machine: the owner's as well, until there are users.
    ThisMachine,
    /// Somebody whose token the gateway has checked.
    Known {
        /// Who.
        name: String,
        /// What they may.
        role: Role,
    },
    /// Whoever it is must prove it, by a session or a machine token.
    Anybody,
}

/// A request from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpCall {
    /// The method.
    pub method: http::Method,
    /// The path, from the slash on, without the query.
    pub path: String,
    /// The query, decoded, in its order. A name may come twice.
    pub query: Vec<(String, String)>,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// The raw bytes.
    pub body: Bytes,
    /// Who asks, as far as whatever stands before the function knows. Personal data: not for logs.
    pub asker: Asker,
    /// The address it came from; none: nobody knows. Personal data: not for logs.
    pub from: Option<IpAddr>,
    /// When it arrived, UTC.
    pub received_at: Timestamp,
}

impl HttpCall {
    /// The first header of this name, given in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The answer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// HTTP status.
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// The raw bytes.
    pub body: Bytes,
}

impl HttpAnswer {
    /// An answer with nothing in it.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: vec![], body: Bytes::new() }
    }

    /// Words for people.
    pub fn text(status: u16, words: impl Into<Bytes>) -> Self {
        Self::of_type(status, "text/plain; charset=utf-8", words)
    }

    /// Why a request was not answered as wished (RFC 9457), in the words of the API's problems.
    pub fn problem(status: u16, detail: &str) -> Self {
        let (code, title) = match status {
            400 => ("bad_input", "The request is not understood"),
            401 | 403 => ("not_allowed", "Not allowed"),
            _ => ("broken", "Something went wrong on our side"),
        };
        let problem = serde_json::json!({ "code": code, "title": title, "status": status, "detail": detail });
        Self::of_type(status, "application/problem+json", problem.to_string())
    }

    /// JSON text.
    pub fn json(status: u16, json: impl Into<Bytes>) -> Self {
        Self::of_type(status, "application/json", json)
    }

    /// A body of the given media type.
    pub fn of_type(status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), media_type.to_owned())], body: body.into() }
    }
}

/// A function behind the HTTP API.
#[async_trait]
pub trait HttpHandler: Send + Sync {
    /// Answers the request.
    async fn handle(&self, call: HttpCall) -> HttpAnswer;
}

/// A function behind a schedule.
#[async_trait]
pub trait ScheduleHandler: Send + Sync {
    /// Does what is due. `payload` is JSON text; the answer is for whoever looks at the invocation.
    async fn handle(&self, payload: &str, deadline: Timestamp) -> ports::Result<String>;
}
