//! What is on sale.

use crate::bench::{Bench, Plan, Subject, ean, named, sku};
use engine::match_listings;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::run::finish;

pub(super) fn everything_on_sale_is_listed_once(subject: &Subject) {
    let bench = subject.bench_with(Plan { products: 260, matched: false, ..Plan::default() });
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
    if listings.iter().all(|l| l.observed_quantity.is_none()) {
        return subject.skip("its list of items tells no figure");
    }
    for listing in &listings {
        let read = bench.patiently(|| bench.read(listing)).unwrap();
        assert_eq!(listing.observed_quantity, Some(read), "{listing:?}");
    }
}

/// From now on every answer has its EANs in groups, as they stand on the product. Counts those that were written so.
fn in_groups(bench: &Bench) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let written = Arc::clone(&count);
    bench.wire.alter(Some(Box::new(move |_, body| {
        let mut text = String::from_utf8(body.to_vec()).ok()?;
        for (product, groups) in [(0, [1, 7, 13]), (1, [3, 4, 12])] {
            let code = ean(product).to_string();
            let [first, second, last] = groups;
            let grouped = format!("{}-{} {}{}", &code[..first], &code[first..second], &code[second..last], &code[last..]);
            written.fetch_add(text.matches(&format!("\"{code}\"")).count(), Ordering::Relaxed);
            text = text.replace(&format!("\"{code}\""), &format!("\"{grouped}\""));
        }
        Some(text.into_bytes())
    })));
    count
}

pub(super) fn a_code_that_is_written_in_groups_is_the_same_code(subject: &Subject) {
    let bench = subject.bench_with(Plan { matched: false, ..Plan::default() });
    let number = bench.buy_all(&[(0, 2), (1, 3)], "NL");
    bench.pass_lag();
    let read = || bench.patiently(|| bench.order(&number)).unwrap();
    let (listings, order) = (bench.listing_pages(), read());
    let written = in_groups(&bench);
    assert_eq!(bench.listing_pages(), listings, "the items are as they were");
    assert!(written.load(Ordering::Relaxed) >= 2, "both codes were written so");
    assert_eq!(read(), order, "and so are an order's lines");
    let report = finish(match_listings(&bench.world(), &bench.lookup, &named("one"))).unwrap();
    assert_eq!((report.matched, report.unclear), (2, 0));
}
