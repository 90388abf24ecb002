//! Deliveries that are genuine and that nobody understands, and those of checkouts that somebody is in.

use crate::seen::Seen;
use engine::{Cache, receive_webhook};
use jiff::SignedDuration;
use ports::{Clock, Delivery, QueueName};
use simulation::market::Market;
use simulation::shop::sku;
use std::sync::Arc;
use testkit::run::finish;

/// One of each channel: the first is put aside for a person.
pub(super) fn tell(seen: &Arc<Seen>) {
    let mut market = Market::open(&[("A", 9)], 9);
    market.subscribe();
    let world = seen.watch("webhook-ingest", market.stage.world());
    for id in market.connections.clone() {
        let body = br#"{"id":"not a number"}"#;
        let headers = market.on(&id, |side, _| side.sign(body));
        let delivery = Delivery { headers, body: body.as_slice().into(), received_at: market.stage.clock.now() };
        let _ = finish(receive_webhook(&world, &Cache::default(), id.as_str(), &id, &delivery));
    }
    assert!(market.stage.table.rows().iter().any(|row| row.key.pk == "PARKED_BODY"), "one of them was put aside");
    let drafts = market
        .connections
        .clone()
        .into_iter()
        .filter_map(|id| market.on(&id, |side, now| side.draft(now, &sku("A"), domain::Quantity::new(1).unwrap())));
    assert!(drafts.count() > 0, "a channel keeps such a thing");
    market.stage.queue.take(QueueName::Inbound);
    for _ in 0..4 {
        market.webhooks(&world);
        market.stage.clock.pass(SignedDuration::from_secs(95));
    }
    assert!(!market.stage.queue.take(QueueName::Inbound).is_empty(), "who takes it in says whether it is an order");
}
