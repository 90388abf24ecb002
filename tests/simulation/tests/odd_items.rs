//! One item of a shop has a field that cannot be read: the others are matched and told as ever, and that one is named.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::StockHint;
use domain::{ConnectionId, Task};
use engine::rows::{ParkedRow, TypedRow as _};
use engine::{
    Cache, Correction, Ports, StockChange, correct_stock, match_listings, note_health, publish_stock, retry_parked, tried, views,
    watch_connections,
};
use jiff::SignedDuration;
use ports::{Http, Request, Response};
use serde_json::{Value, json};
use simulation::market::Market;
use simulation::shop::{connection, location, sku};
use std::sync::Arc;
use testkit::run::finish;

/// The way to a shop of which one product is odd, wherever it is told.
struct Odd {
    inner: Arc<dyn Http>,
    product: &'static str,
    how: fn(&mut Value),
}

impl Odd {
    fn put(&self, told: &mut Value) {
        match told {
            Value::Array(all) => all.iter_mut().for_each(|one| self.put(one)),
            product if product["sku"] == self.product => (self.how)(product),
            _ => {}
        }
    }
}

#[async_trait::async_trait]
impl Http for Odd {
    async fn send(&self, request: Request) -> ports::Result<Response> {
        let of_products = request.uri().path().contains("/products");
        let mut answer = self.inner.send(request).await?;
        if let Some(mut told) = serde_json::from_slice::<Value>(answer.body()).ok().filter(|_| of_products) {
            self.put(&mut told);
            *answer.body_mut() = told.to_string().into_bytes().into();
        }
        Ok(answer)
    }
}

/// Twenty of a lamp, a rug and a cord, on a shop that tells the rug so.
fn shop(how: fn(&mut Value)) -> (Market, Ports, ConnectionId) {
    let market = Market::open(&[("LAMP", 20), ("RUG", 20), ("CORD", 20)], 20);
    let world = market.stage.world();
    let odd = Odd { inner: world.http.clone(), product: "RUG", how };
    let world = Ports { http: Arc::new(odd), ..world };
    (market, world, connection("woocommerce"))
}

/// Four of each are counted less, and everybody is told.
fn lowered(market: &Market, world: &Ports, id: &ConnectionId) -> [i64; 3] {
    let products = ["LAMP", "RUG", "CORD"];
    for product in products {
        let (reason, by) = ("count".into(), "test".into());
        let counted = Correction { sku: sku(product), location: location("main"), change: StockChange::Add(-4), reason, by };
        finish(correct_stock(world, &counted)).unwrap();
    }
    let hints = products.map(|product| StockHint { sku: sku(product), connection: Some(id.clone()) });
    drop(finish(publish_stock(world, &market.lookup, &hints)));
    products.map(|product| market.shown(id, product))
}

/// What is named to a person of the shop.
fn named(market: &Market, id: &ConnectionId) -> Vec<String> {
    let rows = market.stage.table.rows();
    let parked = rows.iter().filter(|row| row.key.pk == ParkedRow::PARTITION).map(|row| ParkedRow::from_row(row).unwrap());
    let of_it = parked.filter(|row| row.connection.as_ref() == Some(id));
    of_it.map(|row| format!("{}: {}", row.subject.what(), row.reason)).collect()
}

#[test]
fn a_price_that_is_a_number_plays_no_part_in_what_is_matched_and_told() {
    for odd in [json!(5), json!(5.25), json!(null), json!({ "amount": 5 }), json!([])] {
        let how: fn(&mut Value) = match &odd {
            Value::Number(number) if number.is_i64() => {
                |rug| (rug["type"], rug["regular_price"], rug["price"]) = (json!("bundle"), json!(5), json!(5))
            }
            Value::Number(_) => |rug| rug["regular_price"] = json!(5.25),
            Value::Null => |rug| (rug["regular_price"], rug["sale_price"]) = (json!(null), json!(null)),
            Value::Object(_) => |rug| rug["regular_price"] = json!({ "amount": 5 }),
            _ => |rug| (rug["price"], rug["sale_price"]) = (json!([]), json!([])),
        };
        let (market, world, id) = shop(how);
        let report = finish(match_listings(&world, &Cache::default(), &id)).unwrap();
        assert_eq!((report.matched, report.unclear, report.complete), (3, 0, true), "{odd}");
        assert_eq!(lowered(&market, &world, &id), [16, 16, 16], "{odd}");
        assert_eq!(named(&market, &id), Vec::<String>::new(), "{odd}");
    }
}

#[test]
fn a_stock_of_two_and_a_half_is_named_for_that_product_alone() {
    let (market, world, id) = shop(|rug| rug["stock_quantity"] = json!(2.5));
    for _ in 0..2 {
        let report = finish(match_listings(&world, &Cache::default(), &id)).unwrap();
        assert_eq!((report.matched, report.unclear, report.complete), (3, 0, true), "it is matched, and so are the others");
    }
    let of_the_list = named(&market, &id);
    let [one] = &of_the_list[..] else { panic!("named once, however often it is read: {of_the_list:?}") };
    assert!(one.contains("stock_quantity") && one.contains("2.5"), "{one}");
    let [lamp, rug, cord] = lowered(&market, &world, &id);
    assert_eq!((lamp, cord), (16, 16), "the others are told");
    assert_eq!(rug, 20, "of what is sold by the metre no figure can be told");
    let all = named(&market, &id);
    assert_eq!(all, of_the_list, "the push met the same, and it is named once");
    // And the other way round: the push comes upon it before the list is read.
    let (market, world, id) = shop(|rug| rug["stock_quantity"] = json!(2.5));
    lowered(&market, &world, &id);
    assert!(named(&market, &id)[0].starts_with("listing "), "{:?}", named(&market, &id));
    finish(match_listings(&world, &Cache::default(), &id)).unwrap();
    assert_eq!(named(&market, &id), of_the_list, "named once");
    assert!(all.iter().any(|one| one.contains("RUG")), "the push that cannot be made is named as well: {all:?}");
}

#[test]
fn an_item_that_was_corrected_in_the_shop_leaves_the_list_when_a_person_has_it_tried_again() {
    let (market, odd, id) = shop(|rug| rug["stock_quantity"] = json!(2.5));
    finish(match_listings(&odd, &Cache::default(), &id)).unwrap();
    let world = market.stage.world();
    let parked = finish(views::attention(&world)).unwrap().parked;
    let [entry] = &parked[..] else { panic!("named once: {parked:?}") };
    let lookup = Cache::default();
    let is_due = || finish(watch_connections(&world, &lookup)).unwrap().due_again.contains(&(id.clone(), Task::Listings));
    assert!(!is_due(), "every six hours is soon enough for who has not asked");
    finish(retry_parked(&world, &lookup, &entry.id, "Ada")).unwrap();
    assert!(is_due(), "who asks need not wait");
    market.stage.clock.pass(SignedDuration::from_mins(1));
    let read = finish(match_listings(&world, &lookup, &id));
    finish(note_health(&world, &lookup, &id, Task::Listings, tried(&read))).unwrap();
    assert!(!is_due(), "once");
    assert_eq!(named(&market, &id), Vec::<String>::new());
}
