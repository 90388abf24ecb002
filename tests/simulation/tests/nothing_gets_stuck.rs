//! Deaths, delays and late knowledge between two steps, and still every order has its units and every channel its figure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use connectors::simulated_channel::Trouble;
use contracts::{Cause, InboundOrder};
use domain::{ConnectionId, OrderNumber, Product, Quantity, StockRule};
use engine::rows::{ConnectionRow, ListingRow, StockRow};
use engine::{
    Arrival, Cache, Correction, Opening, Outcome, StockChange, accept_orders, correct_stock, match_listings, poll_orders,
    publish_stock, put_connection, put_product,
};
use jiff::SignedDuration;
use ports::{Clock, Condition, QueueName, Write};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{arrival, connection, location, q, shop, sku, told};
use testkit::Stage;
use testkit::exhaustive::every_fault;
use testkit::faults::Fault;
use testkit::run::{finish, run};

fn deliver(stage: &Stage, batch: &[Arrival]) -> Vec<Outcome> {
    run(accept_orders(&stage.world(), &Cache::default(), batch.to_vec())).unwrap_or_default()
}

fn word_of(id: &ConnectionId, number: &OrderNumber, market: &Market, receives: u32) -> Arrival {
    let message = InboundOrder {
        connection: id.clone(),
        number: number.clone(),
        snapshot: None,
        cause: Cause::Webhook,
        read_at: market.stage.clock.now(),
    };
    Arrival { message, receives }
}

fn change(market: &Market, change: StockChange) -> ports::Result<domain::StockLevel> {
    let (reason, by) = ("count".to_owned(), "test".to_owned());
    let correction = Correction { sku: sku("A"), location: location("main"), change, reason, by };
    run(correct_stock(&market.stage.world(), &correction)).unwrap_or_else(|| Ok(domain::StockLevel::default()))
}

fn available(market: &Market) -> i64 {
    invariants::stock(&market.stage.table)[&(sku("A"), location("main"))].available.units()
}

fn parked(stage: &Stage) -> Vec<String> {
    let rows = stage.table.rows();
    rows.iter().filter(|r| r.key.pk == "PARKED").map(|r| r.get_text("what").unwrap().to_owned()).collect()
}

#[test]
fn a_hint_lost_in_a_death_is_told_though_a_newer_state_came_in_between() {
    let stage = shop(&["shop"], &[("A", 3)]);
    let first = arrival("shop", told("1", 1, &[("A", 1, 0, 0)]), 1);
    stage.faults.plan_first("queue.send", Fault::CrashBefore);
    assert!(deliver(&stage, std::slice::from_ref(&first)).is_empty(), "dies after the commit");
    stage.faults.plan([]);
    // Paid meanwhile: newer, and demands nothing.
    deliver(&stage, &[arrival("shop", told("1", 2, &[("A", 1, 0, 0)]), 1)]);
    assert!(stage.queue.take(QueueName::StockHints).is_empty());
    deliver(&stage, &[Arrival { receives: 2, ..first }]);
    assert!(!stage.queue.take(QueueName::StockHints).is_empty());
}

#[test]
fn a_hint_lost_in_a_death_is_told_though_the_channel_then_asks_for_a_pause() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 10)], 10);
        assert!(market.buy(&id, "A", 3));
        market.stage.clock.pass(SignedDuration::from_secs(30));
        let number = market.on(&id, |side, _| side.orders()).remove(0);
        market.stage.faults.plan_first("queue.send", Fault::CrashBefore);
        assert!(run(accept_orders(&market.stage.world(), &market.lookup, vec![word_of(&id, &number, &market, 1)])).is_none());
        market.stage.faults.plan([]);
        assert_eq!(available(&market), 7);
        market.on(&id, |side, now| side.trouble(Trouble::TooMany { until: now + SignedDuration::from_secs(150) }));
        market.stage.clock.pass(SignedDuration::from_secs(120));
        finish(accept_orders(&market.stage.world(), &market.lookup, vec![word_of(&id, &number, &market, 2)]));
        market.stage.clock.pass(SignedDuration::from_secs(60));
        market.settle();
        market.assert_shown("A", 7);
    }
}

#[test]
fn events_that_the_bus_did_not_take_are_published_on_the_redelivery() {
    let stage = shop(&["shop"], &[("A", 1)]);
    let one = arrival("shop", told("1", 1, &[("A", 2, 0, 0)]), 1);
    stage.faults.plan_first("bus.publish", Fault::Down);
    assert!(matches!(deliver(&stage, std::slice::from_ref(&one)).as_slice(), [Outcome::Again(_)]));
    stage.faults.plan([]);
    deliver(&stage, &[Arrival { receives: 2, ..one }]);
    let names: Vec<_> = stage.bus.published().iter().map(|e| e.name).collect();
    assert_eq!(names, ["OrderAccepted.v1", "StockShort.v1"]);
}

