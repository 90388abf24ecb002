//! What "stock" is in a shop: items that it does not count, items that it counts together, items that it sells past zero.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{MatchProblem, Quantity};
use engine::rows::{ListingRow, OfferRow, ParkedRow, StockRow, TypedRow};
use engine::views::PageRequest;
use engine::{Cache, Ports, match_by_hand, match_listings, preview_publication, put_rule};
use jiff::SignedDuration;
use ports::{Http, Request, Response, Result};
use simulation::invariants;
use simulation::market::{Goods, Market};
use simulation::shop::{location, q, sku};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use testkit::exhaustive::every_fault;
use testkit::far_sides::FarSides;
use testkit::planted::{Mistake, plant};
use testkit::run::{finish, run};

fn rest(market: &mut Market) {
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(95));
        market.poll();
        market.settle();
    }
    invariants::check(&market.stage.table);
}

/// As a webhook says of an item that changed on the channel.
fn word(market: &mut Market, id: &domain::ConnectionId) {
    let hint = contracts::StockHint { sku: sku("A"), connection: Some(id.clone()) };
    let pushed = finish(engine::publish_stock(&market.stage.world(), &market.lookup, &[hint]));
    assert!(pushed.failed.is_empty(), "{pushed:?}");
    rest(market);
}

/// Reads the listings again, as it is done by the clock.
fn look(market: &mut Market) {
    market.lookup = Cache::default();
    for id in market.connections.clone() {
        finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
    }
    rest(market);
}

fn available(market: &Market, product: &str) -> i64 {
    let row = market.stage.table.row(&StockRow::key(&sku(product), &location("main"))).unwrap();
    StockRow::from_row(&row).unwrap().level.available.units()
}

fn descriptor(id: &domain::ConnectionId) -> &'static ports::StockDescriptor {
    use ports::Connectors;
    connectors::Registry.get(&domain::ChannelId::new(id.as_str()).unwrap()).unwrap().stock().unwrap().descriptor()
}

/// What stands for a person to see.
fn parked(market: &Market) -> Vec<String> {
    let rows = market.stage.table.rows().into_iter().filter(|row| row.key.pk == ParkedRow::PARTITION);
    rows.map(|row| ParkedRow::from_row(&row).unwrap().reason).collect()
}

fn offer_of(market: &Market, id: &domain::ConnectionId, product: &str) -> OfferRow {
    let rows = market.stage.table.rows();
    let of_it = |row: &OfferRow| row.connection == *id && row.listing.sku.as_ref().is_some_and(|own| own.as_str() == product);
    let offers = rows.iter().filter(|row| row.key.sk.starts_with(OfferRow::PREFIX)).map(|row| OfferRow::from_row(row).unwrap());
    offers.into_iter().find(of_it).unwrap()
}

/// The connection of a channel that can be told not to track a product.
fn shops(market: &Market) -> Vec<domain::ConnectionId> {
    let has = |id: &domain::ConnectionId| {
        let shown = market.shown(id, "A");

        market.on(id, |side, now| side.set_tracking(now, &sku("A"), Some(Quantity::clamped(shown))))
    };
    market.connections.iter().filter(|id| has(id)).cloned().collect()
}

fn scenario(mistake: Mistake, scenario: impl Fn()) {
    scenario();
    plant(Some(mistake));
    let outcome = catch_unwind(AssertUnwindSafe(scenario));
    plant(None);
    assert!(outcome.is_err(), "{mistake:?} goes unnoticed");
}

