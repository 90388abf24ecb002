//! The price of an item.

use crate::bench::{Bench, Plan, Subject, named, sku};
use connectors::simulated_channel::Trouble;
use domain::{Currency, Money, OfferId};
use engine::ConnectorClient;
use ports::{Acknowledged, Outcomes, PriceWrite, Result, Status};
use testkit::run::finish;
use testkit::shapes::Shape;

pub(super) fn a_price_is_set_and_nothing_else(subject: &Subject) {
    if subject.channel.prices().is_none() {
        return subject.skip("prices are not set there");
    }
    let bench = subject.bench();
    bench.buy(0, 4);
    let listing = bench.listing(0);
    let cents = |product: usize| bench.on("one", |side, _| side.price_cents(&sku(product))).unwrap();
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
    if subject.channel.prices().is_none() {
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

/// Prices in one write.
fn write_all(bench: &Bench, writes: &[PriceWrite]) -> Result<Outcomes> {
    let world = bench.world();
    finish(async {
        let driver = ConnectorClient::open(&world, &bench.lookup, &named("one")).await?;
        driver.prices()?.call(|prices, call| prices.write(call, writes)).await
    })
}

/// Three offers that are not there among as many as one write takes: each is refused in its place, and no other.
fn three_are_bad(subject: &Subject, batch: usize) {
    let good = batch - 3;
    let bench = subject.bench_with(Plan { products: good, ..Plan::default() });
    let listings = bench.listing_pages().into_iter().flat_map(|page| page.listings);
    let price = Money { amount: rust_decimal::Decimal::new(1750, 2), currency: Currency::new("EUR").unwrap() };
    let mut writes: Vec<PriceWrite> = listings
        .map(|one| PriceWrite { offer: one.offer, stock_reference: one.stock_reference, price: price.clone(), was: None })
        .collect();
    assert_eq!(writes.len(), good);
    let bad = [0, good / 2, batch - 1];
    for at in bad {
        let odd = PriceWrite {
            offer: OfferId::new(format!("{}9999999", writes[0].offer)).unwrap(),
            stock_reference: format!("{}9999999", writes[0].stock_reference),
            ..writes[0].clone()
        };
        writes.insert(at, odd);
    }
    let outcomes = bench.patiently(|| write_all(&bench, &writes)).unwrap();
    assert_eq!(outcomes.len(), batch, "one outcome for each, in the order in which they were given");
    for (at, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_err(), bad.contains(&at), "{at}: {outcome:?}");
    }
    bench.pass_later();
    for number in 0..good {
        assert_eq!(bench.on("one", |side, _| side.price_cents(&sku(number))), Some(1750), "{number}");
    }
}

pub(super) fn three_bad_prices_of_a_batch_are_refused_alone(subject: &Subject) {
    let batch = |subject: &Subject| subject.channel.prices().map_or(0, |prices| prices.descriptor().batch);
    if batch(subject) > 3 {
        return three_are_bad(subject, batch(subject));
    }
    // The proof itself, on a channel that would take them by the hundred.
    let by_the_hundred = Shape { refuses_one_of: 0, ..Shape::PRICES };
    let whole = |one: &&Subject| one.channel.tokens().is_none() && one.channel.prices().is_some();
    match Some(subject).filter(whole).and_then(|one| one.shaped(by_the_hundred)) {
        Some(shaped) => three_are_bad(&shaped, batch(&shaped)),
        None => subject.skip("it takes one price at a time"),
    }
}
