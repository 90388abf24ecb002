//! What happens in the store without a call of ours.

use super::shop::Package;
use super::{QUEUE, SELLER, Simulator};
use crate::simulated_channel::{FarOrder, NotSold, Outgoing, SimulatedChannel, Trouble};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use ports::{Request, Response};
use std::collections::BTreeMap;

/// How an order's status changed.
const CHANGED: &str = "OrderStatusChange";

impl SimulatedChannel for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        self.work(now);
        if self.troubles.silent(now) { None } else { Some(self.respond(now, request)) }
    }

    fn buy_all(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        self.work(now);
        let order = self.shop.buy(now, lines, ship_to)?;
        self.tell(now, &order, CHANGED);
        Ok(order)
    }

    /// A line is of the offer that it was bought as.
    fn change_product(&mut self, _now: Timestamp, _order: &OrderNumber, _from: &Sku, _to: &Sku) -> bool {
        false
    }

    fn change_silently(&mut self, _now: Timestamp, _order: &OrderNumber, _sku: &Sku, _units: Quantity) -> bool {
        false
    }

    fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        self.shop.far_order(order)
    }

    fn ask_to_cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let Some(found) = self.shop.order_mut(order.as_str()).filter(|order| order.status() == "UNSHIPPED") else { return false };
        for line in &mut found.lines {
            line.wished = true;
        }
        found.updated = now;
        self.tell(now, order, "BuyerRequestedChange");
        true
    }

    /// In Seller Central.
    fn cancel_units(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.work(now);
        let done = self.shop.cancel_units(now, order.as_str(), sku, units.units());
        if done {
            self.tell(now, order, CHANGED);
        }
        done
    }

    fn forget(&mut self, order: &OrderNumber) -> bool {
        let found = self.shop.order_mut(order.as_str());
        found.map(|order| order.hidden = true).is_some()
    }

    fn ship_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.work(now);
        let Some(found) = self.shop.order_mut(order.as_str()).filter(|order| !order.pending) else { return false };
        let fits = |line: &&super::shop::Line| line.sku == *sku && found.open(line) >= units.units();
        let Some(id) = found.lines.iter().find(fits).map(|line| line.id.clone()) else { return false };
        found.packages.push(Package {
            reference: (found.packages.len() + 1).to_string(),
            carrier: "PostNL".to_owned(),
            tracking: "3SVERZONNEN".to_owned(),
            sent: now,
            lines: BTreeMap::from([(id, units.units())]),
        });
        found.updated = now;
        self.tell(now, order, CHANGED);
        true
    }

    /// Orders tell nothing of returns.
    fn announce_return(&mut self, _now: Timestamp, _order: &OrderNumber, _sku: &Sku, _units: Quantity) -> bool {
        false
    }

    fn pay_back_there(&mut self, _: Timestamp, _: &OrderNumber, _: &Sku, _: Quantity, _: bool) -> bool {
        false
    }

    fn price_cents(&self, sku: &Sku) -> Option<i64> {
        self.shop.offer(sku.as_str()).map(|offer| offer.cents)
    }

    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.work(now);
        let Some(found) = self.shop.order_mut(order.as_str()) else { return false };
        if !matches!(found.status(), "PENDING" | "UNSHIPPED") {
            return false;
        }
        for line in &mut found.lines {
            line.cancelled = line.units;
        }
        found.updated = now;
        self.tell(now, order, CHANGED);
        true
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.shop.offer(sku.as_str()).map(|offer| offer.units)
    }

    fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        self.work(now);
        if let Some(offer) = self.shop.offer_mut(sku) {
            offer.units = quantity.units();
        }
    }

    fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        self.work(now);
        if let Some(offer) = self.shop.offer_mut(sku) {
            offer.sku = to.clone();
        }
    }

    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing> {
        self.work(now);
        self.notices.due(now, &self.troubles)
    }

    /// Nothing is signed.
    fn sign(&self, _body: &[u8]) -> Vec<(String, String)> {
        Vec::new()
    }

    fn delivered(&mut self, _now: Timestamp, _id: u64, _status: Option<u16>) {}

    fn trouble(&mut self, trouble: Trouble) {
        match self.troubles.add(trouble) {
            Some(Trouble::TokensRevoked) => self.tokens.revoke(),
            Some(Trouble::SubscriptionOff) => self.notices.off(),
            _ => {}
        }
    }

    fn lack(&mut self, right: &str) -> bool {
        let known = right == "Inventory and Order Tracking";
        if known {
            self.lacks.insert(right.to_owned());
        }
        known
    }

    fn stock_writes(&self) -> u64 {
        self.shop.stock_writes
    }

    fn last_stock_write(&self) -> Option<(Sku, i64)> {
        self.shop.last_write.clone()
    }

    fn came_in_force(&mut self) -> Vec<(Sku, Timestamp)> {
        std::mem::take(&mut self.shop.in_force)
    }

    fn settings(&self) -> BTreeMap<String, String> {
        let token_url = format!("{}/auth/o2/token", self.setup.base_url);
        let settings = [("seller_id", SELLER), ("notification_queue", QUEUE), ("token_url", token_url.as_str())];
        settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    fn orders(&self) -> Vec<OrderNumber> {
        self.shop.orders.iter().filter_map(|order| OrderNumber::new(order.id.as_str()).ok()).collect()
    }
}
