//! Holds recorded exchanges against a channel's official contract, with unknown fields forbidden.
//!
//! Nothing here knows a channel: each kind of contract (OpenAPI, a GraphQL schema, an index of `WordPress` routes) is a checker.

mod document;
mod graphql;
mod openapi;
mod strict;
mod value;
mod wordpress;

pub use graphql::GraphQl;
pub use openapi::OpenApi;
pub use strict::{Form, strictly};
pub use wordpress::WordPress;

use crate::wire::Exchange;
use http::header::HeaderName;
use ports::{Request, Response};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a checker says of one exchange.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Which kind of call it is: `GET /retailer/orders`.
    pub kind: String,
    /// What of the request the contract does not allow.
    pub request: Vec<String>,
    /// What of the answer the contract does not allow.
    pub response: Vec<String>,
    /// Whether the contract has a form for this answer.
    pub answer_has_form: bool,
}

/// A contract.
pub trait Contract {
    /// Judges one exchange.
    fn judge(&self, exchange: &Exchange) -> Verdict;
}

/// What was found over many exchanges.
#[derive(Debug, Default)]
pub struct Report {
    /// Requests checked, by kind.
    pub kinds: BTreeMap<String, usize>,
    /// Answers checked, by kind.
    pub answers: BTreeMap<String, usize>,
    /// Calls of the token address, which no contract describes.
    pub token_calls: usize,
    /// Requests against the contract, each once.
    pub bad_requests: BTreeMap<String, usize>,
    /// Answers of the simulator against the contract, each once.
    pub bad_answers: BTreeMap<String, usize>,
}

impl Report {
    /// Judges all; `token` tells the calls of the token address.
    pub fn of(contract: &dyn Contract, exchanges: &[Exchange], token: impl Fn(&Request) -> bool) -> Self {
        let mut report = Self::default();
        for exchange in exchanges {
            if token(&exchange.request) {
                report.token_calls += 1;
                continue;
            }
            let verdict = contract.judge(exchange);
            *report.kinds.entry(verdict.kind.clone()).or_default() += 1;
            if verdict.answer_has_form {
                *report.answers.entry(verdict.kind.clone()).or_default() += 1;
            }
            for flaw in verdict.request {
                *report.bad_requests.entry(format!("{}: {flaw}", verdict.kind)).or_default() += 1;
            }
            for flaw in verdict.response {
                *report.bad_answers.entry(format!("{}: {flaw}", verdict.kind)).or_default() += 1;
            }
        }
        report
    }

    /// One line for people.
    pub fn line(&self, channel: &str) -> String {
        let (requests, answers): (usize, usize) = (self.kinds.values().sum(), self.answers.values().sum());
        let (kinds, tokens) = (self.kinds.len(), self.token_calls);
        format!(
            "{channel}: {requests} requests checked against the official contract ({kinds} kinds), {tokens} token calls apart; \
             {answers} answers of its simulator checked too"
        )
    }
}

fn header(headers: &http::HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

fn answered(response: Option<&Response>) -> Option<Value> {
    serde_json::from_slice(response?.body()).ok()
}

fn query(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect()
}

/// Text as it stands in an address, as the type the schema asks for; text that is none of it stays text, and fails there.
fn typed(text: &str, schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Some("boolean") => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
        Some("array") => text.split(',').map(|part| typed(part, &schema["items"])).collect(),
        _ => text.into(),
    }
}
