//! What waits for a person: one entry per problem, closed when it is right, tried again, dismissed, erased, and gone in time.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{ConnectionId, OrderNumber};
use engine::rows::{ExcludedOrderRow, ExclusionReason, Products, Subject};
use engine::views::{PageRequest, Parked, ParkedType, attention, parked};
use engine::{Correction, Ports, StockChange, close_parked, correct_stock, dismiss_parked, erase_parked, retry_parked};
use jiff::SignedDuration;
use ports::{Condition, Key, Row, Write};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, q, sku};
use testkit::run::finish;

fn list(world: &Ports) -> Parked {
    finish(parked(world, &PageRequest::first(200))).unwrap()
}

fn bodies(market: &Market) -> usize {
    market.stage.table.rows().iter().filter(|row| row.key.pk == "PARKED_BODY").count()
}

fn polls(market: &mut Market, minutes: u32) {
    for _ in 0..minutes {
        market.stage.clock.pass(SignedDuration::from_secs(60));
        market.poll();
        market.work();
    }
}

/// A market in which an order of the first connection is parked, twice, and held aside.
fn with_a_parked_order() -> (Market, ConnectionId, OrderNumber) {
    let market = Market::open(&[("A", 10)], 10);
    let (id, world) = (market.connections[0].clone(), market.stage.world());
    market.stage.clock.pass(SignedDuration::from_secs(60));
    assert!(market.buy(&id, "A", 3));
    let number = market.on(&id, |side, _| side.orders().remove(0));
    market.stage.clock.pass(SignedDuration::from_secs(30));
    let now = ports::Clock::now(market.stage.clock.as_ref());
    for _ in 0..2 {
        let subject = Subject::Order { number: number.clone() };
        finish(world.park(Some(&id), subject, "it cannot be read", "words of a customer")).unwrap();
    }
    let kind = ExclusionReason::NeedsPerson { products: Products::These([sku("A")].into()) };
    assert!(finish(ExcludedOrderRow::put(&world, &id, &number, now, kind, "it cannot be read")).unwrap());
    (market, id, number)
}

#[test]
fn the_same_failure_is_one_entry_and_closes_when_the_order_is_taken_in() {
    let (mut market, _, number) = with_a_parked_order();
    let world = market.stage.world();
    let entries = list(&world).parked;
    assert_eq!((entries.len(), entries[0].count, entries[0].subject.clone()), (1, 2, format!("order {number}")));
    assert!(entries[0].first_at < entries[0].at);
    polls(&mut market, 3);
    assert_eq!(finish(close_parked(&world)).unwrap(), 0, "it stands aside still");
    finish(retry_parked(&world, &market.lookup, &entries[0].id, "Ada")).unwrap();
    assert_eq!(list(&world).parked.len(), 1, "until it is right");
    polls(&mut market, 2);
    assert_eq!(invariants::orders(&market.stage.table).len(), 1);
    assert_eq!(finish(close_parked(&world)).unwrap(), 1);
    assert!(list(&world).parked.is_empty());
    assert_eq!(bodies(&market), 0, "what it held goes with it");
    market.settle();
    market.assert_shown("A", 7);
}

#[test]
fn what_is_dismissed_holds_nothing_down_and_comes_back_only_for_another_reason() {
    let (mut market, id, number) = with_a_parked_order();
    let world = market.stage.world();
    let entry = list(&world).parked.remove(0).id;
    finish(dismiss_parked(&world, &entry, "Ada", "it is a test")).unwrap();
    assert!(list(&world).parked.is_empty());
    assert_eq!(bodies(&market), 0);
    let subject = || Subject::Order { number: number.clone() };
    finish(world.park(Some(&id), subject(), "it cannot be read", "")).unwrap();
    assert!(list(&world).parked.is_empty(), "somebody decided about that");
    finish(world.park(Some(&id), subject(), "it is another thing now", "")).unwrap();
    assert_eq!(list(&world).parked.len(), 1);
    polls(&mut market, 3);
    let cursor = finish(engine::poll_orders(&world, &market.lookup, &id, contracts::Cause::Poll)).unwrap();
    assert!(cursor.held.is_empty(), "the fence goes on: {cursor:?}");
}

