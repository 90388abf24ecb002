//! The far side of this channel: a shop that behaves as Shopify does, where it matters to stock and orders.
//!
//! It executes the connector's own documents and refuses every other. It does not parse GraphQL: a document is known by its text, and
//! a test holds those texts against the official schema.

mod gate;
mod hooks;
mod ids;
mod queries;
mod shapes;
mod shop;
mod writes;

use self::gate::Gate;
use self::hooks::Hooks;
use self::ids::Ids;
use self::queries::Answer;
use self::shop::Shop;
use super::auth;
use super::graphql::{DOCUMENTS, VERSION};
use super::webhooks::SIGNATURE_HEADER;
use crate::far_side::{self, FarSide, NotSold, Outgoing, Setup, Trouble, Troubles};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::{Value, json};

/// A simulated Shopify shop.
#[derive(Debug)]
pub struct Simulator {
    setup: Setup,
    ids: Ids,
    gate: Gate,
    shop: Shop,
    hooks: Hooks,
    keys: writes::Keys,
    troubles: Troubles,
}

/// What a refund says about stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restock {
    /// Units that were not sent go back on sale.
    Cancel,
    /// Units that were sent came back, and go back on sale.
    Return,
    /// Nothing goes back on sale.
    None,
}

impl Simulator {
    /// A shop that has just opened.
    pub fn new(setup: Setup) -> Self {
        let mut ids = Ids::new(setup.seed);
        let shop = Shop::new(&setup, &mut ids);
        Self {
            gate: Gate::new(&setup),
            setup,
            ids,
            shop,
            hooks: Hooks::default(),
            keys: writes::Keys::new(),
            troubles: Troubles::default(),
        }
    }

    /// A customer buys several articles in one order.
    pub fn buy_lines(&mut self, now: Timestamp, wanted: &[(Sku, Quantity)]) -> Result<OrderNumber, NotSold> {
        let place = self.shop.buy(now, &mut self.ids, wanted)?;
        self.tell(now, place, &["orders/create", "orders/updated"]);
        self.number(place).ok_or(NotSold::Unknown)
    }

    /// The shop sends units of the line at this place. False if there are not as many left.
    pub fn ship(&mut self, now: Timestamp, order: &OrderNumber, line: usize, quantity: Quantity) -> bool {
        let Some(place) = self.shop.order(order) else { return false };
        let done = self.shop.ship(now, &mut self.ids, place, line, quantity.units());
        if done {
            self.tell(now, place, &["orders/updated"]);
        }
        done
    }

    /// The shop refunds units of the line at this place. False if there are not as many.
    pub fn refund(&mut self, now: Timestamp, order: &OrderNumber, line: usize, quantity: Quantity, restock: Restock) -> bool {
        let Some(place) = self.shop.order(order) else { return false };
        let kind = match restock {
            Restock::Cancel => "CANCEL",
            Restock::Return => "RETURN",
            Restock::None => "NO_RESTOCK",
        };
        let done = self.shop.refund(now, &mut self.ids, place, line, quantity.units(), kind);
        if done {
            self.tell(now, place, &["orders/updated"]);
        }
        done
    }

    fn number(&self, place: usize) -> Option<OrderNumber> {
        OrderNumber::new(self.shop.orders.get(place)?.id.to_string()).ok()
    }

    fn tell(&mut self, now: Timestamp, place: usize, topics: &[&str]) {
        let Some(order) = self.shop.orders.get(place) else { return };
        let body = shapes::rest_order(&self.shop, order);
        for topic in topics {
            self.hooks.tell(now, &self.setup, &mut self.ids, &mut self.troubles, topic, &body);
        }
    }

    fn graphql(&mut self, now: Timestamp, request: &Request) -> Response {
        if !self.gate.admits(now, request) {
            return far_side::answer(401, "application/json", &json!({ "errors": "[API] Invalid API key or access token" }));
        }
        let body = far_side::body(request);
        let operation = body.get("operationName").and_then(Value::as_str).unwrap_or_default();
        let document = body.get("query").and_then(Value::as_str).unwrap_or_default();
        let known = DOCUMENTS.iter().any(|(name, text)| *name == operation && *text == document);
        let requested = requested_points(operation);
        if let Some(seconds) = self.troubles.too_many(now) {
            return self.gate.throttled(requested, Some(seconds));
        }
        if !self.gate.affords(now, requested) {
            return self.gate.throttled(requested, None);
        }
        let variables = body.get("variables").cloned().unwrap_or_default();
        let (answer, changed) = if known {
            self.execute(now, operation, document, &variables)
        } else {
            (Err("this simulator knows only the connector's own documents"), false)
        };
        let actual = answer.as_ref().map_or(1, |data| objects(data).clamp(1, requested));
        self.gate.charge(actual);
        if changed && self.troubles.fails_after_apply() {
            return far_side::answer(500, "text/html", &Value::Null);
        }
        let cost = self.gate.cost(requested, Some(actual));
        let frame = match answer {
            Ok(data) => json!({ "data": data, "extensions": { "cost": cost } }),
            Err(message) => json!({
                "errors": [{ "message": message, "extensions": { "code": "BAD_REQUEST" } }], "extensions": { "cost": cost },
            }),
        };
        let mut response = far_side::answer(200, "application/json", &frame);
        response.headers_mut().insert("x-shopify-api-version", http::HeaderValue::from_static(VERSION));
        response
    }

