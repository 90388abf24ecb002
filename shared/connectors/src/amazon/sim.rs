//! The far side: one store on Amazon, with buckets that refill slowly, changes of listings that come into force a minute and a half later, and a queue
//! into which it is told what changed.
//!
//! What Amazon does not document is invented here and says so: how long a change takes, that the list of orders is held by the token of its next page, and that
//! a payment is through at once unless `hold_payments` says otherwise.

mod answers;
mod changes;
mod far;
mod limits;
mod listings;
mod notices;
mod orders;
mod packages;
mod shapes;
mod shop;
mod tokens;

use crate::simulated_channel::{Setup, Troubles, query};
use domain::{OrderNumber, Quantity, Sku};
use http::Method;
use jiff::Timestamp;
use ports::{Request, Response};
use std::collections::{BTreeMap, BTreeSet};

/// The one seller, unless a connection names another.
pub(super) const SELLER: &str = "A1SIMULATED";
/// Where notifications are left, as a connection's settings name it.
const QUEUE: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/amazon-orders";
/// The store in the Netherlands.
pub(super) const STORE: &str = "A1805IZSGTT6HS";

/// A simulated store.
pub struct Simulator {
    setup: Setup,
    troubles: Troubles,
    tokens: tokens::Tokens,
    limits: limits::Limits,
    shop: shop::Shop,
    changes: changes::Changes,
    pages: orders::Pages,
    notices: notices::Notices,
    /// The seller as the connection names it: whoever asks first is the one there is. A configuration need not know a name that is invented here.
    seller: Option<String>,
    /// Roles that the application lacks.
    lacks: BTreeSet<String>,
}

impl Simulator {
    /// Opens it.
    pub fn new(setup: Setup) -> Self {
        Self {
            troubles: Troubles::default(),
            tokens: tokens::Tokens::new(setup.seed),
            limits: limits::Limits::default(),
            shop: shop::Shop::new(&setup),
            changes: changes::Changes::default(),
            pages: orders::Pages::default(),
            notices: notices::Notices::default(),
            seller: None,
            lacks: BTreeSet::new(),
            setup,
        }
    }

    /// From now on payments are not through at once: orders are pending until `authorise`.
    pub fn hold_payments(&mut self, on: bool) {
        self.shop.holds_payments = on;
    }

    /// The payment of an order is through. False if it was not pending.
    pub fn authorise(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let found = self.shop.order_mut(order.as_str()).filter(|order| order.pending);
        let done = found.map(|order| (order.pending, order.updated) = (false, now)).is_some();
        self.tell(now, order, "OrderStatusChange");
        done
    }

    /// The seller has Amazon send a product: from now on its figure is Amazon's.
    pub fn send_by_amazon(&mut self, sku: &Sku) {
        if let Some(offer) = self.shop.offer_mut(sku) {
            offer.by_amazon = true;
        }
    }

    /// Listings of which Amazon refuses every change, later.
    pub fn refuse(&mut self, sku: &Sku) {
        self.changes.refuse(sku.as_str());
    }

    fn tell(&mut self, now: Timestamp, order: &OrderNumber, kind: &str) {
        if let Some(order) = self.shop.order(order.as_str()).filter(|order| !order.by_amazon) {
            self.notices.tell(now, order, kind, &mut self.troubles);
        }
    }

    /// Puts in force what is due. Whoever looks, looks at a store that is up to date.
    fn work(&mut self, now: Timestamp) {
        self.changes.work(now, &mut self.shop);
    }

    fn respond(&mut self, now: Timestamp, request: &Request) -> Response {
        let path = request.uri().path().to_owned();
        // Where a configuration that names no address has a simulated shop's tokens asked for, too.
        let token_address = ["/auth/o2/token", "/token"].contains(&path.as_str());
        if self.troubles.too_many(now).is_some() && !token_address {
            return answers::too_many(None);
        }
        if token_address {
            return self.tokens.give(now, &self.setup, request);
        }
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let grantless = matches!(parts.as_slice(), ["notifications", "v1", "destinations"])
            || (request.method() == Method::DELETE && parts.first() == Some(&"notifications"));
        if let Some(refusal) = self.tokens.refuse(now, request, grantless) {
            return refusal;
        }
        if let Some(refusal) = self.limits.take(now, request) {
            return refusal;
        }
        let response = self.route(now, request, &parts);
        if *request.method() != Method::GET && response.status().is_success() && self.troubles.fails_after_apply() {
            return answers::broken();
        }
        response
    }

    fn is_seller(&mut self, asked: &str) -> bool {
        self.seller.get_or_insert_with(|| asked.to_owned()) == asked
    }

    fn route(&mut self, now: Timestamp, request: &Request, parts: &[&str]) -> Response {
        let query: BTreeMap<String, String> = query(request);
        let denied = |role: &str| self.lacks.contains(role);
        match (request.method().as_str(), parts) {
            ("GET", ["orders", ..]) if denied("Inventory and Order Tracking") => answers::denied(),
            ("GET", ["orders", "2026-01-01", "orders"]) => self.pages.list(now, &self.shop, &query),
            ("GET", ["orders", "2026-01-01", "orders", id]) => orders::one(&self.shop, id, &query),
            ("POST", ["orders", "v0", "orders", id, "shipmentConfirmation"]) => {
                let response = packages::confirm(&mut self.shop, now, id, request);
                if let (true, Ok(order)) = (response.status().is_success(), OrderNumber::new(*id)) {
                    self.tell(now, &order, "OrderStatusChange");
                }
                response
            }
            (_, ["listings", "2021-08-01", "items", seller, ..]) if !self.is_seller(seller) => answers::denied(),
            ("GET", ["listings", "2021-08-01", "items", _]) => listings::list(&self.shop, &self.changes, &query),
            ("GET", ["listings", "2021-08-01", "items", _, code]) => listings::one(&self.shop, &self.changes, code, &query),
            ("PATCH", ["listings", "2021-08-01", "items", _, code]) => self.changes.take(now, &self.shop, code, request),
            ("GET", ["sellers", "v1", "marketplaceParticipations"]) => shapes::stores(),
            (method, ["notifications", "v1", rest @ ..]) => self.notices.answer(method, rest, request),
            _ => answers::refusal(404, "NotFound", "The requested resource doesn't exist."),
        }
    }
}

/// As many as a customer takes.
pub(super) fn units(units: i64) -> Quantity {
    Quantity::clamped(units)
}

#[cfg(test)]
#[path = "sim_tests.rs"]
mod tests;
