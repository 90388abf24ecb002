//! Consent and tokens: a code is used once, a token lives ten minutes, the next is given in its last thirty seconds, and a refresh token that is used
//! twice ends the family.

use http::{HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response, Secret};
use serde_json::json;
use std::collections::BTreeMap;

const LIVES: SignedDuration = SignedDuration::from_secs(600);
const NO_SOONER: SignedDuration = SignedDuration::from_secs(570);

#[derive(Default)]
pub(super) struct Tokens {
    credentials: BTreeMap<String, Secret>,
    code: Option<String>,
    /// The one that may be used, and when the token before was given.
    refresh: Option<(String, Timestamp)>,
    used: Vec<String>,
    access: Vec<(String, Timestamp)>,
    given: usize,
    codes: usize,
    refused: usize,
}

impl Tokens {
    pub(super) fn new(credentials: BTreeMap<String, Secret>) -> Self {
        Self { credentials, ..Self::default() }
    }

    pub(super) fn given(&self) -> usize {
        self.given
    }

    pub(super) fn refused(&self) -> usize {
        self.refused
    }

    /// The person who gave the consent is gone: nothing that was given holds.
    pub(super) fn revoke(&mut self) {
        self.access.clear();
        self.used.extend(self.refresh.take().map(|(refresh, _)| refresh));
    }

    pub(super) fn admits(&self, now: Timestamp, request: &Request) -> bool {
        let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let sent = sent.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        self.access.iter().any(|(token, at)| token == sent && now.duration_since(*at) < LIVES)
    }

    /// A person logs in and says yes at once.
    pub(super) fn consent(&mut self, request: &Request) -> Response {
        let query = crate::simulated_channel::query(request);
        let redirect = query.get("redirect_uri").cloned().unwrap_or_default();
        if query.get("client_id").map(String::as_str) != self.credential("client_id") || !redirect.starts_with("https://") {
            return answer(400, &json!({ "error": "invalid_request" }));
        }
        self.codes += 1;
        let code = format!("invented!code+{}", self.codes);
        let encoded: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        self.code = Some(code);
        let mut response = answer(302, &serde_json::Value::Null);
        if let Ok(location) = HeaderValue::from_str(&format!("{redirect}?code={encoded}")) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }

    pub(super) fn token(&mut self, now: Timestamp, request: &Request) -> Response {
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let is = |name: &str| form.get(name).map(String::as_str) == self.credential(name);
        if !is("client_id") || !is("client_secret") {
            return self.refuse(400, "invalid_client", "client authentication failed", None);
        }
        match form.get("grant_type").map(String::as_str) {
            Some("authorization_code") => match self.code.take() {
                Some(code) if form.get("code") == Some(&code) => self.give(now),
                _ => self.refuse(400, "invalid_grant", "The code is used or not known", None),
            },
            Some("refresh_token") => {
                let sent = form.get("refresh_token").cloned().unwrap_or_default();
                if self.used.contains(&sent) {
                    // Whoever has it, nobody is let in by its successors any more.
                    self.revoke();
                    return self.refuse(400, "invalid_grant", "Old refresh token used.", None);
                }
                match self.refresh.clone() {
                    Some((refresh, at)) if refresh == sent => {
                        if now.duration_since(at) < NO_SOONER {
                            let words = "Rate limit exceeded: access_token not expired";
                            return self.refuse(400, "access_denied", words, Some("TooEarlyToRefreshTokens: not yet"));
                        }
                        self.used.push(sent);
                        self.give(now)
                    }
                    _ => self.refuse(400, "invalid_request", "The refresh token expired", None),
                }
            }
            _ => self.refuse(400, "unsupported_grant_type", "", None),
        }
    }

    fn give(&mut self, now: Timestamp) -> Response {
        self.given += 1;
        let (access, refresh) = (format!("access-{}", self.given), format!("refresh-{}", self.given));
        self.access.push((access.clone(), now));
        self.refresh = Some((refresh.clone(), now));
        // A number in quotes.
        answer(200, &json!({ "access_token": access, "token_type": "bearer", "expires_in": "600", "refresh_token": refresh }))
    }

    fn refuse(&mut self, status: u16, error: &str, words: &str, reason: Option<&'static str>) -> Response {
        self.refused += 1;
        let mut response = answer(status, &json!({ "error": error, "error_description": words }));
        if let Some(reason) = reason {
            response.headers_mut().insert("reason", HeaderValue::from_static(reason));
        }
        response
    }

    fn credential(&self, name: &str) -> Option<&str> {
        self.credentials.get(name).map(Secret::expose)
    }
}

fn answer(status: u16, body: &serde_json::Value) -> Response {
    crate::simulated_channel::answer(status, "application/json", body)
}
