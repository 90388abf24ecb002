//! Orders: what happens to them at the checkout, in the shop's own screen and by REST, and what the counter makes of it.

use super::shop::{Happening, Shop};
use crate::simulated_channel::{Checkout, Dating, NotSold, Spoilt};
use crate::woocommerce::marks::{self, About, Parcel};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use serde_json::Value;

/// An order.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) id: u64,
    pub(super) lines: Vec<Line>,
    pub(super) ship_to: String,
    pub(super) status: String,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    /// How a plugin dates its changes, if one does.
    pub(super) dating: Option<Dating>,
    /// Whether the counter has lost its units.
    pub(super) counted: bool,
    /// When it was last completed; stays when it is opened again.
    pub(super) completed: Option<Timestamp>,
    pub(super) refunds: Vec<Refund>,
    pub(super) notes: Vec<Note>,
    /// Fields: id, name, content.
    pub(super) fields: Vec<(u64, String, Value)>,
    pub(super) trackings: Vec<Tracking>,
    /// What was added and taken off when it was bought.
    pub(super) checkout: Checkout,
}

/// A line of an order.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) product: u64,
    /// Its code when it was ordered.
    pub(super) sku: Sku,
    pub(super) quantity: i64,
    /// What one cost, in cents.
    pub(super) price_cents: i64,
    /// Units that the counter lost for it and has not got back.
    pub(super) reduced: i64,
    /// Units that refunds put on sale again.
    pub(super) put_back: i64,
    /// Units refunded before they were sent, and after.
    pub(super) cancelled: i64,
    pub(super) returned: i64,
    /// What a plugin for sets made of it.
    pub(super) role: Role,
    /// How a plugin spoilt it, if one did.
    pub(super) spoilt: Option<Spoilt>,
}

/// What a line is to a plugin that puts a set and its parts into an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    Alone,
    /// A set: nothing of it is sent but its parts.
    Set,
    /// A part of the set on the line of this id.
    PartOf(u64),
}

/// A refund record.
#[derive(Debug, Clone)]
pub(super) struct Refund {
    pub(super) id: u64,
    pub(super) at: Timestamp,
    pub(super) cents: i64,
    pub(super) reason: String,
    /// Units by line.
    pub(super) lines: Vec<(u64, i64)>,
}

/// A note.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) id: u64,
    pub(super) at: Timestamp,
    pub(super) text: String,
    pub(super) to_customer: bool,
}

/// An entry of the tracking plugin.
#[derive(Debug, Clone)]
pub(super) struct Tracking {
    pub(super) id: String,
    pub(super) provider: String,
    pub(super) number: String,
    pub(super) date: String,
}

impl Order {
    /// It changed: dated as it happened, unless a plugin dates it.
    pub(super) fn touch(&mut self, now: Timestamp) {
        self.modified = match self.dating {
            None => now,
            Some(Dating::Still) => self.modified,
            Some(Dating::Off(by)) => now.saturating_add(by).unwrap_or(now),
        };
    }

    /// What it cost less what was paid back, in cents.
    pub(super) fn left_cents(&self) -> i64 {
        self.total_cents() - self.refunds.iter().map(|r| r.cents).sum::<i64>()
    }

    pub(super) fn total_cents(&self) -> i64 {
        self.lines.iter().map(|line| self.paid_cents(line)).sum::<i64>() + self.checkout.shipping_cents
    }

    /// What was paid for a line.
    pub(super) fn paid_cents(&self, line: &Line) -> i64 {
        let all = line.price_cents * line.quantity;
        all - self.checkout.off_cents(all)
    }

    /// The shipments that were told, which the shop keeps without knowing what they are.
    pub(super) fn parcels(&self) -> impl Iterator<Item = Parcel> {
        self.fields.iter().filter_map(|(_, name, content)| Parcel::of_field(name, content))
    }

    /// Units of a line that have left: all that is not cancelled once the order was completed, and before it those in shipments.
    pub(super) fn sent(&self, line: &Line) -> i64 {
        if self.completed.is_some() {
            return line.quantity - line.cancelled;
        }
        self.parcels().filter_map(|p| p.lines.get(&line.id).copied()).map(i64::from).sum::<i64>().min(line.quantity)
    }

