//! The far side of this channel: a shop that behaves as Shopify does, where it matters to stock and orders.
//!
//! It executes the connector's own documents and refuses every other. It does not parse GraphQL: a document is known by its text, and
//! a test holds those texts against the official schema.

mod far;
mod gate;
mod handling;
mod hooks;
mod ids;
mod levels;
mod parts;
mod prices;
mod queries;
mod returns;
mod shapes;
mod shop;
mod writes;

use self::gate::Gate;
use self::hooks::Hooks;
use self::ids::Ids;
use self::levels::Levels;
use self::queries::Answer;
use self::shop::Shop;
use super::auth;
use super::graphql::{DOCUMENTS, VERSION};
use super::webhooks::SIGNATURE_HEADER;
use crate::simulated_channel::{self, FarOrder, FarPlaces, NotSold, Outgoing, Setup, SimulatedChannel, Trouble, Troubles};
use domain::{LocationId, OrderNumber, Quantity, Sku};
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
    /// The merchant's locations, by the place of the shop's that is theirs.
    ours: Vec<LocationId>,
    /// Figures as they were told last, by the place of the item.
    told: Vec<Levels>,
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
            told: shop.items.iter().map(|item| item.levels.clone()).collect(),
            shop,
            hooks: Hooks::default(),
            ours: Vec::new(),
            keys: writes::Keys::new(),
            troubles: Troubles::default(),
        }
    }

    /// The shop sends units of the line at this place. False if there are not as many left.
    pub fn ship(&mut self, now: Timestamp, order: &OrderNumber, line: usize, quantity: Quantity) -> bool {
        let Some(place) = self.shop.order(order) else { return false };
        self.ship_lines(now, place, &[(line, quantity.units())])
    }

    /// The shop sells on without stock: its first location falls below zero.
    pub fn oversell(&mut self, sku: &Sku, units: i64) {
        if let Some(item) = self.shop.items.iter_mut().find(|item| item.sku == *sku) {
            item.levels.add(0, -units);
        }
    }

    fn ship_lines(&mut self, now: Timestamp, place: usize, units: &[(usize, i64)]) -> bool {
        if self.shop.ship(now, &mut self.ids, place, units, (None, None)).is_none() {
            return false;
        }
        if let Some(order) = self.shop.orders.get_mut(place) {
            for (line, units) in units {
                let Some(id) = order.lines.get(*line).map(|l| l.id) else { continue };
                parts::drain(&mut order.parts, id, *units);
            }
        }
        self.tell(now, place, &["orders/updated"]);
        true
    }

    /// The shop refunds units of the line at this place. False if there are not as many.
    pub fn refund(&mut self, now: Timestamp, order: &OrderNumber, line: usize, quantity: Quantity, restock: Restock) -> bool {
        let Some(place) = self.shop.order(order) else { return false };
        self.refund_lines(now, place, &[(line, quantity.units())], restock)
    }

    fn refund_lines(&mut self, now: Timestamp, place: usize, units: &[(usize, i64)], restock: Restock) -> bool {
        let kind = match restock {
            Restock::Cancel => "CANCEL",
            Restock::Return => "RETURN",
            Restock::None => "NO_RESTOCK",
        };
        let done = self.shop.refund(now, &mut self.ids, place, units, kind).is_some();
        if done {
            self.tell(now, place, &["orders/updated"]);
        }
        done
    }

    /// Cancels an order, with restock or without.
    fn cancel_whole(&mut self, now: Timestamp, order: &OrderNumber, restock: bool) -> bool {
        self.catch_up(now);
        let place = self.shop.order(order).filter(|place| self.shop.cancel(now, &mut self.ids, *place, restock));
        if let Some(place) = place {
            self.tell(now, place, &["orders/cancelled", "orders/updated"]);
        }
        place.is_some()
    }

    /// The shop has units of the line at this place sent from another location.
    pub fn reroute(&mut self, order: &OrderNumber, line: usize, quantity: Quantity, location: u64) {
        let place = self.shop.order(order);
        let Some(order) = place.and_then(|place| self.shop.orders.get_mut(place)) else { return };
        if let Some(id) = order.lines.get(line).map(|l| l.id) {
            parts::reroute(&mut self.ids, order, id, quantity.units(), location);
        }
    }

    /// The shop holds back, or releases, all that is left of an order.
    pub fn hold(&mut self, order: &OrderNumber, held: bool) {
        let place = self.shop.order(order);
        if let Some(order) = place.and_then(|place| self.shop.orders.get_mut(place)) {
            order.parts.iter_mut().for_each(|part| part.held = held);
        }
    }

    /// What was put in line to happen by now.
    fn catch_up(&mut self, now: Timestamp) {
        for place in handling::work_off(&mut self.shop, &mut self.ids, now) {
            self.tell(now, place, &["orders/cancelled", "orders/updated"]);
        }
    }

    fn number(&self, place: usize) -> Option<OrderNumber> {
        let order = self.shop.orders.get(place).filter(|order| !order.is_deleted())?;
        OrderNumber::new(order.id.to_string()).ok()
    }

    fn tell(&mut self, now: Timestamp, place: usize, topics: &[&str]) {
        let Some(order) = self.shop.orders.get(place) else { return };
        let body = shapes::rest_order(&self.shop, order);
        for topic in topics {
            self.hooks.tell(now, &self.setup, &mut self.ids, &mut self.troubles, topic, &body);
        }
    }

    /// Tells every figure that is not as it was told last.
    fn tell_levels(&mut self, now: Timestamp) {
        for (at, item) in self.shop.items.iter().enumerate() {
            for (place, available) in item.levels.since(self.told.get(at)) {
                let location = self.shop.locations.get(place).copied().unwrap_or(1);
                let body = shapes::level(item.inventory, location, available, now);
                self.hooks.tell(now, &self.setup, &mut self.ids, &mut self.troubles, "inventory_levels/update", &body);
            }
        }
        self.told = self.shop.items.iter().map(|item| item.levels.clone()).collect();
    }

    fn graphql(&mut self, now: Timestamp, request: &Request) -> Response {
        if !self.gate.admits(now, request) {
            return simulated_channel::answer(
                401,
                "application/json",
                &json!({ "errors": "[API] Invalid API key or access token" }),
            );
        }
        let body = simulated_channel::body(request);
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
            return simulated_channel::answer(500, "text/html", &Value::Null);
        }
        let cost = self.gate.cost(requested, Some(actual));
        let frame = match answer {
            Ok(data) => json!({ "data": data, "extensions": { "cost": cost } }),
            Err(message) => json!({
                "errors": [{ "message": message, "extensions": { "code": "BAD_REQUEST" } }], "extensions": { "cost": cost },
            }),
        };
        let mut response = simulated_channel::answer(200, "application/json", &frame);
        response.headers_mut().insert("x-shopify-api-version", http::HeaderValue::from_static(VERSION));
        response
    }

    /// Executes one of the connector's documents. The second part tells whether something was changed.
    fn execute(&mut self, now: Timestamp, operation: &str, document: &str, variables: &Value) -> (Answer, bool) {
        let (shop, ids) = (&mut self.shop, &mut self.ids);
        let answer = match operation {
            "Installed" => Ok(self.gate.installed()),
            "Orders" => queries::orders(shop, now, document, variables),
            "Order" => queries::order(shop, document, variables),
            "Buyer" => queries::buyer(shop, variables),
            "Fulfilled" => queries::fulfilled(shop, document, variables),
            "Refunded" => queries::refunded(shop, document, variables),
            "Listings" => queries::listings(shop, document, variables),
            "PlacedListings" => queries::placed_listings(shop, document, variables),
            "Available" => queries::available(shop, variables),
            "Placed" => levels::placed(shop, variables),
            "Parts" => parts::list(shop, document, variables),
            "PartLines" => parts::lines(shop, document, variables),
            "CancelState" => handling::state(shop, variables),
            "WaitingReturns" => returns::waiting(shop, document, variables),
            "OneReturn" => returns::one(shop, variables),
            "Intakes" => returns::intakes(shop, variables),
            "Priced" => prices::priced(shop, variables),
            "Subscriptions" => Ok(self.hooks.list()),
            "Subscribe" => self.hooks.subscribe(ids, variables),
            "Resubscribe" => self.hooks.resubscribe(variables),
            "SetAvailable" => return writes::set_available(shop, &mut self.keys, document, variables),
            "CancelOrder" => return handling::cancel(shop, ids, now, variables),
            "SetPrice" => return prices::set(shop, variables),
            _ => {
                let (answer, changed) = match operation {
                    "Ship" => handling::ship(shop, ids, now, variables),
                    "CreateRefund" => handling::refund(shop, &mut self.keys, ids, now, document, variables),
                    "ApproveReturn" | "DeclineReturn" | "ProcessReturn" | "CloseReturn" | "TakeOutOfReturn" => {
                        returns::write(shop, now, operation, variables)
                    }
                    _ => (Err("this simulator does not know the operation"), None),
                };
                if let Some(place) = changed {
                    self.tell(now, place, &["orders/updated"]);
                }
                return (answer, changed.is_some());
            }
        };
        (answer, false)
    }
}

