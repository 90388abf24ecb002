//! The poll as the net under everything: what is lost is found, what is stuck holds figures down, what is parked stays parked.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::ConnectionId;
use engine::rows::{ExcludedOrderRow, ExclusionReason, Products};
use engine::views::Publication;
use jiff::SignedDuration;
use ports::{Condition, QueueName, Write};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, sku};
use testkit::exhaustive::every_fault;
use testkit::run::{finish, run};

fn receive(market: &Market, units: i64) {
    let correction = engine::Correction {
        sku: sku("A"),
        location: location("main"),
        change: engine::StockChange::Add(units),
        reason: "receipt".into(),
        by: "test".into(),
    };
    finish(engine::correct_stock(&market.stage.world(), &correction)).unwrap();
}

#[test]
fn an_order_whose_message_is_lost_holds_figures_down_and_is_asked_for_again() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 10)], 10);
        assert!(market.buy(&id, "A", 3));
        market.stage.clock.pass(SignedDuration::from_secs(30));
        market.poll();
        assert!(!market.stage.queue.take(QueueName::Inbound).is_empty(), "the message is thrown away");
        receive(&market, 5);
        // For ten minutes the figure may not rise above what is certain: 7 are left there, 15 would sell 3 again.
        for _ in 0..120 {
            market.stage.clock.pass(SignedDuration::from_secs(5));
            market.poll();
            market.stage.queue.take(QueueName::Inbound);
            market.work();
            assert!(market.shown(&id, "A") <= 7, "{id} shows {}", market.shown(&id, "A"));
        }
        for _ in 0..20 {
            market.stage.clock.pass(SignedDuration::from_mins(1));
            market.poll();
            market.work();
        }
        market.settle();
        assert_eq!(invariants::orders(&market.stage.table).len(), 1, "{id}");
        market.assert_shown("A", 12);
        invariants::check(&market.stage.table);
    }
}

#[test]
fn an_order_from_before_the_opening_figure_is_left_alone_and_holds_nothing_down() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 10)], 10);
        assert!(market.buy(&id, "A", 3));
        market.stage.clock.pass(SignedDuration::from_secs(30));
        // The merchant counted after that order: it is not in the figure.
        forget_what_was_before(&market, &id);
        for _ in 0..5 {
            market.stage.clock.pass(SignedDuration::from_secs(60));
            market.poll();
            market.work();
        }
        receive(&market, 5);
        market.settle();
        assert!(invariants::orders(&market.stage.table).is_empty(), "{id}");
        assert!(market.stage.table.rows().iter().all(|r| r.key.pk != "PARKED"), "{id}");
        market.assert_shown("A", 15);
    }
}

/// Moves the connection's start to now.
fn forget_what_was_before(market: &Market, id: &ConnectionId) {
    use engine::rows::{ConnectionRow, TypedRow};
    let world = market.stage.world();
    let row: ConnectionRow = finish(world.get(&ConnectionRow::key(id))).unwrap().unwrap();
    let now = ports::Clock::now(market.stage.clock.as_ref());
    let row = ConnectionRow { orders_since: now, ..row };
    finish(world.table.write(Write::Put { row: row.to_row(), when: Condition::Always })).unwrap();
    market.stage.clock.pass(SignedDuration::from_mins(2));
}

#[test]
fn a_poll_survives_every_fault_at_every_call_on_every_channel() {
    for number in 0..Market::open(&[("A", 10)], 10).connections.len() {
        let tries = every_fault(|one| {
            let mut market = Market::open(&[("A", 10)], 10);
            let id = market.connections[number].clone();
            for _ in 0..3 {
                assert!(market.buy(&id, "A", 1));
            }
            market.stage.clock.pass(SignedDuration::from_secs(30));
            market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
            let _ = run(engine::poll_orders(&market.stage.world(), &market.lookup, &id, contracts::Cause::Poll));
            let calls = market.stage.faults.calls().len();
            market.stage.faults.plan([]);
            market.stage.clock.pass(SignedDuration::from_mins(3));
            market.settle();
            market.assert_shown("A", 7);
            assert_eq!(invariants::orders(&market.stage.table).len(), 3);
            invariants::check(&market.stage.table);
            calls
        });
        println!("{tries} tries of one fault at one call");
        assert!(tries >= 40);
    }
}

