//! Every request against the arguments that a real shop prints of its routes.
#![cfg(feature = "simulator")]

use super::WooCommerce;
use super::tests::{World, q, run};
use crate::simulated_channel::{SimulatedChannel, Trouble};
use ports::Connector;
use std::collections::BTreeSet;

#[test]
fn every_request_keeps_to_the_official_arguments() {
    let Some(index) = super::specs_tests::captured("wc-v3-index.json") else { return };
    let world = World::new("http://127.0.0.1:4010");
    let start = world.now();
    (0..210).for_each(|_| drop(world.buy("MUG", 1)));
    let number = world.buy("SHIRT-S", 2);
    world.sim(|sim, now| sim.refund(now, &number, q(1)));
    world.notices(start);
    world.order(&number);
    for page in [None, Some("0;11;1")] {
        run(WooCommerce.listings().unwrap().list(&world.call(), page)).unwrap();
    }
    world.write("10", 4).unwrap();
    world.write("11/12", 4).unwrap();
    world.subscribe();
    world.sim(|sim, _| sim.trouble(Trouble::SubscriptionOff));
    world.subscribe();
    for update in super::updates_tests::one_of_each(&world) {
        world.pass(1);
        run(WooCommerce.fulfilment().unwrap().tell(&world.call(), &update.0, &update.1)).unwrap();
        assert_eq!(run(WooCommerce.fulfilment().unwrap().knows(&world.call(), &update.0, &update.1)).unwrap(), Some(true));
    }
    run(WooCommerce.prices().unwrap().write_one(&world.call(), &super::updates_tests::price("10", "9.95", Some("12.95"))))
        .unwrap();
    run(WooCommerce.prices().unwrap().write_one(&world.call(), &super::updates_tests::price("11/12", "9.95", None))).unwrap();
    let mut seen = BTreeSet::new();
    for request in world.wire.sent.lock().unwrap().iter() {
        let path = request.uri().path().trim_start_matches("/wp-json");
        let shape: Vec<_> = path.split('/').map(|p| if p.parse::<u64>().is_ok() { "#" } else { p }).collect();
        let routes = index["routes"].as_object().unwrap().iter();
        let same = |route: &str| {
            let parts: Vec<_> = route.split('/').map(|p| if p.starts_with("(?P<") { "#" } else { p }).collect();
            parts == shape
        };
        let (_, route) = routes.into_iter().find(|(route, _)| same(route)).unwrap_or_else(|| panic!("no route for {path}"));
        let of_method = |e: &&serde_json::Value| e["methods"].as_array().unwrap().iter().any(|m| m == request.method().as_str());
        let endpoint = route["endpoints"].as_array().unwrap().iter().find(of_method).unwrap();
        let mut given = crate::simulated_channel::query(request);
        if let Some(body) = crate::simulated_channel::body(request).as_object() {
            let text = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            given.extend(body.iter().map(|(n, v)| (n.clone(), text(v))));
        }
        for (name, value) in given {
            // Printed as an answer's field only, and taken all the same: the printed index leaves out what the schema calls read-only.
            if (shape.last(), name.as_str()) == (Some(&"refunds"), "line_items") {
                continue;
            }
            let argument = endpoint["args"].get(&name).unwrap_or_else(|| panic!("{} {path} has no {name}", request.method()));
            let choices = argument.get("enum").or(argument["items"].get("enum")).and_then(|e| e.as_array());
            assert!(choices.is_none_or(|c| c.iter().any(|c| *c == value.as_str())), "{path} {name}={value}");
            match argument["type"].as_str().unwrap_or("one of several") {
                "integer" => assert!(value.parse::<i64>().is_ok(), "{path} {name}={value}"),
                "boolean" => assert!(matches!(value.as_str(), "true" | "false"), "{path} {name}={value}"),
                _ => {}
            }
        }
        for (name, argument) in endpoint["args"].as_object().unwrap() {
            let body = crate::simulated_channel::body(request);
            assert!(argument["required"] != true || body.get(name).is_some(), "{path} lacks {name}");
        }
        seen.insert(format!("{} {}", request.method(), shape.join("/")));
    }
    assert_eq!(seen.len(), 14, "{seen:?}");
}
