//! Who may call, and how much: tokens that end after 24 hours, and the bucket of cost points.

use super::ids::Ids;
use crate::simulated_channel::{self, Setup};
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Points in a full bucket on the smallest plan.
const FULL: i64 = 2000;
/// Points restored per second on the smallest plan.
const PER_SECOND: i64 = 100;
/// How long a granted token lives, in seconds.
const TOKEN_LIFE_S: i64 = 86_399;

#[derive(Debug)]
pub(super) struct Gate {
    tokens: BTreeMap<String, Timestamp>,
    points: i64,
    filled_at: Option<Timestamp>,
    /// Permissions that the app was given. Who may write may read, and only the writing is named.
    given: BTreeSet<&'static str>,
}

/// Every permission the set-up asks for.
const ALL: [&str; 6] = [
    "write_orders",
    "write_products",
    "read_locations",
    "write_inventory",
    "write_merchant_managed_fulfillment_orders",
    "write_returns",
];

impl Gate {
    pub(super) fn new(setup: &Setup) -> Self {
        let given = setup.credentials.get("access_token").map(|t| (t.expose().to_owned(), Timestamp::MAX));
        Self { tokens: given.into_iter().collect(), points: FULL, filled_at: None, given: ALL.into() }
    }

    pub(super) fn revoke(&mut self) {
        self.tokens.clear();
    }

    /// Answers the token endpoint.
    pub(super) fn grant(&mut self, now: Timestamp, setup: &Setup, ids: &mut Ids, request: &Request) -> Response {
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let right = |name: &str| form.get(name).map(String::as_str) == setup.credentials.get(name).map(ports::Secret::expose);
        if form.get("grant_type").map(String::as_str) != Some("client_credentials") {
            return refusal(400, "unsupported_grant_type");
        }
        if !right("client_id") || !right("client_secret") {
            return refusal(400, "invalid_client");
        }
        let token = format!("simulated-{}", ids.uuid());
        let ends = now.saturating_add(SignedDuration::from_secs(TOKEN_LIFE_S)).unwrap_or(Timestamp::MAX);
        self.tokens.insert(token.clone(), ends);
        let body =
            json!({ "access_token": token, "scope": "read_orders,read_products,write_inventory", "expires_in": TOKEN_LIFE_S });
        simulated_channel::answer(200, "application/json", &body)
    }

    /// Whether the request carries a token that is good now.
    pub(super) fn admits(&self, now: Timestamp, request: &Request) -> bool {
        let given = request.headers().get(crate::shopify::graphql::TOKEN_HEADER).and_then(|v| v.to_str().ok());
        given.and_then(|token| self.tokens.get(token)).is_some_and(|ends| now < *ends)
    }

    /// The app is not given a permission any more. False if it had none of that name.
    pub(super) fn lack(&mut self, right: &str) -> bool {
        self.given.remove(right)
    }

    /// `Installed`: what the app was given.
    pub(super) fn installed(&self) -> Value {
        let scopes: Vec<Value> = self.given.iter().map(|handle| json!({ "handle": handle })).collect();
        json!({ "currentAppInstallation": { "accessScopes": scopes }, "shop": { "myshopifyDomain": "simulated.myshopify.com" } })
    }

    /// Whether the bucket holds this many points now.
    pub(super) fn affords(&mut self, now: Timestamp, points: i64) -> bool {
        if let Some(since) = self.filled_at {
            let restored = now.duration_since(since).as_millis().clamp(0, 1_000_000) * i128::from(PER_SECOND) / 1000;
            self.points = self.points.saturating_add(i64::try_from(restored).unwrap_or(FULL)).min(FULL);
        }
        self.filled_at = Some(now);
        self.points >= points
    }

    pub(super) fn charge(&mut self, points: i64) {
        self.points -= points;
    }

    /// What every answer says about cost.
    pub(super) fn cost(&self, requested: i64, actual: Option<i64>) -> Value {
        throttle(requested, actual, self.points)
    }

    /// The refusal for too many calls; `seconds`: for how long it lasts, if that is not up to the bucket.
    pub(super) fn throttled(&self, requested: i64, seconds: Option<i64>) -> Response {
        let available = seconds.map_or(self.points, |s| (requested - s.saturating_mul(PER_SECOND)).max(0));
        let body = json!({
            "errors": [{ "message": "Throttled", "extensions": { "code": "THROTTLED" } }],
            "extensions": { "cost": throttle(requested, None, available) },
        });
        simulated_channel::answer(200, "application/json", &body)
    }
}

fn throttle(requested: i64, actual: Option<i64>, available: i64) -> Value {
    json!({
        "requestedQueryCost": requested,
        "actualQueryCost": actual,
        "throttleStatus": { "maximumAvailable": FULL, "currentlyAvailable": available, "restoreRate": PER_SECOND },
    })
}

fn refusal(status: u16, error: &str) -> Response {
    simulated_channel::answer(status, "application/json", &json!({ "error": error }))
}
