//! The far side: one Shopware shop. Each row has time stamps of its own, a search tells what it is asked for and no more, ways of a state machine have names of
//! their own, and a write of many rows is one transaction.
//!
//! What real shops leave to whoever runs them is invented here and says so: that a host answers too many calls with a 429, and that a payment is through at
//! once unless `hold_payments` says otherwise.

mod answers;
mod far;
mod machines;
mod search;
mod shapes;
mod shop;
mod tokens;
mod writes;

use crate::simulated_channel::{Setup, Troubles, body};
use domain::{OrderNumber, Sku};
use http::{Method, header};
use jiff::Timestamp;
use ports::{Request, Response};
use std::collections::BTreeSet;

/// A simulated shop.
pub struct Simulator {
    setup: Setup,
    troubles: Troubles,
    tokens: tokens::Tokens,
    shop: shop::Shop,
    /// Rights that the integration's role lacks.
    lacks: BTreeSet<String>,
}

impl Simulator {
    /// Opens it.
    pub fn new(setup: Setup) -> Self {
        Self {
            troubles: Troubles::default(),
            tokens: tokens::Tokens::new(setup.seed),
            shop: shop::Shop::new(&setup),
            lacks: BTreeSet::new(),
            setup,
        }
    }

    /// From now on it says that it is this version.
    pub fn become_version(&mut self, version: &str) {
        version.clone_into(&mut self.shop.version);
    }

    /// From now on payments are not through at once: they are open until `pay`.
    pub fn hold_payments(&mut self, on: bool) {
        self.shop.holds_payments = on;
    }

    /// The payment of an order is through. False if it was not open.
    pub fn pay(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let found = self.shop.order_mut(order.as_str()).filter(|order| order.transaction.state == "open");
        found.map(|order| order.transaction.become_at(now, "paid")).is_some()
    }

    /// A product of which a plugin refuses every change.
    pub fn refuse(&mut self, sku: &Sku) {
        if let Some(product) = self.shop.product_mut(sku) {
            product.refused = true;
        }
    }

    fn respond(&mut self, now: Timestamp, request: &Request) -> Response {
        let path = request.uri().path().to_owned();
        let Some(path) = path.strip_prefix("/api/") else { return answers::page_not_found() };
        if path == "oauth/token" {
            return self.tokens.give(now, &self.setup, request);
        }
        if let Some(seconds) = self.troubles.too_many(now) {
            return answers::too_many(seconds);
        }
        if let Some(refusal) = self.tokens.refuse(now, request) {
            return refusal;
        }
        let response = self.route(now, request, path);
        let writes = *request.method() == Method::PATCH || path.starts_with("_action/");
        if writes && response.status().is_success() && self.troubles.fails_after_apply() {
            return answers::broken();
        }
        // Whoever does not ask for plain JSON gets another form, in which nothing stands where it is looked for.
        let plain = request.headers().get(header::ACCEPT).is_some_and(|accept| accept == answers::JSON);
        if plain || response.body().is_empty() { response } else { answers::json_api() }
    }

    fn route(&mut self, now: Timestamp, request: &Request, path: &str) -> Response {
        let parts: Vec<&str> = path.split('/').collect();
        let needed = match (request.method().as_str(), parts.as_slice()) {
            ("POST", ["search", entity]) => format!("{}:read", entity.replace('-', "_")),
            ("PATCH", ["product", _]) | ("POST", ["_action", "sync"]) => "product:update".to_owned(),
            ("PATCH", ["order-delivery", _]) | ("POST", ["_action", "order_delivery", ..]) => "order_delivery:update".to_owned(),
            ("POST", ["_action", entity, ..]) => format!("{entity}:update"),
            _ => String::new(),
        };
        if self.lacks.contains(&needed) {
            return answers::denied(&needed);
        }
        let told = body(request);
        let inherits = request.headers().contains_key("sw-inheritance");
        match (request.method().as_str(), parts.as_slice()) {
            ("GET", ["_info", "version"]) => answers::told(200, &serde_json::json!({ "version": self.shop.version })),
            ("POST", ["search", entity]) => search::answer(&self.shop, entity, &told, inherits),
            ("PATCH", ["product", id]) => writes::product(&mut self.shop, id, &told),
            ("PATCH", ["order-delivery", id]) => writes::delivery(&mut self.shop, now, id, &told),
            ("POST", ["_action", "sync"]) => writes::sync(&mut self.shop, &told),
            ("POST", ["_action", entity, id, "state", way]) => writes::transition(&mut self.shop, now, (entity, id), way),
            _ => answers::not_found("The resource is not there."),
        }
    }
}

#[cfg(test)]
#[path = "sim_tests.rs"]
mod tests;