#[test]
fn nothing_is_settled_past_the_sale_of_an_order_that_changed_before_it_was_found() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 10)], 10);
        market.stage.clock.pass(SignedDuration::from_secs(60));
        let sold_at = ports::Clock::now(market.stage.clock.as_ref());
        assert!(market.buy(&id, "A", 1));
        // Somebody may look at the channel now, and the figure is without that unit.
        market.stage.clock.pass(SignedDuration::from_secs(60));
        assert!(market.on(&id, |side, now| side.orders().iter().all(|order| side.cancel(now, order))), "{id}");
        market.stage.clock.pass(SignedDuration::from_secs(120));
        let found = poll(&market, &id);
        assert!(found.complete && found.news == 1, "{id}: {found:?}");
        assert!(found.settled_through.is_none_or(|settled| settled < sold_at), "{id}: {found:?}");
        market.work();
        let taken_in = poll(&market, &id);
        assert!(taken_in.settled_through.is_some_and(|settled| settled > sold_at), "{id}: {taken_in:?}");
    }
}

#[test]
fn an_order_that_waits_for_a_person_holds_down_what_it_may_demand_until_it_is_decided() {
    for id in Market::open(&[("A", 10), ("B", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 10), ("B", 10)], 10);
        let world = market.stage.world();
        market.stage.clock.pass(SignedDuration::from_secs(60));
        let sold_at = ports::Clock::now(market.stage.clock.as_ref());
        assert!(market.buy(&id, "A", 3));
        let number = market.on(&id, |side, _| side.orders().remove(0));
        let products = Products::These([sku("A")].into());
        let later = sold_at.checked_add(SignedDuration::from_secs(30)).unwrap();
        let kind = ExclusionReason::NeedsPerson { products: products.clone() };
        assert!(finish(ExcludedOrderRow::put(&world, &id, &number, later, kind, "it cannot be read")).unwrap());
        let quiet = |market: &mut Market| {
            for _ in 0..5 {
                market.stage.clock.pass(SignedDuration::from_secs(60));
                market.poll();
                market.work();
            }
        };
        receive(&market, 1);
        quiet(&mut market);
        assert_eq!(market.shown(&id, "A"), 7, "{id}: what it may demand is not put on sale again");
        let parked = poll(&market, &id);
        assert_eq!(parked.news, 0, "{id}: it is not asked for again");
        assert!(parked.settled_for(&sku("A")).is_none_or(|settled| settled < sold_at), "{id}: {parked:?}");
        assert!(parked.settled_for(&sku("B")).is_some_and(|settled| settled > sold_at), "{id}: others go on: {parked:?}");
        let stands = |market: &Market, product: &str| {
            let stock = finish(engine::views::stock(&market.stage.world(), &sku(product))).unwrap();
            stock.listings.into_iter().find(|one| one.connection == id).unwrap().publication
        };
        let Publication::OnHold { orders: by, .. } = stands(&market, "A") else { panic!("{id}: {:?}", stands(&market, "A")) };
        assert!(
            by.len() == 1 && by[0].connection == id && by[0].order.as_ref() == Some(&number),
            "{id}: which order it is: {by:?}"
        );
        assert!(matches!(stands(&market, "B"), Publication::UpToDate { .. }), "{id}");
        assert_eq!(finish(ExcludedOrderRow::dismiss(&world, &id, &number)).unwrap(), Some(products));
        market.stage.clock.pass(SignedDuration::from_mins(16));
        quiet(&mut market);
        market.settle();
        market.assert_shown("A", 11);
        assert!(matches!(stands(&market, "A"), Publication::UpToDate { .. }), "{id}");
    }
}

fn poll(market: &Market, id: &ConnectionId) -> engine::PollReport {
    finish(engine::poll_orders(&market.stage.world(), &market.lookup, id, contracts::Cause::Poll)).unwrap()
}
