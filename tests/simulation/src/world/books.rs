//! What happened at the shops, as somebody sees it who stands beside them: never read from our own rows.

mod odd;

use super::{PRODUCTS, SET, SET_OF};
use connectors::simulated_channel::FarOrder;
use domain::{ConnectionId, OrderNumber, Sku};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// An order, by where and which.
pub(super) type OrderKey = (ConnectionId, OrderNumber);

/// A line of what a customer bought.
#[derive(Debug, Clone)]
pub(super) struct Sold {
    pub(super) product: usize,
    /// The code it had then.
    pub(super) code: Sku,
    pub(super) units: i64,
    pub(super) cancelled: i64,
    /// Units that were cancelled there by somebody else and not put on sale again.
    pub(super) kept_off: i64,
}

/// What a customer bought.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    /// When, UTC.
    at: Timestamp,
    pub(super) lines: Vec<Sold>,
    /// Its connection was not removed since: what becomes of it is ours to know.
    pub(super) ours: bool,
    /// Units that were cancelled there by somebody else.
    pub(super) cancelled_there: i64,
    /// Units that were paid back there by somebody else.
    pub(super) returned_there: i64,
    /// It is there no more.
    pub(super) deleted: bool,
    /// Its channel's list need not show how it is now, or not whole.
    pub(super) obscured: bool,
}

impl Sale {
    fn cancelled(&self) -> i64 {
        self.lines.iter().map(|line| line.cancelled).sum()
    }

    /// Whether units of it are promised still.
    pub(super) fn stands(&self) -> bool {
        self.lines.iter().any(|line| line.cancelled < line.units)
    }
}

/// A change of an order that we may not know yet.
#[derive(Debug, Clone)]
struct Change {
    at: Timestamp,
    /// Units cancelled over all lines since then. 0: it was placed.
    cancelled: i64,
    is_durable: bool,
}

/// The books.
#[derive(Debug, Default)]
pub(super) struct Books {
    sales: BTreeMap<OrderKey, Sale>,
    /// Orders that can still be cancelled.
    standing: Vec<OrderKey>,
    /// Changes that are not in our table.
    open: BTreeMap<OrderKey, Vec<Change>>,
    /// Units there ever were, by product: what a count took away was there.
    units: BTreeMap<usize, i64>,
    /// Units that the merchant's own edits on a channel put on sale.
    edited: BTreeMap<(ConnectionId, usize), i64>,
    /// What the staff of the shop that leads added and took away, and what stock was corrected by for that, by product.
    led: BTreeMap<usize, [i64; 4]>,
    /// Where the merchant's own edit is the last that was written.
    foreign: BTreeSet<(ConnectionId, usize)>,
    /// Channels that have one stock for all products.
    sharing: BTreeSet<ConnectionId>,
    /// Moments in which a clock of ours that was ahead may say that everything up to then is known.
    blind: Vec<(Timestamp, Timestamp)>,
    /// Units sold that stand, by channel and product.
    sold: BTreeMap<(ConnectionId, usize), i64>,
    /// The most units of a product that were ever promised beyond those there were.
    worst: BTreeMap<usize, i64>,
    pub(super) orders: u64,
}

impl Books {
    /// Units came in.
    pub(super) fn came_in(&mut self, product: usize, units: i64) {
        *self.units.entry(product).or_default() += units;
    }

    /// A customer bought.
    pub(super) fn sold(&mut self, order: OrderKey, lines: Vec<Sold>, at: Timestamp) {
        self.orders += 1;
        for line in &lines {
            *self.sold.entry((order.0.clone(), line.product)).or_default() += line.units;
        }
        self.standing.push(order.clone());
        self.open.entry(order.clone()).or_default().push(Change { at, cancelled: 0, is_durable: false });
        self.sales.insert(
            order,
            Sale { at, lines, ours: true, cancelled_there: 0, returned_there: 0, deleted: false, obscured: false },
        );
        for product in 0..PRODUCTS.len() {
            let over = self.oversold(product);
            let worst = self.worst.entry(product).or_default();
            *worst = over.max(*worst);
        }
    }

