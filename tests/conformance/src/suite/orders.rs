//! One order, told in three ways.

use crate::bench::{Bench, PUBLIC_URL, Plan, Subject};
use connectors::simulated_channel::Checkout;
use domain::{Money, OrderNumber};
use jiff::Timestamp;
use ports::{Notification, OrdersFrom};
use rust_decimal::Decimal;

pub(super) fn an_order_is_the_same_wherever_it_is_told(subject: &Subject) {
    let bench = subject.bench();
    let since = bench.now();
    bench.subscribe(PUBLIC_URL);
    deliveries(&bench);
    let order = bench.buy(0, 3);
    let whole = told(&bench, since, &order);
    bench.cancel(&order);
    let after = told(&bench, since, &order);
    if whole + after == 0 {
        subject.skip("its lists and deliveries only say which order to read");
    }
}

pub(super) fn an_order_says_to_which_country_it_goes(subject: &Subject) {
    let bench = subject.bench();
    for country in ["NL", "BE"] {
        let order = bench.buy_all(&[(0, 1), (1, 2)], country);
        bench.accept(&order);
        let read = bench.patiently(|| bench.order(&order)).unwrap();
        let products: Vec<_> = read.lines.iter().filter_map(|l| l.sku.clone()).collect();
        assert_eq!((read.ship_to.as_ref().map(domain::Country::as_str), products.len()), (Some(country), 2));
    }
}

pub(super) fn amounts_are_the_same_wherever_they_are_told_and_come_to_what_was_paid(subject: &Subject) {
    for checkout in
        [Checkout { shipping_cents: 495, discount_percent: 10 }, Checkout { shipping_cents: 495, discount_percent: 0 }]
    {
        let bench = subject.bench_with(Plan { checkout, ..Plan::default() });
        let since = bench.now();
        bench.subscribe(PUBLIC_URL);
        deliveries(&bench);
        let order = bench.buy(0, 3);
        told(&bench, since, &order);
        let read = bench.patiently(|| bench.order(&order)).unwrap();
        assert!(read.unreadable_lines.is_empty(), "{:?}", read.unreadable_lines);
        let (line, terms) = (&read.lines[0], &read.terms);
        let amount = |money: &Option<Money>| money.as_ref().map_or(Decimal::ZERO, |money| money.amount);
        assert_eq!(
            (terms.prices_include_tax, amount(&line.unit_price)),
            (Some(true), Decimal::new(1995, 2)),
            "as the buyer saw it"
        );
        assert_eq!(terms.currency.as_ref().map(domain::Currency::as_str), Some("EUR"));
        let whole = amount(&line.amount()) + amount(&terms.shipping_price) + amount(&terms.fees)
            - amount(&terms.negative_fees)
            - amount(&terms.discount);
        match &terms.total {
            Some(total) => {
                assert_eq!(total.amount, whole, "what the lines and all else come to is what the buyer paid: {terms:?}");
            }
            None => assert!(amount(&line.amount()) <= Decimal::new(5985, 2), "a marketplace that tells no total"),
        }
        // What the merchant sends is his to send, whoever sells the label.
        assert!(line.is_own() && terms.paid != Some(false));
    }
}

/// Compares; answers how often the order was told whole.
fn told(bench: &Bench, since: Timestamp, order: &OrderNumber) -> usize {
    let keys = bench.keys();
    let mut notices = deliveries(bench)
        .into_iter()
        .flat_map(|delivery| bench.channel.notifications().unwrap().receive(&keys, &delivery).unwrap())
        .filter(|n| *n != Notification::Ignored && !matches!(n, Notification::Stock(_) | Notification::StockOf { .. }))
        .collect::<Vec<_>>();
    assert!(!notices.is_empty() || bench.channel.notifications().is_none(), "a delivery tells of the order");
    bench.pass_lag();
    let listed = bench.patiently(|| bench.page("one", &OrdersFrom { since, page: None })).unwrap();
    assert!(!listed.notices.is_empty(), "the list tells of the order");
    notices.extend(listed.notices);
    let detail = bench.patiently(|| bench.order(order)).unwrap();
    assert_eq!(detail.number, *order);
    detail.check().unwrap();
    let mut whole = 0;
    for notice in notices {
        match notice {
            Notification::Order(snapshot) => {
                assert_eq!(*snapshot, detail);
                whole += 1;
            }
            Notification::Changed { number, stamp } => {
                assert_eq!(number, *order);
                assert!(stamp.is_none() || stamp == detail.stamp, "{stamp:?} is not the stamp of the order: {:?}", detail.stamp);
            }
            Notification::Stock(_) | Notification::StockOf { .. } | Notification::Unreadable(_) | Notification::Ignored => {}
        }
    }
    whole
}

/// Everything that comes within a minute.
fn deliveries(bench: &Bench) -> Vec<ports::Delivery> {
    let mut all = Vec::new();
    for _ in 0..20 {
        bench.pass(3);
        for (id, delivery) in bench.outbox() {
            bench.on("one", |side, now| side.delivered(now, id, Some(200)));
            all.push(delivery);
        }
    }
    all
}
