//! A channel's times of change that lie ahead, stand still or go back: no order stays as it was because of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::StockHint;
use domain::{ConnectionId, OrderNumber};
use engine::{Correction, StockChange, correct_stock, publish_stock};
use jiff::{SignedDuration, Timestamp};
use ports::{Connectors as _, QueueName};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, q, sku};
use testkit::run::finish;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A market on which `id` sold three units by one order, of which one was cancelled again when its clock showed what `dated` makes of the
/// time. `None` where the channel does not cancel single units, or its list keeps to its own clock.
fn changed(id: &ConnectionId, dated: impl Fn(Timestamp) -> Timestamp) -> Option<Market> {
    let mut market = Market::open(&[("A", 10)], 10);
    market.stage.clock.pass(SignedDuration::from_secs(60));
    let order = market.on(id, |side, now| side.buy(now, &sku("A"), q(3))).unwrap();
    polls(&mut market, 4);
    if !market.on(id, |side, now| side.cancel_units(dated(now), &order, &sku("A"), q(1))) {
        return None;
    }
    polls(&mut market, 4);
    (held(&market) == 2).then_some(market)
}

fn cancelled(market: &Market, id: &ConnectionId, dated: impl Fn(Timestamp) -> Timestamp) {
    assert!(market.on(id, |side, now| side.orders().iter().all(|order| side.cancel(dated(now), order))), "{id}");
}

/// Only polls, for so many minutes.
fn polls(market: &mut Market, minutes: u32) {
    for _ in 0..minutes {
        market.stage.clock.pass(SignedDuration::from_secs(60));
        market.poll();
        market.work();
    }
}

fn held(market: &Market) -> i64 {
    let orders = invariants::orders(&market.stage.table);
    assert_eq!(orders.len(), 1);
    invariants::check(&market.stage.table);
    orders.values().flat_map(|order| &order.lines).map(|line| line.committed().units()).sum()
}

#[test]
fn a_cancellation_is_taken_in_by_polls_though_the_change_before_was_dated_ahead() {
    let mut proven = 0;
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        for ahead in [HOUR, HOUR * 24 * 365] {
            let Some(mut market) = changed(&id, |now| now + ahead) else { continue };
            proven += 1;
            cancelled(&market, &id, |now| now);
            polls(&mut market, 8);
            assert_eq!(held(&market), 0, "{id} {ahead:#}");
            market.settle();
            market.assert_shown("A", 10);
        }
    }
    assert!(proven >= 2, "{proven}");
}

#[test]
fn a_change_that_is_dated_ahead_is_read_once_and_not_at_every_poll() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let Some(mut market) = changed(&id, |now| now + HOUR * 24 * 365) else { continue };
        polls(&mut market, 10);
        let before = market.stage.far_sides.record().len();
        polls(&mut market, 10);
        let calls = market.stage.far_sides.record().len() - before;
        let mut usual = changed(&id, |now| now).unwrap();
        polls(&mut usual, 10);
        let before = usual.stage.far_sides.record().len();
        polls(&mut usual, 10);
        let expected = usual.stage.far_sides.record().len() - before;
        assert!(calls <= expected, "{id}: {calls} calls in ten minutes where {expected} do");
    }
}

#[test]
fn a_line_that_changes_while_its_time_of_change_stands_still_is_seen_by_polls_alone() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 30)], 30);
        market.stage.clock.pass(SignedDuration::from_secs(60));
        // A shop with other open orders, older and newer.
        for _ in 0..12 {
            assert!(market.buy(&id, "A", 1));
        }
        let (order, placed) = market.on(&id, |side, now| (side.buy(now, &sku("A"), q(3)).unwrap(), now));
        polls(&mut market, 40);
        let before = |market: &Market| -> i64 {
            invariants::orders(&market.stage.table).values().flat_map(|o| &o.lines).map(|l| l.committed().units()).sum()
        };
        assert_eq!(before(&market), 15, "{id}");
        // Its own clock is set back to then, as it were.
        if !market.on(&id, |side, _| side.cancel_units(placed, &order, &sku("A"), q(2))) {
            assert!(market.on(&id, |side, _| side.cancel(placed, &order)), "{id}");
        }
        polls(&mut market, 10);
        assert!(before(&market) <= 13, "{id}: not seen within ten minutes");
        market.settle();
        invariants::check(&market.stage.table);
    }
}

/// Nothing but the fence reads orders, for so many minutes: no poll by the clock takes its turn of open orders.
fn pushes(market: &mut Market, minutes: i64) {
    for _ in 0..minutes * 30 {
        market.stage.clock.pass(SignedDuration::from_secs(2));
        market.work();
    }
    invariants::check(&market.stage.table);
}

fn receive(market: &Market, units: i64) {
    let (reason, by) = ("receipt".into(), "test".into());
    let correction = Correction { sku: sku("A"), location: location("main"), change: StockChange::Add(units), reason, by };
    finish(correct_stock(&market.stage.world(), &correction)).unwrap();
}