#[test]
fn a_delivery_is_found_by_polls_and_what_it_held_can_be_erased_or_goes_in_time() {
    let mut market = Market::open(&[("A", 10)], 10);
    let (id, world) = (market.connections[0].clone(), market.stage.world());
    for body in ["one", "another", "one"] {
        finish(world.park(Some(&id), Subject::Webhook, "it is not understood", body)).unwrap();
    }
    finish(world.park(Some(&id), "a return", "nobody knows it", "words")).unwrap();
    assert_eq!((list(&world).parked.len(), bodies(&market)), (3, 3));
    let erased = list(&world).parked.iter().find(|one| one.subject == "a return").unwrap().id.clone();
    finish(erase_parked(&world, &erased)).unwrap();
    assert_eq!((list(&world).parked.len(), bodies(&market)), (3, 2));
    assert!(finish(retry_parked(&world, &market.lookup, &erased, "Ada")).is_err(), "there is nothing to try again");
    polls(&mut market, 2);
    finish(close_parked(&world)).unwrap();
    assert_eq!((list(&world).parked.len(), bodies(&market)), (3, 2), "a person sees that they come");
    market.stage.clock.pass(SignedDuration::from_hours(25));
    polls(&mut market, 2);
    finish(close_parked(&world)).unwrap();
    assert_eq!((list(&world).parked.len(), bodies(&market)), (1, 0), "polls found whatever they told of");
    market.stage.clock.pass(SignedDuration::from_hours(24 * 15));
    finish(close_parked(&world)).unwrap();
    assert!(list(&world).parked.is_empty());
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_hides_nothing() {
    let market = Market::open(&[("A", 10), ("B", 10)], 10);
    let (id, world) = (market.connections[0].clone(), market.stage.world());
    finish(world.park(Some(&id), "a return", "nobody knows it", "")).unwrap();
    let spoil = |pk: &str, sk: &str| {
        let row = Row::new(Key::new(pk, sk)).text("body", "{");
        finish(world.table.write(Write::Put { row, when: Condition::Always })).unwrap();
    };
    let today = engine::rows::JournalRow::partition(ports::Clock::now(market.stage.clock.as_ref()));
    let own = format!("CONNECTION#{id}");
    for (pk, sk) in
        [("PARKED", "x"), ("CONNECTIONS", "x"), ("CATALOGUE", "X"), ("SKU#A", "STOCK#attic"), ("DRIFT", "x"), ("LEDGER#B", "x")]
    {
        spoil(pk, sk);
    }
    spoil(&today, "x");
    spoil(&own, "OFFER#x");
    spoil(&own, "PRICE#x");
    let all = PageRequest::first(200);
    let entries = list(&world);
    assert_eq!((entries.parked.len(), entries.unreadable[0].key.as_str()), (1, "PARKED / x"));
    let stock = finish(engine::views::stock_page(&world, "", &all)).unwrap();
    let [a, b] = stock.products.as_slice() else { panic!("{:?}", stock.products) };
    assert_eq!((a.product.sku.as_str(), a.available, b.available), ("A", None, Some(q(10))), "what is not known is not made up");
    assert!(a.unreadable.iter().any(|row| row.key.ends_with("STOCK#attic")), "{:?}", a.unreadable);
    assert_eq!(stock.unreadable.len(), 2, "{:?}", stock.unreadable);
    let health = finish(engine::views::health(&world)).unwrap();
    assert_eq!((health.connections.len(), health.unreadable.len()), (market.connections.len(), 1));
    let listings = finish(engine::views::listings(&world, &id, false, &all)).unwrap();
    assert_eq!((listings.listings.len(), listings.unreadable.len()), (2, 1));
    assert_eq!(finish(engine::views::prices(&world, &id, &all)).unwrap().unreadable.len(), 1);
    assert_eq!(finish(engine::views::drift(&world, false, &all)).unwrap().unreadable.len(), 2);
    let movements = finish(engine::views::movements(&world, &sku("B"), &all)).unwrap();
    assert_eq!((movements.movements.len(), movements.unreadable.len()), (1, 1));
    assert_eq!(finish(engine::views::recent_orders(&world, 50)).unwrap().unreadable.len(), 2);
}

#[test]
fn a_short_order_waits_for_a_person_however_long_and_closes_when_it_is_covered() {
    let mut market = Market::open(&[("A", 2)], 9);
    let world = market.stage.world();
    market.stage.clock.pass(SignedDuration::from_secs(60));
    // Nobody has heard of the other sale yet.
    for id in market.connections.clone().iter().take(2) {
        assert!(market.buy(id, "A", 2));
    }
    polls(&mut market, 3);
    let short = || list(&world).parked.into_iter().find(|one| one.r#type == ParkedType::Short);
    let entry = short().unwrap();
    assert!(entry.order.is_some() && entry.reason.starts_with("2 units of A"), "{entry:?}");
    assert!(finish(retry_parked(&world, &market.lookup, &entry.id, "Ada")).is_err(), "there is nothing to cover it with");
    market.stage.clock.pass(SignedDuration::from_hours(24 * 30));
    finish(close_parked(&world)).unwrap();
    assert_eq!(short().map(|one| one.id), Some(entry.id.clone()), "nobody has seen to it");
    let (reason, by) = ("receipt".to_owned(), "Ada".to_owned());
    let receipt = Correction { sku: sku("A"), location: location("main"), change: StockChange::Add(5), reason, by };
    finish(correct_stock(&world, &receipt)).unwrap();
    finish(retry_parked(&world, &market.lookup, &entry.id, "Ada")).unwrap();
    finish(close_parked(&world)).unwrap();
    assert_eq!(short(), None);
    let waits = finish(attention(&world)).unwrap();
    assert!(waits.complete, "{waits:?}");
}
