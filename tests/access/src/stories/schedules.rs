//! What the schedules call: every task of it, where all is well and where much is not.

use crate::seen::Seen;
use channel_poll::ChannelPoll;
use connectors::simulated_channel::Trouble;
use engine::rows::{ConnectionRow, Subject};
use engine::{Ports, ReconcileLimits};
use jiff::SignedDuration;
use lambda_kit::ScheduleHandler;
use ports::{Clock, QueueName};
use reconcile::plant::{Drift, plant};
use reconcile::stand::Stand;
use simulation::market::Market;
use std::sync::Arc;
use stock_reconcile::StockReconcile;
use testkit::faults::Fault;
use testkit::run::finish;

const PUBLIC: &str = "https://sluis.example.test";

fn run(handler: &impl ScheduleHandler, world: &Ports, payload: &str) {
    let deadline = world.clock.now().checked_add(SignedDuration::from_secs(50)).unwrap();
    finish(handler.handle(payload, deadline)).unwrap();
}

/// Every task of the poll.
pub(super) fn poll(seen: &Arc<Seen>) {
    let mut market = Market::open(&[("A", 9), ("B", 9)], 9);
    let world = seen.watch("channel-poll", market.stage.world());
    let poll = ChannelPoll::new(world.clone(), Some(PUBLIC.to_owned()));
    let tasks = ["poll", "returns", "prices", "subscriptions", "listings", "go_on"];
    for task in tasks {
        run(&poll, &world, &format!(r#"{{"task":"{task}"}}"#));
    }
    let failing = market.connections[0].clone();
    for id in market.connections.clone() {
        assert!(market.buy(&id, "A", 1));
        finish(world.park(Some(&id), Subject::Webhook, "it is not understood", "words")).unwrap();
    }
    let told = |market: &Market| market.stage.bus.published().len();
    // Long enough for people to be told, and for it to work again.
    let until = market.stage.clock.now().checked_add(SignedDuration::from_mins(40)).unwrap();
    market.on(&failing, |side, _| side.trouble(Trouble::Silent { until }));
    for _ in 0..60 {
        market.stage.clock.pass(SignedDuration::from_mins(1));
        run(&poll, &world, r#"{"task":"poll"}"#);
        market.work();
    }
    assert!(told(&market) >= 3, "that it failed, that it works again, and what was parked");
    // A delivery that nobody understood stays for a day, so that a person sees it; polls found whatever it told of.
    market.stage.clock.pass(SignedDuration::from_hours(25));
    run(&poll, &world, r#"{"task":"poll"}"#);
    market.work();
    let webhooks = market
        .stage
        .table
        .rows()
        .into_iter()
        .filter(|row| row.key.pk == "PARKED" && row.get_text("subject").is_some_and(|s| s.contains("webhook")));
    assert_eq!(webhooks.count(), 0, "polls found whatever they told of");
    // Settings whose figures are to follow, and prices that are due.
    let plain = market.stage.world();
    let id = market.connections[1].clone();
    let row: ConnectionRow = finish(plain.get(&ConnectionRow::key(&id))).unwrap().unwrap();
    let rule = domain::StockRule { safety_stock: domain::Quantity::new(1).unwrap(), ..row.rule.clone() };
    // Whoever changed them could not send the first of it.
    market.stage.faults.plan_first("queue.send", Fault::Down);
    finish(engine::put_connection(&plain, &ConnectionRow { rule, ..row })).unwrap();
    run(&poll, &world, r#"{"task":"go_on"}"#);
    assert!(!market.stage.queue.take(QueueName::StockHints).is_empty(), "the figures follow");
    let price = serde_json::from_str(r#"{"regular":{"amount":"19.95","currency":"EUR"}}"#).unwrap();
    for id in &market.connections {
        finish(engine::put_prices(&plain, id, &simulation::shop::sku("A"), &price)).unwrap();
    }
    market.stage.clock.pass(SignedDuration::from_mins(5));
    for task in tasks {
        run(&poll, &world, &format!(r#"{{"task":"{task}"}}"#));
    }
}

/// Every sort of difference, found and dealt with, and the books.
pub(super) fn reconcile(seen: &Arc<Seen>) {
    let stand = Stand::open(1_300);
    stand.stage.clock.pass(SignedDuration::from_hours(2));
    stand.poll();
    for drift in Drift::ALL.into_iter().rev() {
        plant(&stand, drift);
    }
    let world = seen.watch("stock-reconcile", stand.world());
    let limits = ReconcileLimits { looks: 100, ..ReconcileLimits::default() };
    let reconcile = StockReconcile::new(world.clone()).within(limits);
    for _ in 0..20 {
        for payload in [r#"{"task":"channels","every_h":0}"#, r#"{"task":"books","every_h":0}"#, r#"{"task":"report"}"#] {
            let deadline = world.clock.now().checked_add(SignedDuration::from_secs(900)).unwrap();
            finish(reconcile.handle(payload, deadline)).unwrap();
        }
        stand.stage.clock.pass(SignedDuration::from_hours(7));
        stand.work();
    }
}
