//! What happened at the shops, as somebody sees it who stands beside them: never read from our own rows.

use domain::{ConnectionId, OrderNumber};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// An order, by where and which.
pub(super) type OrderKey = (ConnectionId, OrderNumber);

/// What a customer bought.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    pub(super) article: usize,
    pub(super) units: i64,
    pub(super) stands: bool,
}

/// A change of an order that we may not know yet.
#[derive(Debug, Clone)]
struct Change {
    at: Timestamp,
    cancels: bool,
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
    /// Units there ever were, by article: what a count took away was there.
    units: BTreeMap<usize, i64>,
    /// Units that the merchant's own edits on a channel put on sale.
    edited: BTreeMap<(ConnectionId, usize), i64>,
    /// Units sold that stand, by channel and article.
    sold: BTreeMap<(ConnectionId, usize), i64>,
    /// The most units of an article that were ever promised beyond those there were.
    worst: BTreeMap<usize, i64>,
    pub(super) orders: u64,
}

impl Books {
    /// Units came in.
    pub(super) fn came_in(&mut self, article: usize, units: i64) {
        *self.units.entry(article).or_default() += units;
    }

    /// A customer bought.
    pub(super) fn sold(&mut self, order: OrderKey, article: usize, units: i64, at: Timestamp) {
        self.orders += 1;
        *self.sold.entry((order.0.clone(), article)).or_default() += units;
        self.standing.push(order.clone());
        self.open.entry(order.clone()).or_default().push(Change { at, cancels: false, is_durable: false });
        self.sales.insert(order, Sale { article, units, stands: true });
        let over = self.oversold(article);
        let worst = self.worst.entry(article).or_default();
        *worst = over.max(*worst);
    }

    /// An order that stands.
    pub(super) fn any_standing(&self, which: u32) -> Option<OrderKey> {
        let count = u32::try_from(self.standing.len()).ok().filter(|n| *n > 0)?;
        self.standing.get((which % count) as usize).cloned()
    }

    /// An order was cancelled: its units may be sold again, there as anywhere.
    pub(super) fn cancelled(&mut self, order: &OrderKey, at: Timestamp) {
        self.void(order);
        self.open.entry(order.clone()).or_default().push(Change { at, cancels: true, is_durable: false });
    }

    fn void(&mut self, order: &OrderKey) {
        self.standing.retain(|one| one != order);
        if let Some(sale) = self.sales.get_mut(order).filter(|sale| sale.stands) {
            sale.stands = false;
            *self.sold.entry((order.0.clone(), sale.article)).or_default() -= sale.units;
        }
    }

    /// The merchant edited a channel's figure upwards by so many.
    pub(super) fn edited(&mut self, connection: &ConnectionId, article: usize, more: i64) {
        *self.edited.entry((connection.clone(), article)).or_default() += more.max(0);
    }

    /// Where the merchant ever edited a figure.
    pub(super) fn edits(&self) -> Vec<(ConnectionId, usize)> {
        self.edited.keys().cloned().collect()
    }

    /// A connection is no longer ours: what is not in the table will not come in, and nobody promised it in our name.
    pub(super) fn let_go(&mut self, connection: &ConnectionId) {
        let lost: Vec<OrderKey> = self.open.keys().filter(|(c, _)| c == connection).cloned().collect();
        for order in lost {
            let never_in = self.open.remove(&order).is_some_and(|changes| changes.iter().any(|c| !c.cancels));
            if never_in {
                self.void(&order);
            }
            // As it is there, it need not be known: nobody lists what changed before a connection is put back.
            self.sales.remove(&order);
        }
        self.standing.retain(|(c, _)| c != connection);
    }

    /// A message about an order is durable: it tells of everything up to then.
    pub(super) fn is_durable(&mut self, order: &OrderKey, through: Timestamp) {
        for change in self.open.get_mut(order).into_iter().flatten().filter(|change| change.at <= through) {
            change.is_durable = true;
        }
    }

    /// An order is in the table, cancelled or not.
    pub(super) fn is_in(&mut self, order: &OrderKey, cancelled: bool) {
        if let Some(changes) = self.open.get_mut(order) {
            changes.retain(|change| change.cancels && !cancelled);
            if changes.is_empty() {
                self.open.remove(order);
            }
        }
    }

    /// Whether an order has a change that is not in the table.
    pub(super) fn awaits(&self, order: &OrderKey) -> bool {
        self.open.contains_key(order)
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
        let mine = self.open.iter().filter(|((c, _), _)| c == connection);
        mine.flat_map(|(order, changes)| changes.iter().filter(|c| which(c)).map(move |c| (order, c.at))).next()
    }

    /// Orders that are ours to know.
    pub(super) fn sales(&self) -> impl Iterator<Item = (&OrderKey, &Sale)> {
        self.sales.iter()
    }

    /// Units of an article sold on a channel, of orders that stand.
    pub(super) fn sold_on(&self, connection: &ConnectionId, article: usize) -> i64 {
        self.sold.get(&(connection.clone(), article)).copied().unwrap_or(0)
    }

    /// Units of an article there ever were.
    pub(super) fn units(&self, article: usize) -> i64 {
        self.units.get(&article).copied().unwrap_or(0)
    }

    /// Units of an article that edits put on sale on a channel.
    pub(super) fn edited_on(&self, connection: &ConnectionId, article: usize) -> i64 {
        self.edited.get(&(connection.clone(), article)).copied().unwrap_or(0)
    }

    /// Units of an article that are promised beyond those there were.
    pub(super) fn oversold(&self, article: usize) -> i64 {
        let over = |all: &BTreeMap<(ConnectionId, usize), i64>| -> i64 {
            all.iter().filter(|((_, a), _)| *a == article).map(|(_, units)| units).sum()
        };
        (over(&self.sold) - self.units(article) - over(&self.edited)).max(0)
    }

    /// The worst of all articles together.
    pub(super) fn worst(&self) -> i64 {
        self.worst.values().sum()
    }
}
