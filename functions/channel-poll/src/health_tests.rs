//! A connection that fails: told once, with the others left alone, and told again when it works.

use super::*;
use connectors::simulated_channel::Trouble;
use contracts::{ConnectionFailing, ConnectionRecovered, Message, NeedsAttention};
use domain::HealthStatus;
use engine::views;
use jiff::SignedDuration;
use ports::{OutgoingEvent, Secret, Secrets};
use simulation::market::Market;
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::run::finish;

/// Credentials that one channel refuses.
struct Wrong {
    of: ConnectionId,
    right: Arc<dyn Secrets>,
}

#[async_trait]
impl Secrets for Wrong {
    async fn credentials(&self, connection: &ConnectionId) -> Result<BTreeMap<String, Secret>> {
        let mut credentials = self.right.credentials(connection).await?;
        if *connection == self.of {
            for secret in credentials.values_mut() {
                *secret = Secret::new("revoked");
            }
        }
        Ok(credentials)
    }
}

/// A channel that will not show an order, whoever asks.
struct Refusing;

#[async_trait]
impl ports::Http for Refusing {
    async fn send(&self, _: ports::Request) -> Result<ports::Response> {
        Ok(http::Response::builder().status(400).body("{}".into()).unwrap())
    }
}

fn refusing(market: &Market, of: &ConnectionId) -> ChannelPoll {
    // A token that was given with the right keys would do for a while.
    market.on(of, |side, _| side.trouble(Trouble::TokensRevoked));
    let secrets = Arc::new(Wrong { of: of.clone(), right: market.stage.secrets.clone() });
    ChannelPoll::new(Ports { secrets, ..market.stage.world() }, None)
}

fn run(market: &Market, poll: &ChannelPoll, payload: &str) {
    let deadline = market.stage.world().clock.now().checked_add(SignedDuration::from_secs(50)).unwrap();
    finish(poll.handle(payload, deadline)).unwrap();
}