    /// Units of a line that are still to be sent.
    pub(super) fn open(&self, line: &Line) -> i64 {
        let given_up = matches!(self.status.as_str(), "cancelled" | "refunded" | "trash");
        if given_up || line.role == Role::Set { 0 } else { line.quantity - line.cancelled - self.sent(line) }
    }

    pub(super) fn line(&self, sku: &Sku) -> Option<&Line> {
        self.lines.iter().find(|l| l.sku == *sku)
    }
}

impl Shop {
    /// A customer at the checkout, who is refused what the counter does not hold. (Orders made by REST are not.)
    pub(super) fn buy(&mut self, now: Timestamp, wanted: &[(Sku, Quantity)], ship_to: &str) -> Result<u64, NotSold> {
        // A cart holds each product once.
        let mut cart: Vec<(Sku, i64)> = Vec::new();
        for (sku, quantity) in wanted {
            match cart.iter_mut().find(|(other, _)| other == sku) {
                Some((_, units)) => *units += quantity.units(),
                None => cart.push((sku.clone(), quantity.units())),
            }
        }
        for (sku, units) in &cart {
            let product = self.by_sku(sku).ok_or(NotSold::Unknown)?;
            if !self.has(product, *units) {
                return Err(NotSold::SoldOut);
            }
        }
        let id = self.fresh();
        let mut lines = Vec::new();
        for (sku, quantity) in cart {
            lines.push(self.sell(now, sku, quantity, Role::Alone).ok_or(NotSold::Unknown)?);
        }
        self.keep(now, id, lines, ship_to, "processing");
        Ok(id)
    }

    /// A line of an order, which takes its units off the counter.
    fn sell(&mut self, now: Timestamp, sku: Sku, quantity: i64, role: Role) -> Option<Line> {
        let product = self.by_sku(&sku)?;
        let reduced = if self.figure(product).is_some() { quantity } else { 0 };
        let (product, price_cents) = (product.id, product.cents());
        self.count(now, product, -quantity);
        Some(Line {
            id: self.fresh(),
            product,
            sku,
            quantity,
            price_cents,
            reduced,
            put_back: 0,
            cancelled: 0,
            returned: 0,
            role,
            spoilt: None,
        })
    }

    /// A customer buys one set, which a plugin puts into the order with its parts. The set has the price, and its parts cost nothing.
    pub(super) fn buy_set(&mut self, now: Timestamp, set: &Sku, parts: &[(Sku, Quantity)]) -> Option<u64> {
        let mut known = std::iter::once(set).chain(parts.iter().map(|(part, _)| part));
        if known.any(|sku| self.by_sku(sku).is_none()) {
            return None;
        }
        let id = self.fresh();
        let mut lines = vec![self.sell(now, set.clone(), 1, Role::Set)?];
        let of = Role::PartOf(lines[0].id);
        for (part, units) in parts {
            lines.push(Line { price_cents: 0, ..self.sell(now, part.clone(), units.units(), of)? });
        }
        self.keep(now, id, lines, "NL", "processing");
        Some(id)
    }

    /// Staff make a line of an open order another product. The shop puts back what it took off for the one, and takes it off for the other.
    pub(super) fn change_product(&mut self, now: Timestamp, order: &OrderNumber, from: &Sku, to: &Sku) -> bool {
        let Some(id) = self.open(order).filter(|o| o.line(from).is_some()).map(|o| o.id) else { return false };
        let Some((product, counts)) = self.by_sku(to).map(|p| (p.id, self.figure(p).is_some())) else { return false };
        let Some(order) = self.orders.get_mut(&id) else { return false };
        let Some(line) = order.lines.iter_mut().find(|line| line.sku == *from) else { return false };
        let moved = [(line.product, line.reduced), (product, -line.quantity)];
        (line.product, line.sku, line.reduced) = (product, to.clone(), if counts { line.quantity } else { 0 });
        order.modified = now;
        self.happenings.push(Happening::OrderUpdated(id));
        for (product, units) in moved.into_iter().filter(|(_, units)| *units != 0) {
            self.count(now, product, units);
        }
        true
    }

