//! bol's side of the wire: a shop with its own counters, token address, lists, limits and signed deliveries.
//!
//! Dates are shown at `+01:00` all year, where bol changes to summer time. What bol does not document is invented here and says so.

mod answers;
mod invoices;
mod limits;
mod offers;
mod orders;
mod parcels;
mod processes;
mod pushes;
mod returns;
mod shop;
mod subscriptions;
mod tokens;

use super::requests::{V10, V11};
use crate::simulated_channel::{
    FarInvoice, FarOrder, NotSold, Outgoing, Setup, SimulatedChannel, Trouble, Troubles, answer, query,
};
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
    processes: processes::Processes,
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
            processes: processes::Processes::new(setup.seed),
            subscriptions: subscriptions::Subscriptions::default(),
            pushes: pushes::Pushes::new(),
            setup,
        }
    }

    /// The merchant ships an order whole. False if there is no such open order.
    pub fn ship(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.work(now);
        let shipped = self.shop.close(now, order, true);
        self.announced(now, order, shipped)
    }

    /// The next change that is taken with a 202 ends as `TIMEOUT`, whether it is done or not.
    pub fn lose_process(&mut self, done: bool) {
        self.processes.lose(done);
    }

    /// Does what was taken and is due. Whoever looks, looks at a shop that is up to date.
    fn work(&mut self, now: Timestamp) {
        while let Some((index, at, job)) = self.processes.take_due(now) {
            let about = self.shop.about(&job);
            let lost = self.processes.take_lost();
            let outcome = (lost != Some(false)).then(|| self.shop.work(at, job));
            let done = matches!(outcome, Some(Ok(_)));
            self.processes.end(index, outcome.filter(|_| lost.is_none()));
            if let Some(order) = about.filter(|_| done) {
                self.announce(at, order.as_str());
            }
        }
    }

    fn announced(&mut self, now: Timestamp, order: &OrderNumber, done: bool) -> bool {
        if done {
            self.announce(now, order.as_str());
        }
        done
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
        // Declared so for this one call: the body is plain JSON, the answer is not.
        let plain = *request.method() == Method::POST && parts == ["retailer", "returns"];
        let media = if offers { V11 } else { V10 };
        let sent = match parts.as_slice() {
            _ if plain => Some("application/json"),
            // A form, whose type says where it ends.
            ["retailer", "shipments", "invoices", _] => None,
            _ => Some(media),
        };
        if let Some(refusal) = wrong_media(request, media, sent) {
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
            (_, ["retailer", "subscriptions", rest @ ..]) => self.subscriptions.answer(now, request, rest, &mut self.processes),
            ("PUT", ["retailer", "orders", "cancellation"]) => shop::Shop::put_cancellation(now, request, &mut self.processes),
            ("GET", ["retailer", "shipments"]) => self.shop.list_shipments(&query),
            ("POST", ["retailer", "shipments"]) => shop::Shop::post_shipment(now, request, &mut self.processes),
            ("GET", ["retailer", "shipments", "invoices", "requests"]) => self.shop.list_invoice_requests(&query),
            ("POST", ["retailer", "shipments", "invoices", id]) => self.shop.post_invoice(now, id, request, &mut self.processes),
            ("GET", ["retailer", "returns"]) => self.shop.list_returns(&query),
            ("POST", ["retailer", "returns"]) => shop::Shop::post_return(now, request, &mut self.processes),
            ("GET", ["retailer", "returns", id]) => self.shop.one_return(id),
            ("PUT", ["retailer", "returns", rma]) => shop::Shop::put_return(now, rma, request, &mut self.processes),
            ("GET", ["shared", "process-status"]) => self.processes.about(now, &query),
            ("GET", ["shared", "process-status", id]) => self.processes.one(now, id),
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
fn wrong_media(request: &Request, wanted: &str, sent: Option<&str>) -> Option<Response> {
    let header = |name| request.headers().get(name).and_then(|v| v.to_str().ok());
    if header(header::ACCEPT) != Some(wanted) {
        return Some(problem(406, "Not Acceptable", &format!("Accept must be {wanted} here.")));
    }
    let writes = *request.method() != Method::GET;
    let sent = sent.filter(|sent| writes && header(header::CONTENT_TYPE) != Some(*sent));
    sent.map(|sent| problem(415, "Unsupported Media Type", &format!("Content-Type must be {sent} here.")))
}

/// Refuses an object with fields that are not among these.
fn fields(value: &Value, known: &[&str]) -> Result<(), Box<Response>> {
    let Some(fields) = value.as_object() else { return Err(Box::new(answers::invalid("body", "Must be an object."))) };
    match fields.keys().find(|k| !known.contains(&k.as_str())) {
        Some(name) => Err(Box::new(answers::invalid(name, "Unknown."))),
        None => Ok(()),
    }
}

/// A text that is not empty and not too long.
fn text(value: &Value, name: &str, longest: usize) -> Result<String, Box<Response>> {
    let fits = value.as_str().filter(|t| (1..=longest).contains(&t.chars().count()));
    fits.map(str::to_owned).ok_or_else(|| Box::new(answers::invalid(name, "Must be a text and not be empty or too long.")))
}

fn json_v10(status: u16, body: &Value) -> Response {
    answer(status, V10, body)
}

fn json_v11(status: u16, body: &Value) -> Response {
    answer(status, V11, body)
}

impl SimulatedChannel for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        self.work(now);
        if self.troubles.silent(now) { None } else { Some(self.respond(now, request)) }
    }

    fn buy_all(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        self.work(now);
        let number = self.shop.buy(now, lines, ship_to)?;
        self.announce(now, number.as_str());
        Ok(number)
    }

    /// Nobody has seen bol do it.
    fn change_product(&mut self, now: Timestamp, order: &OrderNumber, from: &Sku, to: &Sku) -> bool {
        self.work(now);
        let changed = self.shop.change_product(now, order, from, to);
        self.announced(now, order, changed)
    }

    /// Nobody has seen bol do it.
    fn change_silently(&mut self, _now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.shop.change_silently(order, sku, units.units())
    }

    fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        self.shop.far_order(order)
    }

    fn far_invoices(&self, order: &OrderNumber) -> Vec<FarInvoice> {
        self.shop.far_invoices(order)
    }

    fn dislike_next_invoice(&mut self) -> bool {
        self.shop.invoices.dislike_next();
        true
    }

    fn ask_for_invoice(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.work(now);
        self.shop.ask_for_invoice(now, order)
    }

    fn ask_to_cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.work(now);
        let asked = self.shop.ask_to_cancel(now, order);
        self.announced(now, order, asked)
    }

    /// bol's own screen cancels what is open of a line, and no part of it.
    fn cancel_units(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.work(now);
        let found = self.shop.find(order, sku, |shop, place| !units.is_zero() && shop.open(place) == units.units());
        if let Some(place) = found {
            self.shop.handle(now, place, 0, units.units());
        }
        self.announced(now, order, found.is_some())
    }

    /// As of an order of another account.
    fn forget(&mut self, order: &OrderNumber) -> bool {
        self.shop.forget(order)
    }

    fn ship_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.work(now);
        let found = self.shop.find(order, sku, |shop, place| !units.is_zero() && shop.open(place) >= units.units());
        if let Some(place) = found {
            self.shop.send(now, &[(place, units.units())], String::new(), None, None);
        }
        self.announced(now, order, found.is_some())
    }

    fn announce_return(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.work(now);
        let place = self.shop.find(order, sku, |shop, place| shop.returnable(place) >= units.units());
        place.and_then(|place| self.shop.register(now, place, units.units(), None)).is_some()
    }

    /// The merchant registers a return there and accepts it. bol never puts units on sale again by itself, and its orders do not
    /// show returns: nobody is told.
    fn pay_back_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity, restock: bool) -> bool {
        self.work(now);
        let place = self.shop.find(order, sku, |shop, place| !restock && shop.returnable(place) >= units.units());
        let accepted = Some("RETURN_RECEIVED".to_owned());
        place.and_then(|place| self.shop.register(now, place, units.units(), accepted)).is_some()
    }

    fn price_cents(&self, sku: &Sku) -> Option<i64> {
        self.shop.price_cents(sku)
    }

    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.work(now);
        let cancelled = self.shop.close(now, order, false);
        self.announced(now, order, cancelled)
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.shop.shown(sku)
    }

    fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        self.work(now);
        self.shop.edit_stock(now, sku, quantity);
    }

    fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        self.work(now);
        self.shop.rename(now, sku, to);
    }

    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing> {
        self.work(now);
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
        // Whoever cancels in this shop does not break what is cancelled.
        let on_sale = (ports::RESTOCK_UNTOLD.to_owned(), "on_sale".to_owned());
        [("token_url".to_owned(), format!("{}/token", self.setup.base_url)), on_sale].into()
    }

    fn stock_writes(&self) -> u64 {
        self.shop.stock_writes
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