#[test]
fn a_leading_shop_that_no_longer_counts_a_product_says_nothing_about_its_stock() {
    scenario(Mistake::UncountedTakenForAFigure, || {
        let mut market = Market::open(&[("A", 70), ("B", 5)], 1);
        rest(&mut market);
        let leader = market.connections.iter().find(|id| descriptor(id).can_lead).unwrap().clone();
        market.let_lead(&leader);
        // What it shows is known from now on.
        word(&mut market, &leader);
        assert_eq!((available(&market, "A"), market.shown(&leader, "A")), (70, 70));

        assert!(market.on(&leader, |side, now| side.set_tracking(now, &sku("A"), None)));
        word(&mut market, &leader);
        look(&mut market);
        assert_eq!(available(&market, "A"), 70, "no receipt, and no loss");
        for id in market.connections.clone().iter().filter(|id| **id != leader) {
            assert_eq!(market.shown(id, "A"), 70, "{id}");
        }
        let words = parked(&market);
        assert_eq!(words.iter().filter(|words| words.contains("does not track the stock of A")).count(), 1, "{words:?}");

        // What it sells meanwhile is sold.
        assert!(market.buy(&leader, "A", 3));
        rest(&mut market);
        assert_eq!(available(&market, "A"), 67);
        // Counted again: that is a word about stock.
        assert!(market.on(&leader, |side, now| side.set_tracking(now, &sku("A"), Some(q(60)))));
        word(&mut market, &leader);
        look(&mut market);
        assert_eq!((available(&market, "A"), market.shown(&leader, "A")), (60, 60));
    });
}

#[test]
fn what_a_channel_does_not_count_is_left_alone_until_the_merchant_says_so() {
    let market = Market::open(&[("A", 9), ("B", 4)], 1);
    for id in shops(&market) {
        let mut market = Market::open(&[("A", 9), ("B", 4)], 1);
        rest(&mut market);
        assert!(market.on(&id, |side, now| side.set_tracking(now, &sku("A"), None)));
        look(&mut market);
        rest(&mut market);
        let writes = market.on(&id, |side, _| side.stock_writes());
        let other = market.connections.iter().find(|other| **other != id).unwrap().clone();
        assert!(market.buy(&other, "A", 2));
        rest(&mut market);
        look(&mut market);
        assert_eq!(market.on(&id, |side, _| side.stock_writes()), writes, "{id} is told nothing");
        assert_eq!((available(&market, "A"), market.shown(&other, "A")), (7, 7));
        let page = finish(preview_publication(&market.stage.world(), &market.lookup, &id, &PageRequest::first(50))).unwrap();
        let item = page.listings.iter().find(|item| item.sku == Some(sku("A"))).unwrap();
        assert_eq!((item.not_tracked, item.observed_quantity, page.not_tracked), (true, None, 1), "{id}");

        let change = domain::RuleChange { start_tracking: Some(true), ..domain::RuleChange::default() };
        finish(put_rule(&market.stage.world(), &sku("A"), Some(&id), &change, "test")).unwrap();
        look(&mut market);
        let starts = descriptor(&id).starts_tracking;
        let shown = market.on(&id, |side, _| side.shown(&sku("A")));
        assert_eq!(market.on(&id, |side, _| side.stock_writes()) > writes, starts, "{id}");
        if starts {
            assert_eq!(shown, Some(7), "{id} tracks it from now on");
        }
    }
}

/// The network, where staff have a shop count `A` anew while an answer of the shop is on its way. It tells of that at once, and somebody is to look.
struct CountedMeanwhile {
    far_sides: Arc<FarSides>,
    world: Ports,
    id: domain::ConnectionId,
    /// Answers of the shop before that one.
    before: AtomicI64,
}

#[async_trait::async_trait]
impl Http for CountedMeanwhile {
    async fn send(&self, request: Request) -> Result<Response> {
        let host = format!("{}.example.test", self.id);
        let is_there = request.uri().host() == Some(host.as_str());
        let answer = self.world.http.send(request).await;
        if is_there && self.before.fetch_sub(1, Ordering::SeqCst) == 0 {
            assert_eq!(self.far_sides.with(&host, |side, now| side.set_tracking(now, &sku("A"), Some(q(60)))), Some(true));
            let hint = contracts::StockHint { sku: sku("A"), connection: Some(self.id.clone()) };
            let pushed = finish(engine::publish_stock(&self.world, &Cache::default(), &[hint]));
            assert!(pushed.failed.is_empty() && pushed.sent == 0, "{pushed:?}");
        }
        answer
    }
}

