//! The shop: products with their counters, orders, and what customers and shop do to them.

use super::ids::Ids;
use super::levels::{self, Levels};
use super::parts::{self, Part};
use super::returns::Returned;
use crate::simulated_channel::{Checkout, NotSold, Setup};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;

#[derive(Debug)]
pub(super) struct Item {
    pub(super) sku: Sku,
    pub(super) barcode: String,
    pub(super) title: String,
    pub(super) variant: u64,
    pub(super) inventory: u64,
    /// The product it is a variant of.
    pub(super) product: u64,
    pub(super) price_cents: i64,
    pub(super) levels: Levels,
    /// Whether the shop counts it.
    pub(super) tracked: bool,
    /// Whether it sells on without stock.
    pub(super) sells_on: bool,
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
    /// Sent and refunded or done with in a return since.
    pub(super) came_back: i64,
    /// What one unit was sold for.
    pub(super) price_cents: i64,
    /// From which places, and the units that would go back there.
    pub(super) taken: Vec<(usize, i64)>,
}

/// What a fulfilment or refund did to lines: line id and units.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) id: u64,
    pub(super) lines: Vec<(u64, i64)>,
    /// A fulfilment's status or a refund's restock type, in capital letters.
    pub(super) kind: &'static str,
    /// Of a fulfilment: carrier and code, as they were told.
    pub(super) tracking: (Option<String>, Option<String>),
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
    /// Its fulfilment orders.
    pub(super) parts: Vec<Part>,
    pub(super) returns: Vec<Returned>,
    pub(super) ship_to: String,
}

impl Line {
    /// Units that were sent and are with the customer.
    pub(super) fn sent(&self) -> i64 {
        self.current - self.unfulfilled
    }
}

impl Sold {
    /// The place of a line by its id.
    pub(super) fn line(&self, id: u64) -> Option<usize> {
        self.lines.iter().position(|line| line.id == id)
    }

    /// Whether it was deleted for good: then nothing finds it.
    pub(super) fn is_deleted(&self) -> bool {
        self.id == 0
    }

    pub(super) fn updated_at(&self) -> Timestamp {
        self.changes.last().copied().unwrap_or(self.created_at)
    }
}

#[derive(Debug)]
pub(super) struct Shop {
    pub(super) items: Vec<Item>,
    pub(super) orders: Vec<Sold>,
    pub(super) checkout: Checkout,
    /// By their numbers; none until the first is named.
    pub(super) locations: Vec<u64>,
    /// The place of the location that is asked first when something is sold.
    pub(super) asked_first: usize,
    pub(super) stock_writes: u64,
    /// Place in `items`, and the figure.
    pub(super) last_write: Option<(usize, i64)>,
    /// Cancellations under way or done.
    pub(super) jobs: Vec<Job>,
}

/// A cancellation that is worked off later.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: String,
    /// Place in `Shop::orders`.
    pub(super) order: usize,
    pub(super) restock: bool,
    pub(super) due: Timestamp,
    pub(super) done: bool,
}

impl Shop {
    pub(super) fn new(setup: &Setup, ids: &mut Ids) -> Self {
        let mut products = std::collections::BTreeMap::new();
        let items = setup
            .products
            .iter()
            .map(|on_sale| Item {
                product: *products.entry(on_sale.group.clone()).or_insert_with(|| ids.number()),
                sku: on_sale.sku.clone(),
                barcode: on_sale.ean.to_string(),
                title: on_sale.title.clone(),
                variant: ids.number(),
                inventory: ids.number(),
                price_cents: on_sale.price_cents,
                levels: Levels::new(on_sale.stock.units()),
                tracked: true,
                sells_on: false,
                committed: 0,
            })
            .collect();
        let (orders, jobs, locations) = (Vec::new(), Vec::new(), Vec::new());
        let checkout = setup.checkout;
        Self { items, orders, checkout, locations, asked_first: 0, stock_writes: 0, last_write: None, jobs }
    }

    pub(super) fn item(&self, sku: &Sku) -> Option<usize> {
        self.items.iter().position(|item| item.sku == *sku)
    }

    pub(super) fn order(&self, number: &OrderNumber) -> Option<usize> {
        let id: u64 = number.as_str().parse().ok()?;
        self.orders.iter().position(|order| order.id == id)
    }

