//! What the channel is told about an order: shipments and cancellations.

use crate::bench::{Bench, Subject, sku, units};
use crate::telling::{Lines, line, tracking};
use connectors::simulated_channel::Trouble;
use domain::{CancelReason, OrderNumber, OrderUpdate};
use jiff::SignedDuration;
use ports::{Cancels, Disposition, ErrorKind, RestocksOnCancel, Status};

/// Whether it can be told of cancellations. Where it cannot, it says so before any call.
fn cancels(subject: &Subject) -> bool {
    if subject.channel.fulfilment().unwrap().descriptor().cancels != Cancels::Nothing {
        return true;
    }
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    assert_cannot_be_told(&bench, &order, &bench.cancellation(&order, WHOLE, CancelReason::OutOfStock, true));
    subject.skip("nothing is cancelled there by call");
    false
}

const WHOLE: Lines<'static> = &[(0, 3), (1, 2)];

/// A refusal that is final: the far side is as it was.
fn assert_refused(bench: &Bench, order: &OrderNumber, update: &OrderUpdate) {
    let before = bench.far(order);
    let error = bench.told(order, update).unwrap_err();
    assert_ne!(error.status, Status::Unknown, "{error:?}");
    bench.pass(60);
    assert_eq!(bench.far(order), before, "what was refused was not done");
}

/// A refusal before any call: the channel cannot be told such a thing.
fn assert_cannot_be_told(bench: &Bench, order: &OrderNumber, update: &OrderUpdate) {
    let sent = bench.sent();
    let error = bench.tell(order, update).unwrap_err();
    assert_eq!((error.kind, bench.sent()), (ErrorKind::BadInput, sent), "{error:?}");
    assert_eq!(error.disposition(), Disposition::Park);
}

pub(super) fn a_parcel_is_told_whole(subject: &Subject) {
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    let update = bench.parcel(&order, "parcel-1", WHOLE, Some(bench.carrier()), true);
    bench.told(&order, &update).unwrap();
    let far = bench.far(&order);
    assert_eq!((far.lines[&sku(0)], far.lines[&sku(1)]), (line(3, 0, 3, 0), line(2, 0, 2, 0)));
    assert_eq!(far.parcels.len(), 1);
    assert_eq!(far.parcels[0].tracking, Some(tracking("parcel-1")));
    let read = bench.patiently(|| bench.order(&order)).unwrap();
    assert!(read.lines.iter().all(|l| l.shipped == l.ordered && l.cancelled.is_zero()), "{read:?}");
    assert_eq!((bench.shown(0), bench.shown(1)), (897, 898), "what was sold stays sold");
    assert_ne!(bench.knows(&order, &update), Some(false));
}

pub(super) fn parcels_are_told_one_by_one(subject: &Subject) {
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    let first = bench.parcel(&order, "parcel-1", &[(0, 2)], Some(bench.carrier()), false);
    bench.told(&order, &first).unwrap();
    let shipped = bench.far_line(&order, 0);
    if shipped == line(3, 0, 0, 0) {
        subject.skip("it knows an order as sent or not, and no part of it");
    } else {
        assert_eq!((shipped, bench.far_line(&order, 1)), (line(3, 0, 2, 0), line(2, 0, 0, 0)));
        let read = bench.patiently(|| bench.order(&order)).unwrap();
        assert_eq!(read.lines.iter().map(|l| l.shipped.units()).sum::<i64>(), 2);
    }
    let rest = bench.parcel(&order, "parcel-2", &[(0, 1), (1, 2)], Some(bench.carrier()), true);
    assert_ne!(bench.knows(&order, &rest), Some(true), "another parcel");
    bench.told(&order, &rest).unwrap();
    let far = bench.far(&order);
    assert_eq!((far.lines[&sku(0)], far.lines[&sku(1)]), (line(3, 0, 3, 0), line(2, 0, 2, 0)));
    let codes: Vec<_> = far.parcels.iter().map(|p| p.tracking.clone()).collect();
    let kept: &[&str] =
        if subject.channel.fulfilment().unwrap().descriptor().whole_orders { &["parcel-2"] } else { &["parcel-1", "parcel-2"] };
    assert_eq!(codes, kept.iter().map(|r| Some(tracking(r))).collect::<Vec<_>>());
    for update in [first, rest] {
        assert_ne!(bench.knows(&order, &update), Some(false));
    }
}

