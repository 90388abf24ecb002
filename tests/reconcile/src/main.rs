//! `cargo run --release -p reconcile [products]`: what a run costs, the whole process counted. With `right` before the number:
//! nothing differs. With `all`: every sort of
//! difference planted in a shop of that size, found, named, and repaired or left to a person; the table is in memory, so that costs some.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of ours")]

use engine::{Ports, ReconcileLimits, put_connection, reconcile};
use jiff::SignedDuration;
use ports::{Clock, QueueName};
use reconcile::lean::LeanTable;
use reconcile::process::{cpu_ms, peak_kb};
use reconcile::shop::{OnSale, OnlyShop, Shop, sku};
use reconcile::stand::{connection, connection_row, opening};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use testkit::Stage;
use testkit::given::GivenSecrets;
use testkit::run::finish;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let products = words.last().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    if words.first().is_some_and(|word| word == "all") {
        for (run, counts) in reconcile::story::every_sort(products).iter().enumerate() {
            println!("run {}: {counts:?}", run + 1);
        }
        println!("all named and dealt with; the third run had nothing to do; memory of the whole process {:?} KB", peak_kb());
        return;
    }
    let stage = Stage::new(GivenSecrets::default());
    let differs = words.first().is_none_or(|word| word != "right");
    let table = Arc::new(LeanTable::new(products, differs));
    let shop = Arc::new(Shop::default());
    // One in a hundred each: edited there, rounded there, not told.
    shop.put((0..products).map(|number| {
        let (units, rest) = (opening(number), number % 100);
        let shown = match rest {
            _ if !differs => units,
            0 => units + 7,
            1 => units - 3,
            2 => units / 12 * 12,
            _ => units,
        };
        OnSale { number, sku: number, twin: false, shown, pack: 1, ended: false }
    }));
    let world = Ports { table: table.clone(), connectors: Arc::new(OnlyShop(shop.clone())), ..stage.world() };
    finish(put_connection(&world, &connection_row())).unwrap();
    let quiet = peak_kb();
    let before = cpu_ms();
    look_only(&world, products);
    let reading = cpu_ms().zip(before).map(|(after, before)| after - before);
    let after_reading = peak_kb();
    for run in 1..=2 {
        let before = cpu_ms();
        let calls = || table.calls.each_ref().map(|count| count.load(Ordering::Relaxed));
        let (calls_before, mut parts) = (calls(), 0);
        let done = loop {
            parts += 1;
            let until = stage.clock.now() + SignedDuration::from_hours(1);
            let lookup = engine::Cache::default();
            // One part, so that what lies in the table between two parts is not counted as memory of the run.
            let limits = ReconcileLimits { looks: 10_000, ..ReconcileLimits::default() };
            let done = finish(reconcile(&world, &lookup, &connection(), limits, until)).unwrap();
            if done.complete {
                break done;
            }
        };
        let [queries, reads, writes] = calls();
        let hints = stage.queue.take(QueueName::StockHints).len();
        println!("run {run}: {:?}", done.counts);
        println!(
            "  {parts} parts, {} queries, {} reads, {} writes, {hints} hints, CPU {:?} ms",
            queries - calls_before[0],
            reads - calls_before[1],
            writes - calls_before[2],
            cpu_ms().zip(before).map(|(after, before)| after - before)
        );
    }
    println!("making up and reading the same rows and pages without comparing: CPU {reading:?} ms");
    println!("memory of the whole process at most: {:?} KB ({quiet:?} before, {after_reading:?} after reading)", peak_kb());
    println!("rows kept besides the products': {}", table.kept());
}

/// The same pages and queries, and nothing done with them.
fn look_only(world: &Ports, products: u32) {
    let mut from = None;
    loop {
        let page = finish(world.table.query("CATALOGUE", "", from.as_ref(), 1_000, false)).unwrap();
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    for number in 0..products {
        let partition = format!("SKU#{}", sku(number));
        assert!(!finish(world.table.query(&partition, "", None, 500, false)).unwrap().rows.is_empty());
    }
    let mut from = None;
    let offers = "CONNECTION#shop";
    loop {
        let page = finish(world.table.query(offers, "OFFER#", from.as_ref(), 500, false)).unwrap();
        from = page.next;
        if from.is_none() {
            break;
        }
    }
}