/// What a document costs if every page is full: one point per object, ten per mutation.
fn requested_points(operation: &str) -> i64 {
    match operation {
        "Orders" => 942,
        "Order" => 959,
        "Intakes" => 304,
        "WaitingReturns" => 105,
        "Listings" => 401,
        "PlacedListings" => 801,
        "Placed" => 32,
        "Fulfilled" => 211,
        "Refunded" | "PartLines" => 202,
        "Parts" => 151,
        "Subscriptions" | "OneReturn" => 102,
        "Available" | "CancelState" | "Priced" | "Installed" => 3,
        "Buyer" => 4,
        _ => 10,
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

impl SimulatedChannel for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        self.catch_up(now);
        if self.troubles.silent(now) {
            return None;
        }
        let post = request.method() == http::Method::POST;
        // By its end: `base_url` may have a path of its own.
        let path = request.uri().path();
        Some(match path {
            _ if post && path.ends_with(auth::PATH) => match self.troubles.too_many(now) {
                Some(seconds) => {
                    let mut refusal =
                        simulated_channel::answer(429, "application/json", &json!({ "errors": "Too many requests" }));
                    refusal.headers_mut().insert(http::header::RETRY_AFTER, seconds.into());
                    refusal
                }
                None => self.gate.grant(now, &self.setup, &mut self.ids, request),
            },
            _ if post && path.ends_with(&format!("/admin/api/{VERSION}/graphql.json")) => self.graphql(now, request),
            _ => simulated_channel::answer(404, "application/json", &json!({ "errors": "Not Found" })),
        })
    }

    fn buy_all(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        self.catch_up(now);
        let place = self.shop.buy(now, &mut self.ids, lines, ship_to)?;
        self.tell(now, place, &["orders/create", "orders/updated"]);
        self.number(place).ok_or(NotSold::Unknown)
    }

    /// The screen for editing orders makes lines of their own for what is added; an app may do otherwise.
    fn change_product(&mut self, now: Timestamp, order: &OrderNumber, from: &Sku, to: &Sku) -> bool {
        self.catch_up(now);
        let Some(place) = self.shop.order(order).filter(|place| self.shop.change_product(now, *place, from, to)) else {
            return false;
        };
        self.tell(now, place, &["orders/updated"]);
        true
    }

    fn change_silently(&mut self, _now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.shop.order(order).is_some_and(|place| self.shop.change_silently(place, sku, units.units()))
    }

    fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        self.shop.orders.get(self.shop.order(order)?).map(far::order)
    }

    fn ask_to_cancel(&mut self, _now: Timestamp, _order: &OrderNumber) -> bool {
        // Whoever bought in a shop asks its owner by mail.
        false
    }

    fn cancel_units(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.catch_up(now);
        let Some(place) = self.shop.order(order) else { return false };
        let Some(lines) = self.shop.spread(place, sku, units, |line| line.unfulfilled) else { return false };
        self.refund_lines(now, place, &lines, Restock::Cancel)
    }

    fn take_out(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.catch_up(now);
        let Some(place) = self.shop.order(order) else { return false };
        // Of a line that is partly sent the record would be about units that were.
        let unsent = |line: &shop::Line| if line.sent() == 0 { line.unfulfilled } else { 0 };
        let Some(lines) = self.shop.spread(place, sku, units, unsent) else { return false };
        self.refund_lines(now, place, &lines, Restock::None)
    }

    fn cancel_without_restock(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.cancel_whole(now, order, false)
    }

    fn delete_order(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.catch_up(now);
        let Some(place) = self.shop.order(order) else { return false };
        let Some(id) = self.shop.delete(place) else { return false };
        self.hooks.tell(now, &self.setup, &mut self.ids, &mut self.troubles, "orders/delete", &json!({ "id": id }));
        true
    }

    fn ship_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.catch_up(now);
        let Some(place) = self.shop.order(order) else { return false };
        let Some(lines) = self.shop.spread(place, sku, units, |line| line.unfulfilled) else { return false };
        self.ship_lines(now, place, &lines)
    }

    fn undo_shipment(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.catch_up(now);
        let Some(place) = self.shop.order(order).filter(|place| self.shop.unship(now, *place)) else { return false };
        self.tell(now, place, &["orders/updated"]);
        true
    }

    fn announce_return(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.catch_up(now);
        let Some(place) = self.shop.order(order) else { return false };
        let asked = returns::ask(&mut self.shop, &mut self.ids, now, place, sku, units).is_some();
        if asked {
            self.tell(now, place, &["orders/updated"]);
        }
        asked
    }

    fn pay_back_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity, restock: bool) -> bool {
        self.catch_up(now);
        let Some(place) = self.shop.order(order) else { return false };
        let Some(lines) = self.shop.spread(place, sku, units, shop::Line::sent) else { return false };
        self.refund_lines(now, place, &lines, if restock { Restock::Return } else { Restock::None })
    }

    fn price_cents(&self, sku: &Sku) -> Option<i64> {
        self.shop.items.iter().find(|item| item.sku == *sku).map(|item| item.price_cents)
    }

    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.cancel_whole(now, order, true)
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.shop.items.iter().find(|item| item.sku == *sku).map(|item| item.levels.total())
    }

    fn edit_stock(&mut self, _now: Timestamp, sku: &Sku, quantity: Quantity) {
        if let Some(item) = self.shop.items.iter_mut().find(|item| item.sku == *sku) {
            // All else as it is: edited is what lies at the first location.
            let elsewhere = item.levels.total() - item.levels.at(0).unwrap_or(0);
            item.levels.set(0, Some(quantity.units() - elsewhere));
        }
    }

    fn set_tracking(&mut self, _now: Timestamp, sku: &Sku, from: Option<Quantity>) -> bool {
        let Some(item) = self.shop.items.iter_mut().find(|item| item.sku == *sku) else { return false };
        item.tracked = from.is_some();
        if let Some(units) = from {
            let elsewhere = item.levels.total() - item.levels.at(0).unwrap_or(0);
            item.levels.set(0, Some(units.units() - elsewhere));
        }
        true
    }

    fn tracks(&self, sku: &Sku) -> bool {
        self.shop.items.iter().any(|item| item.sku == *sku && item.tracked)
    }

    fn sell_past_zero(&mut self, _now: Timestamp, sku: &Sku, on: bool) -> bool {
        let Some(item) = self.shop.items.iter_mut().find(|item| item.sku == *sku) else { return false };
        item.sells_on = on;
        true
    }

    fn rename(&mut self, _now: Timestamp, sku: &Sku, to: &Sku) {
        if let Some(item) = self.shop.items.iter_mut().find(|item| item.sku == *sku) {
            item.sku = to.clone();
        }
    }

    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing> {
        self.catch_up(now);
        self.tell_levels(now);
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

    fn places(&mut self) -> Option<&mut dyn FarPlaces> {
        Some(self)
    }

    fn lack(&mut self, right: &str) -> bool {
        self.gate.lack(right)
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
