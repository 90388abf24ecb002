//! What the index costs over an order's life: taken in, shipped with a tracking code, told to its channel, and shown as shipped there.

use crate::counter::Counter;
use crate::scenarios::{Scenario, counted};
use domain::{CarrierId, ConnectionId, OrderNumber};
use engine::{OrderCommand, Ports, catch_up, go_on_rebuilding, handle_order, index_catalogue, index_order, tell_order};
use jiff::SignedDuration;
use ports::QueueName;
use simulation::market::Market;
use simulation::shop::location;
use std::sync::Arc;
use testkit::run::finish;

/// Orders of each connection.
const EACH: usize = 10;

struct Indexed {
    market: Market,
    world: Ports,
    counter: Arc<Counter>,
}

impl Indexed {
    /// A market with an index that is up to date.
    fn open() -> Self {
        let market = Market::open(&[("A", 500)], 500);
        let (world, counter) = counted(&market.stage);
        let indexed = Self { market, world, counter };
        indexed.clock();
        indexed.market.stage.clock.pass(SignedDuration::from_mins(10));
        indexed.clock();
        indexed.market.stage.clock.pass(SignedDuration::from_mins(10));
        indexed.clock();
        indexed.counter.take();
        indexed
    }

    /// As the schedule does every two minutes.
    fn clock(&self) {
        let until = self.world.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap();
        finish(catch_up(&self.world, until)).unwrap();
        finish(go_on_rebuilding(&self.world, until)).unwrap();
        finish(index_catalogue(&self.world, until)).unwrap();
    }

    /// As events have it done, and then the clock.
    fn look(&self, orders: &[(ConnectionId, OrderNumber)]) {
        for (connection, number) in orders {
            finish(index_order(&self.world, connection, number, None)).unwrap();
        }
        self.market.stage.clock.pass(SignedDuration::from_mins(2));
        self.clock();
    }

    fn live(mut self, name: &'static str, each: usize) -> Scenario {
        for id in self.market.connections.clone() {
            for _ in 0..each {
                assert!(self.market.buy(&id, "A", 1));
            }
        }
        self.market.stage.clock.pass(SignedDuration::from_secs(120));
        self.market.poll();
        self.market.settle();
        let orders = finish(engine::views::recent_orders(&self.market.stage.world(), 200)).unwrap().orders;
        let orders: Vec<_> = orders.into_iter().map(|order| (order.connection, order.number)).collect();
        assert_eq!(orders.len(), each * self.market.connections.len());
        self.look(&orders);
        let (location, lines, carrier) = (location("main"), Vec::new(), Some(CarrierId::new("postnl").unwrap()));
        for (at, (connection, number)) in orders.iter().enumerate() {
            let (location, lines, carrier) = (location.clone(), lines.clone(), carrier.clone());
            let ship = OrderCommand::Ship {
                id: Some("p".to_owned()),
                location,
                lines,
                carrier,
                tracking: Some(format!("3SKADE{at:04}")),
            };
            finish(handle_order(&self.market.stage.world(), &self.market.lookup, connection, number, &ship, "Ada")).unwrap();
        }
        self.look(&orders);
        for message in self.market.stage.queue.take(QueueName::OrderUpdates) {
            self.market.stage.clock.pass(SignedDuration::try_from(message.delay).unwrap());
            finish(tell_order(&self.market.stage.world(), &self.market.lookup, &serde_json::from_str(&message.body).unwrap()))
                .unwrap();
        }
        self.market.settle();
        self.look(&orders);
        Scenario { name, per: orders.len() as u64, counts: self.counter.take() }
    }
}

/// Ten orders of each of three connections at a time.
pub(crate) fn life() -> Scenario {
    Indexed::open().live("index: the life of thirty orders, from the first word until their channels show them as shipped", EACH)
}

/// One of each: what the clock writes is shared by few.
pub(crate) fn alone() -> Scenario {
    Indexed::open().live("index: the life of three orders on a quiet day", 1)
}

/// The clock, when nothing happened.
pub(crate) fn idle() -> Scenario {
    let indexed = Indexed::open();
    indexed.market.stage.clock.pass(SignedDuration::from_mins(2));
    indexed.clock();
    Scenario { name: "index: two minutes in which nothing happened", per: 1, counts: indexed.counter.take() }
}
