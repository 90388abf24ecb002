//! A set that a plugin of a shop puts into an order together with its parts: what is done about it reaches the lines of the parts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{CancelReason, ConnectionId, LineUnits, Order, OrderNumber, Quantity, ReturnCondition, ReturnResolution};
use engine::{OrderCommand, handle_order};
use jiff::SignedDuration;
use simulation::invariants;
use simulation::market::{Goods, Market};
use simulation::shop::{location, q, sku};
use testkit::run::finish;

fn rest(market: &mut Market) {
    for _ in 0..3 {
        market.stage.clock.pass(SignedDuration::from_secs(90));
        market.poll();
        market.settle();
    }
    invariants::check(&market.stage.table);
}

/// Nine lamps and nine cords; a set is one lamp and two cords, and two of it are sold by a shop with such a plugin.
fn sold() -> (Market, ConnectionId, [OrderNumber; 2]) {
    let parts = [("LAMP", 1), ("CORD", 2)];
    let goods = Goods { products: &[("LAMP", 9), ("CORD", 9)], bundle: Some(("SET", &parts)), shown: 4, ..Goods::default() };
    let mut market = Market::open_with(&goods);
    rest(&mut market);
    let parts = parts.map(|(name, units)| (sku(name), q(units)));
    let sells = |id: &&ConnectionId| {
        let first = market.on(id, |side, now| side.buy_set(now, &sku("SET"), &parts));
        first.map(|first| ((*id).clone(), [first, market.on(id, |side, now| side.buy_set(now, &sku("SET"), &parts)).unwrap()]))
    };
    let (id, orders) = market.connections.iter().find_map(|id| sells(&id)).unwrap();
    rest(&mut market);
    assert_shown(&market, 7, 5, 2);
    (market, id, orders)
}

fn assert_shown(market: &Market, lamps: i64, cords: i64, sets: i64) {
    market.assert_shown("LAMP", lamps);
    market.assert_shown("CORD", cords);
    market.assert_shown("SET", sets);
}

fn order(market: &Market, id: &ConnectionId, number: &OrderNumber) -> Order {
    invariants::orders(&market.stage.table)[&(id.clone(), number.clone())].clone()
}

fn units(market: &Market, id: &ConnectionId, number: &OrderNumber, wanted: &[(&str, i64)]) -> Vec<LineUnits> {
    let lines = order(market, id, number).snapshot.lines;
    let of = |name: &str| lines.iter().find(|line| line.sku == Some(sku(name))).unwrap().id.clone();
    wanted.iter().map(|(name, units)| LineUnits { line: of(name), units: q(*units) }).collect()
}

fn does(market: &mut Market, id: &ConnectionId, number: &OrderNumber, command: &OrderCommand) {
    finish(handle_order(&market.stage.world(), &market.lookup, id, number, command, "Ada Example")).unwrap();
    rest(market);
}

/// Cancelled, sent and returned units of a product in an order, as the shop has them.
fn there(market: &Market, id: &ConnectionId, number: &OrderNumber, name: &str) -> (i64, i64, i64) {
    let line = market.on(id, |side, _| side.far_order(number)).unwrap().lines[&sku(name)];
    (line.cancelled.units(), line.shipped.units(), line.returned.units())
}

fn ship(market: &mut Market, id: &ConnectionId, number: &OrderNumber, wanted: &[(&str, i64)]) {
    let lines = units(market, id, number, wanted);
    does(market, id, number, &OrderCommand::Ship { id: None, location: location("main"), lines, carrier: None, tracking: None });
}

fn nothing_is_asked(market: &Market) {
    let parked = market.stage.table.rows().into_iter().filter(|row| row.key.pk == engine::rows::ParkedRow::PARTITION).count();
    assert_eq!(parked, 0);
}

