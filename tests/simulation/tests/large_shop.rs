//! Fifty thousand products: what concerns all of them is done page by page, goes on where it stopped, and says how far it is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use async_trait::async_trait;
use domain::{Product, Publishing};
use engine::rows::{MatchingRow, OfferRow, ProductRow, RolloutRow, TypedRow};
use engine::{Cache, Ports, go_on_matching, match_listings, roll_out, set_publishing, views};
use ports::{Condition, Http, QueueName, Request, Response, Result, Table, Write};
use simulation::shop::{connection, shop, sku};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::Stage;
use testkit::faults::Fault;
use testkit::run::{finish, run};
use testkit::scripted::{ITEMS_OF_A_PAGE, Scripted};
use testkit::scripted_shop::ScriptedShop;

const PRODUCTS: usize = 50_000;

fn catalogue(stage: &Stage) {
    for number in 0..PRODUCTS {
        let item = Product { sku: sku(&format!("SKU-{number:06}")), ean: None, title: String::new(), variant: String::new() };
        finish(stage.table.write(Write::Put { row: ProductRow(item).to_row(), when: Condition::Always })).unwrap();
    }
}

/// The products whose hints are on the queue, all of them for `web`.
fn hinted(stage: &Stage) -> Vec<String> {
    let hints = stage.queue.take(QueueName::StockHints).into_iter();
    let hints = hints.map(|m| serde_json::from_str::<contracts::StockHint>(&m.body).unwrap());
    hints.inspect(|hint| assert_eq!(hint.connection, Some(connection("web")))).map(|hint| hint.sku.to_string()).collect()
}

#[test]
fn a_connection_is_published_to_the_last_product_though_the_request_sends_but_the_first_page() {
    let stage = shop(&["web"], &[]);
    catalogue(&stage);
    let world = stage.world();
    let web = connection("web");
    finish(set_publishing(&world, &web, Publishing::None)).unwrap();
    let first = hinted(&stage);
    assert_eq!(first.len(), 500, "one page within the request");
    let health = || finish(views::health(&world)).unwrap().connections.remove(0);
    assert_eq!(health().rollout.map(|row| row.products_sent), Some(500));
    let mut seen: BTreeSet<String> = first.into_iter().collect();
    let mut runs = 0;
    while health().rollout.is_some() {
        runs += 1;
        assert!(runs <= 40, "it comes to an end");
        if runs % 5 == 0 {
            // A run dies on its way: the next goes on where it noted to be.
            stage.faults.plan_first("queue.send", Fault::CrashAfter);
        }
        let _ = run(roll_out(&world));
        stage.faults.plan([]);
        let sent = hinted(&stage);
        assert!(sent.len() <= 2_000, "no run floods the queue: {}", sent.len());
        seen.extend(sent);
    }
    assert_eq!(seen.len(), PRODUCTS);
    println!("{PRODUCTS} products in {runs} runs");
}

#[test]
fn settings_that_change_again_are_rolled_out_from_the_first_product_on() {
    let stage = shop(&["web"], &[]);
    catalogue(&stage);
    let (world, web) = (stage.world(), connection("web"));
    finish(set_publishing(&world, &web, Publishing::None)).unwrap();
    finish(roll_out(&world)).unwrap();
    hinted(&stage);
    finish(set_publishing(&world, &web, Publishing::All)).unwrap();
    assert_eq!(hinted(&stage)[0], "SKU-000000");
    let row = finish(world.get::<RolloutRow>(&RolloutRow::key(Some(&web)))).unwrap().unwrap();
    assert_eq!(row.sent, 500);
}

/// The way out until the time of a run is over.
struct InTime {
    inner: Arc<dyn Http>,
    left: AtomicUsize,
}

#[async_trait]
impl Http for InTime {
    async fn send(&self, request: Request) -> Result<Response> {
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            std::future::pending::<()>().await;
        }
        self.inner.send(request).await
    }
}

/// Pages that a run has time for.
const IN_TIME: usize = 30;

#[test]
fn items_are_looked_through_to_the_last_whatever_a_run_has_time_for_and_then_from_the_first() {
    let shop = ScriptedShop::open(Scripted::default(), &["web"]);
    shop.channel.sells(PRODUCTS);
    let web = connection("web");
    let world = || {
        let world = shop.world();
        Ports { http: Arc::new(InTime { inner: world.http, left: AtomicUsize::new(IN_TIME) }), ..world }
    };
    let at = || finish(shop.world().get::<MatchingRow>(&MatchingRow::key(&web))).unwrap().unwrap();
    assert!(run(match_listings(&world(), &Cache::default(), &web)).is_none(), "the time is over");
    assert_eq!((at().page.as_deref(), at().looked_at), (Some("30"), 3_000));
    let health = || finish(views::health(&shop.world())).unwrap().connections.remove(0).listings.unwrap();
    assert!(health().running && health().checked == 3_000);
    let mut runs = 1;
    loop {
        runs += 1;
        match run(go_on_matching(&world(), &Cache::default(), &web)) {
            None => assert!(runs < 40, "it comes to an end"),
            Some(report) => break assert!(report.unwrap().unwrap().complete),
        }
    }
    let pages = PRODUCTS / ITEMS_OF_A_PAGE;
    assert_eq!(runs, pages.div_ceil(IN_TIME), "no run begins anew");
    assert_eq!(shop.channel.pages(), (0..pages).collect::<Vec<_>>(), "each page once");
    let offers = shop.stage.table.rows().iter().filter(|row| row.key.sk.starts_with(OfferRow::PREFIX)).count();
    assert_eq!(offers, PRODUCTS);
    assert!(!health().running && health().checked == 50_000 && health().ended_at.is_some());
    // Nothing is under way; what is due begins at the first page again.
    assert_eq!(finish(go_on_matching(&world(), &Cache::default(), &web)).unwrap(), None);
    assert!(run(match_listings(&world(), &Cache::default(), &web)).is_none());
    assert_eq!(shop.channel.pages()[pages], 0);
}
