//! What a start costs where nothing changed, and what it does where something did.

use super::*;
use config::Given;
use domain::Sku;
use engine::rows::{ProductRow, StockRow};
use std::path::PathBuf;
use testkit::Stage;
use testkit::given::GivenSecrets;
use testkit::run::finish;

const CATALOGUE: &str =
    "sku,ean,title,main,bundle\nLAMP,2000000079196,Lamp,3,\nBULB,2000000158389,Bulb,5,\nSET,2000000237565,Set,,LAMP*1;BULB*2\n";

fn stage() -> Stage {
    Stage::new(GivenSecrets::default())
}

fn config(catalogue: &str) -> Config {
    let text = "[merchant]\nname = 'Lamps'\nlocations = ['main']\ncatalogue = 'c.csv'\n";
    let open = |_: &str| Ok(catalogue.to_owned());
    Config::of(&Given { file: "test", text, open: &open, folder: PathBuf::new() }).unwrap()
}

/// Applies it; answers how many products were touched.
fn start(stage: &Stage, catalogue: &str) -> usize {
    let progress = Progress::default();
    finish(apply(&stage.world(), &config(catalogue), &|_| None, &progress)).unwrap();
    progress.of()
}

#[test]
fn where_nothing_changed_nothing_is_touched() {
    let stage = stage();
    assert_eq!(start(&stage, CATALOGUE), 3);
    let (rows, calls) = (stage.table.rows(), stage.faults.calls().len());
    assert_eq!(start(&stage, CATALOGUE), 0);
    assert_eq!(stage.table.rows(), rows);
    let calls = stage.faults.calls().split_off(calls);
    assert!(
        calls.len() <= 5,
        "a look at the version, at the merchant's name, at the settings of stock and of attention, and one page of what was applied: {calls:?}"
    );
    assert!(calls.iter().all(|call| !call.contains("write") && !call.contains("transact")), "nothing is written: {calls:?}");
}

#[test]
fn only_what_changed_is_touched_and_opening_stock_counts_once() {
    let stage = stage();
    start(&stage, CATALOGUE);
    assert_eq!(start(&stage, &CATALOGUE.replace("Bulb,5", "Bulb E27,9")), 1);
    let bulb = Sku::new("BULB").unwrap();
    let product: ProductRow = finish(stage.world().get(&ProductRow::key(&bulb))).unwrap().unwrap();
    assert_eq!(product.0.title, "Bulb E27");
    let location = domain::LocationId::new("main").unwrap();
    let stock: StockRow = finish(stage.world().get(&StockRow::key(&bulb, &location))).unwrap().unwrap();
    assert_eq!(stock.level.available.units(), 5, "it has moved on since, or would have");
}

#[test]
fn a_row_that_is_taken_out_of_the_catalogue_is_told_and_its_product_kept() {
    let stage = stage();
    start(&stage, CATALOGUE);
    let rows = stage.table.rows();
    let told =
        |catalogue: &str| finish(apply(&stage.world(), &config(catalogue), &|_| None, &Progress::default())).unwrap().told();
    assert_eq!(told(CATALOGUE), Vec::<String>::new());
    let without = "sku,ean,title,main,bundle\nLAMP,2000000079196,Lamp,3,\n";
    let lines = told(without);
    assert_eq!(lines[0], "BULB is no longer in the catalogue, 5 on hand: kept as it is");
    assert_eq!(lines[1], "SET is no longer in the catalogue, 0 on hand: kept as it is");
    assert!(lines.len() == 3 && lines[2].contains("/api/v1/products/SKU/rules"), "what to do is told: {lines:?}");
    assert_eq!(stage.table.rows(), rows, "nothing of it is changed");
    assert_eq!(told(without), lines, "as long as it is so");
    let many = (0..30).map(|n| format!("P-{n:02},,Product,1,")).collect::<Vec<_>>().join("\n");
    told(&format!("{CATALOGUE}{many}\n"));
    let lines = told(CATALOGUE);
    assert!(lines.len() == MOST_NAMED + 2 && lines[MOST_NAMED] == "and 10 products more", "{lines:?}");
}

#[test]
fn of_five_thousand_products_only_those_that_changed_are_written() {
    let products = (0..5_000).map(|n| format!("P-{n:04},,Product {n},3,")).collect::<Vec<_>>().join("\n");
    let catalogue = format!("sku,ean,title,main,bundle\n{products}\n");
    let stage = stage();
    assert_eq!(start(&stage, &catalogue), 5_000);
    stage.table.touched();
    let written = || stage.table.touched().into_iter().map(|key| format!("{} / {}", key.pk, key.sk)).collect::<Vec<_>>();
    let calls = stage.faults.calls().len();
    assert_eq!(start(&stage, &catalogue), 0);
    assert_eq!(written(), Vec::<String>::new());
    // A page of what was applied holds a thousand.
    assert!(stage.faults.calls().len() - calls <= 5 + 5, "{}", stage.faults.calls().len() - calls);
    assert_eq!(start(&stage, &catalogue.replace("Product 4711,", "Another name,")), 1);
    let of_one = written();
    // And that the catalogue changed, for those who search it.
    let is_of_it = |key: &String| key.ends_with("P-4711") || key == "INDEX / CATALOGUE";
    assert!(of_one.len() > 1 && of_one.iter().all(is_of_it), "{of_one:?}");
}

#[test]
fn a_start_that_broke_off_is_taken_up_again() {
    let whole = stage();
    start(&whole, CATALOGUE);
    let calls = whole.faults.calls().len();
    for broken in 0..calls {
        let stage = stage();
        stage.faults.plan([(broken, testkit::faults::Fault::Down)]);
        let _ = finish(apply(&stage.world(), &config(CATALOGUE), &|_| None, &Progress::default()));
        start(&stage, CATALOGUE);
        // Movements are named by their moment, which is another one.
        let keys = |stage: &Stage| {
            let rows = stage.table.rows().into_iter().map(|row| row.key);
            rows.map(|key| if key.pk.starts_with("LEDGER#") || key.pk.starts_with("JOURNAL#") { key.pk } else { key.sk })
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&stage), keys(&whole), "broken at call {broken}");
        assert_eq!(start(&stage, CATALOGUE), 0);
    }
}
