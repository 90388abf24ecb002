//! The far side: a WooCommerce shop with its own counter, its own webhooks and its own faults.
//!
//! Its clock is one hour ahead of UTC, as in Amsterdam in winter, so that a caller who mixes up the two is found out.

#![expect(clippy::result_large_err, reason = "a refusal is an answer like any other, made once per request")]

mod doors;
mod far;
mod hooks;
mod lists;
mod orders;
mod plugins;
mod routes;
mod shapes;
mod shop;
mod writes;

use crate::simulated_channel;
use crate::simulated_channel::{FarOrder, FarPlugins, NotSold, Outbox, Outgoing, Setup, SimulatedChannel, Trouble, Troubles};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use ports::{Request, Response, Secret};
use serde_json::json;
pub use shop::Sets;
use shop::Shop;

/// A simulated shop.
#[derive(Debug)]
pub struct Simulator {
    shop: Shop,
    /// Whether it has the plugin for tracking.
    tracks: bool,
    doors: doors::Doors,
    webhook_secret: Option<Secret>,
    hooks: hooks::Hooks,
    outbox: Outbox,
    troubles: Troubles,
}

impl Simulator {
    /// A shop that has just opened. Products of one group become variations of a variable product.
    pub fn new(setup: Setup) -> Self {
        Self {
            shop: Shop::new(&setup.products, setup.checkout),
            tracks: false,
            hooks: hooks::Hooks::new(&setup.base_url, setup.seed),
            webhook_secret: setup.credentials.get("webhook_secret").cloned(),
            doors: doors::Doors::new(setup.base_url, &setup.credentials),
            outbox: Outbox::default(),
            troubles: Troubles::default(),
        }
    }

    /// The shop marks an order as completed. False if there is none in that state.
    pub fn complete(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let changed = self.shop.complete(now, order);
        self.tell(now);
        changed
    }

    /// The shop refunds units of an order's first line, and puts them back in stock.
    pub fn refund(&mut self, now: Timestamp, order: &OrderNumber, quantity: Quantity) -> bool {
        let line = self.shop.find(order).and_then(|o| Some((o.lines.first()?.sku.clone(), o.status == "completed")));
        match line {
            Some((sku, true)) => self.pay_back_there(now, order, &sku, quantity, true),
            Some((sku, false)) => self.cancel_units(now, order, &sku, quantity),
            None => false,
        }
    }

    /// The shop gets the plugin for tracking, with routes at `wc-shipment-tracking/v3`.
    pub fn install_tracking(&mut self) {
        self.tracks = true;
    }

    /// The plugin for sets that the shop has.
    pub fn install_sets(&mut self, plugin: Sets) {
        self.shop.sets = plugin;
    }

    /// Lines up deliveries for whatever the shop says has happened since.
    fn tell(&mut self, now: Timestamp) {
        for happening in self.shop.happenings.drain(..) {
            self.hooks.schedule(now, happening, &mut self.outbox, &mut self.troubles);
        }
    }
}

