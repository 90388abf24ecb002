//! A set in an order with its parts, as each plugin writes it: what is told of the order reaches the lines of the parts.
#![cfg(feature = "simulator")]

use super::sim::Sets;
use super::tests::{World, q, sku};
use crate::simulated_channel::SimulatedChannel;
use domain::{LineKind, OrderNumber, ReturnResolution};
use ports::{Acknowledged, ErrorKind};

const PLUGINS: [Sets; 3] = [Sets::ProductBundles, Sets::CompositeProducts, Sets::WpcProductBundles];

/// A set of two small shirts and a medium one, sold as a mug.
fn sold(plugin: Sets) -> (World, OrderNumber) {
    let world = World::secure();
    let parts = [(sku("SHIRT-S"), q(2)), (sku("SHIRT-M"), q(1))];
    let number = world.sim(|sim, now| {
        sim.install_sets(plugin);
        sim.buy_set(now, &sku("MUG"), &parts).unwrap()
    });
    (world, number)
}

#[test]
fn its_parts_are_goods_and_the_set_is_none() {
    for plugin in PLUGINS {
        let (world, number) = sold(plugin);
        let told: Vec<_> = world
            .order(&number)
            .lines
            .into_iter()
            .map(|line| (line.sku.unwrap().to_string(), line.kind, line.ordered.units()))
            .collect();
        let wanted = [("MUG", LineKind::Set, 1), ("SHIRT-S", LineKind::Goods, 2), ("SHIRT-M", LineKind::Goods, 1)];
        assert_eq!(told, wanted.map(|(code, kind, units)| (code.to_owned(), kind, units)), "{plugin:?}");
    }
}

#[test]
fn parcels_of_its_parts_complete_the_order() {
    for plugin in PLUGINS {
        let (world, number) = sold(plugin);
        let first = world.parcel(&number, "P-1", &[("SHIRT-S", 1), ("SHIRT-M", 1)], false);
        assert_eq!(world.tell("a", &number, &first).unwrap(), Acknowledged::Applied, "{plugin:?}");
        assert_eq!(
            (world.stands(&number, "SHIRT-S"), world.stands(&number, "SHIRT-M")),
            ((2, 0, 1, 0), (1, 0, 1, 0)),
            "{plugin:?}"
        );
        assert_eq!(world.status(&number), "processing");
        let last = world.parcel(&number, "P-2", &[("SHIRT-S", 1)], true);
        assert_eq!(world.tell("b", &number, &last).unwrap(), Acknowledged::Applied, "{plugin:?}");
        assert_eq!((world.stands(&number, "SHIRT-S"), world.status(&number).as_str()), ((2, 0, 2, 0), "completed"), "{plugin:?}");
        let parcels = world.sim(|sim, _| sim.far_order(&number)).unwrap().parcels;
        assert!(parcels.iter().all(|parcel| !parcel.lines.contains_key(&sku("MUG"))), "{plugin:?}: {parcels:?}");
        let too_many = world.parcel(&number, "P-3", &[("SHIRT-M", 1)], true);
        assert_eq!(world.tell("c", &number, &too_many).unwrap_err().kind, ErrorKind::Conflict, "{plugin:?}");
    }
}

#[test]
fn parts_that_are_not_sent_are_refunded_by_their_own_lines_and_the_rest_completes_the_order() {
    for plugin in PLUGINS {
        let (world, number) = sold(plugin);
        let update = world.cancellation(&number, &[("SHIRT-S", 1)], false);
        assert_eq!(world.tell("a", &number, &update).unwrap(), Acknowledged::Applied, "{plugin:?}");
        assert_eq!(
            (world.stands(&number, "SHIRT-S"), world.stands(&number, "SHIRT-M")),
            ((2, 1, 0, 0), (1, 0, 0, 0)),
            "{plugin:?}"
        );
        assert_eq!((world.shown("SHIRT-S"), world.shown("SHIRT-M"), world.shown("MUG")), (4, 5, 299), "{plugin:?}");
        world.tell("b", &number, &world.parcel(&number, "P-1", &[("SHIRT-S", 1)], false)).unwrap();
        // What is left is not there: nothing of the order is left to send then.
        world.tell("c", &number, &world.not_there(&number, &[("SHIRT-M", 1)], false)).unwrap();
        assert_eq!((world.stands(&number, "SHIRT-M"), world.status(&number).as_str()), ((1, 1, 0, 0), "completed"), "{plugin:?}");
        assert_eq!(world.shown("SHIRT-M"), 5, "{plugin:?}");
    }
}

#[test]
fn all_of_its_parts_are_the_whole_order() {
    for plugin in PLUGINS {
        let (world, number) = sold(plugin);
        let update = world.cancellation(&number, &[("SHIRT-S", 2), ("SHIRT-M", 1)], true);
        assert_eq!(world.tell("a", &number, &update).unwrap(), Acknowledged::Applied, "{plugin:?}");
        assert_eq!((world.status(&number).as_str(), world.knows("a", &number, &update)), ("cancelled", Some(true)), "{plugin:?}");
        assert_eq!((world.shown("SHIRT-S"), world.shown("SHIRT-M"), world.shown("MUG")), (5, 6, 300), "{plugin:?}");
    }
}

#[test]
fn a_part_that_came_back_is_refunded_by_its_own_line() {
    for plugin in PLUGINS {
        let (world, number) = sold(plugin);
        world.tell("a", &number, &world.parcel(&number, "P-1", &[("SHIRT-S", 2), ("SHIRT-M", 1)], true)).unwrap();
        let update = world.decision(&number, &[("SHIRT-S", 1)], ReturnResolution::Accepted);
        assert_eq!(world.tell("b", &number, &update).unwrap(), Acknowledged::Applied, "{plugin:?}");
        let stands = ["SHIRT-S", "SHIRT-M", "MUG"].map(|code| world.stands(&number, code).3);
        assert_eq!(
            (stands, world.shown("SHIRT-S")),
            ([1, 0, 0], 3),
            "{plugin:?}: paid back, and on sale when somebody looked at it"
        );
        assert_eq!(
            world.tell("c", &number, &world.decision(&number, &[("SHIRT-M", 2)], ReturnResolution::Accepted)).unwrap_err().kind,
            ErrorKind::Conflict
        );
    }
}