#[test]
fn an_unseen_sale_that_happens_to_lead_to_the_right_figure_still_shuts_the_fence() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 10)], 10);
        market.stage.clock.pass(SignedDuration::from_secs(120));
        assert!(market.buy(&id, "A", 3));
        // As many are written off here, so the channel shows what it should; what it sold is not in yet.
        change(&market, StockChange::Add(-3)).unwrap();
        market.work();
        market.stage.clock.pass(SignedDuration::from_secs(2));
        market.work();
        assert_eq!(market.shown(&id, "A"), 7);
        change(&market, StockChange::Add(5)).unwrap();
        for _ in 0..60 {
            market.work();
            assert!(market.shown(&id, "A") <= 9, "{id} shows {} of 9", market.shown(&id, "A"));
            market.stage.clock.pass(SignedDuration::from_secs(1));
        }
        market.settle();
        market.assert_shown("A", 9);
    }
}

#[test]
fn word_of_an_order_that_the_channel_does_not_show_yet_loses_nothing() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let number = {
            let market = Market::open(&[("A", 10)], 10);
            assert!(market.buy(&id, "A", 3));
            market.on(&id, |side, _| side.orders()).remove(0)
        };
        let mut market = Market::open(&[("A", 10)], 10);
        let early = word_of(&id, &number, &market, 1);
        finish(accept_orders(&market.stage.world(), &market.lookup, vec![early]));
        assert!(market.buy(&id, "A", 3));
        assert_eq!(market.on(&id, |side, _| side.orders()).last(), Some(&number), "the same seed, the same number");
        market.stage.clock.pass(SignedDuration::from_secs(60));
        market.settle();
        assert_eq!(invariants::orders(&market.stage.table).len(), 1, "{id}");
        market.assert_shown("A", 7);
    }
}

#[test]
fn matching_listings_survives_every_fault_and_every_listing_is_told() {
    for number in 0..Market::open(&[("A", 10)], 10).connections.len() {
        every_fault(|one| {
            let mut market = Market::open(&[("A", 10)], 10);
            let id = market.connections[number].clone();
            // As before the first run: nothing is known of the listing.
            let world = market.stage.world();
            for row in market.stage.table.rows() {
                if row.key.sk.starts_with("OFFER#") || row.key.sk.starts_with(&format!("{}{id}#", ListingRow::PREFIX)) {
                    finish(world.table.write(Write::Delete { key: row.key, when: Condition::Always })).unwrap();
                }
            }
            market.on(&id, |side, now| side.edit_stock(now, &sku("A"), q(20)));
            market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
            let _ = run(match_listings(&market.stage.world(), &market.lookup, &id));
            let calls = market.stage.faults.calls().len();
            market.stage.faults.plan([]);
            market.stage.clock.pass(SignedDuration::from_mins(5));
            finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
            market.settle();
            market.assert_shown("A", 10);
            calls
        });
    }
}

#[test]
fn a_listing_that_missed_its_hint_is_found_by_the_next_look_at_the_listings() {
    let mut market = Market::open(&[("A", 10)], 10);
    change(&market, StockChange::Add(-4)).unwrap();
    assert!(!market.stage.queue.take(QueueName::StockHints).is_empty(), "the hint is thrown away");
    market.stage.clock.pass(SignedDuration::from_mins(5));
    market.settle();
    for id in market.connections.clone() {
        finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
    }
    market.settle();
    market.assert_shown("A", 6);
    // And where all is told, nothing is said.
    for id in market.connections.clone() {
        finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
    }
    assert!(market.stage.queue.waiting(QueueName::StockHints).is_empty());
}

#[test]
fn a_correction_survives_every_fault_and_is_told() {
    every_fault(|one| {
        let mut market = Market::open(&[("A", 10)], 10);
        market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let done = change(&market, StockChange::Add(-3));
        let calls = market.stage.faults.calls().len();
        market.stage.faults.plan([]);
        market.stage.clock.pass(SignedDuration::from_mins(2));
        market.settle();
        let left = available(&market);
        market.assert_shown("A", left);
        assert!(done.is_ok() || left == 10, "who is told that it failed will do it again: {done:?}");
        calls
    });
}

