//! A day in the life: everything the engine does with a channel, to the end.

use crate::bench::{Bench, PUBLIC_URL, Plan, Subject, sku, units};
use domain::LocationId;
use engine::{Correction, StockChange, correct_stock};
use testkit::run::finish;

/// Goods arrive, or are found to be fewer.
fn count(bench: &Bench, product: usize, figure: i64) {
    let location = LocationId::new("main").unwrap();
    let change = StockChange::Set(units(figure));
    let correction = Correction { sku: sku(product), location, change, reason: "count".into(), by: "Sam".into() };
    finish(correct_stock(&bench.world(), &correction)).unwrap();
}

/// Deliveries, polls and publication, until all is said and done.
pub(super) fn settle(bench: &mut Bench) {
    for _ in 0..4 {
        bench.deliver_for(60);
        bench.poll("one");
        bench.work_off();
    }
}

pub(super) fn sold_cancelled_and_published_to_the_end(subject: &Subject) {
    let mut bench = subject.bench_with(Plan { products: 3, units: 20, ..Plan::default() });
    bench.subscribe(PUBLIC_URL);
    settle(&mut bench);
    let first = bench.buy(0, 3);
    bench.buy(1, 20);
    let second = bench.buy(2, 1);
    settle(&mut bench);
    bench.cancel(&first);
    bench.cancel(&second);
    settle(&mut bench);
    assert_eq!([0, 1, 2].map(|n| bench.shown(n)), [20, 0, 20], "what was cancelled is on sale again");
    count(&bench, 0, 5);
    count(&bench, 1, 12);
    settle(&mut bench);
    assert_eq!([0, 1, 2].map(|n| bench.shown(n)), [5, 12, 20], "lowered and raised");
    assert_eq!(bench.stored("one").keys().cloned().collect::<std::collections::BTreeSet<_>>(), bench.placed());
    assert!(bench.stored("one").values().all(|o| o.short().is_zero()));
}
