//! What happens in the shop without a call of ours.

use super::Simulator;
use super::shop::{DELIVERY, Moved, ORDER, TRANSACTION, id};
use crate::simulated_channel::{FarOrder, NotSold, Outgoing, SimulatedChannel, Trouble};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use ports::{Request, Response};

impl Simulator {
    /// Somebody takes a way in the administration.
    fn takes(&mut self, now: Timestamp, order: &OrderNumber, entity: &str, way: &str) -> bool {
        let Some(number) = self.shop.order(order.as_str()).map(|order| order.number) else { return false };
        let kind = match entity {
            "order" => ORDER,
            "order_delivery" => DELIVERY,
            _ => TRANSACTION,
        };
        matches!(self.shop.take(now, (entity, &id(kind, number)), way), Moved::To(_))
    }

    /// Whether an order is of this product alone, in so many units: the administration marks orders and no lines.
    fn is_all(&self, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let lines = self.shop.order(order.as_str()).map_or(&[][..], |order| &order.lines);
        matches!(lines, [line] if line.sku == sku.as_str() && line.units == units.units())
    }
}

impl SimulatedChannel for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        if self.troubles.silent(now) { None } else { Some(self.respond(now, request)) }
    }

    fn buy_all(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        self.shop.buy(now, lines, ship_to)
    }

    /// A line is of the product that it was bought as.
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

    /// Its own edition gives up orders, and no units of them.
    fn cancel_units(&mut self, _now: Timestamp, _order: &OrderNumber, _sku: &Sku, _units: Quantity) -> bool {
        false
    }

    fn delete_order(&mut self, _now: Timestamp, order: &OrderNumber) -> bool {
        self.shop.delete(order.as_str())
    }

    fn ship_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let open = self.shop.order(order.as_str()).is_some_and(super::shop::Order::is_open);
        open && self.is_all(order, sku, units) && self.takes(now, order, "order_delivery", "ship")
    }

    /// Its own edition has no returns.
    fn announce_return(&mut self, _now: Timestamp, _order: &OrderNumber, _sku: &Sku, _units: Quantity) -> bool {
        false
    }

    /// Marked as back, and paid back: neither puts anything on sale again.
    fn pay_back_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity, restock: bool) -> bool {
        let sent = self.shop.order(order.as_str()).is_some_and(|order| order.delivery.state == "shipped");
        sent && !restock
            && self.is_all(order, sku, units)
            && self.takes(now, order, "order_delivery", "retour")
            && self.takes(now, order, "order_transaction", "refund")
    }

    fn price_cents(&self, sku: &Sku) -> Option<i64> {
        self.shop.product(sku).map(super::shapes::cents)
    }

    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let open = self.shop.order(order.as_str()).is_some_and(super::shop::Order::is_open);
        open && self.takes(now, order, "order", "cancel")
    }

    fn reopen(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let cancelled = self.shop.order(order.as_str()).is_some_and(|order| order.own.state == "cancelled");
        cancelled && self.takes(now, order, "order", "reopen")
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.shop.product(sku).map(|product| product.stock)
    }

    fn edit_stock(&mut self, _now: Timestamp, sku: &Sku, quantity: Quantity) {
        if let Some(product) = self.shop.product_mut(sku) {
            product.stock = quantity.units();
        }
    }

    fn rename(&mut self, _now: Timestamp, sku: &Sku, to: &Sku) {
        if let Some(product) = self.shop.product_mut(sku) {
            to.as_str().clone_into(&mut product.sku);
        }
    }

    fn sell_past_zero(&mut self, _now: Timestamp, sku: &Sku, on: bool) -> bool {
        self.shop.product_mut(sku).map(|product| product.closeout = !on).is_some()
    }

    fn outbox(&mut self, _now: Timestamp) -> Vec<Outgoing> {
        Vec::new()
    }

    /// Nothing is delivered.
    fn sign(&self, _body: &[u8]) -> Vec<(String, String)> {
        Vec::new()
    }

    fn delivered(&mut self, _now: Timestamp, _id: u64, _status: Option<u16>) {}

    fn trouble(&mut self, trouble: Trouble) {
        if let Some(Trouble::TokensRevoked) = self.troubles.add(trouble) {
            self.tokens.revoke();
        }
    }

    fn lack(&mut self, right: &str) -> bool {
        let known = ["order:read", "product:read", "currency:read", "product:update", "order:update", "order_delivery:update"];
        let known = known.contains(&right);
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

    fn orders(&self) -> Vec<OrderNumber> {
        self.shop.orders.keys().filter_map(|number| OrderNumber::new(id(ORDER, *number)).ok()).collect()
    }
}
