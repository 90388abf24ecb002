//! Subscriptions and what is sent to them: signed, tried again for about four hours, deleted after eight failures in a row.

use super::ids::Ids;
use super::queries::Answer;
use crate::shopify::graphql::{VERSION, gid, number};
use crate::shopify::webhooks::{SIGNATURE_HEADER, TOPIC_HEADER};
use crate::simulated_channel::{Outbox, Outgoing, Setup, Troubles};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ports::Request;
use ring::hmac;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Seconds before each retry. Together four hours.
const RETRIES_S: [i64; 8] = [60, 180, 420, 900, 1800, 2700, 3600, 4740];
/// Failures in a row after which a subscription is deleted.
const MOST_FAILURES: u32 = 8;
const WEBHOOK_ID_HEADER: &str = "x-shopify-webhook-id";

#[derive(Debug)]
struct Subscription {
    topic: String,
    uri: String,
    failures: u32,
}

#[derive(Debug)]
struct Attempt {
    subscription: u64,
    tried: usize,
    request: Request,
}

#[derive(Debug, Default)]
pub(super) struct Hooks {
    subscriptions: BTreeMap<u64, Subscription>,
    outbox: Outbox,
    /// By webhook id, until delivered or given up.
    waiting: BTreeMap<String, Attempt>,
    /// Which webhook an outgoing delivery is.
    sent: BTreeMap<u64, String>,
}

impl Hooks {
    pub(super) fn switch_off(&mut self) {
        self.subscriptions.clear();
    }

    /// `Subscriptions`.
    pub(super) fn list(&self) -> Value {
        let nodes: Vec<_> = self
            .subscriptions
            .iter()
            .map(|(id, s)| {
                json!({
                    "id": gid("WebhookSubscription", *id), "topic": s.topic, "uri": s.uri,
                    "format": "JSON", "filter": "", "includeFields": [],
                })
            })
            .collect();
        json!({ "webhookSubscriptions": { "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } } })
    }

    /// `Subscribe`. Topic and address together are unique.
    pub(super) fn subscribe(&mut self, ids: &mut Ids, variables: &Value) -> Answer {
        let topic = variables.get("topic").and_then(Value::as_str).ok_or("topic is missing")?.to_owned();
        let uri = address(variables)?;
        let taken = self.subscriptions.values().any(|s| s.topic == topic && s.uri == uri);
        if !taken {
            self.subscriptions.insert(ids.number(), Subscription { topic, uri, failures: 0 });
        }
        Ok(json!({ "webhookSubscriptionCreate": { "userErrors": complaint(taken) } }))
    }

    /// `Resubscribe`.
    pub(super) fn resubscribe(&mut self, variables: &Value) -> Answer {
        let id = variables.get("id").and_then(Value::as_str).and_then(|id| number("simulator", id).ok()).ok_or("invalid id")?;
        let uri = address(variables)?;
        let found = self.subscriptions.get_mut(&id).map(|s| s.uri = uri).is_some();
        Ok(json!({ "webhookSubscriptionUpdate": { "userErrors": complaint(!found) } }))
    }

    /// Sends an event to whoever subscribed to it.
    pub(super) fn tell(
        &mut self,
        now: Timestamp,
        setup: &Setup,
        ids: &mut Ids,
        troubles: &mut Troubles,
        topic: &str,
        body: &Value,
    ) {
        let name = topic.replace('/', "_").to_uppercase();
        if !self.subscriptions.values().any(|subscription| subscription.topic == name) {
            return;
        }
        let event = ids.uuid();
        let body = body.to_string();
        for (id, subscription) in self.subscriptions.iter().filter(|(_, s)| s.topic == name) {
            let webhook = ids.uuid();
            let Some(request) = delivery(now, setup, topic, &webhook, &event, &subscription.uri, &body) else { continue };
            self.waiting.insert(webhook, Attempt { subscription: *id, tried: 0, request: request.clone() });
            self.outbox.put(now, request, troubles);
        }
    }

    pub(super) fn due(&mut self, now: Timestamp, troubles: &Troubles) -> Vec<Outgoing> {
        let due = self.outbox.due(now, troubles);
        for outgoing in &due {
            let webhook = outgoing.request.headers().get(WEBHOOK_ID_HEADER).and_then(|v| v.to_str().ok());
            if let Some(webhook) = webhook {
                self.sent.insert(outgoing.id, webhook.to_owned());
            }
        }
        due
    }

    pub(super) fn delivered(&mut self, now: Timestamp, id: u64, status: Option<u16>, troubles: &mut Troubles) {
        let Some(webhook) = self.sent.remove(&id) else { return };
        // A doubled delivery whose twin was taken already is over.
        let Some(attempt) = self.waiting.get_mut(&webhook) else { return };
        let fine = status.is_some_and(|s| (200..300).contains(&s));
        let Some(subscription) = self.subscriptions.get_mut(&attempt.subscription) else {
            self.waiting.remove(&webhook);
            return;
        };
        if fine {
            subscription.failures = 0;
            self.waiting.remove(&webhook);
            return;
        }
        subscription.failures += 1;
        if subscription.failures >= MOST_FAILURES {
            self.subscriptions.remove(&attempt.subscription);
        }
        match RETRIES_S.get(attempt.tried) {
            Some(after) => {
                attempt.tried += 1;
                let due = now.saturating_add(SignedDuration::from_secs(*after)).unwrap_or(now);
                self.outbox.put(due, attempt.request.clone(), troubles);
            }
            None => {
                self.waiting.remove(&webhook);
            }
        }
    }
}

fn address(variables: &Value) -> Result<String, &'static str> {
    let uri = variables.get("subscription").and_then(|s| s.get("uri")).and_then(Value::as_str);
    uri.map(str::to_owned).ok_or("uri is missing")
}

fn complaint(wrong: bool) -> Value {
    if wrong { json!([{ "message": "Address for this topic has already been taken" }]) } else { json!([]) }
}

/// What Shopify puts over a body with the app's secret.
pub(super) fn signature(setup: &Setup, body: &[u8]) -> Option<String> {
    let secret = setup.credentials.get("client_secret")?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    Some(STANDARD.encode(hmac::sign(&key, body)))
}

fn delivery(now: Timestamp, setup: &Setup, topic: &str, webhook: &str, event: &str, uri: &str, body: &str) -> Option<Request> {
    let signature = signature(setup, body.as_bytes())?;
    let shop = setup.base_url.split("://").nth(1).unwrap_or_default();
    http::Request::builder()
        .method(http::Method::POST)
        .uri(uri)
        .header(http::header::CONTENT_TYPE, "application/json")
        .header(TOPIC_HEADER, topic)
        .header(SIGNATURE_HEADER, signature)
        .header("x-shopify-shop-domain", shop)
        .header("x-shopify-api-version", VERSION)
        .header(WEBHOOK_ID_HEADER, webhook)
        .header("x-shopify-event-id", event)
        .header("x-shopify-triggered-at", now.to_string())
        .body(body.to_owned().into())
        .ok()
}
