//! Connectors that keep a figure for each of their own locations.

use super::story::settle;
use crate::bench::{Bench, PUBLIC_URL, Plan, Subject, named, sku, units};
use domain::LocationId;
use engine::rows::{ConnectionRow, TypedRow};
use engine::{Cache, Correction, StockChange, Transfer, correct_stock, put_connection, transfer_stock};
use ports::{ReadBack, StockSemantics};
use testkit::run::finish;

const PLACES: [&str; 2] = ["main", "store"];

fn at(name: &str) -> LocationId {
    LocationId::new(name).unwrap()
}

/// Has `one` and its twin serve both places of ours, each shown at one of the channel's.
fn open_places(bench: &mut Bench) {
    let settings = bench.on("one", |side, _| side.places().unwrap().open(&PLACES.map(at)));
    for name in ["one", "twin"] {
        let row = bench.stage.table.row(&ConnectionRow::key(&named(name))).unwrap();
        let row = ConnectionRow {
            settings: settings.clone(),
            locations: PLACES.map(at).into(),
            ..ConnectionRow::from_row(&row).unwrap()
        };
        finish(put_connection(&bench.world(), &row)).unwrap();
    }
    bench.lookup = Cache::default();
}

fn count(bench: &Bench, place: &str, figure: i64) {
    let change = StockChange::Set(units(figure));
    let correction = Correction { sku: sku(0), location: at(place), change, reason: "count".into(), by: "Sam".into() };
    finish(correct_stock(&bench.world(), &correction)).unwrap();
}

fn shown(bench: &Bench) -> [Option<i64>; 2] {
    bench.on("one", |side, _| {
        let places = side.places().unwrap();
        PLACES.map(|name| places.shown_at(&sku(0), &at(name)))
    })
}

pub(super) fn every_place_shows_its_own_units_and_a_transfer_moves_them(subject: &Subject) {
    let descriptor = subject.descriptor();
    let stock = subject.channel.stock().unwrap().descriptor();
    let Some(single) = stock.locations else {
        return subject.skip("it keeps one figure for all locations");
    };
    assert!(descriptor.settings.iter().any(|(name, _)| *name == single), "{single} is a setting of its own");
    assert_eq!((stock.semantics, stock.read_back), (StockSemantics::CompareAndSet, ReadBack::PerItem));
    let mut bench = subject.bench_with(Plan { products: 1, units: 9, ..Plan::default() });
    open_places(&mut bench);
    bench.subscribe(PUBLIC_URL);
    count(&bench, "store", 4);
    settle(&mut bench);
    assert_eq!(shown(&bench), [Some(9), Some(4)]);
    let listing = bench.listing(0);
    let read = bench.patiently(|| bench.read_shown(&listing)).unwrap();
    assert_eq!(
        (listing.observed_quantity, &listing.places),
        (Some(read.quantity), &read.places),
        "the list shows what reading shows"
    );
    let before = bench.on("one", |side, _| side.stock_writes());
    let transfer =
        Transfer { sku: sku(0), from: at("main"), to: at("store"), units: units(5), reason: "shelf".into(), by: "Sam".into() };
    finish(transfer_stock(&bench.world(), &transfer)).unwrap();
    settle(&mut bench);
    assert_eq!(shown(&bench), [Some(4), Some(9)]);
    assert_eq!(bench.on("one", |side, _| side.stock_writes()), before + 1, "all of it at once: the total never changed");
    bench.on("one", |side, _| side.places().unwrap().sell_from(&at("store")));
    bench.buy(0, 2);
    settle(&mut bench);
    assert_eq!(bench.shown(0), 11, "sold once, wherever it is sent from");
    assert_eq!(shown(&bench), [Some(2), Some(9)], "and shown where our books have it");
}
