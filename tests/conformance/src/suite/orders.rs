//! One order, told in three ways.

use crate::bench::{Bench, PUBLIC_URL, Subject};
use domain::OrderNumber;
use jiff::Timestamp;
use ports::{Notice, OrdersFrom};

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
        let read = bench.patiently(|| bench.order(&order)).unwrap();
        let articles: Vec<_> = read.lines.iter().filter_map(|l| l.sku.clone()).collect();
        assert_eq!((read.ship_to.as_ref().map(domain::Country::as_str), articles.len()), (Some(country), 2));
    }
}

/// Compares; answers how often the order was told whole.
fn told(bench: &Bench, since: Timestamp, order: &OrderNumber) -> usize {
    let keys = bench.keys();
    let mut notices = deliveries(bench)
        .into_iter()
        .flat_map(|delivery| bench.channel.receive(&keys, &delivery).unwrap())
        .filter(|n| *n != Notice::Nothing && !matches!(n, Notice::Stock(_) | Notice::StockOf { .. }))
        .collect::<Vec<_>>();
    assert!(!notices.is_empty(), "a delivery tells of the order");
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
            Notice::Order(snapshot) => {
                assert_eq!(*snapshot, detail);
                whole += 1;
            }
            Notice::Read { number, stamp } => {
                assert_eq!(number, *order);
                assert!(stamp.is_none() || stamp == detail.stamp, "{stamp:?} is not the stamp of the order: {:?}", detail.stamp);
            }
            Notice::Stock(_) | Notice::StockOf { .. } | Notice::Unread(_) | Notice::Nothing => {}
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
