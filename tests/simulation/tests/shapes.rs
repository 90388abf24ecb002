//! Channels of other shapes: figures by the hundred, once a minute, in force later or never; a list of orders once in three minutes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::{Message, StockHint};
use domain::ConnectionId;
use engine::Cache;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, OutgoingMessage, QueueName};
use simulation::invariants;
use simulation::market::{Goods, Market};
use simulation::shop::{location, q, sku};
use std::panic::{AssertUnwindSafe, catch_unwind};
use testkit::planted::{Mistake, plant};
use testkit::run::finish;
use testkit::shapes::{Shape, ShapedConnectors};

/// The places of channels that fit a shape.
fn places(shape: Shape) -> Vec<usize> {
    let all = ports::Connectors::all(&connectors::Registry);
    let channels = all.iter().map(|channel| domain::ChannelId::new(channel.descriptor().id).unwrap());
    let places: Vec<usize> =
        channels.enumerate().filter(|(_, id)| ShapedConnectors::new(id, shape).is_some()).map(|(at, _)| at).collect();
    assert!(places.len() >= 2, "{shape:?}");
    places
}

fn market(products: &[(&str, i64)], shown: i64, place: usize, shape: Shape) -> (Market, ConnectionId) {
    let market = Market::open_with(&Goods { products, shown, shape: Some((place, shape)), ..Goods::default() });
    let id = market.shaped.as_ref().unwrap().0.clone();
    (market, id)
}

/// Items of each write that the channel was sent, and when.
fn writes(market: &Market, id: &ConnectionId) -> Vec<(Timestamp, usize)> {
    let host = format!("{id}.example.test");
    let record = market.stage.far_sides.record().into_iter();
    let imports = record.filter(|one| one.host == host && one.request.uri().path().ends_with("/shaped/stock"));
    let rows = |body: &[u8]| serde_json::from_slice::<Vec<serde_json::Value>>(body).unwrap().len();
    imports.map(|one| (one.at, rows(one.request.body()))).collect()
}

fn receive(market: &Market, product: &str, units: i64) {
    let correction = engine::Correction {
        sku: sku(product),
        location: location("main"),
        change: engine::StockChange::Add(units),
        reason: "receipt".into(),
        by: "test".into(),
    };
    finish(engine::correct_stock(&market.stage.world(), &correction)).unwrap();
}

fn look(market: &Market, product: &str) {
    let body = StockHint { sku: sku(product), connection: None }.to_json();
    let message = OutgoingMessage { body, delay: std::time::Duration::ZERO };
    finish(market.stage.world().queue.send(QueueName::StockHints, vec![message])).unwrap();
}

/// Works for so long, in steps of a second.
fn work_for(market: &mut Market, seconds: u32) {
    for _ in 0..seconds {
        market.work();
        market.stage.clock.pass(SignedDuration::from_secs(1));
    }
}

/// The scenario holds as things are, and breaks with the mistake.
fn caught(mistake: Mistake, scenario: impl Fn()) {
    scenario();
    plant(Some(mistake));
    let outcome = catch_unwind(AssertUnwindSafe(scenario));
    plant(None);
    assert!(outcome.is_err(), "{mistake:?} goes unnoticed");
}

#[test]
fn in_every_shape_each_channel_comes_to_its_figure() {
    for (name, shape) in Shape::ALL {
        for place in places(shape) {
            let (mut market, id) = market(&[("A", 10), ("B", 40)], 10, place, shape);
            println!("{name} around {id}");
            market.assert_shown("A", 10);
            for (sold, id) in market.connections.clone().iter().enumerate() {
                assert!(market.buy(id, "A", 1));
                // Its list is due by then.
                market.stage.clock.pass(SignedDuration::from_secs(30 + i64::from(shape.orders_apart_s)));
                market.poll();
                market.settle();
                market.assert_shown("A", 9 - i64::try_from(sold).unwrap());
            }
            receive(&market, "A", 20);
            market.settle();
            invariants::check(&market.stage.table);
            market.assert_shown("A", 10 - i64::try_from(market.connections.len()).unwrap() + 20);
            market.assert_shown("B", 40);
            for product in ["A", "B"] {
                assert!(market.listing(&id, product).pending.is_empty());
            }
        }
    }
}

#[test]
fn a_write_that_is_worked_on_for_twenty_minutes_is_asked_for_again_after_a_restart() {
    let shape = Shape { fails_one_of: 0, refuses_one_of: 0, ..Shape::IMPORTS };
    for place in places(shape) {
        let (mut market, id) = market(&[("A", 10)], 10, place, shape);
        receive(&market, "A", 5);
        work_for(&mut market, 90);
        let listing = market.listing(&id, "A");
        assert_eq!(listing.pending.iter().map(|pending| pending.quantity).collect::<Vec<_>>(), [Some(q(15))]);
        assert_eq!(
            (listing.told, listing.lease, market.shown(&id, "A")),
            (Some(q(10)), None, 10),
            "nothing is told before it is in force"
        );
        // A new process, which remembers nothing.
        market.lookup = Cache::default();
        work_for(&mut market, 25 * 60);
        let listing = market.listing(&id, "A");
        assert_eq!((listing.told, listing.pending.len(), market.shown(&id, "A")), (Some(q(15)), 0, 15));
        let asked =
            market.stage.far_sides.record().iter().filter(|one| one.request.uri().path().contains("/shaped/jobs/")).count();
        println!("{id}: asked {asked} times");
        assert!((2..=20).contains(&asked), "{asked}");
    }
}

