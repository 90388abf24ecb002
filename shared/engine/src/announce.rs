//! Tells others what a commit changed: hints for the fan-out, business events for whoever subscribes.
//!
//! Both follow the commit and may be sent twice. Hints go over a queue of their own, because the bus adds a delay that an
//! oversold article does not forgive.

use crate::World;
use contracts::{Message, OrderAccepted, OrderChanged, ShortLine, StockHint, StockShort};
use domain::{Incoming, OrderOutcome, PlannedOrder, Sku};
use jiff::Timestamp;
use ports::{OutgoingEvent, OutgoingMessage, QueueName, Result};
use std::collections::BTreeSet;
use std::time::Duration;

/// What is to be told.
#[derive(Debug, Default)]
pub(crate) struct Announcement {
    hints: BTreeSet<StockHint>,
    events: Vec<OutgoingEvent>,
}

impl Announcement {
    /// Tells of an order row that was written.
    pub(crate) fn order(&mut self, planned: &PlannedOrder, at: Timestamp) {
        let order = &planned.order;
        let (connection, number, version) = (order.connection.clone(), order.snapshot.number.clone(), order.version);
        for sku in order.lines.iter().filter_map(|l| l.sku.as_ref()).chain(planned.demands.iter().map(|d| &d.sku)) {
            // The channel's own figure moved with the order even where ours did not: a short order that is cancelled puts units on
            // sale there that nobody has.
            let moved = planned.demands.iter().any(|d| d.sku == *sku);
            self.hints.insert(StockHint { sku: sku.clone(), connection: (!moved).then(|| order.connection.clone()) });
        }
        self.events.push(match planned.outcome {
            OrderOutcome::Accepted => event(&OrderAccepted { connection, number, version, at }),
            OrderOutcome::Changed => {
                let cancelled = order.snapshot.lines.iter().all(|l| l.cancelled == l.ordered);
                event(&OrderChanged { connection, number, version, cancelled, at })
            }
        });
        let was_short = planned.before.as_ref().map_or(domain::Quantity::ZERO, domain::Order::short);
        if order.short() > was_short {
            let lines = order.lines.iter().filter(|l| !l.short.is_zero()).map(|l| ShortLine {
                line: l.id.clone(),
                sku: l.sku.clone(),
                short: l.short,
                held_at: l.claims.iter().map(|c| c.location.clone()).collect(),
            });
            let (connection, number) = (order.connection.clone(), order.snapshot.number.clone());
            self.events.push(event(&StockShort { connection, number, version, lines: lines.collect(), at }));
        }
    }

    /// Tells again of an order that is known: only the hints, for they are what is late if nobody told.
    pub(crate) fn repeat(&mut self, incoming: &Incoming) {
        for sku in incoming.skus.values() {
            for connection in [None, Some(incoming.connection.clone())] {
                self.hints.insert(StockHint { sku: sku.clone(), connection });
            }
        }
    }

    /// Tells of a figure changed by hand.
    pub(crate) fn stock(&mut self, sku: Sku) {
        self.hints.insert(StockHint { sku, connection: None });
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.hints.extend(other.hints);
        self.events.extend(other.events);
    }
}

fn event<M: Message>(message: &M) -> OutgoingEvent {
    OutgoingEvent { name: M::NAME, detail: message.to_json() }
}

/// Sends it, hints first.
pub(crate) async fn announce(world: &World, said: Announcement) -> Result<()> {
    let hints: Vec<_> = said.hints.iter().map(|one| hint(one, Duration::ZERO)).collect();
    if !hints.is_empty() {
        world.queue.send(QueueName::StockHints, hints).await?;
    }
    if !said.events.is_empty() {
        world.bus.publish(said.events).await?;
    }
    Ok(())
}

/// A hint as a message.
pub(crate) fn hint(hint: &StockHint, delay: Duration) -> OutgoingMessage {
    OutgoingMessage { body: hint.to_json(), delay }
}
