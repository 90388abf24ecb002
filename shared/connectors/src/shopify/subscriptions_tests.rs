//! Subscriptions: made, kept, mended, and deleted by failures.

use super::tests::{World, done, lamp, q};
use super::*;
use crate::simulated_channel::{SimulatedChannel, Trouble};
use ports::SubscriptionWant;

#[test]
fn subscriptions_are_made_kept_mended_and_made_again_when_deleted() {
    let world = World::open();
    let all: Vec<_> = super::notifications::DESCRIPTOR.topics.iter().map(|t| (*t).to_owned()).collect();
    assert_eq!(world.subscribe().made, all);
    assert_eq!(world.subscribe().fine, all);
    let elsewhere = SubscriptionWant { url: "https://new.example.test/hooks/shopify/webshop".into(), figures: false };
    let state = world.call("s", |call| done(Shopify.notifications().unwrap().subscribe(&call, &elsewhere))).unwrap();
    assert_eq!((state.mended, state.made), (all.clone(), vec![]));
    assert_eq!(world.subscribe().mended, all);
    world.sim(|sim, _| sim.trouble(Trouble::SubscriptionOff));
    assert_eq!(world.subscribe().made, all);
    let of_a_leader = SubscriptionWant { figures: true, ..elsewhere };
    let state = world.call("l", |call| done(Shopify.notifications().unwrap().subscribe(&call, &of_a_leader))).unwrap();
    assert_eq!((state.mended, state.made), (all, vec!["INVENTORY_LEVELS_UPDATE".to_owned()]));
}

#[test]
fn failed_deliveries_are_tried_again_and_eight_failures_delete_the_subscription() {
    let world = World::open();
    world.subscribe();
    world.sim(|sim, now| sim.buy(now, &lamp(), q(1))).unwrap();
    let first = world.deliveries(Some(500)).remove(0);
    assert_eq!(world.deliveries(Some(200)).len(), 0, "not at once");
    world.wait(60);
    let again = world.deliveries(None);
    assert_eq!(again.first().unwrap().header("x-shopify-webhook-id"), first.header("x-shopify-webhook-id"));
    for _ in 0..6 {
        world.wait(4740);
        assert!(!world.deliveries(Some(302)).is_empty(), "a redirect is a failure too");
    }
    let state = world.subscribe();
    assert_eq!(state.made, ["ORDERS_CREATE", "ORDERS_UPDATED"], "their eighth failure deleted them; no cancellation was sent");
    assert_eq!(state.fine, ["ORDERS_CANCELLED", "ORDERS_DELETE"]);
}
