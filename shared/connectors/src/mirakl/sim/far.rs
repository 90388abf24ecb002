//! What happens on the marketplace without a call of ours.

use super::Simulator;
use super::shop::Shop;
use crate::simulated_channel::{FarOrder, NotSold, Outgoing, SimulatedChannel, Trouble};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use ports::{Request, Response};

/// Before it is on its way.
fn may_be_cancelled(state: &str) -> bool {
    matches!(state, "WAITING_ACCEPTANCE" | "WAITING_DEBIT" | "WAITING_DEBIT_PAYMENT" | "SHIPPING")
}

impl SimulatedChannel for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        self.work(now);
        if self.troubles.silent(now) { None } else { Some(self.respond(now, request)) }
    }

    fn buy_all(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        self.work(now);
        self.shop.buy(now, lines, ship_to)
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

    fn ask_to_cancel(&mut self, _now: Timestamp, _order: &OrderNumber) -> bool {
        false
    }

    /// By the operator: a line whole.
    fn cancel_units(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.work(now);
        let Some(order) = self.shop.order_mut(order.as_str()).filter(|order| may_be_cancelled(order.state)) else { return false };
        let open = |line: &super::shop::Line| line.sku == *sku && !line.is_void() && line.units == units.units();
        let Some(place) = order.lines.iter().position(open) else { return false };
        Shop::cancel(order, now, &[place], "33");
        true
    }

    fn forget(&mut self, order: &OrderNumber) -> bool {
        let found = self.shop.order_mut(order.as_str());
        found.map(|order| order.hidden = true).is_some()
    }

    /// The order is sent or not: its last open line takes it along.
    fn ship_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.work(now);
        let Some(order) = self.shop.order_mut(order.as_str()).filter(|order| order.state == "SHIPPING") else { return false };
        let mut open = order.lines.iter().filter(|line| !line.is_void());
        if !open.all(|line| line.sku == *sku && line.units == units.units()) {
            return false;
        }
        order.shipped = Some(now);
        order.become_all(now, "SHIPPED");
        true
    }

    fn announce_return(&mut self, _now: Timestamp, _order: &OrderNumber, _sku: &Sku, _units: Quantity) -> bool {
        false
    }

    fn pay_back_there(&mut self, _: Timestamp, _: &OrderNumber, _: &Sku, _: Quantity, _: bool) -> bool {
        false
    }

    fn price_cents(&self, sku: &Sku) -> Option<i64> {
        self.shop.offer(sku).map(super::shop::Offer::cents)
    }

    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.work(now);
        let Some(order) = self.shop.order_mut(order.as_str()).filter(|order| may_be_cancelled(order.state)) else { return false };
        let open = |(place, line): (usize, &super::shop::Line)| (!line.is_void()).then_some(place);
        let places: Vec<usize> = order.lines.iter().enumerate().filter_map(open).collect();
        Shop::cancel(order, now, &places, "33");
        true
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.shop.offer(sku).map(|offer| offer.units)
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

    /// It tells nothing by itself.
    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing> {
        self.work(now);
        Vec::new()
    }

    fn sign(&self, _body: &[u8]) -> Vec<(String, String)> {
        Vec::new()
    }

    fn delivered(&mut self, _now: Timestamp, _id: u64, _status: Option<u16>) {}

    fn trouble(&mut self, trouble: Trouble) {
        // It has neither tokens nor subscriptions.
        let _ = self.troubles.add(trouble);
    }

    fn lack(&mut self, right: &str) -> bool {
        let known = right == "ROLE_PARTNER_ORDER_READ";
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

    fn orders(&self) -> Vec<OrderNumber> {
        self.shop.orders.iter().filter_map(|order| OrderNumber::new(order.id.as_str()).ok()).collect()
    }
}
