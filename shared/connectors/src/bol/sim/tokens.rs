//! The token address. Tokens end after 299 seconds, or when they are revoked.

use super::answers::{dated, problem, scrambled};
use crate::simulated_channel::{Setup, answer};
use base64::Engine as _;
use http::{Method, header};
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response, Secret};
use serde_json::json;
use std::collections::BTreeMap;

/// Seconds a token lives.
const LIFE_S: i64 = 299;

/// Tokens given out.
pub(super) struct Tokens {
    seed: u64,
    given: u64,
    /// When each ends.
    alive: BTreeMap<String, Timestamp>,
}

impl Tokens {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, given: 0, alive: BTreeMap::new() }
    }

    pub(super) fn revoke(&mut self) {
        self.alive.clear();
    }

    /// Answers the token address. The grant may stand in the form or in the query.
    pub(super) fn give(&mut self, now: Timestamp, setup: &Setup, request: &Request) -> Response {
        if *request.method() != Method::POST {
            return problem(405, "Method Not Allowed", "Tokens are asked for with POST.");
        }
        let credential = |name: &str| setup.credentials.get(name).map_or("", Secret::expose);
        let pair = format!("{}:{}", credential("client_id"), credential("client_secret"));
        let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
        if authorization(request) != Some(basic.as_str()) {
            let refusal = json!({ "error": "invalid_client", "error_description": "Bad client credentials" });
            return answer(401, "application/json", &refusal);
        }
        let query = request.uri().query().unwrap_or_default().as_bytes();
        let mut pairs = url::form_urlencoded::parse(query).chain(url::form_urlencoded::parse(request.body()));
        if !pairs.any(|(name, value)| name == "grant_type" && value == "client_credentials") {
            return answer(400, "application/json", &json!({ "error": "unsupported_grant_type" }));
        }
        self.given += 1;
        let token = scrambled(self.seed, "token", self.given);
        self.alive.retain(|_, ends| *ends > now);
        self.alive.insert(token.clone(), now.saturating_add(SignedDuration::from_secs(LIFE_S)).unwrap_or(now));
        let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": LIFE_S, "scope": "RETAILER" });
        answer(200, "application/json;charset=UTF-8", &body)
    }

    /// The refusal of a request whose token is not alive.
    pub(super) fn refuse(&self, now: Timestamp, request: &Request) -> Option<Response> {
        let token = authorization(request).and_then(|a| a.strip_prefix("Bearer "));
        if token.and_then(|t| self.alive.get(t)).is_some_and(|ends| *ends > now) {
            return None;
        }
        Some(match token {
            Some(_) => problem(401, "Expired JWT", &format!("JWT expired. Current time: {}.", dated(now))),
            None => problem(401, "Unauthorized", "There is no bearer token."),
        })
    }
}

fn authorization(request: &Request) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION)?.to_str().ok()
}
