//! What is on sale.

use crate::bench::{Plan, Subject, sku};
use std::collections::BTreeSet;

pub(super) fn everything_on_sale_is_listed_once(subject: &Subject) {
    let bench = subject.bench_with(Plan { articles: 260, matched: false, ..Plan::default() });
    let pages = bench.listing_pages();
    assert!(pages.len() > 1, "260 items do not come on one page");
    let listings: Vec<_> = pages.into_iter().flat_map(|p| p.listings).collect();
    let offers: BTreeSet<_> = listings.iter().map(|l| &l.offer).collect();
    assert_eq!((listings.len(), offers.len()), (260, 260), "each item once, each with a name of its own");
    let skus: BTreeSet<_> = listings.iter().filter_map(|l| l.sku.clone()).collect();
    assert_eq!(skus, (0..260).map(sku).collect());
    assert!(listings.iter().all(|l| l.ean.is_some() && !l.stock_reference.is_empty()));
}

pub(super) fn the_list_shows_what_reading_shows(subject: &Subject) {
    let bench = subject.bench();
    bench.buy(0, 5);
    let listings: Vec<_> = bench.listing_pages().into_iter().flat_map(|p| p.listings).collect();
    if listings.iter().all(|l| l.shown.is_none()) {
        return subject.skip("its list of items tells no figure");
    }
    for listing in &listings {
        let read = bench.patiently(|| bench.read(listing)).unwrap();
        assert_eq!(listing.shown, Some(read), "{listing:?}");
    }
}
