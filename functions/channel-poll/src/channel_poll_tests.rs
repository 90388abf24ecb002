//! What is due, at every registered channel's simulator.

use super::*;
use channels::far_side::Trouble;
use ports::QueueName;
use serde_json::Value;
use simulation::market::Market;
use testkit::run::finish;

fn run(market: &Market, public_url: Option<&str>, payload: &str) -> Result<Value> {
    let world = market.stage.world();
    let deadline = world.clock.now().checked_add(jiff::SignedDuration::from_secs(50)).unwrap();
    let poll = ChannelPoll::new(world, public_url.map(str::to_owned));
    finish(poll.handle(payload, deadline)).map(|text| serde_json::from_str(&text).unwrap())
}

#[test]
fn orders_of_all_connections_reach_the_queue() {
    let market = Market::open(&[("A", 9)], 9);
    for id in &market.connections {
        assert!(market.buy(id, "A", 1));
    }
    market.stage.clock.pass(jiff::SignedDuration::from_mins(5));
    let said = run(&market, None, include_str!("../../../events/samples/lambda/schedule-poll.json")).unwrap();
    for id in &market.connections {
        assert_eq!(said["connections"][id.as_str()]["polled"]["news"], 1, "{said}");
    }
    assert_eq!(market.stage.queue.take(QueueName::Inbound).len(), market.connections.len());
}

#[test]
fn one_that_fails_costs_the_others_nothing_and_one_that_is_busy_has_not_failed() {
    let market = Market::open(&[("A", 9)], 9);
    market.stage.clock.pass(jiff::SignedDuration::from_mins(5));
    let [silent, busy, ..] = market.connections.as_slice() else { panic!("needs two channels") };
    let until = market.stage.world().clock.now().checked_add(jiff::SignedDuration::from_mins(1)).unwrap();
    market.on(silent, |side, _| side.trouble(Trouble::Silent { until }));
    market.on(busy, |side, _| side.trouble(Trouble::TooMany { until }));
    let said = run(&market, None, r#"{"task":"poll"}"#).unwrap();
    assert!(said["connections"][silent.as_str()]["failed"]["error"].is_string(), "{said}");
    assert!(said["connections"][busy.as_str()]["put_off"]["reason"].is_string(), "{said}");
    for other in &market.connections[2..] {
        assert!(said["connections"][other.as_str()]["polled"].is_object(), "{said}");
    }
    let alone = format!(r#"{{"task":"poll","connection":"{silent}"}}"#);
    market.stage.clock.pass(jiff::SignedDuration::from_secs(5));
    let error = run(&market, None, &alone).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable, "nothing but failures: the alarm must hear of it");
}

#[test]
fn webhooks_are_seen_to_where_we_can_be_reached() {
    let market = Market::open(&[("A", 9)], 9);
    let payload = include_str!("../../../events/samples/lambda/schedule-subscriptions.json");
    let said = run(&market, None, payload).unwrap();
    assert!(market.connections.iter().all(|id| said["connections"][id.as_str()] == "not_reachable"), "{said}");
    let said = run(&market, Some("https://sluis.example.test"), payload).unwrap();
    for id in &market.connections {
        assert!(said["connections"][id.as_str()]["subscribed"]["made"].as_u64().unwrap() > 0, "{said}");
    }
}

#[test]
fn listings_are_matched() {
    let market = Market::open(&[("A", 9), ("B", 1)], 9);
    let said = run(&market, None, include_str!("../../../events/samples/lambda/schedule-listings.json")).unwrap();
    for id in &market.connections {
        assert_eq!(said["connections"][id.as_str()]["matched"]["matched"], 2, "{said}");
    }
}

#[test]
fn a_payload_that_is_not_understood_is_refused() {
    let market = Market::open(&[("A", 9)], 9);
    for wrong in ["", "{}", r#"{"task":"dance"}"#, r#"{"task":"poll","conection":"a"}"#] {
        assert_eq!(run(&market, None, wrong).unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
    }
    let sample = include_str!("../../../events/samples/lambda/schedule-poll-one-connection.json");
    assert_eq!(run(&market, None, sample).unwrap_err().kind, ErrorKind::NotFound, "understood, but there is no such connection");
}
