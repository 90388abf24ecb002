//! Connectors that keep a figure for each of their locations: each shows what lies at its place, whatever happens on the way.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use async_trait::async_trait;
use connectors::Registry;
use domain::{ConnectionId, RuleChange, StockSettings};
use engine::views::explain;
use engine::{
    Cache, Correction, Ports, ReconcileLimits, StockChange, Transfer, correct_stock, publish_stock, put_rule, put_stock_settings,
    reconcile, transfer_stock,
};
use jiff::SignedDuration;
use ports::{Clock, Connectors, Http, Request, Response, Result};
use simulation::invariants;
use simulation::market::{Goods, Market};
use simulation::shop::{location, q, sku};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::exhaustive::every_fault;
use testkit::far_sides::FarSides;
use testkit::run::{finish, run};

const PLACES: [&str; 2] = ["main", "far"];

/// Three units at `main` and four at `far`, published and at rest.
fn market() -> Market {
    Market::open_with(&Goods { products: &[("A", 3)], far: &[4], locations: &PLACES, places: true, ..Goods::default() })
}

/// The connections whose channel has places of its own.
fn with_places(market: &Market) -> Vec<ConnectionId> {
    let has =
        |id: &&ConnectionId| Registry.get(&market.row(id).channel).unwrap().stock().unwrap().descriptor().locations.is_some();
    let found: Vec<_> = market.connections.iter().filter(has).cloned().collect();
    assert!(!found.is_empty(), "some channel has places");
    found
}

fn shown(market: &Market, id: &ConnectionId) -> Vec<i64> {
    market.on(id, |side, _| {
        let places = side.places().unwrap();
        PLACES.iter().map(|name| places.shown_at(&sku("A"), &location(name)).unwrap_or(-1)).collect()
    })
}

fn assert_places(market: &Market, expected: &[i64]) {
    for id in with_places(market) {
        assert_eq!(shown(market, &id), expected, "{id}");
    }
    market.assert_shown("A", expected.iter().sum());
}

#[test]
fn it_is_explained_place_by_place() {
    let market = market();
    let explained = finish(explain(&market.stage.world(), &sku("A"), None)).unwrap();
    let [with] = with_places(&market).try_into().unwrap();
    for listing in &explained.listings {
        let places: Vec<_> =
            listing.channel_locations.iter().map(|place| (place.location.as_str(), place.target_quantity.units())).collect();
        let expected = if listing.connection == with { vec![("main", 3), ("far", 4)] } else { Vec::new() };
        assert_eq!(places, expected, "{}", listing.connection);
    }
    let text = explained.to_string();
    assert!(text.contains("3  of these at main") && text.contains("4  of these at far"), "{text}");
}

fn transfer(market: &Market, from: &str, to: &str, units: i64) {
    let (from, to) = (location(from), location(to));
    let transfer = Transfer { sku: sku("A"), from, to, units: q(units), reason: "moved".into(), by: "test".into() };
    finish(transfer_stock(&market.stage.world(), &transfer)).unwrap();
}

fn count(market: &Market, at: &str, units: i64) {
    let change = StockChange::Set(q(units));
    let correction = Correction { sku: sku("A"), location: location(at), change, reason: "count".into(), by: "test".into() };
    finish(correct_stock(&market.stage.world(), &correction)).unwrap();
}

fn writes(market: &Market) -> Vec<u64> {
    market.connections.iter().map(|id| market.on(id, |side, _| side.stock_writes())).collect()
}

/// Long enough for lists of orders that lag, and for hints that wait.
fn rest(market: &mut Market) {
    for _ in 0..3 {
        market.stage.clock.pass(SignedDuration::from_secs(40));
        market.settle();
    }
    invariants::check(&market.stage.table);
}

#[test]
fn every_place_shows_what_lies_there() {
    assert_places(&market(), &[3, 4]);
}

#[test]
fn a_transfer_moves_units_there_and_tells_nobody_else() {
    let mut market = market();
    let before = writes(&market);
    transfer(&market, "far", "main", 3);
    rest(&mut market);
    assert_places(&market, &[6, 1]);
    let has_places = with_places(&market);
    let expected: Vec<u64> =
        market.connections.iter().zip(before).map(|(id, n)| n + u64::from(has_places.contains(id))).collect();
    assert_eq!(writes(&market), expected, "one write each, and none elsewhere");
}