impl SimulatedChannel for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        if self.troubles.silent(now) {
            return None;
        }
        if let Some(seconds) = self.troubles.too_many(now) {
            return Some(shapes::firewall(seconds));
        }
        let path = match self.doors.enter(now, request) {
            Ok(path) => path,
            Err(refusal) => return Some(refusal),
        };
        let response = routes::answer(self, now, request, &path);
        self.tell(now);
        let wrote = *request.method() != http::Method::GET && response.status().is_success();
        if wrote && self.troubles.fails_after_apply() {
            let body = json!({
                "code": "internal_server_error",
                "message": "<p>There has been a critical error on this website.</p>",
                "data": { "status": 500 },
            });
            return Some(simulated_channel::answer(500, shapes::JSON, &body));
        }
        Some(response)
    }

    fn buy_all(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        let number = self.shop.buy(now, lines, ship_to)?;
        self.tell(now);
        OrderNumber::new(number.to_string()).map_err(|_| NotSold::Unknown)
    }

    fn buy_set(&mut self, now: Timestamp, set: &Sku, parts: &[(Sku, Quantity)]) -> Option<OrderNumber> {
        let number = self.shop.buy_set(now, set, parts)?;
        self.tell(now);
        OrderNumber::new(number.to_string()).ok()
    }

    fn change_product(&mut self, now: Timestamp, order: &OrderNumber, from: &Sku, to: &Sku) -> bool {
        let changed = self.shop.change_product(now, order, from, to);
        self.tell(now);
        changed
    }

    fn change_silently(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let changed = self.shop.change_silently(now, order, sku, units.units());
        self.tell(now);
        changed
    }

    fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        self.shop.far_order(order)
    }

    fn ask_to_cancel(&mut self, _now: Timestamp, _order: &OrderNumber) -> bool {
        // Core has no such thing.
        false
    }

    fn cancel_units(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let changed = self.shop.cancel_units(now, order, sku, units);
        self.tell(now);
        changed
    }

    fn take_out(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let changed = self.shop.take_out(now, order, sku, units);
        self.tell(now);
        changed
    }

    fn cancel_without_restock(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let changed = self.shop.pay_back_whole(now, order);
        self.tell(now);
        changed
    }

    fn delete_order(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let changed = self.shop.delete(order);
        self.tell(now);
        changed
    }

    fn ship_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let changed = self.shop.ship(now, order, sku, units);
        self.tell(now);
        changed
    }

    fn announce_return(&mut self, _now: Timestamp, _order: &OrderNumber, _sku: &Sku, _units: Quantity) -> bool {
        // Core has no such thing.
        false
    }

    fn pay_back_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity, restock: bool) -> bool {
        let changed = self.shop.pay_back(now, order, sku, units, restock);
        self.tell(now);
        changed
    }

    fn price_cents(&self, sku: &Sku) -> Option<i64> {
        self.shop.by_sku(sku).map(shop::Product::cents)
    }

    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let changed = self.shop.cancel(now, order);
        self.tell(now);
        changed
    }

    fn reopen(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let Some(id) = self
            .shop
            .find(order)
            .filter(|found| matches!(found.status.as_str(), "cancelled" | "completed"))
            .map(|found| found.id)
        else {
            return false;
        };
        self.shop.set_status(now, id, "processing");
        self.tell(now);
        true
    }

    /// By its status, as whatever else its staff take up again.
    fn undo_shipment(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.shop.find(order).is_some_and(|found| found.status == "completed") && self.reopen(now, order)
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.shop.by_sku(sku).and_then(|p| self.shop.figure(p))
    }

    fn draft(&mut self, now: Timestamp, sku: &Sku, units: Quantity) -> Option<OrderNumber> {
        let number = self.shop.draft(now, sku, units.units())?;
        self.tell(now);
        OrderNumber::new(number.to_string()).ok()
    }

    fn place(&mut self, now: Timestamp, draft: &OrderNumber) -> bool {
        let Some(id) = self.shop.find(draft).filter(|found| found.status == "checkout-draft").map(|found| found.id) else {
            return false;
        };
        self.shop.set_status(now, id, "processing");
        self.tell(now);
        true
    }

    fn set_tracking(&mut self, now: Timestamp, sku: &Sku, from: Option<Quantity>) -> bool {
        let done = self.shop.set_tracking(now, sku, from.map(Quantity::units));
        self.tell(now);
        done
    }

    fn tracks(&self, sku: &Sku) -> bool {
        self.shop.by_sku(sku).is_some_and(|product| self.shop.figure(product).is_some())
    }

    fn set_virtual(&mut self, now: Timestamp, sku: &Sku, on: bool) -> bool {
        let done = self.shop.set_virtual(now, sku, on);
        self.tell(now);
        done
    }

    fn plugins(&mut self) -> Option<&mut dyn FarPlugins> {
        Some(self)
    }

    fn share_stock(&mut self, now: Timestamp, skus: &[Sku], units: Quantity) -> bool {
        let done = self.shop.share_stock(now, skus, units.units());
        self.tell(now);
        done
    }

    fn sell_past_zero(&mut self, now: Timestamp, sku: &Sku, on: bool) -> bool {
        let done = self.shop.sell_past_zero(now, sku, on);
        self.tell(now);
        done
    }

    fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        self.shop.edit_stock(now, sku, quantity);
        self.tell(now);
    }

    fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        self.shop.rename(now, sku, to);
        self.tell(now);
    }

    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing> {
        let due = self.outbox.due(now, &self.troubles);
        due.into_iter().filter_map(|outgoing| self.hooks.deliver(now, &outgoing, &self.shop)).collect()
    }

    fn sign(&self, body: &[u8]) -> Vec<(String, String)> {
        // The secret that the connector gives its webhooks.
        let secret = self.webhook_secret.as_ref();
        secret.map(|s| ("x-wc-webhook-signature".to_owned(), hooks::signature(s.expose(), body))).into_iter().collect()
    }

    fn delivered(&mut self, _now: Timestamp, id: u64, status: Option<u16>) {
        self.hooks.delivered(id, status);
    }

    fn trouble(&mut self, trouble: Trouble) {
        // Keys have no tokens: `TokensRevoked` means nothing to a shop.
        if let Some(Trouble::SubscriptionOff) = self.troubles.add(trouble) {
            self.hooks.switch_off();
        }
    }

    fn lack(&mut self, right: &str) -> bool {
        let known = right == super::verify::READ_WRITE;
        self.doors.reads_alone |= known;
        known
    }

    fn stock_writes(&self) -> u64 {
        self.shop.stock_writes
    }

    fn last_stock_write(&self) -> Option<(Sku, i64)> {
        self.shop.last_stock_write()
    }

    fn orders(&self) -> Vec<OrderNumber> {
        self.shop.orders.keys().filter_map(|id| OrderNumber::new(id.to_string()).ok()).collect()
    }
}
