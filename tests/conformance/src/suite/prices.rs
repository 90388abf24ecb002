//! The price of an item.

use crate::bench::{Subject, sku};
use channels::far_side::Trouble;
use ports::{Acknowledged, Status};

pub(super) fn a_price_is_set_and_nothing_else(subject: &Subject) {
    if !subject.descriptor().sets_prices {
        return subject.skip("prices are not set there");
    }
    let bench = subject.bench();
    bench.buy(0, 4);
    let listing = bench.listing(0);
    let cents = |article: usize| bench.on("one", |side, _| side.price_cents(&sku(article))).unwrap();
    let before = (cents(0), cents(1));
    assert_eq!(before, (1995, 1995));
    for price in [1750, 2000, 905] {
        assert_eq!(bench.patiently(|| bench.write_price(&listing, price)).unwrap(), Acknowledged::Applied);
        assert_eq!((cents(0), cents(1)), (price, 1995), "this item and no other");
        assert_eq!((bench.shown(0), bench.shown(1)), (896, 900), "a price moves no units");
    }
    let order = bench.buy(0, 1);
    let read = bench.patiently(|| bench.order(&order)).unwrap();
    assert_eq!(read.lines[0].unit_price.as_ref().unwrap().amount.normalize().to_string(), "9.05");
}

pub(super) fn a_price_that_was_set_and_failed_is_unknown(subject: &Subject) {
    if !subject.descriptor().sets_prices {
        return subject.skip("prices are not set there");
    }
    let bench = subject.bench();
    let listing = bench.listing(0);
    bench.trouble(Trouble::FailAfterApply { times: 1 });
    let error = bench.write_price(&listing, 1750).unwrap_err();
    assert_eq!(error.status, Status::Unknown, "{error:?}");
    bench.pass(120);
    assert_eq!(
        bench.patiently(|| bench.write_price(&listing, 1750)).unwrap(),
        Acknowledged::Applied,
        "set again, it is the same price"
    );
    assert_eq!(bench.on("one", |side, _| side.price_cents(&sku(0))), Some(1750));
}