#[test]
fn what_the_rule_holds_back_is_held_back_at_the_least_preferred_and_what_is_sold_ahead_is_at_the_most() {
    let mut market = market();
    let world = market.stage.world();
    let rule = |change: RuleChange| finish(put_rule(&world, &sku("A"), None, &change, "test")).unwrap();
    rule(RuleChange { safety_stock: Some(q(2)), ..RuleChange::default() });
    rest(&mut market);
    assert_places(&market, &[3, 2]);
    rule(RuleChange { pre_order: Some(q(5)), ..RuleChange::default() });
    rest(&mut market);
    assert_places(&market, &[8, 4]);
}

/// The channel sends from its own choice of place, and we from ours: theirs follows, once.
#[test]
fn a_sale_that_is_sent_from_another_place_ends_where_we_have_it() {
    let mut market = market();
    for id in with_places(&market) {
        market.on(&id, |side, _| side.places().unwrap().sell_from(&location("far")));
        assert!(market.buy(&id, "A", 2));
        assert_eq!(shown(&market, &id), [3, 2]);
    }
    rest(&mut market);
    let ours: Vec<i64> =
        PLACES.iter().map(|name| invariants::stock(&market.stage.table)[&(sku("A"), location(name))].available.units()).collect();
    assert_eq!(ours, [1, 4], "ours prefers main");
    assert_places(&market, &ours);
    let after = writes(&market);
    rest(&mut market);
    assert_eq!(writes(&market), after, "and stays so");
}

#[test]
fn a_redistribution_survives_every_fault_at_every_call() {
    let tries = every_fault(|one| {
        let mut market = market();
        transfer(&market, "main", "far", 2);
        market.stage.clock.pass(SignedDuration::from_secs(2));
        let hints = market.take_hints();
        market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let done = run(publish_stock(&market.stage.world(), &market.lookup, &hints));
        let calls = market.stage.faults.calls().len();
        market.stage.faults.plan([]);
        if done.is_none_or(|pushed| !pushed.failed.is_empty()) {
            market.stage.clock.pass(SignedDuration::from_secs(180));
            assert!(run(publish_stock(&market.stage.world(), &market.lookup, &hints)).is_some_and(|p| p.failed.is_empty()));
        }
        market.settle();
        assert_places(&market, &[1, 6]);
        invariants::check(&market.stage.table);
        calls
    });
    assert!(tries >= 20, "{tries}");
}

/// The way out, with a customer who buys just before the request of this number.
struct Hurried {
    inner: Arc<FarSides>,
    host: String,
    before: usize,
    sent: AtomicUsize,
}

#[async_trait]
impl Http for Hurried {
    async fn send(&self, request: Request) -> Result<Response> {
        if self.sent.fetch_add(1, Ordering::SeqCst) == self.before {
            self.inner.with(&self.host, |side, now| {
                side.places().unwrap().sell_from(&location("far"));
                side.buy(now, &sku("A"), q(1)).unwrap();
            });
        }
        self.inner.send(request).await
    }
}

#[test]
fn a_sale_between_look_and_write_moves_no_unit_that_is_gone() {
    for before in 0..6 {
        for id in with_places(&market()) {
            let mut market = market();
            transfer(&market, "main", "far", 2);
            market.stage.clock.pass(SignedDuration::from_secs(2));
            let hints = market.take_hints();
            let (inner, host) = (market.stage.far_sides.clone(), format!("{id}.example.test"));
            let http = Arc::new(Hurried { inner, host, before, sent: AtomicUsize::new(0) });
            let world = Ports { http, ..market.stage.world() };
            run(publish_stock(&world, &market.lookup, &hints)).unwrap();
            assert!(market.shown(&id, "A") <= 7, "no unit came back");
            rest(&mut market);
            let left: i64 = invariants::stock(&market.stage.table).values().map(|level| level.available.units()).sum();
            assert!(market.shown(&id, "A") == left && left >= 6, "{before}: {left}");
            let ours = |name| invariants::stock(&market.stage.table)[&(sku("A"), location(name))].available.units();
            assert_eq!(shown(&market, &id), PLACES.map(ours), "{before}");
        }
    }
}

