//! What is due, at every registered channel's simulator.

use super::*;
use connectors::simulated_channel::Trouble;
use ports::QueueName;
use serde_json::{Value, json};
use simulation::market::Market;
use testkit::faults::Fault;
use testkit::run::finish;
use testkit::scripted::Scripted;
use testkit::scripted_shop::{ScriptedShop, due, line};

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

/// Announced by a buyer on the scripted channel.
fn announced(order: &str) -> domain::AnnouncedReturn {
    domain::AnnouncedReturn {
        id: domain::ReturnId::new(format!("return of {order}")).unwrap(),
        order: domain::OrderNumber::new(order).unwrap(),
        line: Some(line()),
        ean: None,
        units: domain::Quantity::new(1).unwrap(),
        reason: "too small".to_owned(),
        at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn run_at(shop: &ScriptedShop, payload: &str) -> Result<Value> {
    let world = shop.world();
    let deadline = world.clock.now().checked_add(jiff::SignedDuration::from_secs(50)).unwrap();
    finish(ChannelPoll::new(world, None).handle(payload, deadline)).map(|text| serde_json::from_str(&text).unwrap())
}

#[test]
fn returns_are_noted_with_their_orders_once() {
    let shop = ScriptedShop::open(Scripted::default(), &["shop"]);
    shop.order("shop", "7", 2);
    shop.channel.returns([announced("7"), announced("8")]);
    let payload = include_str!("../../../events/samples/lambda/schedule-returns.json");
    let said = run_at(&shop, payload).unwrap();
    assert_eq!(said["connections"]["shop"]["returns"], json!({ "found": 2, "new": 1, "unclear": 1 }), "{said}");
    assert!(said.get("lost_messages").is_none(), "{said}");
    let known = shop.found("shop", "7").returns;
    assert_eq!((known.len(), known[0].lines[0].units.units(), known[0].reason.as_str()), (1, 1, "too small"));
    let unknown = shop.stage.queue.take(QueueName::Inbound);
    assert!(unknown.len() == 1 && unknown[0].body.contains("\"8\""), "an order that is not known may only be late: {unknown:?}");
    let said = run_at(&shop, payload).unwrap();
    assert_eq!(said["connections"]["shop"]["returns"]["new"], 0, "{said}");
    assert_eq!(shop.found("shop", "7").returns.len(), 1);
}

#[test]
fn a_channel_that_tells_of_no_returns_says_so_and_one_that_fails_fails_alone() {
    let shop = ScriptedShop::open(Scripted::without_returns(), &["shop"]);
    let said = run_at(&shop, r#"{"task":"returns"}"#).unwrap();
    assert_eq!(said["connections"]["shop"], "no_returns", "{said}");
    let shop = ScriptedShop::open(Scripted::default(), &["one", "two"]);
    shop.stage.faults.plan_first("http.send", Fault::Down);
    let said = run_at(&shop, r#"{"task":"returns"}"#).unwrap();
    assert!(said["connections"]["one"]["failed"].is_object() && said["connections"]["two"]["returns"].is_object(), "{said}");
}

#[test]
fn every_channel_is_asked_for_returns_or_says_that_it_has_none() {
    let market = Market::open(&[("A", 9)], 9);
    let said = run(&market, None, r#"{"task":"returns"}"#).unwrap();
    for id in &market.connections {
        let told = &said["connections"][id.as_str()];
        assert!(told == "no_returns" || told["returns"] == json!({ "found": 0, "new": 0, "unclear": 0 }), "{said}");
    }
}

#[test]
fn lost_messages_about_orders_are_sent_again_with_the_poll() {
    let shop = ScriptedShop::open(Scripted::default(), &["one", "two"]);
    shop.order("one", "7", 1);
    shop.ship("one", "7", "p", 1);
    shop.stage.queue.take(QueueName::OrderUpdates);
    shop.stage.clock.pass(jiff::SignedDuration::from_mins(30));
    let said = run_at(&shop, r#"{"task":"returns"}"#).unwrap();
    assert!(said.get("lost_messages").is_none(), "{said}");
    let said = run_at(&shop, r#"{"task":"poll"}"#).unwrap();
    assert_eq!(said["lost_messages"], json!({ "again": 1 }), "{said}");
    let [again] = shop.stage.queue.take(QueueName::OrderUpdates).try_into().unwrap();
    assert_eq!(serde_json::from_str::<contracts::OrderUpdateDue>(&again.body).unwrap(), due("one", "7", "p"));
    let said = run_at(&shop, r#"{"task":"poll"}"#).unwrap();
    assert!(said.get("lost_messages").is_none(), "{said}");
}

#[test]
fn a_sweep_that_fails_costs_the_polls_nothing() {
    let shop = ScriptedShop::open(Scripted::default(), &["one", "two"]);
    shop.order("one", "7", 1);
    shop.ship("one", "7", "p", 1);
    shop.stage.clock.pass(jiff::SignedDuration::from_mins(30));
    // Nothing else of this run sends anything: the channel lists no order.
    shop.stage.faults.plan_first("queue.send", Fault::Down);
    let said = run_at(&shop, r#"{"task":"poll"}"#).unwrap();
    assert!(said["lost_messages"]["failed"].is_string(), "{said}");
    assert!(["one", "two"].iter().all(|id| said["connections"][id]["polled"].is_object()), "{said}");
}

#[test]
fn a_run_leaves_alone_what_an_earlier_one_is_still_at() {
    let market = Market::open(&[("A", 9)], 9);
    let [slow, ..] = market.connections.as_slice() else { panic!("needs a channel") };
    let world = market.stage.world();
    let deadline = world.clock.now().checked_add(jiff::SignedDuration::from_secs(50)).unwrap();
    let poll = ChannelPoll::new(world, None);
    let said = || -> Value { serde_json::from_str(&finish(poll.handle(r#"{"task":"poll"}"#, deadline)).unwrap()).unwrap() };
    let earlier = poll.begin(Due::Poll, slow);
    assert!(earlier.is_some());
    let beside = said();
    assert_eq!(beside["connections"][slow.as_str()], "under_way", "{beside}");
    for other in &market.connections[1..] {
        assert!(beside["connections"][other.as_str()]["polled"].is_object(), "{beside}");
    }
    drop(earlier);
    assert!(said()["connections"][slow.as_str()]["polled"].is_object());
}