pub(super) fn a_parcel_told_again_is_there_once(subject: &Subject) {
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    let update = bench.parcel(&order, "parcel-1", WHOLE, Some(bench.carrier()), true);
    bench.told(&order, &update).unwrap();
    let far = bench.far(&order);
    if let Err(error) = bench.told(&order, &update) {
        assert_ne!(error.status, Status::Unknown, "{error:?}");
    }
    bench.pass(60);
    assert_eq!(bench.far(&order), far);
}

pub(super) fn more_than_was_ordered_is_never_sent(subject: &Subject) {
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    let update = bench.parcel(&order, "parcel-1", &[(0, 4)], Some(bench.carrier()), false);
    if bench.told(&order, &update).is_ok() {
        assert_eq!(bench.far_line(&order, 0), line(3, 0, 0, 0));
        return subject.skip("it does not keep what is in a parcel");
    }
    assert_refused(&bench, &order, &update);
}

pub(super) fn every_carrier_in_the_table_is_taken(subject: &Subject) {
    let bench = subject.bench();
    let updates = subject.channel.fulfilment().unwrap().descriptor();
    let told = |word: Option<&str>| {
        let order = bench.buy(0, 1);
        let update = bench.parcel(&order, "parcel-1", &[(0, 1)], word, true);
        bench.pass(5);
        (bench.told(&order, &update), order)
    };
    for (word, code) in updates.carriers.iter().copied().chain(updates.other_carrier.map(|code| ("cargo-bike-by-hand", code))) {
        let (result, order) = told(Some(word));
        result.unwrap();
        let far = bench.far(&order);
        assert!(far.parcels[0].carrier.as_deref().is_none_or(|kept| kept == code), "{word}: {far:?}");
        assert_eq!(far.lines[&sku(0)], line(1, 0, 1, 0), "{word}");
    }
    let order = bench.buy(0, 1);
    if updates.other_carrier.is_none() {
        assert_cannot_be_told(&bench, &order, &bench.parcel(&order, "parcel-1", &[(0, 1)], Some("cargo-bike-by-hand"), true));
    }
    let without = bench.parcel(&order, "parcel-1", &[(0, 1)], None, true);
    if bench.told(&order, &without).is_err() {
        subject.skip("a parcel without a carrier cannot be told");
        assert_cannot_be_told(&bench, &order, &without);
    } else {
        assert_eq!(bench.far_line(&order, 0), line(1, 0, 1, 0));
    }
}

/// Whatever happened to the first attempt, and whatever the channel says of it: acting on it ends where one attempt would have.
fn assert_ends_as_told_once(subject: &Subject, order: impl Fn(&Bench) -> (OrderNumber, OrderUpdate)) {
    for applied in [true, false] {
        let (bench, twin) = (subject.bench(), subject.bench());
        let ((number, update), (plain, once)) = (order(&bench), order(&twin));
        twin.told(&plain, &once).unwrap();
        if applied {
            bench.trouble(Trouble::FailAfterApply { times: 1 });
        } else {
            let until = bench.now() + SignedDuration::from_secs(30);
            bench.trouble(Trouble::Silent { until });
        }
        let error = bench.tell(&number, &update).unwrap_err();
        assert_eq!(error.disposition(), Disposition::ReadBack, "{error:?}");
        bench.pass(120);
        match bench.knows(&number, &update) {
            Some(true) => assert!(applied, "what never arrived is not known"),
            Some(false) => bench.told(&number, &update).unwrap(),
            None => subject.skip("it cannot tell whether it knows: a person must look"),
        }
        assert_eq!(bench.far(&number), twin.far(&plain), "applied: {applied}");
        assert_ne!(bench.knows(&number, &update), Some(false));
    }
}

pub(super) fn a_parcel_of_unknown_outcome_is_looked_for(subject: &Subject) {
    assert_ends_as_told_once(subject, |bench| {
        let order = bench.buy_all(WHOLE, "NL");
        let update = bench.parcel(&order, "parcel-1", WHOLE, Some(bench.carrier()), true);
        (order, update)
    });
}

