//! The webhook subscription: made where it is missing, mended where it is off or points elsewhere.

use crate::bench::{PUBLIC_URL, Subject};
use connectors::simulated_channel::Trouble;
use ports::NotificationSource;
use std::collections::BTreeSet;

pub(super) fn a_subscription_is_made_kept_and_mended(subject: &Subject) {
    if subject.channel.notifications().is_none() {
        return subject.skip("it tells nothing by itself");
    }
    let all: BTreeSet<String> =
        subject.channel.notifications().unwrap().descriptor().topics.iter().map(|t| (*t).to_owned()).collect();
    if all.is_empty() {
        return subject.skip("it has no topics to subscribe to");
    }
    let set = |topics: &[String]| topics.iter().cloned().collect::<BTreeSet<_>>();
    let bench = subject.bench();
    let state = bench.subscribe(PUBLIC_URL);
    assert_eq!((set(&state.made), state.fine.len(), state.mended.len()), (all.clone(), 0, 0), "what is missing is made");
    let state = bench.subscribe(PUBLIC_URL);
    assert_eq!((set(&state.fine), state.made.len(), state.mended.len()), (all.clone(), 0, 0), "what is fine is left alone");
    bench.deliver_for(60);
    bench.buy(0, 1);
    bench.deliver_for(60);
    assert_eq!(bench.stored("one").len(), 1);

    bench.trouble(Trouble::SubscriptionOff);
    bench.buy(0, 1);
    bench.deliver_for(60);
    assert_eq!(bench.stored("one").len(), 1, "nothing is delivered while it is off");
    let state = bench.subscribe(PUBLIC_URL);
    let put_right: BTreeSet<_> = set(&state.made).union(&set(&state.mended)).cloned().collect();
    assert_eq!((put_right, state.fine.len()), (all.clone(), 0), "what was off is put right");
    bench.deliver_for(60);
    let third = bench.buy(1, 1);
    bench.deliver_for(60);
    assert!(bench.stored("one").contains_key(&third), "deliveries come again");

    if matches!(subject.channel.notifications().unwrap().descriptor().from, NotificationSource::MerchantQueue { .. }) {
        return subject.skip("it leads to the merchant's queue, wherever Sluis is reached");
    }
    let state = bench.subscribe("https://moved.example.test");
    let put_right: BTreeSet<_> = set(&state.made).union(&set(&state.mended)).cloned().collect();
    assert_eq!(put_right, all, "what points elsewhere is put right");
    let state = bench.subscribe("https://moved.example.test");
    assert_eq!(set(&state.fine), all);
}
