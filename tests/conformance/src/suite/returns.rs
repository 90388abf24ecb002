//! Units that come back.

use crate::bench::{Bench, Plan, Subject, sku, units};
use crate::telling::{Lines, line};
use connectors::simulated_channel::{CUSTOMER, Trouble};
use domain::{OrderNumber, ReturnResolution};
use jiff::SignedDuration;
use ports::{Disposition, ErrorKind, OrdersFrom};
use std::collections::BTreeSet;

const VERDICTS: [ReturnResolution; 3] = [ReturnResolution::Accepted, ReturnResolution::BuyerKeeps, ReturnResolution::Rejected];

/// An order that was sent whole.
fn sent(bench: &Bench, lines: Lines<'_>) -> OrderNumber {
    let order = bench.buy_all(lines, "NL");
    bench.told(&order, &bench.parcel(&order, "parcel-1", lines, Some(bench.carrier()), true)).unwrap();
    order
}

fn announce(bench: &Bench, order: &OrderNumber, product: usize, quantity: i64) {
    assert!(bench.on("one", |side, now| side.announce_return(now, order, &sku(product), units(quantity))));
}

/// Units the buyer has back the money for.
fn given_back(verdict: ReturnResolution) -> i64 {
    if verdict == ReturnResolution::Rejected { 0 } else { 2 }
}

pub(super) fn returns_wait_until_they_are_decided(subject: &Subject) {
    if subject.channel.returns().is_none() {
        return subject.skip("it does not tell of returns");
    }
    let bench = subject.bench();
    assert_eq!(bench.waiting_returns(), []);
    for verdict in VERDICTS {
        let order = sent(&bench, &[(0, 3), (1, 1)]);
        let shown = bench.shown(0);
        announce(&bench, &order, 0, 2);
        let waiting = bench.waiting_returns();
        let [announced] = &waiting[..] else { panic!("one return waits, not {waiting:?}") };
        assert_eq!((&announced.order, announced.units.units()), (&order, 2));
        let read = bench.patiently(|| bench.order(&order)).unwrap();
        let own = read.lines.iter().find(|l| l.sku.as_ref() == Some(&sku(0))).unwrap();
        assert!(
            announced.line.as_ref() == Some(&own.id) || (announced.ean.is_some() && announced.ean == own.ean),
            "{announced:?}"
        );
        let told = format!("{announced:?}");
        assert!(CUSTOMER.words().iter().all(|word| !told.contains(word)), "nothing of the customer: {told}");
        let update = bench.decision(&order, Some(announced.id.clone()), &[(0, 2)], verdict);
        bench.told(&order, &update).unwrap();
        assert_eq!(bench.waiting_returns(), [], "{verdict:?}");
        assert_eq!(bench.far_line(&order, 0), line(3, 0, 3, given_back(verdict)), "{verdict:?}");
        assert_eq!(bench.shown(0), shown, "what becomes of the goods is the merchant's own question");
        assert_ne!(bench.knows(&order, &update), Some(false));
    }
}

pub(super) fn all_returns_are_listed_and_a_failed_page_is_no_end(subject: &Subject) {
    if subject.channel.returns().is_none() {
        return subject.skip("it does not tell of returns");
    }
    let bench = subject.bench_with(Plan { products: 20, ..Plan::default() });
    let mut orders = BTreeSet::new();
    for n in 0..120 {
        let product = n % 20;
        let order = bench.buy(product, 1);
        assert!(bench.on("one", |side, now| side.ship_there(now, &order, &sku(product), units(1))));
        announce(&bench, &order, product, 1);
        orders.insert(order);
        bench.pass(1);
    }
    let listed: Vec<_> = bench.waiting_returns().into_iter().map(|r| r.order).collect();
    assert_eq!((listed.len(), listed.into_iter().collect::<BTreeSet<_>>()), (120, orders));
    bench.pass(120);
    let until = bench.now() + SignedDuration::from_secs(20);
    bench.trouble(Trouble::Silent { until });
    assert_eq!(bench.return_page(None).unwrap_err().kind, ErrorKind::Timeout);
}

pub(super) fn a_decision_nobody_asked_for_is_told_or_refused(subject: &Subject) {
    let bench = subject.bench();
    for verdict in VERDICTS {
        let order = sent(&bench, &[(0, 3), (1, 1)]);
        let (shown, since, before) = (bench.shown(0), bench.now(), bench.far(&order));
        bench.pass(5);
        let update = bench.decision(&order, None, &[(0, 2)], verdict);
        let calls = bench.sent();
        if let Err(error) = bench.told(&order, &update) {
            assert_eq!((error.kind, bench.sent()), (ErrorKind::BadInput, calls), "{error:?}");
            assert_eq!(bench.far(&order), before);
            subject.skip(&format!("a return is not told as {verdict:?}: {}", error.message));
            continue;
        }
        assert_eq!(bench.far_line(&order, 0), line(3, 0, 3, given_back(verdict)), "{verdict:?}");
        assert_eq!(bench.far_line(&order, 1), line(1, 0, 1, 0));
        assert_eq!(bench.shown(0), shown, "the channel puts nothing on sale by itself");
        let read = bench.patiently(|| bench.order(&order)).unwrap();
        let returned: i64 = read.lines.iter().map(|l| l.returned.units()).sum();
        if subject.channel.returns().is_some() && returned == 0 {
            subject.skip("its orders do not show returns");
        } else {
            assert_eq!(returned, given_back(verdict), "{read:?}");
            assert!(
                read.lines.iter().all(|l| l.cancelled.is_zero() && l.shipped == l.ordered),
                "returned is not cancelled: {read:?}"
            );
            if returned > 0 {
                bench.pass_lag();
                let page = bench.patiently(|| bench.page("one", &OrdersFrom { since, page: None })).unwrap();
                assert!(!page.notices.is_empty(), "the list tells of the change");
            }
        }
        assert_ne!(bench.knows(&order, &update), Some(false));
    }
}

pub(super) fn a_decision_of_unknown_outcome_is_looked_for(subject: &Subject) {
    let bench = subject.bench();
    for applied in [true, false] {
        let order = sent(&bench, &[(0, 2), (1, 1)]);
        let id = subject.channel.returns().is_some().then(|| {
            announce(&bench, &order, 0, 2);
            bench.waiting_returns().remove(0).id
        });
        let update = bench.decision(&order, id, &[(0, 2)], ReturnResolution::Accepted);
        if applied {
            bench.trouble(Trouble::FailAfterApply { times: 1 });
        } else {
            let until = bench.now() + SignedDuration::from_secs(30);
            bench.trouble(Trouble::Silent { until });
        }
        let error = bench.tell(&order, &update).unwrap_err();
        if error.kind == ErrorKind::BadInput {
            return subject.skip("it is not told of returns");
        }
        assert_eq!(error.disposition(), Disposition::ReadBack, "{error:?}");
        bench.pass(120);
        match bench.knows(&order, &update) {
            Some(true) => assert!(applied, "what never arrived is not known"),
            Some(false) => bench.told(&order, &update).unwrap(),
            None => return subject.skip("it cannot tell whether it knows: a person must look"),
        }
        assert_eq!(bench.far_line(&order, 0), line(2, 0, 2, 2), "applied: {applied}");
        assert_ne!(bench.knows(&order, &update), Some(false));
    }
}
