//! What people do with orders in the shop's own screen, and how the shop sees them.

use super::orders::Order;
use super::shop::Shop;
use crate::simulated_channel::{FarLine, FarOrder, FarParcel};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;

impl Shop {
    pub(super) fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let Some(id) = self.open(order).map(|o| o.id) else { return false };
        self.set_status(now, id, "cancelled");
        true
    }

    pub(super) fn complete(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let Some(id) = self.open(order).map(|o| o.id) else { return false };
        self.set_status(now, id, "completed");
        true
    }

    /// By a refund record that puts them on sale again.
    pub(super) fn cancel_units(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let enough = |o: &&Order| o.line(sku).is_some_and(|l| !units.is_zero() && o.open(l) >= units.units());
        let Some(id) = self.open(order).filter(enough).map(|o| o.id) else { return false };
        self.refund_there(now, id, sku, units.units(), true)
    }

    /// By a refund record that does not.
    pub(super) fn take_out(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let enough = |o: &&Order| o.line(sku).is_some_and(|l| !units.is_zero() && o.open(l) >= units.units());
        let Some(id) = self.open(order).filter(enough).map(|o| o.id) else { return false };
        self.refund_there(now, id, sku, units.units(), false)
    }

    /// All of it, of which nothing was sent: by its status, which puts nothing on sale again.
    pub(super) fn pay_back_whole(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let unsent = |o: &&Order| o.lines.iter().all(|line| o.sent(line) == 0);
        let Some(id) = self.open(order).filter(unsent).map(|o| o.id) else { return false };
        self.set_status(now, id, "refunded");
        true
    }

    /// For good, past the trash. What it took off the counter stays off.
    pub(super) fn delete(&mut self, order: &OrderNumber) -> bool {
        let Some(id) = self.find(order).map(|o| o.id) else { return false };
        self.orders.remove(&id);
        self.happenings.push(super::shop::Happening::OrderDeleted(id));
        true
    }

    /// The screen knows no shipments: only an order of which nothing else is left to send can be marked, as completed.
    pub(super) fn ship(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        let all = |o: &&Order| {
            let left = |line: &super::orders::Line| if line.sku == *sku { units.units() } else { 0 };
            !units.is_zero() && o.lines.iter().all(|line| o.open(line) == left(line))
        };
        let Some(id) = self.open(order).filter(all).map(|o| o.id) else { return false };
        self.set_status(now, id, "completed");
        true
    }

    /// Nothing in a refund record says that its units were sent: only where none of the line is left to send is it about those.
    pub(super) fn pay_back(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity, restock: bool) -> bool {
        let sent = |o: &&Order| {
            let enough = |l: &super::orders::Line| o.open(l) == 0 && o.sent(l) - l.returned >= units.units();
            matches!(o.status.as_str(), "processing" | "completed") && o.line(sku).is_some_and(|l| !units.is_zero() && enough(l))
        };
        let Some(id) = self.find(order).filter(sent).map(|o| o.id) else { return false };
        self.refund_there(now, id, sku, units.units(), restock)
    }

    pub(super) fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        let order = self.find(order)?;
        let line = |line: &super::orders::Line| {
            let sent = order.sent(line);
            let cancelled = match order.status.as_str() {
                "cancelled" | "trash" if order.completed.is_none() => line.quantity,
                "refunded" if order.completed.is_none() => line.quantity - sent,
                _ => line.cancelled,
            };
            FarLine {
                ordered: Quantity::clamped(line.quantity),
                cancelled: Quantity::clamped(cancelled),
                shipped: Quantity::clamped(sent),
                returned: Quantity::clamped(line.returned),
            }
        };
        let sku = |id: &u64| order.lines.iter().find(|l| l.id == *id).map(|l| l.sku.clone());
        let parcels = order.parcels().map(|parcel| {
            // What counts is what the buyer was told, by a note or by the plugin.
            let told = |code: &String| {
                let noted = order.notes.iter().any(|n| n.to_customer && n.text.contains(code.as_str()));
                noted || order.trackings.iter().any(|t| t.number == *code)
            };
            FarParcel {
                carrier: parcel.carrier,
                tracking: parcel.tracking.filter(told),
                lines: parcel.lines.iter().filter_map(|(id, n)| Some((sku(id)?, Quantity::clamped((*n).into())))).collect(),
            }
        });
        let obscured = order.dating.is_some() || order.lines.iter().any(|line| line.spoilt.is_some());
        let lines = order.lines.iter().map(|l| (l.sku.clone(), line(l))).collect();
        Some(FarOrder { lines, parcels: parcels.collect(), obscured })
    }
}
