//! A renewed token is in the row before anybody works with it (F23).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::ConnectionId;
use engine::{Cache, ConnectorClient};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Connectors, Key, OrdersFrom, Result, Table};
use simulation::market::Market;
use testkit::faults::Fault;
use testkit::run::finish;

/// A connection whose channel gives out tokens, some hours after the last one was fetched.
fn with_an_old_token() -> (Market, ConnectionId) {
    let market = Market::open(&[("A", 10)], 10);
    market.stage.clock.pass(SignedDuration::from_hours(48));
    let expiring = |id: &&ConnectionId| {
        let channel = connectors::Registry.all().into_iter().find(|c| c.descriptor().id == id.as_str());
        channel.is_some_and(|c| c.tokens().is_some())
    };
    let id = market.connections.iter().find(expiring).unwrap().clone();
    (market, id)
}

fn call(market: &Market, lookup: &Cache, id: &ConnectionId) -> Result<()> {
    let world = market.stage.world();
    let from = OrdersFrom { since: market.stage.clock.now(), page: None };
    finish(async {
        let driver = ConnectorClient::open(&world, lookup, id).await?;
        driver.orders()?.call(|orders, call| orders.list(call, &from)).await.map(|_| ())
    })
}

/// When the token in the row ends.
fn kept_until(market: &Market, id: &ConnectionId) -> Timestamp {
    let row = finish(market.stage.table.get(&Key::new(format!("TOKEN#{id}"), "TOKEN"))).unwrap().unwrap();
    row.get_text("token_ends_at").unwrap().parse().unwrap()
}

/// Calls of the ports that a renewal makes, by name.
fn renewal() -> Vec<&'static str> {
    let (market, id) = with_an_old_token();
    market.stage.faults.plan([]);
    call(&market, &Cache::default(), &id).unwrap();
    market.stage.faults.calls()
}

#[test]
fn a_token_that_cannot_be_saved_at_once_is_saved_before_it_is_used() {
    let calls = renewal();
    // The lease, and the token.
    let save = calls.iter().enumerate().filter(|(_, call)| **call == "table.write").nth(1).map(|(at, _)| at).unwrap();
    assert_eq!(calls[save - 1..=save + 1], ["http.send", "table.write", "http.send"], "asked for, saved, used: {calls:?}");
    for fault in [Fault::Down, Fault::Busy, Fault::LostAnswer, Fault::Vanished] {
        let (market, id) = with_an_old_token();
        market.stage.faults.plan([(save, fault)]);
        call(&market, &Cache::default(), &id).unwrap();
        let calls = market.stage.faults.calls();
        assert_eq!(calls[save - 1..=save + 2], ["http.send", "table.write", "table.write", "http.send"], "{fault:?}: {calls:?}");
        assert!(kept_until(&market, &id) > market.stage.clock.now(), "{fault:?}");
    }
}

#[test]
fn a_token_that_is_not_saved_is_not_used() {
    let calls = renewal();
    let save = calls.iter().enumerate().filter(|(_, call)| **call == "table.write").nth(1).map(|(at, _)| at).unwrap();
    let (market, id) = with_an_old_token();
    let lookup = Cache::default();
    market.stage.faults.plan((save..save + 4).map(|at| (at, Fault::Down)));
    assert!(call(&market, &lookup, &id).is_err());
    assert!(kept_until(&market, &id) < market.stage.clock.now());
    // The same process again, once the lease has run out: a new token, and it is in the row.
    market.stage.faults.plan([]);
    market.stage.clock.pass(SignedDuration::from_secs(20));
    call(&market, &lookup, &id).unwrap();
    assert!(kept_until(&market, &id) > market.stage.clock.now());
}
