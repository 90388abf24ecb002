//! The figure an item shows.

use crate::bench::Subject;
use connectors::simulated_channel::Trouble;
use ports::{Acknowledged, ErrorKind, ReadBack, RestocksOnCancel, Status, StockSemantics};

pub(super) fn a_written_figure_is_read_back(subject: &Subject) {
    if subject.channel.stock().unwrap().descriptor().read_back == ReadBack::None {
        return subject.skip("the figure it shows cannot be read");
    }
    let bench = subject.bench();
    let listing = bench.listing(0);
    for figure in [0, 1, 7, 1, 0] {
        let from = bench.patiently(|| bench.read(&listing)).unwrap();
        let done = bench.patiently(|| bench.write(&listing, figure, Some(from))).unwrap();
        assert_eq!(done, Acknowledged::Applied);
        assert_eq!(bench.patiently(|| bench.read(&listing)).unwrap().units(), figure);
        assert_eq!((bench.shown(0), bench.shown(1)), (figure, 900), "this item and no other");
    }
}

pub(super) fn a_figure_beyond_the_largest_is_shown_as_the_largest(subject: &Subject) {
    let Some(most) = subject.channel.stock().unwrap().descriptor().most else {
        return subject.skip("it names no largest figure");
    };
    let bench = subject.bench();
    let listing = bench.listing(0);
    let from = bench.read(&listing).unwrap();
    bench.write(&listing, most + 1000, Some(from)).unwrap();
    assert_eq!(bench.shown(0), most);
}

pub(super) fn a_stale_figure_is_declined_where_the_channel_compares(subject: &Subject) {
    let semantics = subject.channel.stock().unwrap().descriptor().semantics;
    if semantics != StockSemantics::CompareAndSet {
        return subject.skip(&format!("it does not compare before it sets ({semantics:?})"));
    }
    let bench = subject.bench();
    let listing = bench.listing(0);
    let from = bench.patiently(|| bench.read(&listing)).unwrap();
    bench.buy(0, 2);
    let error = bench.patiently(|| bench.write(&listing, 500, Some(from))).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert_eq!(bench.shown(0), 898, "a declined write changes nothing");
    let from = bench.patiently(|| bench.read(&listing)).unwrap();
    bench.patiently(|| bench.write(&listing, 500, Some(from))).unwrap();
    assert_eq!(bench.shown(0), 500);
}

pub(super) fn a_write_that_was_applied_and_failed_is_unknown_and_read_back(subject: &Subject) {
    let bench = subject.bench();
    let listing = bench.listing(0);
    let from = bench.read(&listing).unwrap();
    bench.trouble(Trouble::FailAfterApply { times: 1 });
    let error = bench.write(&listing, 7, Some(from)).unwrap_err();
    assert_eq!(error.status, Status::Unknown, "{error:?}");
    if subject.channel.stock().unwrap().descriptor().later.is_some() {
        bench.pass_later();
    }
    assert_eq!(bench.shown(0), 7, "the far side has done it");
    bench.pass(120);
    assert_eq!(bench.patiently(|| bench.read(&listing)).unwrap().units(), 7, "reading back shows the truth");
}

pub(super) fn a_cancelled_order_returns_units_as_the_descriptor_says(subject: &Subject) {
    let bench = subject.bench();
    let order = bench.buy(0, 4);
    assert_eq!(bench.shown(0), 896);
    bench.cancel(&order);
    let returned =
        if subject.channel.orders().unwrap().descriptor().restocks_on_cancel == RestocksOnCancel::Never { 896 } else { 900 };
    assert_eq!(bench.shown(0), returned);
}
