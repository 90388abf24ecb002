//! Channels that take figures by the file, once in a while, and tell later which lines they refused.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use conformance::bench::{Bench, Plan, Subject, every_channel, sku, units};
use domain::{LocationId, Sku};
use engine::rows::{ParkedRow, TypedRow};
use engine::{Correction, StockChange, correct_stock};
use http::Method;
use testkit::run::finish;

const PRODUCTS: usize = 60;

fn set_all(bench: &Bench, figure: i64) {
    for product in 0..PRODUCTS {
        let location = LocationId::new("main").unwrap();
        let change = StockChange::Set(units(figure));
        let correction = Correction { sku: sku(product), location, change, reason: "count".into(), by: "Sam".into() };
        finish(correct_stock(&bench.world(), &correction)).unwrap();
    }
}

/// Files that were sent, and questions how far one is.
fn calls(subject: &Subject) -> (usize, usize) {
    let all = subject.log.all();
    let is_import = |path: &str| path.contains("/imports");
    let imports = all.iter().filter(|one| is_import(one.request.uri().path()));
    let (sent, asked): (Vec<_>, Vec<_>) = imports.partition(|one| one.request.method() == Method::POST);
    (sent.len(), asked.iter().filter(|one| one.request.uri().path().ends_with("/status")).count())
}

#[test]
fn hundreds_of_changes_are_one_file_a_minute_and_the_last_figure_is_right() {
    let of_files = |subject: &Subject| subject.channel.stock().unwrap().descriptor().write_every_s > 0;
    let subjects: Vec<Subject> = every_channel().into_iter().map(Subject::new).filter(of_files).collect();
    assert!(!subjects.is_empty());
    for subject in subjects {
        let mut bench = subject.bench_with(Plan { products: PRODUCTS, units: 90, ..Plan::default() });
        bench.poll("one");
        bench.work_off();
        let (before, began) = (calls(&subject), bench.now());
        // The merchant calls one of them otherwise there, and nobody was told: its line is refused, and no other.
        let renamed = Sku::new("OTHERWISE").unwrap();
        bench.on("one", |side, now| side.rename(now, &sku(7), &renamed));
        for round in 0..5 {
            set_all(&bench, 60 - round);
            bench.work_for(60);
        }
        for _ in 0..20 {
            bench.poll("one");
            bench.work_for(60);
        }
        let minutes = usize::try_from(bench.now().duration_since(began).as_mins()).unwrap();
        let (sent, asked) = calls(&subject);
        println!(
            "{}: {} changes: {} files and {} questions in {minutes} minutes",
            subject.descriptor().id,
            PRODUCTS * 5,
            sent - before.0,
            asked - before.1
        );
        assert!(sent - before.0 <= minutes + 1, "{} files in {minutes} minutes", sent - before.0);
        assert!(asked - before.1 <= minutes * 4 + 1, "{} questions in {minutes} minutes", asked - before.1);
        for product in (0..PRODUCTS).filter(|product| *product != 7) {
            assert_eq!(bench.shown(product), 56, "product {product}");
        }
        let rows = bench.stage.table.rows();
        let parked: Vec<ParkedRow> =
            rows.iter().filter(|row| row.key.pk == ParkedRow::PARTITION).map(|row| ParkedRow::from_row(row).unwrap()).collect();
        let [one] = parked.as_slice() else { panic!("the refused line alone is named: {parked:?}") };
        assert!(one.reason.contains(sku(7).as_str()), "{}", one.reason);
        assert_eq!(bench.on("one", |side, _| side.shown(&renamed)), Some(90), "what was refused was not done");
    }
}
