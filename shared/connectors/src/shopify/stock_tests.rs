//! Figures at the simulator: each is compared before it is written, and a lost answer is settled by asking again.

use super::tests::{Script, World, done, lamp, q};
use super::*;
use crate::simulated_channel::{SimulatedChannel, Trouble};
use domain::OfferId;
use ports::{Acknowledged, Call, ErrorKind, Status, StockWrite};

/// Shops that sell on without stock have figures below zero. They read as nothing, and a raise compares with the true figure.
#[test]
fn a_raise_from_below_zero_compares_with_the_true_figure() {
    let world = World::open();
    let level =
        r#"{"data":{"inventoryItem":{"tracked":true,"inventoryLevel":{"quantities":[{"name":"available","quantity":-2}]}}}}"#;
    let fine = r#"{"data":{"inventorySetQuantities":{"inventoryAdjustmentGroup":null,"userErrors":[]}}}"#;
    let script = Script::new(&[level, level, fine]);
    let offer = OfferId::new("1").unwrap();
    let shown = world
        .call("r", |call| done(Shopify.stock().unwrap().read(&Call { http: &script, ..call }, &offer, "2")))
        .unwrap()
        .counted()
        .unwrap()
        .quantity;
    assert_eq!(shown, q(0));
    let write = StockWrite {
        offer,
        stock_reference: "2".into(),
        quantity: q(4),
        from: Some(shown),
        places: Vec::new(),
        start_tracking: false,
    };
    world.call("w", |call| done(Shopify.stock().unwrap().write_one(&Call { http: &script, ..call }, &write))).unwrap();
    let sent = script.1.lock().unwrap().pop().unwrap();
    assert_eq!(sent["variables"]["input"]["quantities"][0]["changeFromQuantity"], -2);
    assert_eq!(sent["variables"]["key"], "w");
}

#[test]
fn a_variant_that_is_not_tracked_has_no_figure_and_one_that_is_sold_on_says_so() {
    let world = World::open();
    let listing = || world.listing(&lamp());
    assert_eq!((listing().counting, listing().backorders), (domain::Counting::Counted, false));
    let read = || {
        let listing = listing();
        world.call("r", |call| done(Shopify.stock().unwrap().read(&call, &listing.offer, &listing.stock_reference))).unwrap()
    };
    assert!(matches!(read(), ports::Observed::Counted(_)));
    assert!(world.sim(|sim, now| sim.set_tracking(now, &lamp(), None) && sim.sell_past_zero(now, &lamp(), true)));
    assert_eq!(read(), ports::Observed::NotCounted);
    let untracked = listing();
    assert_eq!(
        (untracked.counting, untracked.observed_quantity, untracked.backorders),
        (domain::Counting::NotCounted, None, true)
    );
}

#[test]
fn what_is_sold_on_falls_below_zero_there_and_is_put_back_there() {
    let world = World::open();
    assert!(world.sim(|sim, now| sim.sell_past_zero(now, &lamp(), true)));
    let order = world.sim(|sim, now| sim.buy(now, &lamp(), q(7))).unwrap();
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(-2), "5 less 7");
    assert!(world.sim(|sim, now| sim.cancel(now, &order)));
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(5));
}

#[test]
fn a_write_is_a_compare_and_set_against_the_figure_read() {
    let world = World::open();
    let listing = world.listing(&lamp());
    let read = || {
        world
            .call("r", |call| done(Shopify.stock().unwrap().read(&call, &listing.offer, &listing.stock_reference)))
            .unwrap()
            .counted()
            .unwrap()
            .quantity
    };
    assert_eq!(read(), q(5));
    assert_eq!(world.write("a", &lamp(), Some(5), 3).unwrap(), Acknowledged::Applied);
    assert_eq!(read(), q(3));
    world.sim(|sim, now| sim.buy(now, &lamp(), q(1))).unwrap();
    assert_eq!(world.write("b", &lamp(), Some(3), 9).unwrap_err().kind, ErrorKind::Conflict, "a unit was sold in between");
    assert_eq!(read(), q(2));
    assert_eq!(world.write("c", &lamp(), None, 9).unwrap(), Acknowledged::Applied);
    let body = world.seen.lock().unwrap().iter().rfind(|b| b["operationName"] == "SetAvailable").unwrap().clone();
    assert!(body["variables"]["input"]["quantities"][0].as_object().unwrap().contains_key("changeFromQuantity"), "{body}");
    assert_eq!(world.sim(|sim, _| sim.stock_writes()), 2);
}

