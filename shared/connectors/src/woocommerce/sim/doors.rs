//! Who may come in: Basic or keys in the query over https, OAuth 1.0a over plain http.
//!
//! Written apart from the connector's `auth`, so that one mistake is not made on both sides.

use super::shapes::refusal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ports::{Request, Response, Secret};
use ring::hmac;
use std::collections::BTreeMap;

const WINDOW_S: i64 = 15 * 60;

#[derive(Debug)]
pub(super) struct Doors {
    base_url: String,
    key: String,
    secret: String,
    /// Nonces and when they were used, seconds since 1970. The real shop remembers one per second; this one forgets none.
    nonces: BTreeMap<String, i64>,
    /// The key may read and not write.
    pub(super) reads_alone: bool,
}

impl Doors {
    pub(super) fn new(base_url: String, credentials: &BTreeMap<String, Secret>) -> Self {
        let get = |name| credentials.get(name).map(|s: &Secret| s.expose().to_owned()).unwrap_or_default();
        Self { base_url, key: get("consumer_key"), secret: get("consumer_secret"), nonces: BTreeMap::new(), reads_alone: false }
    }

    /// The path below `/wp-json`, or the refusal. What a key may do is looked at before anything else.
    pub(super) fn enter(&mut self, now: Timestamp, request: &Request) -> Result<String, Response> {
        let path = self.known(now, request)?;
        if self.reads_alone && request.method() != http::Method::GET {
            let words = "The API key provided does not have write permissions.";
            return Err(refusal(401, "woocommerce_rest_authentication_error", words));
        }
        Ok(path)
    }

    /// The path, of a caller who is known. WooCommerce's keys open its own routes, and those of plugins that begin with `wc-`.
    fn known(&mut self, now: Timestamp, request: &Request) -> Result<String, Response> {
        let home =
            self.base_url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| rest.split_at(at).1)).unwrap_or("");
        let below = request.uri().path().strip_prefix(home).unwrap_or(request.uri().path()).to_owned();
        let Some(path) = below.strip_prefix("/wp-json").filter(|p| p.starts_with("/wc/v3") || p.starts_with("/wc-")) else {
            return Err(refusal(404, "rest_no_route", "No route was found matching the URL and request method."));
        };
        let header = request.headers().get(http::header::AUTHORIZATION).and_then(|h| h.to_str().ok()).unwrap_or_default();
        let mut query: Vec<(String, String)> =
            url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
        if self.base_url.starts_with("https://") {
            let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", self.key, self.secret)));
            let has = |name: &str, value: &str| query.iter().any(|(n, v)| n == name && v == value);
            let known = header == basic || (has("consumer_key", &self.key) && has("consumer_secret", &self.secret));
            return if known { Ok(path.to_owned()) } else { Err(cannot_view()) };
        }
        // Basic is not even looked at here.
        if let Some(fields) = header.strip_prefix("OAuth ") {
            for field in fields.split(',') {
                let (name, value) = field.trim().split_once('=').unwrap_or_default();
                let value = value.trim_matches('"').replace('+', "%2B");
                let decoded = url::form_urlencoded::parse(format!("v={value}").as_bytes()).next().map(|(_, v)| v.into_owned());
                query.push((name.to_owned(), decoded.unwrap_or_default()));
            }
        }
        self.oauth(now, request.method().as_str(), &below, query).map(|()| path.to_owned())
    }

    fn oauth(&mut self, now: Timestamp, method: &str, path: &str, query: Vec<(String, String)>) -> Result<(), Response> {
        let refuse = |why: &str| refusal(401, "woocommerce_rest_authentication_error", why);
        let params: BTreeMap<String, String> = query.into_iter().collect();
        let get = |name: &str| params.get(name).cloned().ok_or_else(cannot_view);
        let (key, given) = (get("oauth_consumer_key")?, get("oauth_signature")?);
        let (nonce, timestamp) = (get("oauth_nonce")?, get("oauth_timestamp")?);
        if key != self.key {
            return Err(refuse("Consumer key is invalid."));
        }
        if get("oauth_signature_method")? != "HMAC-SHA256" {
            return Err(refuse("Invalid signature - signature method is invalid."));
        }
        // Twice encoded: each pair, and then the whole.
        let pairs: Vec<_> = params
            .iter()
            .filter(|(name, _)| *name != "oauth_signature")
            .map(|(name, value)| encode(&format!("{}={}", encode(name), encode(value))))
            .collect();
        let text = format!("{method}&{}&{}", encode(&format!("{}{path}", self.base_url)), pairs.join("%26"));
        let key = hmac::Key::new(hmac::HMAC_SHA256, format!("{}&", self.secret).as_bytes());
        if STANDARD.encode(hmac::sign(&key, text.as_bytes())) != given {
            return Err(refuse("Invalid signature - provided signature does not match."));
        }
        let timestamp: i64 = timestamp.parse().map_err(|_| refuse("Invalid timestamp."))?;
        let now = now.as_second();
        if (timestamp - now).abs() > WINDOW_S {
            return Err(refuse("Invalid timestamp."));
        }
        self.nonces.retain(|_, used| *used >= now - WINDOW_S);
        if self.nonces.insert(nonce, timestamp).is_some() {
            return Err(refuse("Invalid nonce - nonce has already been used."));
        }
        Ok(())
    }
}

fn cannot_view() -> Response {
    refusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            other => out = format!("{out}%{other:02X}"),
        }
    }
    out
}