#[test]
fn a_place_where_the_item_is_not_kept_is_named_and_what_nobody_has_is_taken_off_all_the_same() {
    let mut market = market();
    for id in with_places(&market) {
        market.on(&id, |side, _| side.places().unwrap().edit_stock_at(&sku("A"), &location("far"), None));
    }
    count(&market, "main", 2);
    rest(&mut market);
    for id in with_places(&market) {
        let row = market.listing(&id, "A");
        assert!(row.problem.is_some_and(|problem| problem.contains("`location.far`")), "{id}");
        assert_eq!(shown(&market, &id), [3, -1], "three are fewer than there are");
    }
    count(&market, "far", 0);
    rest(&mut market);
    for id in with_places(&market) {
        assert_eq!((shown(&market, &id), market.listing(&id, "A").problem), (vec![2, -1], None), "nothing is wanted there now");
    }
    count(&market, "main", 0);
    count(&market, "far", 1);
    rest(&mut market);
    for id in with_places(&market) {
        assert_eq!(shown(&market, &id), [0, -1], "one is left, and two were on sale");
        assert!(market.listing(&id, "A").problem.is_some_and(|problem| problem.contains("`location.far`")), "{id}");
        market.on(&id, |side, _| side.places().unwrap().edit_stock_at(&sku("A"), &location("far"), Some(q(0))));
    }
    count(&market, "far", 4);
    rest(&mut market);
    assert_places(&market, &[0, 4]);
    assert!(with_places(&market).iter().all(|id| market.listing(id, "A").problem.is_none()));
}

#[test]
fn a_share_is_spread_too_and_a_transfer_moves_it() {
    let mut market = market();
    let settings = StockSettings { quota_mode_below: Some(q(20)), ..StockSettings::default() };
    finish(put_stock_settings(&market.stage.world(), &settings)).unwrap();
    market.lookup = Cache::default();
    count(&market, "main", 2);
    rest(&mut market);
    rest(&mut market);
    for id in with_places(&market) {
        let total = market.shown(&id, "A");
        assert!(total < 6 && total > 0, "{id} has a share: {total}");
        assert_eq!(shown(&market, &id), [total.min(2), (total - 2).max(0)]);
        transfer(&market, "main", "far", 2);
        rest(&mut market);
        assert_eq!(shown(&market, &id), [0, total]);
    }
}

#[test]
fn what_the_merchant_moves_on_the_channel_is_put_back_when_the_channel_tells() {
    let mut market = market();
    market.subscribe();
    let world = market.stage.world();
    market.webhooks(&world);
    for id in with_places(&market) {
        market.on(&id, |side, _| {
            let places = side.places().unwrap();
            places.edit_stock_at(&sku("A"), &location("main"), Some(q(7)));
            places.edit_stock_at(&sku("A"), &location("far"), Some(q(0)));
        });
    }
    assert!(market.webhooks(&world) >= 2);
    rest(&mut market);
    assert_places(&market, &[3, 4]);
}

#[test]
fn what_no_channel_told_of_is_put_back_by_the_next_comparison() {
    let mut market = market();
    let world = market.stage.world();
    for id in with_places(&market) {
        market.on(&id, |side, _| {
            let places = side.places().unwrap();
            places.edit_stock_at(&sku("A"), &location("main"), Some(q(5)));
            places.edit_stock_at(&sku("A"), &location("far"), Some(q(2)));
        });
        let until = market.stage.clock.now() + SignedDuration::from_mins(5);
        let done = finish(reconcile(&world, &market.lookup, &id, ReconcileLimits::default(), until)).unwrap();
        assert!(done.complete);
        assert_eq!((done.counts.matching, done.counts.differences.len()), (1, 0), "what is on sale is right");
    }
    rest(&mut market);
    assert_places(&market, &[3, 4]);
}

#[test]
fn a_bundle_shows_at_each_place_the_sets_that_its_parts_there_make() {
    let parts: &[(&str, i64)] = &[("P", 2)];
    let goods = Goods {
        products: &[("P", 5)],
        far: &[4],
        locations: &PLACES,
        bundle: Some(("A", parts)),
        places: true,
        shown: 0,
        group: None,
        shape: None,
    };
    let mut market = Market::open_with(&goods);
    rest(&mut market);
    assert_places(&market, &[2, 2]);
}
