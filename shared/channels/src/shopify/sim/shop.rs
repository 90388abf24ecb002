//! The shop: articles with their counters, orders, and what customers and shop do to them.

use super::ids::Ids;
use crate::far_side::{NotSold, Setup};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;

#[derive(Debug)]
pub(super) struct Item {
    pub(super) sku: Sku,
    pub(super) barcode: String,
    pub(super) title: String,
    pub(super) variant: u64,
    pub(super) inventory: u64,
    pub(super) price_cents: i64,
    pub(super) available: i64,
    pub(super) committed: i64,
}

#[derive(Debug)]
pub(super) struct Line {
    pub(super) id: u64,
    /// Place in `Shop::items`.
    pub(super) item: usize,
    /// The code at the time of the sale.
    pub(super) sku: Sku,
    pub(super) quantity: i64,
    /// Less what was removed and refunded.
    pub(super) current: i64,
    /// Still to be sent.
    pub(super) unfulfilled: i64,
}

/// What a fulfilment or refund did to lines: line id and units.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) id: u64,
    pub(super) lines: Vec<(u64, i64)>,
    /// A fulfilment's status or a refund's restock type, in capital letters.
    pub(super) kind: &'static str,
}

#[derive(Debug)]
pub(super) struct Sold {
    pub(super) id: u64,
    /// The counter in `#1001`.
    pub(super) counter: u64,
    pub(super) created_at: Timestamp,
    /// Every change so far; the last is `updated_at`.
    pub(super) changes: Vec<Timestamp>,
    pub(super) cancelled_at: Option<Timestamp>,
    pub(super) lines: Vec<Line>,
    pub(super) fulfillments: Vec<Move>,
    pub(super) refunds: Vec<Move>,
}

impl Sold {
    pub(super) fn updated_at(&self) -> Timestamp {
        self.changes.last().copied().unwrap_or(self.created_at)
    }
}

#[derive(Debug)]
pub(super) struct Shop {
    pub(super) items: Vec<Item>,
    pub(super) orders: Vec<Sold>,
    /// The one location: the first that a caller names, since a `Setup` names none.
    pub(super) location: Option<u64>,
    pub(super) stock_writes: u64,
    /// Place in `items`, and the figure.
    pub(super) last_write: Option<(usize, i64)>,
}

impl Shop {
    pub(super) fn new(setup: &Setup, ids: &mut Ids) -> Self {
        let items = setup
            .articles
            .iter()
            .map(|article| Item {
                sku: article.sku.clone(),
                barcode: article.ean.to_string(),
                title: article.title.clone(),
                variant: ids.number(),
                inventory: ids.number(),
                price_cents: article.price_cents,
                available: article.stock.units(),
                committed: 0,
            })
            .collect();
        Self { items, orders: Vec::new(), location: None, stock_writes: 0, last_write: None }
    }

    pub(super) fn item(&self, sku: &Sku) -> Option<usize> {
        self.items.iter().position(|item| item.sku == *sku)
    }

    pub(super) fn order(&self, number: &OrderNumber) -> Option<usize> {
        let id: u64 = number.as_str().parse().ok()?;
        self.orders.iter().position(|order| order.id == id)
    }

    /// An order of several lines, all of it or nothing. Answers its place.
    pub(super) fn buy(&mut self, now: Timestamp, ids: &mut Ids, wanted: &[(Sku, Quantity)]) -> Result<usize, NotSold> {
        let mut lines = Vec::new();
        for (sku, quantity) in wanted {
            let item = self.item(sku).ok_or(NotSold::Unknown)?;
            let units = quantity.units();
            lines.push(Line { id: ids.number(), item, sku: sku.clone(), quantity: units, current: units, unfulfilled: units });
        }
        for (place, item) in self.items.iter().enumerate() {
            let demand: i64 = lines.iter().filter(|l| l.item == place).map(|l| l.quantity).sum();
            if demand > 0 && demand > item.available {
                return Err(NotSold::SoldOut);
            }
        }
        for line in &lines {
            if let Some(item) = self.items.get_mut(line.item) {
                item.available -= line.quantity;
                item.committed += line.quantity;
            }
        }
        let counter = 1001 + self.orders.len() as u64;
        self.orders.push(Sold {
            id: ids.number(),
            counter,
            created_at: now,
            changes: vec![now],
            cancelled_at: None,
            lines,
            fulfillments: Vec::new(),
            refunds: Vec::new(),
        });
        Ok(self.orders.len() - 1)
    }

    /// Cancels with restock, as the shop's screen proposes. Refused once something was sent.
    pub(super) fn cancel(&mut self, now: Timestamp, ids: &mut Ids, number: &OrderNumber) -> Option<usize> {
        let place = self.order(number)?;
        let order = self.orders.get_mut(place)?;
        if order.cancelled_at.is_some() || order.fulfillments.iter().any(|f| f.kind == "SUCCESS") {
            return None;
        }
        let mut lines = Vec::new();
        for line in &mut order.lines {
            if line.current > 0 {
                lines.push((line.id, line.current));
            }
            if let Some(item) = self.items.get_mut(line.item) {
                item.available += line.unfulfilled;
                item.committed -= line.unfulfilled;
            }
            line.current = 0;
            line.unfulfilled = 0;
        }
        order.refunds.push(Move { id: ids.number(), lines, kind: "CANCEL" });
        order.cancelled_at = Some(now);
        order.changes.push(now);
        Some(place)
    }

    /// Sends units of a line.
    pub(super) fn ship(&mut self, now: Timestamp, ids: &mut Ids, place: usize, line: usize, units: i64) -> bool {
        let Some(order) = self.orders.get_mut(place) else { return false };
        let Some(sent) = order.lines.get_mut(line).filter(|l| l.unfulfilled >= units) else { return false };
        sent.unfulfilled -= units;
        if let Some(item) = self.items.get_mut(sent.item) {
            item.committed -= units;
        }
        order.fulfillments.push(Move { id: ids.number(), lines: vec![(sent.id, units)], kind: "SUCCESS" });
        order.changes.push(now);
        true
    }

    /// Refunds units of a line; `kind` is a restock type in capital letters. `RETURN` is about units that were sent, `CANCEL` about
    /// units that were not, and `NO_RESTOCK` about units that were sent if there are as many, and otherwise not sent.
    pub(super) fn refund(
        &mut self,
        now: Timestamp,
        ids: &mut Ids,
        place: usize,
        line: usize,
        units: i64,
        kind: &'static str,
    ) -> bool {
        let Some(order) = self.orders.get_mut(place) else { return false };
        let Some(refunded) = order.lines.get_mut(line) else { return false };
        let sent = refunded.current - refunded.unfulfilled;
        let unsent = kind == "CANCEL" || (kind == "NO_RESTOCK" && sent == 0);
        if units > if unsent { refunded.unfulfilled } else { sent } {
            return false;
        }
        refunded.current -= units;
        if unsent {
            refunded.unfulfilled -= units;
        }
        if let Some(item) = self.items.get_mut(refunded.item) {
            item.committed -= if unsent { units } else { 0 };
            item.available += if kind == "NO_RESTOCK" { 0 } else { units };
        }
        order.refunds.push(Move { id: ids.number(), lines: vec![(refunded.id, units)], kind });
        order.changes.push(now);
        true
    }
}