    /// An order of several lines, all of it or nothing. Answers its place.
    pub(super) fn buy(
        &mut self,
        now: Timestamp,
        ids: &mut Ids,
        wanted: &[(Sku, Quantity)],
        ship_to: &str,
    ) -> Result<usize, NotSold> {
        let mut lines = Vec::new();
        for (sku, quantity) in wanted {
            let item = self.item(sku).ok_or(NotSold::Unknown)?;
            let units = quantity.units();
            lines.push(Line {
                id: ids.number(),
                item,
                sku: sku.clone(),
                quantity: units,
                current: units,
                unfulfilled: units,
                came_back: 0,
                price_cents: self.items.get(item).map_or(0, |i| i.price_cents),
                taken: Vec::new(),
            });
        }
        for (place, item) in self.items.iter().enumerate() {
            let demand: i64 = lines.iter().filter(|l| l.item == place).map(|l| l.quantity).sum();
            if demand > 0 && demand > item.levels.total() && item.tracked && !item.sells_on {
                return Err(NotSold::SoldOut);
            }
        }
        let parts = self.assign(ids, &mut lines);
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
            parts,
            returns: Vec::new(),
            ship_to: ship_to.to_owned(),
        });
        Ok(self.orders.len() - 1)
    }

    /// Deletes an order for good. It keeps its place and loses its number, by which it was found; its units stay off the counter.
    pub(super) fn delete(&mut self, place: usize) -> Option<u64> {
        let order = self.orders.get_mut(place)?;
        order.parts.clear();
        order.returns.clear();
        Some(std::mem::take(&mut order.id))
    }

    /// Whether it may be cancelled whole: nothing was sent, and it is not cancelled already.
    pub(super) fn can_cancel(&self, place: usize) -> bool {
        let sent = |order: &Sold| order.fulfillments.iter().any(|f| f.kind == "SUCCESS");
        self.orders.get(place).is_some_and(|order| order.cancelled_at.is_none() && !sent(order))
    }

    /// Cancels; the shop's screen proposes to restock. False if it may not be.
    pub(super) fn cancel(&mut self, now: Timestamp, ids: &mut Ids, place: usize, restock: bool) -> bool {
        if !self.can_cancel(place) {
            return false;
        }
        let Some(order) = self.orders.get_mut(place) else { return false };
        let mut lines = Vec::new();
        for line in &mut order.lines {
            if line.current > 0 {
                lines.push((line.id, line.current));
            }
            if let Some(item) = self.items.get_mut(line.item) {
                if restock {
                    levels::restock(item, &mut line.taken, line.unfulfilled);
                }
                item.committed -= line.unfulfilled;
            }
            line.current = 0;
            line.unfulfilled = 0;
        }
        order.parts.iter_mut().flat_map(|part| &mut part.lines).for_each(|line| line.remaining = 0);
        order.refunds.push(Move {
            id: ids.number(),
            lines,
            kind: if restock { "CANCEL" } else { "NO_RESTOCK" },
            tracking: (None, None),
        });
        order.cancelled_at = Some(now);
        order.changes.push(now);
        true
    }

    /// Sends units of lines, each by its place; all of it or nothing.
    pub(super) fn ship(
        &mut self,
        now: Timestamp,
        ids: &mut Ids,
        place: usize,
        units: &[(usize, i64)],
        tracking: (Option<String>, Option<String>),
    ) -> Option<u64> {
        let order = self.orders.get_mut(place)?;
        let fits = |(line, units): &(usize, i64)| order.lines.get(*line).is_some_and(|l| *units > 0 && l.unfulfilled >= *units);
        if units.is_empty() || !units.iter().all(fits) {
            return None;
        }
        let mut lines = Vec::new();
        for (line, units) in units {
            let sent = order.lines.get_mut(*line)?;
            sent.unfulfilled -= units;
            lines.push((sent.id, *units));
            if let Some(item) = self.items.get_mut(sent.item) {
                item.committed -= units;
            }
        }
        let id = ids.number();
        order.fulfillments.push(Move { id, lines, kind: "SUCCESS", tracking });
        order.changes.push(now);
        Some(id)
    }

    /// All that was sent of an order was marked so by mistake: its fulfilments are cancelled, and what they held is still to be sent. False if
    /// nothing was sent, or something was dealt with since.
    pub(super) fn unship(&mut self, now: Timestamp, place: usize) -> bool {
        let Some(order) = self.orders.get_mut(place) else { return false };
        let sent = |line: &Line| line.quantity - line.unfulfilled;
        if order.cancelled_at.is_some()
            || order.lines.iter().all(|l| sent(l) == 0)
            || order.lines.iter().any(|l| l.current != l.quantity)
        {
            return false;
        }
        for line in &mut order.lines {
            let units = sent(line);
            line.unfulfilled += units;
            if let Some(item) = self.items.get_mut(line.item) {
                item.committed += units;
            }
            parts::refill(&mut order.parts, line.id, units);
        }
        order.fulfillments.iter_mut().for_each(|sent| sent.kind = "CANCELLED");
        order.changes.push(now);
        true
    }

    /// A line of which nothing was sent or taken out becomes another product. False if there is none.
    pub(super) fn change_product(&mut self, now: Timestamp, place: usize, from: &Sku, to: &Sku) -> bool {
        let (Some(new), Some(order)) = (self.item(to), self.orders.get_mut(place)) else { return false };
        let whole = |line: &&mut Line| line.sku == *from && line.unfulfilled == line.quantity && line.current == line.quantity;
        let Some(line) = order.lines.iter_mut().find(whole) else { return false };
        let units = line.quantity;
        if let Some(item) = self.items.get_mut(line.item) {
            levels::restock(item, &mut line.taken, units);
            item.committed -= units;
        }
        (line.item, line.sku, line.taken) = (new, to.clone(), vec![(0, units)]);
        if let Some(item) = self.items.get_mut(new) {
            item.levels.add(0, -units);
            item.committed += units;
        }
        order.changes.push(now);
        true
    }

    /// A line of which nothing was sent or taken out is raised to so many units, and its order's time of change stays. False if there is none.
    pub(super) fn change_silently(&mut self, place: usize, sku: &Sku, units: i64) -> bool {
        let Some(order) = self.orders.get_mut(place) else { return false };
        let whole = |line: &&mut Line| line.sku == *sku && line.unfulfilled == line.quantity && line.quantity < units;
        let Some(line) = order.lines.iter_mut().find(whole) else { return false };
        let more = units - line.quantity;
        (line.quantity, line.current, line.unfulfilled) = (units, line.current + more, units);
        line.taken.push((0, more));
        parts::refill(&mut order.parts, line.id, more);
        if let Some(item) = self.items.get_mut(line.item) {
            item.levels.add(0, -more);
            item.committed += more;
        }
        true
    }

    /// Lines of this product and units of each, so many in all; `None` if there are not as many. `most`: how many of a line.
    pub(super) fn spread(&self, place: usize, sku: &Sku, units: Quantity, most: fn(&Line) -> i64) -> Option<Vec<(usize, i64)>> {
        let mut open = units.units();
        let mut spread = Vec::new();
        for (at, line) in self.orders.get(place)?.lines.iter().enumerate().filter(|(_, line)| line.sku == *sku) {
            let here = most(line).min(open);
            if here > 0 {
                open -= here;
                spread.push((at, here));
            }
        }
        (open == 0 && !spread.is_empty()).then_some(spread)
    }

    /// Refunds units of lines, each by its place; all of it or nothing. `kind` is a restock type in capital letters: `RETURN` is about
    /// units that were sent, `CANCEL` about units that were not, and `NO_RESTOCK` about units that were sent if there are any, and
    /// otherwise not sent.
    pub(super) fn refund(
        &mut self,
        now: Timestamp,
        ids: &mut Ids,
        place: usize,
        units: &[(usize, i64)],
        kind: &'static str,
    ) -> Option<u64> {
        let order = self.orders.get_mut(place)?;
        let about_unsent = |line: &Line| kind == "CANCEL" || (kind == "NO_RESTOCK" && line.sent() == 0);
        for (at, line) in order.lines.iter().enumerate() {
            let demand: i64 = units.iter().filter(|(place, _)| *place == at).map(|(_, units)| *units).sum();
            if demand > if about_unsent(line) { line.unfulfilled } else { line.sent() } {
                return None;
            }
        }
        if units.is_empty() || units.iter().any(|(place, units)| *units < 1 || *place >= order.lines.len()) {
            return None;
        }
        let mut lines = Vec::new();
        for (line, units) in units {
            let refunded = order.lines.get_mut(*line)?;
            let unsent = about_unsent(refunded);
            refunded.current -= units;
            if unsent {
                refunded.unfulfilled -= units;
                parts::drain(&mut order.parts, refunded.id, *units);
            } else {
                refunded.came_back += units;
            }
            if let Some(item) = self.items.get_mut(refunded.item) {
                item.committed -= if unsent { *units } else { 0 };
                if kind != "NO_RESTOCK" {
                    levels::restock(item, &mut refunded.taken, *units);
                }
            }
            lines.push((refunded.id, *units));
        }
        let id = ids.number();
        order.refunds.push(Move { id, lines, kind, tracking: (None, None) });
        order.changes.push(now);
        Some(id)
    }
}