/// A poll a minute, for so many minutes.
fn minutes(market: &Market, poll: &ChannelPoll, many: i64) {
    for _ in 0..many {
        market.stage.clock.pass(SignedDuration::from_mins(1));
        run(market, poll, r#"{"task":"poll"}"#);
    }
}

fn said<M: Message>(events: &[OutgoingEvent]) -> Vec<M> {
    events.iter().filter(|event| event.name == M::NAME).map(|event| serde_json::from_str(&event.detail).unwrap()).collect()
}

fn state(market: &Market, id: &ConnectionId) -> views::ConnectionHealth {
    let health = finish(views::health(&market.stage.world())).unwrap();
    health.connections.into_iter().find(|one| one.connection == *id).unwrap()
}

#[test]
fn keys_refused_for_twenty_minutes_are_told_once_on_every_channel_and_so_is_that_it_works_again() {
    for refused in Market::open(&[("A", 9)], 9).connections {
        let market = Market::open(&[("A", 9)], 9);
        let poll = refusing(&market, &refused);
        run(&market, &poll, r#"{"task":"listings"}"#);
        minutes(&market, &poll, 14);
        assert_eq!(said::<ConnectionFailing>(&market.stage.bus.published()), [], "{refused}: not before its time");
        minutes(&market, &poll, 6);
        let told = said::<ConnectionFailing>(&market.stage.bus.published());
        let [one] = told.as_slice() else { panic!("{refused}: told once, not {told:?}") };
        assert_eq!((&one.connection, one.error.as_str()), (&refused, "unauthorized"), "{one:?}");
        assert!(one.message.contains(refused.as_str()) && one.message.contains(" minutes): "), "{}", one.message);
        let shown = state(&market, &refused);
        assert_eq!(shown.status, HealthStatus::Failing);
        assert!(shown.failing_since.is_some() && shown.alerted_at.is_some(), "{shown:?}");
        for other in market.connections.iter().filter(|id| **id != refused) {
            let shown = state(&market, other);
            assert_eq!((shown.status, shown.failing_since), (HealthStatus::Ok, None), "{other}");
        }
        // The keys are mended; calls are held back for some minutes yet.
        let poll = ChannelPoll::new(market.stage.world(), None);
        market.stage.clock.pass(SignedDuration::from_mins(6));
        run(&market, &poll, r#"{"task":"listings"}"#);
        minutes(&market, &poll, 3);
        let told = said::<ConnectionRecovered>(&market.stage.bus.published());
        assert_eq!(told.iter().map(|one| &one.connection).collect::<Vec<_>>(), [&refused], "told once");
        assert_eq!(said::<ConnectionFailing>(&market.stage.bus.published()).len(), 1);
        assert_eq!((state(&market, &refused).status, state(&market, &refused).alerted_at), (HealthStatus::Ok, None));
    }
}

#[test]
fn a_word_that_could_not_be_sent_is_sent_later_and_a_connection_nobody_polled_is_not_called_well() {
    let market = Market::open(&[("A", 9)], 9);
    let [refused, ..] = market.connections.as_slice() else { panic!("needs a channel") };
    assert_eq!(state(&market, refused).status, HealthStatus::Unknown);
    let poll = refusing(&market, refused);
    run(&market, &poll, r#"{"task":"listings"}"#);
    minutes(&market, &poll, 14);
    market.stage.faults.plan_first("bus.publish", testkit::faults::Fault::Down);
    minutes(&market, &poll, 2);
    assert_eq!(said::<ConnectionFailing>(&market.stage.bus.published()), [], "the bus was down");
    minutes(&market, &poll, 4);
    assert_eq!(said::<ConnectionFailing>(&market.stage.bus.published()).len(), 1);
}

#[test]
fn what_was_put_aside_is_told_once_an_hour_in_numbers_and_without_its_words() {
    let market = Market::open(&[("A", 9)], 9);
    let poll = ChannelPoll::new(market.stage.world(), None);
    let park = |problems: std::ops::Range<usize>| {
        for n in problems {
            let connection = market.connections.first();
            finish(market.stage.world().park(connection, &format!("order {n}"), "somebody's words", "Jan Jansen")).unwrap();
        }
    };
    minutes(&market, &poll, 1);
    assert_eq!(said::<NeedsAttention>(&market.stage.bus.published()), [], "nothing needs anybody");
    park(0..3);
    minutes(&market, &poll, 1);
    // Two of them are problems that were told.
    park(1..43);
    minutes(&market, &poll, 50);
    let told = said::<NeedsAttention>(&market.stage.bus.published());
    let [first] = told.as_slice() else { panic!("one in an hour, not {told:?}") };
    assert_eq!((first.parked, first.more, first.connections.as_slice()), (3, false, &market.connections[..1]));
    minutes(&market, &poll, 75);
    let events = market.stage.bus.published();
    let told = said::<NeedsAttention>(&events);
    let [_, second] = told.as_slice() else { panic!("the rest an hour later, and nothing after that: {told:?}") };
    assert_eq!((second.parked, second.more), (40, false), "each problem once, however often it comes");
    let detail = events.iter().filter(|event| event.name == NeedsAttention::NAME).map(|event| event.detail.as_str());
    assert!(detail.into_iter().all(|text| !text.contains("Jansen") && !text.contains("somebody")));
}

#[test]
fn what_may_demand_anything_is_told_at_once_though_people_were_called_just_before() {
    let market = Market::open(&[("A", 9)], 9);
    let poll = ChannelPoll::new(market.stage.world(), None);
    let (world, connection) = (market.stage.world(), market.connections[0].clone());
    finish(world.park(Some(&connection), "order 1", "somebody's words", "")).unwrap();
    minutes(&market, &poll, 1);
    let told = said::<NeedsAttention>(&market.stage.bus.published());
    assert_eq!(told.iter().map(|one| (one.parked, one.urgent)).collect::<Vec<_>>(), [(1, 0)]);
    // Its order is not known, and neither is what it asks for: nobody can say which products it takes.
    let park = |number: &str| {
        let message = contracts::InboundOrder {
            connection: connection.clone(),
            number: domain::OrderNumber::new(number).unwrap(),
            snapshot: None,
            cause: Cause::Poll,
            read_at: world.clock.now(),
        };
        let refusing = Ports { http: Arc::new(Refusing), ..market.stage.world() };
        finish(engine::accept_orders(&refusing, &market.lookup, vec![engine::Arrival { message, receives: 1 }]));
    };
    park("7001");
    minutes(&market, &poll, 1);
    let told = said::<NeedsAttention>(&market.stage.bus.published());
    assert_eq!(told.last().map(|one| (one.parked, one.urgent)), Some((1, 1)), "{told:?}");
    assert!(told.last().unwrap().message.contains("URGENT"), "{told:?}");
    // More of them are gathered for some minutes: a flood is no flood of mails.
    park("7002");
    park("7003");
    minutes(&market, &poll, 5);
    assert_eq!(said::<NeedsAttention>(&market.stage.bus.published()).len(), 2);
    minutes(&market, &poll, 6);
    let told = said::<NeedsAttention>(&market.stage.bus.published());
    assert_eq!(told.iter().map(|one| one.urgent).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn refused_keys_need_a_person_at_once_and_are_known_as_refused_though_no_call_is_made() {
    let market = Market::open(&[("A", 9)], 9);
    let [refused, ..] = market.connections.as_slice() else { panic!("needs a channel") };
    let poll = refusing(&market, refused);
    minutes(&market, &poll, 3);
    let world = market.stage.world();
    let waits = finish(views::attention(&world)).unwrap();
    let [one] = waits.connections.as_slice() else { panic!("it alone: {waits:?}") };
    assert_eq!((&one.connection, one.error.as_str()), (refused, "unauthorized"));
    let check = finish(views::connection_check(&world, &market.lookup, refused)).unwrap();
    assert_eq!((check.status, check.error.as_deref()), (views::CheckStatus::Rejected, Some("unauthorized")));
    let poll = ChannelPoll::new(market.stage.world(), None);
    market.stage.clock.pass(SignedDuration::from_mins(6));
    minutes(&market, &poll, 3);
    assert_eq!(finish(views::attention(&world)).unwrap().connections, []);
}

#[test]
fn listings_that_could_not_be_read_are_read_again_by_a_poll_once_the_channel_answers() {
    let market = Market::open(&[("A", 9)], 9);
    let [silent, ..] = market.connections.as_slice() else { panic!("needs a channel") };
    let poll = ChannelPoll::new(market.stage.world(), Some("https://sluis.example.test".to_owned()));
    let until = market.stage.world().clock.now().checked_add(SignedDuration::from_mins(2)).unwrap();
    market.on(silent, |side, _| side.trouble(Trouble::Silent { until }));
    for payload in [r#"{"task":"listings"}"#, r#"{"task":"subscriptions"}"#] {
        run(&market, &poll, payload);
    }
    let stands = |task: Task| state(&market, silent).tasks.into_iter().find(|one| one.task == task).unwrap();
    assert_eq!(stands(Task::Listings).status, HealthStatus::Failing);
    minutes(&market, &poll, 10);
    for task in [Task::Listings, Task::Subscription] {
        let stands = stands(task);
        assert_eq!((stands.status, stands.paused_since), (HealthStatus::Ok, None), "{task:?}");
    }
    assert_eq!(state(&market, silent).status, HealthStatus::Ok);
}