#[test]
fn the_same_operation_again_is_done_once_and_another_under_its_name_is_refused() {
    let world = World::open();
    world.write("one", &lamp(), Some(5), 3).unwrap();
    world.sim(|sim, now| sim.buy(now, &lamp(), q(1))).unwrap();
    assert_eq!(world.write("one", &lamp(), Some(5), 3).unwrap(), Acknowledged::Applied);
    assert_eq!(world.sim(|sim, _| (sim.stock_writes(), sim.shown(&lamp()))), (1, Some(2)));
    assert_eq!(world.write("one", &lamp(), Some(2), 8).unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(2));
}

#[test]
fn a_raise_from_nothing_compares_with_nothing() {
    let world = World::open();
    world.write("down", &lamp(), Some(5), 0).unwrap();
    world.write("up", &lamp(), Some(0), 4).unwrap();
    assert_eq!(world.write("late", &lamp(), Some(0), 7).unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(4));
}

#[test]
fn a_write_to_what_is_not_there_says_what_to_do() {
    let mut world = World::open();
    let write = StockWrite {
        offer: OfferId::new("1").unwrap(),
        stock_reference: "1".into(),
        quantity: q(1),
        from: None,
        places: Vec::new(),
        start_tracking: false,
    };
    let error = world.call("x", |call| done(Shopify.stock().unwrap().write_one(&call, &write))).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    world.write("y", &lamp(), None, 1).unwrap();
    world.account.settings.insert("location_id".into(), "2".into());
    assert_eq!(world.write("z", &lamp(), None, 2).unwrap_err().kind, ErrorKind::Configuration);
    world.account.settings.insert("location_id".into(), "main street".into());
    assert_eq!(
        world.call("z", |call| done(Shopify.stock().unwrap().write_one(&call, &write))).unwrap_err().kind,
        ErrorKind::Configuration
    );
    assert_eq!(
        world.call("l", |call| done(Shopify.listings().unwrap().list(&call, None))).unwrap_err().kind,
        ErrorKind::Configuration
    );
}

#[test]
fn a_500_after_the_write_is_unknown_and_the_same_operation_again_settles_it() {
    let world = World::open();
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.write("w", &lamp(), Some(5), 2).unwrap_err().status, Status::Unknown);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(2));
    assert_eq!(world.write("w", &lamp(), Some(5), 2).unwrap(), Acknowledged::Applied);
    assert_eq!(world.sim(|sim, _| sim.stock_writes()), 1);
}

#[test]
fn silence_applies_nothing_and_leaves_a_write_unknown() {
    let world = World::open();
    let listing = world.listing(&lamp());
    let until = "2026-11-21T20:01:00Z".parse().unwrap();
    world.sim(|sim, _| sim.trouble(Trouble::Silent { until }));
    let write = StockWrite {
        offer: listing.offer,
        stock_reference: listing.stock_reference,
        quantity: q(1),
        from: Some(q(5)),
        places: Vec::new(),
        start_tracking: false,
    };
    let error = world.call("w", |call| done(Shopify.stock().unwrap().write_one(&call, &write))).unwrap_err();
    assert_eq!(error.status, Status::Unknown);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(5));
    world.wait(60);
    assert_eq!(world.call("w", |call| done(Shopify.stock().unwrap().write_one(&call, &write))).unwrap(), Acknowledged::Applied);
}
