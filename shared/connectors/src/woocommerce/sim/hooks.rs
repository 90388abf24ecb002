//! Webhooks: late, collapsed, never tried again, switched off after seven failures.

use super::lists::{invalid, not_found};
use super::shapes::{self, JSON, refusal};
use super::shop::{Happening, Shop};
use crate::simulated_channel::{self, Outbox, Outgoing, Troubles};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response};
use ring::{digest, hmac};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) topic: String,
    pub(super) url: String,
    secret: String,
    failures: u32,
}

/// What a delivery is about; travels through the outbox inside an empty request, and becomes a body when it is due.
#[derive(Debug, Clone, Copy)]
struct Job {
    hook: u64,
    resource: Option<u64>,
}

#[derive(Debug)]
pub(super) struct Hooks {
    present: BTreeMap<u64, Hook>,
    last_id: u64,
    source: String,
    seed: u64,
    jobs: u64,
    /// When the last job of a webhook and resource is due: until then, more of the same collapse into it.
    pending: BTreeMap<(u64, u64), Timestamp>,
    /// The webhook a delivery on its way belongs to.
    sent: BTreeMap<u64, u64>,
}

impl Hooks {
    pub(super) fn new(base_url: &str, seed: u64) -> Self {
        let source = format!("{base_url}/");
        Self { present: BTreeMap::new(), last_id: 0, source, seed, jobs: 0, pending: BTreeMap::new(), sent: BTreeMap::new() }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Hook> {
        self.present.values()
    }

    pub(super) fn remove(&mut self, id: u64) -> Option<Hook> {
        self.present.remove(&id)
    }

    /// As after seven failures, count included.
    pub(super) fn switch_off(&mut self) {
        for hook in self.present.values_mut() {
            "disabled".clone_into(&mut hook.status);
            hook.failures = 6;
        }
    }

    /// Lines up a job for every webhook that listens. Each takes its own time, so they overtake each other.
    pub(super) fn schedule(&mut self, now: Timestamp, happening: Happening, outbox: &mut Outbox, troubles: &mut Troubles) {
        let (topic, resource) = match happening {
            Happening::OrderCreated(id) => ("order.created", id),
            Happening::OrderUpdated(id) => ("order.updated", id),
            Happening::OrderDeleted(id) => ("order.deleted", id),
            Happening::ProductUpdated(id) => ("product.updated", id),
        };
        let listening: Vec<u64> = self.all().filter(|h| h.topic == topic && h.status == "active").map(|h| h.id).collect();
        for hook in listening {
            if self.pending.get(&(hook, resource)).is_some_and(|due| *due > now) {
                continue;
            }
            self.jobs += 1;
            let seconds = i64::try_from(self.random(&format!("delay {}", self.jobs)) % 8).unwrap_or(0) + 1;
            let due = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
            self.pending.insert((hook, resource), due);
            put(outbox, due, Job { hook, resource: Some(resource) }, troubles);
        }
    }

    /// The real request for a job that is due: the state of now, whatever it was when the job was made.
    pub(super) fn deliver(&mut self, now: Timestamp, outgoing: &Outgoing, shop: &Shop) -> Option<Outgoing> {
        let Job { hook, resource } = *outgoing.request.extensions().get::<Job>()?;
        let hook = self.present.get(&hook)?;
        let Some(resource) = resource else {
            let ping = format!("webhook_id={}", hook.id).into_bytes();
            return Some(Outgoing { id: outgoing.id, request: post(&hook.url, "application/x-www-form-urlencoded", &[], ping)? });
        };
        if hook.status != "active" {
            return None;
        }
        if self.pending.get(&(hook.id, resource)).is_some_and(|due| *due <= now) {
            self.pending.remove(&(hook.id, resource));
        }
        let body = match hook.topic.split_once('.') {
            Some(("order", "deleted")) => json!({ "id": resource }),
            Some(("order", _)) => shapes::order(shop.orders.get(&resource)?, shop),
            _ => shapes::product(shop, shop.products.get(&resource)?),
        };
        let body = body.to_string().into_bytes();
        let signature = signature(&hook.secret, &body);
        let (kind, event) = hook.topic.split_once('.').unwrap_or_default();
        let delivery = format!("{:032x}", self.random(&format!("delivery {}", outgoing.id)));
        let id = hook.id.to_string();
        let headers = [
            ("x-wc-webhook-source", self.source.as_str()),
            ("x-wc-webhook-topic", &hook.topic),
            ("x-wc-webhook-resource", kind),
            ("x-wc-webhook-event", event),
            ("x-wc-webhook-signature", &signature),
            ("x-wc-webhook-id", &id),
            ("x-wc-webhook-delivery-id", &delivery),
        ];
        let request = post(&hook.url, "application/json", &headers, body)?;
        self.sent.insert(outgoing.id, hook.id);
        Some(Outgoing { id: outgoing.id, request })
    }

    /// 200 to 302 is success and resets the count; what fails above a count of 5 switches the webhook off. Nothing is sent again.
    pub(super) fn delivered(&mut self, id: u64, status: Option<u16>) {
        let Some(hook) = self.sent.remove(&id).and_then(|hook| self.present.get_mut(&hook)) else { return };
        if status.is_some_and(|s| (200..=302).contains(&s)) {
            hook.failures = 0;
        } else if hook.failures > 5 {
            "disabled".clone_into(&mut hook.status);
        } else {
            hook.failures += 1;
        }
    }

    fn random(&self, what: &str) -> u128 {
        let digest = digest::digest(&digest::SHA256, format!("{} {what}", self.seed).as_bytes());
        digest.as_ref().iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
    }
}

pub(super) fn create(hooks: &mut Hooks, now: Timestamp, body: &Value, outbox: &mut Outbox, troubles: &mut Troubles) -> Response {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let (Some(topic), Some(url)) = (text("topic"), text("delivery_url")) else {
        let body = json!({
            "code": "rest_missing_callback_param",
            "message": "Missing parameter(s): topic, delivery_url",
            "data": { "status": 400, "params": ["topic", "delivery_url"] },
        });
        return simulated_channel::answer(400, JSON, &body);
    };
    let known = topic.split_once('.').is_some_and(|(resource, event)| {
        ["order", "product", "customer", "coupon"].contains(&resource)
            && ["created", "updated", "deleted", "restored"].contains(&event)
    });
    if !known {
        return refusal(400, "woocommerce_rest_webhook_invalid_topic", "Webhook topic is required and must be valid.");
    }
    hooks.last_id += 1;
    let id = hooks.last_id;
    let hook = Hook {
        id,
        name: text("name").unwrap_or_default(),
        status: text("status").unwrap_or_else(|| "active".to_owned()),
        topic,
        url,
        // A webhook without a secret gets one that nobody can ever read.
        secret: text("secret").unwrap_or_else(|| format!("{:032x}", hooks.random(&format!("secret {id}")))),
        failures: 0,
    };
    if hook.status == "active" {
        put(outbox, now, Job { hook: id, resource: None }, troubles);
    }
    let answer = simulated_channel::answer(201, JSON, &shapes::webhook(&hook));
    hooks.present.insert(id, hook);
    answer
}

/// Switching on pings again and leaves the count of failures as it is. The address cannot be changed.
pub(super) fn update(
    hooks: &mut Hooks,
    now: Timestamp,
    id: u64,
    body: &Value,
    outbox: &mut Outbox,
    troubles: &mut Troubles,
) -> Response {
    let Some(hook) = hooks.present.get_mut(&id) else { return not_found("woocommerce_rest_shop_webhook_invalid_id") };
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(status) = text("status") {
        if !["active", "paused", "disabled"].contains(&status.as_str()) {
            return invalid("status");
        }
        if status == "active" && hook.status != "active" {
            put(outbox, now, Job { hook: id, resource: None }, troubles);
        }
        hook.status = status;
    }
    hook.name = text("name").unwrap_or_else(|| hook.name.clone());
    hook.topic = text("topic").unwrap_or_else(|| hook.topic.clone());
    hook.secret = text("secret").unwrap_or_else(|| hook.secret.clone());
    simulated_channel::answer(200, JSON, &shapes::webhook(hook))
}

fn put(outbox: &mut Outbox, due: Timestamp, job: Job, troubles: &mut Troubles) {
    let mut request = Request::default();
    request.extensions_mut().insert(job);
    outbox.put(due, request, troubles);
}

/// What WooCommerce puts over a body.
pub(super) fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, body))
}

fn post(url: &str, content_type: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Option<Request> {
    let agent = "WooCommerce/10.0.2 Hookshot (WordPress/6.8.3)";
    let start = http::Request::post(url).header("content-type", content_type).header("user-agent", agent);
    headers.iter().fold(start, |request, (name, value)| request.header(*name, *value)).body(body.into()).ok()
}
