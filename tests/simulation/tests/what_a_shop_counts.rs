//! What "stock" is in a shop: items that it does not count, items that it counts together, items that it sells past zero.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{MatchProblem, Quantity};
use engine::planted::{Mistake, plant};
use engine::rows::{Kept, ListingRow, OfferRow, ParkedRow, StockRow};
use engine::views::PageRequest;
use engine::{Lookup, match_by_hand, match_listings, preview_publication, put_rule};
use jiff::SignedDuration;
use simulation::invariants;
use simulation::market::{Goods, Market};
use simulation::shop::{location, q, sku};
use std::panic::{AssertUnwindSafe, catch_unwind};
use testkit::run::finish;

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
    market.lookup = Lookup::default();
    for id in market.connections.clone() {
        finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
    }
    rest(market);
}

fn available(market: &Market, article: &str) -> i64 {
    let row = market.stage.table.row(&StockRow::key(&sku(article), &location("main"))).unwrap();
    StockRow::from_row(&row).unwrap().level.available.units()
}

fn descriptor(id: &domain::ConnectionId) -> &'static ports::Descriptor {
    use ports::Channels;
    channels::Registry.get(&domain::ChannelId::new(id.as_str()).unwrap()).unwrap().descriptor()
}

/// What stands for a person to see.
fn parked(market: &Market) -> Vec<String> {
    let rows = market.stage.table.rows().into_iter().filter(|row| row.key.pk == ParkedRow::PARTITION);
    rows.map(|row| ParkedRow::from_row(&row).unwrap().reason).collect()
}

fn offer_of(market: &Market, id: &domain::ConnectionId, article: &str) -> OfferRow {
    let rows = market.stage.table.rows();
    let of_it = |row: &OfferRow| row.connection == *id && row.listing.sku.as_ref().is_some_and(|own| own.as_str() == article);
    let offers = rows.iter().filter(|row| row.key.sk.starts_with(OfferRow::PREFIX)).map(|row| OfferRow::from_row(row).unwrap());
    offers.into_iter().find(of_it).unwrap()
}

/// The connection of a channel that can be told not to track an article.
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
fn a_leading_shop_that_no_longer_counts_an_article_says_nothing_about_its_stock() {
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
        let item = page.items.iter().find(|item| item.sku == Some(sku("A"))).unwrap();
        assert_eq!((item.left_alone, item.shows, page.left_alone), (true, None, 1), "{id}");

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

/// A shop where `A` and `B` are variations of one product.
fn variations() -> Market {
    let goods = Goods { articles: &[("A", 9), ("B", 4), ("C", 5)], group: Some("Shirt"), ..Goods::default() };
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
        assert_eq!((page.items[0].backorders, page.backorders), (true, 1), "{id}");
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
