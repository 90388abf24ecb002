//! A new connection imports first: the list of what it would be told, then a pilot, then all. And an echo moves nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::StockHint;
use domain::{ConnectionId, Publishing};
use engine::views::{DriftReport, NotPublished, PageRequest, Publication, PublicationExplained, drift, explain, listings, stock};
use engine::{
    Cache, Correction, ReconcileLimits, StockChange, correct_stock, preview_publication, publish_stock, reconcile, set_publishing,
};
use jiff::SignedDuration;
use ports::Clock;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, q, sku};
use testkit::run::finish;

const PRODUCTS: [(&str, i64); 8] = [("A", 3), ("B", 4), ("C", 5), ("D", 6), ("E", 7), ("F", 8), ("G", 9), ("H", 10)];
const PILOT: [&str; 5] = ["A", "C", "E", "G", "H"];

/// Units of each product that come in while the connection is told nothing.
const RECEIVED: i64 = 10;

fn rest(market: &mut Market) {
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(95));
        market.settle();
    }
    invariants::check(&market.stage.table);
}

fn receive(market: &Market, product: &str, units: i64) {
    let (reason, by) = ("receipt".into(), "test".into());
    let change = StockChange::Add(units);
    let correction = Correction { sku: sku(product), location: location("main"), change, reason, by };
    finish(correct_stock(&market.stage.world(), &correction)).unwrap();
}

fn says(market: &mut Market, connection: &ConnectionId, publishing: Publishing) {
    finish(set_publishing(&market.stage.world(), connection, publishing)).unwrap();
    market.lookup = Cache::default();
    rest(market);
}