#[test]
fn what_must_fall_is_written_although_a_raise_is_pending() {
    for shape in [Shape { fails_one_of: 0, refuses_one_of: 0, ..Shape::IMPORTS }, Shape { fails_one_of: 0, ..Shape::ANY_ORDER }] {
        for place in places(shape) {
            let (mut market, id) = market(&[("A", 10)], 10, place, shape);
            receive(&market, "A", 5);
            work_for(&mut market, 90);
            assert_eq!(market.listing(&id, "A").pending.len(), 1);
            let before = writes(&market, &id).len();
            receive(&market, "A", -12);
            // The channel takes a write a minute.
            work_for(&mut market, shape.write_every_s + 3);
            assert_eq!(writes(&market, &id).len(), before + 1, "{id}: three are left, and the channel hears of it");
            assert_eq!(market.listing(&id, "A").pending.last().unwrap().quantity, Some(q(3)));
            market.settle();
            market.assert_shown("A", 3);
            assert!(market.listing(&id, "A").pending.is_empty());
        }
    }
}

#[test]
fn a_write_that_fails_there_later_is_made_again() {
    caught(Mistake::PendingTakenAsDone, || {
        // The fifth fails.
        for place in places(Shape::ANY_ORDER) {
            let (mut market, id) = market(&[("A", 10)], 10, place, Shape::ANY_ORDER);
            for units in 1..=6 {
                receive(&market, "A", 1);
                market.settle();
                assert_eq!(market.shown(&id, "A"), 10 + units, "{id}");
            }
        }
    });
}

#[test]
fn of_a_hundred_figures_in_one_write_three_are_refused_alone() {
    let names: Vec<String> = (0..100).map(|number| format!("N{number}")).collect();
    let products: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 10)).collect();
    caught(Mistake::OneBadRowFailsTheBatch, || {
        let shape = Shape { refuses_one_of: 33, ..Shape::BATCHES };
        // One that may be looked at a hundred times a second.
        if let Some(place) = places(shape).pop() {
            let (mut market, id) = market(&products, 10, place, shape);
            for name in &names {
                receive(&market, name, -1);
            }
            market.take_hints();
            let hints: Vec<StockHint> =
                names.iter().map(|name| StockHint { sku: sku(name), connection: Some(id.clone()) }).collect();
            let pushed = finish(engine::publish_stock(&market.stage.world(), &market.lookup, &hints));
            let sent: Vec<usize> = writes(&market, &id).into_iter().map(|(_, items)| items).collect();
            assert_eq!(sent, [100], "{id}");
            assert_eq!((pushed.sent, pushed.put_off, pushed.failed.len()), (97, 3, 0), "{id}");
            let with_problem = names.iter().filter(|name| market.listing(&id, name).problem.is_some()).count();
            assert_eq!(with_problem, 3);
            for name in &names {
                look(&market, name);
            }
            market.settle();
            for name in &names {
                market.assert_shown(name, 9);
            }
        }
    });
}

#[test]
fn figures_of_one_minute_go_in_one_import() {
    let shape = Shape { fails_one_of: 0, refuses_one_of: 0, ..Shape::IMPORTS };
    for place in places(shape) {
        let products = [("A", 10), ("B", 10), ("C", 10), ("D", 10), ("E", 10), ("F", 10), ("G", 10), ("H", 10)];
        let (mut market, id) = market(&products, 10, place, shape);
        market.settle();
        let before = writes(&market, &id).len();
        // One after the other, a few seconds apart: the first goes at once, all others a minute later.
        for (product, _) in products {
            receive(&market, product, -1);
            work_for(&mut market, 3);
        }
        work_for(&mut market, 120);
        let sent: Vec<(Timestamp, usize)> = writes(&market, &id).into_iter().skip(before).collect();
        assert_eq!(sent.iter().map(|(_, items)| *items).sum::<usize>(), 8, "{sent:?}");
        assert_eq!(sent.len(), 2, "{id}: {sent:?}");
        assert!(sent.windows(2).all(|two| two[1].0.duration_since(two[0].0) >= SignedDuration::from_mins(1)));
        let listings: Vec<_> = products.iter().map(|(product, _)| market.listing(&id, product)).collect();
        assert!(listings.iter().all(|row| row.pending.len() == 1 && row.pending[0].status.is_some()), "{listings:?}");
        market.settle();
        for (product, _) in products {
            market.assert_shown(product, 9);
        }
    }
}

#[test]
fn a_list_that_may_be_read_once_in_three_minutes_is() {
    for place in places(Shape::RARE_LISTS) {
        let (mut market, id) = market(&[("A", 10)], 10, place, Shape::RARE_LISTS);
        let began = market.stage.clock.now();
        let seen = market.shaped.as_ref().unwrap().1.shaped().listed().len();
        // A raise asks for a read of its own, and so does every poll.
        for minute in 0..30 {
            if minute % 5 == 0 {
                assert!(market.buy(&id, "A", 1));
            }
            market.poll();
            work_for(&mut market, 60);
            look(&market, "A");
        }
        let lasted = market.stage.clock.now().duration_since(began).as_secs();
        let readings = market.shaped.as_ref().unwrap().1.shaped().listed();
        let times = readings.len() - seen;
        println!("{id}: {times} times in {lasted} s");
        assert!(readings.windows(2).all(|two| two[1].duration_since(two[0]) >= SignedDuration::from_secs(180)), "{readings:?}");
        assert!((7..=11).contains(&times), "{times}");
        market.settle();
        market.assert_shown("A", 4);
    }
}
