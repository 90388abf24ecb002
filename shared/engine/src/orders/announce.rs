//! Tells others what a commit changed: hints for the fan-out, business events for whoever subscribes.
//!
//! Both follow the commit and may be sent twice. Hints go over a queue of their own, because the bus adds a delay that an
//! oversold product does not forgive.

use super::unmatched;
use crate::Ports;
use crate::messages::{event, hint};
use crate::rows::products_ever_of;
use crate::unreadable;
use contracts::{OrderAccepted, OrderChanged, ShortLine, StockHint, StockShort};
use domain::{ConnectionId, LineState, Order, OrderNumber, OrderOutcome, PlannedOrder};
use jiff::Timestamp;
use ports::{OutgoingEvent, QueueName, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Lines of one event: the bus takes 256 KB.
const MOST_SHORT_LINES: usize = 500;

/// What is to be told.
#[derive(Debug, Default)]
pub(crate) struct Announcement {
    hints: BTreeSet<StockHint>,
    events: Vec<OutgoingEvent>,
    /// Orders with lines of no product that is known: which lines, for people.
    unmatched: BTreeMap<(ConnectionId, OrderNumber), String>,
    /// Orders with lines that cannot be read, or that had some.
    unreadable_lines: Vec<Order>,
}

impl Announcement {
    /// Tells of an order row that was written.
    pub(crate) fn order(&mut self, planned: &PlannedOrder, at: Timestamp) {
        self.hints.extend(planned.demands.iter().map(|d| StockHint { sku: d.sku.clone(), connection: None }));
        // What is short is owed before anything is shown, so it changes every channel's figure.
        self.hints.extend(planned.short_changes().into_keys().map(|sku| StockHint { sku, connection: None }));
        // The channel's own figure moved with the order even where ours did not. A short sale says that it showed what nobody has; a
        // short order that is cancelled puts units on sale there that nobody has, and units that come back may count there again.
        let counted = |order: &Order, line: &LineState| {
            let told = order.snapshot.lines.iter().find(|told| told.id == line.id);
            told.map_or_else(Default::default, |told| (told.ordered.less(told.cancelled), told.returned))
        };
        let order = &planned.order;
        for line in order.lines.iter().filter(|line| line.open.is_none()) {
            let before = planned.before.as_ref().map_or_else(Default::default, |before| counted(before, line));
            if counted(order, line) == before {
                continue;
            }
            for sku in line.products().filter(|sku| !planned.demands.iter().any(|d| d.sku == **sku)) {
                self.hints.insert(StockHint { sku: sku.clone(), connection: Some(order.connection.clone()) });
            }
        }
        let could_not_be_read = planned.before.iter().flat_map(Order::in_doubt);
        // What was held down for them may rise, wherever it is shown.
        let named = could_not_be_read.filter_map(|line| line.sku.clone());
        self.hints.extend(named.map(|sku| StockHint { sku, connection: None }));
        if order.snapshot.unreadable_lines.is_empty()
            && planned.before.as_ref().is_some_and(|before| !before.snapshot.unreadable_lines.is_empty())
        {
            self.unreadable_lines.push(order.clone());
        }
        // What came out short with the parts before was not told yet.
        let before = planned.before.as_ref().filter(|before| before.is_complete());
        let was_short = before.map_or(domain::Quantity::ZERO, domain::Order::short);
        self.events(&planned.order, planned.outcome, was_short, at);
    }

    fn events(&mut self, order: &Order, outcome: OrderOutcome, was_short: domain::Quantity, at: Timestamp) {
        if !order.is_complete() {
            // Told once all of it is taken in.
            return;
        }
        let (connection, number, version) = (order.connection.clone(), order.snapshot.number.clone(), order.version);
        self.events.push(match outcome {
            OrderOutcome::Accepted => event(&OrderAccepted { connection, number, version, at }),
            OrderOutcome::Changed => {
                let cancelled = order.snapshot.lines.iter().all(|l| l.cancelled == l.ordered);
                event(&OrderChanged { connection, number, version, cancelled, at })
            }
        });
        if !order.snapshot.unreadable_lines.is_empty() {
            self.unreadable_lines.push(order.clone());
        }
        if order.has_unmatched() {
            let named = unmatched::named(order);
            self.unmatched.insert((order.connection.clone(), order.snapshot.number.clone()), named);
        }
        if order.short() > was_short {
            let lines: Vec<ShortLine> = order.lines.iter().flat_map(short_lines).collect();
            for lines in lines.chunks(MOST_SHORT_LINES) {
                let (connection, number) = (order.connection.clone(), order.snapshot.number.clone());
                self.events.push(event(&StockShort { connection, number, version, lines: lines.to_vec(), at }));
            }
        }
    }

    /// Tells again of an order that is known, as it is now: nobody may have told. Whoever heard knows it by its version. Of products that its
    /// lines are no more, too: what they held came free with a commit that perhaps nobody told of.
    pub(crate) fn repeat(&mut self, order: &Order, at: Timestamp) {
        for sku in products_ever_of(order) {
            for connection in [None, Some(order.connection.clone())] {
                self.hints.insert(StockHint { sku: sku.clone(), connection });
            }
        }
        let outcome = if order.version == order.accepted_version { OrderOutcome::Accepted } else { OrderOutcome::Changed };
        self.events(order, outcome, domain::Quantity::ZERO, at);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.hints.extend(other.hints);
        self.events.extend(other.events);
        self.unmatched.extend(other.unmatched);
        self.unreadable_lines.extend(other.unreadable_lines);
    }
}

/// What of a line is missing, product by product.
fn short_lines(line: &LineState) -> Vec<ShortLine> {
    let unmatched = ShortLine { line: line.id.clone(), sku: None, short: line.unmatched, locations: Vec::new() };
    let parts = line.parts.iter().map(|part| ShortLine {
        line: line.id.clone(),
        sku: Some(part.sku.clone()),
        short: part.short,
        locations: part.allocations.iter().map(|claim| claim.location.clone()).collect(),
    });
    parts.chain([unmatched]).filter(|one| !one.short.is_zero()).collect()
}

/// Sends it, hints first.
pub(crate) async fn announce(world: &Ports, said: Announcement) -> Result<()> {
    let hints: Vec<_> = said.hints.iter().map(|one| hint(one, Duration::ZERO)).collect();
    if !hints.is_empty() {
        world.queue.send(QueueName::StockHints, hints).await?;
    }
    if !said.events.is_empty() {
        world.bus.publish(said.events).await?;
    }
    for ((connection, number), lines) in &said.unmatched {
        unmatched::note(world, connection, number, lines).await?;
    }
    for order in &said.unreadable_lines {
        unreadable::note_lines(world, order).await?;
    }
    Ok(())
}