#[test]
fn what_is_counted_again_while_a_look_finds_it_uncounted_is_told_its_figure() {
    for id in shops(&Market::open(&[("A", 9), ("B", 4)], 1)) {
        // Whichever answer it is that says so.
        let mut met = 0;
        for before in 0..4 {
            let mut market = Market::open(&[("A", 9), ("B", 4)], 1);
            rest(&mut market);
            assert!(market.on(&id, |side, now| side.set_tracking(now, &sku("A"), None)));
            let world = market.stage.world();
            let (far_sides, before) = (Arc::clone(&market.stage.far_sides), AtomicI64::new(before));
            let http = CountedMeanwhile { far_sides, world: world.clone(), id: id.clone(), before };
            let hint = contracts::StockHint { sku: sku("A"), connection: Some(id.clone()) };
            // Looks are gathered for a while.
            assert_eq!(finish(engine::publish_stock(&world, &market.lookup, &[hint])).put_off, 1, "{id}");
            market.stage.clock.pass(SignedDuration::from_secs(4));
            let hints = market.take_hints();
            drop(finish(engine::publish_stock(&Ports { http: Arc::new(http), ..world }, &market.lookup, &hints)));
            let is_noted = market.listing(&id, "A").listing.counting == domain::Counting::NotCounted;
            if is_noted && market.on(&id, |side, _| side.shown(&sku("A"))) == Some(60) {
                met += 1;
                rest(&mut market);
                assert_eq!(market.shown(&id, "A"), 9, "{id}");
            }
        }
        assert!(met > 0, "{id} never said so just then");
    }
}

#[test]
fn what_is_counted_again_of_a_scarce_product_is_looked_at_before_its_share_is_believed() {
    for id in shops(&Market::open(&[("A", 9), ("B", 4)], 1)) {
        let mut market = Market::open(&[("A", 9), ("B", 4)], 0);
        let settings = domain::StockSettings { quota_mode_below: Some(Quantity::MAX), ..domain::StockSettings::default() };
        finish(engine::put_stock_settings(&market.stage.world(), &settings)).unwrap();
        market.lookup = Cache::default();
        rest(&mut market);
        assert!(market.shown(&id, "A") > 0, "{id}");
        assert!(market.on(&id, |side, now| side.set_tracking(now, &sku("A"), None)));
        word(&mut market, &id);
        assert_eq!(market.listing(&id, "A").listing.counting, domain::Counting::NotCounted, "{id}");
        assert!(market.on(&id, |side, now| side.set_tracking(now, &sku("A"), Some(q(11)))));
        word(&mut market, &id);
        let shown: Vec<i64> = market.connections.iter().map(|one| market.shown(one, "A")).collect();
        assert!(shown.iter().sum::<i64>() <= 9, "{id}: {shown:?} of 9");
    }
}

/// A shop where `A` and `B` are variations of one product.
fn variations() -> Market {
    let goods = Goods { products: &[("A", 9), ("B", 4), ("C", 5)], group: Some("Shirt"), ..Goods::default() };
    Market::open_with(&goods)
}

#[test]
fn two_products_with_one_stock_on_a_channel_are_published_to_neither() {
    scenario(Mistake::SharedStockPublished, || {
        let mut market = variations();
        rest(&mut market);
        let mut tried = 0;
        for id in market.connections.clone() {
            if !market.on(&id, |side, now| side.share_stock(now, &[sku("A"), sku("B")], q(13))) {
                continue;
            }
            tried += 1;
            look(&mut market);
            let writes = market.on(&id, |side, _| side.stock_writes());
            let other = market.connections.iter().find(|other| **other != id).unwrap().clone();
            assert!(market.buy(&other, "A", 1));
            rest(&mut market);
            look(&mut market);
            assert_eq!(market.on(&id, |side, _| side.stock_writes()), writes, "neither is told");
            assert_eq!(market.shown(&id, "A"), 13);
            for (own, twin) in [("A", "B"), ("B", "A")] {
                let problem =
                    MatchProblem::SharedStock { sku: Some(sku(own)), with: vec![offer_of(&market, &id, twin).listing.offer] };
                assert_eq!((offer_of(&market, &id, own).matched, offer_of(&market, &id, own).problem), (None, Some(problem)));
            }
            // Each gets a stock of its own: clear again, the one that is looked at later as well.
            assert!(market.on(&id, |side, now| side.set_tracking(now, &sku("A"), Some(q(1)))));
            look(&mut market);
            assert_eq!((market.shown(&id, "A"), offer_of(&market, &id, "B").matched), (8, Some(sku("B"))));
        }
        assert!(tried > 0, "a channel has such a thing");
    });
}