/// Orders that were asked for one by one on a channel. Of a list and one order that are asked for at the same address, the same.
fn reads(market: &Market, id: &ConnectionId, number: &OrderNumber) -> usize {
    let host = format!("{id}.example.test");
    let of_it = |exchange: &testkit::far_sides::Exchange| {
        let told = format!("{} {}", exchange.request.uri().path(), String::from_utf8_lossy(exchange.request.body()));
        exchange.host == host && told.contains(number.as_str())
    };
    market.stage.far_sides.record().iter().filter(|exchange| of_it(exchange)).count()
}

#[test]
fn a_figure_that_fell_without_an_order_to_tell_why_is_not_raised_over_a_line_that_was_changed() {
    for id in Market::open(&[("A", 30)], 30).connections.clone() {
        let mut market = Market::open(&[("A", 30)], 30);
        market.stage.clock.pass(SignedDuration::from_secs(60));
        let orders: Vec<OrderNumber> =
            (0..4).map(|_| market.on(&id, |side, now| side.buy(now, &sku("A"), q(1))).unwrap()).collect();
        polls(&mut market, 4);
        market.settle();
        market.assert_shown("A", 26);
        assert!(market.on(&id, |side, now| side.change_silently(now, &orders[2], &sku("A"), q(5))), "{id}");
        assert_eq!(market.shown(&id, "A"), 22, "{id}");
        // Goods come in: everybody may show two more, and here six.
        receive(&market, 2);
        pushes(&mut market, 5);
        market.assert_shown("A", 24);
        let orders_now = invariants::orders(&market.stage.table);
        let changed = &orders_now[&(id.clone(), orders[2].clone())];
        assert_eq!(changed.lines[0].committed(), q(5), "{id}");
        // A figure that its staff lowered is raised again, at the cost of a read of each open order of it; an explained one costs none.
        let before: Vec<usize> = orders.iter().map(|order| reads(&market, &id, order)).collect();
        market.on(&id, |side, now| side.edit_stock(now, &sku("A"), q(20)));
        receive(&market, 2);
        pushes(&mut market, 5);
        market.assert_shown("A", 26);
        let cost: Vec<usize> = orders.iter().zip(before).map(|(order, before)| reads(&market, &id, order) - before).collect();
        assert_eq!(cost, [1; 4], "{id}: each is read once");
        assert!(market.buy(&id, "A", 3), "{id}");
        let before: Vec<usize> = orders.iter().map(|order| reads(&market, &id, order)).collect();
        receive(&market, 2);
        pushes(&mut market, 5);
        market.assert_shown("A", 25);
        let cost: Vec<usize> = orders.iter().zip(before).map(|(order, before)| reads(&market, &id, order) - before).collect();
        assert_eq!(cost, [0; 4], "{id}: a sale explains itself");
    }
}

#[test]
fn an_order_that_was_found_so_holds_the_figure_down_until_it_is_in_though_its_message_is_lost() {
    for id in Market::open(&[("A", 30)], 30).connections.clone() {
        let mut market = Market::open(&[("A", 30)], 30);
        market.stage.clock.pass(SignedDuration::from_secs(60));
        let order = market.on(&id, |side, now| side.buy(now, &sku("A"), q(1))).unwrap();
        polls(&mut market, 4);
        market.settle();
        assert!(market.on(&id, |side, now| side.change_silently(now, &order, &sku("A"), q(5))), "{id}");
        receive(&market, 2);
        let mut lost = 0;
        for _ in 0..120 {
            market.stage.clock.pass(SignedDuration::from_secs(2));
            market.work();
            lost += market.stage.queue.take(QueueName::Inbound).len();
            assert_eq!(market.shown(&id, "A"), 25, "{id}: raised over what nobody has taken in");
        }
        assert!(lost > 0, "{id}");
        for _ in 0..3 {
            market.stage.clock.pass(SignedDuration::from_mins(8));
            market.poll();
            pushes(&mut market, 2);
        }
        market.assert_shown("A", 27);
    }
}

#[test]
fn where_a_shop_leads_units_of_a_line_that_was_changed_are_no_edit_of_its_staff() {
    let able = |id: &ConnectionId| {
        let channel = connectors::Registry.get(&domain::ChannelId::new(id.as_str()).unwrap()).unwrap();
        channel.stock().unwrap().descriptor().can_lead
    };
    for id in Market::open(&[("A", 30)], 30).connections.clone().into_iter().filter(able) {
        let mut market = Market::open(&[("A", 30)], 30);
        market.let_lead(&id);
        market.stage.clock.pass(SignedDuration::from_secs(60));
        let order = market.on(&id, |side, now| side.buy(now, &sku("A"), q(1))).unwrap();
        polls(&mut market, 4);
        market.settle();
        let look = StockHint { sku: sku("A"), connection: Some(id.clone()) };
        drop(finish(publish_stock(&market.stage.world(), &market.lookup, std::slice::from_ref(&look))));
        pushes(&mut market, 5);
        assert!(market.on(&id, |side, now| side.change_silently(now, &order, &sku("A"), q(5))), "{id}");
        // As a webhook of the product says.
        drop(finish(publish_stock(&market.stage.world(), &market.lookup, &[look])));
        pushes(&mut market, 10);
        market.assert_shown("A", 25);
        let level = *invariants::stock(&market.stage.table).values().next().unwrap();
        assert_eq!((level.available, level.reserved), (q(25), q(5)), "{id}: what is set aside is not taken away as well");
    }
}
