//! Login with Amazon: tokens of the seller and of the application, each alive for an hour.

use super::answers::{told, with_details};
use crate::simulated_channel::Setup;
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response, Secret};
use serde_json::json;
use std::collections::BTreeMap;

/// Seconds a token lives.
const LIFE_S: i64 = 3_600;

/// Tokens given out.
pub(super) struct Tokens {
    seed: u64,
    given: u64,
    /// When each ends, and whether it is the application's own.
    alive: BTreeMap<String, (Timestamp, bool)>,
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
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let is = |name: &str| form.get(name).map(String::as_str) == setup.credentials.get(name).map(Secret::expose);
        let refusal = |status, error: &str| told(status, &json!({ "error": error, "error_description": "Refused." }));
        if !is("client_id") || !is("client_secret") {
            return refusal(401, "invalid_client");
        }
        let grantless = match form.get("grant_type").map(String::as_str) {
            Some("refresh_token") if is("refresh_token") => false,
            Some("refresh_token") => return refusal(400, "invalid_grant"),
            Some("client_credentials") if form.get("scope").is_some_and(|s| s == "sellingpartnerapi::notifications") => true,
            _ => return refusal(400, "unsupported_grant_type"),
        };
        self.given += 1;
        let seed = self.seed.to_string();
        let token = format!("Atza|{:016x}", domain::fingerprint(&[seed.as_str(), "token", self.given.to_string().as_str()]));
        self.alive.retain(|_, (ends, _)| *ends > now);
        self.alive.insert(token.clone(), (now.saturating_add(SignedDuration::from_secs(LIFE_S)).unwrap_or(now), grantless));
        told(200, &json!({ "access_token": token, "token_type": "bearer", "expires_in": LIFE_S }))
    }

    /// The refusal of a request whose token is not alive, or is of the wrong kind.
    pub(super) fn refuse(&self, now: Timestamp, request: &Request, grantless: bool) -> Option<Response> {
        let token = request.headers().get("x-amz-access-token").and_then(|value| value.to_str().ok());
        match token.and_then(|token| self.alive.get(token)) {
            Some((ends, own)) if *ends > now && *own == grantless => None,
            Some((ends, _)) if *ends > now => Some(super::answers::denied()),
            _ => {
                let message = "Access to requested resource is denied.";
                Some(with_details(
                    403,
                    "Unauthorized",
                    message,
                    "The access token you provided is revoked, malformed or invalid.",
                ))
            }
        }
    }
}