/// What the preview says, product by product: what it shows, what it would be told, whether it is told.
fn preview(market: &Market, connection: &ConnectionId) -> Vec<(String, i64, i64, bool)> {
    let world = market.stage.world();
    let page = finish(preview_publication(&world, &market.lookup, connection, &PageRequest::first(200))).unwrap();
    let mut lines: Vec<_> = page
        .listings
        .iter()
        .map(|item| {
            assert_eq!((&item.error, &item.match_problem), (&None, &None));
            let units = |figure: Option<domain::Quantity>| figure.unwrap().units();
            (item.sku.as_ref().unwrap().to_string(), units(item.observed_quantity), units(item.target_quantity), item.published)
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn a_connection_is_told_nothing_then_a_pilot_of_five_then_all() {
    for position in 0..3 {
        let mut market = Market::open(&PRODUCTS, 1);
        let new = market.connections[position].clone();
        says(&mut market, &new, Publishing::None);
        for (product, _) in PRODUCTS {
            receive(&market, product, RECEIVED);
        }
        rest(&mut market);
        let told = |market: &Market| PRODUCTS.map(|(product, _)| market.shown(&new, product));
        assert_eq!(told(&market), PRODUCTS.map(|(_, units)| units), "nothing was told");
        let listed = preview(&market, &new);
        println!("{new} would be told: {listed:?}");
        assert_eq!(listed, PRODUCTS.map(|(product, units)| (product.to_owned(), units, units + RECEIVED, false)));
        // Orders come in all the same, and the other channels hear of them.
        assert!(market.buy(&new, "B", 1));
        market.stage.clock.pass(SignedDuration::from_mins(2));
        market.poll();
        rest(&mut market);
        let other = market.connections.iter().find(|id| **id != new).unwrap().clone();
        assert_eq!((market.shown(&other, "B"), market.shown(&new, "B")), (13, 3));

        says(&mut market, &new, Publishing::Selected { skus: PILOT.map(sku).into() });
        let expected = |(product, units): (&str, i64)| match (PILOT.contains(&product), product) {
            (true, _) => units + RECEIVED,
            (false, "B") => 3,
            (false, _) => units,
        };
        println!("{new} shows after the pilot: {:?}", told(&market));
        assert_eq!(told(&market), PRODUCTS.map(expected));
        assert_eq!(preview(&market, &new).iter().filter(|(_, _, _, published)| *published).count(), 5);

        says(&mut market, &new, Publishing::All);
        println!("{new} shows in the end: {:?}", told(&market));
        assert_eq!(told(&market), PRODUCTS.map(|(product, units)| if product == "B" { 13 } else { units + RECEIVED }));
    }
}

#[test]
fn a_pilot_of_a_product_that_is_not_there_is_refused_by_name() {
    let market = Market::open(&PRODUCTS, 1);
    let wrong = Publishing::Selected { skus: [sku("NONE")].into() };
    let error = finish(set_publishing(&market.stage.world(), &market.connections[0], wrong)).unwrap_err();
    assert_eq!((error.http_status(), error.message.as_str()), (400, "skus: there is no product NONE"));
}

#[test]
fn our_own_push_that_comes_back_a_hundred_times_moves_nothing() {
    let mut market = Market::open(&[("A", 9)], 9);
    rest(&mut market);
    let world = market.stage.world();
    receive(&market, "A", 4);
    rest(&mut market);
    let before = (invariants::stock(&market.stage.table), writes(&market));
    for id in market.connections.clone() {
        // As `receive_webhook` says of a figure that changed on the channel.
        let echo = StockHint { sku: sku("A"), connection: Some(id.clone()) };
        for _ in 0..100 {
            let pushed = finish(publish_stock(&world, &market.lookup, std::slice::from_ref(&echo)));
            assert!(pushed.failed.is_empty() && pushed.sent == 0, "{pushed:?}");
        }
    }
    rest(&mut market);
    assert_eq!((invariants::stock(&market.stage.table), writes(&market)), before);
    assert_eq!(invariants::stock(&market.stage.table).values().map(|level| level.available).collect::<Vec<_>>(), [q(13)]);
}

fn writes(market: &Market) -> u64 {
    market.connections.iter().map(|id| market.on(id, |side, _| side.stock_writes())).sum()
}

/// Compares the connection with the books, as often as it takes a difference to end with a person.
fn compared(market: &mut Market, connection: &ConnectionId) -> DriftReport {
    for _ in 0..6 {
        market.stage.clock.pass(SignedDuration::from_hours(7));
        market.poll();
        rest(market);
        let is_complete = (0..60).any(|_| {
            market.stage.clock.pass(SignedDuration::from_secs(20));
            let until = market.stage.clock.now() + SignedDuration::from_mins(10);
            let world = market.stage.world();
            // A channel's limit may hold it back for a moment.
            finish(reconcile(&world, &market.lookup, connection, ReconcileLimits::default(), until))
                .is_ok_and(|part| part.complete)
        });
        assert!(is_complete);
        rest(market);
    }
    finish(drift(&market.stage.world(), false, &PageRequest::first(200))).unwrap()
}

fn stands(market: &Market, connection: &ConnectionId, product: &str) -> Publication {
    let view = finish(stock(&market.stage.world(), &sku(product))).unwrap();
    view.listings.into_iter().find(|one| one.connection == *connection).unwrap().publication
}

#[test]
fn what_is_told_to_nobody_is_never_said_to_be_on_its_way() {
    for position in 0..3 {
        let mut market = Market::open(&PRODUCTS, 1);
        let new = market.connections[position].clone();
        says(&mut market, &new, Publishing::Selected { skus: [sku("A")].into() });
        receive(&market, "A", RECEIVED);
        receive(&market, "B", RECEIVED);
        assert!(matches!(stands(&market, &new, "A"), Publication::Pending { .. } | Publication::UpToDate { .. }));
        assert_eq!(stands(&market, &new, "B"), Publication::NotPublished { reason: NotPublished::NotSelected });
        says(&mut market, &new, Publishing::None);
        receive(&market, "A", RECEIVED);
        let world = market.stage.world();
        for product in ["A", "B"] {
            assert_eq!(stands(&market, &new, product), Publication::NotPublished { reason: NotPublished::ImportOnly });
            let explanation = finish(explain(&world, &sku(product), Some(&new))).unwrap();
            assert_eq!(
                explanation.listings[0].publication,
                PublicationExplained::NotPublished { reason: NotPublished::ImportOnly }
            );
            let text = explanation.to_string();
            assert!(text.contains("not told, on purpose") && !text.contains("on its way"), "{text}");
        }
        let items = finish(listings(&world, &new, false, &PageRequest::first(200))).unwrap().listings;
        assert!(items.iter().all(|item| item.not_published == Some(NotPublished::ImportOnly)), "{items:?}");
        // The others are told as ever.
        let other = market.connections.iter().find(|id| **id != new).unwrap().clone();
        rest(&mut market);
        assert_eq!(stands(&market, &other, "A"), Publication::UpToDate { target_quantity: q(3 + 2 * RECEIVED) });
    }
}

#[test]
fn a_shop_that_is_told_nothing_differs_from_nothing() {
    for position in 0..3 {
        let mut market = Market::open(&PRODUCTS, 1);
        let new = market.connections[position].clone();
        says(&mut market, &new, Publishing::None);
        receive(&market, "A", RECEIVED);
        let report = compared(&mut market, &new);
        assert!(report.differences.is_empty(), "{:?}", report.differences);
        assert_eq!(market.shown(&new, "A"), 3, "and it was told nothing");
    }
}
