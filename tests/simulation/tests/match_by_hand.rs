//! What a person says about an item goes before what its codes say, and stays.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use engine::rows::{OfferRow, ProductRow, StockRow, TypedRow};
use engine::{Cache, match_by_hand, match_listings};
use jiff::SignedDuration;
use ports::{Condition, Row, Write};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, sku};
use testkit::run::finish;

fn rest(market: &mut Market) {
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(95));
        market.settle();
    }
    invariants::check(&market.stage.table);
}

fn available(market: &Market, product: &str) -> i64 {
    let row = market.stage.table.row(&StockRow::key(&sku(product), &location("main"))).unwrap();
    StockRow::from_row(&row).unwrap().level.available.units()
}

#[test]
fn an_item_matched_by_hand_shows_that_products_figure_until_it_is_left_to_its_codes() {
    let mut market = Market::open(&[("A", 9), ("B", 4)], 1);
    rest(&mut market);
    let id = market.connections[0].clone();
    let offer = market.listing(&id, "A").listing.offer;
    let world = market.stage.world();
    let look = |market: &mut Market| {
        market.lookup = Cache::default();
        finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
        rest(market);
    };
    let matched = |market: &Market| {
        let key = OfferRow::key(&id, &offer);
        OfferRow::from_row(&market.stage.table.row(&key).unwrap()).unwrap().matched
    };
    finish(match_by_hand(&world, &id, &offer, Some(&sku("B")))).unwrap();
    look(&mut market);
    assert_eq!((matched(&market), market.shown(&id, "A")), (Some(sku("B")), 4), "codes do not take it back");
    // Sold there, it is B that is sold, everywhere.
    assert!(market.buy(&id, "A", 1));
    market.stage.clock.pass(SignedDuration::from_mins(2));
    market.poll();
    rest(&mut market);
    let other = market.connections[1].clone();
    assert_eq!((market.shown(&other, "A"), market.shown(&other, "B"), market.shown(&id, "A")), (9, 3, 3));

    finish(match_by_hand(&world, &id, &offer, None)).unwrap();
    look(&mut market);
    assert_eq!((matched(&market), market.shown(&id, "A")), (Some(sku("A")), 9));
}

#[test]
fn what_is_not_there_is_refused_by_name() {
    let market = Market::open(&[("A", 9)], 1);
    let (world, id) = (market.stage.world(), &market.connections[0]);
    let offer = market.listing(id, "A").listing.offer;
    let no_product = finish(match_by_hand(&world, id, &offer, Some(&sku("NONE")))).unwrap_err();
    assert_eq!((no_product.http_status(), no_product.message.as_str()), (400, "sku: there is no product NONE"));
    let no_offer = domain::OfferId::new("none").unwrap();
    assert_eq!(finish(match_by_hand(&world, id, &no_offer, Some(&sku("A")))).unwrap_err().http_status(), 404);
}

#[test]
fn a_match_that_is_taken_back_is_over_at_once_for_the_next_order_too() {
    let mut market = Market::open(&[("A", 9), ("B", 4)], 1);
    rest(&mut market);
    let id = market.connections[0].clone();
    let offer = market.listing(&id, "A").listing.offer;
    finish(match_by_hand(&market.stage.world(), &id, &offer, Some(&sku("B")))).unwrap();
    rest(&mut market);
    assert_eq!(market.shown(&id, "A"), 4);
    assert!(market.buy(&id, "A", 1));
    market.poll();
    rest(&mut market);
    assert_eq!(available(&market, "B"), 3);

    // The same processes go on, and nobody looks at the listings.
    finish(match_by_hand(&market.stage.world(), &id, &offer, None)).unwrap();
    assert!(market.buy(&id, "A", 1));
    market.poll();
    rest(&mut market);
    assert_eq!((available(&market, "A"), available(&market, "B")), (8, 3), "the second order is of what the item is");
    assert_eq!(market.shown(&id, "A"), 8);
}

#[test]
fn an_order_that_waited_for_the_match_gets_its_units_at_once() {
    let mut market = Market::open(&[("A", 9), ("B", 4)], 1);
    rest(&mut market);
    let id = market.connections[0].clone();
    let offer = market.listing(&id, "A").listing.offer;
    // The catalogue loses the product, as where an item has the codes of none.
    let is_of_it = |row: &Row| row.key.sk == "A" && (row.key.pk == ProductRow::PARTITION || row.key.pk.starts_with("EAN#"));
    let gone: Vec<Row> = market.stage.table.rows().into_iter().filter(is_of_it).collect();
    assert!(gone.len() >= 2, "the product, and its EAN");
    for Row { key, .. } in gone {
        finish(market.stage.world().write_if(Write::Delete { key, when: Condition::Always })).unwrap();
    }
    market.lookup = Cache::default();
    finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
    assert!(market.buy(&id, "A", 1));
    market.poll();
    rest(&mut market);
    let waits = |market: &Market| finish(engine::views::attention(&market.stage.world())).unwrap().parked.len();
    assert_eq!((waits(&market), available(&market, "B")), (1, 4), "a person sees the order");

    finish(match_by_hand(&market.stage.world(), &id, &offer, Some(&sku("B")))).unwrap();
    // The functions go on as they are, and nobody looks at the listings.
    rest(&mut market);
    assert_eq!((available(&market, "B"), market.shown(&id, "A")), (3, 3));
    finish(engine::close_parked(&market.stage.world())).unwrap();
    assert_eq!(waits(&market), 0);
}
