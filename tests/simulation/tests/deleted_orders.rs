//! Orders that are deleted on their channel for good: what was not sent is free, once it is sure that they are gone.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{ConnectionId, LineUnits, Order, OrderNumber};
use engine::rows::{ParkedRow, TypedRow};
use engine::{OrderCommand, ReconcileLimits, close_parked, handle_order, reconcile};
use jiff::SignedDuration;
use ports::{Clock as _, ErrorKind};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{connection, location, q};
use testkit::run::finish;

const DELETING: [&str; 2] = ["shopify", "woocommerce"];

/// Minutes pass, and everybody works.
fn rest(market: &mut Market) {
    for _ in 0..12 {
        market.stage.clock.pass(SignedDuration::from_secs(40));
        market.webhooks(&market.stage.world());
        market.work();
    }
    market.poll();
    market.settle();
    invariants::check(&market.stage.table);
}

/// Nine of a product, and so many orders of two of it on this channel, the first first.
fn sold(name: &str, orders: usize) -> (Market, ConnectionId, Vec<OrderNumber>) {
    let mut market = Market::open(&[("A", 9)], 9);
    market.subscribe();
    let id = connection(name);
    for _ in 0..orders {
        assert!(market.buy(&id, "A", 2));
    }
    rest(&mut market);
    let numbers = market.on(&id, |side, _| side.orders());
    assert_eq!(numbers.len(), orders);
    (market, id, numbers)
}

fn delete(market: &Market, id: &ConnectionId, number: &OrderNumber) {
    assert!(market.on(id, |side, now| side.delete_order(now, number)));
}

fn order(market: &Market, id: &ConnectionId, number: &OrderNumber) -> Order {
    invariants::orders(&market.stage.table)[&(id.clone(), number.clone())].clone()
}

fn does(market: &Market, id: &ConnectionId, number: &OrderNumber, command: &OrderCommand) {
    finish(handle_order(&market.stage.world(), &market.lookup, id, number, command, "Ada Example")).unwrap();
}

/// Says that an order was deleted; the channel is asked, and has answered by the second time.
fn says_deleted(market: &mut Market, id: &ConnectionId, number: &OrderNumber) {
    market.stage.clock.pass(SignedDuration::from_mins(20));
    let first = finish(handle_order(&market.stage.world(), &market.lookup, id, number, &OrderCommand::Deleted {}, "Ada Example"));
    assert_eq!(first.unwrap_err().kind, ErrorKind::RateLimited, "the channel was not asked lately");
    market.work();
    does(market, id, number, &OrderCommand::Deleted {});
}

/// What a person is asked about orders.
fn questions(market: &Market) -> Vec<String> {
    let rows = market.stage.table.rows();
    let parked = rows.iter().filter(|row| row.key.pk == ParkedRow::PARTITION).map(|row| ParkedRow::from_row(row).unwrap());
    parked.filter(|row| row.subject.what().starts_with("order ")).map(|row| row.reason).collect()
}

#[test]
fn a_deleted_order_gives_its_units_back_and_a_person_is_asked_once_what_was_sent() {
    for name in DELETING {
        let (mut market, id, numbers) = sold(name, 2);
        market.assert_shown("A", 5);
        delete(&market, &id, &numbers[0]);
        for _ in 0..3 {
            rest(&mut market);
        }
        assert!(order(&market, &id, &numbers[0]).is_deleted(), "{name}");
        market.assert_shown("A", 7);
        let asked = questions(&market);
        assert_eq!(asked.len(), 1, "{name}: {asked:?}");
        assert!(asked[0].contains("2 units of A") && asked[0].contains("deleted"), "{asked:?}");
    }
}