    /// Staff set a line of an open order to so many units, and the order's time of change stays as it was.
    pub(super) fn change_silently(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: i64) -> bool {
        let Some(id) = self.open(order).filter(|o| o.line(sku).is_some()).map(|o| o.id) else { return false };
        let Some(order) = self.orders.get_mut(&id) else { return false };
        let Some(line) = order.lines.iter_mut().find(|line| line.sku == *sku) else { return false };
        let (product, more) = (line.product, units - line.quantity);
        line.quantity = units;
        line.reduced += more;
        self.count(now, product, -more);
        true
    }

    fn keep(&mut self, now: Timestamp, id: u64, lines: Vec<Line>, ship_to: &str, status: &str) {
        let order = Order {
            id,
            lines,
            ship_to: ship_to.to_owned(),
            status: status.to_owned(),
            created: now,
            modified: now,
            dating: None,
            counted: status == "processing",
            completed: None,
            refunds: Vec::new(),
            notes: Vec::new(),
            fields: Vec::new(),
            trackings: Vec::new(),
            checkout: self.checkout,
        };
        self.orders.insert(id, order);
        self.happenings.extend([Happening::OrderCreated(id), Happening::OrderUpdated(id)]);
    }

    /// The block checkout keeps an order for every visitor who opens it. Its counter does not move.
    pub(super) fn draft(&mut self, now: Timestamp, sku: &Sku, quantity: i64) -> Option<u64> {
        let product = self.by_sku(sku)?;
        let (product, price_cents) = (product.id, product.cents());
        let (id, line) = (self.fresh(), self.fresh());
        let line = Line {
            id: line,
            product,
            sku: sku.clone(),
            quantity,
            price_cents,
            reduced: 0,
            put_back: 0,
            cancelled: 0,
            returned: 0,
            role: Role::Alone,
            spoilt: None,
        };
        self.keep(now, id, vec![line], "NL", "checkout-draft");
        Some(id)
    }

    /// Sets whether the shop remembers that its counter was lowered for an order.
    pub(super) fn set_counted(&mut self, id: u64, counted: bool) {
        if let Some(order) = self.orders.get_mut(&id) {
            order.counted = counted;
        }
    }

    pub(super) fn find(&self, order: &OrderNumber) -> Option<&Order> {
        self.orders.get(&order.as_str().parse().ok()?)
    }

    /// An order that is still to be sent.
    pub(super) fn open(&self, order: &OrderNumber) -> Option<&Order> {
        self.find(order).filter(|o| o.status == "processing")
    }

    /// Any status can follow any other. On the way, the counter gets units back or loses them.
    pub(super) fn set_status(&mut self, now: Timestamp, id: u64, status: &str) {
        let tracked = |product: &u64| self.products.get(product).is_some_and(|product| self.figure(product).is_some());
        let lines = self.orders.get(&id).map(|order| order.lines.iter().map(|line| line.product).filter(tracked).collect());
        let tracked: std::collections::BTreeSet<u64> = lines.unwrap_or_default();
        let Some(order) = self.orders.get_mut(&id) else { return };
        order.touch(now);
        self.happenings.push(Happening::OrderUpdated(id));
        if order.status == status {
            return;
        }
        status.clone_into(&mut order.status);
        let mut moved = Vec::new();
        match status {
            "cancelled" | "pending" if order.counted => {
                order.counted = false;
                for line in &mut order.lines {
                    moved.push((line.product, std::mem::take(&mut line.reduced)));
                }
            }
            "processing" | "on-hold" | "completed" if !order.counted => {
                order.counted = true;
                // What is off the counter still is not taken off again.
                for line in order.lines.iter_mut().filter(|line| line.reduced == 0 && tracked.contains(&line.product)) {
                    line.reduced = line.quantity;
                    moved.push((line.product, -line.reduced));
                }
            }
            _ => {}
        }
        if status == "completed" {
            order.completed = Some(now);
        }
        let rest = order.left_cents();
        if status == "refunded" && rest > 0 {
            // The rest is written off by a record that names no units.
            let refund = Refund { id: 0, at: now, cents: rest, reason: "Order fully refunded.".to_owned(), lines: Vec::new() };
            self.add_refund(id, refund);
        }
        for (product, units) in moved.into_iter().filter(|(_, units)| *units != 0) {
            self.count(now, product, units);
        }
    }

