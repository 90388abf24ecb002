//! What is counted: each scenario on a warm process, as most orders meet one.

use crate::counter::{Count, Counted, Counter};
use connectors::Registry;
use contracts::{Cause, StockHint};
use domain::{CarrierId, ChannelSync, OrderSnapshot, Task};
use engine::{
    Arrival, OrderCommand, Ports, accept_orders, call_for_attention, close_parked, handle_order, note_health, poll_orders,
    publish_stock, sweep_outbox, tell_order, tried, watch_connections,
};
use jiff::SignedDuration;
use ports::{Bus, Clock, Connectors, Http, Queue, QueueName, Table, WebhookBody};
use simulation::market::Market;
use simulation::shop::{arrival, location, shop, sku, told};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::Stage;
use testkit::run::finish;

/// Counts by service and operation.
pub type Counts = BTreeMap<(&'static str, String), Count>;

/// What was counted for how many orders.
pub struct Scenario {
    /// What happens.
    pub name: &'static str,
    /// How many orders, or hints, or polls share the counts.
    pub per: u64,
    /// The counts.
    pub counts: Counts,
}

pub(crate) fn counted(stage: &Stage) -> (Ports, Arc<Counter>) {
    let counter = Arc::new(Counter::default());
    let world = Ports {
        table: Arc::new(Counted::<dyn Table> { inner: stage.table.clone(), counter: counter.clone() }),
        queue: Arc::new(Counted::<dyn Queue> { inner: stage.queue.clone(), counter: counter.clone() }),
        bus: Arc::new(Counted::<dyn Bus> { inner: stage.bus.clone(), counter: counter.clone() }),
        http: Arc::new(Counted::<dyn Http> { inner: stage.far_sides.clone(), counter: counter.clone() }),
        ..stage.world()
    };
    (world, counter)
}

/// Takes one batch in on a process that has seen the products before.
fn intake(name: &'static str, stock: i64, known: &[OrderSnapshot], batch: &[OrderSnapshot], receives: u32) -> Scenario {
    let products: Vec<String> = (0..10).map(|n| format!("SKU-{n}")).collect();
    let products: Vec<(&str, i64)> = products.iter().map(|a| (a.as_str(), stock)).collect();
    let stage = shop(&["shop"], &products);
    let (world, counter) = counted(&stage);
    let lookup = engine::Cache::default();
    let arrivals = |orders: &[OrderSnapshot], receives| -> Vec<Arrival> {
        orders.iter().map(|o| arrival("shop", o.clone(), receives)).collect()
    };
    let warm: Vec<_> = products.iter().enumerate().map(|(n, (a, _))| told(&format!("W{n}"), 1, &[(a, 1, 1, 0)])).collect();
    finish(accept_orders(&world, &lookup, arrivals(&warm, 1)));
    finish(accept_orders(&world, &lookup, arrivals(known, 1)));
    counter.take();
    finish(accept_orders(&world, &lookup, arrivals(batch, receives)));
    Scenario { name, per: batch.len() as u64, counts: counter.take() }
}

fn hot(numbers: std::ops::Range<i64>) -> Vec<OrderSnapshot> {
    numbers.map(|n| told(&format!("{}", 7_000 + n), 1, &[("SKU-0", 1, 0, 0)])).collect()
}

fn fanout() -> Scenario {
    let market = Market::open(&[("A", 50)], 50);
    let (world, counter) = counted(&market.stage);
    let lookup = engine::Cache::default();
    let hint = [StockHint { sku: sku("A"), connection: None }];
    // Warm: tokens, connections, credentials.
    finish(publish_stock(&world, &lookup, &hint));
    let order = OrderSnapshot { placed_at: market.stage.clock.now(), ..told("1", 900_000, &[("A", 1, 0, 0)]) };
    finish(accept_orders(&world, &lookup, vec![arrival(market.connections[0].as_str(), order, 1)]));
    market.stage.queue.take(QueueName::StockHints);
    market.stage.clock.pass(SignedDuration::from_secs(5));
    counter.take();
    let pushed = finish(publish_stock(&world, &lookup, &hint));
    assert_eq!(pushed.sent, market.connections.len());
    Scenario { name: "fan-out: one hint, a lower figure to three channels", per: 1, counts: counter.take() }
}

fn whole_way() -> Scenario {
    let mut market = Market::open(&[("A", 50)], 50);
    market.subscribe();
    market.stage.clock.pass(SignedDuration::from_secs(60));
    let (world, counter) = counted(&market.stage);
    market.webhooks(&world);
    // The channel whose deliveries hold the whole order.
    let complete = Registry
        .all()
        .into_iter()
        .rfind(|c| c.notifications().is_some_and(|told| told.descriptor().body == WebhookBody::Complete))
        .unwrap();
    let seller = market.connections.iter().find(|id| id.as_str() == complete.descriptor().id).unwrap().clone();
    for turn in 0..2 {
        counter.take();
        assert!(market.buy(&seller, "A", 1));
        market.stage.clock.pass(SignedDuration::from_secs(120));
        let told = market.webhooks(&world);
        assert!(told >= 1, "turn {turn}");
        let arrivals = market.stage.queue.take(QueueName::Inbound).into_iter();
        let arrivals = arrivals.map(|m| Arrival { message: serde_json::from_str(&m.body).unwrap(), receives: 1 }).collect();
        finish(accept_orders(&world, &market.lookup, arrivals));
        let hints: Vec<StockHint> =
            market.stage.queue.take(QueueName::StockHints).iter().map(|m| serde_json::from_str(&m.body).unwrap()).collect();
        finish(publish_stock(&world, &market.lookup, &hints));
    }
    market.assert_shown("A", 48);
    Scenario { name: "the whole way: one order by webhook, three channels right", per: 1, counts: counter.take() }
}

fn idle_fanout() -> Scenario {
    let market = Market::open(&[("A", 50)], 50);
    let (world, counter) = counted(&market.stage);
    let hint = [StockHint { sku: sku("A"), connection: None }];
    finish(publish_stock(&world, &market.lookup, &hint));
    counter.take();
    finish(publish_stock(&world, &market.lookup, &hint));
    Scenario { name: "fan-out: one hint, nothing changed", per: 1, counts: counter.take() }
}

/// Minutes until a process has looked through the journal's days once, and knows how its connections are doing.
const WARM_MINUTES: usize = 10;

/// A market on which nobody buys, with a minute after each of `polls`.
fn idle(market: &Market, mut polls: impl FnMut()) {
    for _ in 0..WARM_MINUTES {
        market.stage.clock.pass(SignedDuration::from_secs(60));
        polls();
    }
}

fn idle_poll() -> Scenario {
    let market = Market::open(&[("A", 50)], 50);
    let (world, counter) = counted(&market.stage);
    idle(&market, || {
        counter.take();
        for id in &market.connections {
            finish(poll_orders(&world, &market.lookup, id, Cause::Poll)).unwrap();
        }
    });
    Scenario { name: "poll: three connections, nothing new", per: 1, counts: counter.take() }
}

/// With an order that is still to be sent: it is read again.
fn open_order_poll() -> Scenario {
    let mut market = Market::open(&[("A", 50)], 50);
    let (world, counter) = counted(&market.stage);
    let id = market.connections[0].clone();
    assert!(market.buy(&id, "A", 1));
    market.stage.clock.pass(SignedDuration::from_secs(120));
    market.poll();
    market.settle();
    // No list tells of it any more.
    market.stage.clock.pass(SignedDuration::from_hours(2));
    idle(&market, || {
        counter.take();
        for id in &market.connections {
            finish(poll_orders(&world, &market.lookup, id, Cause::Poll)).unwrap();
        }
    });
    Scenario { name: "poll: three connections, one order that is still to be sent", per: 1, counts: counter.take() }
}

/// What the schedule has done each minute (`channel-poll`), with how connections are doing and who must be told.
fn idle_minute() -> Scenario {
    let market = Market::open(&[("A", 50)], 50);
    let (world, counter) = counted(&market.stage);
    idle(&market, || {
        counter.take();
        finish(engine::views::readable_connections(&world)).unwrap();
        for id in &market.connections {
            let polled = finish(poll_orders(&world, &market.lookup, id, Cause::Poll));
            finish(note_health(&world, &market.lookup, id, Task::Orders, tried(&polled))).unwrap();
        }
        finish(sweep_outbox(&world)).unwrap();
        finish(watch_connections(&world, &market.lookup)).unwrap();
        finish(call_for_attention(&world)).unwrap();
        finish(close_parked(&world)).unwrap();
    });
    Scenario { name: "a minute of the schedule: three connections, nothing new", per: 1, counts: counter.take() }
}

/// A shipment of a whole order on each of three channels, from the word on the queue until the channel has it.
fn told_of_a_parcel() -> Scenario {
    let mut market = Market::open(&[("A", 50)], 50);
    for id in market.connections.clone() {
        assert!(market.buy(&id, "A", 1));
    }
    market.stage.clock.pass(SignedDuration::from_secs(120));
    market.poll();
    market.settle();
    let (world, counter) = counted(&market.stage);
    let bought = finish(engine::views::recent_orders(&world, 10)).unwrap().orders;
    assert_eq!(bought.len(), market.connections.len());
    let carrier = Some(CarrierId::new("postnl").unwrap());
    let (location, lines, tracking) = (location("main"), Vec::new(), Some("3SAAAA".to_owned()));
    let ship = OrderCommand::Ship { id: Some("p".to_owned()), location, lines, carrier, tracking };
    for order in &bought {
        finish(handle_order(&world, &market.lookup, &order.connection, &order.number, &ship, "Ada")).unwrap();
    }
    counter.take();
    loop {
        let waiting = market.stage.queue.take(QueueName::OrderUpdates);
        if waiting.is_empty() {
            break;
        }
        for message in waiting {
            market.stage.clock.pass(SignedDuration::try_from(message.delay).unwrap());
            finish(tell_order(&world, &market.lookup, &serde_json::from_str(&message.body).unwrap())).unwrap();
        }
    }
    let counts = counter.take();
    for order in &bought {
        let order = finish(engine::views::order(&market.stage.world(), &order.connection, &order.number)).unwrap();
        assert!(matches!(order.shipments[0].channel_sync, ChannelSync::Synced { .. }), "{order:?}");
    }
    Scenario { name: "telling: one parcel each to three channels", per: 3, counts }
}

/// All scenarios.
pub fn all() -> Vec<Scenario> {
    let ten_products: Vec<_> = (0..10).map(|n| told(&format!("{}", 7_000 + n), 1, &[(&format!("SKU-{n}"), 1, 0, 0)])).collect();
    let known_and_new: Vec<_> = hot(0..10);
    vec![
        intake("intake: 10 orders, one hot SKU", 100, &[], &hot(0..10), 1),
        intake("intake: 10 orders, 10 SKUs", 100, &[], &ten_products, 1),
        intake("intake: 10 duplicates", 100, &hot(0..10), &hot(0..10), 1),
        intake("intake: 10 redelivered after a crash", 100, &hot(0..10), &hot(0..10), 2),
        intake("intake: sell-out, 10 orders for 5 units", 5, &[], &hot(0..10), 1),
        intake("intake: sell-out with 3 duplicates among 10", 5, &hot(0..3), &known_and_new, 1),
        whole_way(),
        fanout(),
        idle_fanout(),
        idle_poll(),
        open_order_poll(),
        idle_minute(),
        told_of_a_parcel(),
    ]
}
