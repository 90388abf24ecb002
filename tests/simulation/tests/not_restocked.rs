//! What is cancelled in a channel's own screen without being put on sale again there is offered on no other channel.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use connectors::simulated_channel::SimulatedChannel;
use domain::{ChannelSync, Order, OrderEventDetails, OrderNumber, ReturnCondition, ReturnResolution};
use engine::rows::{ParkedRow, TypedRow};
use engine::{OrderCommand, handle_order, poll_returns, put_connection};
use jiff::{SignedDuration, Timestamp};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{connection, location, q, sku};
use testkit::run::finish;

/// Connectors that say whether what was cancelled is on sale again.
const TELLING: [&str; 2] = ["shopify", "woocommerce"];

fn rest(market: &mut Market) {
    for _ in 0..3 {
        market.stage.clock.pass(SignedDuration::from_secs(90));
        market.poll();
        market.settle();
    }
    invariants::check(&market.stage.table);
}

fn there<T>(market: &Market, name: &str, work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp, OrderNumber) -> T) -> T {
    market.on(&connection(name), |side, now| {
        let last = side.orders().into_iter().next_back().unwrap();
        work(side, now, last)
    })
}

/// The order that was placed last.
fn order(market: &Market) -> Order {
    invariants::orders(&market.stage.table).into_values().max_by_key(|order| order.snapshot.placed_at).unwrap()
}

fn questions(market: &Market) -> Vec<String> {
    let rows = market.stage.table.rows();
    let parked = rows.iter().filter(|row| row.key.pk == ParkedRow::PARTITION).map(|row| ParkedRow::from_row(row).unwrap());
    parked.filter(|row| row.subject.what().starts_with("order ")).map(|row| row.reason).collect()
}

#[test]
fn taken_out_or_cancelled_without_restocking_it_is_offered_nowhere() {
    for name in TELLING {
        let mut market = Market::open(&[("A", 20)], 20);
        rest(&mut market);
        assert!(market.buy(&connection(name), "A", 2));
        rest(&mut market);
        market.assert_shown("A", 18);
        assert!(there(&market, name, |side, now, order| side.take_out(now, &order, &sku("A"), q(1))));
        rest(&mut market);
        market.assert_shown("A", 18);
        assert!(
            order(&market).history.iter().any(|event| event.details == OrderEventDetails::KeptOffSale { units: q(1) }),
            "{name}"
        );
        assert!(market.buy(&connection(name), "A", 3));
        rest(&mut market);
        assert!(there(&market, name, |side, now, order| side.cancel_without_restock(now, &order)));
        rest(&mut market);
        market.assert_shown("A", 15);
        assert_eq!(order(&market).lines[0].parts[0].lost(), q(3), "{name}");
        assert_eq!(questions(&market), Vec::<String>::new(), "{name}: its staff said it");
    }
}

#[test]
fn taken_out_and_restocked_it_is_offered_everywhere() {
    for name in TELLING {
        let mut market = Market::open(&[("A", 20)], 20);
        rest(&mut market);
        assert!(market.buy(&connection(name), "A", 3));
        rest(&mut market);
        assert!(there(&market, name, |side, now, order| side.cancel_units(now, &order, &sku("A"), q(1))));
        rest(&mut market);
        market.assert_shown("A", 18);
        assert!(there(&market, name, |side, now, order| side.cancel(now, &order)));
        rest(&mut market);
        market.assert_shown("A", 20);
    }
}

#[test]
fn where_a_channel_does_not_say_it_a_person_is_asked_and_the_units_wait() {
    let mut market = Market::open(&[("A", 9)], 9);
    let id = connection("bol");
    let mut row = market.row(&id);
    row.settings.remove(ports::RESTOCK_UNTOLD);
    finish(put_connection(&market.stage.world(), &row)).unwrap();
    market.lookup = engine::Cache::default();
    rest(&mut market);
    assert!(market.buy(&id, "A", 2));
    rest(&mut market);
    assert!(there(&market, "bol", |side, now, order| side.cancel(now, &order)));
    rest(&mut market);
    market.assert_shown("A", 7);
    let asked = questions(&market);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("2 units of A") && asked[0].contains("`restocks`"), "{asked:?}");
    let held = order(&market);
    let command = OrderCommand::PutBack { id: None, line: held.lines[0].id.clone(), units: q(2) };
    finish(handle_order(&market.stage.world(), &market.lookup, &id, &held.snapshot.number, &command, "Ada Example")).unwrap();
    rest(&mut market);
    market.assert_shown("A", 9);
    assert_eq!(questions(&market).len(), 1, "asked once");
}

#[test]
fn sent_units_that_are_on_sale_again_there_wait_to_be_looked_at_and_are_put_on_sale_once() {
    for name in TELLING {
        let mut market = Market::open(&[("A", 9)], 9);
        rest(&mut market);
        assert!(market.buy(&connection(name), "A", 2));
        rest(&mut market);
        assert!(there(&market, name, |side, now, order| side.ship_there(now, &order, &sku("A"), q(2))));
        rest(&mut market);
        assert!(there(&market, name, |side, now, order| side.pay_back_there(now, &order, &sku("A"), q(1), true)));
        rest(&mut market);
        market.assert_shown("A", 7);
        let asked = questions(&market);
        assert!(asked.len() == 1 && asked[0].contains("inspect return"), "{name}: {asked:?}");
        inspect(&market, 1);
        rest(&mut market);
        market.assert_shown("A", 8);
        let returned = &order(&market).returns[0];
        assert_eq!(returned.inspections[0].channel_sync, ChannelSync::NotNeeded, "{name} knows it already");
        assert_eq!(questions(&market).len(), 1, "{name}");
    }
}