#[test]
fn a_figure_beyond_the_bound_is_declined() {
    let market = Market::open(&[("A", 10)], 10);
    for units in [i64::MAX, i64::MIN, Quantity::MAX.units()] {
        assert_eq!(change(&market, StockChange::Add(units)).unwrap_err().kind, ports::ErrorKind::Declined, "{units}");
    }
    assert_eq!(available(&market), 10);
}

#[test]
fn a_line_that_is_matched_later_gets_its_units_then_and_a_person_sees_it_before() {
    let mut market = Market::open(&[("A", 10), ("B", 4)], 10);
    let id = market.connections[0].clone();
    let world = market.stage.world();
    // The product is not in the catalogue yet.
    let hidden: Vec<_> = market
        .stage
        .table
        .rows()
        .into_iter()
        .filter(|r| r.key.sk == "B" || r.key.pk == "SKU#B" || r.get_text("body").is_some_and(|b| b.contains("\"matched\":\"B\"")))
        .collect();
    for row in &hidden {
        finish(world.table.write(Write::Delete { key: row.key.clone(), when: Condition::Always })).unwrap();
    }
    market.lookup = Cache::default();
    finish(match_listings(&world, &market.lookup, &id)).unwrap();
    assert!(market.buy(&id, "B", 3));
    market.stage.clock.pass(SignedDuration::from_secs(60));
    market.settle();
    assert_eq!(invariants::orders(&market.stage.table).values().map(|o| o.short().units()).sum::<i64>(), 3);
    assert_eq!(parked(&market.stage).len(), 1, "{:?}", parked(&market.stage));
    // Long after no list tells of the order any more, somebody adds the product.
    market.stage.clock.pass(SignedDuration::from_hours(5));
    market.settle();
    for row in hidden.iter().filter(|r| r.key.sk == "B" || r.key.sk.starts_with(StockRow::PREFIX)) {
        finish(world.table.write(Write::Put { row: row.clone(), when: Condition::Always })).unwrap();
    }
    finish(match_listings(&world, &market.lookup, &id)).unwrap();
    market.settle();
    let orders = invariants::orders(&market.stage.table);
    assert_eq!(orders.values().map(|o| o.short().units()).sum::<i64>(), 0, "{orders:?}");
    assert_eq!(invariants::stock(&market.stage.table)[&(sku("B"), location("main"))].available, q(1));
    assert_eq!(market.shown(&id, "B"), 1);
    // Settled once: the next look finds nothing to do.
    finish(match_listings(&world, &market.lookup, &id)).unwrap();
    assert!(market.stage.queue.waiting(QueueName::Inbound).is_empty());
}

#[test]
fn a_connection_without_configuration_keeps_no_other_from_its_figure() {
    for gone in Market::open(&[("A", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 10)], 10);
        let key = ConnectionRow::key(&gone);
        finish(market.stage.world().table.write(Write::Delete { key, when: Condition::Always })).unwrap();
        market.lookup = Cache::default();
        market.connections.retain(|id| *id != gone);
        change(&market, StockChange::Add(-4)).unwrap();
        market.settle();
        market.assert_shown("A", 6);
    }
}

#[test]
fn a_broken_product_keeps_no_other_from_its_figure() {
    let market = Market::open(&[("A", 10), ("B", 10)], 10);
    change(&market, StockChange::Add(-4)).unwrap();
    let broken = ports::Row::new(StockRow::key(&sku("B"), &location("main"))).text("available", "many");
    finish(market.stage.world().table.write(Write::Put { row: broken, when: Condition::Always })).unwrap();
    market.stage.queue.take(QueueName::StockHints);
    let hint = |name| contracts::StockHint { sku: sku(name), connection: None };
    for _ in 0..60 {
        let _ = finish(publish_stock(&market.stage.world(), &market.lookup, &[hint("B"), hint("A")]));
        market.stage.clock.pass(SignedDuration::from_secs(2));
    }
    market.assert_shown("A", 6);
}

#[test]
fn a_changed_rule_is_told() {
    let mut market = Market::open(&[("A", 10)], 10);
    let world = market.stage.world();
    for id in market.connections.clone() {
        let row: ConnectionRow = finish(world.get(&ConnectionRow::key(&id))).unwrap().unwrap();
        let rule = StockRule { safety_stock: q(2), ..StockRule::default() };
        finish(put_connection(&world, &ConnectionRow { rule, ..row })).unwrap();
    }
    market.settle();
    market.assert_shown("A", 8);
}

