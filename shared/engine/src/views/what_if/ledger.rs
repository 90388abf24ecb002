//! A product's ledger as things that happened, commit by commit, with what came out short put in.

use super::shorts::ShortChange;
use crate::Ports;
use crate::rows::{LedgerCause, LedgerRow, OrderStockAction, TypedRow, sortable};
use domain::what_if::{Event, Past};
use domain::{ConnectionId, LocationId, OrderNumber, Sku};
use jiff::Timestamp;
use ports::{Key, Result};
use std::collections::{BTreeMap, VecDeque};

/// Hands over every row since `from`, oldest first.
pub(super) async fn each(world: &Ports, sku: &Sku, from: Timestamp, mut take: impl FnMut(LedgerRow)) -> Result<()> {
    let partition = LedgerRow::partition(sku);
    let mut next = Some(Key::new(partition.as_str(), sortable(from)));
    loop {
        let page = world.table.query(&partition, "", next.as_ref(), 500, false).await?;
        for row in &page.rows {
            take(LedgerRow::from_row(row)?);
        }
        match page.next {
            Some(from) => next = Some(from),
            None => return Ok(()),
        }
    }
}

/// Puts rows and shorts together, as they come.
pub(super) struct Story<F> {
    shorts: VecDeque<ShortChange>,
    rows: Vec<LedgerRow>,
    tell: F,
}

impl<F: FnMut(Past)> Story<F> {
    /// `tell` is told what happened, in its order.
    pub(super) fn new(shorts: Vec<ShortChange>, tell: F) -> Self {
        Self { shorts: shorts.into(), rows: Vec::new(), tell }
    }

    /// The next row.
    pub(super) fn row(&mut self, row: LedgerRow) {
        if self.rows.first().is_some_and(|first| first.at != row.at) {
            self.moment();
        }
        self.rows.push(row);
    }

    /// There are no more.
    pub(super) fn end(&mut self) {
        self.moment();
        while let Some(at) = self.shorts.front().map(|short| short.at) {
            self.commits(at);
        }
    }

    /// Tells of the rows that are kept, and of what came out short before.
    fn moment(&mut self) {
        let Some(at) = self.rows.first().map(|row| row.at) else { return };
        while let Some(earlier) = self.shorts.front().map(|short| short.at).filter(|short| *short < at) {
            self.commits(earlier);
        }
        self.commits(at);
    }

    /// Tells of everything at one moment.
    fn commits(&mut self, at: Timestamp) {
        let mut commits: BTreeMap<String, Commit> = BTreeMap::new();
        for row in self.rows.extract_if(.., |row| row.at == at) {
            commits.entry(row.commit.clone()).or_default().add(row);
        }
        while let Some(short) = self.shorts.pop_front_if(|short| short.at == at) {
            *commits.entry(short.commit).or_default().short.entry((short.connection, short.number)).or_default() += short.units;
        }
        for what in commits.into_values().flat_map(Commit::events) {
            (self.tell)(Past { at, what });
        }
    }
}

type OrderKey = (ConnectionId, OrderNumber);
type Places = Vec<(LocationId, i64)>;

/// What one commit did to the product.
#[derive(Default)]
struct Commit {
    moved: Places,
    /// Units taken by orders.
    taken: BTreeMap<OrderKey, Places>,
    /// Units taken for what was short.
    covered: BTreeMap<OrderKey, Places>,
    short: BTreeMap<OrderKey, i64>,
}

impl Commit {
    fn add(&mut self, row: LedgerRow) {
        let (location, available) = (row.location, row.movement.available);
        match row.cause {
            LedgerCause::Orders { orders, written_off } => {
                // What was written off the order gave back, and it went then.
                let lost: i64 = written_off.iter().map(|(.., units)| units).sum();
                let rest = available - orders.iter().map(|(.., units)| units).sum::<i64>() - lost;
                for (connection, number, units) in orders.into_iter().chain(written_off).filter(|(.., units)| *units != 0) {
                    self.taken.entry((connection, number)).or_default().push((location.clone(), -units));
                }
                if rest != 0 {
                    self.moved.push((location, rest));
                }
            }
            LedgerCause::Order { connection, number, action: OrderStockAction::Covered, .. } => {
                self.covered.entry((connection, number)).or_default().push((location, -available));
            }
            LedgerCause::Order { connection, number, action: OrderStockAction::Deleted, .. } => {
                self.taken.entry((connection, number)).or_default().push((location, -available));
            }
            LedgerCause::Order { .. }
            | LedgerCause::Transfer { .. }
            | LedgerCause::Correction { .. }
            | LedgerCause::Edited { .. }
            | LedgerCause::Opening => {
                if available != 0 {
                    self.moved.push((location, available));
                }
            }
        }
    }

    fn events(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if !self.moved.is_empty() {
            events.push(Event::Moved { units: self.moved });
        }
        for ((connection, number), taken) in self.covered {
            let units: i64 = taken.iter().map(|(_, units)| units).sum();
            // Covering is what made it fall.
            *self.short.entry((connection.clone(), number.clone())).or_default() += units;
            events.push(Event::Covered { connection, number, taken });
        }
        let mut orders: BTreeMap<OrderKey, (Places, i64)> = BTreeMap::new();
        for (order, taken) in self.taken {
            orders.entry(order).or_default().0 = taken;
        }
        for (order, short) in self.short {
            orders.entry(order).or_default().1 = short;
        }
        let order = |((connection, number), (taken, short))| Event::Order { connection, number, taken, short };
        let net = |(_, (taken, short)): &(OrderKey, (Places, i64))| taken.iter().map(|(_, units)| units).sum::<i64>() + short;
        let mut orders: Vec<_> = orders.into_iter().filter(|(_, (taken, short))| !taken.is_empty() || *short != 0).collect();
        // What was given back first: others of the same commit may have it.
        orders.sort_by_key(|one| net(one) > 0);
        events.extend(orders.into_iter().map(order));
        events
    }
}
