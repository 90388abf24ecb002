//! What happened at shops by ways of theirs that no book can follow to the unit.

use super::{Books, OrderKey, Sale};
use crate::world::PRODUCTS;
use domain::{ConnectionId, Sku};
use jiff::Timestamp;

/// More than there ever are.
const ANY: i64 = 1_000_000;

impl Books {
    /// Units of a product that a channel sold by the merchant's own will there: on without stock, or of what it does not count.
    pub(in super::super) fn at_will(&mut self, connection: &ConnectionId, product: usize, units: i64) {
        *self.edited.entry((connection.clone(), product)).or_default() += units.max(0);
    }

    /// What a channel shows of a product is the merchant's own word.
    pub(in super::super) fn is_theirs(&mut self, connection: &ConnectionId, product: usize) {
        self.edited.entry((connection.clone(), product)).or_default();
        self.foreign.insert((connection.clone(), product));
    }

    /// The staff of the shop that leads began to count a product anew, at so many.
    pub(in super::super) fn led_freely(&mut self, product: usize, units: i64) {
        self.led(product, units);
        self.led(product, -ANY);
    }

    /// A channel has one stock for all products, or not any more.
    pub(in super::super) fn has_one_stock(&mut self, connection: &ConnectionId, one: bool) {
        if one {
            self.sharing.insert(connection.clone());
        } else {
            self.sharing.remove(connection);
        }
    }

    /// Units of a product came back on sale there: where it has one stock for all, units of all of them. Nobody tells that stock anything, so
    /// what comes free is offered elsewhere as well.
    pub(super) fn came_back(&mut self, connection: &ConnectionId, product: usize, units: i64) {
        if self.sharing.contains(connection) && product < PRODUCTS.len() {
            (0..PRODUCTS.len()).for_each(|one| self.at_will(connection, one, units));
        }
    }

    /// A line became another product; no counter there moved for it, so that units of the new one are on sale that are sold.
    pub(in super::super) fn swapped(&mut self, order: &OrderKey, from: &Sku, to: usize, code: &Sku) -> i64 {
        let Some(sale) = self.sales.get_mut(order) else { return 0 };
        let Some(line) = sale.lines.iter_mut().find(|line| line.code == *from) else { return 0 };
        let units = line.units - line.cancelled;
        let was = std::mem::replace(&mut line.product, to);
        line.code = code.clone();
        *self.sold.entry((order.0.clone(), was)).or_default() -= units;
        *self.sold.entry((order.0.clone(), to)).or_default() += units;
        self.at_will(&order.0, to, units);
        units
    }

    /// From then on, up to then, our clock says that it is later: what is sold meanwhile is not known by what it says (ADR 21).
    pub(in super::super) fn clock_is_ahead(&mut self, from: Timestamp, through: Timestamp) {
        self.blind.push((from, through));
    }

    /// Whether something was sold or cancelled in such a moment.
    pub(super) fn is_blind(&self, at: Timestamp) -> bool {
        self.blind.iter().any(|(from, through)| (*from..=*through).contains(&at))
    }

    /// An order.
    pub(in super::super) fn sale(&self, order: &OrderKey) -> Option<&Sale> {
        self.sales.get(order)
    }

    /// Whether a channel's list need not show how an order is now: nobody has to know it before it was read by itself.
    pub(super) fn is_obscured(&self, order: &OrderKey) -> bool {
        self.sales.get(order).is_some_and(|sale| sale.obscured)
    }
}