pub(super) fn a_cancellation_of_unknown_outcome_is_looked_for(subject: &Subject) {
    if !cancels(subject) {
        return;
    }
    assert_ends_as_told_once(subject, |bench| {
        let order = bench.buy_all(WHOLE, "NL");
        let update = bench.cancellation(&order, WHOLE, CancelReason::OutOfStock, true);
        (order, update)
    });
}

pub(super) fn the_smallest_thing_to_cancel_is_as_the_descriptor_says(subject: &Subject) {
    if !cancels(subject) {
        return;
    }
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    let cancel = |lines, whole| bench.cancellation(&order, lines, CancelReason::CustomerRequest, whole);
    let (some, all_of_one) = (cancel(&[(0, 1)], false), cancel(&[(0, 3)], false));
    let rest: Lines<'_> = match subject.channel.fulfilment().unwrap().descriptor().cancels {
        Cancels::Units => {
            bench.told(&order, &some).unwrap();
            assert_eq!(bench.far_line(&order, 0), line(3, 1, 0, 0));
            &[(0, 2), (1, 2)]
        }
        Cancels::OpenLine => {
            assert_refused(&bench, &order, &some);
            assert_eq!(bench.tell(&order, &some).unwrap_err().kind, ErrorKind::BadInput, "it says what to do instead");
            bench.told(&order, &all_of_one).unwrap();
            assert_eq!(bench.far_line(&order, 0), line(3, 3, 0, 0));
            &[(1, 2)]
        }
        Cancels::Nothing => unreachable!("nothing is told"),
        Cancels::WholeOrder => {
            assert_cannot_be_told(&bench, &order, &some);
            assert_cannot_be_told(&bench, &order, &all_of_one);
            WHOLE
        }
    };
    assert_eq!(bench.far_line(&order, 1), line(2, 0, 0, 0), "this line and no other");
    bench.told(&order, &cancel(rest, true)).unwrap();
    assert_eq!((bench.far_line(&order, 0), bench.far_line(&order, 1)), (line(3, 3, 0, 0), line(2, 2, 0, 0)));
    let read = bench.patiently(|| bench.order(&order)).unwrap();
    assert!(read.lines.iter().all(|l| l.cancelled == l.ordered && l.shipped.is_zero() && l.returned.is_zero()), "{read:?}");
    let back = if subject.channel.orders().unwrap().descriptor().restocks_on_cancel == RestocksOnCancel::Never {
        [897, 898]
    } else {
        [900, 900]
    };
    assert!([[897, 898], back].contains(&[bench.shown(0), bench.shown(1)]), "never more on sale than there was");
}

pub(super) fn what_is_not_there_comes_back_on_sale_at_most_once(subject: &Subject) {
    if !cancels(subject) {
        return;
    }
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    let update = bench.cancellation(&order, WHOLE, CancelReason::NotFound, true);
    bench.told(&order, &update).unwrap();
    assert_eq!((bench.far_line(&order, 0), bench.far_line(&order, 1)), (line(3, 3, 0, 0), line(2, 2, 0, 0)));
    let shown = [bench.shown(0), bench.shown(1)];
    // A channel that cannot be told puts them on sale again, until it is told the figure.
    let comes_back = subject.channel.orders().unwrap().descriptor().restocks_on_cancel == RestocksOnCancel::Always;
    assert_eq!(shown, if comes_back { [900, 900] } else { [897, 898] });
    if !matches!(bench.tell(&order, &update), Err(error) if error.status == ports::Status::Unknown) {
        assert_eq!([bench.shown(0), bench.shown(1)], shown, "told again, it moves nothing more");
    }
}

pub(super) fn every_reason_to_cancel_can_be_told(subject: &Subject) {
    use CancelReason::{CustomerRequest, Damaged, NotFound, OrderedTwice, Other, OutOfStock, TooLate, WrongPrice};
    if !cancels(subject) {
        return;
    }
    let bench = subject.bench();
    for reason in [OutOfStock, CustomerRequest, Damaged, WrongPrice, TooLate, OrderedTwice, NotFound, Other] {
        let order = bench.buy(0, 2);
        bench.told(&order, &bench.cancellation(&order, &[(0, 2)], reason, true)).unwrap();
        assert_eq!(bench.far_line(&order, 0), line(2, 2, 0, 0), "{reason:?}");
    }
}