    /// A line of an order that is ours to know, of certain connections, by the product's code.
    pub(super) fn any_line(&self, which: u32, line: u8, at: impl Fn(&ConnectionId) -> bool) -> Option<(OrderKey, Sku)> {
        let ours: Vec<_> = self.sales.iter().filter(|(order, sale)| sale.ours && at(&order.0)).collect();
        let count = u32::try_from(ours.len()).ok().filter(|n| *n > 0)?;
        let (order, sale) = ours[(which % count) as usize];
        let line = &sale.lines[usize::from(line) % sale.lines.len()];
        Some((order.clone(), line.code.clone()))
    }

    /// An order that stands.
    pub(super) fn any_standing(&self, which: u32) -> Option<OrderKey> {
        let count = u32::try_from(self.standing.len()).ok().filter(|n| *n > 0)?;
        self.standing.get((which % count) as usize).cloned()
    }

    /// An order as it is there now: units that were cancelled may be sold again, there as anywhere. `there`: by somebody else than us.
    pub(super) fn seen(&mut self, order: &OrderKey, far: &FarOrder, there: bool, at: Timestamp) {
        let Some(sale) = self.sales.get_mut(order) else { return };
        let before = sale.cancelled();
        let mended = std::mem::replace(&mut sale.obscured, far.obscured) && !far.obscured;
        let mut back = Vec::new();
        for line in &mut sale.lines {
            let cancelled = far.lines.get(&line.code).map_or(0, |line| line.cancelled.units());
            let (place, more) = ((order.0.clone(), line.product), cancelled - line.cancelled);
            *self.sold.entry(place.clone()).or_default() -= more;
            back.push((line.product, more));
            if !sale.ours {
                // A cancellation that was begun before its connection was removed may be told when it is back, and the channel then puts
                // the units on sale there by itself: as what it showed when it came back, they are the merchant's own.
                *self.edited.entry(place.clone()).or_default() += more.max(0);
                self.foreign.insert(place);
            }
            line.cancelled = cancelled;
        }
        let (ours, cancelled, stands) = (sale.ours, sale.cancelled(), sale.stands());
        if there && ours {
            sale.cancelled_there += cancelled - before;
        }
        for (product, more) in back {
            self.came_back(&order.0, product, more);
        }
        if !ours {
            return;
        }
        if mended {
            // From now on its list shows it.
            for change in self.open.get_mut(order).into_iter().flatten() {
                (change.at, change.is_durable) = (at, false);
            }
        }
        if cancelled < before
            && let Some(changes) = self.open.get_mut(order)
        {
            // A shipment that was told at the same moment made a shop take its cancellation back: there is nothing to hear of it any more.
            changes.retain(|change| change.cancelled <= cancelled);
            if changes.is_empty() {
                self.open.remove(order);
            }
        }
        if cancelled > before {
            self.open.entry(order.clone()).or_default().push(Change { at, cancelled, is_durable: false });
        }
        if !stands {
            self.standing.retain(|one| one != order);
        }
    }

    /// Units were paid back there by somebody else than us.
    pub(super) fn paid_back(&mut self, order: &OrderKey, units: i64) {
        if let Some(sale) = self.sales.get_mut(order) {
            sale.returned_there += units;
        }
    }

    /// Units of a line were cancelled there and not put on sale again.
    pub(super) fn kept_off(&mut self, order: &OrderKey, code: &Sku, units: i64) {
        let lines = self.sales.get_mut(order).into_iter().flat_map(|sale| &mut sale.lines);
        lines.filter(|line| line.code == *code).for_each(|line| line.kept_off += units);
    }

    /// Whether others of its connection, ours to know, are there still: two, so that one is left whatever becomes of the other.
    pub(super) fn has_others(&self, order: &OrderKey) -> bool {
        let others = self.sales.iter().filter(|(key, sale)| key.0 == order.0 && *key != order && sale.ours && !sale.deleted);
        others.count() >= 2
    }

    /// An order is deleted: what was not sent is promised no more, and there is nothing to hear of it.
    pub(super) fn deleted(&mut self, order: &OrderKey, before: &FarOrder) {
        let Some(sale) = self.sales.get_mut(order) else { return };
        for line in &mut sale.lines {
            let sent = before.lines.get(&line.code).map_or(0, |line| line.shipped.units());
            let more = (line.units - sent - line.cancelled).max(0);
            *self.sold.entry((order.0.clone(), line.product)).or_default() -= more;
            line.cancelled += more;
        }
        sale.deleted = true;
        self.standing.retain(|one| one != order);
        self.open.remove(order);
    }

