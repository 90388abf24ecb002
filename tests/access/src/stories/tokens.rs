//! A channel is told of a shipment hours after anybody last called it: its token has ended, and whoever tells it fetches a new one and keeps it.

use crate::seen::Seen;
use contracts::{Message, OrderUpdateDue};
use domain::OrderNumber;
use engine::{Cache, OrderCommand, handle_order, tell_order};
use jiff::SignedDuration;
use ports::QueueName;
use simulation::market::Market;
use std::sync::Arc;
use testkit::run::finish;

pub(super) fn tell(seen: &Arc<Seen>) {
    let mut market = Market::open(&[("A", 9)], 9);
    for id in market.connections.clone() {
        assert!(market.buy(&id, "A", 1));
    }
    market.stage.clock.pass(SignedDuration::from_mins(5));
    market.poll();
    market.settle();
    let ship: OrderCommand = serde_json::from_str(r#"{"type":"ship","id":"p-1","location":"main","carrier":"postnl"}"#).unwrap();
    let orders = market.stage.table.rows().into_iter().filter_map(|row| {
        let connection = row.key.pk.strip_prefix("ORDER#")?.split('#').next()?.to_owned();
        let number = row.key.pk.rsplit('#').next()?.to_owned();
        (row.key.sk == "ORDER").then_some((connection, number))
    });
    let orders: Vec<_> = orders.collect();
    assert_eq!(orders.len(), market.connections.len(), "{orders:?}");
    for (connection, number) in orders {
        let (connection, number) = (connection.parse().unwrap(), OrderNumber::new(number).unwrap());
        finish(handle_order(&market.stage.world(), &Cache::default(), &connection, &number, &ship, "Ada")).unwrap();
    }
    market.stage.clock.pass(SignedDuration::from_hours(30));
    let world = seen.watch("order-updates", market.stage.world());
    let mut told = 0;
    for message in market.stage.queue.take(QueueName::OrderUpdates) {
        let due = OrderUpdateDue::from_json(&message.body).unwrap();
        told += usize::from(finish(tell_order(&world, &Cache::default(), &due)).is_ok());
    }
    assert!(told > 0, "a channel was told");
}