    /// Executes one of the connector's documents. The second part tells whether stock was changed.
    fn execute(&mut self, now: Timestamp, operation: &str, document: &str, variables: &Value) -> (Answer, bool) {
        let answer = match operation {
            "Orders" => queries::orders(&self.shop, now, document, variables),
            "Order" => queries::order(&self.shop, document, variables),
            "Fulfilled" => queries::fulfilled(&self.shop, document, variables),
            "Refunded" => queries::refunded(&self.shop, document, variables),
            "Listings" => queries::listings(&self.shop, document, variables),
            "Available" => queries::available(&mut self.shop, variables),
            "SetAvailable" => return writes::set_available(&mut self.shop, &mut self.keys, document, variables),
            "Subscriptions" => Ok(self.hooks.list()),
            "Subscribe" => self.hooks.subscribe(&mut self.ids, variables),
            "Resubscribe" => self.hooks.resubscribe(variables),
            _ => Err("this simulator does not know the operation"),
        };
        (answer, false)
    }
}

/// What a document costs if every page is full: one point per object, ten per mutation.
fn requested_points(operation: &str) -> i64 {
    match operation {
        "Orders" => 842,
        "Order" => 601,
        "Fulfilled" | "Refunded" | "Listings" => 201,
        "Subscriptions" => 101,
        "SetAvailable" | "Subscribe" | "Resubscribe" => 10,
        _ => 3,
    }
}

/// Objects in an answer.
fn objects(data: &Value) -> i64 {
    match data {
        Value::Object(fields) => 1 + fields.values().map(objects).sum::<i64>(),
        Value::Array(all) => all.iter().map(objects).sum(),
        _ => 0,
    }
}

impl FarSide for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        if self.troubles.silent(now) {
            return None;
        }
        let post = request.method() == http::Method::POST;
        // By its end: `base_url` may have a path of its own.
        let path = request.uri().path();
        Some(match path {
            _ if post && path.ends_with(auth::PATH) => match self.troubles.too_many(now) {
                Some(seconds) => {
                    let mut refusal = far_side::answer(429, "application/json", &json!({ "errors": "Too many requests" }));
                    refusal.headers_mut().insert(http::header::RETRY_AFTER, seconds.into());
                    refusal
                }
                None => self.gate.grant(now, &self.setup, &mut self.ids, request),
            },
            _ if post && path.ends_with(&format!("/admin/api/{VERSION}/graphql.json")) => self.graphql(now, request),
            _ => far_side::answer(404, "application/json", &json!({ "errors": "Not Found" })),
        })
    }

    fn buy(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) -> Result<OrderNumber, NotSold> {
        self.buy_lines(now, &[(sku.clone(), quantity)])
    }

    fn buy_all(&mut self, _: Timestamp, _: &[(Sku, Quantity)], _: &str) -> Result<OrderNumber, NotSold> {
        todo!()
    }

    fn far_order(&self, _: &OrderNumber) -> Option<crate::far_side::FarOrder> {
        todo!()
    }

    fn ask_to_cancel(&mut self, _: Timestamp, _: &OrderNumber) -> bool {
        todo!()
    }

    fn cancel_units(&mut self, _: Timestamp, _: &OrderNumber, _: &Sku, _: Quantity) -> bool {
        todo!()
    }

    fn ship_there(&mut self, _: Timestamp, _: &OrderNumber, _: &Sku, _: Quantity) -> bool {
        todo!()
    }

    fn announce_return(&mut self, _: Timestamp, _: &OrderNumber, _: &Sku, _: Quantity) -> bool {
        todo!()
    }

    fn pay_back_there(&mut self, _: Timestamp, _: &OrderNumber, _: &Sku, _: Quantity, _: bool) -> bool {
        todo!()
    }

    fn price_cents(&self, _: &Sku) -> Option<i64> {
        todo!()
    }

    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let place = self.shop.cancel(now, &mut self.ids, order);
        if let Some(place) = place {
            self.tell(now, place, &["orders/cancelled", "orders/updated"]);
        }
        place.is_some()
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.shop.items.iter().find(|item| item.sku == *sku).map(|item| item.available)
    }

    fn edit_stock(&mut self, _now: Timestamp, sku: &Sku, quantity: Quantity) {
        if let Some(item) = self.shop.items.iter_mut().find(|item| item.sku == *sku) {
            item.available = quantity.units();
        }
    }

    fn rename(&mut self, _now: Timestamp, sku: &Sku, to: &Sku) {
        if let Some(item) = self.shop.items.iter_mut().find(|item| item.sku == *sku) {
            item.sku = to.clone();
        }
    }

    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing> {
        self.hooks.due(now, &self.troubles)
    }

    fn sign(&self, body: &[u8]) -> Vec<(String, String)> {
        hooks::signature(&self.setup, body).map(|value| (SIGNATURE_HEADER.to_owned(), value)).into_iter().collect()
    }

    fn delivered(&mut self, now: Timestamp, id: u64, status: Option<u16>) {
        self.hooks.delivered(now, id, status, &mut self.troubles);
    }

    fn trouble(&mut self, trouble: Trouble) {
        match self.troubles.add(trouble) {
            Some(Trouble::TokensRevoked) => self.gate.revoke(),
            Some(Trouble::SubscriptionOff) => self.hooks.switch_off(),
            _ => {}
        }
    }

    fn settings(&self) -> std::collections::BTreeMap<String, String> {
        [("location_id".to_owned(), "1".to_owned())].into()
    }

    fn stock_writes(&self) -> u64 {
        self.shop.stock_writes
    }

    fn last_stock_write(&self) -> Option<(Sku, i64)> {
        let (item, units) = self.shop.last_write?;
        self.shop.items.get(item).map(|item| (item.sku.clone(), units))
    }

    fn orders(&self) -> Vec<OrderNumber> {
        (0..self.shop.orders.len()).filter_map(|place| self.number(place)).collect()
    }
}