    /// Orders that were deleted and are ours to know.
    pub(super) fn all_deleted(&self) -> Vec<OrderKey> {
        self.sales.iter().filter(|(_, sale)| sale.ours && sale.deleted).map(|(order, _)| order.clone()).collect()
    }

    /// The products of an order; none if nobody here knows it any more.
    pub(super) fn products_of(&self, order: &OrderKey) -> Vec<usize> {
        self.sales.get(order).into_iter().flat_map(|sale| sale.lines.iter().map(|line| line.product)).collect()
    }

    /// Whether there are orders of connections that were removed since.
    pub(super) fn has_foreign(&self) -> bool {
        self.sales.values().any(|sale| !sale.ours)
    }

    /// Whether what becomes of an order is ours to know.
    pub(super) fn is_ours(&self, order: &OrderKey) -> bool {
        self.sales.get(order).is_some_and(|sale| sale.ours)
    }

    /// The merchant edited a channel's figure: by so many, downwards if it is below zero.
    pub(super) fn edited(&mut self, connection: &ConnectionId, product: usize, more: i64) {
        if more != 0 {
            self.foreign.insert((connection.clone(), product));
        }
        *self.edited.entry((connection.clone(), product)).or_default() += more.max(0);
    }

    /// The staff of the shop that leads changed a product's figure by so many.
    pub(super) fn led(&mut self, product: usize, units: i64) {
        let led = self.led.entry(product).or_default();
        led[0] += units.max(0);
        led[1] -= units.min(0);
    }

    /// Stock was corrected by so many for that. Says if it is more than they ever changed.
    pub(super) fn took(&mut self, product: usize, units: i64) -> Option<String> {
        let led = self.led.entry(product).or_default();
        led[2] += units.max(0);
        led[3] -= units.min(0);
        let [added, removed, more, fewer] = *led;
        let too_much = more > added || fewer > removed;
        too_much.then(|| format!("{added} were added and {removed} taken away there, {more} and {fewer} are corrected"))
    }

    /// A figure of ours is in force there, whatever was edited before.
    pub(super) fn written(&mut self, connection: &ConnectionId, product: usize) {
        self.foreign.remove(&(connection.clone(), product));
    }

    /// Whether a figure is the merchant's own, of which no channel tells for sure.
    pub(super) fn is_foreign(&self, connection: &ConnectionId, product: usize) -> bool {
        self.foreign.contains(&(connection.clone(), product))
    }

    /// Where the merchant ever edited a figure.
    pub(super) fn edits(&self) -> Vec<(ConnectionId, usize)> {
        self.edited.keys().cloned().collect()
    }

    /// A connection is no longer ours: what is not in the table will not come in, and nobody promised it in our name.
    pub(super) fn let_go(&mut self, connection: &ConnectionId) {
        let lost: Vec<OrderKey> = self.open.keys().filter(|(c, _)| c == connection).cloned().collect();
        for order in lost {
            let never_in = self.open.remove(&order).is_some_and(|changes| changes.iter().any(|c| c.cancelled == 0));
            // As it is there, it need not be known: nobody lists what changed before a connection is put back.
            let sale = self.sales.remove(&order);
            for line in sale.into_iter().filter(|_| never_in).flat_map(|sale| sale.lines) {
                *self.sold.entry((order.0.clone(), line.product)).or_default() -= line.units - line.cancelled;
            }
        }
        for (_, sale) in self.sales.iter_mut().filter(|((c, _), _)| c == connection) {
            sale.ours = false;
        }
        self.standing.retain(|(c, _)| c != connection);
    }

    /// A message about an order is durable: it tells of everything up to then, and of so many units cancelled.
    pub(super) fn is_durable(&mut self, order: &OrderKey, through: Timestamp, cancelled: Option<i64>) {
        for change in self.open.get_mut(order).into_iter().flatten() {
            change.is_durable |= change.at <= through || cancelled.is_some_and(|cancelled| change.cancelled <= cancelled);
        }
    }