pub(super) fn a_request_to_cancel_is_a_question_until_it_is_answered(subject: &Subject) {
    let bench = subject.bench();
    let [yes, no] = [bench.buy(0, 2), bench.buy(1, 2)];
    if !bench.on("one", |side, now| side.ask_to_cancel(now, &yes)) {
        return subject.skip("its customers cannot ask for that");
    }
    assert!(bench.on("one", |side, now| side.ask_to_cancel(now, &no)));
    for order in [&yes, &no] {
        let asked = bench.patiently(|| bench.order(order)).unwrap();
        assert!(asked.lines.iter().all(|l| l.cancellation_requested && l.cancelled.is_zero()), "{asked:?}");
    }
    if cancels(subject) {
        bench.told(&yes, &bench.cancellation(&yes, &[(0, 2)], CancelReason::CustomerRequest, true)).unwrap();
    } else {
        // In the channel's own screen.
        bench.cancel(&yes);
    }
    bench.told(&no, &bench.parcel(&no, "parcel-1", &[(1, 2)], Some(bench.carrier()), true)).unwrap();
    assert_eq!((bench.far_line(&yes, 0), bench.far_line(&no, 1)), (line(2, 2, 0, 0), line(2, 0, 2, 0)));
    for order in [&yes, &no] {
        let answered = bench.patiently(|| bench.order(order)).unwrap();
        assert!(answered.lines.iter().all(|l| !l.cancellation_requested), "{answered:?}");
    }
}

pub(super) fn what_was_sent_cannot_be_cancelled(subject: &Subject) {
    if !cancels(subject) {
        return;
    }
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    bench.told(&order, &bench.parcel(&order, "parcel-1", WHOLE, Some(bench.carrier()), true)).unwrap();
    assert_refused(&bench, &order, &bench.cancellation(&order, WHOLE, CancelReason::OutOfStock, false));
    assert_eq!((bench.far_line(&order, 0), bench.far_line(&order, 1)), (line(3, 0, 3, 0), line(2, 0, 2, 0)));
}

pub(super) fn what_is_done_in_the_channels_own_screen_is_read(subject: &Subject) {
    let bench = subject.bench();
    let order = bench.buy_all(WHOLE, "NL");
    bench.accept(&order);
    let read = || bench.patiently(|| bench.order(&order)).unwrap();
    let line_of = |product: usize| read().lines.into_iter().find(|l| l.sku.as_ref() == Some(&sku(product))).unwrap();
    let mut stamp = read().stamp;
    let mut newer = |done: &str| {
        let now = read().stamp;
        assert!(now > stamp || now.is_none(), "{done}: a newer state has a newer stamp");
        stamp = now;
    };
    bench.pass(60);
    if bench.on("one", |side, now| side.cancel_units(now, &order, &sku(1), units(2))) {
        assert_eq!((line_of(1).cancelled.units(), bench.far_line(&order, 1)), (2, line(2, 2, 0, 0)));
        newer("cancelled");
    } else {
        subject.skip("nothing less than an order is cancelled there");
    }
    bench.pass(60);
    if !bench.on("one", |side, now| side.ship_there(now, &order, &sku(0), units(3))) {
        return subject.skip("no line is marked as sent there");
    }
    assert_eq!((line_of(0).shipped.units(), bench.far_line(&order, 0)), (3, line(3, 0, 3, 0)));
    newer("shipped");
    bench.pass(60);
    let shown = bench.shown(0);
    if bench.on("one", |side, now| side.pay_back_there(now, &order, &sku(0), units(1), false)) {
        assert_eq!(bench.far_line(&order, 0), line(3, 0, 3, 1));
        let returned = line_of(0).returned.units();
        assert!(returned == 1 || (returned == 0 && subject.channel.returns().is_some()), "{returned}");
        assert_eq!(bench.shown(0), shown, "it was not to be put on sale again");
    } else {
        subject.skip("nothing is paid back there");
    }
}