#[test]
fn what_is_sold_of_an_item_that_has_its_stock_with_another_is_the_product_that_it_is() {
    let mut tried = 0;
    for at in 0..variations().connections.len() {
        let mut market = variations();
        let id = market.connections[at].clone();
        rest(&mut market);
        if !market.on(&id, |side, now| side.share_stock(now, &[sku("A"), sku("B")], q(13))) {
            continue;
        }
        tried += 1;
        look(&mut market);
        let before = available(&market, "A");
        assert!(market.buy(&id, "A", 2));
        rest(&mut market);
        let orders = invariants::orders(&market.stage.table);
        let skus: Vec<_> = orders.values().flat_map(|order| &order.lines).map(|line| line.sku.clone()).collect();
        assert_eq!(skus, [Some(sku("A"))], "{id}");
        assert_eq!(available(&market, "A"), before - 2, "{id}: no other channel is shown those units");
    }
    assert!(tried > 0, "a channel has such a thing");
}

#[test]
fn the_first_item_of_a_stock_that_the_list_tells_is_not_told_for_itself_wherever_the_look_ends() {
    let sharing: Vec<_> = {
        let market = variations();
        let shares = |id: &domain::ConnectionId| market.on(id, |side, now| side.share_stock(now, &[sku("A"), sku("B")], q(13)));
        market.connections.iter().filter(|id| shares(id)).cloned().collect()
    };
    assert!(!sharing.is_empty(), "a channel has such a thing");
    for id in &sharing {
        every_fault(|fault| {
            let mut market = variations();
            rest(&mut market);
            assert!(market.on(id, |side, now| side.share_stock(now, &[sku("A"), sku("B")], q(13))));
            let writes = market.on(id, |side, _| side.stock_writes());
            market.lookup = Cache::default();
            market.stage.faults.plan(fault.map(|one| (one.call, one.fault)));
            let _ = run(match_listings(&market.stage.world(), &market.lookup, id));
            let calls = market.stage.faults.calls().len();
            market.stage.faults.plan([]);
            // Whoever was told of meanwhile, before anybody looks again.
            rest(&mut market);
            assert_eq!(
                (market.on(id, |side, _| side.stock_writes()), market.shown(id, "A")),
                (writes, 13),
                "{id}: nobody is told"
            );
            look(&mut market);
            look(&mut market);
            assert_eq!(
                (market.on(id, |side, _| side.stock_writes()), market.shown(id, "A")),
                (writes, 13),
                "{id}: nobody is told"
            );
            calls
        });
    }
}