    /// An order is in the table, with so many units cancelled.
    pub(super) fn is_in(&mut self, order: &OrderKey, cancelled: i64) {
        if let Some(changes) = self.open.get_mut(order) {
            changes.retain(|change| change.cancelled > cancelled);
            if changes.is_empty() {
                self.open.remove(order);
            }
        }
    }

    /// Whether an order has a change that is not in the table.
    pub(super) fn awaits(&self, order: &OrderKey) -> bool {
        self.open.contains_key(order)
    }

    /// Whether any order of a connection has one.
    pub(super) fn awaits_any(&self, connection: &ConnectionId) -> bool {
        self.open.keys().any(|(c, _)| c == connection)
    }

    /// The first change of a connection before an instant that is not even durable.
    pub(super) fn not_durable(&self, connection: &ConnectionId, before: Timestamp) -> Option<(&OrderKey, Timestamp)> {
        self.first(connection, |change| change.at < before && !change.is_durable)
    }

    /// The first change of a connection before an instant that is not in the table.
    pub(super) fn not_in(&self, connection: &ConnectionId, before: Timestamp) -> Option<(&OrderKey, Timestamp)> {
        self.first(connection, |change| change.at < before)
    }

    fn first(&self, connection: &ConnectionId, which: impl Fn(&Change) -> bool) -> Option<(&OrderKey, Timestamp)> {
        let mine = self.open.iter().filter(|(order, _)| order.0 == *connection && !self.is_obscured(order));
        mine.flat_map(|(order, changes)| changes.iter().filter(|c| which(c) && !self.is_blind(c.at)).map(move |c| (order, c.at)))
            .next()
    }

    /// Orders that are ours to know.
    pub(super) fn sales(&self) -> impl Iterator<Item = (&OrderKey, &Sale)> {
        self.sales.iter()
    }

    /// Units of a product sold on a channel, of orders that stand.
    pub(super) fn sold_on(&self, connection: &ConnectionId, product: usize) -> i64 {
        self.sold.get(&(connection.clone(), product)).copied().unwrap_or(0)
    }

    /// The same, of orders that were placed since then.
    pub(super) fn sold_since(&self, connection: &ConnectionId, product: usize, since: Timestamp) -> i64 {
        let here = self.sales.iter().filter(|((at, _), sale)| at == connection && sale.at >= since);
        let lines = here.flat_map(|(_, sale)| &sale.lines).filter(|line| line.product == product);
        lines.map(|line| line.units - line.cancelled).sum()
    }

    /// The same, of orders that are not in the table as they are.
    pub(super) fn unseen_on(&self, connection: &ConnectionId, product: usize) -> i64 {
        let here = self.sales.iter().filter(|(order, _)| order.0 == *connection && self.awaits(order));
        let lines = here.flat_map(|(_, sale)| &sale.lines).filter(|line| line.product == product);
        lines.map(|line| line.units - line.cancelled).sum()
    }

    /// Units of a product there ever were.
    pub(super) fn units(&self, product: usize) -> i64 {
        self.units.get(&product).copied().unwrap_or(0)
    }

    /// Units of a product that edits put on sale on a channel.
    pub(super) fn edited_on(&self, connection: &ConnectionId, product: usize) -> i64 {
        self.edited.get(&(connection.clone(), product)).copied().unwrap_or(0)
    }

    /// Units of a product that are promised beyond those there were.
    pub(super) fn oversold(&self, product: usize) -> i64 {
        // A set that is promised is a promise of all that is in it.
        let each = |sold: usize| {
            if sold == product {
                1
            } else if sold == SET {
                SET_OF.get(product).copied().unwrap_or(0)
            } else {
                0
            }
        };
        let over = |all: &BTreeMap<(ConnectionId, usize), i64>| -> i64 {
            all.iter().map(|((_, sold), units)| each(*sold) * units).sum()
        };
        (over(&self.sold) - self.units(product) - over(&self.edited)).max(0)
    }

    /// The worst of all products together.
    pub(super) fn worst(&self) -> i64 {
        self.worst.values().sum()
    }
}