    /// A refund record. `None`: the amount is more than is left.
    pub(super) fn refund(&mut self, now: Timestamp, id: u64, record: Refund, restock: bool) -> Option<u64> {
        let order = self.orders.get_mut(&id)?;
        let (left, lines) = (order.left_cents(), record.lines.clone());
        if record.cents < 0 || record.cents > left {
            return None;
        }
        let ours = marks::about(&record.reason);
        let mut moved = Vec::new();
        for (line, units) in &lines {
            let Some(at) = order.lines.iter().position(|l| l.id == *line) else { continue };
            let (sent, open) = (order.sent(&order.lines[at]), order.open(&order.lines[at]));
            let line = &mut order.lines[at];
            let unsent = if ours == Some(About::Returned) { 0 } else { (*units).min(open) };
            line.returned = (line.returned + units - unsent).min(sent);
            line.cancelled += unsent;
            // The shop counts again what it is told, though no more was ordered.
            if restock && line.reduced != 0 {
                line.reduced -= units;
                line.put_back += units;
                moved.push((line.product, *units));
            }
        }
        let of_lines = |refund: &Refund| refund.lines.iter().map(|(_, units)| units).sum::<i64>();
        let items = order.lines.iter().map(|l| l.quantity).sum::<i64>() - order.refunds.iter().map(of_lines).sum::<i64>();
        let free = order.lines.iter().any(|l| l.price_cents == 0);
        let fully = left - record.cents <= 0 && !(free && !lines.is_empty() && items - of_lines(&record) > 0);
        let made = self.add_refund(id, record);
        for (product, units) in moved {
            self.count(now, product, units);
        }
        let status = if fully { "refunded".to_owned() } else { self.orders.get(&id)?.status.clone() };
        self.set_status(now, id, &status);
        Some(made)
    }

    fn add_refund(&mut self, id: u64, refund: Refund) -> u64 {
        let fresh = self.fresh();
        if let Some(order) = self.orders.get_mut(&id) {
            order.refunds.push(Refund { id: fresh, ..refund });
        }
        fresh
    }

    /// As the shop's own screen makes a refund record: units at what they cost.
    pub(super) fn refund_there(&mut self, now: Timestamp, id: u64, sku: &Sku, units: i64, restock: bool) -> bool {
        let Some((order, line)) = self.orders.get(&id).and_then(|o| Some((o, o.line(sku)?))) else { return false };
        let (lines, cents) = (vec![(line.id, units)], (line.price_cents * units).min(order.left_cents()));
        let record = Refund { id: 0, at: now, cents, reason: String::new(), lines };
        self.refund(now, id, record, restock).is_some()
    }

    /// A note. It does not count as a change of the order.
    pub(super) fn note(&mut self, now: Timestamp, id: u64, text: &str, to_customer: bool) -> Option<&Note> {
        let fresh = self.fresh();
        let order = self.orders.get_mut(&id)?;
        // As `WordPress` stores a comment.
        order.notes.push(Note { id: fresh, at: now, text: text.replace('\\', ""), to_customer });
        order.notes.last()
    }

    /// Sets fields; one of the same name is written over.
    pub(super) fn set_fields(&mut self, now: Timestamp, id: u64, fields: Vec<(String, Value)>) {
        for (name, content) in fields {
            let fresh = self.fresh();
            let Some(order) = self.orders.get_mut(&id) else { return };
            order.touch(now);
            match order.fields.iter_mut().find(|(_, other, _)| *other == name) {
                Some((_, _, there)) => *there = content,
                None => order.fields.push((fresh, name, content)),
            }
        }
    }
}