#[test]
fn what_an_item_held_of_a_scarce_product_is_offered_elsewhere_when_it_becomes_unclear() {
    // Its stock is another's as well, or a person says that it is another product.
    let mut shared = 0;
    for (by_hand, at) in [(false, 0), (false, 1), (false, 2), (true, 0), (true, 1), (true, 2)] {
        let mut market = variations();
        let settings = domain::StockSettings { quota_mode_below: Some(Quantity::MAX), ..domain::StockSettings::default() };
        finish(engine::put_stock_settings(&market.stage.world(), &settings)).unwrap();
        market.lookup = Cache::default();
        rest(&mut market);
        let id = market.connections[at].clone();
        let held = market.shown(&id, "A");
        assert!(held > 0, "{id}");
        if by_hand {
            let offer = offer_of(&market, &id, "A").listing.offer;
            finish(match_by_hand(&market.stage.world(), &id, &offer, Some(&sku("C")))).unwrap();
        } else if market.on(&id, |side, now| side.share_stock(now, &[sku("A"), sku("B")], q(0))) {
            shared += 1;
            // The others' items are not looked at.
            market.lookup = Cache::default();
            finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
        } else {
            continue;
        }
        rest(&mut market);
        assert_ne!(offer_of(&market, &id, "A").matched, Some(sku("A")), "{id}");
        let others = || market.connections.iter().filter(|other| **other != id).map(|other| market.shown(other, "A"));
        // A figure that is set without a comparison is moved for twice as many only: the units are its own, and are not shown for two more.
        let moves = market
            .connections
            .iter()
            .any(|other| *other != id && descriptor(other).semantics == ports::StockSemantics::CompareAndSet);
        let least = if moves { 8 } else { 9 - held };
        assert!(others().sum::<i64>() >= least, "{id} held {held} of 9, the others have {:?}", others().collect::<Vec<_>>());
        let explained = finish(engine::views::explain(&market.stage.world(), &sku("A"), None)).unwrap();
        let theirs = explained.listings.iter().filter_map(|listing| listing.steps.last()).map(|share| share.units);
        assert_eq!(theirs.sum::<i64>(), 9, "{id}: all of it is the others'");
    }
    assert!(shared > 0, "a channel has such a thing");
}

#[test]
fn one_product_with_several_items_of_one_stock_is_told_and_compared_once() {
    let mut market = variations();
    rest(&mut market);
    for id in market.connections.clone() {
        if !market.on(&id, |side, now| side.share_stock(now, &[sku("A"), sku("B")], q(13))) {
            continue;
        }
        look(&mut market);
        let (a, b) = (offer_of(&market, &id, "A").listing.offer, offer_of(&market, &id, "B").listing.offer);
        finish(match_by_hand(&market.stage.world(), &id, &b, Some(&sku("A")))).unwrap();
        rest(&mut market);
        let told = |offer| {
            let row = market.stage.table.row(&ListingRow::key(&sku("A"), &id, offer)).unwrap();
            ListingRow::from_row(&row).unwrap().told
        };
        assert_eq!((market.shown(&id, "A"), told(&a), told(&b)), (9, Some(q(9)), None), "by the first of them");
        let writes = market.on(&id, |side, _| side.stock_writes());
        look(&mut market);
        rest(&mut market);
        assert_eq!(market.on(&id, |side, _| side.stock_writes()), writes, "and not again and again");
        // Whichever is sold, it is this product.
        assert!(market.buy(&id, "B", 2));
        rest(&mut market);
        assert_eq!((available(&market, "A"), available(&market, "B"), market.shown(&id, "A")), (7, 4, 7));
        finish(match_by_hand(&market.stage.world(), &id, &b, None)).unwrap();
        assert_eq!(offer_of(&market, &id, "A").matched, None, "two again");
    }
}

#[test]
fn an_item_that_is_sold_past_zero_says_so() {
    let mut market = Market::open(&[("A", 2)], 1);
    rest(&mut market);
    for id in market.connections.clone() {
        if !market.on(&id, |side, now| side.sell_past_zero(now, &sku("A"), true)) {
            continue;
        }
        look(&mut market);
        let page = finish(preview_publication(&market.stage.world(), &market.lookup, &id, &PageRequest::first(50))).unwrap();
        assert_eq!((page.listings[0].backorders, page.backorders), (true, 1), "{id}");
        assert!(offer_of(&market, &id, "A").listing.backorders);
        // What it sells beyond the stock is short, and owed; nothing goes below zero.
        assert!(market.buy(&id, "A", 5));
        rest(&mut market);
        assert_eq!(available(&market, "A"), 0);
        assert!(market.on(&id, |side, now| side.sell_past_zero(now, &sku("A"), false)));
        return;
    }
    panic!("no channel has such a thing");
}