#[test]
fn an_opening_figure_that_is_given_later_is_told() {
    let mut market = Market::open(&[("A", 10)], 10);
    let world = market.stage.world();
    let item = Product { sku: sku("A"), ean: None, title: "Product A".into(), variant: String::new() };
    for id in market.connections.clone() {
        let row: ConnectionRow = finish(world.get(&ConnectionRow::key(&id))).unwrap().unwrap();
        let locations = vec![location("main"), location("far")];
        finish(put_connection(&world, &ConnectionRow { locations, ..row })).unwrap();
    }
    market.stage.clock.pass(SignedDuration::from_mins(5));
    market.settle();
    finish(put_product(&world, &item, &[Opening { location: location("far"), quantity: q(5) }])).unwrap();
    market.settle();
    market.assert_shown("A", 15);
}

#[test]
fn a_cancellation_for_a_stock_row_that_is_gone_ends() {
    let stage = shop(&["shop"], &[("A", 3), ("B", 3)]);
    deliver(&stage, &[arrival("shop", told("1", 1, &[("A", 2, 0, 0)]), 1)]);
    let key = StockRow::key(&sku("A"), &location("main"));
    finish(stage.world().table.write(Write::Delete { key, when: Condition::Always })).unwrap();
    let batch = [arrival("shop", told("1", 2, &[("A", 2, 2, 0)]), 1), arrival("shop", told("2", 1, &[("B", 1, 0, 0)]), 1)];
    let outcomes = deliver(&stage, &batch);
    assert!(matches!(outcomes.as_slice(), [Outcome::Done, Outcome::Done]), "{outcomes:?}");
    assert_eq!(parked(&stage), ["order 1"]);
    assert!(invariants::orders(&stage.table).contains_key(&(connection("shop"), OrderNumber::new("2").unwrap())));
}

#[test]
fn a_delivery_too_large_for_a_row_is_parked_all_the_same() {
    let stage = shop(&["shop"], &[]);
    let body = "é".repeat(300_000);
    finish(stage.world().park(Some(&connection("shop")), "webhook", "not understood", &body)).unwrap();
    let rows = stage.table.rows();
    let body = rows.iter().find_map(|r| r.get_text("body").filter(|body| body.starts_with('é'))).unwrap();
    assert!(body.len() < 350_000);
}

#[test]
fn an_order_that_vanished_from_the_channel_after_it_was_taken_in_is_shown_to_a_person() {
    let mut market = Market::open(&[("A", 10)], 10);
    let id = market.connections[0].clone();
    let gone = OrderNumber::new("987654321").unwrap();
    let mut snapshot = told("987654321", 1, &[("A", 3, 0, 0)]);
    snapshot.placed_at = market.stage.clock.now();
    finish(accept_orders(&market.stage.world(), &market.lookup, vec![arrival(id.as_str(), snapshot, 1)]));
    assert_eq!(available(&market), 7);
    market.stage.clock.pass(SignedDuration::from_mins(1));
    let word = word_of(&id, &gone, &market, 1);
    finish(accept_orders(&market.stage.world(), &market.lookup, vec![word]));
    for _ in 0..30 {
        market.stage.clock.pass(SignedDuration::from_mins(1));
        market.work();
    }
    assert_eq!(parked(&market.stage), ["order 987654321"]);
}

#[test]
fn more_orders_than_are_kept_by_name_hold_figures_down_until_all_are_in() {
    let mut market = Market::open(&[("A", 500)], 500);
    let id = market.connections[0].clone();
    let world = market.stage.world();
    let key = engine::rows::CursorRow::key(&id);
    // As on a connection's first day: no list was read to its end yet.
    finish(world.table.write(Write::Delete { key, when: Condition::Always })).unwrap();
    for _ in 0..130 {
        assert!(market.buy(&id, "A", 1));
    }
    market.stage.clock.pass(SignedDuration::from_hours(1));
    finish(poll_orders(&world, &market.lookup, &id, Cause::Poll)).unwrap();
    let messages = market.stage.queue.take(QueueName::Inbound);
    assert!(messages.len() >= 130);
    // The first hundred arrive, the others are lost.
    let batch: Vec<Arrival> =
        messages.iter().take(100).map(|m| Arrival { message: serde_json::from_str(&m.body).unwrap(), receives: 1 }).collect();
    for ten in batch.chunks(10) {
        finish(accept_orders(&world, &market.lookup, ten.to_vec()));
    }
    market.stage.clock.pass(SignedDuration::from_hours(1));
    market.settle();
    assert_eq!(invariants::orders(&market.stage.table).len(), 130);
}
