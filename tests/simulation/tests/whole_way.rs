//! From a customer's click on one channel to the figure on all others, by every way an order can arrive.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use connectors::simulated_channel::Trouble;
use domain::ConnectionId;
use engine::{Received, receive_webhook};
use jiff::SignedDuration;
use ports::{Clock, Delivery, ErrorKind, QueueName};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::sku;
use testkit::run::finish;

/// Takes the deliveries that are due out of the far side, and tells it they arrived.
fn deliveries(market: &Market, id: &ConnectionId) -> Vec<Delivery> {
    let due = market.on(id, |side, now| side.outbox(now));
    due.into_iter()
        .map(|outgoing| {
            market.on(id, |side, now| side.delivered(now, outgoing.id, Some(200)));
            let headers = outgoing.request.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned()));
            Delivery { headers: headers.collect(), body: outgoing.request.body().clone(), received_at: market.stage.clock.now() }
        })
        .collect()
}

fn receive(market: &Market, id: &ConnectionId, delivery: &Delivery) -> ports::Result<Received> {
    finish(receive_webhook(&market.stage.world(), &market.lookup, id.as_str(), id, delivery))
}

/// An open market whose channels tell of orders, pings and tests answered.
fn telling() -> Market {
    let mut market = Market::open(&[("A", 10)], 10);
    market.subscribe();
    market.stage.clock.pass(SignedDuration::from_secs(120));
    let world = market.stage.world();
    market.webhooks(&world);
    market
}

#[test]
fn webhook_poll_and_an_older_webhook_again_are_one_decrement_and_the_latest_state() {
    let market = telling();
    for id in market.connections.clone() {
        let mut market = telling();
        assert!(market.buy(&id, "A", 3));
        market.stage.clock.pass(SignedDuration::from_secs(120));
        let first = deliveries(&market, &id);
        assert!(!first.is_empty(), "{id} tells of an order");
        for delivery in first.iter().chain(&first) {
            receive(&market, &id, delivery).unwrap();
        }
        market.settle();
        market.poll();
        market.settle();
        market.assert_shown("A", 7);
        let number = market.on(&id, |side, _| side.orders()).remove(0);
        assert!(market.on(&id, |side, now| side.cancel(now, &number)));
        market.stage.clock.pass(SignedDuration::from_secs(120));
        for delivery in deliveries(&market, &id) {
            receive(&market, &id, &delivery).unwrap();
        }
        market.settle();
        market.assert_shown("A", 10);
        // The first delivery once more, as a late repetition.
        for delivery in &first {
            receive(&market, &id, delivery).unwrap();
        }
        market.settle();
        market.assert_shown("A", 10);
        invariants::check(&market.stage.table);
        let orders = invariants::orders(&market.stage.table);
        assert_eq!(orders.len(), 1);
        let order = orders.values().next().unwrap();
        assert!(order.snapshot.lines.iter().all(|l| l.cancelled == l.ordered), "{id}: {:?}", order.snapshot);
    }
}

#[test]
fn one_changed_byte_is_refused_and_leaves_nothing_behind() {
    for id in telling().connections.clone() {
        let market = telling();
        assert!(market.buy(&id, "A", 1));
        market.stage.clock.pass(SignedDuration::from_secs(120));
        let before = market.stage.table.rows();
        for delivery in deliveries(&market, &id) {
            let mut body = delivery.body.to_vec();
            let middle = body.len() / 2;
            body[middle] ^= 1;
            let forged = Delivery { body: body.into(), ..delivery };
            assert_eq!(receive(&market, &id, &forged).unwrap_err().kind, ErrorKind::Unauthorized, "{id}");
        }
        let kept_keys =
            |rows: Vec<ports::Row>| rows.into_iter().filter(|r| r.key.sk != "KEYS" && r.key.sk != "TOKEN").collect::<Vec<_>>();
        assert_eq!(kept_keys(market.stage.table.rows()), kept_keys(before));
        assert!(market.stage.queue.take(QueueName::Inbound).is_empty());
    }
}

#[test]
fn lost_doubled_late_and_reversed_webhooks_end_in_the_same_figures() {
    let troubles = [
        Trouble::WebhooksLost { times: 3 },
        Trouble::WebhooksDoubled { times: 9 },
        Trouble::WebhooksLate { by: SignedDuration::from_mins(20) },
        Trouble::WebhooksReversed,
        Trouble::SubscriptionOff,
    ];
    for trouble in troubles {
        let mut market = telling();
        for id in market.connections.clone() {
            market.on(&id, |side, _| side.trouble(trouble));
            for _ in 0..2 {
                assert!(market.buy(&id, "A", 1));
                market.stage.clock.pass(SignedDuration::from_secs(40));
                let world = market.stage.world();
                market.webhooks(&world);
                market.work();
            }
        }
        market.stage.clock.pass(SignedDuration::from_mins(30));
        let world = market.stage.world();
        market.webhooks(&world);
        market.settle();
        let units = 10 - 2 * i64::try_from(market.connections.len()).unwrap();
        market.assert_shown("A", units);
        invariants::check(&market.stage.table);
        assert_eq!(invariants::orders(&market.stage.table).len(), 2 * market.connections.len(), "{trouble:?}");
        let level: i64 = invariants::stock(&market.stage.table)
            .iter()
            .filter(|((s, _), _)| *s == sku("A"))
            .map(|(_, l)| l.available.units())
            .sum();
        assert_eq!(level, units);
    }
}

#[test]
fn deliveries_are_taken_while_the_channel_refuses_our_calls() {
    for id in telling().connections.clone() {
        let market = telling();
        assert!(market.buy(&id, "A", 1));
        market.stage.clock.pass(SignedDuration::from_secs(120));
        let told = deliveries(&market, &id);
        let first = receive(&market, &id, &told[0]);
        assert!(first.is_ok(), "{id}: {first:?}");
        market.on(&id, |side, now| side.trouble(Trouble::TooMany { until: now + SignedDuration::from_mins(10) }));
        // Closes the gate.
        let _ = finish(engine::poll_orders(&market.stage.world(), &market.lookup, &id, contracts::Cause::Poll));
        for delivery in &told {
            let taken = receive(&market, &id, delivery);
            assert!(taken.is_ok(), "{id}: {taken:?}");
        }
    }
}