#[test]
fn all_that_is_to_be_sent_are_its_parts_and_then_the_order_is_complete() {
    let (mut market, id, [first, second]) = sold();
    // Everything, without naming a line.
    ship(&mut market, &id, &first, &[]);
    let there_now = market.on(&id, |side, _| side.far_order(&first)).unwrap();
    let parcel: Vec<(String, Quantity)> =
        there_now.parcels[0].lines.iter().map(|(name, units)| (name.to_string(), *units)).collect();
    assert_eq!(parcel, [("CORD".to_owned(), q(2)), ("LAMP".to_owned(), q(1))]);
    assert_eq!(order(&market, &id, &first).snapshot.channel_status, "completed");
    // In two shipments.
    ship(&mut market, &id, &second, &[("CORD", 2)]);
    assert_eq!(order(&market, &id, &second).snapshot.channel_status, "processing");
    ship(&mut market, &id, &second, &[("LAMP", 1)]);
    assert_eq!(order(&market, &id, &second).snapshot.channel_status, "completed");
    assert_shown(&market, 7, 5, 2);
    let left: i64 =
        invariants::stock(&market.stage.table).values().map(|level| level.available.plus(level.reserved).units()).sum();
    assert_eq!(left, 12, "two lamps and four cords have left, and nothing twice");
    nothing_is_asked(&market);
}

#[test]
fn a_part_that_is_cancelled_is_cancelled_on_its_own_line_and_all_of_them_are_the_order() {
    let (mut market, id, [first, second]) = sold();
    let lines = units(&market, &id, &first, &[("CORD", 1)]);
    does(
        &mut market,
        &id,
        &first,
        &OrderCommand::Cancel { id: None, lines, reason: CancelReason::CustomerRequest, write_off: None },
    );
    assert_eq!(there(&market, &id, &first, "CORD"), (1, 0, 0));
    assert_eq!((there(&market, &id, &first, "LAMP"), there(&market, &id, &first, "SET")), ((0, 0, 0), (0, 0, 0)));
    assert_shown(&market, 7, 6, 3);
    ship(&mut market, &id, &first, &[]);
    assert_eq!(order(&market, &id, &first).snapshot.channel_status, "completed");
    // All of it, without naming a line.
    let all = OrderCommand::Cancel { id: None, lines: Vec::new(), reason: CancelReason::CustomerRequest, write_off: None };
    does(&mut market, &id, &second, &all);
    assert_eq!(order(&market, &id, &second).snapshot.channel_status, "cancelled");
    assert_shown(&market, 8, 8, 4);
    nothing_is_asked(&market);
}

#[test]
fn a_part_that_comes_back_is_paid_back_on_its_own_line_and_is_on_sale_once() {
    let (mut market, id, [first, _]) = sold();
    ship(&mut market, &id, &first, &[]);
    let lines = units(&market, &id, &first, &[("CORD", 1)]);
    does(&mut market, &id, &first, &OrderCommand::AnnounceReturn { id: None, lines, reason: String::new() });
    let back = order(&market, &id, &first).returns[0].clone();
    let inspect = OrderCommand::InspectReturn {
        id: None,
        r#return: back.id.clone(),
        line: back.lines[0].line.clone(),
        units: q(1),
        condition: ReturnCondition::Sellable,
        restock_at: Some(location("main")),
        resolution: ReturnResolution::Accepted,
    };
    does(&mut market, &id, &first, &inspect);
    assert_eq!(there(&market, &id, &first, "CORD"), (0, 2, 1));
    assert_eq!((there(&market, &id, &first, "LAMP").2, there(&market, &id, &first, "SET").2), (0, 0));
    assert_shown(&market, 7, 6, 3);
    nothing_is_asked(&market);
}

#[test]
fn its_staff_take_a_part_out_or_pay_it_back_and_only_that_part_follows() {
    let (mut market, id, [first, second]) = sold();
    assert!(market.on(&id, |side, now| side.cancel_units(now, &first, &sku("LAMP"), q(1))));
    rest(&mut market);
    assert_shown(&market, 8, 5, 2);
    assert!(market.on(&id, |side, now| side.cancel(now, &second)));
    rest(&mut market);
    assert_shown(&market, 9, 7, 3);
    nothing_is_asked(&market);
}
