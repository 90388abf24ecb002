//! Tokens of an integration, each alive for ten minutes.

use super::answers::{refusal, told};
use crate::simulated_channel::{Setup, body};
use http::header;
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response, Secret};
use serde_json::json;
use std::collections::BTreeMap;

/// Seconds a token lives.
const LIFE_S: i64 = 600;

/// Tokens given out.
pub(super) struct Tokens {
    seed: u64,
    given: u64,
    alive: BTreeMap<String, Timestamp>,
}

impl Tokens {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, given: 0, alive: BTreeMap::new() }
    }

    pub(super) fn revoke(&mut self) {
        self.alive.clear();
    }

    /// Answers the token address.
    pub(super) fn give(&mut self, now: Timestamp, setup: &Setup, request: &Request) -> Response {
        let asked = body(request);
        let is = |field: &str, name: &str| asked[field].as_str() == setup.credentials.get(name).map(Secret::expose);
        if asked["grant_type"] != "client_credentials" {
            return refusal(400, "2", "The authorization grant type is not supported by the authorization server.");
        }
        if !is("client_id", "access_key_id") || !is("client_secret", "secret_access_key") {
            return refusal(401, "4", "Client authentication failed");
        }
        self.given += 1;
        let (seed, given) = (self.seed.to_string(), self.given.to_string());
        let token = format!("sim.{:016x}", domain::fingerprint(&[seed.as_str(), "token", given.as_str()]));
        self.alive.retain(|_, ends| *ends > now);
        self.alive.insert(token.clone(), now.saturating_add(SignedDuration::from_secs(LIFE_S)).unwrap_or(now));
        told(200, &json!({ "token_type": "Bearer", "expires_in": LIFE_S, "access_token": token }))
    }

    /// The refusal of a request whose token is not alive.
    pub(super) fn refuse(&self, now: Timestamp, request: &Request) -> Option<Response> {
        let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let ends = bearer.and_then(|text| self.alive.get(text.strip_prefix("Bearer ")?));
        if ends.is_some_and(|ends| *ends > now) {
            return None;
        }
        Some(refusal(401, "9", "The resource owner or authorization server denied the request."))
    }
}
