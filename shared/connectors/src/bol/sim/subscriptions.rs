//! Subscriptions.
//!
//! A change is in the list at once and its process status says `SUCCESS` when first asked; bol may take 15 minutes over both.

use super::answers::{invalid, problem};
use super::json_v10;
use super::processes::Processes;
use crate::simulated_channel::body;
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::{Value, json};

/// What may be subscribed to.
const RESOURCES: [&str; 7] =
    ["PROCESS_STATUS", "SHIPMENT", "PRICE_STAR_BOUNDARY", "COMPETING_OFFER", "OFFER_FOR_SALE", "OFFER_NOT_FOR_SALE", "ORDER"];

struct Subscription {
    id: String,
    resources: Vec<String>,
    url: String,
    enabled: bool,
}

impl Subscription {
    fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "resources": self.resources,
            "url": self.url,
            "subscriptionType": "WEBHOOK",
            "enabled": self.enabled,
        })
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Subscriptions {
    all: Vec<Subscription>,
}

impl Subscriptions {
    /// Answers below `/retailer/subscriptions`.
    pub(super) fn answer(&mut self, now: Timestamp, request: &Request, rest: &[&str], processes: &mut Processes) -> Response {
        let missing = || problem(404, "Not Found", "There is no such subscription.");
        match (request.method().as_str(), rest) {
            ("GET", []) => {
                json_v10(200, &json!({ "subscriptions": self.all.iter().map(Subscription::shown).collect::<Vec<_>>() }))
            }
            ("GET", [id]) => self.all.iter().find(|s| s.id == *id).map_or_else(missing, |s| json_v10(200, &s.shown())),
            ("POST", []) => match read(request) {
                Ok(wanted) => {
                    let id = (1000 + self.all.len()).to_string();
                    self.all.push(Subscription { id: id.clone(), ..wanted });
                    processes.done(now, "CREATE_SUBSCRIPTION", &id)
                }
                Err(refusal) => *refusal,
            },
            ("PUT", [id]) => match (self.all.iter_mut().find(|s| s.id == *id), read(request)) {
                (Some(subscription), Ok(wanted)) => {
                    *subscription = Subscription { id: (*id).to_owned(), ..wanted };
                    processes.done(now, "UPDATE_SUBSCRIPTION", id)
                }
                (None, _) => missing(),
                (_, Err(refusal)) => *refusal,
            },
            _ => problem(404, "Not Found", "The simulator of bol does not play this address."),
        }
    }

    /// Ids and addresses that hear of orders.
    pub(super) fn listening(&self) -> Vec<(String, String)> {
        let listens = |s: &&Subscription| s.enabled && s.resources.iter().any(|r| r == "ORDER");
        self.all.iter().filter(listens).map(|s| (s.id.clone(), s.url.clone())).collect()
    }

    pub(super) fn is_on(&self, id: &str) -> bool {
        self.all.iter().any(|s| s.id == id && s.enabled)
    }

    pub(super) fn switch_off(&mut self, id: &str) {
        self.all.iter_mut().filter(|s| s.id == id).for_each(|s| s.enabled = false);
    }

    pub(super) fn switch_all_off(&mut self) {
        self.all.iter_mut().for_each(|s| s.enabled = false);
    }
}

/// A `SubscriptionRequest` for a webhook. Loopback is let through beside https, or nothing could be delivered on one machine.
fn read(request: &Request) -> Result<Subscription, Box<Response>> {
    let wanted = body(request);
    let Some(fields) = wanted.as_object() else { return Err(Box::new(invalid("body", "Must be an object."))) };
    if let Some(name) = fields.keys().find(|k| !matches!(k.as_str(), "resources" | "url" | "subscriptionType" | "enabled")) {
        return Err(Box::new(invalid(name, "Unknown, or not played by the simulator.")));
    }
    let url = wanted["url"].as_str().unwrap_or_default();
    if !(url.starts_with("https://") || url.starts_with("http://127.0.0.1")) {
        return Err(Box::new(invalid("url", "Must be an https address.")));
    }
    if wanted["subscriptionType"] != "WEBHOOK" {
        return Err(Box::new(invalid("subscriptionType", "The simulator plays WEBHOOK only.")));
    }
    let resources: Vec<String> = serde_json::from_value(wanted["resources"].clone()).unwrap_or_default();
    if resources.is_empty() || !resources.iter().all(|r| RESOURCES.contains(&r.as_str())) {
        return Err(Box::new(invalid("resources", "Request contains invalid value(s).")));
    }
    let enabled = wanted.get("enabled").is_none_or(|e| e == true);
    Ok(Subscription { id: String::new(), resources, url: url.to_owned(), enabled })
}