#[test]
fn without_a_word_it_is_found_when_known_orders_are_read_again() {
    for name in DELETING {
        let (mut market, id, numbers) = sold(name, 2);
        market.on(&id, |side, _| side.trouble(connectors::simulated_channel::Trouble::SubscriptionOff));
        delete(&market, &id, &numbers[1]);
        for _ in 0..3 {
            let until = market.stage.clock.now() + SignedDuration::from_mins(5);
            let (world, limits) = (market.stage.world(), ReconcileLimits::default());
            let _ = finish(reconcile(&world, &market.lookup, &id, limits, until));
            rest(&mut market);
        }
        market.assert_shown("A", 7);
        assert_eq!(questions(&market).len(), 1, "{name}");
    }
}

/// Polls once a minute, and works meanwhile.
fn poll_for(market: &mut Market, minutes: u32) {
    for _ in 0..minutes {
        market.poll();
        for _ in 0..6 {
            market.work();
            market.stage.clock.pass(SignedDuration::from_secs(10));
        }
    }
}

#[test]
fn polls_that_read_open_orders_again_find_it_without_a_word() {
    for name in DELETING {
        let (mut market, id, numbers) = sold(name, 2);
        market.on(&id, |side, _| side.trouble(connectors::simulated_channel::Trouble::SubscriptionOff));
        delete(&market, &id, &numbers[1]);
        poll_for(&mut market, 12);
        assert!(order(&market, &id, &numbers[1]).is_deleted(), "{name}");
        assert!(!order(&market, &id, &numbers[0]).is_deleted(), "{name}");
        market.settle();
        market.assert_shown("A", 7);
        assert_eq!(questions(&market).len(), 1, "{name}");
    }
}

#[test]
fn one_that_polls_do_not_find_and_nobody_can_delete_is_asked_about_once_and_is_not_looked_for_for_ever() {
    let (mut market, id, numbers) = sold("bol", 2);
    assert!(market.on(&id, |side, _| side.forget(&numbers[0])));
    poll_for(&mut market, 15);
    let asked = questions(&market);
    assert!(asked.len() == 1 && asked[0].contains("`confirm-deletion`"), "{asked:?}");
    assert_eq!(order(&market, &id, &numbers[0]).lines[0].committed(), q(2), "its units wait for that answer");
    let looked_for = |market: &Market| {
        let path = format!("/orders/{}", numbers[0]);
        market.stage.far_sides.record().iter().filter(|one| one.request.uri().path().ends_with(&path)).count()
    };
    let before = looked_for(&market);
    poll_for(&mut market, 60);
    let again = looked_for(&market) - before;
    assert!(again <= 60, "no more often than polls read any open order: {again}");
    assert_eq!(questions(&market).len(), 1);
}

#[test]
fn a_parcel_that_its_channel_refuses_because_the_order_is_deleted_is_nobodys_to_tell_any_more() {
    for name in DELETING {
        let (mut market, id, numbers) = sold(name, 2);
        let line = order(&market, &id, &numbers[0]).lines[0].id.clone();
        delete(&market, &id, &numbers[0]);
        let lines = vec![LineUnits { line, units: q(1) }];
        let ship = OrderCommand::Ship { id: None, location: location("main"), lines, carrier: None, tracking: None };
        does(&market, &id, &numbers[0], &ship);
        for _ in 0..3 {
            rest(&mut market);
        }
        assert!(order(&market, &id, &numbers[0]).is_deleted(), "{name}");
        finish(close_parked(&market.stage.world())).unwrap();
        let asked = questions(&market);
        assert!(asked.len() == 1 && asked[0].contains("deleted"), "{name}: {asked:?}");
    }
}

#[test]
fn what_left_stays_sent() {
    for name in DELETING {
        let (mut market, id, numbers) = sold(name, 2);
        let line = order(&market, &id, &numbers[0]).lines[0].id.clone();
        let lines = vec![LineUnits { line, units: q(1) }];
        let ship = OrderCommand::Ship { id: None, location: location("main"), lines, carrier: None, tracking: None };
        does(&market, &id, &numbers[0], &ship);
        rest(&mut market);
        delete(&market, &id, &numbers[0]);
        rest(&mut market);
        market.assert_shown("A", 6);
        assert_eq!(order(&market, &id, &numbers[0]).lines[0].taken(), q(1), "{name}");
    }
}

