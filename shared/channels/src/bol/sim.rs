//! bol's side of the wire: a shop with its own counters, token address, lists, limits and signed deliveries.
//!
//! Dates are shown at `+01:00` all year, where bol changes to summer time. What bol does not document is invented here and says so.

mod answers;
mod limits;
mod orders;
mod pushes;
mod shop;
mod subscriptions;
mod tokens;

use super::requests::{V10, V11};
use crate::far_side::{FarSide, NotSold, Outgoing, Setup, Trouble, Troubles, answer, query};
use answers::problem;
use domain::{OrderNumber, Quantity, Sku};
use http::{Method, header};
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::Value;

/// A simulated bol with one seller.
pub struct Simulator {
    setup: Setup,
    troubles: Troubles,
    tokens: tokens::Tokens,
    limits: limits::Limits,
    shop: shop::Shop,
    subscriptions: subscriptions::Subscriptions,
    pushes: pushes::Pushes,
}

impl Simulator {
    /// Opens the shop.
    pub fn new(setup: Setup) -> Self {
        Self {
            troubles: Troubles::default(),
            tokens: tokens::Tokens::new(setup.seed),
            limits: limits::Limits::default(),
            shop: shop::Shop::new(&setup),
            subscriptions: subscriptions::Subscriptions::new(setup.seed),
            pushes: pushes::Pushes::new(),
            setup,
        }
    }

    /// The merchant ships an order whole. False if there is no such open order.
    pub fn ship(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let shipped = self.shop.close(now, order, |o| o.shipped = o.quantity);
        if shipped {
            self.announce(now, order.as_str());
        }
        shipped
    }

    /// The path behind the base address, with and without which a server may hand requests on.
    fn path<'r>(&self, request: &'r Request) -> &'r str {
        let path = request.uri().path();
        let base = url::Url::parse(&self.setup.base_url).map(|u| u.path().trim_end_matches('/').to_owned());
        base.ok().and_then(|base| path.strip_prefix(base.as_str())).unwrap_or(path)
    }

    fn respond(&mut self, now: Timestamp, request: &Request) -> Response {
        if let Some(seconds) = self.troubles.too_many(now) {
            return limits::too_many(seconds);
        }
        let path = self.path(request).to_owned();
        if path == "/token" {
            return self.tokens.give(now, &self.setup, request);
        }
        if let Some(refusal) = self.tokens.refuse(now, request) {
            return refusal;
        }
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let offers = parts.get(1) == Some(&"offers");
        if let Some(refusal) = wrong_media(request, if offers { V11 } else { V10 }) {
            return refusal;
        }
        let allowance = match self.limits.take(now, request.method(), &parts) {
            Ok(allowance) => allowance,
            Err(refusal) => return *refusal,
        };
        let mut response = self.route(now, request, &parts);
        let writes = *request.method() != Method::GET;
        if writes && response.status().is_success() && self.troubles.fails_after_apply() {
            response = answers::broken_proxy();
        }
        allowance.tell(&mut response);
        response
    }

    fn route(&mut self, now: Timestamp, request: &Request, parts: &[&str]) -> Response {
        let query = query(request);
        match (request.method().as_str(), parts) {
            ("GET", ["retailer", "orders"]) => self.shop.list_orders(now, &query),
            ("GET", ["retailer", "orders", id]) => self.shop.order(id),
            ("GET", ["retailer", "offers"]) => self.shop.list_offers(&query),
            ("GET", ["retailer", "offers", id]) => self.shop.offer(id),
            ("PATCH", ["retailer", "offers", id]) => self.shop.patch_offer(now, id, request),
            ("GET", ["retailer", "subscriptions", "signature-keys"]) => pushes::signature_keys(),
            (_, ["retailer", "subscriptions", rest @ ..]) => self.subscriptions.answer(now, request, rest),
            ("GET", ["shared", "process-status", id]) => self.subscriptions.process(id),
            _ => problem(404, "Not Found", "The simulator of bol does not play this address."),
        }
    }

    fn announce(&mut self, now: Timestamp, number: &str) {
        for (subscription, url) in self.subscriptions.listening() {
            self.pushes.put(now, &subscription, &url, number, &mut self.troubles);
        }
    }
}

/// The media type is the version: the wrong one is refused as bol refuses it.
fn wrong_media(request: &Request, wanted: &str) -> Option<Response> {
    let header = |name| request.headers().get(name).and_then(|v| v.to_str().ok());
    if header(header::ACCEPT) != Some(wanted) {
        return Some(problem(406, "Not Acceptable", &format!("Accept must be {wanted} here.")));
    }
    let writes = *request.method() != Method::GET;
    (writes && header(header::CONTENT_TYPE) != Some(wanted))
        .then(|| problem(415, "Unsupported Media Type", &format!("Content-Type must be {wanted} here.")))
}

fn json_v10(status: u16, body: &Value) -> Response {
    answer(status, V10, body)
}

fn json_v11(status: u16, body: &Value) -> Response {
    answer(status, V11, body)
}

impl FarSide for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        if self.troubles.silent(now) { None } else { Some(self.respond(now, request)) }
    }

    fn buy(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) -> Result<OrderNumber, NotSold> {
        let number = self.shop.buy(now, sku, quantity)?;
        self.announce(now, number.as_str());
        Ok(number)
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
        let cancelled = self.shop.close(now, order, |o| o.cancelled = o.quantity);
        if cancelled {
            self.announce(now, order.as_str());
        }
        cancelled
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.shop.shown(sku)
    }

    fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        self.shop.edit_stock(now, sku, quantity);
    }

    fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        self.shop.rename(now, sku, to);
    }

    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing> {
        self.pushes.due(now, &self.troubles, |id| self.subscriptions.is_on(id))
    }

    fn sign(&self, body: &[u8]) -> Vec<(String, String)> {
        self.pushes.header(body).map(|value| ("signature".to_owned(), value)).into_iter().collect()
    }

    fn delivered(&mut self, now: Timestamp, id: u64, status: Option<u16>) {
        if let Some(subscription) = self.pushes.delivered(now, id, status, &mut self.troubles) {
            self.subscriptions.switch_off(&subscription);
        }
    }

    fn trouble(&mut self, trouble: Trouble) {
        match self.troubles.add(trouble) {
            Some(Trouble::TokensRevoked) => self.tokens.revoke(),
            Some(Trouble::SubscriptionOff) => self.subscriptions.switch_all_off(),
            _ => {}
        }
    }

    fn settings(&self) -> std::collections::BTreeMap<String, String> {
        [("token_url".to_owned(), format!("{}/token", self.setup.base_url))].into()
    }

    fn stock_writes(&self) -> u64 {
        self.shop.stock_writes()
    }

    fn last_stock_write(&self) -> Option<(Sku, i64)> {
        self.shop.last_stock_write()
    }

    fn orders(&self) -> Vec<OrderNumber> {
        self.shop.numbers()
    }
}

#[cfg(test)]
#[path = "sim_tests.rs"]
mod tests;
