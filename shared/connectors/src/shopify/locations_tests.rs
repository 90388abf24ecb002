//! A shop with two locations, `main` and `store`, for a merchant with locations of these names.

use super::tests::{World, done, lamp, q};
use super::*;
use crate::simulated_channel::{SimulatedChannel, Trouble};
use domain::{LocationId, Quantity};
use ports::{Acknowledged, Error, ErrorKind, LocationWrite, Notification, Result, Shown, Status, StockWrite};

fn at(name: &str) -> LocationId {
    LocationId::new(name).unwrap()
}

/// 5 lamps, all of them at `main`.
fn open() -> World {
    let mut world = World::open();
    world.account.settings = world.sim(|sim, _| sim.places().unwrap().open(&[at("main"), at("store")]));
    world
}

fn read(world: &World) -> Result<Shown> {
    let listing = world.listing(&lamp());
    world
        .call("r", |call| done(Shopify.stock().unwrap().read(&call, &listing.offer, &listing.stock_reference)))
        .map(|observed| observed.counted().unwrap())
}

fn write(world: &World, operation_id: &str, places: &[(&str, i64, i64)]) -> Result<Acknowledged> {
    let listing = world.listing(&lamp());
    let place = |(name, from, to): &(&str, i64, i64)| LocationWrite { location: at(name), quantity: q(*to), from: *from };
    let places: Vec<_> = places.iter().map(place).collect();
    let quantity = places.iter().map(|place| place.quantity).sum();
    let write = StockWrite {
        offer: listing.offer,
        stock_reference: listing.stock_reference,
        quantity,
        from: None,
        places,
        start_tracking: false,
    };
    world.call(operation_id, |call| done(Shopify.stock().unwrap().write_one(&call, &write)))
}

fn shown(world: &World) -> (Option<i64>, Option<i64>) {
    world.sim(|sim, _| {
        let places = sim.places().unwrap();
        (places.shown_at(&lamp(), &at("main")), places.shown_at(&lamp(), &at("store")))
    })
}

#[test]
fn every_place_is_read_and_written_in_one_call_each() {
    let world = open();
    assert_eq!(read(&world).unwrap(), Shown { quantity: q(5), places: vec![(at("main"), 5), (at("store"), 0)] });
    let before = world.seen.lock().unwrap().len();
    assert_eq!(write(&world, "a", &[("main", 5, 2), ("store", 0, 7)]).unwrap(), Acknowledged::Applied);
    // The list of items, and the write.
    assert_eq!(world.seen.lock().unwrap().len(), before + 2);
    assert_eq!(shown(&world), (Some(2), Some(7)));
    assert_eq!(read(&world).unwrap().quantity, q(9));
    assert_eq!(world.sim(|sim, _| (sim.stock_writes(), sim.last_stock_write())), (1, Some((lamp(), 9))));
}

#[test]
fn the_list_shows_what_reading_shows() {
    let world = open();
    write(&world, "a", &[("main", 5, 2), ("store", 0, 7)]).unwrap();
    let listing = world.listing(&lamp());
    let read = read(&world).unwrap();
    assert_eq!((listing.observed_quantity, listing.places), (Some(read.quantity), read.places));
}