#[test]
fn a_shop_that_knows_none_of_our_orders_is_another_shop_until_a_person_says_otherwise() {
    for name in DELETING {
        let (mut market, id, numbers) = sold(name, 2);
        // Both at once: as in a shop that was set up anew.
        for number in &numbers {
            delete(&market, &id, number);
        }
        for _ in 0..3 {
            rest(&mut market);
        }
        let asked = questions(&market);
        assert_eq!(asked.len(), 2, "{name}: {asked:?}");
        assert!(asked.iter().all(|reason| reason.contains("`confirm-deletion`")), "{asked:?}");
        assert!(!order(&market, &id, &numbers[0]).is_deleted(), "{name}");
        for number in &numbers {
            says_deleted(&mut market, &id, number);
            does(&market, &id, number, &OrderCommand::Deleted {});
        }
        rest(&mut market);
        market.assert_shown("A", 9);
        assert_eq!(questions(&market).len(), 2, "{name}: nothing more is asked");
    }
}

#[test]
fn the_only_order_of_a_shop_that_answers_is_gone_when_it_is_gone() {
    for name in DELETING {
        let (mut market, id, numbers) = sold(name, 1);
        delete(&market, &id, &numbers[0]);
        rest(&mut market);
        market.assert_shown("A", 9);
    }
}

#[test]
fn where_no_order_can_be_deleted_one_that_is_not_known_any_more_is_a_question_and_its_units_wait() {
    let (mut market, id, numbers) = sold("bol", 2);
    assert!(!market.on(&id, |side, now| side.delete_order(now, &numbers[0])), "nobody deletes an order there");
    assert!(market.on(&id, |side, _| side.forget(&numbers[0])));
    for _ in 0..3 {
        let until = market.stage.clock.now() + SignedDuration::from_mins(5);
        let (world, limits) = (market.stage.world(), ReconcileLimits::default());
        let _ = finish(reconcile(&world, &market.lookup, &id, limits, until));
        rest(&mut market);
    }
    market.assert_shown("A", 5);
    assert!(!order(&market, &id, &numbers[0]).is_deleted());
    let asked = questions(&market);
    assert!(asked.len() == 1 && asked[0].contains("`confirm-deletion`"), "{asked:?}");
    says_deleted(&mut market, &id, &numbers[0]);
    rest(&mut market);
    market.assert_shown("A", 7);
    assert!(order(&market, &id, &numbers[0]).is_deleted());
    assert_eq!(order(&market, &id, &numbers[1]).lines[0].committed(), q(2), "the other one is as it was");
}

#[test]
fn that_an_order_is_deleted_is_not_believed_while_its_channel_shows_it_or_cannot_be_asked() {
    for name in ["bol", "shopify", "woocommerce"] {
        let (mut market, id, numbers) = sold(name, 1);
        let says = |market: &Market| {
            finish(handle_order(
                &market.stage.world(),
                &market.lookup,
                &id,
                &numbers[0],
                &OrderCommand::Deleted {},
                "Ada Example",
            ))
        };
        market.stage.clock.pass(SignedDuration::from_mins(20));
        assert_eq!(says(&market).unwrap_err().kind, ErrorKind::RateLimited, "{name}: it is asked first");
        market.work();
        let told = says(&market).unwrap_err();
        assert_eq!(told.kind, ErrorKind::Declined, "{name}: {}", told.message);
        assert!(told.message.contains("still showed the order"), "{name}: {}", told.message);
        let until = market.stage.clock.now() + SignedDuration::from_hours(2);
        market.on(&id, |side, _| side.trouble(connectors::simulated_channel::Trouble::Silent { until }));
        market.stage.clock.pass(SignedDuration::from_mins(20));
        for _ in 0..2 {
            assert_eq!(says(&market).unwrap_err().kind, ErrorKind::RateLimited, "{name}: nobody knows");
            market.work();
        }
        assert_eq!(order(&market, &id, &numbers[0]).lines[0].committed(), q(2), "{name}: its units stay promised");
    }
}
