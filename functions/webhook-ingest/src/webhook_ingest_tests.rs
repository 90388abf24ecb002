//! Every registered channel's own deliveries, as its simulator signs them.

use super::*;
use bytes::Bytes;
use lambda_kit::Asker;
use lambda_kit::HttpCall;
use ports::QueueName;
use simulation::market::Market;
use testkit::faults::Fault;
use testkit::run::finish;

/// One delivery per connection about an order just placed.
fn deliveries(market: &mut Market) -> Vec<HttpCall> {
    market.subscribe();
    let mut calls = Vec::new();
    for id in market.connections.clone() {
        assert!(market.buy(&id, "A", 1));
        market.stage.clock.pass(jiff::SignedDuration::from_secs(30));
        let outgoing = market.on(&id, |side, now| side.outbox(now));
        assert!(!outgoing.is_empty(), "{id} tells of an order");
        calls.extend(outgoing.into_iter().map(|out| {
            let headers = out.request.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned()));
            HttpCall {
                method: out.request.method().clone(),
                path: out.request.uri().path().to_owned(),
                query: Vec::new(),
                headers: headers.collect(),
                body: out.request.body().clone(),
                asker: Asker::Anybody,
                from: None,
                received_at: market.stage.world().clock.now(),
            }
        }));
    }
    market.stage.queue.take(QueueName::Inbound);
    calls
}

fn open() -> (Market, Vec<HttpCall>) {
    let mut market = Market::open(&[("A", 9)], 9);
    let calls = deliveries(&mut market);
    assert!(calls.len() >= market.connections.len());
    (market, calls)
}

#[test]
fn a_genuine_delivery_is_on_the_queue_before_it_is_answered() {
    let (market, calls) = open();
    let ingest = WebhookIngest::new(market.stage.world());
    let mut stored = 0;
    for call in calls {
        let path = call.path.clone();
        assert_eq!(finish(ingest.handle(call)).status, 200, "{path}");
        stored += market.stage.queue.take(QueueName::Inbound).len();
    }
    assert!(stored >= market.connections.len(), "word of {stored} orders");
}

#[test]
fn a_changed_body_is_refused_and_nothing_is_stored() {
    let (market, calls) = open();
    let ingest = WebhookIngest::new(market.stage.world());
    let rows = market.stage.table.rows();
    for mut call in calls.into_iter().filter(|c| c.body.first() == Some(&b'{')) {
        call.body = Bytes::from([call.body.as_ref(), b" "].concat());
        assert_eq!(finish(ingest.handle(call)).status, 401);
    }
    assert!(market.stage.queue.waiting(QueueName::Inbound).is_empty());
    let after = market.stage.table.rows();
    let parked = |rows: &[ports::Row]| rows.iter().filter(|r| r.key.pk == "PARKED").count();
    assert_eq!(parked(&rows), parked(&after));
}

#[test]
fn what_could_not_be_stored_is_answered_so_that_it_comes_again() {
    let (market, calls) = open();
    let ingest = WebhookIngest::new(market.stage.world());
    let mut refused = 0;
    for call in calls {
        // Once to warm up, once to see what a delivery calls when all is well; then the last of it, the queue, is down.
        finish(ingest.handle(call.clone()));
        market.stage.queue.take(QueueName::Inbound);
        market.stage.faults.plan([]);
        assert_eq!(finish(ingest.handle(call.clone())).status, 200);
        let Some(send) = market.stage.faults.calls().iter().position(|c| c.starts_with("queue")) else { continue };
        let stored = market.stage.queue.take(QueueName::Inbound);
        market.stage.faults.plan([(send, Fault::Down)]);
        assert_eq!(finish(ingest.handle(call.clone())).status, 503, "{}", call.path);
        assert!(market.stage.queue.waiting(QueueName::Inbound).is_empty());
        market.stage.faults.plan([]);
        assert_eq!(finish(ingest.handle(call)).status, 200);
        assert_eq!(market.stage.queue.take(QueueName::Inbound).len(), stored.len());
        refused += 1;
    }
    assert!(refused >= market.connections.len());
}

#[test]
fn an_address_that_is_none_is_told_from_one_that_is() {
    let (market, calls) = open();
    let ingest = WebhookIngest::new(market.stage.world());
    let call = calls.into_iter().next().unwrap();
    for path in ["/hooks/x", "/hooks/x/nobody", "/hooks/x/No%20One", "/other", "/hooks/x/y/z"] {
        assert_eq!(finish(ingest.handle(HttpCall { path: path.into(), ..call.clone() })).status, 404, "{path}");
    }
    let elsewhere = call.path.replacen("/hooks/", "/hooks/not", 1);
    assert_eq!(
        finish(ingest.handle(HttpCall { path: elsewhere, ..call.clone() })).status,
        404,
        "a connection of another channel"
    );
    assert_eq!(finish(ingest.handle(HttpCall { method: http::Method::GET, ..call.clone() })).status, 405);
    let large = Bytes::from(vec![b' '; LARGEST_DELIVERY + 1]);
    assert_eq!(finish(ingest.handle(HttpCall { body: large, ..call })).status, 413);
}

#[test]
fn the_sample_event_of_this_function_finds_its_way() {
    let text = include_str!("../../../events/samples/lambda/http-webhook.json");
    let event: aws_lambda_events::event::apigw::ApiGatewayV2httpRequest = serde_json::from_str(text).unwrap();
    let (channel, connection) = address(event.raw_path.as_deref().unwrap()).unwrap();
    assert_eq!((channel, connection.as_str()), ("example", "webshop-nl"));
}
