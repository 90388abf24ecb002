//! Raises never starve what must fall: each limit of a channel is held back alone, raises share their polls, and lowers go first.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::Cause;
use domain::{ConnectionId, StockRule};
use engine::{poll_orders, put_connection};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, ErrorKind};
use simulation::market::Market;
use simulation::shop::q;
use testkit::run::finish;

const STEP: SignedDuration = SignedDuration::from_millis(100);

/// Every channel shows at most 50, as in the example configuration, and tells us of its orders.
fn market(products: &[(&str, i64)]) -> Market {
    let mut market = Market::open(products, 10);
    for id in market.connections.clone() {
        let row = market.row(&id);
        let row = engine::rows::ConnectionRow { rule: StockRule { maximum: Some(q(50)), ..StockRule::default() }, ..row };
        finish(put_connection(&market.stage.world(), &row)).unwrap();
    }
    market.lookup = engine::Cache::default();
    market.subscribe();
    for (product, _) in products {
        engine_hint(&market, product);
    }
    market.settle();
    for (product, units) in products {
        market.assert_shown(product, 50.min(*units));
    }
    market.stage.clock.pass(SignedDuration::from_mins(5));
    market.settle();
    market
}

fn engine_hint(market: &Market, product: &str) {
    let hint = contracts::StockHint { sku: simulation::shop::sku(product), connection: None };
    let body = contracts::Message::to_json(&hint);
    let message = ports::OutgoingMessage { body, delay: std::time::Duration::ZERO };
    finish(market.stage.world().queue.send(ports::QueueName::StockHints, vec![message])).unwrap();
}

/// A tenth of a second in which the functions do what there is to do.
fn step(market: &mut Market) {
    market.stage.clock.pass(STEP);
    let world = market.stage.world();
    market.webhooks(&world);
    market.work();
    market.work();
}

/// Thirty sales of several products on `busy` within twelve seconds: with 50 shown of more, each of them makes a raise.
fn storm(market: &mut Market, busy: &ConnectionId) {
    for sale in 0..30 {
        let product = ["A", "B", "C"][sale % 3];
        assert!(market.buy(busy, product, 1));
        for _ in 0..4 {
            step(market);
        }
    }
}

/// How long until a channel shows a figure. Polls come once a minute, as the schedule has it.
fn until_shown(market: &mut Market, id: &ConnectionId, product: &str, units: i64) -> SignedDuration {
    let began = market.stage.clock.now();
    for _ in 0..900 {
        if market.shown(id, product) == units {
            return market.stage.clock.now().duration_since(began);
        }
        step(market);
    }
    panic!("{id} still shows {} of {product} after 90 seconds", market.shown(id, product));
}

/// Calls for the list of orders that `id` got since.
fn order_lists(market: &Market, id: &ConnectionId, since: Timestamp) -> usize {
    let host = format!("{id}.example.test");
    let asked_for_orders = |body: &str, path: &str| {
        path.ends_with("/orders") || (path.ends_with("/graphql.json") && body.contains("\"operationName\":\"Orders\""))
    };
    let record = market.stage.far_sides.record();
    let mine = record.iter().filter(|one| one.host == host && one.at >= since);
    let lists = mine.filter(|one| one.request.method() == "GET" || one.request.method() == "POST");
    lists.filter(|one| asked_for_orders(&String::from_utf8_lossy(one.request.body()), one.request.uri().path())).count()
}

#[test]
fn one_sale_elsewhere_lowers_a_busy_channel_within_a_second_though_thirty_raises_wait_there() {
    for busy in Market::open(&[("A", 1)], 1).connections.clone() {
        let mut market = market(&[("A", 200), ("B", 200), ("C", 200), ("D", 9)]);
        let other = market.connections.iter().find(|id| **id != busy).unwrap().clone();
        let began = market.stage.clock.now();
        storm(&mut market, &busy);
        assert!(market.buy(&other, "D", 1));
        let latency = until_shown(&mut market, &busy, "D", 8);
        println!("{busy}: the lower figure after {latency:#}, {} lists of orders", order_lists(&market, &busy, began));
        assert!(latency <= SignedDuration::from_secs(1), "{busy}: {latency:#}");
        market.settle();
        for product in ["A", "B", "C"] {
            market.assert_shown(product, 50);
        }
        market.assert_shown("D", 8);
    }
}

#[test]
fn a_limit_that_lists_of_orders_used_up_holds_back_nothing_that_must_fall() {
    let mut refused = Vec::new();
    for busy in Market::open(&[("A", 1)], 1).connections.clone() {
        let mut market = market(&[("A", 9)]);
        let other = market.connections.iter().find(|id| **id != busy).unwrap().clone();
        let world = market.stage.world();
        let mut polls = (0..1000).map(|_| finish(poll_orders(&world, &market.lookup, &busy, Cause::Poll)));
        if polls.any(|poll| poll.is_err_and(|error| error.kind == ErrorKind::RateLimited)) {
            refused.push(busy.to_string());
        }
        assert!(market.buy(&other, "A", 1));
        let latency = until_shown(&mut market, &busy, "A", 8);
        assert!(latency <= SignedDuration::from_secs(1), "{busy}: {latency:#}");
    }
    assert_eq!(refused, ["bol", "shopify"], "those that have a limit");
}

#[test]
fn a_figure_that_must_fall_does_not_wait_for_a_raise_of_its_own_listing() {
    for busy in Market::open(&[("A", 1)], 1).connections.clone() {
        let mut market = market(&[("A", 60)]);
        let other = market.connections.iter().find(|id| **id != busy).unwrap().clone();
        // 49 are shown and 50 may be: a raise is put off until the orders are in.
        assert!(market.buy(&busy, "A", 1));
        for _ in 0..15 {
            step(&mut market);
        }
        assert!(market.listing(&busy, "A").put_off_until.is_some(), "{busy}: a raise waits");
        // 44 are left: what waits is now more than there is.
        assert!(market.buy(&other, "A", 15));
        let latency = until_shown(&mut market, &busy, "A", 44);
        assert!(latency <= SignedDuration::from_secs(1), "{busy}: {latency:#}");
        market.settle();
        market.assert_shown("A", 44);
    }
}

#[test]
fn raises_of_a_connection_share_their_polls() {
    for busy in Market::open(&[("A", 1)], 1).connections.clone() {
        let products = [("A", 200), ("B", 200), ("C", 200), ("D", 200), ("E", 200), ("F", 200), ("G", 200)];
        let mut market = market(&products);
        let before = market.stage.clock.now();
        for (product, _) in products {
            assert!(market.buy(&busy, product, 1));
        }
        for _ in 0..450 {
            step(&mut market);
        }
        let lists = order_lists(&market, &busy, before);
        println!("{busy}: {lists} lists of orders for {} raises", products.len());
        for (product, _) in products {
            assert_eq!(market.shown(&busy, product), 50, "{busy}: {product} is raised again");
        }
        // One read tells all of them; bol's list has an empty page at its end.
        assert!((1..=4).contains(&lists), "{busy}: {lists}");
    }
}