#[test]
fn one_place_that_moved_declines_all_of_the_write() {
    let world = open();
    write(&world, "a", &[("main", 5, 3), ("store", 0, 2)]).unwrap();
    world.sim(|sim, now| {
        sim.places().unwrap().sell_from(&at("store"));
        sim.buy(now, &lamp(), q(1)).unwrap();
    });
    assert_eq!(write(&world, "b", &[("main", 3, 4), ("store", 2, 1)]).unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(shown(&world), (Some(3), Some(1)), "not one of them was written");
}

#[test]
fn a_place_below_zero_is_told_as_it_is_and_compared_with() {
    let world = open();
    world.sim(|sim, now| sim.edit_stock(now, &lamp(), q(0)));
    write(&world, "a", &[("main", 0, 0), ("store", 0, 5)]).unwrap();
    world.sim(|sim, _| sim.oversell(&lamp(), 2));
    assert_eq!(read(&world).unwrap(), Shown { quantity: q(3), places: vec![(at("main"), -2), (at("store"), 5)] });
    write(&world, "b", &[("main", -2, 0), ("store", 5, 3)]).unwrap();
    assert_eq!(shown(&world), (Some(0), Some(3)));
}

#[test]
fn an_item_that_is_not_stocked_at_a_place_shows_nothing_there() {
    let world = open();
    world.sim(|sim, _| sim.places().unwrap().edit_stock_at(&lamp(), &at("store"), None));
    assert_eq!(read(&world).unwrap(), Shown { quantity: q(5), places: vec![(at("main"), 5)] });
    write(&world, "a", &[("main", 5, 4)]).unwrap();
    assert_eq!(shown(&world), (Some(4), None));
}

#[test]
fn settings_that_name_no_location_or_one_twice_are_named() {
    let mut world = open();
    let complaint = |world: &World, error: Error| {
        assert_eq!(error.kind, ErrorKind::Configuration, "{error:?}");
        assert!(error.message.contains("`location.store`"), "{}", error.message);
        assert_eq!(world.sim(|sim, _| sim.stock_writes()), 0);
    };
    let listing = world.listing(&lamp());
    let ask = |world: &World| {
        world.call("r", |call| done(Shopify.stock().unwrap().read(&call, &listing.offer, &listing.stock_reference))).unwrap_err()
    };
    for wrong in ["99", "store street", "1"] {
        world.account.settings.insert("location.store".into(), wrong.into());
        let error = ask(&world);
        complaint(&world, error);
    }
    world.account.settings.insert("location.store".into(), "99".into());
    let error = write(&world, "w", &[("main", 5, 4), ("store", 0, 1)]).unwrap_err();
    complaint(&world, error);
}

#[test]
fn a_lost_answer_is_unknown_and_the_same_operation_again_settles_it() {
    let world = open();
    let moved = [("main", 5, 3), ("store", 0, 2)];
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(write(&world, "w", &moved).unwrap_err().status, Status::Unknown);
    assert_eq!(write(&world, "w", &moved).unwrap(), Acknowledged::Applied);
    assert_eq!((world.sim(|sim, _| sim.stock_writes()), shown(&world)), (1, (Some(3), Some(2))));
}

#[test]
fn an_order_is_sent_from_where_it_all_lies_and_goes_back_there() {
    let world = open();
    write(&world, "a", &[("main", 5, 3), ("store", 0, 4)]).unwrap();
    let number = world.sim(|sim, now| sim.buy(now, &lamp(), q(4))).unwrap();
    assert_eq!(shown(&world), (Some(3), Some(0)), "no other has four");
    let split = world.sim(|sim, now| sim.cancel(now, &number).then(|| sim.buy(now, &lamp(), q(6)))).unwrap().unwrap();
    assert_eq!(shown(&world), (Some(0), Some(1)), "none has six");
    assert!(world.sim(|sim, now| sim.cancel(now, &split)));
    assert_eq!(shown(&world), (Some(3), Some(4)));
}

#[test]
fn every_place_that_moved_is_told_once() {
    let world = open();
    world.subscribe();
    let listing = world.listing(&lamp());
    write(&world, "a", &[("main", 5, 3), ("store", 0, 2)]).unwrap();
    let told: Vec<_> = world.deliveries(Some(200)).iter().flat_map(|delivery| world.receive(delivery).unwrap()).collect();
    let of =
        |units| Notification::StockOf { stock_reference: listing.stock_reference.clone(), shows: Some(Quantity::clamped(units)) };
    assert_eq!(told, [of(3), of(2)]);
    assert!(world.deliveries(Some(200)).is_empty());
}
