//! Word of a figure on a channel leads to a look at the product, and to nothing where there is nothing to look at.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

use contracts::StockHint;
use domain::{ConnectionId, Listing, OfferId, Quantity, Sku};
use engine::rows::{ListingRow, OfferRow, ReferenceRow, TypedRow};
use engine::{Cache, Received, match_by_hand, put_product, receive_webhook, remove_connection};
use ports::{Clock, Condition, Delivery, Notification, QueueName, Table, Write};
use testkit::run::finish;
use testkit::scripted::{SCRIPTED, Scripted};
use testkit::scripted_shop::ScriptedShop;

fn web() -> ConnectionId {
    ConnectionId::new("web").unwrap()
}

fn sku() -> Sku {
    Sku::new("LAMP").unwrap()
}

fn offer() -> OfferId {
    OfferId::new("variant-1").unwrap()
}

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn put(shop: &ScriptedShop, row: ports::Row) {
    finish(shop.stage.table.write(Write::Put { row, when: Condition::Always })).unwrap();
}

/// The item `variant-1`, which stock calls name `item-9`, is the lamp, and was told 5.
fn shop() -> ScriptedShop {
    let shop = ScriptedShop::open(Scripted::default(), &["web"]);
    let item = domain::Product { sku: sku(), ean: None, title: "Lamp".into(), variant: String::new() };
    finish(put_product(&shop.world(), &item, &[])).unwrap();
    let listing = Listing {
        offer: offer(),
        stock_reference: "item-9".into(),
        sku: None,
        ean: None,
        title: String::new(),
        observed_quantity: None,
        places: Vec::new(),
        condition: None,
        digital: false,
        counting: domain::Counting::Counted,
        backorders: false,
    };
    put(
        &shop,
        OfferRow { connection: web(), listing: listing.clone(), matched: None, by_hand: false, problem: None, version: 0 }
            .to_row(),
    );
    finish(match_by_hand(&shop.world(), &web(), &offer(), Some(&sku()))).unwrap();
    put(&shop, ListingRow { told: Some(q(5)), ..ListingRow::fresh(sku(), web(), listing) }.to_row());
    shop.stage.queue.take(QueueName::StockHints);
    shop
}

/// Delivers word that the item named so shows this. Answers the hints it led to.
fn told(shop: &ScriptedShop, reference: &str, shows: Option<Quantity>) -> Vec<StockHint> {
    shop.channel.tells([Notification::StockOf { stock_reference: reference.into(), shows }]);
    let delivery = Delivery { headers: Vec::new(), body: "{}".into(), received_at: shop.stage.clock.now() };
    let received = finish(receive_webhook(&shop.world(), &Cache::default(), SCRIPTED, &web(), &delivery)).unwrap();
    let hints: Vec<StockHint> =
        shop.stage.queue.take(QueueName::StockHints).iter().map(|m| serde_json::from_str(&m.body).unwrap()).collect();
    assert_eq!(received, Received { hints: hints.len(), ..Received::default() });
    hints
}

#[test]
fn word_of_an_item_by_its_stock_reference_has_the_product_looked_at_on_that_connection() {
    let shop = shop();
    let look = [StockHint { sku: sku(), connection: Some(web()) }];
    assert_eq!(told(&shop, "item-9", Some(q(4))), look);
    assert_eq!(told(&shop, "item-9", None), look, "one that says no figure is looked at");
}

#[test]
fn the_echo_of_our_own_figure_and_an_item_nobody_knows_lead_to_nothing() {
    let shop = shop();
    assert_eq!(told(&shop, "item-9", Some(q(5))), []);
    assert_eq!(told(&shop, "item-10", Some(q(4))), []);
    assert_eq!(told(&shop, "variant-1", Some(q(4))), [], "that is its name elsewhere");
}

#[test]
fn while_a_push_is_under_way_its_echo_cannot_be_told_from_a_sale() {
    let shop = shop();
    let key = ListingRow::key(&sku(), &web(), &offer());
    let row = ListingRow::from_row(&shop.stage.table.row(&key).unwrap()).unwrap();
    put(&shop, ListingRow { lease: Some("somebody".into()), ..row }.to_row());
    assert_eq!(told(&shop, "item-9", Some(q(5))).len(), 1);
}

#[test]
fn a_reference_goes_with_its_connection() {
    let shop = shop();
    assert!(shop.stage.table.row(&ReferenceRow::key(&web(), "item-9")).is_some());
    finish(remove_connection(&shop.world(), &web())).unwrap();
    assert!(shop.stage.table.row(&ReferenceRow::key(&web(), "item-9")).is_none());
}