/// All that waits of the last order's first return is found sellable.
fn inspect(market: &Market, units: i64) {
    let found = order(market);
    let returned = &found.returns[0];
    let command = OrderCommand::InspectReturn {
        id: None,
        r#return: returned.id.clone(),
        line: returned.lines[0].line.clone(),
        units: q(units),
        condition: ReturnCondition::Sellable,
        restock_at: Some(location("main")),
        resolution: ReturnResolution::Accepted,
    };
    let (connection, number) = (&found.connection, &found.snapshot.number);
    finish(handle_order(&market.stage.world(), &market.lookup, connection, number, &command, "Ada Example")).unwrap();
}

#[test]
fn completed_by_mistake_opened_again_and_cancelled_is_not_lost() {
    let mut market = Market::open(&[("A", 9)], 9);
    let name = "woocommerce";
    rest(&mut market);
    assert!(market.buy(&connection(name), "A", 2));
    rest(&mut market);
    assert!(there(&market, name, |side, now, order| side.ship_there(now, &order, &sku("A"), q(2))));
    rest(&mut market);
    assert!(there(&market, name, |side, now, order| side.reopen(now, &order)));
    rest(&mut market);
    assert_eq!(order(&market).lines[0].taken(), q(0), "it has not left after all");
    assert!(there(&market, name, |side, now, order| side.cancel(now, &order)));
    rest(&mut market);
    let asked = questions(&market);
    assert!(asked.len() == 1 && asked[0].contains("2 units of A"), "{asked:?}");
    market.assert_shown("A", 7);
    inspect(&market, 2);
    rest(&mut market);
    market.assert_shown("A", 9);
}

/// Two of nine, marked as sent by mistake and taken back.
fn sent_by_mistake(name: &str) -> Market {
    let mut market = Market::open(&[("A", 9)], 9);
    rest(&mut market);
    assert!(market.buy(&connection(name), "A", 2));
    rest(&mut market);
    assert!(there(&market, name, |side, now, order| side.ship_there(now, &order, &sku("A"), q(2))));
    rest(&mut market);
    assert_eq!(order(&market).lines[0].taken(), q(2), "it has left, as far as anybody knows");
    assert!(there(&market, name, |side, now, order| side.undo_shipment(now, &order)));
    rest(&mut market);
    let line = &order(&market).lines[0];
    assert_eq!((line.taken(), line.committed()), (q(0), q(2)), "{name}: it is still to be sent");
    market.assert_shown("A", 7);
    market
}

#[test]
fn a_fulfilment_that_is_cancelled_is_still_to_be_sent_and_then_sent_or_cancelled_as_any_other() {
    let name = "shopify";
    for (restock, shown) in [(true, 9), (false, 7)] {
        let mut market = sent_by_mistake(name);
        assert!(there(&market, name, |side, now, order| {
            if restock { side.cancel(now, &order) } else { side.cancel_without_restock(now, &order) }
        }));
        rest(&mut market);
        market.assert_shown("A", shown);
        assert_eq!(order(&market).lines[0].parts[0].lost(), q(if restock { 0 } else { 2 }));
        assert_eq!(questions(&market), Vec::<String>::new(), "the shop says what became of them");
    }
    let mut market = sent_by_mistake(name);
    assert!(there(&market, name, |side, now, order| side.ship_there(now, &order, &sku("A"), q(2))));
    rest(&mut market);
    market.assert_shown("A", 7);
    let line = &order(&market).lines[0];
    assert_eq!((line.taken(), line.committed()), (q(2), q(2)), "it left once");
}

#[test]
fn what_was_sent_on_bol_is_taken_back_by_nobody_and_a_return_waits_to_be_looked_at_and_is_told_once() {
    let (mut market, name, id) = (Market::open(&[("A", 9)], 9), "bol", connection("bol"));
    rest(&mut market);
    assert!(market.buy(&id, "A", 2));
    rest(&mut market);
    assert!(there(&market, name, |side, now, order| side.ship_there(now, &order, &sku("A"), q(2))));
    rest(&mut market);
    let no_way_back = |side: &mut dyn SimulatedChannel, now, order: OrderNumber| {
        side.undo_shipment(now, &order)
            || side.reopen(now, &order)
            || side.cancel(now, &order)
            || side.pay_back_there(now, &order, &sku("A"), q(1), true)
    };
    assert!(!there(&market, name, no_way_back), "bol has no such thing, and puts nothing on sale by itself");
    assert!(there(&market, name, |side, now, order| side.announce_return(now, &order, &sku("A"), q(1))));
    finish(poll_returns(&market.stage.world(), &market.lookup, &id)).unwrap();
    rest(&mut market);
    market.assert_shown("A", 7);
    let waiting = order(&market);
    assert_eq!((waiting.returns.len(), waiting.lines[0].taken()), (1, q(2)), "announced, and not back");
    inspect(&market, 1);
    rest(&mut market);
    market.assert_shown("A", 8);
    for _ in 0..2 {
        finish(poll_returns(&market.stage.world(), &market.lookup, &id)).unwrap();
        rest(&mut market);
    }
    market.assert_shown("A", 8);
    assert!(
        matches!(order(&market).returns[0].inspections[0].channel_sync, ChannelSync::Synced { .. }),
        "{:?}",
        order(&market).returns
    );
    let back = there(&market, name, |side, _, order| side.far_order(&order)).unwrap().lines[&sku("A")];
    assert_eq!((back.shipped, back.returned), (q(2), q(1)), "bol pays back one, once");
}
