//! What plugins and imports write to orders. The shop takes all of it.

use super::Simulator;
use super::orders::Order;
use super::shop::{Happening, Shop};
use crate::simulated_channel::{Dating, FarPlugins, Spoilt};
use domain::{OrderNumber, Sku};
use jiff::Timestamp;

impl FarPlugins for Simulator {
    fn date(&mut self, now: Timestamp, order: &OrderNumber, dating: Option<Dating>) -> bool {
        let done = self.shop.rewrite(now, order, |order| {
            order.dating = dating.or(Some(Dating::Still));
            true
        });
        let found = self.shop.find(order).map(|order| order.id);
        if let Some(order) = found.and_then(|id| self.shop.orders.get_mut(&id)) {
            order.dating = dating;
        }
        self.tell(now);
        done
    }

    fn spoil(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, how: Spoilt) -> bool {
        let done = self.shop.rewrite(now, order, |order| {
            let line = order.lines.iter_mut().find(|line| line.sku == *sku && line.spoilt.is_none());
            line.is_some_and(|line| line.spoilt.replace(how).is_none())
        });
        self.tell(now);
        done
    }

    fn mend(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let done =
            self.shop.rewrite(now, order, |order| order.lines.iter_mut().filter_map(|line| line.spoilt.take()).count() > 0);
        self.tell(now);
        done
    }

    fn swap(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, to: &Sku) -> bool {
        let Some(product) = self.shop.by_sku(to).map(|product| product.id) else { return false };
        let done = self.shop.rewrite(now, order, |order| {
            let is_open = order.status == "processing" && order.line(to).is_none();
            let at = order.lines.iter().position(|line| line.sku == *sku && is_open && order.open(line) > 0);
            let Some(line) = at.and_then(|at| order.lines.get_mut(at)) else { return false };
            (line.product, line.sku) = (product, to.clone());
            true
        });
        self.tell(now);
        done
    }
}

impl Shop {
    /// Changes what an order says, and nothing of its counters. False if nothing was changed.
    fn rewrite(&mut self, now: Timestamp, order: &OrderNumber, change: impl FnOnce(&mut Order) -> bool) -> bool {
        let Some(id) = self.find(order).map(|order| order.id) else { return false };
        let Some(order) = self.orders.get_mut(&id) else { return false };
        if !change(order) {
            return false;
        }
        order.touch(now);
        self.happenings.push(Happening::OrderUpdated(id));
        true
    }
}
